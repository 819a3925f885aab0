"""A rule of the yearly report: how a figure is measured, told in words and proved by its list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ocop_portal.permissions import Permission
from reports.tables import Table
from reports.year import YearReading

Value = int | Decimal | None


def rows(table: Table) -> Value:
    """As many as the list has rows."""
    return len(table.rows)


def total(column: int, otherwise: Value = None) -> Callable[[Table], Value]:
    """The total of a column of the list; of an empty list `otherwise`."""
    return lambda table: table.totals[column] if table.totals else otherwise  # type: ignore[return-value]


@dataclass(frozen=True)
class Rule:
    """A figure: how it is measured, told and proved. `listed` names its table and the parameters of the list."""

    key: str
    name: str
    unit: str
    formula: str
    measure: Callable[[YearReading], Any]
    listed: tuple[str, Mapping[str, str]] | None = None
    proved: Callable[[Table], Value] | None = rows
    detail: Callable[[YearReading], str] = lambda r: ""
    places: int = 1
    room: tuple[str, Permission] | None = None
    """The desk's own list and who may open it, where the figure is kept in another room."""
