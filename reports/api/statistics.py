"""Figures of the register as of a day: the contract of design §4, which is never changed, only added to."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from ocop_portal.api.fields import or_today
from reports.api.common import FOUND, AsOf
from reports.statistics import Statistics

router = Router(tags=["Số liệu"])
PRODUCTS = {"x-unit": "sản phẩm"}


def _count(title: str, unit: str = "sản phẩm") -> Any:
    return Field(title=title, json_schema_extra={"x-unit": unit})


class Figures(Schema):
    """Figures of the register as of a day. Counts are products unless said otherwise."""

    as_of: date = Field(title="Ngày xem")
    products: int = _count("Sản phẩm được dùng sao")
    stars_3: int = _count("Trong đó 3 sao")
    stars_4: int = _count("Trong đó 4 sao")
    stars_5: int = _count("Trong đó 5 sao")
    in_force: int = _count("Còn hiệu lực trên 180 ngày")
    expiring: int = _count("Sắp hết hạn, trong 180 ngày")
    extended: int = _count("Được gia hạn")
    revoked: int = _count("Đã thu hồi")
    target: int | None = _count("Chỉ tiêu của kế hoạch")
    communes: int = _count("Xã, phường trên địa bàn", "xã, phường")
    communes_with_product: int = _count("Xã, phường có sản phẩm", "xã, phường")
    lapsed_not_reassessed: int = _count("Hết hạn, chưa đánh giá lại; tính riêng")
    raw_material_area: int = _count("Có vùng nguyên liệu được chứng nhận")
    exported: int = _count("Có xuất khẩu")
    on_postmart: int = _count("Bán trên PostMart")
    geographical_indications: int = _count("Chỉ dẫn địa lý", "chỉ dẫn")
    collective_marks: int = _count("Nhãn hiệu tập thể", "nhãn hiệu")
    producers: int = _count("Chủ thể có sản phẩm được dùng sao", "chủ thể")
    points_of_sale: int = _count("Điểm bán đang mở", "điểm")
    onsite_campaigns: int = _count("Đợt tư vấn tại chỗ trong năm", "đợt")
    revenue_year: int = _count("Năm của số liệu doanh thu", "năm")
    revenue_grown_percent: float | None = _count("Chủ thể có doanh thu từ 1,1 lần năm trước", "%")


@router.get(
    "",
    response={200: Figures, **FOUND},
    url_name="statistics",
    operation_id="getStatistics",
    summary="Số liệu tính đến một ngày",
)
def statistics(request: HttpRequest, asked: Query[AsOf]) -> Figures:
    """Số liệu của sổ bộ như vào ngày xem; số của một ngày đã qua không thay đổi khi sổ bộ chỉ ghi thêm việc mới."""
    return Figures(**Statistics(or_today(asked.as_of)).as_figures())
