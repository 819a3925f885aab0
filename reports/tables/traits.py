"""Tables of what stands behind products: raw-material areas, protected marks, export, sales on line."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse

from products.catalogue import place_text
from products.models import ExportMarket, Product, ProductMark, RawMaterialArea, SalesChannel
from products.traits import area_on, mark_on, market_on
from reports.asking import Asked
from reports.tables.base import (
    Cell,
    Column,
    Filter,
    Kind,
    Lines,
    Link,
    Table,
    Takes,
    as_of,
    capital,
    official,
)

ROOM = "Sản xuất và thị trường"
STANDING_ONLY = "Chỉ tính sản phẩm còn hiệu lực vào ngày này."
MARKS = Filter("kind", "Loại", (("", "Mọi loại"), *ProductMark.Kind.choices))
CHANNELS = Filter("channel", "Kênh bán", (("", "Mọi kênh"), *SalesChannel.Kind.choices))
PRODUCT = "product__producer", "product__place", "product__place__district", "product__place__current"


def link_to(product: Product) -> Link:
    return Link(product.name, reverse("desk:product", args=[product.pk]))


def areas_of(asked: Asked) -> Any:
    """Certified areas that run on the day, behind products that stand."""
    return asked.of_standing_products(RawMaterialArea.objects.filter(area_on(asked.day, "")))


@official(
    "vung-nguyen-lieu",
    "Vùng nguyên liệu được chứng nhận",
    takes=Takes.DAY,
    room=ROOM,
    about="Hữu cơ, VietGAP, GACP-WHO …: diện tích, tổ chức chứng nhận, thời hạn.",
)
def areas(asked: Asked) -> Table:
    """Each certified area with the product behind which it stands."""
    found = areas_of(asked)
    products = found.order_by().values("product").distinct().count()

    def line(a: RawMaterialArea) -> Sequence[Cell]:
        return (
            link_to(a.product),
            a.product.producer.name,
            place_text(a.product.place, asked.day),
            capital(a.get_standard_display()),
            a.number,
            a.issuer,
            a.area_ha,
            a.valid_from,
            a.valid_to,
        )

    rows = found.select_related(*PRODUCT).order_by("product__name_key", "product", "pk")
    return Table(
        title="Vùng nguyên liệu được chứng nhận",
        about=as_of(asked),
        columns=(
            Column("Sản phẩm", width=1.5),
            Column("Chủ thể", width=1.5),
            Column("Địa bàn", width=1.5),
            Column("Tiêu chuẩn", width=0.9),
            Column("Số giấy chứng nhận vùng", width=1),
            Column("Tổ chức chứng nhận", width=1.3),
            Column("Diện tích (ha)", Kind.NUMBER, width=0.8, places=2, total=True),
            Column("Từ ngày", Kind.DATE, width=0.85),
            Column("Đến hết ngày", Kind.DATE, width=0.85),
        ),
        rows=Lines(rows, line),
        summary=f"{len(rows)} vùng của {products} sản phẩm.",
        footnotes=(STANDING_ONLY, "Vùng không ghi thời hạn được tính là đang có hiệu lực."),
        source=reverse("products:list") + "?has=area",
    )


def marks_of(asked: Asked) -> Any:
    """Marks granted by the day, borne by products that stand."""
    return asked.of_standing_products(ProductMark.objects.filter(mark_on(asked.day, "")))


@official(
    "nhan-hieu",
    "Chỉ dẫn địa lý, nhãn hiệu được bảo hộ",
    takes=Takes.DAY,
    room=ROOM,
    about="Chỉ dẫn địa lý, nhãn hiệu tập thể, nhãn hiệu chứng nhận và sản phẩm mang chúng.",
    filters=(MARKS,),
)
def marks(asked: Asked) -> Table:
    """Each protected name once, with the products that bear it."""
    found = marks_of(asked)
    if kind := asked.choice(MARKS.name, MARKS.values, "loại"):
        found = found.filter(kind=kind)
    if asked.faults:
        found = found.none()
    borne: dict[tuple[str, str], list[ProductMark]] = defaultdict(list)
    for mark in found.select_related(*PRODUCT).order_by("product__name_key", "pk"):
        borne[mark.kind, mark.name].append(mark)
    order = list(ProductMark.Kind.values)
    rows: list[Sequence[Cell]] = [
        (
            name,
            ProductMark.Kind(kind).label.capitalize(),
            "; ".join(dict.fromkeys(m.number for m in of_name if m.number)),
            min((m.granted_on for m in of_name if m.granted_on), default=None),
            len(of_name),
            "; ".join(m.product.name for m in of_name),
            "; ".join(dict.fromkeys(m.product.producer.name for m in of_name)),
        )
        for (kind, name), of_name in sorted(borne.items(), key=lambda item: order.index(item[0][0]))
    ]
    counts = [(k, sum(of == k for of, _ in borne)) for k in ProductMark.Kind]
    told = ", ".join(f"{n} {k.label}" for k, n in counts if n) or "Không có"
    return Table(
        title="Chỉ dẫn địa lý, nhãn hiệu được bảo hộ",
        about=as_of(asked),
        columns=(
            Column("Tên được bảo hộ", width=1.6),
            Column("Loại", width=1),
            Column("Số văn bằng", width=0.9),
            Column("Ngày cấp", Kind.DATE, width=0.8),
            Column("Số sản phẩm", Kind.COUNT, width=0.6, total=True),
            Column("Sản phẩm mang tên", width=2),
            Column("Chủ thể", width=1.6),
        ),
        rows=rows,
        summary=f"{told}.",
        footnotes=(
            STANDING_ONLY,
            "Mỗi tên được bảo hộ một dòng, dù nhiều sản phẩm cùng mang. Không ghi ngày cấp: tính là đã cấp.",
        ),
    )


def markets_of(asked: Asked) -> Any:
    """Markets to which products that stand were exported by the day's year."""
    return asked.of_standing_products(ExportMarket.objects.filter(market_on(asked.day, "")))


