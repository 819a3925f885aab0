"""Pages by cursor: each goes on behind the last row of the one before, so rows that are added meanwhile shift nothing.

A cursor is signed and bound to its list, parameters and order: what is not ours, or of another list, is refused.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from ocop_portal.api.problems import Refused
from ocop_portal.links import absolute

LEAST, USUAL, MOST = 1, 100, 500
"""Rows of a page."""
OF_PAGE = ("cursor", "limit")
_SALT = "ocop_portal.api.cursors"


@dataclass(frozen=True)
class Slice:
    """The rows of one page, and the cursor of the next; None on the last."""

    rows: list[Any]
    next: str | None


def sliced(
    request: HttpRequest, found: QuerySet[Any], order: Sequence[str], limit: int, cursor: str
) -> Slice:
    """The page of `found` behind the cursor ("": the first), in an order by fields that are never NULL.

    `order` ends with a field that tells every row apart; "-" before a name turns it. One query. Raises Refused.
    """
    after = read(request, cursor, len(order)) if cursor else None
    if after:
        found = found.filter(_behind(order, after))
    rows = list(found.order_by(*order)[: limit + 1])
    if len(rows) <= limit:
        return Slice(rows, None)
    last = rows[limit - 1]
    return Slice(rows[:limit], written(request, [_value(last, name.lstrip("-")) for name in order]))


def _behind(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Condition for rows that come after the one with these values."""
    found, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, beyond = (name[1:], "lt") if name.startswith("-") else (name, "gt")
        found |= same & Q(**{f"{field}__{beyond}": value})
        same &= Q(**{field: value})
    # Said by itself too: the planner then enters an index of the first field where the page begins.
    field, bound = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{field}__{bound}": values[0]}) & found


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row.isoformat() if isinstance(row, date) else row


def written(request: HttpRequest, values: list[Any]) -> str:
    """The cursor of a row with these values. The same row gives the same cursor."""
    return Signer(salt=_SALT).sign_object([_list(request), values], compress=True)


def read(request: HttpRequest, cursor: str, length: int) -> list[Any]:
    """The values of a cursor of this list. Raises Refused (400)."""
    try:
        bound_to, values = Signer(salt=_SALT).unsign_object(cursor)
    # Decoding what somebody made up fails in many ways.
    except (BadSignature, ValueError, TypeError, OSError, EOFError) as error:
        raise Refused(400, "Con trỏ trang (cursor) không đọc được: hãy lấy nguyên địa chỉ “next”.") from error
    if bound_to != _list(request) or len(values) != length:
        raise Refused(400, "Con trỏ trang (cursor) là của một danh sách khác: hãy bắt đầu lại từ trang đầu.")
    return list(values)


def _list(request: HttpRequest) -> str:
    """Which list is read: address and parameters, those of the page aside."""
    params = sorted(
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in OF_PAGE and value.strip()
    )
    return hashlib.sha256(json.dumps([request.path, params]).encode()).hexdigest()[:16]


def next_address(request: HttpRequest, cursor: str | None) -> str | None:
    """The whole address of the next page; the door tells it in the header `Link` too."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    address = absolute(request, f"{request.path}?{query.urlencode(safe='@:')}")
    request.next_page = address  # type: ignore[attr-defined]
    return address
