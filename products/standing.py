"""Standing: a function of a certificate's dates and the day, the same in Python and in SQL.

Nothing here is stored and no job flips a flag. End days are inclusive, as printed (a certificate of
5/8/2026 for 36 months is good to the end of 5/8/2029). Clauses are those of decision 26/2026/QĐ-TTg as
`domain.md` numbers them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.db import models
from django.db.models import Case, CharField, DateField, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

VALIDITY_MONTHS = 36
"""A certificate runs 36 months from its issue (domain §3.9)."""
EXPIRING_DAYS = 180
"""The window in which re-assessment is filed opens 180 days before the end (domain §3.5)."""
EXTENSION_DAYS = 180
"""A late re-assessment keeps a certificate alive for at most 180 days past its end (art. 12.3)."""


class Standing(models.TextChoices):
    """What a certificate is on a day. Values appear in addresses and exports and are never renamed."""

    IN_FORCE = "in_force", _("còn hiệu lực")
    EXPIRING = "expiring", _("sắp hết hạn")
    EXTENDED = "extended", _("được gia hạn")
    EXPIRED = "expired", _("hết hiệu lực")
    REVOKED = "revoked", _("đã thu hồi")
    REPLACED = "replaced", _("đã thay thế")
    NOT_YET_VALID = "not_yet_valid", _("chưa có hiệu lực")


STANDS = (Standing.IN_FORCE, Standing.EXPIRING, Standing.EXTENDED)
"""The standings in which the star may be printed on a pack."""


class Dated(Protocol):
    """The dates that decide a standing."""

    valid_from: date
    valid_to: date
    extended_to: date | None
    revoked_on: date | None
    superseded_on: date | None


@dataclass(frozen=True)
class Dates:
    """Plain dates of a certificate, for arithmetic without a row."""

    valid_from: date
    valid_to: date
    extended_to: date | None = None
    revoked_on: date | None = None
    superseded_on: date | None = None


def add_months(day: date, months: int) -> date:
    """The same calendar day `months` later; the last day of the month where that day is missing."""
    years, month = divmod(day.month - 1 + months, 12)
    first_of_next = date(day.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(day.year + years, month + 1, min(day.day, last))


def proposed_end(valid_from: date) -> date:
    """The end that the rule proposes: the same calendar day 36 months on, inclusive."""
    return add_months(valid_from, VALIDITY_MONTHS)


def last_day(certificate: Dated) -> date:
    """The last day the certificate would run, extension included, were it neither revoked nor replaced."""
    return certificate.extended_to or certificate.valid_to


def extension_window(certificate: Dated) -> tuple[date, date]:
    """The days on which an extension may be entered: from the opening of re-assessment to the last day it can reach."""
    end = certificate.valid_to
    return end - timedelta(days=EXPIRING_DAYS), end + timedelta(days=EXTENSION_DAYS)


def standing_on(certificate: Dated, day: date) -> Standing:
    """The standing of one certificate on the day.

    Revocation comes first, since it is what a reader must know. A certificate that had ended before its
    successor began is expired, not replaced.
    """
    if certificate.revoked_on and certificate.revoked_on <= day:
        return Standing.REVOKED
    if certificate.superseded_on and certificate.superseded_on <= min(day, last_day(certificate)):
        return Standing.REPLACED
    if day < certificate.valid_from:
        return Standing.NOT_YET_VALID
    if day > last_day(certificate):
        return Standing.EXPIRED
    if day > certificate.valid_to:
        return Standing.EXTENDED
    if (certificate.valid_to - day).days <= EXPIRING_DAYS:
        return Standing.EXPIRING
    return Standing.IN_FORCE


def standing_case(day: date, prefix: str = "", *, governing: bool = False) -> Case:
    """`standing_on` as one SQL expression over certificate columns (`prefix` leads to them by a relation).

    One that is known to be governing has begun and is not replaced; then the question is not put.
    """

    def p(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    end = Coalesce(F(f"{prefix}extended_to"), F(f"{prefix}valid_to"), output_field=DateField())
    elsewhen = (
        When(p(superseded_on__lte=day) & p(superseded_on__lte=end), then=Value(Standing.REPLACED)),
        When(p(valid_from__gt=day), then=Value(Standing.NOT_YET_VALID)),
    )
    return Case(
        When(p(revoked_on__lte=day), then=Value(Standing.REVOKED)),
        *(() if governing else elsewhen),
        When(
            p(valid_to__lt=day) & ~p(extended_to__isnull=False, extended_to__gte=day),
            then=Value(Standing.EXPIRED),
        ),
        When(p(valid_to__lt=day), then=Value(Standing.EXTENDED)),
        When(p(valid_to__lte=day + timedelta(days=EXPIRING_DAYS)), then=Value(Standing.EXPIRING)),
        default=Value(Standing.IN_FORCE),
        output_field=CharField(),
    )


def standing_condition(day: date, standings: tuple[str, ...], prefix: str = "") -> Q:
    """Condition that a *governing* certificate (started, not yet succeeded) has one of the standings.

    Written as plain date ranges where it can be, so that the planner may use the indexes on dates.
    """

    def p(**lookups: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in lookups.items()})

    soon = day + timedelta(days=EXPIRING_DAYS)
    unrevoked = p(revoked_on__isnull=True) | p(revoked_on__gt=day)
    extended = p(extended_to__isnull=False, extended_to__gte=day)
    conditions = {
        Standing.IN_FORCE: unrevoked & p(valid_to__gt=soon),
        Standing.EXPIRING: unrevoked & p(valid_to__range=(day, soon)),
        Standing.EXTENDED: unrevoked & p(valid_to__lt=day) & extended,
        Standing.EXPIRED: unrevoked & p(valid_to__lt=day) & ~extended,
        Standing.REVOKED: p(revoked_on__lte=day),
    }
    found = Q(pk__in=[])
    for standing in standings:
        if condition := conditions.get(Standing(standing)):
            found |= condition
    return found


def stands_condition(day: date, prefix: str = "") -> Q:
    """Condition that a governing certificate stands on the day: the star may be used."""
    return standing_condition(day, STANDS, prefix)
