"""Decisions: by what each certificate was granted, extended or revoked."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today
from ocop_portal.api.problems import Refused
from products.models import Decision
from reports.api.common import FOUND, LISTED, AsOf, Key, Page, Paging, site
from reports.open_data.rows.decisions import DecisionRow, decision_row, known

router = Router(tags=["Quyết định"])
Kind = Annotated[str, OneOf(tuple(Decision.Kind.choices))]
Level = Annotated[str, OneOf(tuple(Decision.Level.choices))]


class DecisionQuery(Paging):
    kind: Kind | None = Field(None, description="Loại quyết định.")
    level: Level | None = Field(None, description="Cấp ban hành.")
    year: int | None = Field(None, ge=2018, le=2100, description="Năm ký.")
    as_of: Day = AS_OF


class DecisionPage(Page):
    as_of: date = Field(title="Ngày xem")
    results: list[DecisionRow]


@router.get(
    "",
    response={200: DecisionPage, **LISTED},
    url_name="decisions",
    operation_id="listDecisions",
    summary="Danh sách quyết định",
)
def decisions(request: HttpRequest, asked: Query[DecisionQuery]) -> dict[str, Any]:
    """Quyết định đã ký đến ngày xem mà giấy chứng nhận công khai dựa vào, mới trước."""
    day = or_today(asked.as_of)
    found = known(day)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.level:
        found = found.filter(issuer_level=asked.level)
    if asked.year:
        found = found.filter(signed_on__year=asked.year)
    page = sliced(request, found, ["-signed_on", "-pk"], asked.limit, asked.cursor)
    return {
        "as_of": day,
        "results": [decision_row(decision, site(request)) for decision in page.rows],
        "next": next_address(request, page.next),
    }


@router.get(
    "/{id}",
    response={200: DecisionRow, **FOUND},
    url_name="decision",
    operation_id="getDecision",
    summary="Một quyết định",
)
def decision(request: HttpRequest, id: Path[Key], asked: Query[AsOf]) -> dict[str, Any]:
    """Quyết định mang số này trong sổ bộ, nếu đã ký vào ngày xem."""
    found = known(or_today(asked.as_of)).filter(pk=id).first()
    if found is None:
        raise Refused(404, f"Không có quyết định số {id} trong sổ bộ công khai.")
    return decision_row(found, site(request))
