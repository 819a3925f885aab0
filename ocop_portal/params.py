"""Reading parameters that anybody may have typed. Nothing here raises: garbage is None."""

from collections.abc import Mapping
from datetime import date, datetime

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2100, 12, 31)
"""The programme began in 2018; a day beyond these bounds is a slip of the finger."""

_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


def asked_day(params: Mapping[str, str], otherwise: date) -> tuple[date, bool]:
    """The day of the parameter `as_of`, and whether it was given but could not be read (then `otherwise`)."""
    asked = params.get("as_of", "").strip()
    day = parse_day(asked) if asked else None
    return day or otherwise, bool(asked and day is None)


def parse_day(text: str) -> date | None:
    """The day written as 2026-12-31 or 31/12/2026, within the years of the programme; else None."""
    for fmt in _FORMATS:
        try:
            day = datetime.strptime(text.strip()[:20], fmt).date()
        except ValueError:
            continue
        return day if FIRST_DAY <= day <= LAST_DAY else None
    return None
