"""The grid in which producers and officials enter what producers report of a year."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.lists import paged
from ocop_portal.permissions import Permission, requires
from ocop_portal.sheets import XLSX_TYPE
from producers.actions.figures import FiguresErrors, save_yearly_figures, version
from producers.forms.figures import HEADS, WORDS
from producers.models import Producer
from products.catalogue import place_text
from reports.desk.figures_reading import GridReading, Row, rows_of, years_on_offer
from reports.figures_workbook import Fault, FiguresUploadForm, grid_workbook, read_grid
from reports.files import attached

MOST_ROWS = 300
_KEY = re.compile(r"([0-9]{1,9})-([0-9]{4})")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FIGURES_ENTER)
def grid(request: HttpRequest) -> HttpResponse:
    """Show the rows of the list, the year before beside them; keep those that were changed, all or none."""
    reading = GridReading(request.GET, request.user)
    page = paged(request, reading.producers)
    once = OnceForm(request.POST or None)
    if request.method == "POST":
        rows = rows_of(_posted(request, reading), request.POST)
        if once.is_valid() and all(row.form.is_valid() for row in rows):
            if answer := send_once(request, once, lambda: _save(request, rows), "Đã lưu số liệu năm."):
                return answer
    else:
        rows = rows_of(reading.keys(page["page"]))
    return render(request, "reports/desk/figures.html", _context(request, reading, rows, once) | page)


def _posted(request: HttpRequest, reading: GridReading) -> list[tuple[Producer, int]]:
    """The rows that the page held, whatever the list holds by now. Raises Http404 for one out of scope."""
    asked = [_KEY.fullmatch(key) for key in dict.fromkeys(request.POST.getlist("row"))]
    if not asked or len(asked) > MOST_ROWS or not all(asked):
        raise Http404("Phiếu gửi lên không đúng dạng. Hãy mở lại trang.")
    keys = [(int(match[1]), int(match[2])) for match in asked if match]
    mine = reading.scope.with_place().in_bulk([pk for pk, _ in keys])  # type: ignore[attr-defined]
    offered = years_on_offer(reading.day)
    if any(pk not in mine or year not in offered for pk, year in keys):
        raise Http404("Có chủ thể ngoài phạm vi của bạn, hoặc năm chưa nhập được.")
    return [(mine[pk], year) for pk, year in keys]


def _save(request: HttpRequest, rows: list[Row]) -> str:
    """Save the rows; where one of them is refused, put the reasons at the rows and raise for the page."""
    try:
        save_yearly_figures(entries=[row.form.entry for row in rows], by=request.user)
    except FiguresErrors as errors:
        for index, error in errors.rows.items():
            _put(rows[index], error)
        raise ValidationError(errors.messages) from None
    return request.get_full_path()


def _put(row: Row, error: ValidationError) -> None:
    """An action's error at the cells of its row. A stale row shows what the register holds, and may be sent again."""
    named = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, faults in named.items():
        row.form.add_error(name if name in row.form.fields else None, faults)  # type: ignore[arg-type]
        row.stale = row.stale or any(fault.code == "stale" for fault in faults)
    if row.stale:
        fresh = rows_of([(row.producer, row.year)])[0]
        row.record = fresh.record
        row.form.data = row.form.data.copy()
        row.form.data[row.form.add_prefix("seen")] = version(fresh.record)


def _context(request: HttpRequest, reading: GridReading, rows: list[Row], once: OnceForm) -> dict[str, Any]:
    params = request.GET.copy()
    params.pop("page", None)
    several = len({row.producer.pk for row in rows}) > 1
    return {
        "reading": reading,
        "rows": [(row, place_text(row.producer.place, reading.day)) for row in rows],
        "forms": [once, *(row.form for row in rows)],
        "once": once,
        "heads": [(name, word, HEADS[name]) for name, word in WORDS.items()],
        "totals": reading.totals(),
        "years": years_on_offer(reading.day),
        "unfinished": reading.year == today().year,
        "several": several,
        "query": params.urlencode(),
    }


@require_safe
@requires(Permission.FIGURES_ENTER)
def workbook(request: HttpRequest) -> HttpResponse:
    """The rows of the list as a workbook to be filled in, all pages of it."""
    reading = GridReading(request.GET, request.user)
    rows = rows_of(reading.keys(reading.producers))
    return attached(grid_workbook(rows, reading.day), XLSX_TYPE, f"so lieu nam {reading.year}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.FIGURES_ENTER)
def upload(request: HttpRequest) -> HttpResponse:
    """Read a filled workbook through the same forms: every fault told by row and column, or all of it kept."""
    form = FiguresUploadForm(request.POST or None, request.FILES or None)
    reading = GridReading(request.GET, request.user)
    faults: list[Fault] = []
    address = reverse("desk:yearly-figures") + f"?year={reading.year}"

    def save() -> str:
        try:
            save_yearly_figures(entries=sheet.entries, by=request.user)
        except FiguresErrors as errors:
            faults.extend(sheet.placed(errors))
            raise ValidationError(errors.messages) from None
        return address

    if request.method == "POST" and form.is_valid():
        sheet = read_grid(form.cleaned_data["file"], reading.scope)
        faults += sheet.faults
        if faults:
            form.add_error(
                "file", "Tệp có lỗi nên chưa dòng nào được lưu. Hãy sửa theo bảng dưới đây rồi gửi lại."
            )
        else:
            told = f"Đã nhận {len(sheet.entries)} dòng từ tệp Excel."
            if answer := send_once(request, form, save, told):
                return answer
    return render(
        request, "reports/desk/figures_upload.html", {"form": form, "faults": faults, "reading": reading}
    )
