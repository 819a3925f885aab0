"""Where things lie, for GeoJSON: the one place that knows whether geometries are on record.

RFC 7946: a feature whose place is not known has the geometry null. Coordinates are longitude, latitude (WGS 84).
"""

from collections.abc import Callable, Iterable
from typing import Any

from reports.open_data.rows.base import Row

Geometry = dict[str, Any]
Source = Callable[[list[Row]], dict[Any, Geometry]]
_sources: dict[str, Source] = {}
IDENTITY = {"points-of-sale": "id", "communes": "key"}
"""The field by which a feature of each table is known."""


def provide(table: str, source: Source) -> None:
    """Have the features of a table placed by `source`: rows in, {identity: GeoJSON geometry} out."""
    _sources[table] = source


def placed(table: str, rows: Iterable[Row]) -> Iterable[tuple[Row, Geometry | None]]:
    """Each row with its geometry, None where none is on record. Tables on maps are small, so they are read at once."""
    rows = list(rows)
    source = _sources.get(table)
    found = source(rows) if source else {}
    return ((row, found.get(row[IDENTITY[table]])) for row in rows)
