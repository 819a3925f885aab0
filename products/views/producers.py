"""Producers as the public sees them: who they are, and which of their products may use a star."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.pages import by_revision
from ocop_portal.structured import breadcrumbs, json_ld
from ocop_portal.territory import Territory
from producers.models import Producer
from products.catalogue import card, place_text
from products.models import Certificate
from products.selling import where_sold
from products.standing import STANDS
from products.structured import producer_data

PER_PAGE = 30


@require_safe
@by_revision
@login_not_required
def producer_list(request: HttpRequest) -> HttpResponse:
    """Producers with a product in the public register, by name; search and former district."""
    day, territory = today(), Territory(today())
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    wanted = request.GET.get("district", "").strip()
    district = territory.named(wanted) if wanted else None
    unknown = gettext("Không có huyện nào mang mã “{code}” trong sổ bộ.").format(code=wanted[:40])
    fault = unknown if wanted and district is None else ""
    listed = Certificate.objects.public(day).values("product__producer")
    found = Producer.objects.filter(pk__in=listed).with_place().search(text)
    if fault:
        found = found.none()
    elif district:
        found = found.filter(place__in=territory.places_in(district))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = _counts([p.pk for p in page], day)
    asked = {"q": text, "district": wanted}

    def address(number: Any) -> str:
        told = {k: v for k, v in asked.items() if v} | ({"page": number} if number != 1 else {})
        return reverse("producers:list") + (f"?{urlencode(told)}" if told else "")

    return render(
        request,
        "producers/list.html",
        {
            "canonical": address(page.number),
            "noindex": bool(text or fault),
            "text": text,
            "district": district,
            "fault": fault,
            "districts": territory.districts,
            "page": page,
            "rows": [{"producer": p, "place": place_text(p.place, day), "count": counts[p.pk]} for p in page],
            "links": [
                {
                    "number": n,
                    "url": address(n) if isinstance(n, int) else "",
                    "current": n == page.number,
                }
                for n in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
            ],
            "prev_url": address(page.number - 1) if page.has_previous() else "",
            "next_url": address(page.number + 1) if page.has_next() else "",
        },
    )


def _counts(producers: list[int], day: date) -> dict[int, dict[str, int]]:
    """{producer: {"standing": n, "lapsed": n}} of the public register. One query."""
    counts: dict[int, dict[str, int]] = defaultdict(lambda: {"standing": 0, "lapsed": 0})
    certificates = Certificate.objects.public(day).filter(product__producer__in=producers)
    for producer, standing in certificates.with_standing(day).values_list("product__producer", "standing"):
        counts[producer]["standing" if standing in STANDS else "lapsed"] += 1
    return counts


@require_safe
@by_revision
@login_not_required
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One producer: contact where it may be shown, and its products told apart by whether their star stands."""
    producer = get_object_or_404(Producer.objects.with_place(), pk=pk)
    day = today()
    certificates = Certificate.objects.public(day).filter(product__producer=producer)
    standing, lapsed = [], []
    for certificate in certificates.with_product().with_photos().order_by("product__name_key", "pk"):
        (standing if certificate.standing_on(day) in STANDS else lapsed).append(card(certificate, day))
    return render(
        request,
        "producers/detail.html",
        {
            "producer": producer,
            "place": (place := place_text(producer.place, day)),
            "structured": json_ld(
                producer_data(request, producer, place),
                breadcrumbs(request, _trail(producer)),
            ),
            "standing": standing,
            "lapsed": lapsed,
            "sold_at": where_sold(producer, day),
        },
    )


def _trail(producer: Producer) -> list[tuple[str, str]]:
    """The way to the page, as its breadcrumbs show it."""
    return [
        (gettext("Trang đầu"), reverse("home")),
        (gettext("Chủ thể"), reverse("producers:list")),
        (producer.name, reverse("producers:detail", args=[producer.pk])),
    ]
