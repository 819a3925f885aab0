"""The grid of yearly figures as a workbook: sent prefilled, read back through the same forms, never trusted."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from openpyxl import load_workbook

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm
from producers.actions.figures import Entry, FiguresErrors, version
from producers.forms.figures import HEADS, WORDS, FiguresForm
from producers.models import Producer
from producers.models.figures import FIRST_YEAR
from products.catalogue import place_text
from reports.tables.base import Column, Kind, Table
from reports.tables.workbook import workbook

MAX_BYTES, MAX_UNPACKED, MOST_ROWS, MOST_COLUMNS = 5 * 2**20, 60 * 2**20, 5_000, 40
KEY, SEEN, YEAR, NAME = "Mã chủ thể", "Phiên bản", "Năm", "Chủ thể"
LABELS = {name: HEADS[name][:1].upper() + HEADS[name][1:] for name in WORDS}
NOT_A_WORKBOOK = (
    "Tệp không phải là sổ tính Excel (.xlsx). Hãy mở bằng Excel rồi lưu dạng “Excel Workbook (*.xlsx)”."
)


def grid_workbook(rows: Iterable[Any], day: date) -> bytes:
    """The rows (`reports.desk.figures_reading.Row`) to be filled in: figures so far, the year before beside them."""
    columns = (
        Column(KEY, Kind.COUNT, width=0.6),
        Column(NAME, width=2.2),
        Column("Địa bàn", width=2),
        Column(YEAR, Kind.TEXT, width=0.5),
        Column("Doanh thu năm trước (triệu đồng)", Kind.NUMBER, width=0.9),
        Column(LABELS["revenue"], Kind.NUMBER, width=0.9),
        *(Column(LABELS[name], Kind.COUNT, width=0.7) for name in ("workers", "women", "members")),
        Column(LABELS["note"], width=1.6),
        Column(SEEN, width=0.7),
    )
    lines = [
        (
            str(row.producer.pk),
            row.producer.name,
            place_text(row.producer.place, day),
            str(row.year),
            row.before,
            *(getattr(row.record, name, None) for name in WORDS),
            version(row.record),
        )
        for row in rows
    ]
    table = Table(
        title="Số liệu năm của chủ thể OCOP",
        columns=columns,
        rows=lines,
        summary="Điền các cột từ doanh thu đến ghi chú rồi gửi lại tệp này. Ô trống là chưa có số liệu.",
        footnotes=("Không sửa mã chủ thể, năm và phiên bản: chúng cho biết dòng nào, và ai đã sửa trước.",),
    )
    return workbook([("Số liệu năm", table)], authority="Sổ bộ sản phẩm OCOP")


class FiguresUploadForm(OnceForm):
    """A filled workbook."""

    file = forms.FileField(
        label="Tệp Excel đã điền",
        help_text="Tệp .xlsx tải từ trang này, tối đa 5 MB.",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp rỗng. Hãy chọn một tệp khác."},
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError("Tệp lớn hơn 5 MB. Hãy chỉ giữ trang số liệu năm.")
        try:
            with zipfile.ZipFile(file) as package:
                unpacked = sum(part.file_size for part in package.infolist())
                known = "[Content_Types].xml" in package.namelist()
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise ValidationError(NOT_A_WORKBOOK) from error
        if not known:
            raise ValidationError(NOT_A_WORKBOOK)
        if unpacked > MAX_UNPACKED:
            raise ValidationError("Tệp bung ra quá lớn nên không được mở. Hãy tải lại mẫu rồi điền.")
        file.seek(0)
        return file


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell: row and column as Excel shows them."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Sheet:
    """A workbook as it was read: rows for the action with the rows of the sheet they came from, and faults."""

    entries: list[Entry] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def placed(self, errors: FiguresErrors) -> list[Fault]:
        """An action's errors at the rows and columns of the sheet."""
        told = []
        for index, error in errors.rows.items():
            named = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
            for name, faults in named.items():
                reasons = [str(message) for fault in faults for message in fault.messages]
                told.append(Fault(self.places[index], LABELS.get(name, ""), "", " ".join(reasons)))
        return told


