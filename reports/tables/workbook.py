"""Official tables as a workbook: streamed, no cell can start a formula, numbers and dates as such, ready to print."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from ocop_portal.sheets import DATE_FORMAT, inert_cell, sheet_name
from reports.tables.base import Cell, Column, Kind, Table, text_of

CHARACTERS = 15  # of a column of width 1
NARROWEST = 9
FIRST = "STT"

_THIN = Side(style="thin", color="999999")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TINT = PatternFill("solid", fgColor="F1EDE3")
_BOLD, _TITLE, _ITALIC = Font(bold=True), Font(bold=True, size=14), Font(italic=True)
_HEAD = Alignment(wrap_text=True, horizontal="center", vertical="center")
_TEXT = Alignment(wrap_text=True, vertical="top")
_MIDDLE = Alignment(horizontal="center", vertical="top")
_TOP = Alignment(vertical="top")


def workbook(tables: Iterable[tuple[str, Table]], *, authority: str, mark: str = "") -> bytes:
    """A workbook with a sheet for each (name, table). `mark` stands above all: that the data are illustrative."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for name, table in tables:
        _fill(book.create_sheet(_unused(sheet_name(name), taken)), table, authority, mark)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _unused(name: str, taken: set[str]) -> str:
    """Sheets are called each by another name, capital letters or not."""
    wanted, number = name, 2
    while wanted.lower() in taken:
        wanted, number = f"{name[:27]} {number}", number + 1
    taken.add(wanted.lower())
    return wanted


def _fill(sheet: Any, table: Table, authority: str, mark: str) -> None:
    above = [
        (authority, _BOLD),
        (mark, _BOLD),
        (table.title, _TITLE),
        (table.about, _ITALIC),
        (table.summary, None),
    ]
    above = [(text, font) for text, font in above if text]
    head = len(above) + 2
    _set_up(sheet, table.columns, head)
    for text, font in above:
        sheet.append([inert_cell(sheet, text, font)])
    sheet.append([])
    sheet.append(
        [_styled(sheet, h, _BOLD, _HEAD, fill=True) for h in (FIRST, *(c.head for c in table.columns))]
    )
    for number, row in enumerate(table.rows, 1):
        sheet.append([_styled(sheet, number, None, _MIDDLE), *_cells(sheet, row, table.columns)])
    if table.totals:
        label = _styled(sheet, "Cộng", _BOLD, _TOP)
        sheet.append([label, *_cells(sheet, table.totals, table.columns, _BOLD)])
    sheet.append([])
    for note in table.footnotes:
        sheet.append([inert_cell(sheet, note, _ITALIC)])


def _set_up(sheet: Any, columns: Sequence[Column], head: int) -> None:
    """Widths, the head kept in view and repeated on paper, A4 across, as many pages as it takes."""
    sheet.freeze_panes = f"A{head + 1}"
    sheet.column_dimensions["A"].width = 6
    for n, column in enumerate(columns, 2):
        sheet.column_dimensions[get_column_letter(n)].width = max(NARROWEST, CHARACTERS * column.width)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.oddFooter.center.text = "&P/&N"


def _cells(sheet: Any, row: Sequence[Cell], columns: Sequence[Column], font: Font | None = None) -> list[Any]:
    return [_value(sheet, text_of(cell), column, font) for cell, column in zip(row, columns, strict=True)]


def _value(sheet: Any, value: Cell, column: Column, font: Font | None) -> Any:
    if isinstance(value, bool):
        return _styled(sheet, "x" if value else "", font, _MIDDLE)
    cell = _styled(sheet, value, font, _MIDDLE if column.middle else _TOP if column.right else _TEXT)
    if isinstance(value, Decimal):
        cell.number_format = "#,##0." + "0" * column.places if column.places else "#,##0"
    elif isinstance(value, int):
        cell.number_format = "#,##0"
    elif column.kind == Kind.DATE:
        cell.number_format = DATE_FORMAT
    return cell


def _styled(sheet: Any, value: Any, font: Font | None, alignment: Alignment, fill: bool = False) -> Any:
    cell = inert_cell(sheet, value, font)
    cell.alignment, cell.border = alignment, _BOX
    if fill:
        cell.fill = _TINT
    return cell
