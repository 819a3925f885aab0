"""Communes of the day with their products: what a map is shaded by."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from ocop_portal.territory import Territory
from products.models import Certificate
from reports.open_data.rows.base import CALCULATED, OpenTable, Row, Site


class CommuneRow(Schema):
    """A commune that stands on the day, and how many products there may use their star."""

    key: str = told(_("Khóa của đơn vị"), "ocop_portal_administrativeunit.code, valid_to", example="02185")
    code: str = told(_("Mã"), "ocop_portal_administrativeunit.code", example="02185")
    name: str = told(_("Tên"), "ocop_portal_administrativeunit.name", example="Xã Côn Minh")
    products: int = told(_("Sản phẩm được dùng sao"), CALCULATED, unit=_("sản phẩm OCOP"), example=7)
    stars_3: int = told(_("Trong đó 3 sao"), CALCULATED, unit=_("sản phẩm OCOP"), example=6)
    stars_4: int = told(_("Trong đó 4 sao"), CALCULATED, unit=_("sản phẩm OCOP"), example=1)
    stars_5: int = told(_("Trong đó 5 sao"), CALCULATED, unit=_("sản phẩm OCOP"), example=0)


def _rows(day: date, site: Site) -> Iterator[Row]:
    """Every commune, also those without a product. Two queries."""
    territory = Territory(day)
    counts: Counter[tuple[int | None, int]] = Counter()
    found = Certificate.objects.standing(day).order_by().values_list("product__place", "stars")
    for place, stars, n in found.annotate(n=Count("pk")):
        counts[territory.commune_of(place), stars] += n
    for unit in sorted(territory.communes, key=lambda u: (u.code, u.pk)):
        by_stars = {n: counts[unit.pk, n] for n in (3, 4, 5)}
        yield {
            "key": unit.reference,
            "code": unit.code,
            "name": unit.name,
            "products": sum(by_stars.values()),
            **{f"stars_{n}": count for n, count in by_stars.items()},
        }


TABLE = OpenTable(
    "communes",
    _("Xã, phường và số sản phẩm"),
    _("Mỗi dòng một xã, phường hiện có, kể cả nơi chưa có sản phẩm."),
    CommuneRow,
    _rows,
)
