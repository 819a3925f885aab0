"""The desk's lists of support as tables, row by row as on the page. Cells are made inert by `ocop_portal.sheets`."""

from collections.abc import Iterable, Iterator
from typing import Any

from ocop_portal.forms import unit_label
from producers.models import Campaign, PointOfSale, Promotion

CAMPAIGN_HEADER = (
    "Tên đợt",
    "Hình thức",
    "Nội dung",
    "Đơn vị tổ chức",
    "Kế hoạch, văn bản",
    "Địa bàn",
    "Từ ngày",
    "Đến ngày",
    "Số chủ thể",
    "Số người của chủ thể",
    "Số người khác",
    "Kinh phí (triệu đồng)",
    "Chủ thể tham gia",
    "Đánh giá chung",
    "Lý do hủy",
    "Ghi chú",
)
PROMOTION_HEADER = (
    "Tên sự kiện",
    "Hình thức",
    "Đơn vị tổ chức",
    "Kế hoạch, văn bản",
    "Nơi tổ chức",
    "Địa bàn",
    "Từ ngày",
    "Đến ngày",
    "Số chủ thể",
    "Doanh số (triệu đồng)",
    "Hợp đồng, biên bản ghi nhớ",
    "Kinh phí (triệu đồng)",
    "Chủ thể tham gia",
    "Đánh giá chung",
    "Lý do hủy",
    "Ghi chú",
)
POINT_HEADER = (
    "Tên điểm bán",
    "Loại",
    "Đơn vị quản lý",
    "Địa bàn",
    "Địa chỉ",
    "Tọa độ",
    "Giờ mở cửa",
    "Điện thoại",
    "Trang web",
    "Mở từ ngày",
    "Đóng từ ngày",
    "Số chủ thể có hàng",
    "Chủ thể có hàng",
    "Ghi chú",
)


def campaign_rows(campaigns: Iterable[Campaign]) -> Iterator[list[Any]]:
    """Under `CAMPAIGN_HEADER`, of campaigns with their counts and `mine` (see `desk.scope.with_parts`)."""
    for c in campaigns:
        yield [
            c.name,
            c.get_kind_display(),
            c.subject,
            c.organiser,
            c.plan,
            unit_label(c.place),
            c.starts_on,
            c.ends_on,
            c.parts,  # type: ignore[attr-defined]
            c.people,  # type: ignore[attr-defined]
            c.others,
            c.cost,
            _names(c),
            c.outcome,
            c.cancelled_reason,
            _remark(c),
        ]


def promotion_rows(promotions: Iterable[Promotion]) -> Iterator[list[Any]]:
    """Under `PROMOTION_HEADER`."""
    for p in promotions:
        yield [
            p.name,
            p.get_kind_display(),
            p.organiser,
            p.plan,
            p.venue,
            unit_label(p.place) if p.place else "",
            p.starts_on,
            p.ends_on,
            p.parts,  # type: ignore[attr-defined]
            p.sales,  # type: ignore[attr-defined]
            p.contracts,  # type: ignore[attr-defined]
            p.cost,
            _names(p),
            p.outcome,
            p.cancelled_reason,
            _remark(p),
        ]


def point_rows(points: Iterable[PointOfSale]) -> Iterator[list[Any]]:
    """Under `POINT_HEADER`."""
    for p in points:
        yield [
            p.name,
            p.get_kind_display(),
            p.keeper,
            unit_label(p.place),
            p.address,
            p.told_position,
            p.opening_hours,
            p.phone,
            p.website,
            p.opened_on,
            p.closed_on,
            p.parts,  # type: ignore[attr-defined]
            _names(p),
            _remark(p),
        ]


def _names(whole: Any) -> str:
    return "; ".join(part.producer.name for part in whole.mine)


def _remark(whole: Any) -> str:
    return "Dữ liệu minh họa" if whole.made_up else ""
