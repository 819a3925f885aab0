"""For each constraint of where points of sale lie, a write that only it refuses."""

from tests.producers.support_rows import PointFactory

CASES = {"pointofsale_in_viet_nam": lambda: PointFactory(longitude="105.9", latitude=None)}
NEVER_DELETED: dict = {}
