"""The register's figures as of a day, each counted from the list that stands behind it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from ocop_portal.clock import today
from ocop_portal.territory import Territory
from producers.growth import share
from producers.models import Campaign, PointOfSale, YearlyFigures
from products.models import Certificate, Product, ProductGroup, Tally
from products.standing import STANDS, Standing, add_months, standing_case
from products.traits import with_trait
from reports.models import PlanTarget

STARS = (5, 4, 3)
FIRST_YEAR = 2018
"""The programme's first recognitions."""
MONTHS_AHEAD = 36
LEAST_COMPARED = 5
"""How many producers must stand behind a public share of what each of them tells in confidence."""


@dataclass
class StarCount:
    """How many products stand at each star; `total` is their sum."""

    by_stars: Counter[int] = field(default_factory=Counter)

    def __getitem__(self, stars: int) -> int:
        # Templates try an index before an attribute: `count.total` must not be read as a star.
        if not isinstance(stars, int):
            raise KeyError(stars)
        return self.by_stars[stars]

    @property
    def total(self) -> int:
        return sum(self.by_stars.values())


class Statistics:
    """Figures as of `day`. Each property is one query at most, made when it is first asked for.

    `products` are the keys of a part of the register, such as a commune's; the territory and the plan stay whole.
    """

    def __init__(self, day: date, products: Collection[int] | None = None) -> None:
        self.day = day
        self.part = Q() if products is None else Q(product__in=products)

    @property
    def _standing(self) -> Any:
        """The certificates whose star may be used on the day."""
        return Certificate.objects.standing(self.day).filter(self.part)

    @cached_property
    def _by_standing(self) -> Counter[tuple[str, int]]:
        """{(standing, stars): products} over all governing certificates that the public sees."""
        found = Certificate.objects.public(self.day).filter(self.part)
        return Counter(dict(self._counted(found, standing_case(self.day), "standing")))

    def _counted(self, found: Any, by: Any, kept: str, **only: Any) -> Iterator[tuple[tuple[Any, int], int]]:
        """((key, stars), products) of the certificates found.

        Of the whole register today the database has them counted already (`products.tally`), under the field `kept`.
        """
        if not self.part and self.day == today():
            cells = Tally.objects.filter(day=self.day, **only).values_list(kept, "stars")
            if rows := list(cells.annotate(n=Sum("products")).order_by()):
                yield from (((key, stars), n) for key, stars, n in rows if n)
                return
        rows = found.values_list(by, "stars").annotate(n=Count("pk")).order_by()
        yield from (((key, stars), n) for key, stars, n in rows)

    def in_standing(self, *standings: str) -> StarCount:
        """Products by star among those with one of the standings."""
        count = StarCount()
        for (standing, stars), n in self._by_standing.items():
            if standing in standings:
                count.by_stars[stars] += n
        return count

    @property
    def standing(self) -> StarCount:
        """Products whose star may be used on the day."""
        return self.in_standing(*STANDS)

    @property
    def lapsed_not_reassessed(self) -> int:
        """Products whose last certificate ended before the day without a new one. Apart from `standing`."""
        return self.in_standing(Standing.EXPIRED).total

    @cached_property
    def target(self) -> PlanTarget | None:
        """The plan that covers the year; of several, the one begun last. After a plan ends, none."""
        year = self.day.year
        return PlanTarget.objects.filter(from_year__lte=year, to_year__gte=year).last()

    @property
    def target_percent(self) -> float | None:
        """Standing products as a percentage of the plan's."""
        return 100 * self.standing.total / self.target.products if self.target else None

    @cached_property
    def territory(self) -> Territory:
        """The units of the register, as of the day."""
        return Territory(self.day)

    @cached_property
    def _by_place(self) -> dict[int, StarCount]:
        """{place: products standing on the day}, by the unit on record."""
        counts: dict[int, StarCount] = defaultdict(StarCount)
        for (place, stars), n in self._counted(
            self._standing, "product__place", "place", standing__in=STANDS
        ):
            counts[place].by_stars[stars] += n
        return counts

    @cached_property
    def by_commune(self) -> dict[int, StarCount]:
        """{commune of the day: standing products}; communes without any are absent."""
        return self._rolled_up(self.territory.commune_of)

    @cached_property
    def by_district(self) -> dict[int | None, StarCount]:
        """{district: standing products}; None gathers places that lie in no single district."""
        return self._rolled_up(self.territory.district_of, keep_none=True)

    def _rolled_up(self, key: Any, *, keep_none: bool = False) -> dict[Any, StarCount]:
        counts: dict[Any, StarCount] = defaultdict(StarCount)
        for place, count in self._by_place.items():
            if (unit := key(place)) is not None or keep_none:
                counts[unit].by_stars.update(count.by_stars)
        return dict(counts)

    @cached_property
    def by_group(self) -> list[tuple[ProductGroup, StarCount]]:
        """Standing products by product set, sets without any left out."""
        counts: dict[int, StarCount] = defaultdict(StarCount)
        for (group, stars), n in self._counted(
            self._standing, "product__group", "group", standing__in=STANDS
        ):
            counts[group].by_stars[stars] += n
        return [(g, counts[g.pk]) for g in ProductGroup.objects.filter(pk__in=counts)]

    @cached_property
    def over_years(self) -> list[tuple[date, StarCount]]:
        """Standing products at the end of each year so far, and on the day itself."""
        days = [date(year, 12, 31) for year in range(FIRST_YEAR, self.day.year)] + [self.day]
        counted = Certificate.objects.filter(self.part).aggregate(
            **{
                f"{day:%Y%m%d}_{stars}": Count("pk", filter=Q(effective__contains=day, stars=stars))
                for day in days
                for stars in STARS
            }
        )
        return [(d, StarCount(Counter({s: counted[f"{d:%Y%m%d}_{s}"] for s in STARS}))) for d in days]

    @cached_property
    def ending_by_month(self) -> list[tuple[date, int]]:
        """(first of month, certificates standing today whose last day falls in it), month by month ahead."""
        month = self.day.replace(day=1)
        rows = self._standing.annotate(month=TruncMonth(Coalesce("extended_to", "valid_to")))
        counted = dict(rows.values_list("month").annotate(n=Count("pk")).order_by())
        ahead = [add_months(month, n) for n in range(MONTHS_AHEAD + 1)]
        return [(m, counted.get(m, 0)) for m in ahead]

    @cached_property
    def trade(self) -> dict[str, int]:
        """Standing products by what the programme counts beside stars (domain §6), and protected names."""
        standing = Q(pk__in=self._standing.values("product"))
        return Product.objects.filter(standing).aggregate(
            raw_material_area=Count("pk", filter=with_trait("area", self.day), distinct=True),
            exported=Count("pk", filter=with_trait("export", self.day), distinct=True),
            on_postmart=Count("pk", filter=with_trait("postmart", self.day), distinct=True),
            geographical_indications=Count(
                "marks__name", filter=with_trait("geographical", self.day), distinct=True
            ),
            collective_marks=Count("marks__name", filter=with_trait("collective", self.day), distinct=True),
            producers=Count("producer", distinct=True),
        )

    @property
    def full_year(self) -> int:
        """The last year that had ended by the end of the day."""
        return self.day.year if (self.day.month, self.day.day) == (12, 31) else self.day.year - 1

    @cached_property
    def revenue_grown_percent(self) -> Decimal | None:
        """Share of producers with at least 1.1 times the revenue of the year before, in the last full year.

        None where fewer than `LEAST_COMPARED` told both years: a share of a few would tell of each.
        """
        compared, grown = YearlyFigures.objects.of_year(self.full_year).compared()
        return share(grown, compared) if compared >= LEAST_COMPARED else None

    @cached_property
    def points_of_sale(self) -> int:
        """Points of display and sale open on the day."""
        return int(PointOfSale.objects.open_on(self.day).count())

    @cached_property
    def onsite_campaigns(self) -> int:
        """On-site consulting campaigns that began in the year of the day, up to the day."""
        begun = Campaign.objects.held().in_year(self.day.year).begun(self.day)
        return int(begun.filter(kind=Campaign.Kind.ON_SITE).count())

    def as_figures(self) -> dict[str, Any]:
        """The figures under their public names, as `/api/v1/statistics` tells them."""
        grown = self.revenue_grown_percent
        return {
            "as_of": self.day,
            "products": self.standing.total,
            **{f"stars_{n}": self.standing[n] for n in (3, 4, 5)},
            **{s.value: self.in_standing(s).total for s in (*STANDS, Standing.REVOKED)},
            "target": self.target.products if self.target else None,
            "communes": len(self.territory.communes),
            "communes_with_product": len(self.by_commune),
            "lapsed_not_reassessed": self.lapsed_not_reassessed,
            **self.trade,
            "points_of_sale": self.points_of_sale,
            "onsite_campaigns": self.onsite_campaigns,
            "revenue_year": self.full_year,
            "revenue_grown_percent": None if grown is None else float(grown),
        }
