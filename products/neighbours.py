"""What else stands nearby: products of the same commune and of the same set, for the foot of a product's page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from products.catalogue import Line, line
from products.models import Certificate, Product

MOST = 4
"""Lines in each list: an invitation to go on, not a second catalogue."""


@dataclass(frozen=True)
class Neighbours:
    """Products whose star stands, of other producers; none stands in both lists."""

    commune: list[Line]
    group: list[Line]


def neighbours(product: Product, day: date) -> Neighbours:
    """The best of the commune as it is now, then of the set elsewhere. Two queries, given `with_place()`."""
    others = Certificate.objects.standing(day).exclude(product__producer=product.producer_id).with_product()
    others = others.order_by("-stars", "product__name_key", "product")
    # Communes that were joined are one commune to whoever goes there today.
    now = product.place.current_id or product.place_id
    near = list(others.filter(Q(product__place=now) | Q(product__place__current=now))[:MOST])
    alike = others.filter(product__group=product.group_id).exclude(
        product__in=[certificate.product_id for certificate in near]
    )
    return Neighbours([line(c, day) for c in near], [line(c, day) for c in alike[:MOST]])
