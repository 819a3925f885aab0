"""For each constraint of where units lie, a write that only it refuses."""

from ocop_portal.models import UnitCentre, UnitShape
from tests.factories import CON_MINH, unit

GEOMETRY = {"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49], [2, 48]]]}
PARIS = {"longitude": "2.35", "latitude": "48.85"}

CASES = {
    "unitshape_in_viet_nam": lambda: UnitShape.objects.create(
        unit=unit(CON_MINH), geometry=GEOMETRY, **PARIS
    ),
    "unitcentre_in_viet_nam": lambda: UnitCentre.objects.create(unit=unit(CON_MINH), **PARIS),
}
NEVER_DELETED: dict = {}
