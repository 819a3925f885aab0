"""Products: the catalogue's list by the same filters, and one product with all that its page tells."""

from datetime import date
from typing import Annotated, Any

from django.db.models import FloatField
from django.db.models.functions import Cast
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today, told
from ocop_portal.api.problems import Refused
from products.catalogue import place_text
from products.filters import STARS, STATUSES
from products.models import Product
from products.models.product import ExportMarket, ProductMark, RawMaterialArea, SalesChannel
from products.reading import SORTS, Reading
from products.standing import Standing
from products.telling import Told, tell
from products.timeline import timeline
from products.traits import TRAITS
from products.views.products import PARTS
from reports.api.common import (
    FOUND,
    LISTED,
    AsOf,
    Key,
    Page,
    Paging,
    ProductCode,
    Text,
    UnitKey,
    site,
)
from reports.open_data.rows.base import PlaceFields, Site, place_fields
from reports.open_data.rows.certificates import CertificateRow, certificate_row, told_of, with_kin
from reports.open_data.rows.products import ProductHead, ProductRow, product_row

router = Router(tags=["Sản phẩm"])
MOST_CODES = 50
Status = Annotated[str, OneOf(tuple((value, label) for value, (label, _) in STATUSES.items()))]
Sort = Annotated[str, OneOf(tuple((value, label) for value, (label, _) in SORTS.items()))]
Trait = Annotated[str, OneOf(tuple((value, trait.label) for value, trait in TRAITS.items()))]
Stars = Annotated[list[Annotated[int, Field(ge=min(STARS), le=max(STARS))]], Field(max_length=MOST_CODES)]
Units = Annotated[list[UnitKey], Field(max_length=MOST_CODES)]
GroupCodes = Annotated[list[Annotated[str, Field(pattern=r"^\d{2}$")]], Field(max_length=MOST_CODES)]


class ProductQuery(Paging):
    """The parameters of the catalogue. `products.filters.CatalogueFilter` reads them, here as on the page."""

    q: Text | None = Field(
        None, description="Từ tìm: tên, chủ thể, địa bàn, mã; có dấu hay không dấu đều được."
    )
    stars: Stars = Field([], description="Hạng sao; lặp lại được.")
    status: Status | None = Field(
        None,
        description="Tình trạng vào ngày xem; bỏ trống là standing.",
    )
    district: Units = Field([], description="Mã huyện, thành phố trước 1/7/2025; lặp lại được.")
    commune: Units = Field([], description="Mã xã, phường hiện nay, hoặc xã cũ kèm ngày cuối; lặp lại được.")
    group: GroupCodes = Field([], description="Mã bộ sản phẩm, 01 đến 26; lặp lại được.")
    expires_after: Day = Field(None, description="Hết hạn từ ngày này trở đi.")
    expires_before: Day = Field(None, description="Hết hạn đến hết ngày này.")
    producer: Key | None = Field(None, description="Số của chủ thể.")
    has: Trait | None = Field(
        None,
        description="Có đặc điểm.",
    )
    as_of: Day = AS_OF
    sort: Sort | None = Field(
        None,
        description="Thứ tự; bỏ trống là name, có từ tìm thì relevance.",
    )


class ProductPage(Page):
    as_of: date = Field(title="Ngày xem")
    count: int = Field(title="Số sản phẩm của cả danh sách")
    results: list[ProductRow]


class StandingOut(Schema):
    """Whether the star stands on the day, first in words."""

    status: str = told("Tình trạng", "tính theo ngày xem", values=Standing.choices)
    stands: bool = Field(title="Được dùng sao")
    stars: int = Field(title="Hạng sao trên giấy chứng nhận")
    sentence: str = Field(title="Tình trạng bằng một câu")
    note: str = Field(title="Điều cần biết thêm")
    certificate_id: str = Field(title="Mã tra cứu của giấy chứng nhận làm căn cứ")


