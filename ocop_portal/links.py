"""Whole addresses, for what leaves the portal: QR codes, prints, files."""

from django.conf import settings
from django.http import HttpRequest

from ocop_portal.env import env_str


def absolute(request: HttpRequest, path: str) -> str:
    """The path under the portal's public address (`SITE_URL`), else under the host that was asked."""
    return f"{settings.SITE_URL.rstrip('/')}{path}" if settings.SITE_URL else request.build_absolute_uri(path)


def public_address() -> str:
    """The portal's public address for what no request asked for: letters, calendars. Without a slash at its end.

    `SITE_URL`, else the first plain host name of `ALLOWED_HOSTS`, else this machine, which only a desk has.
    """
    if settings.SITE_URL:
        return str(settings.SITE_URL).rstrip("/")
    host = next((h for h in settings.ALLOWED_HOSTS if h.strip("*.")), "")
    return f"https://{host.lstrip('.')}" if host else f"http://127.0.0.1:{env_str('PORT', '8000')}"


def public_name() -> str:
    """The register's name where there is little room: `Sổ bộ OCOP Bắc Kạn`."""
    return f"Sổ bộ OCOP {settings.SITE['province_name']}"


def here(request: HttpRequest, text: str) -> str:
    """A stored text with the portal's addresses as this reader reaches it, where no public address is set."""
    return text if settings.SITE_URL else text.replace(public_address(), request.build_absolute_uri("/")[:-1])
