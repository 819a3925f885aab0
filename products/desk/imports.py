"""The Excel import at the desk: upload, columns, dry run, entering in a second step, the workbook with its faults."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.forms import OnceForm, send_once
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Permission, requires
from ocop_portal.sheets import XLSX_TYPE
from ocop_portal.uploads import safe_filename
from products.actions.import_uploads import (
    GONE,
    apply_upload,
    check_upload,
    is_alive,
    opened,
    read_sheet,
    report_of,
    take_upload,
)
from products.actions.imports import recall_mapping, save_import_mapping
from products.desk.scope import paged
from products.forms.imports import ColumnsForm, UploadForm
from products.models import ImportUpload, ProductGroup
from products.register_workbook.choosing import candidates
from products.register_workbook.columns import FIELDS, find_layout
from products.register_workbook.outgoing import errors_workbook, template
from products.register_workbook.package import BadWorkbook
from products.register_workbook.progress import FileProgress, progress_of
from products.register_workbook.reading import Sheet
from products.register_workbook.report import Remark, Report
from products.register_workbook.values import shown

RECENT, SAMPLES = 10, 3
KINDS = {"faults": "Lỗi", "warnings": "Lưu ý"}
RECORDS = {
    "producer": "desk:producer",
    "product": "desk:product",
    "decision": "desk:decision",
    "certificate": "desk:certificate",
}


def _upload_of(user: Any, pk: int) -> ImportUpload:
    """An upload of one's own; those of others are nobody else's business."""
    return get_object_or_404(ImportUpload, pk=pk, user=user)


def _page_of(upload: ImportUpload, report: Report | None) -> str:
    """Where an upload goes on: its report, or the question that keeps it from one."""
    return reverse("desk:import-report" if report else "desk:import-columns", args=[upload.pk])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REGISTER_IMPORT)
def home(request: HttpRequest) -> HttpResponse:
    """Upload a workbook; it is compared with the register, and nothing is written to it."""
    form = UploadForm(request.POST or None, request.FILES or None)

    def save() -> str:
        try:
            upload, found = take_upload(file=form.cleaned_data["workbook"], by=request.user)
        except ValidationError as error:
            raise ValidationError({"workbook": error.messages}) from error
        return _page_of(upload, found)

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã đọc tệp. Chưa có gì được ghi vào sổ bộ."):
            return answer
    recent = [
        (upload, is_alive(upload)) for upload in ImportUpload.objects.filter(user=request.user)[:RECENT]
    ]
    needed = [item.label for item in FIELDS.values() if item.needed]
    optional = [item.label for item in FIELDS.values() if not item.needed]
    context = {"form": form, "recent": recent, "needed": needed, "optional": optional}
    return render(request, "desk/import.html", context)


def _sentence(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REGISTER_IMPORT)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Say which sheet is the register and what its columns hold; remembered for the same headings."""
    upload = _upload_of(request.user, pk)
    asked = request.GET.get("trang", "").replace("\x00", "") or upload.sheet
    try:
        with opened(upload) as book:
            likely = candidates(book, recall_mapping) or book.sheets
            name = asked if asked in book.sheets else likely[0]
            sheet = book.sheet(name)
    except (BadWorkbook, ValidationError) as error:
        return _unusable(request, upload, _sentence(error))
    layout = find_layout(sheet, recall_mapping)
    form = ColumnsForm(request.POST or None, layout=layout)

    def save() -> str:
        save_import_mapping(layout=form.layout, by=request.user)
        try:
            return _page_of(upload, check_upload(upload=upload, by=request.user, sheet=name))
        except BadWorkbook as error:
            raise ValidationError(str(error)) from error

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi nhớ cách ghép cột và kiểm tra lại tệp."):
            return answer
    rows = [
        (form[f"column_{column}"], label, _samples(sheet, column, layout.last, book.epoch_1904))
        for column, label in sorted(layout.labels.items())
    ]
    context = {"upload": upload, "form": form, "rows": rows, "sheets": book.sheets, "name": name}
    context |= {"hidden": book.hidden, "missing": layout.missing, "first": layout.first}
    return render(request, "desk/import_columns.html", context)


