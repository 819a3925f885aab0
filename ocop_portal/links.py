"""Whole addresses, for what leaves the portal: QR codes, prints, files."""

from django.conf import settings
from django.http import HttpRequest


def absolute(request: HttpRequest, path: str) -> str:
    """The path under the portal's public address (`SITE_URL`), else under the host that was asked."""
    return f"{settings.SITE_URL.rstrip('/')}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
