"""Single values and headings of a workbook, as people write them."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocop_portal.sheets import DANGEROUS
from products.register_workbook import values
from products.register_workbook.columns import FIELDS, find_layout
from products.register_workbook.reading import Cell, Sheet
from products.register_workbook.values import Unread


def text(value):
    return Cell("text", value)


@pytest.mark.parametrize(
    "cell, meant",
    [
        (text("15/03/2024"), date(2024, 3, 15)),
        (text(" 15 / 3 / 2024 "), date(2024, 3, 15)),
        (text("5-3-24"), date(2024, 3, 5)),
        (text("05.03.2024"), date(2024, 3, 5)),
        (text("2024-03-05"), date(2024, 3, 5)),
        (text("2024-03-05T00:00:00"), date(2024, 3, 5)),
        (text("05/03/2024 00:00"), date(2024, 3, 5)),
        (text("ngày 5 tháng 3 năm 2024"), date(2024, 3, 5)),
        (text("ngày 5/3/2024"), date(2024, 3, 5)),
        (text("\u00a001/12/2023\u200b"), date(2023, 12, 1)),
        (text("０５/０３/２０２４"), date(2024, 3, 5)),
        (text("20240305"), date(2024, 3, 5)),
        (Cell("number", 20240305.0), date(2024, 3, 5)),
        (Cell("date", 45356.0), date(2024, 3, 5)),
        (Cell("number", 45356.75), date(2024, 3, 5)),
        (text("45356"), date(2024, 3, 5)),
        (text("-"), None),
        (text("chưa có"), None),
        (None, None),
    ],
)
def test_a_day_in_every_usual_way(cell, meant):
    assert values.read_day(cell) == meant


@pytest.mark.parametrize(
    "cell, reason, near",
    [
        (text("năm 2022"), "Chỉ ghi năm 2022", ()),
        (text("2022"), "Chỉ ghi năm 2022", ()),
        (Cell("number", 2022.0), "Chỉ ghi năm 2022", ()),
        (Cell("date", 2022.0), "Chỉ ghi năm 2022", ()),
        (text("tháng 3/2022"), "Chỉ ghi tháng và năm", ()),
        (text("31/02/2022"), "Không có ngày 31/2/2022", ()),
        (text("12/25/2022"), "đảo", ("25/12/2022",)),
        (text("1/1/1990"), "ngoài thời gian", ()),
        (Cell("date", 3000.0), "ngoài thời gian", ()),
        (Cell("number", 60.0), "không phải là ngày", ()),
        (Cell("number", 9e9), "không phải là ngày", ()),
        (Cell("number", -4.0), "không phải là ngày", ()),
        (Cell("truth", True), "Không phải là ngày", ()),
        (text("1/1/2021 và 3/3/2022"), "nhiều ngày", ()),
        (text("hôm qua"), "Không đọc được ngày", ()),
        (Cell("error", "#REF!"), "#REF!", ()),
        (Cell("formula", None), "công thức chưa có kết quả", ()),
    ],
)
def test_a_day_refused_in_words(cell, reason, near):
    with pytest.raises(Unread) as refused:
        values.read_day(cell)
    assert reason in refused.value.reason
    assert refused.value.near == near


def test_days_of_the_1900_and_1904_systems():
    assert values.from_serial(1) == date(1900, 1, 1)
    assert values.from_serial(59) == date(1900, 2, 28)
    assert values.from_serial(60) is None  # a 29 February that never was
    assert values.from_serial(61) == date(1900, 3, 1)
    assert values.from_serial(45356) == date(2024, 3, 5)
    assert values.from_serial(45356 - 1462, epoch_1904=True) == date(2024, 3, 5)


@pytest.mark.parametrize(
    "written, stars",
    [
        ("3", 3),
        ("3*", 3),
        ("3 *", 3),
        ("3 sao", 3),
        ("3,0", 3),
        ("03", 3),
        ("★★★", 3),
        ("***", 3),
        ("★★★☆☆", 3),
        ("⭐⭐⭐⭐", 4),
        ("Ba sao", 3),
        ("bốn sao", 4),
        ("NĂM SAO", 5),
        ("tư", 4),
        ("OCOP 4 sao", 4),
        ("Hạng 5 sao cấp quốc gia", 5),
        ("４ sao", 4),
        ("", None),
    ],
)
def test_stars_as_they_are_written(written, stars):
    assert values.read_stars(text(written)) == stars
    assert values.read_stars(text(unicodedata.normalize("NFD", written))) == stars


@pytest.mark.parametrize(
    "written, reason",
    [
        ("2 sao", "không được công nhận"),
        ("6", "Không có hạng 6 sao"),
        ("3-4 sao", "nhiều hạng sao"),
        ("3 sao, 4 sao", "nhiều hạng sao"),
        ("tiềm năng 5 sao", "Tiềm năng"),
        ("cao", "Không đọc được"),
    ],
)
def test_stars_refused_in_words(written, reason):
    with pytest.raises(Unread, match=reason):
        values.read_stars(text(written))


@pytest.mark.parametrize(
    "written, form",
    [
        ("HTX", "cooperative"),
        ("Hợp tác xã", "cooperative"),
        ("HTX NN", "cooperative"),
        ("THT", "cooperative_group"),
        ("Tổ hợp tác", "cooperative_group"),
        ("Công ty TNHH", "company"),
        ("CTY CP", "company"),
        ("DNTN", "company"),
        ("Doanh nghiệp tư nhân", "company"),
        ("Hộ KD", "household"),
        ("Hộ kinh doanh", "household"),
        ("Cơ sở sản xuất", "household"),
        ("Trang trại", "farm"),
        ("Hội", "association"),
        ("", None),
    ],
)
def test_legal_forms_by_their_usual_names(written, form):
    assert values.read_legal_form(text(written)) == form


def test_the_form_that_a_name_says():
    told = {
        "HTX Tài Hoan": "cooperative",
        "Công ty TNHH Ba Bể": "company",
        "Hộ kinh doanh Nông Văn A": "household",
        "Bà Nguyễn Thị B": None,
        "Tài Hoan": None,
    }
    assert {name: values.form_of_name(name) for name in told} == told


@pytest.mark.parametrize(
    "cell, number",
    [
        (text("0912 345 678"), "0912345678"),
        (text("0209.3870.123"), "02093870123"),
        (text("+84 912345678"), "+84912345678"),
        (Cell("number", 912345678.0), "0912345678"),
        (Cell("number", 84912345678.0), "+84912345678"),
        (text("không có"), ""),
    ],
)
def test_telephones(cell, number):
    assert values.read_phone(cell) == number


@pytest.mark.parametrize(
    "written, reason",
    [
        ("0912345678/0987654321", "nhiều số"),
        ("912", "3 chữ số"),
        ("hỏi xã", "chữ số"),
        ("0912345678 anh A", "chữ số"),
    ],
)
def test_telephones_refused(written, reason):
    with pytest.raises(Unread, match=reason):
        values.read_phone(text(written))


@pytest.mark.parametrize(
    "written, citation",
    [
        ("315/QĐ-UBND", ("315/QĐ-UBND", None, "")),
        ("315 / QĐ - UBND", ("315/QĐ-UBND", None, "")),
        ("QĐ số 315/QĐ-UBND ngày 15/3/2024", ("315/QĐ-UBND", date(2024, 3, 15), "")),
        (
            "Quyết định số 315/QĐ-UBND, ngày 15 tháng 3 năm 2024 của UBND huyện Na Rì",
            ("315/QĐ-UBND", date(2024, 3, 15), "UBND huyện Na Rì"),
        ),
        ("", ("", None, "")),
    ],
)
def test_decisions_as_they_are_cited(written, citation):
    assert values.read_decision(text(written)) == citation


def test_one_decision_however_its_number_is_written():
    ways = ("315/QĐ-UBND", "315/qđ-ubnd", "0315 / QĐ - UBND", "315/QĐUBND")
    assert len({values.decision_key(way) for way in ways}) == 1
    assert values.decision_key("315/QĐ-UBND") != values.decision_key("316/QĐ-UBND")


def test_names_are_cleaned_and_matched():
    assert values.clean(" Miến\u00a0 dong\u200b \n " + unicodedata.normalize("NFD", "Tài")) == "Miến dong Tài"
    assert values.key("MIẾN-DONG (Tài Hoan)") == values.key("mien dong tai hoan")
    assert values.core("Hợp tác xã Tài Hoan") == values.core("HTX Tài Hoan")
    assert values.core("Công ty cổ phần A") == values.core("CTCP A") == values.core("Cty CP A")


def test_text_of_cells_that_have_none():
    for cell in (Cell("error", "#N/A"), Cell("formula", None)):
        with pytest.raises(Unread):
            values.text_of(cell)
    assert values.text_of(Cell("number", 3.0)) == "3"
    assert values.text_of(Cell("number", 2.5)) == "2,5"
    assert values.text_of(Cell("date", 45356.0)) == "05/03/2024"
    assert all(sign for sign in DANGEROUS)


# --- headings -------------------------------------------------------------------------------------


def sheet(*lines):
    made = Sheet("S")
    for number, line in enumerate(lines, 1):
        cells = {n: text(value) for n, value in enumerate(line, 1) if value}
        if cells:
            made.rows[number] = cells
    return made


def meaning(*lines):
    return find_layout(sheet(*lines)).columns


def test_every_label_of_the_template_is_understood():
    assert meaning([item.label for item in FIELDS.values()]) == {name: n for n, name in enumerate(FIELDS, 1)}


@pytest.mark.parametrize(
    "heading, name",
    [
        ("TEN SAN PHAM", "name"),
        ("Tên sản phẩm ", "name"),
        (unicodedata.normalize("NFD", "Tên sản phẩm"), "name"),
        ("Nhóm/ngành hàng", "group"),
        ("Chủ thể OCOP", "producer"),
        ("Xã/phường/thị trấn", "commune"),
        ("Huyện, thành phố", "district"),
        ("Số ĐT", "phone"),
        ("Hạng sao (3, 4, 5)", "stars"),
        ("Ngày hết hạn (dd/mm/yyyy)", "valid_to"),
        ("Ngày ký QĐ", "first_date"),
        ("Số, ngày quyết định", "first_decision"),
        ("Cơ quan ban hành", "first_issuer"),
        ("Ngày công nhận lại", "second_date"),
        ("Quyết định công nhận lần thứ hai", "second_decision"),
        ("Cấp công nhận lần đầu", "first_issuer"),
        ("Số sao lần 1", "first_stars"),
    ],
)
def test_headings_by_any_spelling(heading, name):
    assert meaning(["STT", heading]) == {name: 2}


@pytest.mark.parametrize(
    "heading", ["Vốn đầu tư", "Ngày sinh", "Số lao động", "Ngày công nhận lần 3", "Doanh thu"]
)
def test_headings_that_are_left_to_the_official(heading):
    assert find_layout(sheet(["Tên sản phẩm", heading])).unknown == [2]


def test_titles_groups_and_numbered_columns():
    found = find_layout(
        sheet(
            ["UBND TỈNH BẮC KẠN"],
            ["SỔ THEO DÕI SẢN PHẨM OCOP"],
            [],
            ["STT", "Tên sản phẩm", "Chủ thể", None, "Công nhận lần 1", None, None, "Công nhận lần 2", None],
            [None, None, "Tên", "Địa chỉ", "Ngày", "Số QĐ", "Cơ quan", "Ngày", "Số QĐ"],
            ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"],
            ["1", "Miến dong", "HTX A"],
        )
    )
    assert found.columns == {
        "name": 2,
        "producer": 3,
        "address": 4,
        "first_date": 5,
        "first_decision": 6,
        "first_issuer": 7,
        "second_date": 8,
        "second_decision": 9,
    }
    assert (found.first, found.last) == (4, 6)


def test_a_second_column_of_the_same_name_is_the_second_recognition():
    assert meaning(
        ["Tên sản phẩm", "Ngày công nhận", "Số quyết định", "Ngày công nhận", "Số quyết định"]
    ) == {
        "name": 1,
        "first_date": 2,
        "first_decision": 3,
        "second_date": 4,
        "second_decision": 5,
    }


def test_what_is_remembered_goes_before_what_is_guessed():
    first = find_layout(sheet(["Thứ bán", "Chủ thể"]))
    assert first.unknown == [1]
    again = find_layout(sheet([], ["THU BAN", "chủ thể"]), {first.signature: {"1 thu ban": "name"}}.get)
    assert again.columns == {"name": 1} and again.unknown == [2]


# --- anything at all ------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"0123456789/-. *★,;()", "sao", "ngày ", "QĐ số ", "năm ", "UBND ", "huyện ", "Xã ", "\u0301"]
)
ANYTHING = st.text(max_size=30) | st.lists(PIECES, max_size=14).map("".join)
CELLS = st.builds(Cell, st.just("text"), ANYTHING) | st.builds(
    Cell, st.sampled_from(["number", "date"]), st.floats(allow_nan=False, allow_infinity=False)
)
READERS = (
    values.read_day,
    values.read_stars,
    values.read_phone,
    values.read_decision,
    values.read_legal_form,
    values.text_of,
)


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_any_cell_is_read_or_refused_in_words(cell):
    for reader in READERS:
        try:
            reader(cell)
        except Unread as refused:
            assert refused.reason.endswith((".", ")."))
