"""A product's page: whether its star stands, first and in words; then everything else."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.links import absolute
from ocop_portal.pages import by_revision
from ocop_portal.params import asked_day
from ocop_portal.qr import qr_svg
from ocop_portal.structured import breadcrumbs, json_ld
from products.badges import badge
from products.catalogue import line, place_text
from products.collections import collections_of
from products.models import Certificate, Product
from products.neighbours import neighbours
from products.selling import where_sold
from products.standing import STANDS
from products.structured import product_data
from products.telling import Told, tell
from products.timeline import timeline

PARTS = ("images", "packagings", "channels", "marks", "raw_material_areas", "export_markets", "aliases")


def public_product(code: str) -> Product:
    """The product that bears or bore the code. 404 for a code never issued, or one without any certificate:

    what was never recognised is not in the public register.
    """
    product = Product.objects.bearing(code)
    if product is None or not product.certificates.exists():
        raise Http404(f"Không có sản phẩm nào mang mã {code} trong sổ bộ.")
    return product


@require_safe
@by_revision
@login_not_required
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """The product as of a day. An old code leads to the one in use."""
    product = public_product(code)
    if product.code != code:
        query = request.META.get("QUERY_STRING", "")
        return redirect(product.get_absolute_url() + (f"?{query}" if query else ""))
    product = Product.objects.with_place().prefetch_related(*PARTS).get(pk=product.pk)
    day, unread = asked_day(request.GET, today())
    told = tell(product, day)
    return render(
        request,
        "products/detail.html",
        {
            "product": product,
            "card": _card(told) if day == today() else None,  # the picture is of today
            "structured": json_ld(
                product_data(request, told, product.images.all()), breadcrumbs(request, _trail(product))
            ),
            "day": day,
            "current": day == today(),
            "unread": unread,
            "hidden": told.hidden,
            "certificate": told.certificate,
            "status": told.status,
            "status_label": told.status_label,
            "verdict": told.verdict,
            "place": place_text(product.place, day),
            "timeline": [] if told.hidden else timeline(told.certificates, day),
            "siblings": _siblings(product, day),
            "neighbours": neighbours(product, day),
            # Of today alone: they show what stands now.
            "collections": collections_of(product) if told.stands and day == today() else [],
            "sold_at": [] if told.hidden else where_sold(product.producer, day),
            "complaints": list(product.published_complaints.shown_on(day).select_related("complaint")),
            "short_url": absolute(request, product.get_short_url()),
            "qr": qr_svg(
                absolute(request, product.get_short_url()),
                gettext("Mã QR của {name}").format(name=product.name),
            ),
        },
    )


def _card(told: Told) -> dict[str, str]:
    """The picture that the page is shared with, and its words."""
    return {"url": reverse("products:card", args=[told.product.code]), "alt": badge(told).title}


def _trail(product: Product) -> list[tuple[str, str]]:
    """The way to the page, as its breadcrumbs show it."""
    return [
        (gettext("Trang đầu"), reverse("home")),
        (gettext("Sản phẩm"), reverse("products:list")),
        (product.name, product.get_absolute_url()),
    ]


def _siblings(product: Product, day: date) -> dict[str, Any]:
    """The producer's other products, those that may use their star apart from those that may not."""
    others = Certificate.objects.public(day).filter(product__producer=product.producer_id)
    others = others.exclude(product=product.pk).with_product().order_by("product__name_key")
    told: dict[str, list[Any]] = {"standing": [], "lapsed": []}
    for certificate in others:
        told["standing" if certificate.standing_on(day) in STANDS else "lapsed"].append(
            line(certificate, day)
        )
    return told


@require_safe
@login_not_required
def short(request: HttpRequest, code: str) -> HttpResponse:
    """The permanent address printed in QR codes."""
    return redirect(public_product(code).get_absolute_url())


@require_safe
@by_revision
@login_not_required
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code as a file, for the pack."""
    product = public_product(code)
    svg = qr_svg(
        absolute(request, product.get_short_url()), gettext("Mã QR của {name}").format(name=product.name)
    )
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Content-Disposition"] = f'attachment; filename="qr-{product.code}.svg"'
    return response
