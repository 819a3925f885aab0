"""What lies ahead at the desk: the calendar of a month, and the register month by month if nothing is done."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.params import parse_day
from ocop_portal.permissions import Permission, requires
from products.models.notices import NOTICE_DAYS
from products.standing import add_months
from ratings.calendar import FILE_FROM_DAYS, FILE_UNTIL_DAYS
from reports.charts import month_columns, star_columns
from reports.forecast import EVENTS, MONTHS_AHEAD, Event, ending_by_month, events, forecast, month_end
from reports.lapse_reading import LapseReading
from reports.lapse_rows import WEEKDAYS, long_day
from reports.statistics import STARS

BARS = 12
WORDS = {
    Event.END: ("hết hạn", "giấy chứng nhận hết hạn sau ngày này"),
    Event.NOTICE: (
        "phải thông báo",
        f"sản phẩm: ngày cuối gửi thông báo đúng hạn ({NOTICE_DAYS} ngày trước)",
    ),
    Event.CLOSES: (
        "hết hạn nộp",
        f"sản phẩm: ngày cuối nộp hồ sơ phân hạng lại ({FILE_UNTIL_DAYS} ngày trước)",
    ),
    Event.OPENS: ("bắt đầu nộp", f"sản phẩm: bắt đầu nhận hồ sơ phân hạng lại ({FILE_FROM_DAYS} ngày trước)"),
}
"""event -> (in a day's cell, in the key)"""


@require_safe
@requires(Permission.DESK_VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """A month with all that falls due, day by day, and the months ahead as bars."""
    reading = LapseReading(request.user, request.GET)
    first = reading.day.replace(day=1)
    asked = parse_day(f"{request.GET.get('month', '').strip()[:7]}-01")
    month = min(max(asked or first, first), add_months(first, MONTHS_AHEAD))
    found = events(reading.governing, month, month_end(month), reading.day)
    weeks = [
        [_day(reading, d, month, found) for d in week]
        for week in Calendar().monthdatescalendar(month.year, month.month)
    ]
    ahead = ending_by_month(reading.governing, reading.day, BARS)
    months = [
        {
            "label": f"{m:%m/%Y}",
            "count": n,
            "url": _address(reading, m),
            "current": m == month,
            "list": _ending(reading, max(m, reading.day), month_end(m)) if n else "",
        }
        for m, n in ahead
    ]
    return render(
        request,
        "reports/lapses/calendar.html",
        {
            "reading": reading,
            "month": month,
            "weekdays": [name[:1].upper() + name[1:] for name in WEEKDAYS],
            "weeks": weeks,
            "agenda": [d for week in weeks for d in week if d["events"]],
            "months": months,
            "chart": month_columns([(f"{m:%m/%Y}", n, "") for m, n in ahead], every=True),
            "key": [(event.value, told, words) for event, (told, words) in WORDS.items()],
            "before": _address(reading, add_months(month, -1)) if month > first else "",
            "after": _address(reading, add_months(month, 1))
            if month < add_months(first, MONTHS_AHEAD)
            else "",
        },
    )


def _address(reading: LapseReading, month: date) -> str:
    return reading.address("desk:lapses-calendar", month=f"{month:%Y-%m}")


def _ending(reading: LapseReading, first: date, last: date, bucket: str = "standing") -> str:
    """The list of what has its last day between the days."""
    span = {"expires_after": first.isoformat(), "expires_before": last.isoformat()}
    return f"{reading.address(bucket=bucket, month=None, **span)}#danh-sach"


def _day(
    reading: LapseReading, day: date, month: date, found: dict[date, dict[Event, int]]
) -> dict[str, Any]:
    """A day of the calendar with its events, each with the list behind it; days of other months stay empty."""
    told = found.get(day, {}) if day.month == month.month else {}
    return {
        "day": day,
        "long": long_day(day),
        "inside": day.month == month.month,
        "today": day == reading.day,
        "events": [
            {
                "kind": e.value,
                "count": told[e],
                "text": WORDS[e][0],
                "words": WORDS[e][1],
                "url": _list(reading, e, day),
            }
            for e in WORDS
            if e in told
        ],
    }


def _list(reading: LapseReading, event: Event, day: date) -> str:
    bucket, before = EVENTS[event]
    if before is None:
        return _ending(reading, day, day, bucket)
    printed = day + timedelta(days=before)
    return f"{reading.address(bucket=bucket, month=None, printed=printed.isoformat())}#danh-sach"


@require_safe
@requires(Permission.DESK_VIEW)
def outlook(request: HttpRequest) -> HttpResponse:
    """How many products stand at the end of each of the next 36 months if nobody does anything."""
    reading = LapseReading(request.user, request.GET)
    told = forecast(reading.every, reading.day)
    rows = []
    for index, entry in enumerate(told):
        # What falls out has its last day from the entry before to the day before this one.
        since = told[index - 1].end if index else entry.end
        url = _ending(reading, since, entry.end - timedelta(days=1), "falling") if entry.falls else ""
        rows.append({"entry": entry, "stars": [entry.by_stars[n] for n in STARS], "url": url, "since": since})
    points = [(f"{e.end:%m/%Y}", dict(e.by_stars)) for e in told]
    start, end = told[0].total, told[-1].total
    halved = next((e.end for e in told if e.total * 2 <= start), None) if start else None
    return render(
        request,
        "reports/lapses/forecast.html",
        {
            "reading": reading,
            "rows": rows,
            "star_heads": STARS,
            "start": start,
            "in_a_year": next((e for e in told if e.end >= add_months(reading.day, 12)), told[-1]),
            "last": told[-1],
            "left": 100 * end / start if start else None,
            "halved": halved,
            "worst": max(told[1:], key=lambda e: e.falls, default=None),
            "chart": star_columns(points, sparse=True),
        },
    )
