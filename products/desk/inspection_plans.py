"""Planning inspections: many products at once, a second look, a change of plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from products.actions import inspections as acts
from products.desk.oversight import inspection_of
from products.desk.products import STATUS_CHOICES, with_standing_text
from products.desk.scope import asked_text, producer_of
from products.filters import STATUSES
from products.forms.inspection import MOST_AT_ONCE, PlanEditForm, PlanForm
from products.models import Certificate, Inspection, Product

RECENT_DAYS = 365
"""A product not looked at for so long is offered first by the filter of the plan."""


@dataclass(frozen=True)
class Pick:
    """A product to tick."""

    product: Product
    status: str
    label: str
    last: date | None
    ticked: bool


def _picks(products: QuerySet[Any], ticked: set[int], day: date) -> list[Pick]:
    """The boxes of the form, those ticked first. Few queries, however many."""
    found = products.annotate(last=Max("inspected__inspection__done_on")).with_place()  # type: ignore[attr-defined]
    rows = [
        Pick(product, status, label, product.last, product.pk in ticked)  # type: ignore[attr-defined]
        for product, status, label in with_standing_text(found, day)
    ]
    return sorted(rows, key=lambda pick: not pick.ticked)


def _offered(request: HttpRequest, day: date) -> tuple[QuerySet[Any], dict[str, Any]]:
    """The products in scope that the filters ask for, at most a pageful, and what they asked."""
    text, status = asked_text(request), request.GET.get("status", "standing")
    old = request.GET.get("old") == "1"
    mine = Product.objects.visible_to(request.user)
    if text:
        mine = mine.search(text)
    found = Product.objects.filter(pk__in=mine.order_by().values("pk"))
    if status in STATUSES:
        wanted = Certificate.objects.public(day).in_standing(day, STATUSES[status][1])
        found = found.filter(pk__in=wanted.order_by().values("product"))
    if old:
        recent = Inspection.objects.filter(done_on__gte=day - timedelta(days=RECENT_DAYS))
        found = found.exclude(inspected__inspection__in=recent.values("pk"))
    keys = list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    asked = {"text": text, "status": status, "old": old, "more": len(keys) > MOST_AT_ONCE}
    return Product.objects.filter(pk__in=keys[:MOST_AT_ONCE]), asked


def _numbers(values: list[str]) -> set[int]:
    return {int(v) for v in values if v.isascii() and v.isdecimal() and len(v) < 18}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP)
def plan(request: HttpRequest) -> HttpResponse:
    """Plan visits to the producers of the ticked products; `?product=` ticks some from the start."""
    day = today()
    offered, asked = _offered(request, day)
    ticked = _numbers(request.POST.getlist("products") or request.GET.getlist("product"))
    mine = Product.objects.filter(
        pk__in=Product.objects.visible_to(request.user).order_by().values("pk")
    ).select_related("producer")
    initial = {"inspectors": request.user.get_full_name()}
    form = PlanForm(request.POST or None, products=mine, initial=initial)

    def save() -> str:
        planned = acts.plan_inspections(by=request.user, **form.given())
        return _after(planned)

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập kế hoạch kiểm tra."):
            return answer
    keys = [*offered.values_list("pk", flat=True), *mine.filter(pk__in=ticked).values_list("pk", flat=True)]
    context = {
        "form": form,
        "picks": _picks(Product.objects.filter(pk__in=keys), ticked, day),
        "filters": True,
    }
    context |= asked | {"most": MOST_AT_ONCE, "statuses": STATUS_CHOICES, "title": "Lập kế hoạch kiểm tra"}
    return render(request, "desk/oversight/inspection_plan.html", context)


def _after(planned: list[Inspection]) -> str:
    """The visit, or the list of what is to come where there are several."""
    if len(planned) == 1:
        return reverse("desk:inspection", args=[planned[0].pk])
    return f"{reverse('desk:inspections')}?show=planned"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP)
def plan_producer(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a visit to one producer: to some of its products, or to its work as a whole."""
    producer = producer_of(request.user, pk)
    mine = Product.objects.filter(producer=producer).select_related("producer")
    initial = {"inspectors": request.user.get_full_name()}
    form = PlanForm(request.POST or None, products=mine, must_pick=False, initial=initial)

    def save() -> str:
        return _after(acts.plan_inspections(producer=producer, by=request.user, **form.given()))

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập kế hoạch kiểm tra."):
            return answer
    ticked = _numbers(request.POST.getlist("products"))
    context = {"form": form, "picks": _picks(mine, ticked, today()), "producer": producer}
    return render(
        request, "desk/oversight/inspection_plan.html", context | {"title": f"Kiểm tra {producer.name}"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def plan_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the second look at what an inspection found."""
    first = inspection_of(request.user, pk)
    if first.state != Inspection.State.DONE:
        raise Http404("Chỉ kiểm tra lại sau một đợt đã ghi kết quả.")
    mine = Product.objects.filter(producer=first.producer_id).select_related("producer")
    initial = {
        "planned_on": max(first.follow_up_on or today(), today()),
        "inspectors": first.inspectors,
        "purpose": f"Kiểm tra lại việc khắc phục sau đợt ngày {first.done_on:%d/%m/%Y}.",
    }
    form = PlanForm(request.POST or None, products=mine, must_pick=False, fixed_kind=True, initial=initial)

    def save() -> str:
        kind = Inspection.Kind.FOLLOW_UP
        given = form.given() | {"kind": kind, "follows": first, "producer": first.producer}
        return _after(acts.plan_inspections(by=request.user, **given))

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập kế hoạch kiểm tra lại."):
            return answer
    ticked = (
        _numbers(request.POST.getlist("products"))
        if form.is_bound
        else set(first.inspected.values_list("product", flat=True))
    )
    context = {"form": form, "picks": _picks(mine, ticked, today()), "producer": first.producer}
    return render(
        request, "desk/oversight/inspection_plan.html", context | {"title": "Kế hoạch kiểm tra lại"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INSPECTION_KEEP, of=inspection_of)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day, other people, other products."""
    inspection = inspection_of(request.user, pk)
    form = PlanEditForm(request.POST or None, inspection=inspection)

    def save() -> str:
        acts.change_plan(inspection=inspection, by=request.user, **form.given())
        return reverse("desk:inspection", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã sửa kế hoạch kiểm tra."):
            return answer
    mine = Product.objects.filter(producer=inspection.producer_id)
    ticked = _numbers(request.POST.getlist("products")) if form.is_bound else set(form.initial["products"])
    context = {"form": form, "picks": _picks(mine, ticked, today()), "producer": inspection.producer}
    context |= {"title": "Sửa kế hoạch kiểm tra", "inspection": inspection}
    context |= {"closed": inspection.state != Inspection.State.PLANNED}
    return render(request, "desk/oversight/inspection_plan.html", context)
