"""Where things lie: distances, coordinates as people write them, and the geometry of units.

Points are (longitude, latitude) in degrees, WGS 84, as GeoJSON has them. People write latitude first, as maps on
telephones do; `parse_point` is the one place where the two meet.
"""

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from ocop_portal.models import AdministrativeUnit, UnitShape
from ocop_portal.models.place import EAST, NORTH, SOUTH, WEST

Point = tuple[float, float]
EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
CLOSE_KM, ROUNDED_TO = 20, 5
"""Distances are told to a kilometre up to the first, beyond it to so many."""

_NUMBER = re.compile(r"^[+]?(\d{1,3}(?:[.,]\d{1,9})?)\s*°?$", re.ASCII)


def distance_km(one: Point, other: Point) -> float:
    """Kilometres along the great circle: as the crow flies, on a sphere (within 0.5 % of the ellipsoid)."""
    (x1, y1), (x2, y2) = one, other
    east, south, north = math.radians(x2 - x1), math.radians(y1), math.radians(y2)
    part = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, part)))


def told_distance(km: float, *, to_centre: bool = False) -> str:
    """A distance in words, no closer than it is known: a commune is some kilometres wide and roads wind.

    `to_centre` says that it leads to the middle of the other commune, for want of the place itself.
    """
    if km < 1:
        return gettext("dưới 1 km đường chim bay")
    step = 1 if km < CLOSE_KM else ROUNDED_TO
    told = {"km": step * math.floor(km / step + 0.5)}
    if to_centre:
        return gettext("khoảng %(km)d km đường chim bay, tính đến trung tâm xã") % told
    return gettext("khoảng %(km)d km đường chim bay") % told


def in_viet_nam(longitude: float, latitude: float) -> bool:
    """Whether the point may lie in Viet Nam, islands included."""
    return WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH


def parse_point(text: str) -> tuple[Decimal, Decimal] | None:
    """(longitude, latitude) of `22.1469, 105.8348` or `22,1469; 105,8348`; None for what is no point in Viet Nam.

    Both orders are read: no latitude of Viet Nam is a longitude of it.
    """
    for separator in (";", r",\s", ",", r"\s"):
        parts = [part.strip() for part in re.split(separator, text.strip(), maxsplit=1)]
        found = [_NUMBER.match(part) for part in parts]
        if len(parts) == 2 and all(found):
            break
    else:
        return None
    first, second = (Decimal(m[1].replace(",", ".")).quantize(Decimal("0.00001")) for m in found if m)
    for longitude, latitude in ((second, first), (first, second)):
        if in_viet_nam(float(longitude), float(latitude)):
            return longitude, latitude
    return None


def told_point(longitude: Decimal, latitude: Decimal) -> str:
    """The point as `parse_point` reads it and as maps take it: `22.1469, 105.8348`."""
    return ", ".join(f"{value:f}".rstrip("0").rstrip(".") for value in (latitude, longitude))


def geometry_of(unit: AdministrativeUnit) -> dict[str, Any] | None:
    """The unit's outline as a geometry of GeoJSON (Polygon or MultiPolygon, RFC 7946); None where none was loaded.

    One query, or none after `select_related("shape")`.
    """
    try:
        return dict(unit.shape.geometry)
    except UnitShape.DoesNotExist:
        return None


def centres(units: Iterable[int] | None = None) -> dict[int, Point]:
    """{unit: the point from which distances to it are told}, of the territory or of the units given. One query.

    The point that an admin entered, else the middle of the outline that was loaded. Units with neither are absent.
    """
    found = AdministrativeUnit.objects.all()
    found = found.in_territory() if units is None else found.filter(pk__in=list(units))
    rows = found.order_by().values_list(
        "pk", "centre__longitude", "centre__latitude", "shape__longitude", "shape__latitude"
    )
    points = {}
    for pk, longitude, latitude, middle_x, middle_y in rows:
        if longitude is not None:
            points[pk] = (float(longitude), float(latitude))
        elif middle_x is not None:
            points[pk] = (float(middle_x), float(middle_y))
    return points


def centre_of(unit: AdministrativeUnit) -> Point | None:
    """As `centres`, of one unit."""
    return centres([unit.pk]).get(unit.pk)
