"""What the catalogue counts, in one query; of a search the same query tells the keys of the page too.

The database has the products of each cell (place, set, stars, standing) after the filters that are not facets: kept
by `products.tally` where those filters are left alone, else counted. The counts are sums over those cells, for each
facet with its own choice left out.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet

from ocop_portal.clock import today
from products.filters import ANY_STATUS, DEFAULT_STATUS, FACETS, STATUSES, CatalogueFilter, places

CELL = ("product__place", "product__group", "stars", "standing")
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

Counts = dict[str, Counter[Any]]


@dataclass(frozen=True)
class Span:
    """A page of a list: so many keys from a place on (0: the first), in an order by fields."""

    order: tuple[str, ...]
    start: int
    length: int


class Counting:
    """Counts of one reading of the catalogue; where a `span` of a search is wanted, its keys beside them."""

    def __init__(self, filterset: CatalogueFilter, span: Span | None = None) -> None:
        self.filter, self.span = filterset, span
        self.chosen = filterset.chosen
        self.keys: list[int] | None = None
        """The keys of the span, once the counts were asked for; None where they must be asked for by themselves."""

    @cached_property
    def counts(self) -> Counts:
        """{facet: {key: products}}: stars by number, standings by value, units by place on record, sets by key.

        One query; two for today's catalogue before the day's first change (see `products.tally`).
        """
        if self.filter.faults:
            return defaultdict(Counter)
        others = any(value for name, value in self.chosen.items() if name not in FACETS)
        if self.filter.day == today() and not others:
            counts = self._summed(
                f"cell (place, grp, stars, standing, n) AS MATERIALIZED ({KEPT_CELLS})", [self.filter.day]
            )
            if counts["cells"]:
                return counts
        try:
            return self._searched(self.span) if self.span else self._counted()
        except EmptyResultSet:  # a search for signs alone finds nothing, and asks nothing
            return defaultdict(Counter)

    @property
    def _found(self) -> QuerySet[Any]:
        """What passes the filters that are not facets, with its standing."""
        return self.filter.narrowed(without=FACETS).with_standing(self.filter.day)  # type: ignore[attr-defined,no-any-return]

    def _counted(self) -> Counts:
        cells = self._found.values_list(*CELL).annotate(n=Count("pk")).order_by()
        sql, params = cells.query.sql_with_params()
        return self._summed(f"cell (place, grp, stars, standing, n) AS MATERIALIZED ({sql})", list(params))

    def _searched(self, span: Span) -> Counts:
        """Looked up once for the counts and for the keys: at a million products that is most of the time."""
        fields = [name.lstrip("-") for name in span.order]
        found = self._found
        if "rank" in fields:
            found = found.ranked(self.chosen["q"])  # type: ignore[attr-defined]
        sql, params = found.values_list(*CELL, "pk", *fields).order_by().query.sql_with_params()
        columns = [f"o{n}" for n in range(len(fields))]
        order = ", ".join(
            f"{column} DESC" if name.startswith("-") else column
            for column, name in zip(columns, span.order, strict=True)
        )
        where, chosen = self._where("keys")
        page = (
            f"SELECT 'key', pk, NULL, place FROM (SELECT pk, row_number() OVER (ORDER BY {order}, pk) AS place"
            f" FROM found WHERE {where} ORDER BY place LIMIT %s OFFSET %s) AS page"
        )
        counts = self._summed(
            f"found (place, grp, stars, standing, pk, {', '.join(columns)}) AS MATERIALIZED ({sql}),"
            " cell AS (SELECT place, grp, stars, standing, count(*) AS n FROM found GROUP BY 1, 2, 3, 4)",
            list(params),
            (page, [*chosen, span.length, span.start]),
        )
        places_of = counts.pop("key", Counter())
        self.keys = sorted(places_of, key=lambda key: places_of[key])
        return counts

    def _summed(self, cells: str, params: list[Any], more: tuple[str, list[Any]] | None = None) -> Counts:
        """Sums over the cells of a WITH clause, and under `cells` whether there were any; `more` is one SELECT more."""
        parts = ["SELECT 'cells', NULL::bigint, NULL::text, 1::bigint WHERE EXISTS (SELECT FROM cell)"]
        values = list(params)
        apart = {"district", "commune"} & self._passes.keys()
        for facet, keys in KEYS.items():
            if facet == "commune" and not apart:
                continue  # the same as by district
            where, chosen = self._where(facet)
            parts.append(f"SELECT '{facet}', {keys}, sum(n)::bigint FROM cell WHERE {where} GROUP BY 2, 3")
            values += chosen
        if more:
            parts.append(more[0])
            values += more[1]
        counts: Counts = defaultdict(Counter)
        with connection.cursor() as cursor:
            cursor.execute(f"WITH {cells} {' UNION ALL '.join(parts)}", values)
            for facet, key, standing, n in cursor:
                counts[facet][standing if key is None else key] = n
        if not apart:
            counts["commune"] = counts["district"]
        return counts

    def _where(self, facet: str) -> tuple[str, list[Any]]:
        """The condition of all choices but that of the facet, and its parameters."""
        tests = [test for name, test in self._passes.items() if name != facet]
        return " AND ".join(f"{column} = ANY(%s)" for column, _ in tests) or "TRUE", [v for _, v in tests]

    @cached_property
    def _passes(self) -> dict[str, tuple[str, list[Any]]]:
        """For each facet with a choice, the column and the values of it that pass."""
        chosen, tests = self.chosen, {}
        if stars := chosen.get("stars"):
            tests["stars"] = ("stars", list(stars))
        if (status := chosen.get("status", DEFAULT_STATUS)) != ANY_STATUS:
            tests["status"] = ("standing", [str(s) for s in STATUSES[status][1]])
        for name in ("district", "commune"):
            if units := chosen.get(name):
                tests[name] = ("place", list(places(self.filter.territory, units)))
        if groups := chosen.get("group"):
            tests["group"] = ("grp", [g.pk for g in groups])
        return tests
