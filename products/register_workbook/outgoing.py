"""Workbooks that the portal hands out: the uploaded one with a “Lỗi” column, and the blank template.

All text is written as text: no cell of theirs can start a formula.
"""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ocop_portal.models import AdministrativeUnit
from ocop_portal.sheets import DATE_FORMAT, text_cell
from producers.models import Producer
from products.models import ProductGroup
from products.register_workbook import values
from products.register_workbook.columns import FIELDS, Layout
from products.register_workbook.names import place_label
from products.register_workbook.reading import Cell, Sheet
from products.register_workbook.report import Report

ERRORS = "Lỗi"
TEMPLATE_ROWS = 2_000
_RED, _YELLOW = PatternFill("solid", fgColor="FBE6E1"), PatternFill("solid", fgColor="FDF0D0")
_GREEN = PatternFill("solid", fgColor="E2F2E6")
_BOLD, _WRAP = Font(bold=True), Alignment(wrap_text=True, vertical="top")
_MOST_GAP = 1_000
"""Blank rows kept between filled ones; what lies further apart is moved up."""


def errors_workbook(sheet: Sheet, layout: Layout, report: Report, epoch_1904: bool = False) -> bytes:
    """The sheet as it came, each faulty cell coloured, and what is wrong with a line in its last column.

    Rows and columns keep their places, so what was fixed here may be uploaded again; a column “Lỗi” of an earlier time
    is replaced.
    """
    told = report.by_row()
    held = [c for c, label in layout.labels.items() if values.key(label) == values.key(ERRORS)]
    last = held[0] if held else sheet.columns + 1
    book = Workbook(write_only=True)
    page = book.create_sheet(_title(sheet.name))
    page.freeze_panes = f"A{layout.last + 1}"
    for column in range(1, last):
        page.column_dimensions[get_column_letter(column)].width = sheet.widths.get(column, 14)
    page.column_dimensions[get_column_letter(last)].width = 70
    by_label = {label: column for column, label in layout.labels.items()}
    row = 0
    for number in sorted(sheet.rows):
        for _ in range(min(number - row - 1, _MOST_GAP)):
            page.append([])
        row = number
        cells = {
            c: _copied(page, cell, epoch_1904) for c, cell in sheet.rows[number].items() if c not in held
        }
        for remark in told.get(number, ()):
            fault = by_label.get(remark.column)
            if fault is not None and fault not in held:
                cell = cells.setdefault(fault, WriteOnlyCell(page))
                cell.fill = _RED if remark.grave else _YELLOW
        if number == layout.last:
            cells[last] = text_cell(page, ERRORS)
        elif number in told:
            cells[last] = text_cell(page, "\n".join(f"{r.column}: {r.sentence}" for r in told[number]))
            cells[last].alignment = _WRAP
        if number <= layout.last:
            for cell in cells.values():
                cell.font = _BOLD
        page.append([cells.get(column) for column in range(1, max(cells, default=0) + 1)])
    return _saved(book)


def _copied(page: Any, cell: Cell, epoch_1904: bool) -> WriteOnlyCell:
    """A cell with its value, inert: a formula becomes the value that was saved beside it."""
    if cell.kind == "date" and (day := values.from_serial(cell.value, epoch_1904)):
        copy = WriteOnlyCell(page, day)
        copy.number_format = DATE_FORMAT
        return copy
    if cell.kind in ("number", "date", "truth"):
        return WriteOnlyCell(page, cell.value)
    return text_cell(page, "" if cell.kind == "formula" else str(cell.value))


def _title(name: str) -> str:
    return "".join(" " if c in r"\/*?:[]" or c < " " else c for c in name).strip(" '")[:31] or "Trang 1"


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# --- the template ---------------------------------------------------------------------------------

