"""Counts beside every choice of the catalogue, from one query.

The database counts the products in each cell (place, set, stars, standing) after the filters that are not
facets; the facets are sums over those cells, each with its own choice left out.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count

from ocop_portal.models import AdministrativeUnit
from products.filters import ANY_STATUS, DEFAULT_STATUS, FACETS, STARS, STATUSES, CatalogueFilter, places
from products.models import ProductGroup


class Cell(NamedTuple):
    """Products of one place, set, star and standing."""

    place: int
    group: int
    stars: int
    standing: str
    count: int


class Facets:
    """The counted choices of one reading of the catalogue."""

    def __init__(self, filterset: CatalogueFilter, groups: list[ProductGroup]) -> None:
        self.filter = filterset
        self.territory = filterset.territory
        self.groups = groups
        self.chosen = filterset.chosen

    @cached_property
    def cells(self) -> list[Cell]:
        """One query."""
        found = self.filter.narrowed(without=FACETS).with_standing(self.filter.day)
        keys = ("product__place", "product__group", "stars", "standing")
        return [Cell(*row) for row in found.values_list(*keys).annotate(n=Count("pk")).order_by()]

    @cached_property
    def _passes(self) -> dict[str, Callable[[Cell], bool]]:
        """For each facet with a choice, whether a cell passes it."""
        chosen, tests = self.chosen, {}
        if stars := chosen.get("stars"):
            tests["stars"] = lambda cell: cell.stars in stars
        if (status := chosen.get("status", DEFAULT_STATUS)) != ANY_STATUS:
            tests["status"] = lambda cell: cell.standing in STATUSES[status][1]
        for name in ("district", "commune"):
            if units := chosen.get(name):
                within = places(self.territory, units)
                tests[name] = lambda cell, within=within: cell.place in within
        if groups := chosen.get("group"):
            keys = {g.pk for g in groups}
            tests["group"] = lambda cell: cell.group in keys
        return tests

    def _left(self, without: str = "") -> Iterator[Cell]:
        """The cells that pass every choice but that of one facet."""
        tests = [test for name, test in self._passes.items() if name != without]
        return (cell for cell in self.cells if all(test(cell) for test in tests))

    def _counts(self, facet: str, key: Callable[[Cell], Any]) -> Counter[Any]:
        counts: Counter[Any] = Counter()
        for cell in self._left(without=facet):
            counts[key(cell)] += cell.count
        return counts

    @cached_property
    def total(self) -> int:
        """How many products the list holds."""
        return sum(cell.count for cell in self._left())

    @property
    def stars(self) -> list[dict[str, Any]]:
        counts = self._counts("stars", lambda cell: cell.stars)
        return [_option("stars", n, f"{n} sao", counts[n], n in self.chosen.get("stars", ())) for n in STARS]

    @property
    def status(self) -> list[dict[str, Any]]:
        counts = self._counts("status", lambda cell: cell.standing)
        chosen = self.chosen.get("status", DEFAULT_STATUS)
        return [
            _option(
                "status",
                "" if value == DEFAULT_STATUS else value,
                label,
                sum(counts[s] for s in standings),
                value == chosen,
                kind="radio",
            )
            for value, (label, standings) in STATUSES.items()
        ]

    @property
    def district(self) -> list[dict[str, Any]]:
        counts = self._counts("district", lambda cell: self.territory.district_of(cell.place))
        return self._unit_options("district", self.territory.districts, counts)

    @property
    def group(self) -> list[dict[str, Any]]:
        """Sets that have a product under the other filters, or are chosen."""
        counts = self._counts("group", lambda cell: cell.group)
        chosen = {g.pk for g in self.chosen.get("group", ())}
        return [
            _option("group", g.code, g.name, counts[g.pk], g.pk in chosen)
            for g in self.groups
            if counts[g.pk] or g.pk in chosen
        ]

    @property
    def commune(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Communes of the day and, apart, those on record that have ended: (heading, options) for a select."""
        now = self._counts("commune", lambda cell: self.territory.commune_of(cell.place))
        then = self._counts("commune", lambda cell: cell.place)
        gone = [
            u
            for u in self.territory.units.values()
            if u.level == AdministrativeUnit.Level.COMMUNE and u.valid_to and u.valid_to < self.filter.day
        ]
        return [
            (
                "Xã, phường hiện nay" if gone else "Xã, phường",
                self._commune_options(self.territory.communes, now),
            ),
            ("Xã, phường trước 1/7/2025", self._commune_options(gone, then)),
        ]

    def _commune_options(self, units: list[AdministrativeUnit], counts: Counter[Any]) -> list[dict[str, Any]]:
        return [o for o in self._unit_options("commune", units, counts) if o["count"] or o["checked"]]

    def _unit_options(
        self, name: str, units: list[AdministrativeUnit], counts: Counter[Any]
    ) -> list[dict[str, Any]]:
        chosen = {u.pk for u in self.chosen.get(name, ())}
        return [
            _option(name, self._value(unit), unit.name, counts[unit.pk], unit.pk in chosen) for unit in units
        ]

    def _value(self, unit: AdministrativeUnit) -> str:
        """The plain code where it means this unit on the day, else pinned to the unit's last day."""
        return unit.code if self.territory.named(unit.code) is unit else unit.reference


def _option(
    name: str, value: Any, label: str, count: int, checked: bool, kind: str = "checkbox"
) -> dict[str, Any]:
    """A choice as the template `facet` reads it."""
    return {
        "name": name,
        "value": value,
        "label": label,
        "count": count,
        "checked": checked,
        "input_type": kind,
        "id": f"{name}-{value or 'default'}",
    }
