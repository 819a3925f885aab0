"""Administrative units in time: a code means one unit before 1/7/2025 and perhaps another one after it."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today, read_day, told
from ocop_portal.api.problems import Refused
from ocop_portal.models import AdministrativeUnit, UnitSuccession
from ocop_portal.querysets import bearer
from reports.api.common import FOUND, LISTED, AsOf, Page, Paging, UnitKey
from reports.open_data.rows.units import UnitRow, of_register, successions, unit_row

router = Router(tags=["Đơn vị hành chính"])
Level = Annotated[str, OneOf(tuple(AdministrativeUnit.Level.choices))]


class UnitQuery(Paging):
    level: Level | None = Field(None, description="Cấp.")
    ended: bool = Field(False, description="true: kể cả đơn vị đã kết thúc hoặc chưa có vào ngày xem.")
    as_of: Day = AS_OF


class UnitPage(Page):
    as_of: date = Field(title="Ngày xem")
    results: list[UnitRow]


class SuccessionOut(Schema):
    """A unit that this one went into, or that went into it."""

    unit: str = Field(title="Khóa của đơn vị")
    name: str = Field(title="Tên")
    kind: str = told("Phạm vi", "ocop_portal_unitsuccession.kind", values=UnitSuccession.Kind.choices)
    effective_on: date = Field(title="Từ ngày")


class UnitOut(UnitRow):
    became: list[SuccessionOut] = Field(title="Đi vào các đơn vị")
    came_of: list[SuccessionOut] = Field(title="Hình thành từ các đơn vị")


@router.get(
    "",
    response={200: UnitPage, **LISTED},
    url_name="units",
    operation_id="listUnits",
    summary="Danh sách đơn vị hành chính",
)
def units(request: HttpRequest, asked: Query[UnitQuery]) -> dict[str, Any]:
    """Tỉnh, huyện, xã có vào ngày xem; thêm ended=true để có cả những đơn vị trước và sau ngày ấy."""
    day = or_today(asked.as_of)
    found = of_register()
    if not asked.ended:
        found = found.standing(day)  # type: ignore[attr-defined]
    if asked.level:
        found = found.filter(level=asked.level)
    page = sliced(request, found, ["code", "pk"], asked.limit, asked.cursor)
    after, before = successions(page.rows)
    return {
        "as_of": day,
        "results": [unit_row(unit, after, before) for unit in page.rows],
        "next": next_address(request, page.next),
    }


@router.get(
    "/{key}",
    response={200: UnitOut, **FOUND},
    url_name="unit",
    operation_id="getUnit",
    summary="Một đơn vị hành chính",
)
def unit(request: HttpRequest, key: Path[UnitKey], asked: Query[AsOf]) -> dict[str, Any]:
    """Đơn vị mang mã này vào ngày xem; “02173@2025-06-30” là đơn vị mang mã ấy vào ngày 30/6/2025."""
    code, _, pinned = key.partition("@")
    found = bearer(list(of_register().filter(code=code)), read_day(pinned) or or_today(asked.as_of))
    if found is None:
        raise Refused(404, f"Không có đơn vị hành chính nào mang mã “{key}” trong sổ bộ.")
    after, before = successions([found])
    return {
        **unit_row(found, after, before),
        "became": [_step(s, s.successor) for s in after.get(found.pk, ())],
        "came_of": [_step(s, s.predecessor) for s in before.get(found.pk, ())],
    }


def _step(step: UnitSuccession, other: AdministrativeUnit) -> dict[str, Any]:
    return {
        "unit": other.reference,
        "name": other.name,
        "kind": step.kind,
        "effective_on": step.effective_on,
    }
