"""Workbooks each with another fault: every one is answered in words, and nothing of any is half-applied."""

import io
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date
from functools import cache

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ocop_portal.models import AdministrativeUnit, UnitName
from producers.models import Producer
from products.actions.imports import import_register
from products.models import Certificate, Decision, Product, ProductGroup
from products.register_workbook import values
from products.register_workbook.choosing import notes
from products.register_workbook.holdings import read_places
from products.register_workbook.names import place_label
from products.register_workbook.outgoing import errors_workbook, template
from products.register_workbook.package import MAX_PART, BadWorkbook
from products.register_workbook.reading import MAX_COLUMNS, MAX_ROWS
from tests.products.workbooks import (
    AGAIN,
    HEADINGS,
    ORDINARY,
    dry_run,
    inline,
    raw,
    read,
    row,
    saved,
    table,
    told,
    xlsx,
)

pytestmark = pytest.mark.django_db


def apply(data, sheet=None):
    book, page, layout = read(data, sheet)
    return import_register(book=book, sheet=page, layout=layout, source="sổ.xlsx", by=None)


def counts():
    return [model.objects.count() for model in (Producer, Product, Decision, Certificate)]


# --- files that cannot be read --------------------------------------------------------------------


def broken_zip():
    return xlsx(row())[:-300]


