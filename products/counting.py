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
            counts = self._summed(KEPT_CELLS, [self.filter.day])
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
        return self._summed(sql, list(params))

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
        where = " AND ".join(f"{column} = ANY(%s)" for column, _ in self._passes.values()) or "TRUE"
        page = (
            "SELECT 'key', pk, NULL, row_number() OVER () FROM"
            f" (SELECT pk FROM found WHERE {where} ORDER BY {order}, pk LIMIT %s OFFSET %s) AS page"
        )
        counts = self._summed(
            "SELECT place, grp, stars, standing, count(*) FROM found GROUP BY 1, 2, 3, 4",
            list(params),
            found=f"found (place, grp, stars, standing, pk, {', '.join(columns)}) AS MATERIALIZED ({sql}),",
            more=(page, [*(v for _, v in self._passes.values()), span.length, span.start]),
        )
        place_of = counts.pop("key", Counter())
        self.keys = sorted(place_of, key=lambda key: place_of[key])
        return counts

    def _summed(
        self, cells: str, params: list[Any], *, found: str = "", more: tuple[str, list[Any]] | None = None
    ) -> Counts:
        """Sums over the cells that a query gives, and under `cells` whether it gave any.

        `found` stands before the cells in the WITH clause, `more` is one SELECT more beside the sums.
        """
        flags = "".join(
            f", {column} = ANY(%s) AS {name}_passes" for name, (column, _) in self._passes.items()
        )
        parts = ["SELECT 'cells', NULL::bigint, NULL::text, 1::bigint WHERE EXISTS (SELECT FROM cell)"]
        apart = {"district", "commune"} & self._passes.keys()
        for facet, keys in KEYS.items():
            if facet == "commune" and not apart:
                continue  # the same as by district
            tests = " AND ".join(f"{name}_passes" for name in self._passes if name != facet) or "TRUE"
            parts.append(f"SELECT '{facet}', {keys}, sum(n)::bigint FROM cell WHERE {tests} GROUP BY 2, 3")
        values = [*params, *(v for _, v in self._passes.values())]
        if more:
            parts.append(more[0])
            values += more[1]
        sql = (
            f"WITH {found} counted (place, grp, stars, standing, n) AS ({cells}),"
            f" cell AS MATERIALIZED (SELECT counted.*{flags} FROM counted) {' UNION ALL '.join(parts)}"
        )
        counts: Counts = defaultdict(Counter)
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for facet, key, standing, n in cursor:
                counts[facet][standing if key is None else key] = n
        if not apart:
            counts["commune"] = counts["district"]
        return counts

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