_LISTS: dict[str, int] = {"group": 1, "legal_form": 2, "commune": 3, "district": 4}
"""Field → column of the sheet “Danh mục” that lists what it may hold."""
_DAYS = ("valid_to", "first_date", "second_date")
_STARS = ("stars", "first_stars", "second_stars")
STEPS = (
    "Mỗi dòng của trang “Sản phẩm” là một sản phẩm. Cột tô đậm màu xanh là cột phải có.",
    "Ngày viết dạng 31/12/2022. Chỉ có năm thì chưa ghi được: hãy tra ngày ký trong quyết định.",
    "Sản phẩm công nhận một lần: để trống các cột “lần 2”. Đã nâng hạng hoặc đánh giá lại: ghi cả hai lần.",
    "Hạng sao hiện tại phải bằng hạng của lần công nhận gần nhất. Hạng sao lần 1 cần khi có lần 2.",
    "Để trống ngày hết hạn thì cổng tính 36 tháng từ ngày công nhận gần nhất.",
    "Xã cũ (trước 1/7/2025): ghi tên xã cũ và tên huyện cũ. Xã hiện nay: để trống cột huyện.",
    "Tải tệp lên lần đầu chỉ để kiểm tra, chưa ghi gì. Có một lỗi thì không dòng nào được nhập.",
    "Những gì sổ bộ đã có được giữ nguyên; nhập lại cùng một tệp không thêm gì.",
)


def template(groups: Sequence[ProductGroup], units: Sequence[AdministrativeUnit]) -> bytes:
    """A blank register: headings with explanations, lists to choose from, and how it is read."""
    book = Workbook()
    page = book.active
    page.title = "Sản phẩm"
    page.freeze_panes = "B2"
    for column, (name, item) in enumerate(FIELDS.items(), 1):
        cell = page.cell(1, column, item.label)
        cell.font, cell.alignment = _BOLD, Alignment(wrap_text=True, vertical="center")
        if item.needed:
            cell.fill = _GREEN
        if item.help:
            cell.comment = Comment(item.help, "Sổ bộ OCOP", width=260, height=90)
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = 30 if name in ("name", "producer", "group", "address") else 17
        if name in _DAYS:
            for row in range(2, 302):
                page.cell(row, column).number_format = DATE_FORMAT
        elif name in ("phone", "registration_number", "code"):
            for row in range(2, 302):
                page.cell(row, column).number_format = "@"
    _lists(book, groups, units)
    _help(book)
    _choices(page, book["Danh mục"])
    return _saved(book)


def _lists(book: Workbook, groups: Sequence[ProductGroup], units: Sequence[AdministrativeUnit]) -> None:
    page = book.create_sheet("Danh mục")
    level = AdministrativeUnit.Level
    columns = (
        ("Bộ sản phẩm", [str(group) for group in groups]),
        (
            "Loại hình",
            [str(label).capitalize() for value, label in Producer.LegalForm.choices if value != "unrecorded"],
        ),
        ("Xã, phường", [place_label(unit) for unit in units if unit.level == level.COMMUNE]),
        ("Huyện (cũ)", [unit.name for unit in units if unit.level == level.DISTRICT]),
    )
    for column, (label, items) in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(column)].width = 48
        for row, text in enumerate((f"Danh mục {label.lower()}", *items), 1):
            cell = page.cell(row, column, text)
            cell.data_type = "s"
            if row == 1:
                cell.font = _BOLD


def _help(book: Workbook) -> None:
    page = book.create_sheet("Hướng dẫn")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 30, 80
    for text in STEPS:
        page.append([None, text])
    page.append([])
    for item in FIELDS.values():
        page.append([item.label, ("Phải có. " if item.needed else "") + item.help])
    for row in page.iter_rows():
        for cell in row:
            cell.alignment = _WRAP


def _choices(page: Any, lists: Any) -> None:
    """Lists to choose from; another text may still be typed, for the portal reads more than they hold."""
    for name, column in _LISTS.items():
        letter = get_column_letter(column)
        last = sum(1 for cell in lists[letter] if cell.value is not None)
        rule = DataValidation("list", formula1=f"'Danh mục'!${letter}$2:${letter}${last}", allow_blank=True)
        rule.showErrorMessage = False
        _apply(page, rule, name)
    for name in _STARS:
        rule = DataValidation("list", formula1='"3,4,5"', allow_blank=True)
        rule.error = "Hạng sao là 3, 4 hoặc 5."
        rule.showErrorMessage = True
        _apply(page, rule, name)


def _apply(page: Any, rule: DataValidation, name: str) -> None:
    letter = get_column_letter(list(FIELDS).index(name) + 1)
    page.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{TEMPLATE_ROWS}")
