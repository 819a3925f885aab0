"""Pictures with which pages are shared, drawn from the register as it stands at the request."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ocop_portal import conditional
from ocop_portal.clock import today
from ocop_portal.pages import by_revision
from products import cards
from products.models import Product
from products.telling import tell

PNG_TYPE = "image/png"


@require_safe
@by_revision
@login_not_required
def product_card(request: HttpRequest, code: str) -> HttpResponse:
    """The card of the product that bears or bore the code. 404 for a code never issued."""
    product = Product.objects.with_place().bearing(code)
    if product is None:
        raise Http404(f"Không có sản phẩm nào mang mã {code} trong sổ bộ.")
    card = cards.card(tell(product, today()), product.images.first())
    made = conditional.answer(
        request, card.etag, lambda: HttpResponse(cards.png(card), content_type=PNG_TYPE)
    )
    return conditional.everywhere(made)


@require_safe
@by_revision
@login_not_required
def site_card(request: HttpRequest) -> HttpResponse:
    """The card of every page that is not a product's."""
    card = cards.site_card(today())
    made = conditional.answer(
        request, card.etag, lambda: HttpResponse(cards.site_png(card), content_type=PNG_TYPE)
    )
    return conditional.everywhere(made)
