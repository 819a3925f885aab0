"""What every template may say about the portal itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ocop_portal.clock import today


def site(request: HttpRequest) -> dict[str, Any]:
    """`site`: name, province, office, whether this is a demo, and the day."""
    return {"site": {**settings.SITE, "demo": settings.DEMO, "today": today()}}
