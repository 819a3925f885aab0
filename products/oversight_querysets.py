"""Named reads of inspections, warnings and citizens' reports. What depends on the user or the day takes it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from ocop_portal.permissions import Role
from producers.querysets import scope_of
from products.complaint_steps import CLOSED, OPEN, SHOWN_TO_PRODUCER


def _in_scope(user: Any, *places: str, own: str) -> Q:
    """Holds where any of the places lies in the user's scope."""
    parts = [scope_of(user, place=place, own=own) for place in places]
    if not all(parts):  # the empty condition: everything; joined by "or" it would count for nothing
        return Q()
    return reduce(or_, parts)


class InspectionQuerySet(models.QuerySet[Any]):
    """Inspections."""

    def visible_to(self, user: Any) -> Self:
        """Those of producers or products in the user's scope, each once."""
        mine = self.model.objects.filter(
            _in_scope(user, "producer__place", "products__place", own="producer__accounts")
        )
        return self.filter(pk__in=mine.order_by().values("pk"))

    def late(self, day: date) -> Self:
        """Planned for a day that has passed, and neither recorded nor cancelled."""
        return self.filter(state="planned", planned_on__lt=day)

    def awaiting_follow_up(self) -> Self:
        """Faults were to be seen to by a day, and nobody has recorded that they were."""
        return self.filter(follow_up_on__isnull=False, followed_up_on__isnull=True)

    def follow_up_overdue(self, day: date) -> Self:
        return self.awaiting_follow_up().filter(follow_up_on__lt=day)

    def with_line(self) -> Self:
        """With all that a line of a list tells, in two queries."""
        return self.select_related("producer__place").prefetch_related("products")


class WarningQuerySet(models.QuerySet[Any]):
    """Written warnings."""

    def visible_to(self, user: Any) -> Self:
        mine = self.model.objects.filter(
            _in_scope(user, "producer__place", "product__place", own="producer__accounts")
        )
        return self.filter(pk__in=mine.order_by().values("pk"))

    def unremedied(self) -> Self:
        return self.filter(remedied_on__isnull=True)

    def overdue(self, day: date) -> Self:
        """Their term has passed and nothing put right is on record."""
        return self.unremedied().filter(due_on__lt=day)

    def with_line(self) -> Self:
        return self.select_related("producer__place", "product", "inspection__producer", "complaint")


class ComplaintQuerySet(models.QuerySet[Any]):
    """Citizens' reports."""

    def visible_to(self, user: Any) -> Self:
        """Those in the user's scope: the territory, a commune's (also after it went to the province), or on a

        producer's own products once an official has found them to be reports.
        """
        places = ("unit", "product__place", "product__producer__place")
        mine = self.model.objects.filter(_in_scope(user, *places, own="product__producer__accounts"))
        if getattr(user, "role", None) == Role.PRODUCER:
            mine = mine.filter(state__in=SHOWN_TO_PRODUCER)
        return self.filter(pk__in=mine.order_by().values("pk"))

    def open(self) -> Self:
        """An answer is owed."""
        return self.filter(state__in=OPEN)

    def overdue(self, day: date) -> Self:
        return self.open().filter(due_on__lt=day)

    def to_erase(self, day: date, days: int, longest: int) -> Self:
        """Those whose contact has served: closed for `days`, or received `longest` days ago whatever became of them."""
        kept = self.exclude(contact_phone="", contact_email="")
        return kept.filter(
            Q(state__in=CLOSED, state_since__lte=day - timedelta(days=days))
            | Q(received_on__lte=day - timedelta(days=longest))
        )

    def with_line(self) -> Self:
        """With all that a line of the queue tells, in one query."""
        return self.select_related("product__producer", "unit", "assignee", "published", "duplicate_of")

    def pressing_first(self) -> Self:
        """What owes an answer first, by its term; then the newest."""
        owed = models.Case(models.When(state__in=OPEN, then=0), default=1, output_field=models.IntegerField())
        term = models.Case(models.When(state__in=OPEN, then=F("due_on")), default=None)
        return self.order_by(owed, term.asc(nulls_last=True), "-pk")


class PublishedQuerySet(models.QuerySet[Any]):
    """Reports released to the public."""

    def shown_on(self, day: date) -> Self:
        """Released by the day and not withdrawn."""
        return self.filter(released_on__lte=day).filter(
            Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day)
        )
