"""Figures of the yearly report and of the grid, as they are written here."""

from typing import Any

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def figure(told: Any, which: str) -> str:
    """A value of a `reports.figures.Figure`: value, before or change (with its sign)."""
    return str(told.shown(getattr(told, which), signed=which == "change"))


@register.filter
def amount(value: Any, places: int = 1) -> str:
    """A number with so many decimals and its groups, such as 1.250,5; a dash where it is not known."""
    if value is None:
        return "–"
    return number_format(value, places, use_l10n=True, force_grouping=True)
