"""Written warnings at the desk, and the way from an inspection or a report to a revocation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from products.actions import inspections as acts
from products.desk.oversight import chosen, complaint_of, inspection_of, tab, warning_of
from products.desk.scope import paged
from products.forms.inspection import OutcomeForm, WarningForm
from products.models import Certificate, Complaint, Inspection, Product, WrittenWarning

SHOWS = {"open": "Chờ khắc phục", "overdue": "Quá hạn khắc phục", "remedied": "Đã khắc phục", "all": "Tất cả"}


@require_safe
@requires(Permission.INSPECTION_KEEP)
def warning_list(request: HttpRequest) -> HttpResponse:
    """Warnings in scope, those whose term has passed told as such."""
    day, show = today(), chosen(request, "show", SHOWS, "open")
    mine = WrittenWarning.objects.visible_to(request.user)
    lists = {
        "open": mine.unremedied(),
        "overdue": mine.overdue(day),
        "remedied": mine.filter(remedied_on__isnull=False),
        "all": mine,
    }
    order = ("due_on", "pk") if show in ("open", "overdue") else ("-warned_on", "-pk")
    context = paged(request, lists[show].with_line().order_by(*order))
    context |= {
        "rows": [(w, w.is_overdue(day)) for w in context["page"]],
        "tabs": [tab(request, v, label, lists[v].count(), show) for v, label in SHOWS.items()],
    }
    return render(request, "desk/oversight/warnings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=warning_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One warning, and the form that says what became of it."""
    warning = warning_of(request.user, pk)
    form = OutcomeForm(request.POST or None, initial={"day": today()})

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("day", "note")}
        acts.record_remedy(warning=warning, by=request.user, **given)
        return reverse("desk:warning", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi kết quả khắc phục."):
            return answer
    context = {"warning": warning, "form": form, "overdue": warning.is_overdue(today())}
    return render(request, "desk/oversight/warning.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def warn_after_inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a warning that rests on an inspection with faults."""
    inspection = inspection_of(request.user, pk)
    products = Product.objects.filter(producer=inspection.producer_id)
    covered = list(inspection.inspected.values_list("product", flat=True))
    initial = {
        "requirement": inspection.measures,
        "due_on": inspection.follow_up_on,
        "product": covered[0] if len(covered) == 1 else None,
    }
    refusal = (
        ""
        if inspection.state == Inspection.State.DONE and inspection.conclusion != Inspection.Conclusion.PASSED
        else "Chỉ cảnh báo sau khi đã ghi kết luận “cần khắc phục” hoặc “vi phạm”."
    )
    back = reverse("desk:inspection", args=[pk])
    return _warn(request, products, initial, refusal, back, inspection=inspection)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=complaint_of)
def warn_after_complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a warning that rests on a citizen's report found to be true."""
    complaint = complaint_of(request.user, pk)
    upheld = complaint.product is not None and complaint.outcome == Complaint.Outcome.UPHELD
    refusal = "" if upheld else "Chỉ cảnh báo khi đã kết luận “phản ánh đúng” và đã rõ sản phẩm."
    producer = complaint.product.producer_id if complaint.product else None
    products = Product.objects.filter(producer=producer)
    back = reverse("desk:complaint", args=[pk])
    return _warn(request, products, {"product": complaint.product_id}, refusal, back, complaint=complaint)


def _warn(
    request: HttpRequest, products: Any, initial: dict[str, Any], refusal: str, back: str, **basis: Any
) -> HttpResponse:
    form = WarningForm(request.POST or None, products=products, initial={"warned_on": today(), **initial})

    def save() -> str:
        return reverse("desk:warning", args=[acts.warn_producer(by=request.user, **basis, **form.given()).pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi văn bản cảnh báo."):
            return answer
    producer = products.first().producer if products.exists() else None
    context = {"form": form, "refusal": refusal, "back": back, "producer": producer, **basis}
    return render(request, "desk/oversight/warning_form.html", context)


def basis_asked(request: HttpRequest, certificate: Certificate) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a revocation rests on by its address (`?inspection=` or `?complaint=`), and how its form begins.

    Both empty where the address names neither; 404 where it names one that is not in scope or speaks of another
    producer.
    """
    ground = chosen(request, "ground", Certificate.Ground.values)
    initial: dict[str, Any] = {"ground": ground} if ground else {}
    producer = certificate.product.producer_id
    if key := _key(request, "inspection"):
        inspection = inspection_of(request.user, key)
        get_object_or_404(Inspection, pk=key, producer=producer, state=Inspection.State.DONE)
        initial["reason"] = f"Theo kết luận kiểm tra ngày {inspection.done_on:%d/%m/%Y}: "
        return {"inspection": inspection}, initial
    if key := _key(request, "complaint"):
        complaint = complaint_of(request.user, key)
        get_object_or_404(Complaint, pk=key, product=certificate.product_id, outcome=Complaint.Outcome.UPHELD)
        initial["reason"] = "Theo kết quả xác minh phản ánh của người dân: "
        return {"complaint": complaint}, initial
    return {}, initial


def _key(request: HttpRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 18 else 0
