"""Named reads of what producers report of a year."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Max, OuterRef, Subquery

from producers.growth import GROWN
from producers.querysets import scope_of


class YearlyFiguresQuerySet(models.QuerySet[Any]):
    """Yearly figures of producers."""

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def visible_to(self, user: Any) -> Self:
        """Those of producers in the user's scope."""
        mine = self.model.objects.filter(
            scope_of(user, place="producer__place", own="producer__accounts") or models.Q()
        )
        return self.filter(pk__in=mine.order_by().values("pk"))

    def versioned(self) -> Self:
        """With `version`: the number of the row's last event, which changes whenever the row is written."""
        return self.annotate(version=Max("events__pgh_id"))

    def with_revenue(self) -> Self:
        """Those that tell the revenue."""
        return self.filter(revenue__isnull=False)

    def with_before(self) -> Self:
        """With `before`: the revenue of the same producer in the year before; None where it is not on record."""
        last = self.model.objects.filter(producer=OuterRef("producer"), year=OuterRef("year") - 1)
        return self.annotate(before=Subquery(last.values("revenue")[:1]))

    def comparable(self) -> Self:
        """Those that can be held against the year before: both revenues on record, the earlier one above nought."""
        return self.with_revenue().with_before().filter(before__gt=0)

    def grown(self) -> Self:
        """Of the comparable ones, those with revenue at least 1.1 times that of the year before."""
        return self.comparable().filter(revenue__gte=F("before") * GROWN)

    def compared(self) -> tuple[int, int]:
        """(how many can be held against the year before, how many of them have grown). One query."""
        grown = models.Q(revenue__gte=F("before") * GROWN)
        told = self.comparable().order_by().aggregate(all=Count("pk"), grown=Count("pk", filter=grown))
        return told["all"], told["grown"]
