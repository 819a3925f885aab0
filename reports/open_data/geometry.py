"""Where things lie, for GeoJSON: points of sale at their coordinates, communes by their outline or centre.

RFC 7946: a feature whose place is not on record has the geometry null. Coordinates are longitude, latitude (WGS 84).
"""

from collections.abc import Iterable
from typing import Any

from ocop_portal.geography import centres
from ocop_portal.models import AdministrativeUnit
from producers.models import PointOfSale
from reports.open_data.rows.base import Row

Geometry = dict[str, Any]
IDENTITY = {"points-of-sale": "id", "communes": "key"}
"""The field by which a feature of each table is known."""


def placed(table: str, rows: Iterable[Row]) -> Iterable[tuple[Row, Geometry | None]]:
    """Each row with its geometry, None where none is on record. Tables on maps are small, so they are read at once."""
    rows = list(rows)
    found = _SOURCES[table]([row[IDENTITY[table]] for row in rows])
    return ((row, found.get(row[IDENTITY[table]])) for row in rows)


def _points(ids: list[Any]) -> dict[Any, Geometry]:
    """{id: its point} of points of sale whose coordinates were entered. One query."""
    found = PointOfSale.objects.filter(pk__in=ids, longitude__isnull=False).order_by()
    return {pk: _point(float(x), float(y)) for pk, x, y in found.values_list("pk", "longitude", "latitude")}


def _communes(keys: list[Any]) -> dict[Any, Geometry]:
    """{key: outline, else centre} of communes that have one. Two queries."""
    asked = set(keys)
    units = [unit for unit in AdministrativeUnit.objects.select_related("shape") if unit.reference in asked]
    middles = centres([unit.pk for unit in units])
    found: dict[Any, Geometry] = {}
    for unit in units:
        if hasattr(unit, "shape"):
            found[unit.reference] = dict(unit.shape.geometry)
        elif unit.pk in middles:
            found[unit.reference] = _point(*middles[unit.pk])
    return found


def _point(longitude: float, latitude: float) -> Geometry:
    return {"type": "Point", "coordinates": [longitude, latitude]}


_SOURCES = {"points-of-sale": _points, "communes": _communes}
