"""The figures of the report of a year: each with its unit, the formula in words and the list that it is counted from.

Every value is a query; nothing is written down but rules (`figure_rules`). A rule names its list, a table of
`reports.tables`, and how the list gives the value, so that a test may compare the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format

from ocop_portal.params import FIRST_DAY
from ocop_portal.permissions import has_permission
from reports.asking import Asked
from reports.figure_rules import SECTIONS
from reports.neighbours import NOT_KEPT
from reports.rule import Rule, Value
from reports.tables import TABLES, Table
from reports.tables.base import Takes
from reports.year import YearReading


@dataclass(frozen=True)
class Figure:
    """A figure as it is told: the year's value, that of the year before, and the list behind it."""

    rule: Rule
    value: Value
    before: Value
    url: str
    detail: str

    @property
    def change(self) -> Value:
        """By how much it went up or down; None where a year is not known."""
        if self.value is None or self.before is None:
            return None
        return self.value - self.before

    def shown(self, value: Value, *, signed: bool = False) -> str:
        """A value as it is written here; `–` where it is not known."""
        if value is None:
            return "–"
        places = self.rule.places if isinstance(value, Decimal) else 0
        text = number_format(value, places, use_l10n=True, force_grouping=True)
        return f"+{text}" if signed and value > 0 else text


@dataclass(frozen=True)
class Section:
    """Figures that are told together, under a heading of the report."""

    name: str
    figures: tuple[Figure, ...]


def sections_of(asked: Asked) -> list[Section]:
    """All figures of the year asked for, those that this register does not keep left out."""
    reading = YearReading(asked)
    earlier = YearReading(asked.for_year(asked.year - 1)) if asked.year > FIRST_DAY.year else None
    told = []
    for name, rules in SECTIONS:
        figures = (figure_of(rule, reading, earlier) for rule in rules)
        told.append(Section(name, tuple(f for f in figures if f is not None)))
    return told


def figure_of(rule: Rule, reading: YearReading, earlier: YearReading | None) -> Figure | None:
    """One figure; None where nothing of the kind is kept."""
    value = rule.measure(reading)
    if value is NOT_KEPT:
        return None
    before = rule.measure(earlier) if earlier else None
    return Figure(rule, value, before, list_url(rule, reading.asked), rule.detail(reading))


def list_url(rule: Rule, asked: Asked) -> str:
    """Address of the list behind a figure; empty where the user may not open it."""
    if rule.listed is None:
        name, permission = rule.room or ("", None)
        return reverse(name) if permission and has_permission(asked.user, permission) else ""
    slug, params = rule.listed
    return f"{reverse('desk:report-table', args=[slug])}?{urlencode(list_params(slug, params, asked))}"


def list_params(slug: str, params: Mapping[str, str], asked: Asked) -> dict[str, str]:
    """The parameters of a list: the day or the year, the part of the territory, the list's own filter."""
    when = {"as_of": asked.day.isoformat()} if TABLES[slug].takes == Takes.DAY else {"year": str(asked.year)}
    return {**when, **asked.part, **params}


def list_of(slug: str, params: Mapping[str, str], asked: Asked) -> Table:
    """A list of the same day or year, of the same part of the territory, with its own filter."""
    rule = TABLES[slug]
    return rule.build(Asked(list_params(slug, params, asked), asked.user, by_year=rule.takes == Takes.YEAR))
