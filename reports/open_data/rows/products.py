"""Products of the public register, with the certificate that governs each on the day."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from products.exports import record
from products.filters import LISTED
from products.models import Certificate
from reports.open_data.rows.base import ADDRESS, CALCULATED, CHUNK, STARS, OpenTable, PlaceFields, Row, Site


class ProductHead(Schema):
    """What a product is called, and who makes it."""

    code: str = told(
        _("Mã sản phẩm"),
        "products_product.code",
        example="06-02173-001-2021",
        note=_("Mã đang dùng. Mã cũ vẫn mở được ở địa chỉ của sản phẩm."),
    )
    name: str = told(_("Tên sản phẩm"), "products_product.name", example="Miến dong Tài Hoan")
    name_en: str = told(
        _("Tên tiếng Anh"),
        "products_product.name_en",
        note=_("Để người đọc nước ngoài hiểu; trống nếu chưa có."),
    )
    producer: str = told(_("Chủ thể"), "producers_producer.name", example="HTX Tài Hoan")
    producer_id: int = told(_("Số của chủ thể"), "producers_producer.id", example=1)


class ProductRow(PlaceFields, ProductHead):
    """A line of the register, as `/san-pham.json` gives it, with the addresses of what it names."""

    group: str = told(_("Mã bộ sản phẩm"), "products_productgroup.code", example="06")
    group_name: str = told(_("Bộ sản phẩm"), "products_productgroup.name")
    stars: int = told(
        _("Hạng sao"),
        "products_certificate.stars",
        unit=_("sao"),
        values=STARS,
        note=_(
            "Hạng ghi trên giấy chứng nhận; chỉ được dùng khi tình trạng còn hiệu lực, sắp hết hạn, gia hạn."
        ),
    )
    status: str = told(
        _("Tình trạng vào ngày xem"),
        CALCULATED,
        values=[(s.value, s.label) for s in LISTED],
        example="in_force",
    )
    valid_from: date = told(_("Có giá trị từ ngày"), "products_certificate.valid_from", example="2025-01-15")
    valid_to: date = told(_("Đến hết ngày"), "products_certificate.valid_to", example="2028-01-15")
    extended_to: date | None = told(_("Gia hạn đến hết ngày"), "products_certificate.extended_to")
    revoked_on: date | None = told(_("Thu hồi từ ngày"), "products_certificate.revoked_on")
    certificate: str = told(
        _("Số giấy chứng nhận"),
        "products_certificate.number",
        example="012/GCN-OCOP",
        note=_("Trống nếu hồ sơ cũ không ghi số."),
    )
    certificate_id: str = told(
        _("Mã tra cứu giấy chứng nhận"), "products_certificate.public_id", example="7k2mcd94xqhn"
    )
    decision: str = told(_("Số quyết định"), "products_decision.number", example="15/QĐ-UBND")
    decision_id: int = told(_("Số của quyết định trong sổ bộ"), "products_decision.id", example=1)
    made_up: bool = told(
        _("Dữ liệu minh họa"),
        "products_product.made_up",
        note=_("Đúng nếu tên được đặt ra để trình diễn; sổ bộ thật không có dòng nào như vậy."),
    )
    url: str = told(
        _("Trang của sản phẩm"), ADDRESS, example="https://ocop.example.vn/san-pham/06-02173-001-2021/"
    )


def product_row(certificate: Certificate, day: date, site: Site) -> Row:
    """The product of a governing certificate. No query after `with_product()`."""
    row = record(certificate, day)
    return {
        **row,
        "name_en": certificate.product.name_en,
        "producer_id": certificate.product.producer_id,
        "certificate_id": certificate.public_id,
        "decision_id": certificate.decision_id,
        "url": site.page(row["url"]),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    found = Certificate.objects.public(day).with_product().order_by("product__code")
    for certificate in found.iterator(CHUNK):
        yield product_row(certificate, day, site)


TABLE = OpenTable(
    "products",
    _("Sản phẩm"),
    _(
        "Mỗi dòng một sản phẩm trong sổ bộ công khai, kể cả hết hạn và thu hồi, với tình trạng vào ngày của tệp."
    ),
    ProductRow,
    _rows,
)