class EventOut(Schema):
    """Something that happened to the star."""

    on: date = Field(title="Ngày")
    title: str = Field(title="Việc gì")
    text: str = Field(title="Chi tiết")


class PackagingOut(Schema):
    label: str = Field(title="Quy cách")
    barcode: str = Field(title="Mã vạch")


class ChannelOut(Schema):
    kind: str = told("Kênh bán", "products_saleschannel.kind", values=SalesChannel.Kind.choices)
    name: str = Field(title="Tên kênh")
    url: str = Field(title="Địa chỉ trang bán")


class MarkOut(Schema):
    kind: str = told("Loại", "products_productmark.kind", values=ProductMark.Kind.choices)
    name: str = Field(title="Tên")
    number: str = Field(title="Số văn bằng")
    granted_on: date | None = Field(title="Ngày cấp")


class AreaOut(Schema):
    standard: str = told(
        "Tiêu chuẩn", "products_rawmaterialarea.standard", values=RawMaterialArea.Standard.choices
    )
    number: str = Field(title="Số giấy chứng nhận vùng")
    issuer: str = Field(title="Tổ chức chứng nhận")
    area_ha: float | None = Field(title="Diện tích", json_schema_extra={"x-unit": "ha"})
    valid_from: date | None = Field(title="Từ ngày")
    valid_to: date | None = Field(title="Đến hết ngày")


class MarketOut(Schema):
    market: str = Field(title="Thị trường")
    since_year: int | None = Field(title="Từ năm")


class ImageOut(Schema):
    url: str = Field(title="Địa chỉ ảnh JPEG")
    alt: str = Field(title="Mô tả ảnh")
    width: int = Field(title="Chiều rộng", json_schema_extra={"x-unit": "điểm ảnh"})
    height: int = Field(title="Chiều cao", json_schema_extra={"x-unit": "điểm ảnh"})


class ProductOut(ProductHead):
    """One product as of a day. Where the register says nothing on the day, `standing` is null."""

    as_of: date = Field(title="Ngày xem")
    standing: StandingOut | None = Field(
        title="Tình trạng", description="null: sổ bộ không ghi nhận vào ngày này."
    )
    place: PlaceFields = Field(title="Nơi sản xuất")
    place_text: str = Field(title="Nơi sản xuất, bằng lời")
    group: str = Field(title="Mã bộ sản phẩm")
    group_name: str = Field(title="Bộ sản phẩm")
    summary: str = Field(title="Giới thiệu ngắn")
    summary_en: str = Field(title="Giới thiệu ngắn bằng tiếng Anh")
    story: str = Field(title="Câu chuyện sản phẩm")
    description: str = Field(title="Mô tả")
    ingredients: str = Field(title="Thành phần, nguyên liệu")
    traceability_code: str = Field(title="Mã truy xuất nguồn gốc")
    certificates: list[CertificateRow] = Field(title="Giấy chứng nhận đã biết vào ngày xem, cũ trước")
    timeline: list[EventOut] = Field(title="Diễn biến hạng sao, mới trước")
    packagings: list[PackagingOut] = Field(title="Quy cách đóng gói")
    channels: list[ChannelOut] = Field(title="Kênh bán hàng")
    marks: list[MarkOut] = Field(title="Chỉ dẫn địa lý, nhãn hiệu")
    raw_material_areas: list[AreaOut] = Field(title="Vùng nguyên liệu được chứng nhận")
    export_markets: list[MarketOut] = Field(title="Thị trường xuất khẩu")
    images: list[ImageOut] = Field(title="Ảnh")
    former_codes: list[str] = Field(title="Mã cũ", description="Mỗi mã cũ vẫn mở được sản phẩm này.")
    made_up: bool = Field(title="Dữ liệu minh họa")
    url: str = Field(title="Trang của sản phẩm")
    short_url: str = Field(title="Địa chỉ ngắn, in trong mã QR")


