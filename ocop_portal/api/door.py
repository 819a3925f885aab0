"""What every view of the API does besides its own work: methods, unknown parameters, ETag, preflight."""

import hashlib
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response

from ocop_portal.api.problems import problem
from ocop_portal.conditional import REVALIDATE
from ocop_portal.pages import FOLLOWING, by_revision

DAY_SECONDS = 24 * 60 * 60


def opened(
    view: Callable[..., Any], *, methods: Collection[str], params: Collection[str], kept: bool
) -> Callable[..., Any]:
    """The view for everybody. `params` are the names that it reads: a slip in one would answer another question.

    `kept`: its answer hangs on address, day and published tables alone (`ocop_portal.pages`).
    """
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight(allowed, readable="GET" in methods)
        if request.method not in allowed.split(", "):
            response = problem(request, 405, f"Địa chỉ này chỉ nhận {allowed}.")
            response.headers["Allow"] = allowed
            return response
        if unknown := sorted(set(request.GET) - set(params) - set(FOLLOWING)):
            known = ", ".join(sorted(params)) or "không có tham số nào"
            names = ", ".join(f"“{name[:40]}”" for name in unknown[:5])
            return problem(request, 422, f"Không có tham số {names} ở địa chỉ này. Tham số có: {known}.")
        _without_blanks(request)
        method = request.method
        request.method = "GET" if method == "HEAD" else method
        try:
            with translation.override(settings.LANGUAGE_CODE):  # the same words for every reader
                response = _tagged(request, view(request, *args, **kwargs))
        finally:
            request.method = method
        return _bodiless(response) if method == "HEAD" else response

    made = login_not_required(answer)
    return by_revision(made) if kept else made


def _without_blanks(request: HttpRequest) -> None:
    """A blank parameter is one that was not given, as in the catalogue."""
    if any(not value.strip() for _, values in request.GET.lists() for value in values):
        query = request.GET.copy()
        for name, values in request.GET.lists():
            if any(kept := [value for value in values if value.strip()]):
                query.setlist(name, kept)
            else:
                del query[name]
        request.GET = query  # type: ignore[assignment]


def _preflight(allowed: str, *, readable: bool) -> HttpResponse:
    """What a browser asks before it lets a script of another site read: everybody may read, and nothing else."""
    response = HttpResponse(status=204, headers={"Allow": allowed, "Content-Length": "0"})
    if readable:
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
        response.headers["Access-Control-Max-Age"] = str(DAY_SECONDS)
    return response


def _tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With an ETag, the same as where the page is kept in memory; 304 where the reader has it."""
    if following := getattr(request, "next_page", ""):
        response.headers["Link"] = f'<{following}>; rel="next"'
    if request.method != "GET" or response.status_code != 200 or "ETag" in response.headers:
        return response
    # Of the body: whoever has these bytes need not fetch them again, whatever else has changed.
    response.headers["ETag"] = f'W/"{hashlib.blake2b(response.content, digest_size=15).hexdigest()}"'
    response.headers["Cache-Control"] = REVALIDATE
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)  # type: ignore[return-value]


def _bodiless(response: HttpResponse) -> HttpResponse:
    if response.streaming:
        response.streaming_content = ()  # type: ignore[attr-defined]
        return response
    if response.status_code == 200:
        response.headers["Content-Length"] = str(len(response.content))
    response.content = b""
    return response
