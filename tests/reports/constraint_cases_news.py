"""For each constraint of visits and news, a write that only it refuses."""

from datetime import date

from reports.models import VisitDay

DAY = date(2026, 5, 1)


def visits(**fields):
    return VisitDay.objects.create(**{"path": "/", "language": "vi", "day": DAY, "count": 1} | fields)


CASES = {
    "visitday_once": lambda: [visits(), visits()],
    "visitday_counts_something": lambda: visits(count=0),
}
NEVER_DELETED = {}
