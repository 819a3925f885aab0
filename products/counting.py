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
from django.db.models import Case, Count, F, Q, QuerySet, When

from ocop_portal.clock import today
from products.filters import ANY_STATUS, DEFAULT_STATUS, FACETS, STATUSES, CatalogueFilter, places
from products.models import Certificate, SearchEntry

CELL = ("product__place", "product__group", "stars", "standing")
COLUMNS = ("place", "grp", "stars", "standing")
"""What a cell is told by, and how the queries here call it."""
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

    def _counted(self) -> Counts:
        found = self.filter.narrowed(without=FACETS).with_standing(self.filter.day)  # type: ignore[attr-defined]
        cells = found.values_list(*CELL).annotate(n=Count("pk")).order_by()
        sql, params = cells.query.sql_with_params()
        return self._summed(sql, list(params))

    def _searched(self, span: Span) -> Counts:
        """Looked up once for the counts and for the keys: at a million products that is most of the time."""
        fields = tuple(name.lstrip("-") for name in span.order)
        hits = [self._hits(rows, key, fields) for rows, key in self._searchable]
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
            f"SELECT {', '.join(COLUMNS)}, count(*) FROM found GROUP BY 1, 2, 3, 4",
            [value for _, params in hits for value in params],
            found=f"found ({', '.join(COLUMNS)}, pk, {', '.join(columns)}) AS MATERIALIZED"
            f" ({' UNION ALL '.join(sql for sql, _ in hits)}),",
            more=(page, [*(v for _, v in self._passes.values()), span.length, span.start]),
        )
        place_of = counts.pop("key", Counter())
        self.keys = sorted(place_of, key=lambda key: place_of[key])
        return counts

    @property
    def _searchable(self) -> list[tuple[Any, str]]:
        """Where what governs on the day is looked up: rows, and the field that is the certificate's key.

        Today, beside the words; only what another follows at a later day, a handful, is found by that day. Of a past
        day that is the half, and certificates are read as everywhere.
        """
        day = self.filter.day
        governing = Certificate.objects.public(day)
        if day < today():
            return [(governing, "pk")]
        return [
            (SearchEntry.objects.public(day), "certificate"),
            (governing.filter(superseded_on__gt=day), "pk"),
        ]

    def _hits(self, rows: QuerySet[Any], key: str, order: tuple[str, ...]) -> tuple[str, list[Any]]:
        """SELECT of what passes the filters that are not facets: its cell, key and fields of the order.

        Only of what passes the facets too is the rank reckoned.
        """
        found: Any = self.filter.narrowed(rows, without=FACETS)
        found = found.with_standing(self.filter.day)
        own = rows.model is SearchEntry  # which has of the product what is asked here
        cell = [name.removeprefix("product__") if own else name for name in CELL]
        fields = [name.removeprefix("product__") if own else name for name in order]
        if "rank" in fields:
            field = dict(zip(COLUMNS, cell, strict=True))
            passes = [Q(**{f"{field[column]}__in": values}) for column, values in self._passes.values()]
            found = found.ranked(self.chosen["q"])
            if passes:
                found = found.annotate(rank_if=Case(When(Q(*passes), then=F("rank"))))
                fields[fields.index("rank")] = "rank_if"
        sql, params = found.values_list(*cell, key, *fields).order_by().query.sql_with_params()
        return sql, list(params)

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
