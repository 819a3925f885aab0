"""Scanned documents: told by their content, kept in private under random names, given out as attachments only."""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.http import FileResponse, Http404
from django.utils.deconstruct import deconstructible
from django.utils.functional import cached_property
from PIL import Image

MAX_BYTES = 20 * 2**20
LONGEST_NAME = 100

# What a document may be: media type by kind, and the endings that agree with it (the first is advised).
MEDIA_TYPES = {"PDF": "application/pdf", "JPEG": "image/jpeg", "PNG": "image/png"}
ENDINGS = {"PDF": (".pdf",), "JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}
MAGIC = {"PDF": b"%PDF-", "JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n"}
TAIL_BYTES = 4096  # within which the end mark stands, even where a scanner adds a few bytes of its own

EMPTY = "Tệp rỗng. Hãy chọn một tệp khác."
TOO_HEAVY = "Tệp lớn hơn 20 MB. Hãy quét lại với độ phân giải thấp hơn."
NOT_A_DOCUMENT = "Tệp không phải là PDF, JPEG hoặc PNG."
BROKEN = "Tệp {kind} bị hỏng hoặc chưa được tải lên đầy đủ."
WRONG_ENDING = (
    "Nội dung tệp là {kind} nhưng tên tệp không kết thúc bằng “{ending}”. Hãy đổi tên tệp rồi tải lại."
)


class PrivateStorage(FileSystemStorage):
    """Files under `MEDIA_ROOT/private`, readable by the server's account alone and without any public address."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @cached_property
    def base_location(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "private"

    def url(self, name: str | None) -> str:
        raise ValueError("a private file has no public address; a view must check and serve it")


def private_storage() -> PrivateStorage:
    """`storage=` of a model's private file field."""
    return PrivateStorage()


@deconstructible
class PrivatePath:
    """`upload_to=` that keeps nothing of the sender's file name but a known ending."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: Any, filename: str) -> str:
        return f"{self.folder}/{random_name(filename)}"


def private_path(folder: str) -> PrivatePath:
    """`upload_to=` for a folder of the private storage."""
    return PrivatePath(folder)


def random_name(filename: str) -> str:
    """128 random bits in place of the name; the ending stays if it is a document's."""
    ending = Path(filename).suffix.lower()
    known = ending in {e for endings in ENDINGS.values() for e in endings}
    return secrets.token_hex(16) + (ending if known else "")


def safe_filename(name: str) -> str:
    """A name fit for a disk and a header: NFC, no folders, no control or direction characters, not long."""
    base = re.split(r"[/\\]", name)[-1]
    printable = "".join("_" if c in '<>:"|?*' else c for c in base if unicodedata.category(c)[0] != "C")
    clean = Path(" ".join(unicodedata.normalize("NFC", printable).split()).strip(". "))
    ending = clean.suffix[:10]
    return (clean.stem[: LONGEST_NAME - len(ending)].strip(". ") + ending).strip() or "tep"


def serve_private(file: File, filename: str) -> FileResponse:
    """The file as a download that no browser interprets or keeps. The caller has checked who asks.

    Raises Http404 when the file is gone from the disk.
    """
    types = {ending: MEDIA_TYPES[kind] for kind, endings in ENDINGS.items() for ending in endings}
    return serve_download(file, filename, types, cached="private, no-store")


def serve_download(file: File, filename: str, types: Mapping[str, str], *, cached: str) -> FileResponse:
    """The file as a download that no browser interprets; `types` by the ending of its name, `cached` for how long.

    Raises Http404 when the file is gone from the disk.
    """
    name = safe_filename(filename)
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Không tìm thấy tệp.") from error
    return FileResponse(
        opened,
        as_attachment=True,
        filename=name,
        content_type=types.get(Path(name).suffix.lower(), "application/octet-stream"),
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": cached},
    )


class DocumentField(forms.FileField):
    """A file field that takes PDF, JPEG and PNG by content; the cleaned file bears a safe name and its true type.

    Its widget is a plain file input: the usual one would link to a public address, which there is not.
    """

    widget = forms.FileInput
    default_error_messages: ClassVar = {
        "required": "Hãy chọn một tệp.",
        "invalid": "Không nhận được tệp. Hãy chọn lại tệp.",
        "missing": "Không nhận được tệp. Hãy chọn lại tệp.",
        "empty": EMPTY,
    }

    def to_python(self, data: Any) -> Any:
        file: Any = super().to_python(data)
        if file is None:
            return None
        if file.size > MAX_BYTES:
            raise ValidationError(TOO_HEAVY, code="too_heavy")
        kind = document_kind(file)
        name = safe_filename(file.name or "")
        if Path(name).suffix.lower() not in ENDINGS[kind]:
            message = WRONG_ENDING.format(kind=kind, ending=ENDINGS[kind][0])
            raise ValidationError(message, code="wrong_ending")
        file.name, file.content_type = name, MEDIA_TYPES[kind]
        file.seek(0)
        return file

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": ",".join(MEDIA_TYPES.values())}


def document_kind(file: File) -> str:
    """PDF, JPEG or PNG, by the bytes of the file.

    Raises ValidationError when it is none of them, or begins as one and does not end as one.
    """
    file.seek(0)
    start = file.read(16)
    kind = next((kind for kind, magic in MAGIC.items() if start.startswith(magic)), None)
    if kind is None:
        raise ValidationError(NOT_A_DOCUMENT, code="not_a_document")
    if not (_is_whole_pdf(file) if kind == "PDF" else _is_whole_image(file, kind)):
        raise ValidationError(BROKEN.format(kind=kind), code="broken")
    return kind


def _tail(file: File) -> bytes:
    file.seek(max(0, file.size - TAIL_BYTES))
    return file.read()


def _is_whole_pdf(file: File) -> bool:
    tail = _tail(file)
    return b"startxref" in tail and b"%%EOF" in tail


def _is_whole_image(file: File, kind: str) -> bool:
    """Whether header and chunks hold; pixels are not decoded, since the portal only hands the file on."""
    if kind == "JPEG" and b"\xff\xd9" not in _tail(file):
        return False
    file.seek(0)
    try:
        with Image.open(file, formats=[kind]) as image:
            image.verify()
    except Exception:
        return False
    return True