@router.get(
    "",
    response={200: ProductPage, **LISTED},
    url_name="products",
    operation_id="listProducts",
    summary="Danh mục sản phẩm",
)
def products(request: HttpRequest, asked: Query[ProductQuery]) -> dict[str, Any]:
    """Sản phẩm theo đúng các bộ lọc của danh mục, mỗi sản phẩm với giấy chứng nhận đang làm căn cứ vào ngày xem."""
    reading = Reading(request.GET)
    if reading.faults:
        raise Refused(404, " ".join(reading.faults))
    order = [("-rank_exact" if name == "-rank" else name) for name in SORTS[reading.sort][1]]
    found = reading.certificates
    if reading.sort == "relevance":
        # The rank is a float of four bytes, which no parameter would equal.
        found = found.annotate(rank_exact=Cast("rank", FloatField()))
    page = sliced(request, found, [*order, "pk"], asked.limit, asked.cursor)
    place = site(request)
    return {
        "as_of": reading.day,
        "count": reading.total,
        "results": [product_row(certificate, reading.day, place) for certificate in page.rows],
        "next": next_address(request, page.next),
    }


@router.get(
    "/{code}",
    response={200: ProductOut, **FOUND},
    url_name="product",
    operation_id="getProduct",
    summary="Một sản phẩm",
)
def product(request: HttpRequest, code: Path[ProductCode], asked: Query[AsOf]) -> dict[str, Any]:
    """Sản phẩm mang mã này, hoặc từng mang mã này, vào ngày xem: giấy chứng nhận, diễn biến và các thông tin khác."""
    found = Product.objects.with_place().prefetch_related(*PARTS).bearing(code)
    if found is None:
        raise Refused(404, f"Không có sản phẩm nào mang mã {code} trong sổ bộ.")
    return _told(tell(found, or_today(asked.as_of)), site(request))


def _told(told_of_it: Told, place: Site) -> dict[str, Any]:
    product, day = told_of_it.product, told_of_it.day
    certificate = told_of_it.certificate
    known = (
        []
        if certificate is None
        else with_kin(told_of(day).filter(product=product)).order_by("valid_from", "pk")
    )
    return {
        "as_of": day,
        "code": product.code,
        "name": product.name,
        "name_en": product.name_en,
        "producer": product.producer.name,
        "producer_id": product.producer_id,
        "standing": certificate
        and {
            "status": told_of_it.status,
            "stands": told_of_it.stands,
            "stars": certificate.stars,
            "sentence": told_of_it.verdict.sentence,
            "note": told_of_it.verdict.note,
            "certificate_id": certificate.public_id,
        },
        "place": place_fields(product.place),
        "place_text": place_text(product.place, day),
        "group": product.group.code,
        "group_name": product.group.name,
        **{
            n: getattr(product, n)
            for n in ("summary", "summary_en", "story", "description", "ingredients", "traceability_code")
        },
        "certificates": [certificate_row(c, day, place) for c in known],
        "timeline": timeline(told_of_it.certificates, day) if certificate else [],
        **_parts(product, place),
        "former_codes": [alias.code for alias in product.aliases.all()],
        "made_up": product.made_up,
        "url": place.page(product.get_absolute_url()),
        "short_url": place.page(product.get_short_url()),
    }


def _parts(product: Product, place: Site) -> dict[str, Any]:
    """What belongs to the description. No query: the parts are at hand."""
    markets: list[ExportMarket] = list(product.export_markets.all())
    return {
        "packagings": list(product.packagings.all()),
        "channels": [
            {"kind": c.kind, "name": c.get_kind_display(), "url": c.url} for c in product.channels.all()
        ],
        "marks": list(product.marks.all()),
        "raw_material_areas": list(product.raw_material_areas.all()),
        "export_markets": markets,
        "images": [
            {"url": place.page(i.fallback_url), "alt": i.alt, "width": i.width, "height": i.height}
            for i in product.images.all()
        ],
    }
