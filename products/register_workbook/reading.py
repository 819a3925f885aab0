"""The cells of a workbook: sheets that are shown, values as they were saved, merged cells filled.

Formulas are never evaluated: the value that Excel saved beside one is taken, and a formula without one is told as such.
"""

import math
import re
import zipfile
from bisect import bisect_right
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import Any, BinaryIO, NamedTuple

from ocop_portal.sheets import LONGEST_CELL
from products.register_workbook.package import BadWorkbook, Enough, open_package, parse

LONGEST_SHEET_NAME = 60
MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_CELLS = 500_000
MAX_STRINGS, MAX_STRING_CHARACTERS = 500_000, 20_000_000
MAX_MERGES = 50_000
TOO_MANY_MERGES = "Trang “{sheet}” có quá nhiều ô gộp. Hãy bỏ gộp ô (Unmerge Cells) rồi tải lên lại."
TOO_COMPLEX = "Tệp Excel có cấu trúc quá phức tạp, không giống một sổ sản phẩm."
HEAD_ROWS = 40
"""Filled rows that are looked at to find the headings."""

_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|general', re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Cell(NamedTuple):
    """A filled cell: `kind` is text, number, date (a number shown as one), truth, error or formula (without value)."""

    kind: str
    value: Any


@dataclass
class Sheet:
    """A sheet that is shown: its filled cells by row and column, both counted from 1."""

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """(first row, first column, last row, last column) of merged ranges."""
    widths: dict[int, float] = field(default_factory=dict)
    hidden_rows: int = 0

    @property
    def columns(self) -> int:
        """The last column that has anything."""
        return max((max(cells) for cells in self.rows.values() if cells), default=0)


