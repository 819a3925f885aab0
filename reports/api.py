"""Open data, version 1. Read-only, no key, the same figures and rows as the pages."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from ocop_portal.clock import today
from ocop_portal.params import parse_day
from ratings.api import router as rulesets
from reports.statistics import Statistics

api = NinjaAPI(
    title="Sổ bộ sản phẩm OCOP",
    version="1",
    description="Dữ liệu mở của sổ bộ sản phẩm OCOP: số liệu theo ngày và cách tính hạng sao.",
    urls_namespace="api-v1",
    docs_url=None,
)


api.add_router("/rulesets", rulesets)


class Figures(Schema):
    """Figures of the register as of a day. Counts are products unless said otherwise."""

    as_of: date
    products: int
    stars_3: int
    stars_4: int
    stars_5: int
    in_force: int
    expiring: int
    extended: int
    revoked: int
    target: int | None
    communes: int
    communes_with_product: int
    lapsed_not_reassessed: int
    raw_material_area: int
    exported: int
    on_postmart: int
    geographical_indications: int
    collective_marks: int
    producers: int
    points_of_sale: int
    onsite_campaigns: int
    revenue_year: int
    revenue_grown_percent: float | None


class Problem(Schema):
    """RFC 9457 problem details."""

    title: str
    status: int
    detail: str


@api.exception_handler(HttpError)
def problem(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Errors as problem+json, in a sentence; the library's own, told when a body is no JSON, in ours."""
    said = "Không đọc được nội dung gửi: phải là JSON hợp lệ." if error.status_code == 400 else str(error)
    return _problem(request, error.status_code, said)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or parameter of another shape: which place, in the same form as other errors."""
    places = sorted({".".join(str(part) for part in fault["loc"][1:]) for fault in error.errors})
    return _problem(
        request, 422, f"Dữ liệu gửi không đúng dạng: {', '.join(p or 'nội dung' for p in places)[:300]}."
    )


def _problem(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    title = "Không tìm thấy" if status == 404 else "Không nhận được"
    response = api.create_response(
        request, {"title": title, "status": status, "detail": detail}, status=status
    )
    response["Content-Type"] = "application/problem+json"
    return response


@api.get("/statistics", response={200: Figures, 404: Problem}, summary="Số liệu tính đến một ngày")
def statistics(request: HttpRequest, as_of: str = "") -> Figures:
    """Figures as of `as_of` (2023-12-31 or 31/12/2023; today if absent). 404 where the day cannot be read."""
    day = parse_day(as_of) if as_of else today()
    if day is None:
        raise HttpError(
            404, "Không có số liệu cho ngày này: hãy viết as_of dạng 2023-12-31, từ năm 2018 đến 2100."
        )
    return Figures(**Statistics(day).as_figures())


def public_urls() -> tuple[list[Any], str, str]:
    """The API's addresses for `urls.py`: open data need no account, and the API has no other kind of endpoint."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        pattern.callback = login_not_required(pattern.callback)
    return patterns, app_name, namespace
