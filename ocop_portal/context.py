"""What every template may say about the portal itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ocop_portal.clock import today
from ocop_portal.permissions import Permission, has_permission

# (view, label, icon, who sees it)
DESK = (
    ("desk:home", "Việc cần làm", "list", Permission.DESK_VIEW),
    ("desk:lapses", "Theo dõi hạn", "clock", Permission.DESK_VIEW),
    ("desk:sheets", "Phiếu của tôi", "pencil", Permission.SCORE),
    ("desk:dossiers", "Hồ sơ", "book", Permission.DOSSIER_VIEW),
    ("desk:rounds", "Đợt đánh giá", "calendar", Permission.ROUND_VIEW),
    ("desk:products", "Sản phẩm", "package", Permission.DESK_VIEW),
    ("desk:producers", "Chủ thể", "users", Permission.DESK_VIEW),
    ("desk:decisions", "Quyết định", "award", Permission.DESK_VIEW),
    ("desk:reports", "Báo cáo", "chart", Permission.REPORT_VIEW),
    ("desk:complaints", "Phản ánh", "alert", Permission.COMPLAINT_KEEP),
    ("desk:own-complaints", "Phản ánh", "alert", Permission.COMPLAINT_REPLY),  # nobody holds both
    ("desk:inbox", "Hộp thư", "mail", Permission.INBOX),
)


# Addresses of an entry that do not begin with its own.
BELONGS = {
    "desk:dossiers": ("/can-bo/minh-chung/", "/can-bo/lich-su/ho-so/"),
    "desk:rounds": ("/can-bo/phien-hop/", "/can-bo/lich-su/dot-danh-gia/", "/can-bo/lich-su/phien-hop/"),
    "desk:products": (
        "/can-bo/giay-chung-nhan/",
        "/can-bo/lich-su/san-pham/",
        "/can-bo/lich-su/giay-chung-nhan/",
    ),
    "desk:producers": ("/can-bo/lich-su/chu-the/",),
    "desk:decisions": ("/can-bo/lich-su/quyet-dinh/",),
    "desk:reports": (
        "/can-bo/so-lieu-nam/",
        "/can-bo/nhap-excel/",
        "/can-bo/nhat-ky/",
        "/can-bo/ra-soat/",
        "/can-bo/tu-van/",
        "/can-bo/xuc-tien/",
        "/can-bo/diem-ban/",
        "/can-bo/tin-tuc/",
        "/can-bo/bo-suu-tap/",
    ),
    "desk:complaints": ("/can-bo/kiem-tra/", "/can-bo/canh-bao/"),
}


def first_desk_page(user: Any) -> str | None:
    """Name of the view that a user's work begins at; None for those who have no desk."""
    return next((name for name, _, _, permission in DESK if has_permission(user, permission)), None)


def site(request: HttpRequest) -> dict[str, Any]:
    """`portal`: name, province, office, whether this is a demo, and the day. At the desk also `desk_nav`."""
    context: dict[str, Any] = {"portal": {**settings.SITE, "demo": settings.DEMO, "today": today()}}
    if page := first_desk_page(getattr(request, "user", None)):
        context["desk_url"] = reverse(page)
    if request.path.startswith("/can-bo/"):
        context["desk_nav"] = _desk_nav(request)
    return context


def _desk_nav(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries that the user may open, the current one marked."""
    home, path = reverse("desk:home"), request.path
    return [
        {
            "label": label,
            "url": (url := reverse(name)),
            "icon": icon,
            "current": path == url or (url != home and path.startswith((url, *BELONGS.get(name, ())))),
        }
        for name, label, icon, permission in DESK
        if has_permission(request.user, permission)
    ] + (
        [{"label": "Quản trị", "url": reverse("admin:index"), "icon": "settings", "current": False}]
        if has_permission(request.user, Permission.ADMIN_SITE)
        else []
    )
