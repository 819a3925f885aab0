"""The table of what producers report of a year."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Sum
from django.urls import reverse

from producers.growth import GROWN, growth, has_grown, share
from producers.models import YearlyFigures
from products.catalogue import place_text
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
    capital,
    in_year,
    official,
)
from reports.tables.traits import ROOM

GROWTH = Filter(
    "growth",
    "Tăng trưởng",
    (
        ("", "Mọi chủ thể có số liệu"),
        ("comparable", "Có doanh thu cả hai năm"),
        ("grown", "Doanh thu từ 1,1 lần năm trước"),
        ("below", "Doanh thu dưới 1,1 lần năm trước"),
    ),
)


def figures_of(asked: Asked) -> Any:
    """The figures of the year of the producers asked for and in scope."""
    return asked.of_producers(YearlyFigures.objects.of_year(asked.year))


def columns_of(year: int) -> tuple[Column, ...]:
    """The columns, those of revenue named by their years."""
    return (
        Column("Chủ thể", width=1.7),
        Column("Loại hình", width=0.9),
        Column("Địa bàn", width=1.6),
        Column(f"Doanh thu {year - 1} (triệu đồng)", Kind.NUMBER, width=0.9),
        Column(f"Doanh thu {year} (triệu đồng)", Kind.NUMBER, width=0.9),
        Column("Tăng (%)", Kind.NUMBER, width=0.7),
        Column("Từ 1,1 lần", Kind.TICK, width=0.5),
        Column("Lao động", Kind.COUNT, width=0.6),
        Column("Trong đó nữ", Kind.COUNT, width=0.6),
        Column("Hộ liên kết", Kind.COUNT, width=0.6),
        Column("Ghi chú", width=1),
    )


def line_of(f: Any, day: date) -> Sequence[Cell]:
    """A row of figures that carry `before`."""
    return (
        Link(f.producer.name, reverse("desk:producer", args=[f.producer_id])),
        capital(f.producer.get_legal_form_display()),
        place_text(f.producer.place, day),
        f.before,
        f.revenue,
        growth(f.before, f.revenue),
        has_grown(f.before, f.revenue),
        f.workers,
        f.women,
        f.members,
        f.note,
    )


def told_growth(grown: int, comparable: int) -> str:
    """`70 trong 74 chủ thể có doanh thu cả hai năm đạt từ 1,1 lần năm trước (94,6 %).`"""
    if not comparable:
        return "Chưa có chủ thể nào có doanh thu của cả hai năm."
    per_cent = f"{share(grown, comparable)}".replace(".", ",")
    return (
        f"{grown} trong {comparable} chủ thể có doanh thu cả hai năm đạt từ 1,1 lần năm trước ({per_cent} %)."
    )


@official(
    "so-lieu-nam",
    "Số liệu năm của chủ thể",
    takes=Takes.YEAR,
    room=ROOM,
    about="Doanh thu, lao động và tăng trưởng so với năm trước của từng chủ thể.",
    filters=(GROWTH,),
)
def yearly_figures(asked: Asked) -> Table:
    """Each producer with figures of the year, the year before beside them, and whether it grew 1.1 times."""
    whole = figures_of(asked)
    comparable, grown = whole.compared()
    found = whole.with_before()
    match asked.choice(GROWTH.name, GROWTH.values, "lựa chọn"):
        case "comparable":
            found = whole.comparable()
        case "grown":
            found = whole.grown()
        case "below":
            found = whole.comparable().exclude(pk__in=whole.grown().order_by().values("pk"))
    if asked.faults:
        found = found.none()

    rows = found.select_related(
        "producer", "producer__place", "producer__place__district", "producer__place__current"
    ).order_by("producer__name_key", "producer")
    names = ("before", "revenue", "workers", "women", "members")
    sums = found.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in names})
    ticked = found.filter(before__gt=0, revenue__gte=F("before") * GROWN).count()
    return Table(
        title="Số liệu năm của chủ thể OCOP",
        about=in_year(asked),
        columns=columns_of(asked.year),
        rows=Lines(rows, lambda f: line_of(f, asked.day)),
        sums={
            3: sums["sum_before"],
            4: sums["sum_revenue"],
            6: ticked,
            7: sums["sum_workers"],
            8: sums["sum_women"],
            9: sums["sum_members"],
        },
        summary=told_growth(grown, comparable),
        footnotes=(
            "Doanh thu từ sản phẩm OCOP. Tăng trưởng cắt xuống một chữ số sau dấu phẩy; ô trống là chưa có số liệu.",
            "Theo số liệu đang ghi trong sổ: số liệu của một năm có thể được bổ sung sau khi năm kết thúc.",
        ),
        source=f"{reverse('desk:yearly-figures')}?year={asked.year}",
    )
