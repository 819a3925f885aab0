"""The door of the API: who may read it from another site, how often, and that every error is a problem.

It stands outside the pages that are kept in memory (`ocop_portal.pages`), because what it adds is each reader's own.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ocop_portal.api.problems import PREFIX, problem
from ocop_portal.api.windows import Windows
from ocop_portal.limits import reader_of

WINDOW = 60
"""Seconds in which requests are counted together."""
READ = ("GET", "HEAD")
EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Content-Disposition, Repr-Digest"
"""Headers that a script of another site may read."""


class OpenApiMiddleware:
    """Cross-origin reading, limits and problems for everything under `/api/v1/`. Elsewhere it does nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.limit: int = settings.API_REQUESTS_PER_MINUTE
        self.windows = Windows(settings.API_LIMITS_FILE) if self.limit else None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        limits: dict[str, str] = {}
        if self.windows and request.method != "OPTIONS":
            now = time.time()
            taken = self.windows.take(reader_of(request), int(now // WINDOW))
            rest = WINDOW - int(now % WINDOW)
            limits = self._told(max(self.limit - taken, 0), rest)
            if taken > self.limit:
                response = self._refused(request, rest)
                return self._dressed(request, response, limits)
        response = self.get_response(request)
        return self._dressed(request, as_problem(request, response), limits)

    def _told(self, left: int, rest: int) -> dict[str, str]:
        """The limit and what is left of it, as draft-ietf-httpapi-ratelimit-headers names them."""
        return {
            "RateLimit-Policy": f'"phut";q={self.limit};w={WINDOW}',
            "RateLimit": f'"phut";r={left};t={rest}',
        }

    def _refused(self, request: HttpRequest, rest: int) -> HttpResponse:
        response = problem(
            request,
            429,
            f"Địa chỉ này đã gửi hơn {self.limit} yêu cầu trong một phút: hãy đợi {rest} giây. "
            "Cần nhiều dữ liệu thì tải tệp ở /api/v1/bulk.",
        )
        response.headers["Retry-After"] = str(rest)
        return response

    @staticmethod
    def _dressed(request: HttpRequest, response: HttpResponse, limits: dict[str, str]) -> HttpResponse:
        for name, value in limits.items():
            response.headers[name] = value
        # The page for people, which stands at the same place, is read by people.
        if request.path_info != PREFIX and request.method in (*READ, "OPTIONS"):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, or, where it is one of the portal's pages about an error, that error as a problem."""
    if response.status_code < 400 or "json" in response.get("Content-Type", ""):
        return response
    told = problem(request, response.status_code)
    for name in ("Allow", "Retry-After"):
        if name in response:
            told.headers[name] = response[name]
    return told
