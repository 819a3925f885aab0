"""Product sets, and points of sale."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today
from ocop_portal.territory import Territory
from producers.models import PointOfSale
from products.models import ProductGroup
from reports.api.common import LISTED, Page, Paging, UnitKey, places_of, refusals, site
from reports.open_data.rows.groups import GroupRow, group_row
from reports.open_data.rows.points import PointRow, point_rows

groups_router = Router(tags=["Bộ sản phẩm"])
router = Router(tags=["Điểm bán"])
Kind = Annotated[str, OneOf(tuple(PointOfSale.Kind.choices))]


class Groups(Schema):
    results: list[GroupRow]


class PointQuery(Paging):
    kind: Kind | None = Field(None, description="Loại điểm bán.")
    district: UnitKey | None = Field(None, description="Mã huyện, thành phố trước 1/7/2025.")
    commune: UnitKey | None = Field(None, description="Mã xã, phường.")
    as_of: Day = AS_OF


class PointPage(Page):
    as_of: date = Field(title="Ngày xem")
    results: list[PointRow]


@groups_router.get(
    "",
    response={200: Groups, **refusals()},
    url_name="groups",
    operation_id="listGroups",
    summary="Danh sách bộ sản phẩm",
)
def groups(request: HttpRequest) -> dict[str, Any]:
    """26 bộ sản phẩm, trong sáu ngành; mã bộ dùng để lọc sản phẩm."""
    return {"results": [group_row(group) for group in ProductGroup.objects.order_by("code")]}


@router.get(
    "",
    response={200: PointPage, **LISTED},
    url_name="points-of-sale",
    operation_id="listPointsOfSale",
    summary="Danh sách điểm bán",
)
def points(request: HttpRequest, asked: Query[PointQuery]) -> dict[str, Any]:
    """Điểm giới thiệu và bán sản phẩm mở vào ngày xem."""
    day = or_today(asked.as_of)
    found = PointOfSale.objects.open_on(day).with_place()
    if asked.kind:
        found = found.filter(kind=asked.kind)
    places = places_of(Territory(day), asked.district, asked.commune)
    if places is not None:
        found = found.filter(place__in=places)
    page = sliced(request, found, ["name_key", "pk"], asked.limit, asked.cursor)
    return {
        "as_of": day,
        "results": list(point_rows(page.rows, day, site(request))),
        "next": next_address(request, page.next),
    }
