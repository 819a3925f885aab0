"""How often a day something may be done: counted once over all workers, without keeping who did it.

The cache is shared by the workers, and each count is a row that only one of them can add, so no limit is overrun by
asking twice at once. What is kept of a reader is a keyed hash that changes with the day.
"""

import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from ocop_portal.clock import today

DAY_SECONDS = 24 * 60 * 60


def reader_of(request: HttpRequest) -> str:
    """A name for the reader's address that says nothing about it, and another one tomorrow.

    Of an IPv6 address the network counts: a household has 2^64 of them.
    """
    try:
        address = get_adapter().get_client_ip(request)
    except (ImproperlyConfigured, PermissionDenied):
        address = request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ipaddress.ip_address(address)
        network = ipaddress.ip_network((address, 64 if parsed.version == 6 else 32), strict=False)
    except ValueError:
        network = address
    return salted_hmac("ocop_portal.limits", f"{today()} {network}", algorithm="sha256").hexdigest()[:32]


def _slots(name: str, limit: int) -> list[str]:
    return [f"limit:{today():%Y%m%d}:{name}:{n}" for n in range(limit)]


def is_full(name: str, limit: int) -> bool:
    """Whether it was done `limit` times today. Takes nothing."""
    return len(cache.get_many(_slots(name, limit))) >= limit


def take(name: str, limit: int) -> bool:
    """Count it once more; False when it was done `limit` times today."""
    slots = _slots(name, limit)
    taken = cache.get_many(slots)
    return any(cache.add(slot, 1, DAY_SECONDS) for slot in slots if slot not in taken)


def forget_expired() -> int:
    """Delete what the cache no longer answers with but still keeps. Returns how many rows went."""
    if "DatabaseCache" not in settings.CACHES["default"]["BACKEND"]:
        return 0
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < now()")
        return cursor.rowcount