@official(
    "xuat-khau",
    "Sản phẩm xuất khẩu",
    takes=Takes.DAY,
    room=ROOM,
    about="Sản phẩm có xuất khẩu và thị trường.",
)
def exports(asked: Asked) -> Table:
    """Each exported product with its markets."""
    sold: dict[Product, list[ExportMarket]] = defaultdict(list)
    for market in markets_of(asked).select_related(*PRODUCT).order_by("product__name_key", "product", "pk"):
        sold[market.product].append(market)
    rows: list[Sequence[Cell]] = [
        (
            link_to(product),
            product.producer.name,
            place_text(product.place, asked.day),
            len(markets),
            "; ".join(m.market + (f" (từ {m.since_year})" if m.since_year else "") for m in markets),
        )
        for product, markets in sold.items()
    ]
    names = sorted({m.market for markets in sold.values() for m in markets})
    return Table(
        title="Sản phẩm OCOP xuất khẩu",
        about=as_of(asked),
        columns=(
            Column("Sản phẩm", width=1.5),
            Column("Chủ thể", width=1.5),
            Column("Địa bàn", width=1.5),
            Column("Số thị trường", Kind.COUNT, width=0.6),
            Column("Thị trường", width=2),
        ),
        rows=rows,
        summary=f"{len(rows)} sản phẩm" + (f"; thị trường: {', '.join(names)}." if names else "."),
        footnotes=(STANDING_ONLY, "Thị trường không ghi năm bắt đầu được tính cho mọi năm."),
        source=reverse("products:list") + "?has=export",
    )


SHOWN_CHANNELS = tuple(SalesChannel.Kind)


@official(
    "thuong-mai-dien-tu",
    "Sản phẩm bán trực tuyến theo kênh",
    takes=Takes.DAY,
    room=ROOM,
    about="PostMart, Shopee, Lazada, Backanmarket, Kết nối OCOP và các kênh khác.",
    filters=(CHANNELS,),
)
def channels(asked: Asked) -> Table:
    """Each product sold on line, with a tick under each of its channels."""
    found = asked.of_standing_products(SalesChannel.objects.all())
    if channel := asked.choice(CHANNELS.name, CHANNELS.values, "kênh bán"):
        found = found.filter(product__in=SalesChannel.objects.filter(kind=channel).values("product"))
    if asked.faults:
        found = found.none()
    sold: dict[int, set[str]] = defaultdict(set)
    for product, kind in found.order_by().values_list("product", "kind"):
        sold[product].add(kind)
    products = Product.objects.filter(pk__in=sold).with_place()

    def line(p: Product) -> Sequence[Cell]:
        ticks = (kind.value in sold[p.pk] for kind in SHOWN_CHANNELS)
        return (link_to(p), p.producer.name, place_text(p.place, asked.day), *ticks)

    counts = {k: sum(k.value in kinds for kinds in sold.values()) for k in SHOWN_CHANNELS}
    told = ", ".join(f"{k.label} {n}" for k, n in counts.items() if n)
    return Table(
        title="Sản phẩm OCOP bán trực tuyến",
        about=as_of(asked),
        columns=(
            Column("Sản phẩm", width=1.7),
            Column("Chủ thể", width=1.7),
            Column("Địa bàn", width=1.7),
            *(Column(k.label[:1].upper() + k.label[1:], Kind.TICK, width=0.75) for k in SHOWN_CHANNELS),
        ),
        rows=Lines(products.order_by("name_key", "pk"), line),
        sums={3 + n: counts[k] for n, k in enumerate(SHOWN_CHANNELS)},
        summary=f"{len(sold)} sản phẩm" + (f": {told}." if told else "."),
        footnotes=(
            STANDING_ONLY,
            "Sổ bộ không ghi ngày lên kênh: bảng của một ngày đã qua dùng các kênh đang ghi trong sổ.",
        ),
        source=reverse("products:list"),
    )


def hectares(asked: Asked) -> Decimal:
    """The certified area behind standing products, in hectares; areas of unknown size count for nothing."""
    return sum((a for a in areas_of(asked).values_list("area_ha", flat=True) if a), Decimal(0))
