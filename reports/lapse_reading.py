"""One reading of the lapse desk: who asks, for which list, place, set and day; lists, counts and addresses out."""

from datetime import date
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict

from ocop_portal.models import AdministrativeUnit
from ocop_portal.territory import Territory
from products.filters import CatalogueFilter, DayFilter
from products.models import Certificate, NoticeLine, Product, ProductGroup
from products.reading import Reading
from ratings.models import Dossier
from reports.lapses import (
    BUCKETS,
    DEFAULT,
    SHARE,
    TOLD,
    Bucket,
    Cell,
    added,
    cells,
    counts,
    in_bucket,
    renewals,
    with_end,
)

CARRIED = (
    "bucket",
    "q",
    "stars",
    "district",
    "commune",
    "group",
    "expires_after",
    "expires_before",
    "printed",
)
"""Parameters by which a list is found again when all of it is chosen."""


class LapseFilter(CatalogueFilter):
    """The catalogue's filters over the certificates in the user's scope, and the list that is asked for."""

    bucket = django_filters.ChoiceFilter(
        label="Danh sách",
        choices=[(b.key, b.label) for b in BUCKETS.values()],
        method="listed",
        error_messages={"invalid_choice": "Không có danh sách “%(value)s”."},
    )
    printed = DayFilter(label="Hạn in trên giấy", method="ends_on_day")

    def __init__(
        self, data: QueryDict, *, day: date, territory: Territory, groups: list[ProductGroup]
    ) -> None:
        # Which standing is meant follows from the list.
        data = data.copy()
        data.pop("status", None)
        super().__init__(data, day=day, territory=territory, groups=groups)

    def passing(self, found: QuerySet[Certificate]) -> QuerySet[Certificate]:
        """Those that pass every filter but the list itself; none where a parameter cannot be read."""
        if self.faults:
            return found.none()
        found = with_end(found)
        for name, value in self.chosen.items():
            if name not in ("status", "bucket"):
                found = self.filters[name].filter(found, value)
        return found

    def listed(self, found: QuerySet[Certificate], name: str, key: str) -> QuerySet[Certificate]:
        return found

    def ends_on_day(self, found: QuerySet[Certificate], name: str, day: date) -> QuerySet[Certificate]:
        return found.filter(valid_to=day)


class LapseReading(Reading):
    """What the lapse desk answers to one user and one address."""

    def __init__(self, user: Any, params: QueryDict) -> None:
        super().__init__(params)
        self.user = user

    @cached_property
    def filter(self) -> LapseFilter:
        return LapseFilter(self.params, day=self.day, territory=self.territory, groups=self.groups)

    @property
    def bucket(self) -> Bucket:
        return BUCKETS[self.filter.chosen.get("bucket") or DEFAULT]

    @cached_property
    def mine(self) -> QuerySet[Certificate]:
        """Certificates in scope. A commune's products are named: the planner must not guess how few they are."""
        if self.user.sees_whole_territory:
            return Certificate.objects.all()
        products = Product.objects.visible_to(self.user).order_by().values_list("pk", flat=True)
        return Certificate.objects.filter(product__in=list(products))

    @property
    def governing(self) -> QuerySet[Certificate]:
        """What the register says on the day of the products in scope, narrowed by the filters but the list."""
        return self._passing(self.mine.public(self.day))  # type: ignore[attr-defined]

    @property
    def every(self) -> QuerySet[Certificate]:
        """All certificates in scope, those succeeded since included, narrowed likewise."""
        return self._passing(self.mine)

    def _passing(self, found: QuerySet[Certificate]) -> QuerySet[Certificate]:
        return found.none() if self.day_fault else self.filter.passing(found)

    @property
    def found(self) -> QuerySet[Certificate]:
        """The list that was asked for: page, export, selection and counts are made of it."""
        base = self.every if self.bucket.every else self.governing
        return in_bucket(base, self.bucket, self.day)

    @cached_property
    def counted(self) -> dict[str, int]:
        """{key: length of its list} under the other filters, of the lists that the desk tells. Two queries."""
        return counts(self.governing, TOLD, self.day) | counts(self.every, SHARE, self.day)

    @property
    def share(self) -> float | None:
        """Of the notices that fell due in the last 365 days, the part that went out in time, in percent."""
        due = self.counted["notice-due"]
        return 100 * self.counted["notice-in-time"] / due if due else None

    def tables(self, buckets: tuple[Bucket, ...]) -> tuple[dict[Any, list[int]], dict[Any, list[int]]]:
        """Sums of the buckets by commune (a place on record for an official of a commune) and by set. One query."""
        found = cells(self.governing, buckets, self.day)
        return added(found, self._unit_of), added(found, lambda cell: cell.group)

    def _unit_of(self, cell: Cell) -> int | None:
        """The commune of the day in which a place lies; within one commune, the place as it is on record."""
        return self.territory.commune_of(cell.place) if self.user.sees_whole_territory else cell.place

    def value_of(self, unit: AdministrativeUnit) -> str:
        """How an address names the unit: the plain code where it means this unit on the day, else pinned."""
        return unit.code if self.territory.named(unit.code) is unit else unit.reference

    def address(self, name: str = "desk:lapses", **changes: Any) -> str:
        return super().address(name, **changes)

    def chips(self) -> list[dict[str, str]]:
        chips = super().chips()
        if printed := self.filter.chosen.get("printed"):
            label = f"Hạn in trên giấy {printed:%d/%m/%Y}"
            chips.append({"label": label, "remove_url": self.address(printed=None)})
        return chips

    def carried(self) -> list[tuple[str, str]]:
        """The parameters of the list as hidden fields, the list itself always named."""
        pairs = [(name, v) for name in CARRIED for v in self.params.getlist(name) if v and name != "bucket"]
        return [("bucket", self.bucket.key), *pairs]

    def with_what_was_done(self, certificates: list[Certificate]) -> list[Certificate]:
        """The certificates with `told` (lines of notices), `renewal` (open dossier) and `follower`. Three queries."""
        told: dict[int, list[NoticeLine]] = {}
        lines = NoticeLine.objects.told_by(self.day).filter(certificate__in=certificates)
        for line in lines.select_related("notice").order_by("notice__sent_on", "pk"):
            told.setdefault(line.certificate_id, []).append(line)
        products = [c.product_id for c in certificates]
        dossiers: dict[int, Dossier] = {
            d.product_id: d for d in renewals(self.day).filter(product__in=products)
        }
        followers = {
            c.product_id: c
            for c in Certificate.objects.filter(
                product__in=products, valid_from__gt=self.day, decision__signed_on__lte=self.day
            ).order_by("-valid_from")
        }
        for c in certificates:
            c.told = told.get(c.pk, [])  # type: ignore[attr-defined]
            c.renewal = dossiers.get(c.product_id)  # type: ignore[attr-defined]
            c.follower = followers.get(c.product_id)  # type: ignore[attr-defined]
        return certificates