class Book:
    """An opened workbook. Raises BadWorkbook, here and when a sheet is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._package: zipfile.ZipFile = open_package(file)
        self._names = set(self._package.namelist())
        self.epoch_1904 = False
        self._paths: dict[str, str] = {}
        self.hidden: list[str] = []
        self._read_workbook()
        self._date_styles = self._read_styles()
        self._strings: list[str] | None = None
        if not self._paths:
            raise BadWorkbook(
                "Mọi trang tính của tệp đều bị ẩn; trang ẩn không được đọc. Hãy hiện trang có bảng sản phẩm."
                if self.hidden
                else "Tệp không có trang tính nào."
            )

    @property
    def sheets(self) -> list[str]:
        """Names of the sheets that are shown, in order."""
        return list(self._paths)

    @property
    def has_links(self) -> bool:
        """Whether it draws on other workbooks, which are never opened."""
        return any(name.startswith("xl/externalLinks/") for name in self._names)

    def head(self, name: str) -> Sheet:
        """The first filled rows of a sheet; merged cells are not known yet."""
        return _SheetReader(self, name, HEAD_ROWS).read()

    def sheet(self, name: str) -> Sheet:
        """A whole sheet, its merged cells filled."""
        sheet = _SheetReader(self, name, None).read()
        _fill_merged(sheet)
        return sheet

    # --- parts -----------------------------------------------------------------------------------

    def _parts(self, name: str, wanted: set[str]) -> list[tuple[str, dict[str, str]]]:
        """(tag, attributes) of the wanted elements of a part, in order."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag in wanted:
                if len(found) > MAX_MERGES:
                    raise BadWorkbook(TOO_COMPLEX)
                found.append((tag, {key.rpartition(":")[2]: value for key, value in attrs.items()}))

        parse(self._package, name, start, lambda tag: None, {"parts": None})
        return found

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """{id: (kind, path)} of what a part points at inside the package."""
        folder, _, name = part.rpartition("/")
        path = join(folder, "_rels", name + ".rels") if part else "_rels/.rels"
        if path not in self._names:
            return {}
        return {
            attrs.get("Id", ""): (
                attrs.get("Type", "").rpartition("/")[2],
                normpath(join(folder, attrs.get("Target", ""))).lstrip("/"),
            )
            for _, attrs in self._parts(path, {"Relationship"})
            if attrs.get("TargetMode") != "External"
        }

    def _read_workbook(self) -> None:
        roots = [path for kind, path in self._relations("").values() if kind == "officeDocument"]
        self._workbook = next(iter(roots), "xl/workbook.xml")
        relations = self._relations(self._workbook)
        for tag, attrs in self._parts(self._workbook, {"workbookPr", "sheet"}):
            if tag == "workbookPr":
                self.epoch_1904 = attrs.get("date1904", "").lower() in ("1", "true")
                continue
            kind, path = relations.get(attrs.get("id", ""), ("", ""))
            name = attrs.get("name", "")[:LONGEST_SHEET_NAME]
            if kind != "worksheet":
                continue
            if attrs.get("state", "visible") != "visible":
                self.hidden.append(name)
            else:
                self._paths[name] = path
        self._related = dict(relations.values())

    def _read_styles(self) -> set[int]:
        """The cell styles that show a number as a day."""
        path = self._related.get("styles")
        if path not in self._names:
            return set()
        formats: dict[int, str] = {}
        styles: list[int] = []
        inside = {"cellXfs": False}

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag == "cellXfs":
                inside["cellXfs"] = True
            elif tag == "numFmt":
                formats[int(attrs.get("numFmtId", 0))] = attrs.get("formatCode", "")
            elif tag == "xf" and inside["cellXfs"]:
                if len(styles) > MAX_MERGES or len(formats) > MAX_MERGES:
                    raise BadWorkbook(TOO_COMPLEX)
                styles.append(int(attrs.get("numFmtId", 0)))

        def end(tag: str) -> None:
            if tag == "cellXfs":
                inside["cellXfs"] = False

        parse(self._package, str(path), start, end, {"parts": None})
        return {
            place
            for place, number in enumerate(styles)
            if number in _DATE_IDS
            or re.search("[dmyhs]", _NOT_FORMAT.sub("", formats.get(number, "")), re.IGNORECASE)
        }

    def strings(self) -> list[str]:
        """The strings that cells share."""
        if self._strings is not None:
            return self._strings
        found: list[str] = []
        path = self._related.get("sharedStrings")
        if path not in self._names:
            self._strings = found
            return found
        state: dict[str, Any] = {"parts": None, "item": [], "phonetic": False, "size": 0}

        def start(tag: str, attrs: dict[str, str]) -> None:
            if tag == "si":
                state["item"] = []
            elif tag == "rPh":
                state["phonetic"] = True
            elif tag == "t" and not state["phonetic"]:
                state["parts"] = state["item"]

        def end(tag: str) -> None:
            if tag == "t":
                state["parts"] = None
            elif tag == "rPh":
                state["phonetic"] = False
            elif tag == "si":
                text = _unescaped("".join(state["item"]))
                state["size"] += len(text)
                if len(found) >= MAX_STRINGS or state["size"] > MAX_STRING_CHARACTERS:
                    raise BadWorkbook(
                        "Tệp chứa quá nhiều chữ, không giống một sổ sản phẩm. Hãy bỏ bớt trang tính."
                    )
                found.append(text)

        parse(self._package, str(path), start, end, state)
        self._strings = found
        return found

    def read(self, name: str, start: Any, end: Any, state: dict[str, Any]) -> None:
        """Send a shown sheet through handlers."""
        if name not in self._paths:
            raise BadWorkbook(f"Tệp không có trang tính “{name}”, hoặc trang đó đang ẩn.")
        parse(self._package, self._paths[name], start, end, state)

    def is_date_style(self, style: str | None) -> bool:
        return style is not None and style.isdecimal() and int(style) in self._date_styles


