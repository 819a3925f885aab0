"""The OpenAPI document: what the library reads from the code, and what only the portal knows."""

import re
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI

from ocop_portal.api.cursors import MOST, USUAL
from ocop_portal.api.problems import PREFIX, PROBLEM_TYPE, PROBLEMS, TITLES
from ocop_portal.links import absolute
from reports.open_data.files import json_bytes

ABOUT = _(
    "Dữ liệu mở của sổ bộ sản phẩm OCOP, cho mọi người, không cần khóa. Mọi câu trả lời lấy từ sổ bộ lúc hỏi; "
    "tình trạng được tính theo ngày, và mọi danh sách có tình trạng đều nhận as_of."
)
TAGS = {
    "Sản phẩm": _("Danh mục sản phẩm theo các bộ lọc của trang, và từng sản phẩm."),
    "Chủ thể": _("Ai làm ra sản phẩm."),
    "Giấy chứng nhận": _("Kiểm tra theo số hoặc mã tra cứu, vào một ngày bất kỳ."),
    "Quyết định": _("Căn cứ của từng giấy chứng nhận."),
    "Đơn vị hành chính": _("Tỉnh, huyện, xã theo thời gian, trước và sau ngày 1/7/2025."),
    "Bộ sản phẩm": _("26 bộ sản phẩm, dùng để lọc."),
    "Điểm bán": _("Nơi giới thiệu và bán sản phẩm."),
    "Bộ tiêu chí": _("Tiêu chí, mức điểm, mức tối thiểu của từng hạng sao, và cách tính hạng sao."),
    "Số liệu": _("Số liệu của sổ bộ như vào một ngày."),
    "Thay đổi": _("Giữ một bản sao của sổ bộ luôn đúng mà không phải tải lại toàn bộ."),
    "Tải toàn bộ": _("Tệp CSV, JSON Lines, GeoJSON, Excel với mã kiểm tra, và từ điển dữ liệu."),
}
HEADERS = {
    "ETag": "Phiên bản của câu trả lời; gửi lại trong If-None-Match.",
    "RateLimit-Policy": "Giới hạn: số yêu cầu (q) trong số giây (w). Không có khi cổng không đặt giới hạn.",
    "RateLimit": "Còn bao nhiêu yêu cầu (r), bao nhiêu giây nữa thì tính lại (t).",
}


def query_names(api: NinjaAPI) -> dict[str, tuple[list[str], set[str]]]:
    """{name of an address: (its methods, the parameters that it reads)}."""
    described = api.get_openapi_schema(path_prefix="")["paths"]
    found: dict[str, tuple[list[str], set[str]]] = {}
    for router in api._get_bound_routers():
        for at, view in router.path_operations.items():
            path = re.sub(r"/+", "/", "/" + "/".join(part for part in (router.prefix, at) if part))
            names = {
                p["name"] for o in described[path].values() for p in o["parameters"] if p["in"] == "query"
            }
            for operation in view.operations:
                name = view.url_name or operation.view_func.__name__
                found[name] = ([m for o in view.operations for m in o.methods], names)
    return found


class Document:
    """The document as a reader at some host gets it."""

    def __init__(self, api: NinjaAPI) -> None:
        self.api = api

    @cached_property
    def _made(self) -> dict[str, Any]:
        """All but what the host decides, made once in the life of a process."""
        made = dict(self.api.get_openapi_schema())
        for path, methods in made["paths"].items():
            for method, operation in methods.items():
                self._refine(path, method, operation)
        made["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        made["components"]["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()
        }
        return made

    @staticmethod
    def _refine(path: str, method: str, operation: dict[str, Any]) -> None:
        for param in operation["parameters"]:
            # The schema has them already; here OpenAPI wants a mapping.
            param.pop("examples", None)
            if param["in"] == "query":
                param["allowEmptyValue"] = True
        for status, response in operation["responses"].items():
            if len(response.get("content", ())) > 1:
                response["content"].pop("application/json")  # files, which are of their own types
            if int(status) >= 400 and "application/json" in response.get("content", {}):
                example = {
                    "type": f"{PREFIX}#loi-{status}",
                    "title": TITLES[int(status)],
                    "status": int(status),
                    "detail": PROBLEMS[int(status)],
                }
                told = {**response["content"]["application/json"], "example": example}
                response["content"] = {PROBLEM_TYPE: told}
                response["description"] = TITLES[int(status)]
            if int(status) == 429:
                response["headers"] = {
                    "Retry-After": {"description": "Đợi bao nhiêu giây.", "schema": {"type": "integer"}}
                }
            if int(status) == 200 and method == "get":
                response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
        if method == "get":
            operation["responses"][304] = {
                "description": "Not Modified: người hỏi đã có bản này (If-None-Match)."
            }

    def at(self, request: HttpRequest) -> dict[str, Any]:
        """The document with addresses and what the office set."""
        contact = {"name": settings.SITE["office_name"], "url": absolute(request, "/")}
        if settings.API_CONTACT_EMAIL:
            contact["email"] = settings.API_CONTACT_EMAIL
        licence = {"name": settings.OPEN_DATA_LICENCE}
        if settings.OPEN_DATA_LICENCE_URL:
            licence["url"] = settings.OPEN_DATA_LICENCE_URL
        info = {
            "title": settings.SITE["name"],
            "version": self.api.version,
            "description": f"{ABOUT} Mỗi trang có {USUAL} dòng, nhiều nhất {MOST}.",
            "contact": contact,
            "license": licence,
        }
        return {
            **self._made,
            "info": info,
            "servers": [{"url": absolute(request, "/")[:-1]}],
            "externalDocs": {
                "url": absolute(request, PREFIX),
                "description": "Tài liệu cho người viết phần mềm",
            },
        }


def document_view(document: Document) -> Any:
    """The document as an answer."""

    def openapi(request: HttpRequest) -> HttpResponse:
        return HttpResponse(json_bytes(document.at(request)), content_type="application/json; charset=utf-8")

    return openapi
