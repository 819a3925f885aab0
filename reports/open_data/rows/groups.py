"""The product sets by which products are sorted."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from products.models import ProductGroup
from reports.open_data.rows.base import OpenTable, Row, Site


class GroupRow(Schema):
    """One of the 26 product sets of decision 26/2026/QĐ-TTg."""

    code: str = told(_("Mã bộ"), "products_productgroup.code", example="06")
    name: str = told(_("Tên bộ sản phẩm"), "products_productgroup.name")
    name_en: str = told(_("Tên tiếng Anh"), "products_productgroup.name_en")
    group_name: str = told(_("Nhóm"), "products_productgroup.group_name")
    sector: str = told(
        _("Ngành"), "products_productgroup.sector", values=ProductGroup.Sector.choices, example="I"
    )
    sector_name: str = told(_("Tên ngành"), "products_productgroup.sector", example="Thực phẩm")


def group_row(group: ProductGroup) -> Row:
    return {
        "code": group.code,
        "name": group.name,
        "name_en": group.name_en,
        "group_name": group.group_name,
        "sector": group.sector,
        "sector_name": group.get_sector_display(),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    return (group_row(group) for group in ProductGroup.objects.order_by("code"))


TABLE = OpenTable(
    "groups", _("Bộ sản phẩm"), _("26 bộ sản phẩm của Quyết định 26/2026/QĐ-TTg."), GroupRow, _rows
)