def read_grid(file: Any, scope: QuerySet[Producer]) -> Sheet:
    """The rows of the first sheet that has the headings of `grid_workbook`, each through `FiguresForm`."""
    sheet = Sheet()
    try:
        lines = _lines(file)
        head_row, heads = next(((n, c) for n, c in lines if _is_head(c)), (0, []))
        if not head_row:
            sheet.faults.append(
                Fault(
                    1,
                    "",
                    "",
                    f"Không thấy dòng tiêu đề có “{KEY}” và “{YEAR}”. Hãy dùng tệp mẫu của trang này.",
                )
            )
            return sheet
        found = [(n, dict(zip(map(_text, heads), cells, strict=False))) for n, cells in lines]
    except Exception as error:
        # Whatever the library cannot read of a damaged or forged file; it has no common error.
        raise_unless_reading(error)
        sheet.faults.append(Fault(1, "", "", NOT_A_WORKBOOK))
        return sheet
    filled = [(n, cells) for n, cells in found if _text(cells.get(KEY)) and _text(cells.get(YEAR))]
    keys = {_text(cells[KEY]) for _, cells in filled}
    known = scope.in_bulk([int(k) for k in keys if k.isascii() and k.isdigit() and len(k) < 10])
    seen: dict[tuple[int, str], int] = {}
    for n, cells in filled:
        _read_row(sheet, n, cells, known, seen)
    if not filled:
        sheet.faults.append(Fault(head_row, KEY, "", "Không có dòng nào dưới tiêu đề."))
    return sheet


def raise_unless_reading(error: Exception) -> None:
    """Let pass what a broken file raises; what the database or the code raises is raised again."""
    if type(error).__module__.startswith(("django", "psycopg")):
        raise error


def _lines(file: Any) -> Iterator[tuple[int, list[Any]]]:
    """(row number, cells) of the first sheet, as far as anybody fills one in."""
    book = load_workbook(io.BytesIO(file.read()), read_only=True, data_only=False, keep_links=False)
    rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    for number, cells in enumerate(rows, 1):
        if any(cell not in (None, "") for cell in cells):
            yield number, list(cells)


def _is_head(cells: list[Any]) -> bool:
    return {KEY, YEAR} <= {_text(cell) for cell in cells}


def _text(value: Any) -> str:
    """A cell as somebody would have typed it into the page: numbers with a comma, whole ones without."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float):
        value = Decimal(repr(value))
        return format(value.normalize(), "f").replace(".", ",")
    return str(value).strip()


def _read_row(
    sheet: Sheet,
    number: int,
    cells: dict[str, Any],
    known: dict[int, Producer],
    seen: dict[tuple[int, str], int],
) -> None:
    key, year = _text(cells[KEY]), _text(cells[YEAR])
    producer = known.get(int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
    if producer is None:
        sheet.faults.append(Fault(number, KEY, key[:40], "Không có chủ thể này trong phạm vi của bạn."))
        return
    if not (year.isascii() and year.isdigit() and len(year) == 4 and FIRST_YEAR <= int(year) <= today().year):
        reason = f"Năm phải từ {FIRST_YEAR} đến {today().year}."
        sheet.faults.append(Fault(number, YEAR, year[:40], reason))
        return
    if first := seen.setdefault((producer.pk, year), number) != number and seen[producer.pk, year]:
        sheet.faults.append(Fault(number, KEY, key, f"Chủ thể và năm này đã có ở dòng {first}."))
        return
    data = {name: _text(cells.get(LABELS[name])) for name in WORDS} | {"seen": _text(cells.get(SEEN))}
    faulty = [name for name, text in data.items() if text.startswith("=") and name != "note"]
    form = FiguresForm(data, producer=producer, year=int(year))
    for name in faulty:
        reason = "Ô chứa công thức: hãy dán giá trị (Paste Values) rồi gửi lại."
        sheet.faults.append(Fault(number, LABELS.get(name, SEEN), data[name][:40], reason))
    if not form.is_valid():
        for name, reasons in form.errors.items():
            if name not in faulty:
                told = " ".join(map(str, reasons))
                sheet.faults.append(Fault(number, LABELS.get(name, SEEN), data.get(name, "")[:40], told))
        return
    if not faulty:
        sheet.entries.append(form.entry)
        sheet.places.append(number)
