"""Tables by territory and against the plan."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.urls import reverse

from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.catalogue import place_text
from products.models import Certificate
from products.standing import Standing
from reports.asking import Asked
from reports.models import PlanTarget
from reports.statistics import STARS, Statistics
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

ROOM = "Địa bàn và kế hoạch"
HAVING = Filter("only", "Hiện", (("", "Mọi xã, phường"), ("having", "Có sản phẩm")))
FORMS = Filter("form", "Loại hình", (("", "Mọi loại hình"), *Producer.LegalForm.choices))
BY_PLACE = "Theo nơi sản xuất trong sổ bộ và các xã, phường có vào ngày này."


def statistics_of(asked: Asked) -> Statistics:
    """The figures of the part that is asked for, on its day."""
    return Statistics(asked.day, asked.products)


def _district(asked: Asked, unit: AdministrativeUnit) -> str:
    district = asked.territory.units.get(unit.district_id or 0)
    return district.name if district else "nhiều huyện"


@official(
    "xa-chua-co-san-pham",
    "Xã, phường chưa có sản phẩm",
    takes=Takes.DAY,
    room=ROOM,
    about="Xã, phường không có sản phẩm nào còn hiệu lực; sản phẩm đã hết hạn nếu có.",
)
def without_product(asked: Asked) -> Table:
    """Communes of the day in which no product stands."""
    figures = statistics_of(asked)
    lapsed = _lapsed_by_commune(asked)
    rows: list[Sequence[Cell]] = [
        (unit.name, _district(asked, unit), unit.code, lapsed.get(unit.pk, 0))
        for unit in asked.communes
        if unit.pk not in figures.by_commune
    ]
    return Table(
        title="Xã, phường chưa có sản phẩm OCOP còn hiệu lực",
        about=as_of(asked),
        columns=(
            Column("Xã, phường", width=2),
            Column("Huyện trước 1/7/2025", width=2),
            Column("Mã đơn vị", width=1),
            Column("Sản phẩm đã hết hạn", Kind.COUNT, width=1, total=True),
        ),
        rows=rows,
        summary=f"{len(rows)} trong {len(asked.communes)} xã, phường.",
        footnotes=(BY_PLACE,),
        source=reverse("reports:statistics") + "#xa-phuong",
    )


def _lapsed_by_commune(asked: Asked) -> dict[int, int]:
    """{commune of the day: products that lapsed without re-assessment}."""
    found = asked.certificates(
        Certificate.objects.public(asked.day).in_standing(asked.day, (Standing.EXPIRED,))
    )
    counts: dict[int, int] = {}
    for place in found.order_by().values_list("product__place", flat=True):
        if (commune := asked.territory.commune_of(place)) is not None:
            counts[commune] = counts.get(commune, 0) + 1
    return counts


@official(
    "xa-theo-so-san-pham",
    "Xã, phường theo số sản phẩm",
    takes=Takes.DAY,
    room=ROOM,
    about="Mỗi xã, phường: số sản phẩm còn hiệu lực theo hạng sao, nhiều nhất trước.",
    filters=(HAVING,),
)
def by_commune(asked: Asked) -> Table:
    """Every commune of the day with its standing products by star, those with most of them first."""
    figures = statistics_of(asked)

    def numbers(unit: AdministrativeUnit) -> list[int]:
        count = figures.by_commune.get(unit.pk)
        return [count[n] if count else 0 for n in STARS]

    only = asked.choice(HAVING.name, HAVING.values, "lựa chọn")
    ranked = sorted(asked.communes, key=lambda u: -sum(numbers(u)))
    ranked = [u for u in ranked if not only or u.pk in figures.by_commune]
    rows: list[Sequence[Cell]] = [
        (
            _products(unit, sum(numbers(unit)), asked),
            _district(asked, unit),
            *numbers(unit),
            sum(numbers(unit)),
        )
        for unit in ranked
    ]
    having = sum(unit.pk in figures.by_commune for unit in asked.communes)
    elsewhere = figures.standing.total - sum(int(str(row[-1])) for row in rows)
    return Table(
        title="Xã, phường theo số sản phẩm OCOP còn hiệu lực",
        about=as_of(asked),
        columns=(
            Column("Xã, phường", width=2),
            Column("Huyện trước 1/7/2025", width=2),
            *(Column(f"{n} sao", Kind.COUNT, width=0.7, total=True) for n in STARS),
            Column("Cộng", Kind.COUNT, width=0.7, total=True),
        ),
        rows=rows,
        summary=f"{having} trong {len(asked.communes)} xã, phường có sản phẩm còn hiệu lực.",
        footnotes=(
            BY_PLACE,
            *(
                (f"Ngoài bảng: {elsewhere} sản phẩm có nơi sản xuất không thuộc riêng một xã, phường.",)
                if elsewhere
                else ()
            ),
        ),
        source=reverse("reports:statistics") + "#xa-phuong",
    )


def _products(unit: AdministrativeUnit, count: int, asked: Asked) -> Cell:
    """The commune's name, leading to its products where it has any."""
    url = f"{reverse('products:list')}?commune={unit.reference}&as_of={asked.day.isoformat()}"
    return Link(unit.name, url) if count else unit.name


