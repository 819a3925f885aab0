"""Documents that the office publishes: told by their content, without macros, given out as downloads alone.

Beside scans they may be Word and Excel files, because forms are meant to be filled in. Such a file is a ZIP of XML
parts: it is looked through without unpacking it to disk, and refused where it could run something.
"""

import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.http import FileResponse

from ocop_portal.conditional import REVALIDATE
from ocop_portal.uploads import (
    ENDINGS,
    MAX_BYTES,
    MEDIA_TYPES,
    TOO_HEAVY,
    DocumentField,
    safe_filename,
    serve_download,
)

OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Ending: media type; that of the main part is the same with `.main+xml`."""
TYPES = {ending: MEDIA_TYPES[kind] for kind, endings in ENDINGS.items() for ending in endings} | OFFICE
ACCEPTED = "PDF, JPEG, PNG, DOCX hoặc XLSX, tối đa 20 MB; không nhận tệp có macro, có mật khẩu."

MAX_PARTS, MAX_WHOLE, MAX_LIST = 3_000, 100 * 2**20, 2**20
"""Parts; bytes after inflation, of all parts and of one that lists others."""
RUNS = ("vbaproject", "vbadata", "macrosheets/", "dialogsheets/", "activex/", "ctrlprops/", "customui/")
"""Within the names of parts: what runs something when the file is opened."""
HARMLESS_LINKS = ("/hyperlink",)
"""Relations that may lead out of the file. Templates, objects and pictures that are fetched elsewhere may not."""

NOT_ACCEPTED = "Tệp không phải là PDF, JPEG, PNG, Word (.docx) hoặc Excel (.xlsx)."
BROKEN = "Tệp {ending} bị hỏng, có mật khẩu hoặc chưa được tải lên đầy đủ."
MACRO = "Tệp có macro hoặc thành phần tự chạy nên không đăng được. Hãy lưu lại thành {ending} không có macro."
LINKED = "Tệp nối tới tài liệu ở nơi khác (mẫu, ảnh hoặc đối tượng bên ngoài). Hãy nhúng vào tệp rồi lưu lại."
OTHER = "Nội dung tệp không phải là {ending}. Hãy mở tệp, chọn Lưu thành (Save As) đúng loại rồi tải lại."


class AttachmentField(DocumentField):
    """A file field that also takes DOCX and XLSX, by content."""

    def to_python(self, data: Any) -> Any:
        ending = Path(getattr(data, "name", "") or "").suffix.lower()
        if ending not in OFFICE:
            try:
                return super().to_python(data)
            except ValidationError as error:
                if error.code == "not_a_document":
                    raise ValidationError(NOT_ACCEPTED, code=error.code) from error
                raise
        file: Any = forms.FileField.to_python(self, data)
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError(TOO_HEAVY, code="too_heavy")
        check_office(file, ending)
        file.name, file.content_type = safe_filename(file.name), OFFICE[ending]
        file.seek(0)
        return file

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(TYPES)}


def check_office(file: File, ending: str) -> None:
    """Raises ValidationError where the file is no whole Word or Excel document, or is more than a document."""
    file.seek(0)
    broken = ValidationError(BROKEN.format(ending=ending), code="broken")
    try:
        with zipfile.ZipFile(file) as package:
            _check_package(package, ending, broken)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        KeyError,
        EOFError,
        OSError,
        UnicodeError,
        ValueError,
        ParseError,
        DefusedXmlException,
    ) as error:
        raise broken from error


def _check_package(package: zipfile.ZipFile, ending: str, broken: ValidationError) -> None:
    parts = package.infolist()
    names = [part.filename.lower() for part in parts]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_WHOLE:
        raise broken
    if len(set(names)) < len(names) or any(part.flag_bits & 1 for part in parts):
        raise broken
    runs = any(word in name for name in names for word in RUNS)
    # An embedded object of a former kind may be anything, a program too.
    if runs or any("embeddings/" in name and name.endswith(".bin") for name in names):
        raise ValidationError(MACRO.format(ending=ending), code="macro")
    types = {
        element.get("ContentType", "").lower()
        for element in fromstring(_listed(package, "[Content_Types].xml"))
    }
    if any("macroenabled" in kind for kind in types):
        raise ValidationError(MACRO.format(ending=ending), code="macro")
    if f"{OFFICE[ending]}.main+xml" not in types:
        raise ValidationError(OTHER.format(ending=ending), code="other")
    for part in parts:
        if part.filename.lower().endswith(".rels"):
            _check_relations(_listed(package, part.filename))
    if package.testzip() is not None:
        raise broken


def _check_relations(content: bytes) -> None:
    for element in fromstring(content):
        leads_out = element.get("TargetMode", "").lower() == "external"
        if leads_out and not element.get("Type", "").endswith(HARMLESS_LINKS):
            raise ValidationError(LINKED, code="linked")


def _listed(package: zipfile.ZipFile, name: str) -> bytes:
    """A part that lists others. Raises ValueError for one of no reasonable length."""
    with package.open(name) as part:
        content = part.read(MAX_LIST + 1)
    if len(content) > MAX_LIST:
        raise ValueError(name)
    return content


def serve_attachment(file: File, filename: str) -> FileResponse:
    """A published document, as a download; asked about again at each use. Raises Http404 when it is gone."""
    return serve_download(file, filename, TYPES, cached=REVALIDATE)
