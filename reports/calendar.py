"""The calendar feed: read-only, without signing in, under a secret address."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from reports.feeds import as_ical, deadlines, feed_of, last_change


@require_safe
@login_not_required
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines of the user whose secret address this is. Whatever opens nothing (any more) answers 404."""
    feed = feed_of(token)
    if feed is None:
        raise Http404("Địa chỉ lịch này không dùng được.")
    day = today()
    changed = last_change(feed, day)
    body = as_ical(feed.user, deadlines(feed.user, day), changed)
    # By what is in it but not by the stamps, which move with every change anywhere in the register.
    tag = hashlib.sha256(body.replace(f"{changed:%Y%m%dT%H%M%SZ}".encode(), b"")).hexdigest()[:32]
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    for name, value in {
        "ETag": f'W/"{tag}"',
        "Last-Modified": http_date(changed.timestamp()),
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="han-ocop.ics"',
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }.items():
        response.headers[name] = value
    answer = get_conditional_response(
        request, etag=response["ETag"], last_modified=int(changed.timestamp()), response=response
    )
    return answer or response
