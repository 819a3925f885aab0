"""Points of display and sale that are open on the day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext_noop as _

from ocop_portal.api.fields import told
from producers.models import PointOfSale
from products.selling import listed_supplies
from reports.open_data.rows.base import ADDRESS, OpenTable, PlaceFields, Row, Site, place_fields


class PointRow(PlaceFields):
    """A point of sale, with the producers whose goods it sells."""

    id: int = told(_("Số của điểm bán"), "producers_pointofsale.id", example=1)
    name: str = told(_("Tên điểm bán"), "producers_pointofsale.name")
    kind: str = told(
        _("Loại điểm bán"), "producers_pointofsale.kind", values=PointOfSale.Kind.choices, example="shop"
    )
    keeper: str = told(_("Đơn vị quản lý"), "producers_pointofsale.keeper")
    address: str = told(_("Địa chỉ"), "producers_pointofsale.address")
    longitude: float | None = told(_("Kinh độ (WGS 84)"), "producers_pointofsale.longitude", example=105.83)
    latitude: float | None = told(_("Vĩ độ (WGS 84)"), "producers_pointofsale.latitude", example=22.15)
    opening_hours: str = told(_("Giờ mở cửa"), "producers_pointofsale.opening_hours")
    phone: str = told(_("Điện thoại"), "producers_pointofsale.phone")
    website: str = told(_("Trang web"), "producers_pointofsale.website")
    opened_on: date = told(_("Mở từ ngày"), "producers_pointofsale.opened_on", example="2024-05-01")
    closed_on: date | None = told(_("Đóng từ ngày"), "producers_pointofsale.closed_on")
    producer_ids: list[int] = told(_("Số của các chủ thể có hàng ở đây"), "producers_supply.producer_id")
    made_up: bool = told(_("Dữ liệu minh họa"), "producers_pointofsale.made_up")
    url: str = told(_("Trang của điểm bán"), ADDRESS, example="https://ocop.example.vn/diem-ban/1/")


def point_rows(points: Iterable[PointOfSale], day: date, site: Site) -> Iterator[Row]:
    """One query, after `with_place()`. Producers of the public register only."""
    points = list(points)
    sold: dict[int, list[int]] = defaultdict(list)
    for supply in listed_supplies(points, day):
        sold[supply.point_id].append(supply.producer_id)
    for point in points:
        yield {
            **place_fields(point.place),
            "id": point.pk,
            "name": point.name,
            "kind": point.kind,
            "keeper": point.keeper,
            "address": point.address,
            "longitude": None if point.longitude is None else float(point.longitude),
            "latitude": None if point.latitude is None else float(point.latitude),
            "opening_hours": point.opening_hours,
            "phone": point.phone,
            "website": point.website,
            "opened_on": point.opened_on,
            "closed_on": point.closed_on if point.closed_on and point.closed_on <= day else None,
            "producer_ids": sorted(sold[point.pk]),
            "made_up": point.made_up,
            "url": site.page(point.get_absolute_url()),
        }


def _rows(day: date, site: Site) -> Iterator[Row]:
    yield from point_rows(PointOfSale.objects.open_on(day).with_place().order_by("pk"), day, site)


TABLE = OpenTable(
    "points-of-sale",
    _("Điểm bán"),
    _("Mỗi dòng một điểm giới thiệu và bán sản phẩm đang mở."),
    PointRow,
    _rows,
)
