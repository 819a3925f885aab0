"""Inspections at the desk: the list, one inspection on one page, recording and correcting it, its files and prints."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ocop_portal.sheets import XLSX_TYPE, xlsx_bytes
from ocop_portal.uploads import serve_private
from producers.models import Producer
from products.actions import inspections as acts
from products.desk.oversight import (
    chosen,
    download,
    inspection_file_of,
    inspection_of,
    revocable,
    tab,
)
from products.desk.scope import asked_text, paged
from products.forms.inspection import CancelForm, FileForm, OutcomeForm, RecordForm
from products.inspection_paper import minutes_pdf
from products.models import Inspection, InspectionFinding, Product, WrittenWarning

State, Conclusion = Inspection.State, Inspection.Conclusion
SHOWS = {
    "planned": "Sắp tới",
    "late": "Quá ngày dự kiến",
    "follow_up": "Chờ kiểm tra lại",
    "overdue": "Quá hạn kiểm tra lại",
    "done": "Đã kiểm tra",
    "cancelled": "Đã hủy",
    "all": "Tất cả",
}
TONES: dict[str, str] = {
    Conclusion.PASSED: "good",
    Conclusion.TO_REMEDY: "warn",
    Conclusion.BREACH: "bad",
}


def _conditions(day: date) -> dict[str, Q]:
    waits = Q(follow_up_on__isnull=False, followed_up_on__isnull=True)
    return {
        "planned": Q(state=State.PLANNED, planned_on__gte=day),
        "late": Q(state=State.PLANNED, planned_on__lt=day),
        "follow_up": waits & Q(follow_up_on__gte=day),
        "overdue": waits & Q(follow_up_on__lt=day),
        "done": Q(state=State.DONE),
        "cancelled": Q(state=State.CANCELLED),
        "all": Q(),
    }


def _found(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    """The inspections that the address asks for, before its tab is applied, and what it asked."""
    text = asked_text(request)
    kind = chosen(request, "kind", Inspection.Kind.values)
    conclusion = chosen(request, "conclusion", Conclusion.values)
    found = Inspection.objects.visible_to(request.user)
    if text:
        products = Product.objects.search(text).order_by().values("pk")
        producers = Producer.objects.search(text).order_by().values("pk")
        hits = Inspection.objects.filter(
            Q(products__in=products) | Q(producer__in=producers) | Q(inspectors__icontains=text)
        )
        found = found.filter(pk__in=hits.values("pk"))
    if kind:
        found = found.filter(kind=kind)
    if conclusion:
        found = found.filter(conclusion=conclusion)
    show = chosen(request, "show", SHOWS, "all")
    return found, {"text": text, "kind": kind, "conclusion": conclusion, "show": show}


def _ordered(found: Any, show: str, day: date) -> Any:
    """Of what is to come the nearest first, of all else the latest."""
    order = {
        "planned": "planned_on",
        "late": "planned_on",
        "follow_up": "follow_up_on",
        "overdue": "follow_up_on",
    }
    by = [order[show], "pk"] if show in order else ["-planned_on", "-pk"]
    return found.filter(_conditions(day)[show]).order_by(*by).with_line()


@require_safe
@requires(Permission.INSPECTION_KEEP)
def inspection_list(request: HttpRequest) -> HttpResponse:
    """Inspections in scope, with what is late told first."""
    day, (found, asked) = today(), _found(request)
    counts = found.aggregate(
        **{name: Count("pk", q) if q else Count("pk") for name, q in _conditions(day).items()}
    )
    warned = WrittenWarning.objects.visible_to(request.user).overdue(day).count()
    context = paged(request, _ordered(found, asked["show"], day))
    context |= asked
    context |= {
        "rows": [(i, *told(i, day)) for i in context["page"]],
        "tabs": [tab(request, v, label, counts[v], asked["show"]) for v, label in SHOWS.items()],
        "kinds": Inspection.Kind.choices,
        "conclusions": Conclusion.choices,
        "late": counts["late"],
        "overdue": counts["overdue"],
        "warned": warned,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/oversight/inspections.html", context)


def told(inspection: Inspection, day: date) -> tuple[str, str, str]:
    """(tone, state in words, what is late about it) of an inspection on the day."""
    if inspection.state == State.CANCELLED:
        return "quiet", "Đã hủy", ""
    if inspection.state == State.PLANNED:
        late = f"quá ngày dự kiến {inspection.planned_on:%d/%m/%Y}" if inspection.is_late(day) else ""
        return ("warn" if late else "info"), "Đã lên kế hoạch", late
    late = ""
    if inspection.follow_up_on and inspection.awaits_follow_up() and inspection.follow_up_on < day:
        late = f"quá hạn kiểm tra lại {inspection.follow_up_on:%d/%m/%Y}"
    return TONES[inspection.conclusion], capfirst(inspection.get_conclusion_display()), late


HEADER = (
    "Chủ thể", "Địa bàn", "Sản phẩm", "Hình thức", "Ngày dự kiến", "Ngày kiểm tra", "Người kiểm tra", "Trạng thái",
    "Kết luận", "Biện pháp", "Ngày kiểm tra lại", "Đã kiểm tra lại", "Kết quả khắc phục",
)  # fmt: skip


@require_safe
@requires(Permission.INSPECTION_KEEP)
def inspection_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    found, asked = _found(request)
    rows = _lines(_ordered(found, asked["show"], today()))
    return download(xlsx_bytes(HEADER, rows, "Kiểm tra"), XLSX_TYPE, f"kiem tra {today():%Y-%m-%d}.xlsx")


def _lines(found: Any) -> Iterator[tuple[Any, ...]]:
    for i in found:
        names = "; ".join(p.name for p in i.products.all())
        yield (
            i.producer.name, i.producer.place.name, names, i.get_kind_display(), i.planned_on, i.done_on, i.inspectors,
            i.get_state_display(), i.get_conclusion_display(), i.measures, i.follow_up_on, i.followed_up_on,
            i.follow_up_note,
        )  # fmt: skip


@require_safe
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One inspection: its plan, what it found, what follows from it."""
    inspection, day = inspection_of(request.user, pk), today()
    products = list(inspection.products.select_related("producer", "group"))
    faulty = inspection.state == State.DONE and inspection.conclusion != Conclusion.PASSED
    may_revoke = has_permission(request.user, Permission.CERTIFICATE_REVOKE)
    tone, state, late = told(inspection, day)
    return render(
        request,
        "desk/oversight/inspection.html",
        {
            "inspection": inspection,
            "products": products,
            "tone": tone,
            "state": state,
            "late": late,
            "planned": inspection.state == State.PLANNED,
            "done": inspection.state == State.DONE,
            "awaits": inspection.awaits_follow_up(),
            "faulty": faulty,
            "findings": inspection.findings_now,
            "files": inspection.files.all(),
            "warnings": inspection.warnings.select_related("product"),
            "revocable": revocable(products, day) if faulty and may_revoke else [],
            "ground": ground_of(inspection),
            "revocations": inspection.revocations.select_related("certificate__product"),
            "followers": inspection.followers.all(),
        },
    )


