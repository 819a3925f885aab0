"""Which certificates of a list were chosen: those ticked, or all of the list."""

import re
from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest

from producers.models import Producer
from products.desk.scope import certificates_of
from products.models import Certificate
from reports.lapse_reading import LapseReading

MOST_CHOSEN = 200
"""Certificates dealt with on one page; more are done in turns."""
_KEY = re.compile(r"[0-9]{1,18}")


def keys(values: Iterable[str]) -> list[int]:
    """The numbers among what was sent, so many as one page deals with."""
    return [int(v) for v in values if _KEY.fullmatch(v)][: MOST_CHOSEN + 1]


def chosen(request: HttpRequest) -> list[Certificate]:
    """The chosen certificates in scope by producer; one more than a page deals with where there are too many."""
    if request.GET.get("all") == "1":
        found = list(
            LapseReading(request.user, request.GET).found.values_list("pk", flat=True)[: MOST_CHOSEN + 1]
        )
    else:
        found = keys(request.GET.getlist("certificate"))
    return by_key(request.user, found)


def by_key(user: object, wanted: list[int]) -> list[Certificate]:
    """Certificates in scope, by producer and product in Vietnamese order."""
    mine = certificates_of(user).filter(pk__in=wanted).with_product()  # type: ignore[attr-defined]
    mine = mine.select_related("product__producer__place__current")
    return list(mine.order_by("product__producer__name_key", "product__producer", "product__name_key", "pk"))


def per_producer(certificates: list[Certificate]) -> list[tuple[Producer, list[Certificate]]]:
    """The certificates of each producer together."""
    return [
        (group[0].product.producer, group)
        for _, found in groupby(certificates, key=lambda c: c.product.producer_id)
        if (group := list(found))
    ]
