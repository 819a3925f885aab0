"""A sheet of QR codes for packs: A4, several sizes, none so fine that a phone would fail on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from ocop_portal.qr import QUIET_ZONE, code, qr_svg
from ocop_portal.typesetting import typeset
from products.models import Product

SIDES_MM = (15, 20, 30, 40)
"""Sides of the dark square; the white edge it needs comes on top."""
MIN_MODULE_MM = 0.396
"""The least side of a module on a retail pack (GS1 General Specifications, X-dimension of QR codes)."""


@dataclass(frozen=True)
class Size:
    """One size on the sheet, in millimetres."""

    side: int
    module: float
    """Side of the smallest square of the code."""
    whole: float
    """Side with the white edge around it."""
    readable: bool


def sizes(url: str) -> list[Size]:
    """The sizes for an address: the longer it is, the finer the code, and the smallest ones may not be readable."""
    modules = code(url).symbol_size(border=0)[0]
    found = []
    for side in SIDES_MM:
        module = side / modules
        found.append(Size(side, module, side + 2 * QUIET_ZONE * module, module >= MIN_MODULE_MM))
    return found


def sheet(product: Product, url: str, *, made_at: datetime) -> bytes:
    """The sheet as PDF. Raises TypesetError, and ValueError for an address too long for any code."""
    return typeset("qr_sheet", sheet_data(product, url), made_at=made_at)


def sheet_data(product: Product, url: str) -> dict[str, Any]:
    """What the template places."""
    return {
        "illustrative": settings.DEMO or product.made_up,
        "product": product.name,
        "producer": product.producer.name,
        "code": product.code,
        "url": url,
        "register": f"{settings.SITE['name']} {settings.SITE['province_name']}",
        "qr": str(qr_svg(url, "Mã QR")),
        "sizes": [{"side": s.side, "whole": s.whole} for s in sizes(url) if s.readable],
    }
