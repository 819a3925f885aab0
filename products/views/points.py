"""Where products are sold, and the events at which they are shown: for everybody."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Max, Min, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.lists import paged
from ocop_portal.pages import by_revision
from ocop_portal.params import asked_day
from ocop_portal.structured import json_ld
from producers.filters import Asked
from producers.models import PointOfSale, Promotion, PromotionParticipant
from products.catalogue import place_text
from products.models import Certificate
from products.selling import PointsReading, sellers_at
from products.structured import point_data


@require_safe
@by_revision
@login_not_required
def point_list(request: HttpRequest) -> HttpResponse:
    """Points of sale open on the day, by place; near a commune first if one is named."""
    reading = PointsReading(request.GET, today())
    context = paged(request, reading.points)
    context |= {"reading": reading, "asked": reading.asked, "groups": reading.groups(list(context["page"]))}
    return render(request, "producers/points.html", context)


@require_safe
@by_revision
@login_not_required
def point(request: HttpRequest, pk: int) -> HttpResponse:
    """One point as of a day; its address answers for ever, open or shut."""
    found = get_object_or_404(PointOfSale.objects.with_place(), pk=pk)
    day, unread = asked_day(request.GET, today())
    context = {
        "point": found,
        "place": (place := place_text(found.place, day)),
        "structured": json_ld(point_data(request, found, place)) if found.is_open_on(day) else "",
        "sellers": sellers_at(found, day),
        "open": found.is_open_on(day),
        "day": day,
        "current": day == today(),
        "unread": unread,
    }
    return render(request, "producers/point.html", context)


@require_safe
@by_revision
@login_not_required
def events(request: HttpRequest) -> HttpResponse:
    """Promotions: under way and coming first, then past ones, with the producers of the register that take part."""
    day = today()
    asked = Asked(request.GET, kinds=Promotion.Kind.choices, day=day)
    listed = Certificate.objects.public(day).order_by().values("product__producer")
    parts = PromotionParticipant.objects.filter(producer__in=listed).select_related("producer")
    shown = Prefetch("participants", parts.order_by("producer__name_key", "pk"), to_attr="listed")
    # One that was called off is told until its days are over: somebody may be about to set out.
    found = asked.narrowed(Promotion.objects.filter(Q(cancelled_reason="") | Q(ends_on__gte=day)))
    found = found.with_place().prefetch_related(shown)
    coming = list(found.filter(ends_on__gte=day).order_by("starts_on", "pk"))
    context: dict[str, Any] = paged(request, found.over(day).latest_first())
    span = Promotion.objects.aggregate(first=Min("starts_on"), last=Max("starts_on"))
    context |= {
        "asked": asked,
        "coming": coming if context["page"].number == 1 else [],
        "day": day,
        "years": range(span["last"].year, span["first"].year - 1, -1) if span["first"] else [],
        "total": len(coming) + context["page"].paginator.count,
    }
    return render(request, "producers/events.html", context)
