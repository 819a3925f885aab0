"""The register whole: files with their proof, and the data dictionary."""

from datetime import date, datetime
from typing import Annotated, Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import Path, Router, Schema
from pydantic import Field

from ocop_portal.api.fields import OneOf
from ocop_portal.conditional import REVALIDATE
from products.models import Tally
from reports.api.common import FOUND, refusals, site
from reports.open_data import files
from reports.open_data.dictionary import dictionary as described
from reports.open_data.files import Made
from reports.open_data.rows.base import Site
from reports.open_data.tables import FILES, MEDIA_TYPES, OpenFile

router = Router(tags=["Tải toàn bộ"])
dictionary_router = Router(tags=["Tải toàn bộ"])

PROVED_AT_ONCE = 3_000
"""Of a register of so many products all files are made to tell their sizes; a greater one makes them when asked for."""
PROOF = ".sha256"
Named = Annotated[str, OneOf(tuple((name, "") for file in FILES for name in (file, f"{file}{PROOF}")))]

CONTENTS = {
    kind.partition(";")[0]: {"schema": {"type": "object" if kind == MEDIA_TYPES["geojson"] else "string"}}
    for kind in (*MEDIA_TYPES.values(), "text/plain")
}


class FileOut(Schema):
    """A file with what proves it whole."""

    name: str = Field(title="Tên tệp")
    table: str = Field(title="Bảng dữ liệu")
    title: str = Field(title="Nội dung")
    about: str = Field(title="Mỗi dòng là gì")
    media_type: str = Field(title="Kiểu tệp")
    url: str = Field(title="Địa chỉ tải")
    sha256_url: str = Field(title="Địa chỉ mã kiểm tra")
    sha256: str | None = Field(
        title="Mã kiểm tra SHA-256", description="null: tệp được làm khi có người tải."
    )
    size: int | None = Field(title="Dung lượng", json_schema_extra={"x-unit": "byte"})
    rows: int | None = Field(title="Số dòng", json_schema_extra={"x-unit": "dòng"})


class Files(Schema):
    """What may be downloaded whole."""

    as_of: date = Field(title="Ngày của các tệp")
    revision: int = Field(title="Phiên bản của sổ bộ")
    changed_at: datetime = Field(title="Lúc sổ bộ thay đổi lần cuối")
    licence: str = Field(title="Giấy phép")
    licence_url: str = Field(title="Địa chỉ giấy phép")
    dictionary_url: str = Field(title="Từ điển dữ liệu")
    files: list[FileOut]


def listed(place: Site) -> dict[str, Any]:
    """All files of today's register, for the API and for the page."""
    with files.edition() as now:
        whole = sum(Tally.objects.values_list("products", flat=True)) <= PROVED_AT_ONCE
        proved = [
            (file, files.made(now, file.name) if whole else files.at(now, file.name))
            for file in FILES.values()
        ]
    return {
        "as_of": now.day,
        "revision": now.number,
        "changed_at": now.raised_at,
        "licence": settings.OPEN_DATA_LICENCE,
        "licence_url": settings.OPEN_DATA_LICENCE_URL,
        "dictionary_url": place.api("dictionary.json"),
        "files": [_told(file, found, place) for file, found in proved],
    }


def _told(file: OpenFile, found: Made | None, place: Site) -> dict[str, Any]:
    return {
        "name": file.name,
        "table": file.table.name,
        "title": file.table.title,
        "about": file.table.about,
        "media_type": file.media_type,
        "url": place.api(f"bulk/{file.name}"),
        "sha256_url": place.api(f"bulk/{file.name}{PROOF}"),
        "sha256": found and found.sha256,
        "size": found and found.size,
        "rows": found and found.rows,
    }


@router.get(
    "/",
    response={200: Files, **refusals()},
    url_name="bulk",
    operation_id="listFiles",
    summary="Các tệp tải toàn bộ",
)
def index(request: HttpRequest) -> dict[str, Any]:
    """Các tệp của sổ bộ hôm nay, với dung lượng và mã kiểm tra. Cùng ngày, cùng phiên bản thì tệp giống từng byte."""
    return listed(site(request))


@router.get(
    "/{name}",
    response={200: str, **FOUND},
    url_name="bulk-file",
    operation_id="getFile",
    summary="Một tệp",
    openapi_extra={"responses": {200: {"content": CONTENTS}}},
)
def file(request: HttpRequest, name: Path[Named]) -> HttpResponseBase:
    """Tệp mang tên này; thêm “.sha256” vào tên để lấy mã kiểm tra của tệp, viết như lệnh sha256sum đọc."""
    proof = name.endswith(PROOF)
    with files.edition() as now:
        found = files.made(now, name.removesuffix(PROOF))
    if proof:
        return HttpResponse(f"{found.sha256}  {found.path.name}\n", content_type="text/plain; charset=utf-8")
    etag = f'"{found.sha256}"'
    response: HttpResponseBase = get_conditional_response(request, etag=etag) or FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=found.path.name,
        content_type=FILES[found.path.name].media_type,
    )
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = REVALIDATE
    response.headers["Link"] = f'<{settings.OPEN_DATA_LICENCE_URL}>; rel="license"'
    return response


class ValueOut(Schema):
    value: str
    label: str


class FieldOut(Schema):
    """A field of a table."""

    name: str = Field(title="Tên trường")
    label: str = Field(title="Tên tiếng Việt")
    note: str = Field(title="Giải thích")
    type: str = Field(title="Kiểu")
    type_label: str = Field(title="Kiểu, bằng lời")
    nullable: bool = Field(title="Có thể trống")
    max_length: int | None = Field(title="Dài nhất", json_schema_extra={"x-unit": "ký tự"})
    unit: str | None = Field(title="Đơn vị")
    values: list[ValueOut] = Field(title="Giá trị có thể có")
    source: str = Field(title="Nguồn trong sổ bộ")
    since: str = Field(title="Có từ bản phát hành")
    example: Any = Field(title="Ví dụ")


class TableOut(Schema):
    name: str
    title: str
    about: str
    files: list[str]
    fields: list[FieldOut]


class Dictionary(Schema):
    """Every field of every open table."""

    title: str
    licence: str
    licence_url: str
    tables: list[TableOut]


@dictionary_router.get(
    "",
    response={200: Dictionary, **refusals()},
    url_name="dictionary",
    operation_id="getDictionary",
    summary="Từ điển dữ liệu",
)
def dictionary(request: HttpRequest) -> dict[str, Any]:
    """Mọi trường của mọi bảng dữ liệu mở: tên, kiểu, đơn vị, giá trị, nguồn, có từ khi nào."""
    return described(site(request))
