"""What every template may say about the portal itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ocop_portal.clock import today

DESK = (
    ("desk:home", "Việc cần làm", "list"),
    ("desk:products", "Sản phẩm", "package"),
    ("desk:producers", "Chủ thể", "users"),
    ("desk:decisions", "Quyết định", "file-text"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`portal`: name, province, office, whether this is a demo, and the day. At the desk also `desk_nav`."""
    context: dict[str, Any] = {"portal": {**settings.SITE, "demo": settings.DEMO, "today": today()}}
    if request.path.startswith("/can-bo/"):
        context["desk_nav"] = _desk_nav(request.path)
    return context


def _desk_nav(path: str) -> list[dict[str, Any]]:
    home = reverse("desk:home")
    return [
        {
            "label": label,
            "url": (url := reverse(name)),
            "icon": icon,
            "current": path == url or (url != home and path.startswith(url)),
        }
        for name, label, icon in DESK
    ]
