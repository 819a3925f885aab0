"""Products as a shop portal such as “Kết nối OCOP” needs them. The layout is our own: its template is not public."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from ocop_portal.api.fields import told
from products.catalogue import place_text, status_label
from products.models import Certificate, Product
from products.standing import STANDS, standing_on
from reports.open_data.rows.base import CALCULATED, CHUNK, STARS, OpenTable, Row, Site
from reports.open_data.rows.products import ProductHead


class ShopRow(ProductHead):
    """A product that may use its star today, with what a shop shows of it."""

    stars: int = told(
        _("Hạng sao"),
        "products_certificate.stars",
        unit="sao",
        values=STARS,
    )
    certificate: str = told(_("Số giấy chứng nhận"), "products_certificate.number", example="012/GCN-OCOP")
    valid_from: date = told(_("Có giá trị từ ngày"), "products_certificate.valid_from", example="2025-01-15")
    valid_until: date = told(
        _("Được dùng sao đến hết ngày"), CALCULATED, example="2028-01-15", note=_("Kể cả thời gian gia hạn.")
    )
    status: str = told(
        _("Tình trạng vào ngày của tệp"),
        CALCULATED,
        values=[(s.value, s.label) for s in STANDS],
        example="in_force",
    )
    status_text: str = told(_("Tình trạng bằng lời"), CALCULATED, example="Còn hiệu lực đến 15/01/2028")
    place: str = told(
        _("Nơi sản xuất"), "ocop_portal_administrativeunit.name", example="Xã Côn Minh (huyện Na Rì cũ)"
    )
    group: str = told(_("Mã bộ sản phẩm"), "products_productgroup.code", example="06")
    group_name: str = told(_("Bộ sản phẩm"), "products_productgroup.name")
    description: str = told(_("Giới thiệu"), "products_product.summary, description")
    packagings: list[str] = told(_("Quy cách đóng gói"), "products_packaging.label", example=["túi 500 g"])
    barcodes: list[str] = told(_("Mã vạch"), "products_packaging.barcode")
    channels: list[str] = told(
        _("Trang bán hàng"), "products_saleschannel.url", example=["https://postmart.vn/mien-dong"]
    )
    photo: str | None = told(
        _("Địa chỉ ảnh"), "products_productimage.key", note=_("JPEG, bản lớn nhất của ảnh đầu tiên.")
    )
    photo_text: str | None = told(_("Mô tả ảnh"), "products_productimage.alt")
    traceability_code: str = told(_("Mã truy xuất nguồn gốc"), "products_product.traceability_code")
    made_up: bool = told(_("Dữ liệu minh họa"), "products_product.made_up")
    url: str = told(
        _("Trang của sản phẩm"), "địa chỉ", example="https://ocop.example.vn/san-pham/06-02173-001-2021/"
    )


def shop_row(certificate: Certificate, day: date, site: Site) -> Row:
    """The product of a standing certificate. No query with its parts at hand."""
    product: Product = certificate.product
    photo = next(iter(product.images.all()), None)
    packs = list(product.packagings.all())
    return {
        "code": product.code,
        "name": product.name,
        "producer": product.producer.name,
        "producer_id": product.producer_id,
        "stars": certificate.stars,
        "certificate": certificate.number,
        "valid_from": certificate.valid_from,
        "valid_until": certificate.last_day,
        "status": standing_on(certificate, day).value,
        "status_text": status_label(certificate, day),
        "place": place_text(product.place, day),
        "group": product.group.code,
        "group_name": product.group.name,
        "description": product.summary or product.description,
        "packagings": [pack.label for pack in packs],
        "barcodes": [pack.barcode for pack in packs if pack.barcode],
        "channels": [channel.url for channel in product.channels.all() if channel.url],
        "photo": site.page(photo.fallback_url) if photo else None,
        "photo_text": photo.alt if photo else None,
        "traceability_code": product.traceability_code,
        "made_up": product.made_up,
        "url": site.page(product.get_absolute_url()),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    found = Certificate.objects.standing(day).with_product().with_photos()
    found = found.prefetch_related("product__packagings", "product__channels").order_by("product__code")
    for certificate in found.iterator(CHUNK):
        yield shop_row(certificate, day, site)


TABLE = OpenTable(
    "ket-noi-ocop",
    _("Sản phẩm cho sàn bán hàng"),
    _("Mỗi dòng một sản phẩm đang được dùng sao, với thông tin mà một sàn như Kết nối OCOP cần."),
    ShopRow,
    _rows,
)
