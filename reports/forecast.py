"""What lies ahead: the days on which something is due, month by month, and the register if nothing is done."""

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import BooleanField, Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import TruncMonth

from products.models import Certificate
from products.models.notices import NOTICE_DAYS
from products.standing import add_months
from ratings.calendar import FILE_FROM_DAYS, FILE_UNTIL_DAYS
from reports.lapses import BUCKETS, Facts, with_end

MONTHS_AHEAD = 36


def month_end(month: date) -> date:
    """The last day of the month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


class Event(StrEnum):
    """What falls on a day. Values appear in style sheets."""

    END = "end"
    NOTICE = "notice"
    OPENS = "opens"
    CLOSES = "closes"


# event -> (bucket that it concerns, days before the printed end; None: the last day itself, extension included)
EVENTS: dict[Event, tuple[str, int | None]] = {
    Event.END: ("standing", None),
    Event.NOTICE: ("unnotified", NOTICE_DAYS),
    Event.CLOSES: ("unfiled", FILE_UNTIL_DAYS),
    Event.OPENS: ("unfiled", FILE_FROM_DAYS),
}


def events(found: QuerySet[Certificate], first: date, last: date, day: date) -> dict[date, dict[Event, int]]:
    """{day: {event: certificates}} from first to last, as known on `day`. A query per kind of event."""
    told: dict[date, dict[Event, int]] = {}
    facts = Facts(day)
    for event, (bucket, before) in EVENTS.items():
        shift, column = timedelta(days=before or 0), "ends_on" if before is None else "valid_to"
        ahead = with_end(found).filter(BUCKETS[bucket].condition(facts))
        ahead = ahead.filter(**{f"{column}__range": (max(first, day) + shift, last + shift)})
        for end, n in ahead.order_by().values_list(column).annotate(n=Count("pk")):
            told.setdefault(end - shift, {})[event] = n
    return told


def ending_by_month(found: QuerySet[Certificate], day: date, months: int) -> list[tuple[date, int]]:
    """(first of month, standing certificates whose last day falls in it), from the day's month on. One query."""
    rows = with_end(found).filter(Facts(day).stands).annotate(month=TruncMonth("ends_on"))
    counted = dict(rows.order_by().values_list("month").annotate(n=Count("pk")))
    ahead = [add_months(day.replace(day=1), n) for n in range(months + 1)]
    return [(month, counted.get(month, 0)) for month in ahead]


@dataclass(frozen=True)
class Outlook:
    """The register on a day ahead if nothing is done: products by star; since the entry before, how many had their last
    day without a successor (`falls`) and how many came in or came back (`begins`)."""

    end: date
    by_stars: Counter[int]
    falls: int
    begins: int

    @property
    def total(self) -> int:
        return sum(self.by_stars.values())


@dataclass(frozen=True)
class _Span:
    """Certificates that run from and to the same days, as known on the day of the forecast."""

    first: date
    last: date
    stars: int
    falls: bool
    count: int


def forecast(certificates: QuerySet[Certificate], day: date, months: int = MONTHS_AHEAD) -> list[Outlook]:
    """How many products stand at the end of each month ahead, by what was signed up to the day and nothing else.

    The first entry is the day itself. Certificates signed and still to begin count from their first day; extensions
    count whenever they were granted. One query.
    """
    spans = _spans(certificates, day)
    ends = [day] + [
        end for n in range(months + 1) if (end := month_end(add_months(day.replace(day=1), n))) > day
    ]
    told: list[Outlook] = []
    for end in ends:
        standing: Counter[int] = Counter()
        falls, before = 0, told[-1].end if told else day
        for s in spans:
            if s.first <= end <= s.last:
                standing[s.stars] += s.count
            if s.falls and before <= s.last < end:
                falls += s.count
        begins = standing.total() - told[-1].total + falls if told else 0
        told.append(Outlook(end, standing, falls, begins))
    return told


def _spans(certificates: QuerySet[Certificate], day: date) -> list[_Span]:
    """The certificates that stand on the day or are signed to begin after it, gathered by their days."""
    facts = Facts(day)
    unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=day)
    current = Q(superseded_on__isnull=True) | Q(superseded_on__gt=day)
    runs = Q(valid_to__gte=day) | Q(extended_to__gte=day)
    # Of what was signed later nobody knew on the day, so `superseded_on` does not tell.
    following = Certificate.objects.filter(
        product=OuterRef("product"), valid_from__gt=OuterRef("valid_from"), decision__signed_on__lte=day
    )
    falls = Case(
        When(facts.falls_out & Q(valid_from__lte=day), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = (
        with_end(certificates)
        .filter(unrevoked, current, runs, decision__signed_on__lte=day)
        .annotate(next_from=Subquery(following.order_by("valid_from").values("valid_from")[:1]), falls=falls)
        .order_by()
        .values_list("valid_from", "ends_on", "next_from", "stars", "falls")
        .annotate(n=Count("pk"))
    )
    return [
        _Span(first, min(end, next_from - timedelta(days=1)) if next_from else end, stars, falling, n)
        for first, end, next_from, stars, falling, n in rows
    ]
