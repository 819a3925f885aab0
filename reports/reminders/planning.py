"""Which reminder of a certificate stands on a day. Pure: dates in, thresholds out.

A reminder is for so many days before the last day, extension included. It stands until the next one does, so a day
missed (the server was off) is made good by the next run; what the next one has overtaken is never sent late.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from products.standing import Dated, last_day

THRESHOLDS = (180, 120, 90, 30, 0)
"""Days before the end: the filing window opens and shuts (§3.5), a quarter, the written notice, the last day."""
CAUGHT_UP_DAYS = 30
"""How long after the end the reminder of the last day is still made good: our own choice."""

D = TypeVar("D", bound=Dated)


def threshold_on(last: date, day: date) -> int | None:
    """The threshold that stands on the day for an end on `last`; None before the first, and long after the end."""
    left = (last - day).days
    if left < -CAUGHT_UP_DAYS:
        return None
    return min((n for n in THRESHOLDS if left <= n), default=None)


def is_watched(certificate: Dated, day: date) -> bool:
    """Whether its end is a reason to remind: begun, and neither revoked nor succeeded, not even on a day to come.

    Once a successor or a revocation is on record, whatever is still owed for the old end is owed no more.
    """
    return (
        certificate.valid_from <= day and certificate.revoked_on is None and certificate.superseded_on is None
    )


def due(certificates: Iterable[D], day: date) -> list[tuple[D, int]]:
    """(certificate, threshold) of each whose reminder stands on the day, the soonest end first."""
    found = [(c, threshold_on(last_day(c), day)) for c in certificates if is_watched(c, day)]
    standing = [(c, n) for c, n in found if n is not None]
    return sorted(standing, key=lambda row: last_day(row[0]))


def span(day: date) -> tuple[date, date]:
    """The last days for which a reminder may stand on the day, both inclusive."""
    return day - timedelta(days=CAUGHT_UP_DAYS), day + timedelta(days=THRESHOLDS[0])
