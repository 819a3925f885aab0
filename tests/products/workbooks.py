"""Workbooks made by code: ordinary ones by openpyxl, large and hostile ones by writing their XML."""

import io
import zipfile

from openpyxl import Workbook

from products.actions.imports import recall_mapping
from products.register_workbook.choosing import choose
from products.register_workbook.plan import make_plan
from products.register_workbook.reading import Book

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

HEADINGS = {
    "name": "Tên sản phẩm",
    "group": "Bộ sản phẩm",
    "legal_form": "Loại hình",
    "producer": "Chủ thể",
    "commune": "Xã, phường",
    "district": "Huyện",
    "phone": "Điện thoại",
    "stars": "Hạng sao",
    "valid_to": "Ngày hết hạn",
    "number": "Số giấy chứng nhận",
    "stars_1": "Hạng sao lần 1",
    "date_1": "Ngày công nhận lần 1",
    "decision_1": "Số quyết định lần 1",
    "issuer_1": "Cơ quan ban hành lần 1",
    "stars_2": "Hạng sao lần 2",
    "date_2": "Ngày công nhận lần 2",
    "decision_2": "Số quyết định lần 2",
    "issuer_2": "Cơ quan ban hành lần 2",
}
ORDINARY = {
    "name": "Miến dong Thanh Vân",
    "group": "06",
    "legal_form": "HTX",
    "producer": "HTX Thanh Vân",
    "commune": "Côn Minh",
    "district": "Na Rì",
    "stars": 3,
    "date_1": "15/03/2024",
    "decision_1": "315/QĐ-UBND",
    "issuer_1": "UBND huyện Na Rì",
}
AGAIN = {
    "stars": 4,
    "stars_1": 3,
    "date_2": "20/02/2026",
    "decision_2": "88/QĐ-UBND",
    "issuer_2": "UBND tỉnh",
}
"""A second recognition, for `row(**AGAIN)`."""


def row(**changes):
    """The cells of an ordinary line, some of them changed."""
    return [(ORDINARY | changes).get(name) for name in HEADINGS]


def saved(workbook):
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def xlsx(*rows, headings=None, title="Sổ", above=(), edit=None):
    """A workbook of one sheet: lines above, headings, rows; `edit(workbook, sheet)` has the last word."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = title
    for line in (*above, headings or list(HEADINGS.values()), *rows):
        sheet.append(line)
    if edit:
        edit(workbook, sheet)
    return saved(workbook)


def raw(sheet="", *, parts=None, strings=None, sheets='<sheet name="S" sheetId="1" r:id="r1"/>', before=""):
    """A workbook from the XML of its sheet. `parts` adds or replaces whole parts."""
    made = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{REL}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{before}<workbook {NS} xmlns:r="{REL}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" '
        f'Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{REL}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"{before}<worksheet {NS}><sheetData>{sheet}</sheetData></worksheet>",
    }
    if strings is not None:
        made["xl/sharedStrings.xml"] = f"<sst {NS}>{strings}</sst>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, body in (made | (parts or {})).items():
            package.writestr(name, body)
    return out.getvalue()


def inline(rows, first=1):
    """Rows of text as the XML of a sheet."""
    lines = []
    for number, cells in enumerate(rows, first):
        told = "".join(
            f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for n, text in enumerate(cells)
            if text is not None
        )
        lines.append(f'<row r="{number}">{told}</row>')
    return "".join(lines)


def table(*rows):
    """Headings and rows as the XML of a sheet."""
    return inline([list(HEADINGS.values()), *rows])


def read(data, sheet=None):
    """The book, the sheet chosen and its headings."""
    book = Book(io.BytesIO(data))
    return book, *choose(book, recall_mapping, sheet)


def dry_run(data, sheet=None):
    """The plan of a workbook; nothing is written."""
    return make_plan(*read(data, sheet))


def told(plan):
    """What stands against a plan, as (row, column, reason)."""
    return [(r.row, r.column, r.sentence) for r in plan.report.faults]


def warned(plan):
    return [(r.row, r.column, r.sentence) for r in plan.report.warnings]
