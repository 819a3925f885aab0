"""What of the register lies in a user's scope: anything else answers 404."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from ocop_portal.lists import PER_PAGE, asked_text, paged
from producers.models import Producer
from products.models import Certificate, Product

__all__ = [
    "PER_PAGE",
    "asked_text",
    "certificate_of",
    "certificates_of",
    "paged",
    "producer_of",
    "product_of",
]


def producer_of(user: Any, pk: int) -> Producer:
    return get_object_or_404(Producer.objects.visible_to(user).with_place(), pk=pk)


def product_of(user: Any, pk: int) -> Product:
    return get_object_or_404(Product.objects.visible_to(user).with_place(), pk=pk)


def certificates_of(user: Any) -> QuerySet[Certificate]:
    """Certificates of the products in scope."""
    if user.sees_whole_territory:
        return Certificate.objects.all()
    return Certificate.objects.filter(product__in=Product.objects.visible_to(user).order_by().values("pk"))


def certificate_of(user: Any, pk: int) -> Certificate:
    found = certificates_of(user).with_product()  # type: ignore[attr-defined]
    return get_object_or_404(found.select_related("extension_decision", "revocation_decision"), pk=pk)
