"""Records of rooms that a register may do without: counted where they are kept, left out of the report where not."""

from typing import Any

from django.apps import apps

NOT_KEPT = object()
"""There are no such records in this register, or none that can be told of the part asked for."""


def kept_in_year(reading: Any, label: str, day: str, **conditions: Any) -> Any:
    """How many records of the model fall into the year by their day, in the reader's scope; else NOT_KEPT."""
    if reading.asked.units or not apps.is_installed(label.partition(".")[0]):
        return NOT_KEPT
    try:
        model = apps.get_model(label)
    except LookupError:
        return NOT_KEPT
    found = model._default_manager.filter(
        **{f"{day}__year": reading.year, f"{day}__lte": reading.day}, **conditions
    )
    narrow = getattr(found, "visible_to", None)
    return (narrow(reading.asked.user) if narrow else found).count()
