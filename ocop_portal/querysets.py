"""Named reads of the core tables."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q


def bearer(units: list[Any], day: date) -> Any | None:
    """Of the units that bear one code, the one it means to a reader on that day.

    Codes are reused: the one standing on the day comes first, else the last that bore the code before, else the
    first to come.
    """
    units = sorted(units, key=lambda u: u.valid_from or date.min)
    on_day = [u for u in units if u.stands_on(day)]
    before = [u for u in units if u.valid_to and u.valid_to < day]
    return next(iter(on_day or before[-1:] or units), None)


class UnitQuerySet(models.QuerySet[Any]):
    """Administrative units, which stand for a time only. `valid_to` is the last day, inclusive, as everywhere."""

    def standing(self, day: date) -> Self:
        """Units that exist on the day. On a hand-over day exactly one unit bears a code."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        )

    def in_territory(self) -> Self:
        """Units whose products this register keeps."""
        return self.filter(in_territory=True)

    def communes(self) -> Self:
        return self.filter(level=self.model.Level.COMMUNE)

    def districts(self) -> Self:
        return self.filter(level=self.model.Level.DISTRICT)

    def bearing(self, code: str, day: date) -> Any | None:
        """The unit that the code means to a reader on that day, as `bearer`."""
        return bearer(list(self.filter(code=code)), day)

    def within(self, unit: Any) -> Self:
        """The unit and everything that lay or lies in it: its parts, and what was merged into it."""
        return self.filter(
            Q(pk=unit.pk)
            | Q(parent=unit.pk)
            | Q(parent__parent=unit.pk)
            | Q(current=unit.pk)
            | Q(district=unit.pk)
        )
