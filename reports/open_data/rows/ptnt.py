"""The exchange table `PTNT_OCOP` of the ministry's rural-development data, filled from the register.

Known to us from public implementations only, not from the text of the decision: see docs/open-data.md, which tells what
each column holds and what is our own choice.
"""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from products.filters import LISTED
from products.models import Certificate
from products.standing import standing_on
from reports.open_data.rows.base import CALCULATED, CHUNK, OpenTable, Row, Site

WIDTHS = {
    "Ma_DonViHanhChinh": 10,
    "Ma_ThoiGian": 10,
    "Ma_SanPham": 10,
    "TenSanPham": 255,
    "XepHang": 50,
    "ChuTheSXKD": 255,
    "TrangThai": 10,
}
"""Characters that a column of the exchange table holds."""


class PtntRow(Schema):
    """A row of `PTNT_OCOP`, under the column names of the exchange table."""

    MA_OCOP: int = told(
        _("Số của sản phẩm"), "products_product.id", example=1, note=_("Số nguyên, không bao giờ đổi.")
    )
    Ma_DonViHanhChinh: str = told(
        _("Mã xã, phường hiện nay"), "ocop_portal_administrativeunit.code", example="02185", max_length=10
    )
    Ma_ThoiGian: str = told(
        _("Năm của số liệu"),
        _("ngày của tệp"),
        example="2026",
        note=_("Năm của ngày làm tệp, bốn chữ số."),
        max_length=10,
    )
    Ma_SanPham: str = told(
        _("Mã sản phẩm rút gọn"),
        "products_product.id",
        example="SP00000001",
        note=_("Mã sản phẩm của sổ bộ dài hơn 10 ký tự, nên dùng SP và tám chữ số của MA_OCOP."),
        max_length=10,
    )
    TenSanPham: str = told(_("Tên sản phẩm"), "products_product.name", max_length=255)
    XepHang: str = told(
        _("Xếp hạng"),
        "products_certificate.stars",
        values=[("3*", "3 sao"), ("4*", "4 sao"), ("5*", "5 sao")],
        example="3*",
        max_length=50,
    )
    ChuTheSXKD: str = told(_("Chủ thể sản xuất, kinh doanh"), "producers_producer.name", max_length=255)
    DoanhThuNam: float | None = told(
        _("Doanh thu năm"),
        _("không công bố"),
        unit=_("triệu đồng"),
        note=_("Luôn trống: sổ bộ giữ kín doanh thu, và ghi theo chủ thể chứ không theo sản phẩm."),
    )
    TrangThai: str = told(
        _("Trạng thái"),
        CALCULATED,
        values=[(s.value, s.label) for s in LISTED],
        example="in_force",
        note=_("Mã tình trạng của sổ bộ, vì bảng mã của bộ chưa được công bố."),
        max_length=10,
    )


def short_code(key: int) -> str:
    """The product in ten characters: its key never changes, its code may be longer and may be replaced."""
    return f"SP{key:08d}"


def ptnt_row(certificate: Certificate, day: date) -> Row:
    """The product of a governing certificate. No query after `with_product()`. Raises ValueError where it does not fit:

    a cut name or code would be another one.
    """
    product = certificate.product
    unit = product.place.current or product.place
    row: Row = {
        "MA_OCOP": product.pk,
        "Ma_DonViHanhChinh": unit.code,
        "Ma_ThoiGian": f"{day:%Y}",
        "Ma_SanPham": short_code(product.pk),
        "TenSanPham": product.name,
        "XepHang": f"{certificate.stars}*",
        "ChuTheSXKD": product.producer.name,
        "DoanhThuNam": None,
        "TrangThai": standing_on(certificate, day).value,
    }
    if wide := [name for name, width in WIDTHS.items() if len(row[name]) > width]:
        raise ValueError(f"product {product.pk} does not fit PTNT_OCOP: {', '.join(wide)}")
    return row


def _rows(day: date, site: Site) -> Iterator[Row]:
    found = Certificate.objects.public(day).with_product().order_by("product")
    for certificate in found.iterator(CHUNK):
        yield ptnt_row(certificate, day)


TABLE = OpenTable(
    "ptnt-ocop",
    _("Bảng trao đổi PTNT_OCOP"),
    _("Sản phẩm theo tên cột của bảng trao đổi dữ liệu phát triển nông thôn."),
    PtntRow,
    _rows,
)
