"""What the grid of yearly figures shows of one address: the rows, and what they come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from ocop_portal.clock import today
from ocop_portal.permissions import Role
from producers.actions.figures import version, versions_of
from producers.forms.figures import FiguresForm
from producers.growth import growth, share
from producers.models import Producer, YearlyFigures
from producers.models.figures import FIRST_YEAR
from reports.asking import Asked

OWN_YEARS = 4
"""How many years a producer sees of itself on one page."""


@dataclass
class Row:
    """One producer in one year: its form, what the register holds, and the revenue of the year before."""

    producer: Producer
    year: int
    record: YearlyFigures | None
    before: Decimal | None
    form: FiguresForm
    stale: bool = False

    @property
    def key(self) -> str:
        """The row in a form and in a workbook."""
        return f"{self.producer.pk}-{self.year}"

    @property
    def growth(self) -> Decimal | None:
        """Per cent by which the revenue on record grew."""
        return growth(self.before, self.record.revenue if self.record else None)


def years_on_offer(day: date) -> list[int]:
    """The years that may be filled in, the newest first; the current one holds estimates until it ends."""
    return list(range(day.year, FIRST_YEAR - 1, -1))


def asked_year(text: str, otherwise: int) -> tuple[int, bool]:
    """The year of a parameter, and whether something was given that is no year on offer (then `otherwise`)."""
    text = text.strip()
    known = text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= today().year
    return (int(text) if known else otherwise), bool(text) and not known


def rows_of(keys: Iterable[tuple[Producer, int]], data: Mapping[str, Any] | None = None) -> list[Row]:
    """A row for each producer and year, its form bound where there is data. Two queries, however many rows."""
    keys = list(keys)
    producers = {producer.pk for producer, _ in keys}
    years = {year for _, year in keys}
    known = versions_of(producers, years | {year - 1 for year in years})
    rows = []
    for producer, year in keys:
        record, last = known.get((producer.pk, year)), known.get((producer.pk, year - 1))
        form = FiguresForm(data, producer=producer, year=year, record=record, prefix=f"r{producer.pk}-{year}")
        form.fields["seen"].initial = version(record)
        rows.append(Row(producer, year, record, last.revenue if last else None, form))
    return rows


class GridReading:
    """The grid as one user asks for it: year, district or commune, words of the name, only those that are missing."""

    def __init__(self, params: Any, user: Any) -> None:
        self.user, self.day = user, today()
        self.own = user.role == Role.PRODUCER
        self.year, self.unread = asked_year(params.get("year", ""), self.day.year - 1)
        self.text = params.get("q", "").replace("\x00", "").strip()[:100]
        self.missing = params.get("missing") == "1"
        self.asked = Asked(params, user)

    @property
    def choices(self) -> Any:
        """The selects that narrow to a part of the territory."""
        return self.asked.choices()

    @property
    def faults(self) -> list[str]:
        """What of the address could not be read."""
        return [*(["Không có năm này để nhập."] if self.unread else []), *self.asked.faults]

    @property
    def scope(self) -> QuerySet[Producer]:
        """All producers that the user may enter figures of."""
        mine = Producer.objects.visible_to(self.user).order_by().values("pk")
        return Producer.objects.filter(pk__in=mine)

    @property
    def producers(self) -> QuerySet[Producer]:
        """Those of the list, in Vietnamese order."""
        found = self.scope.search(self.text)  # type: ignore[attr-defined]
        if self.faults:
            found = found.none()
        elif self.asked.places is not None:
            found = found.filter(place__in=self.asked.places)
        if self.missing:
            told = YearlyFigures.objects.of_year(self.year).with_revenue().filter(producer=OuterRef("pk"))
            found = found.filter(~Exists(told))
        return found.with_place().order_by("name_key", "pk")

    def keys(self, page: Iterable[Producer]) -> list[tuple[Producer, int]]:
        """A row per producer of the page; a producer's own page has one for each of the last years."""
        years = range(self.year, max(self.year - OWN_YEARS, FIRST_YEAR - 1), -1) if self.own else (self.year,)
        return [(producer, year) for producer in page for year in years]

    def totals(self) -> dict[str, Any]:
        """What the list comes to: producers, how many told their revenue, its sum, how many grew, of how many."""
        producers = self.producers.order_by().values("pk")
        figures = YearlyFigures.objects.of_year(self.year).filter(producer__in=producers)
        comparable, grown = figures.compared()
        return {
            "producers": self.producers.count(),
            "told": figures.with_revenue().count(),
            **figures.aggregate(revenue=Sum("revenue"), workers=Sum("workers")),
            "comparable": comparable,
            "grown": grown,
            "share": share(grown, comparable),
        }
