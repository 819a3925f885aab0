"""Counts beside every choice of the catalogue, from one query.

The database has the products of each cell (place, set, stars, standing) after the filters that are not facets: kept
by `products.tally` where those filters are left alone, else counted. The facets are sums over those cells, each with
its own choice left out.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit
from products.filters import ANY_STATUS, DEFAULT_STATUS, FACETS, STARS, STATUSES, CatalogueFilter, places
from products.models import ProductGroup

KEPT_CELLS = "SELECT place_id, group_id, stars, standing, products FROM products_tally WHERE day = %s"
# What each facet counts by; the total counts by nothing.
KEYS = {
    "stars": "stars::bigint, NULL::text",
    "status": "NULL::bigint, standing",
    "district": "place, NULL",
    "commune": "place, NULL",
    "group": "grp, NULL",
    "total": "NULL::bigint, NULL",
}


class Facets:
    """The counted choices of one reading of the catalogue."""

    def __init__(self, filterset: CatalogueFilter, groups: list[ProductGroup]) -> None:
        self.filter = filterset
        self.territory = filterset.territory
        self.groups = groups
        self.chosen = filterset.chosen

    @cached_property
    def counts(self) -> dict[str, Counter[Any]]:
        """{facet: {key: products}}: stars by number, standings by value, units by place on record, sets by key.

        One query; two for today's catalogue before the day's first change (see `products.tally`).
        """
        if self.filter.faults:
            return defaultdict(Counter)
        others = any(value for name, value in self.chosen.items() if name not in FACETS)
        if self.filter.day == today() and not others:
            counts = self._summed(KEPT_CELLS, (self.filter.day,))
            if counts["cells"]:
                return counts
        found = self.filter.narrowed(without=FACETS).with_standing(self.filter.day)  # type: ignore[attr-defined]
        keys = ("product__place", "product__group", "stars", "standing")
        cells = found.values_list(*keys).annotate(n=Count("pk")).order_by()
        try:
            return self._summed(*cells.query.sql_with_params())
        except EmptyResultSet:  # a search for signs alone finds nothing, and asks nothing
            return defaultdict(Counter)

    def _summed(self, cells: str, params: tuple[Any, ...]) -> dict[str, Counter[Any]]:
        """The facets of the cells that a query gives, and under `cells` whether it gave any."""
        passes, values = self._passes, list(params)
        parts = ["SELECT 'cells', NULL::bigint, NULL::text, 1::bigint WHERE EXISTS (SELECT FROM cell)"]
        for facet, keys in KEYS.items():
            if facet == "commune" and "district" not in passes and "commune" not in passes:
                continue  # the same as by district
            tests = [passes[name] for name in passes if name != facet]
            where = " AND ".join(f"{column} = ANY(%s)" for column, _ in tests) or "TRUE"
            parts.append(f"SELECT '{facet}', {keys}, sum(n)::bigint FROM cell WHERE {where} GROUP BY 2, 3")
            values += [list(chosen) for _, chosen in tests]
        sql = f"WITH cell (place, grp, stars, standing, n) AS MATERIALIZED ({cells}) {' UNION ALL '.join(parts)}"
        counts: dict[str, Counter[Any]] = defaultdict(Counter)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for facet, key, standing, n in cursor:
                counts[facet][standing if key is None else key] = n
        if "commune" not in counts and "district" not in passes:
            counts["commune"] = counts["district"]
        return counts

    @cached_property
    def _passes(self) -> dict[str, tuple[str, Any]]:
        """For each facet with a choice, the column and the values of it that pass."""
        chosen, tests = self.chosen, {}
        if stars := chosen.get("stars"):
            tests["stars"] = ("stars", stars)
        if (status := chosen.get("status", DEFAULT_STATUS)) != ANY_STATUS:
            tests["status"] = ("standing", [str(s) for s in STATUSES[status][1]])
        for name in ("district", "commune"):
            if units := chosen.get(name):
                tests[name] = ("place", places(self.territory, units))
        if groups := chosen.get("group"):
            tests["group"] = ("grp", [g.pk for g in groups])
        return tests

    @property
    def total(self) -> int:
        """How many products the list holds."""
        return sum(self.counts["total"].values())

    @property
    def stars(self) -> list[dict[str, Any]]:
        counts = self.counts["stars"]
        return [_option("stars", n, f"{n} sao", counts[n], n in self.chosen.get("stars", ())) for n in STARS]

    @property
    def status(self) -> list[dict[str, Any]]:
        counts = self.counts["status"]
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
        counts = self._by_unit("district", self.territory.district_of)
        return self._unit_options("district", self.territory.districts, counts)

    def _by_unit(self, facet: str, unit_of: Callable[[int], int | None]) -> Counter[Any]:
        """Products by the unit in which their place on record lies."""
        counts: Counter[Any] = Counter()
        for place, n in self.counts[facet].items():
            counts[unit_of(place)] += n
        return counts

    @property
    def group(self) -> list[dict[str, Any]]:
        """Sets that have a product under the other filters, or are chosen."""
        counts = self.counts["group"]
        chosen = {g.pk for g in self.chosen.get("group", ())}
        return [
            _option("group", g.code, g.name, counts[g.pk], g.pk in chosen)
            for g in self.groups
            if counts[g.pk] or g.pk in chosen
        ]

    @property
    def commune(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Communes of the day and, apart, those on record that have ended: (heading, options) for a select."""
        now, then = self._by_unit("commune", self.territory.commune_of), self.counts["commune"]
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