class _SheetReader:
    """One pass over the XML of a sheet."""

    def __init__(self, book: Book, name: str, most_rows: int | None) -> None:
        self.book, self.most_rows = book, most_rows
        self.sheet = Sheet(name)
        self.strings = book.strings()
        self.row = self.column = self.count = 0
        self.cells: dict[int, Cell] = {}
        self.kind, self.style, self.formula = "n", None, False
        self.state: dict[str, Any] = {"parts": None}
        self.value: str | None = None

    def read(self) -> Sheet:
        self.book.read(self.sheet.name, self._start, self._end, self.state)
        return self.sheet

    def _start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "c":
            reference = attrs.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.kind, self.style = attrs.get("t", "n"), attrs.get("s")  # type: ignore[assignment]
            self.formula, self.value = False, None
        elif tag == "v" or (tag == "t" and self.kind == "inlineStr"):
            self.state["parts"] = []
        elif tag == "f":
            self.formula = True
        elif tag == "row":
            self.row = int(attrs.get("r") or self.row + 1)
            self.column, self.cells = 0, {}
            self.sheet.hidden_rows += attrs.get("hidden") in ("1", "true")
        elif tag == "mergeCell":
            self._merge(attrs.get("ref", ""))
        elif tag == "col" and len(self.sheet.widths) < MAX_COLUMNS:
            first, last = int(attrs.get("min", 1)), int(attrs.get("max", 1))
            for column in range(first, min(last, MAX_COLUMNS) + 1):
                self.sheet.widths[column] = float(attrs.get("width", 10))

    def _end(self, tag: str) -> None:
        if tag in ("v", "t"):
            if self.state["parts"] is not None:
                self.value = (self.value or "") + "".join(self.state["parts"])
                self.state["parts"] = None
        elif tag == "c":
            if self.value is not None or self.formula:
                self._keep()
        elif tag == "row" and self.cells:
            if len(self.sheet.rows) >= MAX_ROWS:
                raise BadWorkbook(
                    f"Trang “{self.sheet.name}” có hơn {MAX_ROWS:,} dòng dữ liệu. Hãy chia thành nhiều tệp.".replace(
                        ",", "."
                    )
                )
            self.sheet.rows[self.row] = self.cells
            if self.most_rows and len(self.sheet.rows) >= self.most_rows:
                raise Enough

    def _keep(self) -> None:
        cell = self._cell()
        if cell is None:
            return
        if self.column > MAX_COLUMNS:
            raise BadWorkbook(
                f"Trang “{self.sheet.name}”, dòng {self.row}: có dữ liệu ngoài {MAX_COLUMNS} cột đầu. "
                "Hãy xóa các cột không dùng."
            )
        self.count += 1
        if self.count > MAX_CELLS:
            raise BadWorkbook(f"Trang “{self.sheet.name}” có quá nhiều ô dữ liệu. Hãy chia thành nhiều tệp.")
        self.cells[self.column] = cell

    def _cell(self) -> Cell | None:
        raw = self.value
        if raw is None or (self.formula and raw == "" and self.kind != "str"):
            return Cell("formula", None)
        if self.kind == "s":
            place = int(raw)
            if not 0 <= place < len(self.strings):
                raise ValueError("no such shared string")
            raw = self.strings[place]
        elif self.kind == "b":
            return Cell("truth", raw.strip() == "1")
        elif self.kind == "e":
            return Cell("error", raw.strip()[:20])
        elif self.kind == "n":
            return self._number(raw)
        else:
            raw = _unescaped(raw)
        if len(raw) > LONGEST_CELL:
            raise BadWorkbook(
                f"Trang “{self.sheet.name}”, dòng {self.row}: một ô có hơn {LONGEST_CELL} ký tự."
            )
        return Cell("text", raw) if raw.strip() else None

    def _number(self, raw: str) -> Cell | None:
        if not raw.strip():
            return None
        number = float(raw)
        if not math.isfinite(number):
            raise ValueError("not a number")
        return Cell("date" if self.book.is_date_style(self.style) else "number", number)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        a, b = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
        if a is None or b is None:
            raise ValueError("not a range")
        if len(self.sheet.merges) >= MAX_MERGES:
            raise BadWorkbook(TOO_MANY_MERGES.format(sheet=self.sheet.name))
        self.sheet.merges.append((int(a[2]), _column(first), int(b[2]), _column(last or first)))


def _column(reference: str) -> int:
    """Number of the column of a reference: 28 for `AB7`."""
    number = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    if not 0 < number <= 16_384:
        raise ValueError("no such column")
    return number


def _unescaped(text: str) -> str:
    """`_x000D_` and the like, by which Excel writes what XML cannot hold. What a database cannot hold is replaced."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _fill_merged(sheet: Sheet) -> None:
    """Give the value of a merged range to its first column, down to its last filled row.

    A producer merged over its products is thus known on each line; a title over all columns stays in one.
    """
    numbers, filled = sorted(sheet.rows), 0
    for first, column, last, _ in sheet.merges:
        cell = sheet.rows.get(first, {}).get(column)
        if cell is None or last == first:
            continue
        below = numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]
        filled += len(below)
        if filled > MAX_CELLS:
            raise BadWorkbook(TOO_MANY_MERGES.format(sheet=sheet.name))
        for number in below:
            sheet.rows[number].setdefault(column, cell)
