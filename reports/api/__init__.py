"""Open data, version 1: read by anybody, without a key; the same rows and figures as the pages.

One module a resource; what they all keep (errors, limits, ETag, reading from other sites) is `ocop_portal.api`.
"""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer

from ocop_portal.api.door import opened
from ocop_portal.api.problems import Refused, problem
from ratings.api import router as rulesets
from reports.api import (
    bulk,
    certificates,
    changes,
    decisions,
    points,
    producers,
    products,
    statistics,
    units,
)
from reports.api.docs import docs
from reports.api.document import Document, document_view, query_names
from reports.open_data.files import json_bytes

logger = logging.getLogger(__name__)


class Plain(BaseRenderer):
    """JSON in UTF-8, letters as they are."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return json_bytes(data)


api = NinjaAPI(
    title="Sổ bộ sản phẩm OCOP",
    version="1",
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
    renderer=Plain(),
)

for prefix, router in (
    ("/products", products.router),
    ("/producers", producers.router),
    ("/certificates", certificates.router),
    ("/decisions", decisions.router),
    ("/units", units.router),
    ("/groups", points.groups_router),
    ("/points-of-sale", points.router),
    ("/rulesets", rulesets),
    ("/statistics", statistics.router),
    ("/changes", changes.router),
    ("/bulk", bulk.router),
    ("/dictionary.json", bulk.dictionary_router),
):
    api.add_router(prefix, router)

KEPT = {
    "products",
    "product",
    "producers",
    "producer",
    "certificates",
    "certificate",
    "decisions",
    "decision",
    "units",
    "unit",
    "groups",
    "points-of-sale",
    "statistics",
    "changes",
}
"""Views whose answers hang on address, day and published tables alone, and are kept in memory."""


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problem(request, error.status, error.detail, **error.more)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, 404, str(error))


@api.exception_handler(HttpError)
def not_taken(request: HttpRequest, error: HttpError) -> HttpResponse:
    """The library's own word on a body that is no JSON, in ours."""
    said = "Không đọc được nội dung gửi: phải là JSON hợp lệ." if error.status_code == 400 else str(error)
    return problem(request, error.status_code, said)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or parameter of another shape: which place."""
    places = sorted(
        {".".join(str(part) for part in fault["loc"][1:]).removeprefix("asked.") for fault in error.errors}
    )
    named = ", ".join(place or "nội dung" for place in places)[:300]
    return problem(request, 422, f"Dữ liệu gửi không đúng dạng: {named}.")


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: recorded whole, told in a sentence."""
    logger.error("API %s %s", request.method, request.path, exc_info=error)
    return problem(request, 500)


def public_urls() -> tuple[list[Any], str, str]:
    """The API's addresses for `urls.py`: open to everybody, each knowing its methods and parameters."""
    patterns, app_name, namespace = api.urls
    known = query_names(api)
    found = []
    for pattern in patterns:
        if not isinstance(pattern, URLPattern) or pattern.name not in known:
            continue  # the library's own root, in whose place stands the page for people
        methods, params = known[pattern.name]
        kept = pattern.name in KEPT
        pattern.callback = opened(pattern.callback, methods=methods, params=params, kept=kept)
        found.append(pattern)
    document = opened(document_view(Document(api)), methods=("GET",), params=(), kept=False)
    found += [
        path("openapi.json", document, name="openapi-json"),
        path("", docs(Document(api)), name="api-root"),
    ]
    return found, app_name, namespace
