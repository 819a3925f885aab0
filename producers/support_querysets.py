"""Named reads of campaigns, promotions and points of sale. Every read that depends on the day takes it."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Concat

from ocop_portal.folding import Fold, fold
from ocop_portal.permissions import Permission, has_permission
from producers.querysets import scope_of


class SupportQuerySet(models.QuerySet[Any]):
    """What the three have in common: a name, a place, and producers that take part."""

    searched: ClassVar[tuple[str, ...]] = ("name",)

    def visible_to(self, user: Any) -> Self:
        """Those that a desk may read: placed in its scope, or with a producer of its scope taking part."""
        mine = self.model._default_manager.filter(
            scope_of(user, place="place", own="producers__accounts")
            | scope_of(user, place="producers__place", own="producers__accounts")
        )
        return self.filter(pk__in=mine.order_by().values("pk"))

    def kept_by(self, user: Any) -> Self:
        """Those that the user may write: placed in the scope of somebody who keeps such records."""
        if not has_permission(user, Permission.SUPPORT_KEEP):
            return self.none()
        return self.filter(scope_of(user, place="place", own="producers__accounts"))

    def with_place(self) -> Self:
        """With the units that a place is told by, in one query."""
        return self.select_related("place", "place__district", "place__current")

    def search(self, text: str) -> Self:
        """Every word of the text occurs in what `searched` names, whatever the diacritics."""
        parts = [part for name in self.searched for part in (F(name), Value(" "))]
        found = self.alias(said=Fold(Concat(*parts, output_field=models.TextField()))) if text else self
        for word in fold(text).split()[:8]:
            found = found.filter(said__contains=word)
        return found


class HeldQuerySet(SupportQuerySet):
    """What takes place on days and may be called off."""

    searched: ClassVar[tuple[str, ...]] = ("name", "organiser")

    def held(self) -> Self:
        """Without those that were called off or entered by mistake: what reports count."""
        return self.filter(cancelled_reason="")

    def in_year(self, year: int) -> Self:
        """Those that began in the calendar year."""
        return self.filter(starts_on__year=year)

    def begun(self, day: date) -> Self:
        """Those that had begun by the day."""
        return self.filter(starts_on__lte=day)

    def latest_first(self) -> Self:
        return self.order_by("-starts_on", "-pk")


class CampaignQuerySet(HeldQuerySet):
    """Campaigns of consulting and training."""

    searched: ClassVar[tuple[str, ...]] = ("name", "organiser", "subject", "plan")

    def counted(self, user: Any) -> Self:
        """With `parts` (producers taking part) and `people` sent by them, of the user's scope only."""
        mine = taking_part(user)
        return self.annotate(
            parts=Count("participants", filter=mine),
            people=Coalesce(Sum("participants__people", filter=mine), 0),
        )


class PromotionQuerySet(HeldQuerySet):
    """Fairs and other events."""

    searched: ClassVar[tuple[str, ...]] = ("name", "organiser", "venue", "plan")

    def counted(self, user: Any) -> Self:
        """With `parts`, `sales` (million đồng; None where nobody told) and `contracts`, of the user's scope only."""
        mine = taking_part(user)
        return self.annotate(
            parts=Count("participants", filter=mine),
            told=Count("participants__sales", filter=mine),
            sales=Sum("participants__sales", filter=mine),
            contracts=Coalesce(Sum("participants__contracts", filter=mine), 0),
        )

    def over(self, day: date) -> Self:
        """Those whose last day lies before the day."""
        return self.filter(ends_on__lt=day)


class PointOfSaleQuerySet(SupportQuerySet):
    """Points of display and sale."""

    searched: ClassVar[tuple[str, ...]] = ("name", "keeper", "address")

    def open_on(self, day: date) -> Self:
        """Those open on the day: from the day of opening to the day before the one from which they are closed."""
        return self.filter(opened_on__lte=day).filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day))

    def selling(self, producer: Any) -> Self:
        """Those at which the producer's goods are sold."""
        return self.filter(producers=producer)

    def counted(self) -> Self:
        """By name, with `parts`: how many producers' goods are sold there. Public, so the same for everybody."""
        return self.annotate(parts=Count("supplies")).order_by("name_key", "pk")


def taking_part(user: Any) -> Q | None:
    """Condition on `participants` that keeps to the user's scope; None where the scope is the whole."""
    return (
        scope_of(user, place="participants__producer__place", own="participants__producer__accounts") or None
    )
