"""Answers that are asked for again and again: told apart by ETag, and never used without asking."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

REVALIDATE = "public, max-age=0, must-revalidate"
"""Kept, and asked about at each use: what changed in the register shows on the next request."""


def answer(request: HttpRequest, etag: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """304 where the reader has this version, else what `make` gives, which is not asked otherwise."""
    quoted = quote_etag(etag)
    response = get_conditional_response(request, etag=quoted) or make()
    response.headers["ETag"] = quoted
    response.headers["Cache-Control"] = REVALIDATE
    return response


def everywhere(response: HttpResponse) -> HttpResponse:
    """The response, for any site to show and to read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
