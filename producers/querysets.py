"""Named reads of producers."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q

from ocop_portal.folding import fold
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Permission, Role, has_permission


def scope_of(user: Any, *, place: str, own: str) -> Q:
    """Condition that holds for what the user may see at the desk.

    `place` and `own` are the look-ups that lead to the unit and to the accounts of the producer. No row comes twice:
    units are asked for in a subquery, and an account belongs to a producer once. DISTINCT would compare every column
    of every joined table, and cost more to plan than the rest of a page.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Q(pk__in=[])
    if user.sees_whole_territory:
        return Q()
    if user.role == Role.COMMUNE and user.unit_id and has_permission(user, Permission.DESK_VIEW):
        return Q(**{f"{place}__in": AdministrativeUnit.objects.within(user.unit).values("pk")})
    if user.role == Role.PRODUCER:
        return Q(**{own: user})
    return Q(pk__in=[])


class ProducerQuerySet(models.QuerySet[Any]):
    """Producers of the register."""

    def visible_to(self, user: Any) -> Self:
        """Those in the user's scope: the whole territory, one commune (with what merged into it), or one's own."""
        return self.filter(scope_of(user, place="place", own="accounts"))

    def with_place(self) -> Self:
        """With the units that a place is told by, in one query."""
        return self.select_related("place", "place__district", "place__current")

    def search(self, text: str) -> Self:
        """Every word of the text occurs in the name, whatever the diacritics."""
        found = self
        for word in fold(text).split()[:8]:
            found = found.filter(name_fold__contains=word)
        return found
