"""Lists as files: nothing in them runs, and what was written can be read back."""

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils.timezone import make_aware
from hypothesis import given, settings
from hypothesis import strategies as st

from ocop_portal import sheets
from ocop_portal.sheets import csv_stream, safe_text, xlsx_bytes

HOSTILE = [
    "=1+1",
    "==1+1",
    "+84 912",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1dcmd()",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    " =1+1",
    "\u00a0=1",
    "\ufeff=1",
    '=HYPERLINK("http://x","y")',
]
HEADER = ["Mã sản phẩm", "Tên"]

# Hostile openings before any text, controls and lone surrogates included.
texts = st.builds(
    str.__add__,
    st.sampled_from(["", *HOSTILE, "'", '"', "\0", "#N/A"]),
    st.text(st.characters(), max_size=20),
)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def write_csv(rows) -> bytes:
    return b"".join(csv_stream(HEADER, rows))


def sheet(rows, title: str = "Sản phẩm"):
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(HEADER, rows, title))).worksheets[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("value", ["Miến dong", "3 sao = tốt", "'=1", "", "a-b", "5", " đậu"])
def test_other_text_is_not_touched(value: str) -> None:
    assert safe_text(value) == value


@pytest.mark.parametrize("number", [-5, 0, -1.5, Decimal("-2.50")])
def test_numbers_are_not_touched(number) -> None:
    assert safe_text(number) is number
    assert read_csv(write_csv([[number]]))[1] == [str(number)]


def test_csv_is_marked_quoted_and_ends_lines_as_the_standard_says() -> None:
    data = write_csv([["BK-01", 'Miến "dong"\nTài Hoan']])
    assert data == '\ufeff"Mã sản phẩm","Tên"\r\n"BK-01","Miến ""dong""\nTài Hoan"\r\n'.encode()


def test_csv_values_of_other_types() -> None:
    moment = make_aware(dt.datetime(2026, 8, 15, 9, 30))
    row = [None, dt.date(2026, 8, 15), moment.astimezone(dt.UTC), True, ["=1"]]
    assert read_csv(write_csv([row]))[1] == ["", "2026-08-15", "2026-08-15T09:30:00", "1", "['=1']"]


def test_csv_is_streamed() -> None:
    taken = []

    def rows():
        for number in range(100_000):
            taken.append(number)
            yield [number, "x" * 100]

    pieces = csv_stream(HEADER, rows())
    assert next(pieces).startswith(b"\xef\xbb\xbf")
    assert 0 < len(taken) < 1_000


def test_csv_of_many_pieces_is_whole() -> None:
    rows = [[str(number), "Mật ong rừng"] for number in range(5_000)]
    assert read_csv(write_csv(rows)) == [HEADER, *rows]


def test_csv_without_rows_has_its_header() -> None:
    assert read_csv(write_csv([])) == [HEADER]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=5))
def test_csv_of_any_text_reads_back_and_runs_nothing(rows: list[list[str]]) -> None:
    back = read_csv(write_csv(rows))
    assert back == [HEADER, *([safe_text(text) for text in row] for row in rows)]
    assert not any(cell.lstrip().startswith(sheets.DANGEROUS) for row in back for cell in row)


@pytest.mark.parametrize(
    "text", [*HOSTILE, "#N/A", "{=1}", "2026-01-01", "00123", "1e5", "TRUE", " hai đầu "]
)
def test_xlsx_text_stays_text(text: str) -> None:
    cell = sheet([[text]]).cell(2, 1)
    assert cell.data_type == "s"
    assert cell.value == text.replace("\r", "\n")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=5), st.text())
def test_xlsx_of_any_text_opens_and_runs_nothing(rows: list[list[str]], title: str) -> None:
    for row in sheet(rows, title).iter_rows():
        assert all(cell.data_type == "s" or cell.value is None for cell in row)


@pytest.mark.parametrize("code", [0, 1, 8, 11, 12, 14, 31, 0xD800, 0xFFFE, 0xFFFF])
def test_characters_that_xml_cannot_hold_are_replaced(code: int) -> None:
    assert sheet([[f"a{chr(code)}b"]]).cell(2, 1).value == "a\ufffdb"
    assert read_csv(write_csv([[f"a{chr(code)}b"]]))[1] == ["a\ufffdb"]


def test_xlsx_dates_are_dates() -> None:
    moment = make_aware(dt.datetime(2026, 8, 15, 9, 30)).astimezone(dt.UTC)
    day, time = sheet([[dt.date(2026, 8, 15), moment]])[2]
    assert (day.is_date, day.value, day.number_format) == (True, dt.datetime(2026, 8, 15), "dd/mm/yyyy")
    assert (time.is_date, time.value, time.number_format) == (
        True,
        dt.datetime(2026, 8, 15, 9, 30),
        "dd/mm/yyyy hh:mm",
    )


def test_xlsx_numbers_are_numbers_and_nothing_is_empty() -> None:
    row = sheet([[-5, Decimal("8.25"), True, None, float("inf")]])[2]
    assert [(cell.data_type, cell.value) for cell in row] == [
        ("n", -5),
        ("n", 8.25),
        ("b", True),
        ("n", None),
        ("s", "inf"),
    ]


def test_xlsx_header_stays_in_view_and_stands_out() -> None:
    page = sheet([["BK-01", "x" * 500], ["BK-02", "Miến dong"]])
    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[1]] == HEADER
    assert page["A1"].font.bold
    assert not page["A2"].font.bold
    assert page.column_dimensions["A"].width == len("Mã sản phẩm") + 2
    assert page.column_dimensions["B"].width == sheets.WIDEST


def test_xlsx_rows_beyond_the_measured_are_all_there() -> None:
    rows = ([number, "x"] for number in range(sheets.MEASURED_ROWS * 3))
    assert sheet(rows).max_row == sheets.MEASURED_ROWS * 3 + 1


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Sản phẩm", "Sản phẩm"), ("a/b:c?", "a b c"), ("", "Trang 1"), ("'x'", "x"), ("y" * 99, "y" * 31)],
)
def test_xlsx_title_is_one_that_excel_takes(title: str, shown: str) -> None:
    assert sheet([], title).title == shown


def test_xlsx_cuts_text_that_excel_could_not_open() -> None:
    assert len(sheet([["x" * 40_000]]).cell(2, 1).value) == sheets.LONGEST_CELL
