"""What of the register lies in a user's scope: anything else answers 404."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from producers.models import Producer
from products.models import Certificate, Product

PER_PAGE = 50


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


def asked_text(request: HttpRequest) -> str:
    """The search words of a list, as far as a search may need them."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def paged(request: HttpRequest, found: QuerySet[Any]) -> dict[str, Any]:
    """A page of a list with the links to the others, for the component `pagination`."""
    page: Page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))

    def address(number: int) -> str:
        params = request.GET.copy()
        params["page"] = str(number)
        return f"?{params.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "links": [
            {
                "number": n,
                "url": address(n) if isinstance(n, int) else "",
                "current": n == page.number,
            }
            for n in numbers
        ],
        "prev_url": address(page.number - 1) if page.has_previous() else "",
        "next_url": address(page.number + 1) if page.has_next() else "",
    }
