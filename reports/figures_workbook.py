"""The grid of yearly figures as a workbook: sent prefilled, read back through the same forms, never trusted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm
from producers.actions.figures import Entry, FiguresErrors, version
from producers.forms.figures import HEADS, WORDS, FiguresForm
from producers.models import Producer
from producers.models.figures import FIRST_YEAR
from products.catalogue import place_text
from products.register_workbook.package import BadWorkbook
from products.register_workbook.reading import Book, Cell
from reports.tables.base import Column, Kind, Table
from reports.tables.workbook import workbook

MOST_ROWS = 5_000
KEY, SEEN, YEAR, NAME = "Mã chủ thể", "Phiên bản", "Năm", "Chủ thể"
LABELS = {name: HEADS[name][:1].upper() + HEADS[name][1:] for name in WORDS}


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
        help_text="Tệp .xlsx tải từ trang số liệu năm.",
        error_messages={"required": "Hãy chọn một tệp.", "empty": "Tệp rỗng. Hãy chọn một tệp khác."},
        widget=forms.FileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
    )


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
        book = Book(file)
        lines = sorted(book.sheet(book.sheets[0]).rows.items())
    except BadWorkbook as error:
        sheet.faults.append(Fault(1, "", "", str(error)))
        return sheet
    head_row, heads = next(((n, c) for n, c in lines if _is_head(c)), (0, {}))
    if not head_row:
        told = f"Không thấy dòng tiêu đề có “{KEY}” và “{YEAR}”. Hãy dùng tệp mẫu của trang này."
        sheet.faults.append(Fault(1, "", "", told))
        return sheet
    names = {column: text_of_cell(cell) for column, cell in heads.items()}
    found = [
        (n, {names[c]: cell for c, cell in cells.items() if c in names}) for n, cells in lines if n > head_row
    ]
    filled = [(n, cells) for n, cells in found if KEY in cells and YEAR in cells]
    if len(filled) > MOST_ROWS:
        told = f"Tệp có hơn {MOST_ROWS} dòng. Hãy chia làm nhiều tệp."
        sheet.faults.append(Fault(head_row, KEY, "", told))
        return sheet
    keys = {text_of_cell(cells[KEY]) for _, cells in filled}
    known = scope.in_bulk([int(k) for k in keys if _is_number(k, 9)])
    seen: dict[tuple[int, str], int] = {}
    for n, cells in filled:
        _read_row(sheet, n, cells, known, seen)
    if not filled:
        sheet.faults.append(Fault(head_row, KEY, "", "Không có dòng nào dưới tiêu đề."))
    return sheet


def _is_head(cells: dict[int, Cell]) -> bool:
    return {KEY, YEAR} <= {text_of_cell(cell) for cell in cells.values()}


def _is_number(text: str, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest


def text_of_cell(cell: Cell | None) -> str:
    """A cell as somebody would have typed it into the page: numbers with a comma, whole ones without."""
    if cell is None:
        return ""
    if cell.kind in ("number", "date") and isinstance(cell.value, int | float):
        return format(Decimal(repr(cell.value)).normalize(), "f").replace(".", ",")
    return str(cell.value or "").strip()


def _read_row(
    sheet: Sheet,
    number: int,
    cells: dict[str, Cell],
    known: dict[int, Producer],
    seen: dict[tuple[int, str], int],
) -> None:
    key, year = text_of_cell(cells[KEY]), text_of_cell(cells[YEAR])
    producer = known.get(int(key)) if _is_number(key, 9) else None
    if producer is None:
        sheet.faults.append(Fault(number, KEY, key[:40], "Không có chủ thể này trong phạm vi của bạn."))
        return
    if not (_is_number(year, 4) and FIRST_YEAR <= int(year) <= today().year):
        reason = f"Năm phải từ {FIRST_YEAR} đến {today().year}."
        sheet.faults.append(Fault(number, YEAR, year[:40], reason))
        return
    if first := seen.setdefault((producer.pk, year), number) != number and seen[producer.pk, year]:
        sheet.faults.append(Fault(number, KEY, key, f"Chủ thể và năm này đã có ở dòng {first}."))
        return
    given = {name: cells.get(LABELS[name]) for name in WORDS} | {"seen": cells.get(SEEN)}
    data = {name: text_of_cell(cell) for name, cell in given.items()}
    faulty = [name for name, cell in given.items() if cell is not None and cell.kind in ("formula", "error")]
    form = FiguresForm(data, producer=producer, year=int(year))
    for name in faulty:
        reason = "Ô có công thức chưa ra kết quả, hoặc báo lỗi: hãy dán giá trị (Paste Values) rồi gửi lại."
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