def broken_inside():
    data = xlsx(row())
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body[: len(body) // 2] if name.endswith("sheet1.xml") else body)
    return out.getvalue()


def bomb(size=3 * 2**20):
    """A sheet that inflates a thousandfold."""
    return raw(parts={"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * size})


def lying_bomb():
    """The same, declared as 1 kB: the header of the part and the directory both say so."""
    data = bytearray(raw(parts={"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * (8 * 2**20)}))
    size = (8 * 2**20 + 11).to_bytes(4, "little")
    return bytes(data.replace(size, (1024).to_bytes(4, "little")))


def many_strings(count=1_001):
    return raw(table(row()), strings="<si><t>a</t></si>" * count)


def entity_bomb():
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    return raw(table(row()), before=f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>')


def outside_entity():
    return raw(table(row()), before='<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>')


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, body in parts.items():
            package.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def locked_zip():
    data = bytearray(xlsx(row()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def with_macro():
    return raw(table(row()), parts={"xl/vbaProject.bin": b"x"})


def all_hidden():
    sheets = '<sheet name="Sổ" sheetId="1" r:id="r1" state="hidden"/>'
    return raw(table(row()), sheets=sheets)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNREADABLE = {
    "empty file": (b"", "Tệp rỗng"),
    "xls renamed": (OLE + b"\0" * 600, "Excel đời cũ"),
    "password": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    "locked zip": (locked_zip, "mật khẩu"),
    "csv renamed": ("Tên sản phẩm;Chủ thể\nMiến;HTX A\n".encode(), "văn bản (CSV)"),
    "csv in UTF-16": ("Tên sản phẩm\tChủ thể".encode("utf-16"), "văn bản (CSV)"),
    "web page renamed": (b"<html><table><tr><td>x", "trang web"),
    "pdf renamed": (b"%PDF-1.7", "PDF"),
    "no excel at all": (b"\x89PNG\r\n\x1a\n\0\0", "không phải là Excel"),
    "plain zip": (lambda: zipped(a="x"), "Tệp nén"),
    "word": (lambda: zipped(word__document="x"), "Word"),
    "opendocument": (lambda: zipped(**{"content.xml": "x"}), "OpenDocument"),
    "binary workbook": (lambda: zipped(**{"xl__workbook.bin": "x"}), "nhị phân"),
    "macros": (with_macro, "macro"),
    "broken zip": (broken_zip, "bị hỏng"),
    "broken part": (broken_inside, "bị hỏng"),
    "zip bomb": (bomb, "quá lớn"),
    "lying zip bomb": (lying_bomb, "bị hỏng"),
    "nested elements": (lambda: raw("<row>" * 5_000), "quá lớn"),
    "a tag without end": (lambda: raw("<row " + 'a="1" ' * 400_000), "quá lớn"),
    "a cell without end": (lambda: raw(f'<row r="1"><c><v>{"1" * 40_000_000}'), "quá lớn"),
    "too many strings": (many_strings, "quá nhiều chữ"),
    "entity bomb": (entity_bomb, "DTD"),
    "outside entity": (outside_entity, "DTD"),
    "too many rows": (
        lambda: raw("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, MAX_ROWS + 2))),
        "hơn 10.000 dòng",
    ),
    "too many columns": (lambda: xlsx([*row(), *[None] * MAX_COLUMNS, "xa"]), "ngoài 200 cột"),
    "too long a text": (lambda: raw(inline([["a" * 40_000]])), "hơn 32767 ký tự"),
    "too many merged cells": (
        lambda: raw(parts={"xl/worksheets/sheet1.xml": "<w>" + '<mergeCell ref="A1:B2"/>' * 50_001 + "</w>"}),
        "quá nhiều ô gộp",
    ),
    "all sheets hidden": (all_hidden, "đều bị ẩn"),
    "no sheet": (lambda: raw(sheets=""), "không có trang tính"),
    "missing part": (lambda: raw(sheets='<sheet name="S" sheetId="1" r:id="r2"/>'), "không có trang tính"),
    "impossible cell": (lambda: raw('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), "bị hỏng"),
    "impossible number": (lambda: raw('<row r="1"><c r="A1"><v>INF</v></c></row>'), "bị hỏng"),
    "impossible string": (
        lambda: raw('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', strings=""),
        "bị hỏng",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why(name, monkeypatch):
    # The largest are read at their true size where memory is measured, below.
    monkeypatch.setattr(
        "products.register_workbook.package.MAX_PART", 2 * 2**20 if "bomb" in name else MAX_PART
    )
    monkeypatch.setattr("products.register_workbook.reading.MAX_STRINGS", 1_000)
    made, reason = UNREADABLE[name]
    with pytest.raises(BadWorkbook) as refused:
        read(made() if callable(made) else made)
    assert reason in str(refused.value)
    assert str(refused.value)[0].isupper() and str(refused.value).endswith(".")


def test_a_file_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("products.register_workbook.package.MAX_BYTES", 1_000)
    with pytest.raises(BadWorkbook, match="lớn hơn"):
        read(xlsx(row()))


def two_registers():
    def edit(workbook, sheet):
        other = workbook.create_sheet("Sổ 2")
        for line in sheet.iter_rows(values_only=True):
            other.append(line)

    return xlsx(row(), edit=edit)


def test_several_registers_in_one_workbook_ask_which():
    with pytest.raises(BadWorkbook, match="“Sổ”, “Sổ 2”"):
        read(two_registers())
    assert read(two_registers(), "Sổ 2")[1].name == "Sổ 2"


# --- workbooks with a fault in a cell -------------------------------------------------------------


def put(column, value):
    """A change of one cell of the first line, after the fact."""
    place = list(HEADINGS).index(column) + 1

    def edit(workbook, sheet):
        sheet.cell(2, place).value = value

    return edit


def formula_without_value():
    return xlsx(row(), edit=put("stars", "=1+2"))


def with_stars(cell):
    """The ordinary line with its cell of stars written as XML."""
    before, _, after = table(row(stars="?")).rpartition('<c r="H2"')
    return raw(before + cell + after.partition("</c>")[2])


def error_cell():
    return with_stars('<c r="H2" t="e"><v>#REF!</v></c>')


FAULTY = {
    "year only": (lambda: xlsx(row(date_1="năm 2024")), "Ngày công nhận lần 1", "Chỉ ghi năm 2024"),
    "year as a number": (lambda: xlsx(row(date_1=2024)), "Ngày công nhận lần 1", "Chỉ ghi năm 2024"),
    "no such day": (
        lambda: xlsx(row(date_1="31/02/2024")),
        "Ngày công nhận lần 1",
        "Không có ngày 31/2/2024",
    ),
    "American day": (lambda: xlsx(row(date_1="03/25/2024")), "Ngày công nhận lần 1", "25/03/2024"),
    "day to come": (lambda: xlsx(row(date_1="01/01/2027")), "Ngày công nhận lần 1", "ở sau hôm nay"),
    "day before the programme": (
        lambda: xlsx(row(date_1=date(1999, 1, 1))),
        "Ngày công nhận lần 1",
        "ngoài thời gian",
    ),
    "formula without value": (formula_without_value, "Hạng sao", "công thức chưa có kết quả"),
    "error cell": (error_cell, "Hạng sao", "#REF!"),
    "two stars": (lambda: xlsx(row(stars="2 sao")), "Hạng sao", "không được công nhận"),
    "stars missing": (lambda: xlsx(row(stars=None)), "Hạng sao", "Thiếu hạng sao"),
    "stars contradict": (lambda: xlsx(row(stars=4, stars_1=3)), "Hạng sao", "khác hạng sao"),
    "second before first": (
        lambda: xlsx(row(**AGAIN | {"date_2": "1/1/2023"})),
        "Ngày công nhận lần 2",
        "không sau lần 1",
    ),
    "second without first": (
        lambda: xlsx(row(**AGAIN | {"date_1": None, "decision_1": None, "issuer_1": None, "stars_1": None})),
        "Ngày công nhận lần 1",
        "thiếu ngày công nhận lần 1",
    ),
    "end before start": (lambda: xlsx(row(valid_to="1/1/2023")), "Ngày hết hạn", "không sau ngày công nhận"),
    "end too far": (lambda: xlsx(row(valid_to="15/03/2034")), "Ngày hết hạn", "15/03/2027"),
    "unknown commune": (lambda: xlsx(row(commune="Côn Mình Sơn")), "Xã, phường", "Xã Côn Minh"),
    "commune of another district": (
        lambda: xlsx(row(district="Ba Bể")),
        "Xã, phường",
        "không thuộc Huyện Ba Bể",
    ),
    "unknown district": (lambda: xlsx(row(district="Na Dì")), "Huyện", "Huyện Na Rì"),
    "commune missing": (lambda: xlsx(row(commune=None, district=None)), "Xã, phường", "Thiếu xã"),
    "reused code of a unit": (
        lambda: xlsx(row(commune="01843", district=None)),
        "Xã, phường",
        "có thể là 2 đơn vị",
    ),
    "unknown group": (
        lambda: xlsx(row(group="Chế biến từ ngũ cốc")),
        "Bộ sản phẩm",
        "06. Chế biến từ gạo, ngũ cốc",
    ),
    "group of several sets": (lambda: xlsx(row(group="Chè")), "Bộ sản phẩm", "2 bộ sản phẩm"),
    "no such set": (lambda: xlsx(row(group="27")), "Bộ sản phẩm", "Không có bộ sản phẩm mã 27"),
    "legal form": (lambda: xlsx(row(legal_form="Liên danh")), "Loại hình", "Không nhận ra loại hình"),
    "telephone": (lambda: xlsx(row(phone="12345")), "Điện thoại", "Số điện thoại"),
    "issuer missing": (lambda: xlsx(row(issuer_1=None)), "Cơ quan ban hành lần 1", "Thiếu cơ quan"),
    "issuer without level": (
        lambda: xlsx(row(issuer_1="UBND")),
        "Cơ quan ban hành lần 1",
        "Không rõ cấp nào",
    ),
    "name missing": (lambda: xlsx(row(name=None)), "Tên sản phẩm", "Thiếu tên sản phẩm"),
    "name too long": (lambda: xlsx(row(name="Miến " * 50)), "Tên sản phẩm", "200"),
    "same line twice": (
        lambda: xlsx(row(), row(name="MIEN DONG THANH VAN")),
        "Tên sản phẩm",
        "Trùng với dòng 2",
    ),
    "one decision on two days": (
        lambda: xlsx(row(), row(name="Bún", date_1="16/03/2024")),
        "Ngày công nhận lần 1",
        "ký ngày 15/03/2024",
    ),
    "certificate number twice": (
        lambda: xlsx(row(number="1/GCN"), row(name="Bún", number="1/GCN")),
        "Số giấy chứng nhận",
        "đã có ở dòng 2",
    ),
    "day in two columns contradicts": (
        lambda: xlsx(row(decision_1="315/QĐ-UBND ngày 1/1/2024")),
        "Số quyết định lần 1",
        "khác cột ngày",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_cell_is_named_and_nothing_is_applied(name):
    made, column, reason = FAULTY[name]
    with pytest.raises(ValidationError) as refused:
        apply(made())
    faults = refused.value.report.faults
    assert [(f.column, reason in f.sentence) for f in faults] == [(column, True)], [
        f.sentence for f in faults
    ]
    assert faults[0].row in (2, 3)
    assert counts() == [0, 0, 0, 0]


def test_one_fault_among_many_lines_keeps_all_out():
    rows = [row(name=f"Miến {n}") for n in range(30)]
    rows[20] = row(name="Miến 20", stars="một")
    with pytest.raises(ValidationError, match="1 lỗi"):
        apply(xlsx(*rows))
    assert counts() == [0, 0, 0, 0]


# --- workbooks that look wrong and are right ------------------------------------------------------


def decomposed():
    def written(value):
        return unicodedata.normalize("NFD", f"\u00a0{value} ") if isinstance(value, str) else value

    return xlsx(
        [written(v) for v in row(name="Miến  dong Thanh Vân")],
        headings=[written(h) for h in HEADINGS.values()],
    )


def serials():
    return xlsx(row(date_1=45366))


def dates_of_1904():
    def edit(workbook, sheet):
        workbook.epoch = CALENDAR_MAC_1904

    return xlsx(row(date_1=date(2024, 3, 15)), edit=edit)


def merged_cells():
    """Two headings over each other, a group over its columns, a producer over its products."""

    def edit(workbook, sheet):
        sheet.merge_cells("A1:I1")
        for letter in "ABCDEF":
            sheet.merge_cells(f"{letter}2:{letter}3")
        sheet.merge_cells("G2:I2")
        sheet.merge_cells("C4:C5")

    workbook_rows = (
        [None] * 6 + ["Ngày", "Số quyết định", "Cơ quan ban hành"],
        [
            "1",
            "Miến dong Thanh Vân",
            "HTX Thanh Vân",
            "06",
            "Côn Minh, Na Rì",
            "3*",
            "15/03/2024",
            "315/QĐ-UBND",
            "UBND huyện",
        ],
        ["2", "Bún khô", None, "06", "Côn Minh, Na Rì", "3*", "15/03/2024", "315/QĐ-UBND", "UBND huyện"],
        ["Tổng cộng", 2],
        [None, "Người lập biểu"],
    )
    headings = ["TT", "Sản phẩm", "Chủ thể", "Nhóm", "Địa bàn", "Hạng sao", "Công nhận lần đầu"]
    return xlsx(*workbook_rows, headings=headings, above=[["SỔ THEO DÕI SẢN PHẨM OCOP"]], edit=edit)


def cached_formula():
    return with_stars('<c r="H2"><f>1+2</f><v>3</v></c>')


def hidden_sheet():
    def edit(workbook, sheet):
        other = workbook.create_sheet("Nháp")
        other.sheet_state = "hidden"
        other.append(list(HEADINGS.values()))
        other.append(row(name="Không được đọc"))

    return xlsx(row(), edit=edit)


def outside_links():
    return raw(table(row()), parts={"xl/externalLinks/externalLink1.xml": "<x/>"})


@cache
def empty_rows():
    return raw(table(row()) + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 200_003)))


RIGHT = {
    "decomposed text and stray spaces": decomposed,
    "serial without a date format": serials,
    "1904 system": dates_of_1904,
    "merged cells in two rows": merged_cells,
    "formula with its value": cached_formula,
    "hidden sheet": hidden_sheet,
    "outside links": outside_links,
    "200 000 empty rows": empty_rows,
    "stars as signs": lambda: xlsx(row(stars="★★★")),
    "unaccented names of units": lambda: xlsx(row(commune="xa con minh", district="H. NA RI")),
    "commune and district in one cell": lambda: xlsx(row(commune="Xã Côn Minh, huyện Na Rì", district=None)),
    "code of a unit": lambda: xlsx(row(commune=2173)),
    "group by its name": lambda: xlsx(row(group="chế biến từ gạo, ngũ cốc")),
    "decision cited in words": lambda: xlsx(
        row(date_1=None, issuer_1=None, decision_1="QĐ số 315/QĐ-UBND ngày 15/3/2024 của UBND huyện Na Rì")
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_workbook_read_in_spite_of_its_looks(name):
    report = apply(RIGHT[name]())
    assert report.ready
    product = Product.objects.select_related("producer", "place__district", "group").get(
        name=ORDINARY["name"]
    )
    certificate = product.certificates.select_related("decision").get()
    assert product.name == unicodedata.normalize("NFC", product.name)
    assert (product.place.code, product.place.district.name, product.group.code) == (
        "02173",
        "Huyện Na Rì",
        "06",
    )
    assert (certificate.stars, certificate.valid_from, certificate.valid_to) == (
        3,
        date(2024, 3, 15),
        date(2027, 3, 15),
    )
    assert (certificate.decision.number, certificate.decision.issuer) == ("315/QĐ-UBND", "UBND huyện Na Rì")
    assert product.producer.legal_form == "cooperative"
    if name != "200 000 empty rows":  # read once is enough
        before = counts()
        assert apply(RIGHT[name]()).added == 0
        assert counts() == before


def test_what_no_database_can_hold_is_replaced():
    strange = "Miến_xD800__x0000_dong"
    apply(raw(table(row(name=strange)).replace("Hạng sao lần 2", "Cột lạ_xDFFF_")))
    assert Product.objects.get().name == "Miến\ufffd\ufffddong"


def test_what_is_not_read_is_said():
    told = " ".join(notes(*read(hidden_sheet()))) + " ".join(notes(*read(outside_links())))
    assert "Không đọc trang đang ẩn: “Nháp”" in told and "không mở các tệp đó" in told
    assert not Product.objects.filter(name="Không được đọc").exists()
    assert [text for _, text in apply(merged_cells()).skipped] == ["Tổng cộng · 2", "Người lập biểu"]


# --- memory ---------------------------------------------------------------------------------------

MEASURE = r"""
import re, sys
from pathlib import Path
from products.register_workbook.choosing import choose
from products.register_workbook.package import BadWorkbook
from products.register_workbook.reading import Book
for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            choose(Book(file), lambda signature: None)
    except BadWorkbook:
        pass
print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_no_workbook_takes_more_than_500_megabytes(tmp_path):
    paths = []
    for name in (
        "zip bomb",
        "too many strings",
        "nested elements",
        "a tag without end",
        "a cell without end",
    ):
        paths.append(tmp_path / f"{name}.xlsx")
        paths[-1].write_bytes(UNREADABLE[name][0]())
    paths.append(tmp_path / "empty rows.xlsx")
    paths[-1].write_bytes(empty_rows())
    code = f"import django; django.setup()\n{MEASURE}"
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 500, done.stdout


def test_the_workbook_comes_back_with_its_faults_and_inert():
    lines = [
        ["SỔ", "+TỔNG"],
        list(HEADINGS.values()),
        row(name="=1+1"),
        row(name="@SUM", stars="2"),
        row(name="-1"),
    ]
    data = raw(inline(lines))
    _, sheet, layout = read(data)
    plan = dry_run(data)
    back = errors_workbook(sheet, layout, plan.report)
    page = load_workbook(io.BytesIO(back))["S"]
    last = page.max_column
    assert page.cell(2, last).value == "Lỗi"
    assert page.cell(4, last).value.startswith("Hạng sao: 2 sao không được công nhận")
    assert page.cell(4, list(HEADINGS).index("stars") + 1).fill.fgColor.rgb.endswith("FBE6E1")
    assert all(cell.data_type != "f" for line in page.iter_rows() for cell in line)
    assert [page.cell(n, 1).value for n in (3, 4, 5)] == ["=1+1", "@SUM", "-1"] and page.cell(
        1, 2
    ).value == "+TỔNG"
    # What was fixed in it may be uploaded again: rows in their places, the column replaced rather than doubled.
    again = dry_run(back)
    assert told(again) == told(plan)
    _, sheet, layout = read(back)
    page = load_workbook(io.BytesIO(errors_workbook(sheet, layout, again.report)))["S"]
    assert [cell.value for cell in page[2]].count("Lỗi") == 1


def test_the_template_filled_in_is_entered():
    units = AdministrativeUnit.objects.in_territory().select_related("district")
    book = load_workbook(io.BytesIO(template(list(ProductGroup.objects.all()), list(units))))
    assert book.sheetnames == ["Sản phẩm", "Danh mục", "Hướng dẫn"]
    page, lists = book["Sản phẩm"], book["Danh mục"]
    assert len(page.data_validations.dataValidation) == 7
    offered = {
        name: [c.value for c in lists[letter][1:] if c.value]
        for name, letter in zip("gfcd", "ABCD", strict=True)
    }
    assert (len(offered["g"]), len(offered["f"]), len(offered["d"])) == (26, 6, 8)
    labels = [cell.value for cell in page[1]]
    line = dict.fromkeys(labels)
    for n, commune in enumerate((offered["c"][0], offered["c"][-1], "Xã Côn Minh (hiện nay)")):
        line |= {
            "Tên sản phẩm": f"Sản phẩm {n}",
            "Bộ sản phẩm": offered["g"][n],
            "Loại hình chủ thể": offered["f"][n],
            "Chủ thể": f"Chủ thể {n}",
            "Xã, phường": commune,
            "Hạng sao hiện tại": 3,
            "Ngày công nhận lần 1": date(2025, 1, 2 + n),
            "Số quyết định lần 1": f"{n + 1}/QĐ-UBND",
            "Cơ quan ban hành lần 1": "UBND tỉnh",
        }
        page.append(list(line.values()))
    report = apply(saved(book))
    assert (report.sheet, report.counts["products"]) == ("Sản phẩm", 3)
    assert {place_label(p.place) for p in Product.objects.select_related("place__district")} == {
        offered["c"][0],
        offered["c"][-1],
        "Xã Côn Minh (hiện nay)",
    }


def test_every_unit_is_understood_as_it_is_offered():
    places = read_places()
    for unit in places.units.values():
        if unit.level == AdministrativeUnit.Level.COMMUNE:
            assert places.find(place_label(unit)).unit == unit
            if unit.valid_to:
                assert places.find(unit.name, unit.district.name).unit == unit
                assert (
                    places.find(values.key(unit.short_name), values.key(unit.district.short_name)).unit
                    == unit
                )
    for variant in UnitName.objects.filter(unit__in=places.units).select_related("unit__district"):
        district = variant.unit.district.name if variant.unit.valid_to else ""
        assert places.find(variant.name, district).unit == variant.unit
