"""Writes on councils."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.history import acting
from ratings.models import Council, CouncilMember

REGULATION = (
    "size",
    "quorum_percent",
    "chair_required",
    "spread_limit",
    "minimum_rule",
    "extra_rounds",
    "certificate_format",
)


@transaction.atomic
def copy_council(*, council: Council, year: int, by: Any) -> Council:
    """Next year's council with this one's regulation and the members still in term on its last day.

    Its own decision is not signed yet, so number and day stay open. Interests are declared anew each year.
    Raises ValidationError when that year's copy exists.
    """
    council = Council.objects.select_for_update(no_key=True).get(pk=council.pk)
    if council.copies.filter(year=year).exists():
        raise ValidationError(f"Hội đồng này đã được sao chép sang năm {year}.")
    start, end = date(year, 1, 1), date(year, 12, 31)
    with acting("copy_council", by=by):
        copy = Council.objects.create(
            **{name: getattr(council, name) for name in ("name", "level", *REGULATION)},
            year=year,
            valid_from=start,
            valid_to=end,
            copied_from=council,
        )
        for member in council.members_on(council.valid_to or date(council.year, 12, 31)):
            CouncilMember.objects.create(
                council=copy,
                valid_from=start,
                valid_to=end,
                **{name: getattr(member, name) for name in ("name", "department", "role", "scores", "user")},
            )
    return copy
