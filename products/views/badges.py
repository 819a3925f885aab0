"""Badges for other sites, and codes for packs: what a shop or a producer takes from the register to show its star."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ocop_portal import conditional
from ocop_portal.clock import today
from ocop_portal.links import absolute
from ocop_portal.pages import by_revision
from ocop_portal.papers import PDF_TYPE
from ocop_portal.qr import qr_png, qr_svg
from products import badges, qr_sheet
from products.models import Product
from products.telling import Told, tell
from products.views.products import public_product

SVG_TYPE, PNG_TYPE = "image/svg+xml", "image/png"


@require_safe
@by_revision
@login_not_required
def badge_svg(request: HttpRequest, code: str) -> HttpResponse:
    """The badge as SVG; see `_badge`."""
    return _badge(request, code, badges.svg, SVG_TYPE)


@require_safe
@by_revision
@login_not_required
def badge_png(request: HttpRequest, code: str) -> HttpResponse:
    """The badge as PNG; see `_badge`."""
    return _badge(request, code, badges.png, PNG_TYPE)


def _badge(
    request: HttpRequest, code: str, draw: Callable[[badges.Badge], bytes], media_type: str
) -> HttpResponse:
    """What any code ever issued is worth today. A code never issued is answered by 404 and a picture that says so:

    the picture is shown on somebody's page, where a sentence of ours would not be.
    """
    size = badges.asked_size(request.GET.get("size"))
    theme = badges.asked_theme(request.GET.get("theme"))
    try:
        found, status = badges.badge(_told(code), size, theme), 200
    except Http404:
        found, status = badges.unknown_badge(code, size, theme), 404

    def make() -> HttpResponse:
        return HttpResponse(draw(found), content_type=media_type, status=status)

    if status == 404:
        # Without a tag: a product may be entered under this code tomorrow.
        response = make()
        response.headers["Cache-Control"] = conditional.REVALIDATE
    else:
        response = conditional.answer(request, f"{found.etag}-{media_type[6:9]}", make)
    return conditional.everywhere(response)


def _told(code: str) -> Told:
    """The product that bears or bore the code, as it stands today. Two queries. Raises Http404."""
    product = Product.objects.with_place().bearing(code)
    if product is None:
        raise Http404(f"Không có sản phẩm nào mang mã {code} trong sổ bộ.")
    return tell(product, today())


@require_safe
@by_revision
@login_not_required
def badge_page(request: HttpRequest, code: str) -> HttpResponse:
    """Badges to look at, the lines to paste, and the QR code as files. An old code leads to the one in use."""
    told = _told(code)
    product = told.product
    if product.code != code:
        return redirect("products:badge-page", product.code)
    short_url = absolute(request, product.get_short_url())
    return render(
        request,
        "products/badge.html",
        {
            "product": product,
            "verdict": told.verdict,
            "stands": told.stands,
            "short_url": short_url,
            "qr": qr_svg(short_url, gettext("Mã QR của {name}").format(name=product.name)),
            "sizes": [_offer(request, told, size, short_url) for size in badges.SIZES],
            "themes": badges.THEMES,
            "qr_sizes": qr_sheet.sizes(short_url),
        },
    )


LABELS = {"small": _("Nhỏ"), "medium": _("Vừa"), "large": _("Lớn")}


def _offer(request: HttpRequest, told: Told, size: str, short_url: str) -> dict[str, object]:
    """One size: its pictures in both themes, and the lines that show it elsewhere, linked to the product."""
    with override("vi"):  # as it is drawn for everybody
        made = badges.badge(told, size)
    path = reverse("products:badge-svg", args=[told.product.code])
    png_path = reverse("products:badge-png", args=[told.product.code])
    address = absolute(request, f"{path}?size={size}")
    # The words on the badge change with the standing, so the text beside it names the product alone.
    alt = gettext("Hạng sao OCOP của {name} theo sổ bộ").format(name=told.product.name)
    return {
        "label": LABELS[size],
        "width": made.width,
        "height": made.height,
        "alt": made.title,
        "pictures": [(theme, f"{path}?size={size}&theme={theme}") for theme in badges.THEMES],
        "png": f"{png_path}?size={size}",
        "html": _html(short_url, address, alt, made),
        "markdown": f"[![{_markdown(alt)}]({address})]({short_url})",
        "id": f"ma-{size}",
    }


def _html(short_url: str, address: str, alt: str, made: badges.Badge) -> str:
    return format_html(
        '<a href="{}"><img src="{}" alt="{}" width="{}" height="{}"></a>',
        short_url,
        address,
        alt,
        made.width,
        made.height,
    )


def _markdown(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\[]" else c for c in text)


@require_safe
@login_not_required
def qr_image(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code as PNG, for print shops that take no SVG."""
    product = public_product(code)
    return _file(qr_png(absolute(request, product.get_short_url()), scale=16), PNG_TYPE, product, "png")


@require_safe
@login_not_required
def qr_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet of QR codes to print and cut out, in the sizes that a phone still reads."""
    product = public_product(code)
    paper = qr_sheet.sheet(product, absolute(request, product.get_short_url()), made_at=timezone.now())
    return _file(paper, PDF_TYPE, product, "pdf")


def _file(body: bytes, media_type: str, product: Product, ending: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="qr-{product.code}.{ending}"'
    return response
