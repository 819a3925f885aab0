"""The other lists that the page of reports leads to, where they are there and open to the role."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from ocop_portal.permissions import Permission, has_permission

# (view, label, what it is for, who sees it)
ROOMS = (
    (
        "desk:yearly-figures",
        "Nhập số liệu năm",
        "Doanh thu, lao động của từng chủ thể trên một trang.",
        Permission.FIGURES_ENTER,
    ),
    (
        "desk:import",
        "Nhập sổ bộ từ Excel",
        "Xem trước từng dòng, lỗi chỉ rõ ô; sai một dòng thì chưa lưu gì.",
        Permission.REGISTER_IMPORT,
    ),
    ("desk:campaigns", "Tư vấn, tập huấn", "Các đợt và chủ thể tham gia.", Permission.SUPPORT_KEEP),
    (
        "desk:promotions",
        "Xúc tiến thương mại",
        "Hội chợ, kết nối cung cầu và kết quả.",
        Permission.SUPPORT_KEEP,
    ),
    ("desk:points-of-sale", "Điểm bán", "Nơi giới thiệu và bán, giờ mở cửa.", Permission.SUPPORT_KEEP),
    (
        "desk:news",
        "Tin tức, thông báo",
        "Viết, đăng, gỡ tin và tài liệu kèm theo trên trang công khai.",
        Permission.CONTENT_KEEP,
    ),
    (
        "desk:collections",
        "Bộ sưu tập",
        "Chọn, xếp sản phẩm thành bộ (quà biếu, trà …) trên trang công khai.",
        Permission.CONTENT_KEEP,
    ),
    ("desk:audit", "Nhật ký", "Ai đã ghi, sửa gì, lúc nào, vì sao.", Permission.AUDIT_VIEW),
    ("desk:registry-check", "Rà soát sổ bộ", "Bản ghi mâu thuẫn nhau, cần xem lại.", Permission.AUDIT_VIEW),
)


@dataclass(frozen=True)
class Room:
    label: str
    about: str
    url: str


def rooms_for(user: Any) -> list[Room]:
    """Those of the rooms that are there and that the user may enter."""
    found = []
    for name, label, about, permission in ROOMS:
        if has_permission(user, permission):
            try:
                found.append(Room(label, about, reverse(name)))
            except NoReverseMatch:
                continue
    return found
