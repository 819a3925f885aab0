"""Official tables: what one states, and the registry of all. Built once, shown as page, workbook and paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format

from reports.asking import Asked

CHUNK = 2_000  # rows fetched at a time


class Kind(StrEnum):
    """What a column holds. A workbook keeps numbers and dates as such; page and paper write them the Vietnamese way."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    DATE = "date"
    TICK = "tick"
    """True is an x; a total counts them."""


@dataclass(frozen=True)
class Column:
    """`width` is its share of the page; `places` the decimals of a NUMBER; with `total` it is summed below the rows."""

    head: str
    kind: Kind = Kind.TEXT
    width: float = 1.0
    places: int = 1
    total: bool = False

    @property
    def right(self) -> bool:
        """Whether it is set to the right, as numbers are."""
        return self.kind in (Kind.COUNT, Kind.NUMBER)

    @property
    def middle(self) -> bool:
        return self.kind in (Kind.DATE, Kind.TICK)


@dataclass(frozen=True)
class Link:
    """A cell that leads to the record it names; on paper and in workbooks the text alone."""

    text: str
    url: str


Cell = str | int | Decimal | date | bool | Link | None


class Lines(Sequence[Sequence[Cell]]):
    """Rows made of a queryset as they are asked for: counted, cut into pages, or gone through in chunks."""

    def __init__(self, found: QuerySet[Any], line: Callable[[Any], Sequence[Cell]]) -> None:
        self.found, self.line = found, line

    @cached_property
    def _length(self) -> int:
        return self.found.order_by().count()

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self.line(record) for record in self.found[at]]
        return self.line(self.found[at])

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        return map(self.line, self.found.iterator(CHUNK))


@dataclass
class Table:
    """A table as it is shown. `about` says of which day or year and of which part; `summary` what it comes to."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    about: str = ""
    summary: str = ""
    footnotes: tuple[str, ...] = ()
    sums: Mapping[int, Cell] = field(default_factory=dict)
    """Totals by column where they are no plain sums of the rows."""
    source: str = ""
    """Address of the list of the portal that it is drawn from."""

    @cached_property
    def totals(self) -> list[Cell] | None:
        """A cell per column under the rows; None where no column is summed."""
        summed = [n for n, column in enumerate(self.columns) if column.total]
        if not (summed or self.sums) or not self.rows:
            return None
        added: dict[int, Any] = {n: 0 for n in summed if n not in self.sums}
        for row in self.rows if added else ():
            for n in added:
                added[n] += row[n] or 0
        told = {**added, **self.sums}
        return [told.get(n) for n in range(len(self.columns))]


def capital(text: str) -> str:
    """A choice as a cell begins with it: `Hữu cơ`, and `VietGAP` as it is."""
    return text[:1].upper() + text[1:]


def text_of(cell: Cell) -> Cell:
    """The cell without its link."""
    return cell.text if isinstance(cell, Link) else cell


def shown(cell: Cell, column: Column) -> str:
    """The cell in words, as page and paper write it. A tick's total is a number."""
    cell = text_of(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return number_format(cell, column.places, use_l10n=True, force_grouping=True)
    if isinstance(cell, int):
        return number_format(cell, use_l10n=True, force_grouping=True)
    return str(cell)


class Takes(StrEnum):
    """What a table is asked for."""

    DAY = "day"
    YEAR = "year"
    DECISION = "decision"


@dataclass(frozen=True)
class Filter:
    """A parameter of one table alone: (value, label) pairs, the first one for "all of them"."""

    name: str
    label: str
    offered: tuple[tuple[str, Any], ...]

    @property
    def values(self) -> list[str]:
        return [value for value, _ in self.offered if value]


@dataclass(frozen=True)
class Official:
    """A table of the registry: its address, its title, what it is asked for, and who makes it."""

    slug: str
    title: str
    takes: Takes
    room: str
    about: str
    build: Callable[[Asked], Table]
    filters: tuple[Filter, ...] = ()


TABLES: dict[str, Official] = {}
"""All official tables by slug, in the order in which the index shows them."""


def official(
    slug: str, title: str, *, takes: Takes, room: str, about: str, filters: tuple[Filter, ...] = ()
) -> Callable[[Callable[[Asked], Table]], Callable[[Asked], Table]]:
    """Enter the table that the decorated function makes. `about`: one sentence for the index."""

    def enter(build: Callable[[Asked], Table]) -> Callable[[Asked], Table]:
        TABLES[slug] = Official(slug, title, takes, room, about, build, filters)
        return build

    return enter


def as_of(asked: Asked) -> str:
    """`Tính đến ngày 31/12/2023, xã Côn Minh`."""
    return f"Tính đến ngày {asked.day:%d/%m/%Y}" + (f", {asked.where}" if asked.where else "")


def in_year(asked: Asked) -> str:
    """`Năm 2023`, of the current year with the day up to which it is told."""
    unfinished = (asked.day.month, asked.day.day) != (12, 31)
    return (
        f"Năm {asked.year}"
        + (f" (đến ngày {asked.day:%d/%m/%Y})" if unfinished else "")
        + (f", {asked.where}" if asked.where else "")
    )
