"""What an answer cost the server, told in its headers."""

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class ClockMiddleware:
    """`X-Ms`: milliseconds from the first middleware to the last; `X-Queries`; `X-Worker`: which process it was.

    Asked for by `X-Clock`, so that the yardstick is not slowed by it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_X_CLOCK" not in request.META:
            return self.get_response(request)
        queries = 0

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*args)

        begun = time.perf_counter()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response.headers["X-Ms"] = f"{1000 * (time.perf_counter() - begun):.2f}"
        response.headers["X-Queries"] = str(queries)
        response.headers["X-Worker"] = str(os.getpid())
        return response