def _samples(sheet: Sheet, column: int, last: int, epoch_1904: bool) -> list[str]:
    """The first values below a heading, as its reader sees them."""
    found: list[str] = []
    for row in sorted(sheet.rows):
        if row > last and (text := shown(sheet.rows[row].get(column), epoch_1904)) and text not in found:
            found.append(text[:60])
            if len(found) == SAMPLES:
                break
    return found


def _unusable(request: HttpRequest, upload: ImportUpload, sentence: str) -> HttpResponse:
    return render(request, "desk/import_gone.html", {"upload": upload, "sentence": sentence})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.REGISTER_IMPORT)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """What a workbook would add and what stands against it; entering it is the second step."""
    upload = _upload_of(request.user, pk)
    form = OnceForm(request.POST or None)
    address = reverse("desk:import-report", args=[pk])

    def save() -> str:
        with FileProgress(upload) as told:
            apply_upload(upload=upload, by=request.user, progress=told)
        return address

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã nhập tệp vào sổ bộ."):
            return answer
        upload.refresh_from_db()
    if upload.applied_at:
        return render(request, "desk/import_done.html", {"upload": upload, "counts": upload.counts})
    if not is_alive(upload):
        return _unusable(request, upload, GONE)
    found = report_of(upload)
    if found is None:
        return redirect("desk:import-columns", pk)
    kind, column = request.GET.get("kind", ""), request.GET.get("column", "")
    chosen = _chosen(found, kind, column)
    context = {
        "upload": upload,
        "form": form,
        "report": found,
        "kind": kind,
        "column": column,
        "kinds": KINDS,
    }
    context |= {"in_columns": _counted(found.remarks), "listed": len(found.remarks)}
    context |= paged(request, chosen)  # type: ignore[arg-type]
    context["rows"] = [(remark, _links(remark)) for remark in context["page"]]
    return render(request, "desk/import_report.html", context)


def _chosen(found: Report, kind: str, column: str) -> list[Remark]:
    """Remarks of the kind and column that are asked for, faults first, then by row."""
    remarks = {"faults": found.faults, "warnings": found.warnings}.get(kind, [*found.faults, *found.warnings])
    return [remark for remark in remarks if not column or remark.column == column]


def _counted(remarks: list[Remark]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for remark in remarks:
        counts[remark.column] = counts.get(remark.column, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])


def _links(remark: Remark) -> list[tuple[str, str]]:
    """(words, address or "") of each near match."""
    return [
        (offer.text, reverse(RECORDS[offer.kind], args=[offer.pk]) if offer.kind in RECORDS else "")
        for offer in remark.near
    ]


@require_safe
@requires(Permission.REGISTER_IMPORT)
def errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook back, with what is wrong in a column of its own."""
    upload = _upload_of(request.user, pk)
    found = report_of(upload)
    if found is None:
        raise Http404(GONE)
    try:
        with opened(upload) as book:
            sheet, layout = read_sheet(book, upload)
            body = errors_workbook(sheet, layout, found, book.epoch_1904)
    except (BadWorkbook, ValidationError) as error:
        raise Http404(_sentence(error)) from error
    return _attached(body, f"{Path(upload.name).stem} - lỗi.xlsx")


@require_safe
@requires(Permission.REGISTER_IMPORT)
def template_file(request: HttpRequest) -> HttpResponse:
    """A blank register with explanations and lists to choose from."""
    units = AdministrativeUnit.objects.in_territory().select_related("district")
    return _attached(template(list(ProductGroup.objects.all()), list(units)), "mau-so-theo-doi-ocop.xlsx")


def _attached(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, safe_filename(name))
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@requires(Permission.REGISTER_IMPORT)
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """How far entering has come, for a page that waits."""
    upload = _upload_of(request.user, pk)
    return JsonResponse(progress_of(upload) or {}, json_dumps_params={"ensure_ascii": False})
