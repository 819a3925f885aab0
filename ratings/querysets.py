"""Named reads of rulesets, rounds, dossiers and sheets. What depends on the user or the day takes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Q

from ocop_portal.permissions import Permission, Role, has_permission
from producers.querysets import scope_of
from ratings.transitions import IN_ROUND, OPEN, State


class RulesetQuerySet(models.QuerySet[Any]):
    """Editions of rulesets."""

    def newest(self, code: str) -> Any | None:
        """The edition in use of a code; None if none was ever loaded."""
        return self.filter(code=code).order_by("-edition").first()

    def in_force(self, day: date) -> Any | None:
        """The edition under which a dossier filed on the day is assessed; None where no criteria are on record."""
        begun = self.filter(in_force_from__lte=day, sets__isnull=False)
        return begun.order_by("-in_force_from", "-edition").distinct().first()


class RoundQuerySet(models.QuerySet[Any]):
    """Assessment rounds."""

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """All, for those who keep or sign rounds; to council members those of their councils."""
        if has_permission(user, Permission.ROUND_VIEW):
            return self.all()
        if has_permission(user, Permission.SCORE):
            return self.filter(council__in=user.council_memberships.values("council"))
        return self.none()

    def with_counts(self) -> Self:
        """With `dossier_count` and `decided_count`."""
        decided = Q(dossiers__state__in=(State.RECOGNISED, State.NOT_RECOGNISED))
        return self.annotate(dossier_count=Count("dossiers"), decided_count=Count("dossiers", filter=decided))


def seat_condition(user: Any) -> Q:
    """Holds for dossiers of rounds whose council the user sits in, while they are the council's matter."""
    return Q(state__in=IN_ROUND, round__council__in=user.council_memberships.values("council"))


class DossierQuerySet(models.QuerySet[Any]):
    """Dossiers."""

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def visible_to(self, user: Any) -> Self:
        """Those in the user's scope: the territory, a commune's, a producer's own, or those of a member's council."""
        if not has_permission(user, Permission.DOSSIER_VIEW):
            return self.none()
        if user.role == Role.COUNCIL:
            return self.filter(seat_condition(user))
        return self.filter(
            scope_of(user, place="unit", own="product__producer__accounts")
            | scope_of(user, place="product__place", own="product__producer__accounts")
        )

    def with_line(self) -> Self:
        """With all that a line of a list tells, in one query."""
        return self.select_related(
            "product__producer",
            "product__group",
            "product__place__district",
            "product__place__current",
            "unit__district",
            "round",
            "criteria_set__ruleset",
            "certificate",
        )

    def late_at_commune(self, day: date) -> Self:
        """Those that the commune should have dealt with by now (15 working days)."""
        return self.filter(state=State.SUBMITTED, commune_due_on__lt=day)


class SheetQuerySet(models.QuerySet[Any]):
    """Score sheets."""

    def of(self, user: Any) -> Self:
        """The user's own sheets, whatever council they were written in."""
        return self.filter(member__user=user)

    def current(self) -> Self:
        """The last turn of each member for each dossier: the one that counts."""
        later = self.model.objects.filter(
            dossier=models.OuterRef("dossier"),
            member=models.OuterRef("member"),
            turn__gt=models.OuterRef("turn"),
        )
        return self.filter(~models.Exists(later))

    def signed(self) -> Self:
        return self.filter(signed_at__isnull=False)

    def readable_by(self, user: Any, dossier: Any) -> Self:
        """The sheets of a dossier that the user may read: one's own, and all once none is open any more.

        Members score alone (domain §4); officials too see numbers only after the last signature.
        """
        sheets = self.filter(dossier=dossier)
        if has_permission(user, Permission.SHEETS_VIEW) and self.told_to(user, dossier):
            return sheets
        return sheets.of(user)

    def told_to(self, user: Any, dossier: Any) -> bool:
        """Whether the numbers of a dossier may be told: no sheet is waited for, and the user has none open there."""
        if dossier.state != State.SCORING:
            return True
        own = self.filter(dossier=dossier).current().filter(signed_at__isnull=True).of(user)
        return not self.waited_for(dossier).exists() and not own.exists()

    def waited_for(self, dossier: Any) -> Self:
        """The unsigned current sheets of a dossier without which the council cannot conclude.

        Members recorded as absent, and those who declared an interest after scoring was opened, are not waited for.
        """
        unsigned = self.filter(dossier=dossier).current().filter(signed_at__isnull=True)
        absent = Q(member__attendances__session=dossier.session_id, member__attendances__present=False)
        shut = Q(member__interests__producer=dossier.product.producer_id)
        return unsigned.exclude(pk__in=unsigned.filter(absent | shut).values("pk"))

    def with_progress(self) -> Self:
        """With `chosen` (criteria answered) and `asked` (criteria of the set)."""
        return self.annotate(
            chosen=Count("choices", distinct=True),
            asked=Count("dossier__criteria_set__criteria", distinct=True),
        )

    def for_list(self) -> Self:
        """With all that a line of a member's list tells."""
        return self.select_related(
            "dossier__product__producer",
            "dossier__product__group",
            "dossier__session",
            "dossier__round",
            "member",
        ).order_by(F("dossier__session__held_on").asc(nulls_last=True), "dossier__product__name_key", "pk")
