"""Products as a shop portal such as “Kết nối OCOP” needs them. The layout is our own: its template is not public."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from ocop_portal.api.fields import told
from products.catalogue import place_text, status_label
from products.models import Certificate, Packaging, Product, ProductImage, SalesChannel
from products.standing import STANDS, standing_on
from reports.open_data.rows.base import ADDRESS, CALCULATED, CHUNK, STARS, OpenTable, Row, Site
from reports.open_data.rows.products import ProductHead


class ShopRow(ProductHead):
    """A product that may use its star today, with what a shop shows of it."""

    stars: int = told(
        _("Hạng sao"),
        "products_certificate.stars",
        unit=_("sao"),
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
        _("Trang của sản phẩm"), ADDRESS, example="https://ocop.example.vn/san-pham/06-02173-001-2021/"
    )


class Parts:
    """Packs, selling pages and first photos of all products, by product: three queries for the whole table."""

    def __init__(self) -> None:
        self.packs: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for product, label, barcode in Packaging.objects.order_by("pk").values_list(
            "product", "label", "barcode"
        ):
            self.packs[product].append((label, barcode))
        self.channels: dict[int, list[str]] = defaultdict(list)
        sold = SalesChannel.objects.exclude(url="").order_by("pk")
        for product, url in sold.values_list("product", "url"):
            self.channels[product].append(url)
        self.photos: dict[int, ProductImage] = {}
        for photo in ProductImage.objects.order_by("position", "pk"):
            self.photos.setdefault(photo.product_id, photo)


def shop_row(certificate: Certificate, day: date, site: Site, parts: Parts) -> Row:
    """The product of a standing certificate. No query after `with_product()`."""
    product: Product = certificate.product
    photo, packs = parts.photos.get(product.pk), parts.packs.get(product.pk, [])
    return {
        "code": product.code,
        "name": product.name,
        "name_en": product.name_en,
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
        "packagings": [label for label, _ in packs],
        "barcodes": [barcode for _, barcode in packs if barcode],
        "channels": parts.channels.get(product.pk, []),
        "photo": site.page(photo.fallback_url) if photo else None,
        "photo_text": photo.alt if photo else None,
        "traceability_code": product.traceability_code,
        "made_up": product.made_up,
        "url": site.page(product.get_absolute_url()),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    parts = Parts()
    found = Certificate.objects.standing(day).with_product().order_by("product__code")
    for certificate in found.iterator(CHUNK):
        yield shop_row(certificate, day, site, parts)


TABLE = OpenTable(
    "ket-noi-ocop",
    _("Sản phẩm cho sàn bán hàng"),
    _("Mỗi dòng một sản phẩm đang được dùng sao, với thông tin mà một sàn như Kết nối OCOP cần."),
    ShopRow,
    _rows,
)