@official(
    "chu-the",
    "Chủ thể có sản phẩm còn hiệu lực",
    takes=Takes.DAY,
    room=ROOM,
    about="Loại hình, địa bàn, số sản phẩm theo hạng sao và liên hệ.",
    filters=(FORMS,),
)
def producers(asked: Asked) -> Table:
    """Each producer of a product that stands, with the number of its products by star."""
    standing = asked.standing().order_by()
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for producer, stars in standing.values_list("product__producer", "stars"):
        counts[producer][stars] += 1
    found = Producer.objects.filter(pk__in=counts)
    if form := asked.choice(FORMS.name, FORMS.values, "loại hình"):
        found = found.filter(legal_form=form)
    shown = set(found.order_by().values_list("pk", flat=True)) if not asked.faults else set()

    def line(p: Producer) -> Sequence[Cell]:
        return (
            Link(p.name, reverse("desk:producer", args=[p.pk])),
            capital(p.get_legal_form_display()),
            place_text(p.place, asked.day),
            *(counts[p.pk][n] for n in STARS),
            counts[p.pk].total(),
            p.representative,
            p.phone,
        )

    rows = Producer.objects.filter(pk__in=shown).with_place().order_by("name_key", "pk")
    products = sum(counts[pk].total() for pk in shown)
    return Table(
        title="Chủ thể có sản phẩm OCOP còn hiệu lực",
        about=as_of(asked),
        columns=(
            Column("Chủ thể", width=1.8),
            Column("Loại hình", width=1),
            Column("Địa bàn", width=1.8),
            *(Column(f"{n} sao", Kind.COUNT, width=0.5, total=True) for n in STARS),
            Column("Cộng", Kind.COUNT, width=0.6, total=True),
            Column("Người đại diện", width=1.2),
            Column("Điện thoại", width=1),
        ),
        rows=Lines(rows, line),
        summary=f"{len(shown)} chủ thể, {products} sản phẩm.",
        footnotes=("Một chủ thể tính một lần, dù có nhiều sản phẩm.",),
        source=reverse("desk:producers"),
    )


@official(
    "chi-tieu-ke-hoach",
    "Chỉ tiêu kế hoạch và kết quả",
    takes=Takes.DAY,
    room=ROOM,
    about="Mỗi kế hoạch: chỉ tiêu, kết quả đến ngày xem hoặc đến hết kế hoạch, tỷ lệ.",
)
def plans(asked: Asked) -> Table:
    """Each plan begun by the day: its targets against what stood on the day, or on the plan's last day."""
    rows: list[Sequence[Cell]] = []
    for plan in PlanTarget.objects.filter(from_year__lte=asked.day.year):
        day = min(asked.day, date(plan.to_year, 12, 31))
        standing = Statistics(day).standing
        for what, target, result in (
            ("Sản phẩm từ 3 sao còn hiệu lực", plan.products, standing.total),
            ("Trong đó: 5 sao", plan.stars_5, standing[5]),
        ):
            if target:
                reached = "đạt" if result >= target else "chưa đạt"
                rows.append(
                    (str(plan), what, "sản phẩm", target, result, percent(result, target), day, reached)
                )
    return Table(
        title="Chỉ tiêu kế hoạch và kết quả thực hiện",
        about=f"Tính đến ngày {asked.day:%d/%m/%Y}",
        columns=(
            Column("Kế hoạch", width=1.5),
            Column("Chỉ tiêu", width=1.8),
            Column("Đơn vị tính", width=0.8),
            Column("Kế hoạch giao", Kind.COUNT, width=0.8),
            Column("Kết quả", Kind.COUNT, width=0.8),
            Column("Tỷ lệ (%)", Kind.NUMBER, width=0.7),
            Column("Kết quả của ngày", Kind.DATE, width=0.9),
            Column("Đánh giá", width=0.8),
        ),
        rows=rows,
        summary="" if rows else "Chưa ghi kế hoạch nào.",
        footnotes=("Chỉ tiêu và kết quả của toàn tỉnh. Kế hoạch đã hết: kết quả của ngày cuối kế hoạch.",),
        source=reverse("reports:statistics"),
    )


def percent(part: int, whole: int) -> Decimal | None:
    """One decimal, cut downwards, so that a target just missed never shows as reached. None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_DOWN) if whole else None
