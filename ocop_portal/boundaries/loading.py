"""Put a province's polygons in the place of the schematic: all of a level's units, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from ocop_portal.boundaries.reading import BadBoundaries, Feature, Polygon, read_features
from ocop_portal.boundaries.topology import inner_point, simplified
from ocop_portal.clock import today
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit, UnitShape

DIGITS = {AdministrativeUnit.Level.COMMUNE: 5, AdministrativeUnit.Level.DISTRICT: 3}
TOLERANCE = 100
"""Metres: about a pixel of the map."""


@dataclass(frozen=True)
class Loaded:
    """What a loading came to: the day whose units it drew, how many, new and changed ones, points before and after."""

    day: date
    units: int
    new: int
    changed: int
    points_before: int
    points: int


@transaction.atomic
def load_boundaries(
    *,
    data: bytes,
    level: str,
    day: date | None = None,
    code_property: str = "",
    tolerance: float = TOLERANCE,
    source: str = "",
    dry_run: bool = False,
    by: Any = None,
) -> Loaded:
    """Store the outlines of the file for every unit of the level that stands on the day, in place of earlier ones.

    Without a day: today, or the last day on which the territory had units of the level. The same file again changes
    nothing. With `dry_run` nothing is written. Raises BadBoundaries; nothing is half-applied.
    """
    day, units = _units(level, day)
    features = read_features(
        data, code_property=code_property, digits=DIGITS[AdministrativeUnit.Level(level)]
    )
    _compare(features, units, level, day)
    shapes = simplified([feature.polygons for feature in features], tolerance)
    known = {s.unit_id: s for s in UnitShape.objects.filter(unit__in=units.values())}
    made = [_shape(units[f.code], s, source, known) for f, s in zip(features, shapes, strict=True)]
    new = [shape for shape in made if shape.pk is None]
    changed = [shape for shape in made if shape.pk and _differs(shape, known[shape.unit_id])]
    if not dry_run:
        with acting("load_boundaries", by=by):
            UnitShape.objects.bulk_create(new)
            UnitShape.objects.bulk_update(changed, ["geometry", "longitude", "latitude", "source"])
    return Loaded(
        day,
        len(made),
        len(new),
        len(changed),
        sum(feature.points for feature in features),
        sum(len(ring) for shape in shapes for polygon in shape for ring in polygon),
    )


def _units(level: str, day: date | None) -> tuple[date, dict[str, AdministrativeUnit]]:
    """The day and its units of the level, by code."""
    found = AdministrativeUnit.objects.in_territory().filter(level=level)
    if day is None:
        day = today()
        if not found.standing(day).exists():
            day = found.aggregate(last=Max("valid_to"))["last"] or day
    units = {unit.code: unit for unit in found.standing(day)}
    if not units:
        label = AdministrativeUnit.Level(level).label
        raise BadBoundaries([f"Ngày {day:%d/%m/%Y} địa bàn không có đơn vị {label} nào."])
    return day, units


def _compare(
    features: Sequence[Feature], units: dict[str, AdministrativeUnit], level: str, day: date
) -> None:
    """Every unit once, and no other. Raises BadBoundaries, with the day that the codes would fit, if there is one."""
    codes = {feature.code for feature in features}
    faults = [
        f"Đối tượng {f.number}: ngày {day:%d/%m/%Y} địa bàn không có đơn vị nào mang mã {f.code}."
        for f in features
        if f.code not in units
    ]
    faults += [f"Thiếu {unit.name} (mã {code})." for code, unit in units.items() if code not in codes]
    if not faults:
        return
    for other in _other_days(level, day):
        if codes == set(_units(level, other)[1]):
            faults.append(f"Các mã khớp với đơn vị của ngày {other:%d/%m/%Y}: thêm --on {other:%Y-%m-%d}.")
    raise BadBoundaries(faults)


def _other_days(level: str, day: date) -> list[date]:
    """A day of each other set of units: the last before a change, and today."""
    found = AdministrativeUnit.objects.in_territory().filter(level=level)
    ends = {unit.valid_to for unit in found if unit.valid_to}
    days = {*ends, *(end + timedelta(days=1) for end in ends)} - {day}
    return [d for d in sorted(days) if found.standing(d).exists()]


def _shape(
    unit: AdministrativeUnit, polygons: list[Polygon], source: str, known: dict[int, UnitShape]
) -> UnitShape:
    longitude, latitude = (Decimal(f"{value:.5f}") for value in inner_point(polygons))
    parts = [[[list(point) for point in ring] for ring in polygon] for polygon in polygons]
    geometry = (
        {"type": "Polygon", "coordinates": parts[0]}
        if len(parts) == 1
        else {"type": "MultiPolygon", "coordinates": parts}
    )
    earlier = known.get(unit.pk)
    return UnitShape(
        pk=earlier.pk if earlier else None,
        unit=unit,
        geometry=geometry,
        longitude=longitude,
        latitude=latitude,
        source=source,
    )


def _differs(shape: UnitShape, earlier: UnitShape) -> bool:
    names = ("geometry", "longitude", "latitude")
    return any(getattr(shape, name) != getattr(earlier, name) for name in names)