def ground_of(inspection: Inspection) -> str:
    """The legal ground that the findings speak for, to begin with; the official chooses."""
    Heading = InspectionFinding.Heading
    bad = {f.heading for f in inspection.findings_now if f.result == InspectionFinding.Result.BAD}
    if Heading.MARK in bad:
        return "misuse"
    if bad & {Heading.QUALITY, Heading.LABEL, Heading.ENVIRONMENT}:
        return "breach_of_law"
    return "criteria_no_longer_met"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was found; later, correct it with a reason."""
    inspection = inspection_of(request.user, pk)
    form = RecordForm(request.POST or None, inspection=inspection)

    def save() -> str:
        acts.record_inspection(inspection=inspection, by=request.user, **form.given())
        return reverse("desk:inspection", args=[pk])

    if request.method == "POST" and form.is_valid():
        done = "Đã đính chính kết quả kiểm tra." if form.correcting else "Đã ghi kết quả kiểm tra."
        if answer := send_once(request, form, save, done):
            return answer
    context = {"inspection": inspection, "form": form, "open": inspection.state != State.CANCELLED}
    return render(request, "desk/oversight/inspection_record.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a plan."""
    inspection = inspection_of(request.user, pk)
    form = CancelForm(request.POST or None)

    def save() -> str:
        acts.cancel_inspection(inspection=inspection, reason=form.cleaned_data["reason"], by=request.user)
        return reverse("desk:inspection", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã hủy kế hoạch kiểm tra."):
            return answer
    context = {"inspection": inspection, "form": form, "open": inspection.state == State.PLANNED}
    context |= {"title": "Hủy kế hoạch kiểm tra", "button": "Hủy kế hoạch", "danger": True}
    return render(request, "desk/oversight/inspection_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of the faults, where no second visit is recorded for it."""
    inspection = inspection_of(request.user, pk)
    form = OutcomeForm(request.POST or None, initial={"day": today()})

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("day", "note")}
        acts.record_follow_up(inspection=inspection, by=request.user, **given)
        return reverse("desk:inspection", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi kết quả khắc phục."):
            return answer
    context = {"inspection": inspection, "form": form, "open": inspection.awaits_follow_up()}
    context |= {"title": "Ghi kết quả khắc phục", "button": "Lưu", "danger": False}
    return render(request, "desk/oversight/inspection_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Add signed minutes, test results or a photo."""
    inspection = inspection_of(request.user, pk)
    form = FileForm(request.POST or None, request.FILES or None)

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("title", "file")}
        acts.add_inspection_file(inspection=inspection, by=request.user, **given)
        return reverse("desk:inspection", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã thêm tài liệu."):
            return answer
    context = {"inspection": inspection, "form": form, "open": True, "title": "Thêm tài liệu kiểm tra"}
    context |= {"button": "Thêm tài liệu", "danger": False}
    return render(request, "desk/oversight/inspection_form.html", context)


@require_safe
@requires(Permission.INSPECTION_KEEP, of=inspection_file_of)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The document, as a download."""
    kept = inspection_file_of(request.user, pk)
    return serve_private(kept.file, kept.filename)


@require_safe
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes for signature; of a planned inspection a form to be filled in on the spot."""
    inspection = inspection_of(request.user, pk)
    content = minutes_pdf(inspection, made_at=timezone.now())
    day = inspection.done_on or inspection.planned_on
    return download(content, "application/pdf", f"bien ban kiem tra {inspection.producer.name} {day}.pdf")
