"""Working days: Monday to Friday without public holidays, which are data kept by admins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ocop_portal.models import PublicHoliday

SATURDAY = 5


@dataclass(frozen=True)
class WorkCalendar:
    """Days off and weekend days worked instead."""

    holidays: Collection[date] = frozenset()
    worked: Collection[date] = frozenset()

    def is_working(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, day: date, count: int) -> date:
        """The last of `count` working days that follow the day; the day itself does not count."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; 0 when there are none."""
        days = range(1, (last - first).days + 1)
        return sum(self.is_working(first + timedelta(days=n)) for n in days)


def work_calendar() -> WorkCalendar:
    """The calendar on record. One query."""
    rows = list(PublicHoliday.objects.values_list("day", "working"))
    return WorkCalendar(
        holidays=frozenset(day for day, working in rows if not working),
        worked=frozenset(day for day, working in rows if working),
    )
