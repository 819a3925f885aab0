"""Which records have a history that may be asked for: their name in addresses, their scope, their page, their parts.

The desks register theirs when their addresses are read: `register(Kind("san-pham", Product, …))`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse

from ocop_portal.permissions import Permission, has_permission


@dataclass(frozen=True)
class Kind:
    """A kind of record with a history of its own.

    `scope` gives what a user may see (anything else answers 404), `page` names the view of one record (empty: it has
    none). `parts` are the tracked models whose rows belong to the record, with the column that points at it.
    """

    slug: str
    model: type[Model]
    scope: Callable[[Any], QuerySet[Any]]
    page: str = ""
    parts: tuple[tuple[type[Model], str], ...] = ()


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; registered again, a kind replaces its earlier self."""
    KINDS.update({kind.slug: kind for kind in kinds})


def kind_of(model: type[Model]) -> Kind | None:
    """The kind whose records are of the model; None where they have no history page."""
    return next((kind for kind in KINDS.values() if kind.model is model), None)


def whole_of(model: type[Model]) -> tuple[Kind, str] | None:
    """(kind, column that points at it) of what rows of the model are a part of."""
    for kind in KINDS.values():
        for part, column in kind.parts:
            if part is model and kind_of(model) is None:
                return kind, column
    return None


def address(model: type[Model], row: dict[str, Any], user: Any) -> str:
    """Where a row is read: its page, the page of what it is a part of, or its admin page; empty where there is none.

    `row` is a version of it by columns, so that no query is needed.
    """
    kind, key = kind_of(model), row.get("id")
    if kind is None and (whole := whole_of(model)):
        kind, column = whole
        key = row.get(column)
    if kind is not None and key:
        return reverse(kind.page, args=[key]) if kind.page else reverse("desk:history", args=[kind.slug, key])
    if has_permission(user, Permission.ADMIN_SITE) and key:
        try:
            return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])
        except NoReverseMatch:
            return ""
    return ""
