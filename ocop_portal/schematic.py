"""The schematic map: each unit a tile, with its neighbours roughly where they are.

Positions are a drawing of our own (`data/units/grid.csv`), not a survey: column 1 lies in the west, row 1 in the north.
Units without a position (another province's) follow below in their own order, so that none is left out.
"""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ocop_portal.models import AdministrativeUnit

GRID = Path(__file__).parent / "data" / "units" / "grid.csv"
PER_ROW = 8

Tile = tuple[int, int]
"""(column, row), both from 0."""


@cache
def _positions() -> dict[tuple[str, str, str], Tile]:
    """{(code, valid from, valid to): tile}; a unit is known by its code and validity."""
    with GRID.open(encoding="utf-8", newline="") as lines:
        return {
            (row["code"], row["valid_from"], row["valid_to"]): (int(row["column"]) - 1, int(row["row"]) - 1)
            for row in csv.DictReader(lines)
        }


def tiles(units: Sequence[AdministrativeUnit]) -> dict[int, Tile]:
    """{unit: tile}, each tile once."""
    placed = {u.pk: tile for u in units if (tile := _positions().get(_key(u)))}
    below = max((row for _, row in placed.values()), default=-1) + 1
    others = [u.pk for u in units if u.pk not in placed]
    width = max((column + 1 for column, _ in placed.values()), default=PER_ROW)
    placed |= {pk: (n % width, below + n // width) for n, pk in enumerate(others)}
    return placed


def _key(unit: AdministrativeUnit) -> tuple[str, str, str]:
    days = (unit.valid_from, unit.valid_to)
    first, last = (day.isoformat() if day else "" for day in days)
    return unit.code, first, last
