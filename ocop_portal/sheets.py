"""Lists as CSV and Excel files in which no cell can start a formula.

A cell holds text, a number, a date, a truth or nothing; anything else is written as its text.
"""

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.utils.timezone import is_aware, make_naive
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What spreadsheets read as the start of a formula or of a new field, full-width forms included.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
LONGEST_CELL = 32_767  # characters, Excel's limit
DATE_FORMAT, MOMENT_FORMAT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
CHUNK = 2**15  # characters of a CSV sent at a time
NARROWEST, WIDEST = 10, 60  # columns, in characters
MEASURED_ROWS = 200  # from which the widths are taken, so that the rest may stream

# Code points that XML 1.0 cannot hold, and lone surrogates, which UTF-8 cannot.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPACE_BEFORE = " \u00a0\u200b\ufeff"  # skipped by some programs on their way to the "="
_NOT_IN_TITLE = re.compile(r"[\\/*?:\[\]]")


def safe_text(value: Any) -> Any:
    """The value for a CSV cell: text that a spreadsheet would run gets an apostrophe before it, numbers stay."""
    if isinstance(value, str):
        text = _NOT_XML.sub("\ufffd", value)
        return "'" + text if text.lstrip(_SPACE_BEFORE).startswith(DANGEROUS) else text
    return _plain(value)


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The table in UTF-8, piece by piece; the leading mark makes Excel read it as such."""
    piece = io.StringIO("\ufeff")
    piece.seek(1)
    writer = csv.writer(piece, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in chain([header], rows):
        writer.writerow([safe_text(value) for value in row])
        if piece.tell() > CHUNK:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """The table as a workbook of one sheet: header kept in view, real dates, text that stays text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NOT_IN_TITLE.sub(" ", _NOT_XML.sub(" ", title)).strip(" '")[:31] or "Trang 1")
    sheet.freeze_panes = "A2"
    source = iter(rows)
    first = list(islice(source, MEASURED_ROWS))
    for column, width in enumerate(_widths([header, *first]), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    bold = Font(bold=True)
    sheet.append([_cell(sheet, value, font=bold) for value in header])
    for row in chain(first, source):
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: Any) -> Any:
    """Nothing as an empty cell, dates by ISO (which every program reads alike), numbers as they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.date):
        return _local(value).isoformat()
    if isinstance(value, int | float | Decimal):
        return value
    return safe_text(str(value))


def _local(value: dt.date) -> dt.date:
    """A moment as the clock here showed it, without its zone (Excel knows none); a date as it is."""
    return make_naive(value) if isinstance(value, dt.datetime) and is_aware(value) else value


def _cell(sheet: Any, value: Any, font: Font | None = None) -> WriteOnlyCell:
    if isinstance(value, dt.date):
        cell = WriteOnlyCell(sheet, _local(value))
        cell.number_format = MOMENT_FORMAT if isinstance(value, dt.datetime) else DATE_FORMAT
    elif value is None or value == "" or (isinstance(value, int | float | Decimal) and math.isfinite(value)):
        cell = WriteOnlyCell(sheet, value)
    else:
        cell = text_cell(sheet, str(value))
    if font:
        cell.font = font
    return cell


def text_cell(sheet: Any, value: str) -> WriteOnlyCell:
    """A cell of text that stays text, also where it begins with "="."""
    text = _NOT_XML.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n"))
    cell = WriteOnlyCell(sheet, text[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def _widths(rows: Sequence[Sequence[Any]]) -> list[int]:
    """Per column, the longest text shown in the rows, within bounds."""
    columns = max(map(len, rows))
    texts = [
        [len(str(row[n])) for row in rows if n < len(row) and row[n] is not None] for n in range(columns)
    ]
    return [min(WIDEST, max(NARROWEST, max(lengths, default=0) + 2)) for lengths in texts]


def inert_cell(sheet: Any, value: Any, font: Font | None = None) -> WriteOnlyCell:
    """A cell for workbooks laid out elsewhere: numbers and dates as such, text that stays text."""
    return _cell(sheet, value, font)


def sheet_name(title: str) -> str:
    """The title as a sheet may be called."""
    return _NOT_IN_TITLE.sub(" ", _NOT_XML.sub(" ", title)).strip(" '")[:31].strip(" '") or "Trang 1"
