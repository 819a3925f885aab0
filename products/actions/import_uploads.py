"""Workbooks uploaded at the desk: kept in private for a day, checked, entered once."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from ocop_portal.history import acting
from ocop_portal.uploads import safe_filename
from products.actions.imports import Refused, import_register, recall_mapping
from products.models import ImportUpload
from products.register_workbook.choosing import choose, notes
from products.register_workbook.columns import Layout
from products.register_workbook.package import BadWorkbook
from products.register_workbook.plan import make_plan
from products.register_workbook.reading import Book, Sheet
from products.register_workbook.report import Progress, Report, quiet

KEPT = timedelta(hours=24)
GONE = "Tệp đã được nhập, hoặc đã quá 24 giờ nên đã bị xóa. Hãy tải tệp lên lại."


def is_alive(upload: ImportUpload) -> bool:
    """Whether its files are still there to be read."""
    return bool(upload.file) and upload.uploaded_at > timezone.now() - KEPT


@contextmanager
def opened(upload: ImportUpload) -> Iterator[Book]:
    """The workbook of an upload. Raises ValidationError when it is gone or cannot be read."""
    if not is_alive(upload):
        raise ValidationError(GONE)
    try:
        with upload.file.open("rb") as file:
            yield Book(file)  # type: ignore[arg-type]
    except FileNotFoundError as error:
        raise ValidationError(GONE) from error
    except BadWorkbook as error:
        raise ValidationError(str(error)) from error


def read_sheet(book: Book, upload: ImportUpload) -> tuple[Sheet, Layout]:
    """The sheet of the upload and its headings. Raises BadWorkbook."""
    return choose(book, recall_mapping, upload.sheet or None)


@transaction.atomic
def keep_upload(*, file: File, by: Any) -> ImportUpload:
    """Store a workbook under a random name; what has waited for over a day is removed."""
    purge_uploads()
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    upload = ImportUpload(user=by, name=safe_filename(file.name or ""), digest=digest)
    with acting("upload_workbook", by=by):
        upload.file.save("", file, save=False)
        upload.save()
    return upload


def take_upload(*, file: File, by: Any) -> tuple[ImportUpload, Report | None]:
    """Keep a workbook and check it at once; what cannot be read is not kept. Raises ValidationError."""
    upload = None
    try:
        with transaction.atomic():
            upload = keep_upload(file=file, by=by)
            return upload, check_upload(upload=upload, by=by)
    except (BadWorkbook, ValidationError) as error:
        if upload is not None:
            _delete([upload.file.name or ""])
        raise error if isinstance(error, ValidationError) else ValidationError(str(error)) from error


def check_upload(*, upload: ImportUpload, by: Any, sheet: str | None = None) -> Report | None:
    """Compare the workbook with the register and keep the report. None where sheet or columns must be told first."""
    with opened(upload) as book:
        if sheet is not None:
            upload.sheet = sheet
        try:
            page, layout = read_sheet(book, upload)
        except BadWorkbook:
            if len(book.sheets) > 1 and not upload.sheet:
                return None
            raise
        if layout.missing:
            return None
        report = make_plan(book, page, layout).report
        report.notes = [*notes(book, page, layout), *report.notes]
    upload.sheet = page.name
    _keep_report(upload, report, by)
    return report


@transaction.atomic
def _keep_report(upload: ImportUpload, report: Report, by: Any) -> None:
    old = upload.report.name
    body = json.dumps(report.to_json(), ensure_ascii=False).encode()
    with acting("upload_workbook", by=by):
        upload.report.save("", ContentFile(body), save=False)
        upload.save(update_fields=["sheet", "report"])
    if old:
        transaction.on_commit(lambda: upload.report.storage.delete(old))


def report_of(upload: ImportUpload) -> Report | None:
    """The report of the last check; None where there was none yet, or it is gone."""
    if not is_alive(upload) or not upload.report:
        return None
    try:
        with upload.report.open("rb") as kept:
            return Report.from_json(json.load(kept))
    except FileNotFoundError:
        return None


def apply_upload(*, upload: ImportUpload, by: Any, progress: Progress = quiet) -> Report:
    """Read and compare the workbook anew, and enter it. Raises ValidationError; new faults stand in its report then."""
    try:
        with transaction.atomic():
            held = ImportUpload.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            found = held.filter(pk=upload.pk).first()
            if found is None:
                raise ValidationError("Tệp này đang được nhập ở một trang khác. Hãy chờ rồi mở lại trang.")
            upload = found
            with opened(upload) as book:
                sheet, layout = read_sheet(book, upload)
                if layout.missing:
                    raise ValidationError(f"Thiếu cột: {', '.join(layout.missing)}. Hãy ghép cột lại.")
                report = import_register(
                    book=book, sheet=sheet, layout=layout, source=upload.name, by=by, progress=progress
                )
            _finish(upload, report, by)
    except Refused as refused:
        _keep_report(upload, refused.report, by)
        raise ValidationError(
            f"Chưa nhập gì: sổ bộ đã thay đổi từ lúc kiểm tra, nên tệp nay có {refused.report.counts['faults']} lỗi. "
            "Hãy xem danh sách lỗi mới bên dưới."
        ) from refused
    return report


def _finish(upload: ImportUpload, report: Report, by: Any) -> None:
    """Record what was added; the files go once that is committed."""
    names = [name for name in (upload.file.name, upload.report.name) if name]
    upload.file = upload.report = ""  # type: ignore[assignment]
    upload.applied_at, upload.counts = timezone.now(), dict(report.counts)
    with acting("import_register", by=by):
        upload.save(update_fields=["file", "report", "applied_at", "counts"])
    transaction.on_commit(lambda: _delete(names))


def purge_uploads() -> int:
    """Remove the files of uploads that have waited for over a day. Returns of how many."""
    old = ImportUpload.objects.filter(uploaded_at__lte=timezone.now() - KEPT).exclude(file="")
    names, count = [], 0
    with acting("upload_workbook", by=None):
        for upload in old.select_for_update(skip_locked=True, no_key=True):
            names += [name for name in (upload.file.name, upload.report.name) if name]
            upload.file = upload.report = ""  # type: ignore[assignment]
            upload.save(update_fields=["file", "report"])
            count += 1
    transaction.on_commit(lambda: _delete(names))
    return count


def _delete(names: list[str]) -> None:
    storage = ImportUpload._meta.get_field("file").storage  # type: ignore[union-attr]
    for name in names:
        storage.delete(name)


__all__ = [
    "apply_upload",
    "check_upload",
    "is_alive",
    "keep_upload",
    "opened",
    "purge_uploads",
    "report_of",
    "take_upload",
]
