"""The grid of yearly figures: what it shows, keeps and refuses; and the same by workbook."""

import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producers.actions import save_yearly_figures
from producers.actions.figures import Entry, FiguresErrors
from producers.models import YearlyFigures
from tests.factories import BANG_PHUC, ProducerFactory, UserFactory, unit
from tests.reports.grids import GRID, cell, opened, text_of

pytestmark = pytest.mark.django_db
UPLOAD = GRID + "nap/"


@pytest.fixture
def pair():
    """Two producers of Côn Minh; the first one has figures of 2024 and 2025."""
    first, second = ProducerFactory(name="HTX Một"), ProducerFactory(name="HTX Hai")
    YearlyFigures.objects.create(producer=first, year=2024, revenue="1000")
    YearlyFigures.objects.create(producer=first, year=2025, revenue="1250.5", workers=12, women=7)
    return first, second


@pytest.fixture
def desk(client, tinh):
    client.force_login(tinh)
    return client


def figures(producer, year=2025):
    return YearlyFigures.objects.filter(producer=producer, year=year).first()


def test_the_page_tells_the_year_before_growth_and_what_it_comes_to(desk, pair):
    page = desk.get(GRID)
    told = text_of(page)
    assert "1 trong 2 chủ thể đã có doanh thu năm 2025, cộng 1.250,5 triệu đồng" in told
    assert "1 trong 1 chủ thể có số cả hai năm đạt từ 1,1 lần năm trước (100,0 %)" in told
    assert ">1.000,0</td>" in page.content.decode() and ">25,0</td>" in page.content.decode()
    data = opened(desk)
    assert data[cell(pair[0], "revenue")] == "1.250,5"
    assert data["row"] == [f"{p.pk}-2025" for p in (pair[1], pair[0])]  # in Vietnamese order


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8,5", "8.5"), ("8.5", "8.5"), ("1.250", "1250"), ("1.250,5", "1250.5"), ("0", "0"), ("", None)],
)
def test_numbers_are_read_as_they_are_written_here(desk, pair, typed, kept):
    data = opened(desk) | {cell(pair[0], "revenue"): typed, cell(pair[0], "workers"): "1.200"}
    response = desk.post(GRID, data, follow=True)
    assert "Đã lưu số liệu năm." in text_of(response)
    assert figures(pair[0]).revenue == (None if kept is None else Decimal(kept))
    assert figures(pair[0]).workers == 1200
    assert figures(pair[1]) is None, "a row left empty is not written"
    event = figures(pair[0]).events.order_by("-pgh_id").first()
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("save_yearly_figures", "tinh")


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("revenue", "tám", "Hãy ghi một số, ví dụ 8,5."),
        ("revenue", "-1", "Doanh thu không thể là số âm."),
        ("revenue", "8,55", "Chỉ ghi một chữ số sau dấu phẩy"),
        ("workers", "2,5", "Hãy ghi số nguyên"),
        ("women", "13", "Số lao động nữ không thể nhiều hơn số lao động."),
    ],
)
def test_a_faulty_cell_is_told_there_and_nothing_is_saved(desk, pair, name, typed, sentence):
    data = opened(desk) | {cell(pair[0], name): typed, cell(pair[1], "revenue"): "50"}
    page = desk.post(GRID, data).content.decode()
    at = page.index(f'id="id_{cell(pair[0], name)}_error"')
    assert sentence in page[at : at + 300]
    assert f'href="#id_{cell(pair[0], name)}"' in page, "the summary leads to the cell"
    assert f'value="{typed}"' in page, "what was typed is kept"
    assert figures(pair[1]) is None
    assert figures(pair[0]).revenue == Decimal("1250.5")


def test_a_row_written_meanwhile_is_refused_where_it_was_changed_here_too(desk, pair):
    data = opened(desk)
    YearlyFigures.objects.filter(producer=pair[0], year=2025).update(revenue="1300")
    response = desk.post(GRID, data | {cell(pair[0], "revenue"): "1400", cell(pair[1], "revenue"): "50"})
    told = text_of(response)
    assert "vừa được người khác sửa" in told and "Trong sổ: doanh thu 1.300,0" in told
    assert figures(pair[0]).revenue == 1300 and figures(pair[1]) is None
    # The page now carries the version that was shown: sent again, the user's number stands.
    again = html_form(response)
    assert again[cell(pair[0], "revenue")] == "1400"
    desk.post(GRID, again)
    assert figures(pair[0]).revenue == 1400 and figures(pair[1]).revenue == 50


def html_form(response):
    class Once:
        def get(self, path):
            return response

    return opened(Once())


def test_a_row_written_meanwhile_and_untouched_here_stays_as_it_was_written(desk, pair):
    data = opened(desk)
    YearlyFigures.objects.filter(producer=pair[0], year=2025).update(revenue="1300")
    desk.post(GRID, data | {cell(pair[1], "revenue"): "50"})
    assert figures(pair[0]).revenue == 1300 and figures(pair[1]).revenue == 50


def test_two_people_who_type_the_same_do_not_quarrel(tinh, pair):
    YearlyFigures.objects.create(producer=pair[1], year=2025, revenue="50")
    assert save_yearly_figures(entries=[Entry(pair[1], 2025, {"revenue": Decimal(50)})], by=tinh) == 0
    with pytest.raises(FiguresErrors) as refused:
        save_yearly_figures(entries=[Entry(pair[1], 2025, {"revenue": Decimal(60)})], by=tinh)
    assert refused.value.rows[0].code == "stale"
    # A version of another row is no version of this one.
    alien = str(figures(pair[0]).events.latest("pgh_id").pgh_id)
    with pytest.raises(FiguresErrors):
        save_yearly_figures(entries=[Entry(pair[1], 2025, {"revenue": Decimal(60)}, alien)], by=tinh)
    with pytest.raises(FiguresErrors, match="chưa hợp lệ"):
        save_yearly_figures(entries=[Entry(pair[1], 2027, {"revenue": Decimal(60)})], by=tinh)


def test_sent_twice_is_saved_once(desk, pair):
    data = opened(desk) | {cell(pair[1], "revenue"): "50"}
    first, second = desk.post(GRID, data), desk.post(GRID, data, follow=True)
    assert first.status_code == 302
    assert "đã được gửi trước đó" in text_of(second)
    assert figures(pair[1]).events.count() == 1


def test_scope_is_kept_when_sent(client, xa, pair):
    client.force_login(xa)
    elsewhere = ProducerFactory(place=unit(BANG_PHUC))
    data = opened(client)
    assert len(data["row"]) == 2
    for key in (f"{elsewhere.pk}-2025", f"{pair[0].pk}-2027", f"{pair[0].pk}-2014", "x", ""):
        sent = data | {"row": [key], cell(elsewhere, "revenue"): "5", cell(pair[0], "revenue", 2027): "5"}
        assert client.post(GRID, sent).status_code == 404, key
    assert client.post(GRID, data | {"row": []}).status_code == 404
    assert YearlyFigures.objects.count() == 2


def test_a_producer_sees_its_own_years_and_reaches_them_from_its_dossiers(client, pair):
    own = UserFactory()
    pair[0].accounts.add(own)
    client.force_login(own)
    assert f'href="{GRID}"' in client.get("/can-bo/ho-so/").content.decode()
    data = opened(client)
    assert data["row"] == [f"{pair[0].pk}-{year}" for year in (2025, 2024, 2023, 2022)]
    assert client.post(GRID, data | {cell(pair[0], "revenue", 2023): "900,5"}).status_code == 302
    assert figures(pair[0], 2023).revenue == Decimal("900.5")
    assert client.post(GRID, data | {"row": [f"{pair[1].pk}-2025"]}).status_code == 404


def test_filters_and_garbage(desk, pair):
    ProducerFactory(name="HTX Xa", place=unit(BANG_PHUC))
    rows = lambda query: len(opened(desk, f"{GRID}?{query}")["row"])
    assert rows("missing=1") == 2
    assert rows("q=mot") == 1
    assert rows(f"commune={unit(BANG_PHUC).reference}") == 1
    assert rows("year=2024&missing=1") == 2
    for query in ("year=x", "year=2027", "district=zz", "commune=%00", "page=x", "year=-1", "q=%FF"):
        assert desk.get(f"{GRID}?{query}").status_code == 200, query
    assert "Không có xã, phường nào mang mã “zz”" in text_of(desk.get(f"{GRID}?commune=zz"))


def test_queries_do_not_grow_with_the_rows(desk, pair):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(GRID).status_code == 200
        return len(queries)

    before = count()
    for n in range(12):
        YearlyFigures.objects.create(producer=ProducerFactory(), year=2025, revenue=n)
    assert count() == before <= 16


# --- by workbook ---------------------------------------------------------------------------------------


def sheet_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def head_row(sheet):
    return next(r for r in range(1, 20) if sheet.cell(r, 2).value == "Mã chủ thể")


def changed(desk, change, query=""):
    """The workbook of the page with cells changed by `change(sheet, column, row)`, as it is uploaded."""
    sheet = sheet_of(desk.get(f"{GRID}mau.xlsx{query}"))
    head = head_row(sheet)
    column = {sheet.cell(head, n).value.split(" (")[0]: n for n in range(2, sheet.max_column + 1)}
    row = {str(sheet.cell(n, 3).value): n for n in range(head + 1, sheet.max_row + 1)}
    change(sheet, column, row)
    out = io.BytesIO()
    sheet.parent.save(out)
    return out.getvalue()


def upload(desk, content, name="so lieu.xlsx"):
    token = opened_token(desk)
    return desk.post(UPLOAD, {"token": token, "file": SimpleUploadedFile(name, content)}, follow=True)


def opened_token(desk):
    return opened(desk, UPLOAD)["token"]


REVENUE = "Doanh thu từ sản phẩm OCOP"


def test_the_workbook_comes_back_through_the_same_forms(desk, pair):
    def fill(sheet, column, row):
        sheet.cell(row["HTX Hai"], column[REVENUE], 8.5)
        sheet.cell(row["HTX Hai"], column["Số lao động"], 4)
        sheet.cell(row["HTX Một"], column["Ghi chú"], "đã kiểm tra")

    response = upload(desk, changed(desk, fill))
    assert "Đã nhận 2 dòng từ tệp Excel." in text_of(response)
    assert (figures(pair[1]).revenue, figures(pair[1]).workers) == (Decimal("8.5"), 4)
    assert (figures(pair[0]).revenue, figures(pair[0]).note) == (Decimal("1250.5"), "đã kiểm tra")


def test_every_fault_of_the_workbook_is_told_by_row_and_column(desk, pair):
    def spoil(sheet, column, row):
        sheet.cell(row["HTX Hai"], column[REVENUE], "tám")
        sheet.cell(row["HTX Một"], column["Số lao động"], "=1+1")
        stranger = sheet.max_row + 1
        sheet.cell(stranger, column["Mã chủ thể"], "999999")
        sheet.cell(stranger, column["Năm"], "2025")
        twice = stranger + 1
        for name in ("Mã chủ thể", "Năm"):
            sheet.cell(twice, column[name], sheet.cell(row["HTX Hai"], column[name]).value)

    response = upload(desk, changed(desk, spoil))
    told = text_of(response)
    for sentence in (
        "tám Hãy ghi một số",
        "Số lao động (trống) Ô có công thức chưa ra kết quả",
        "999999 Không có chủ thể này",
        "Chủ thể và năm này đã có ở dòng",
        "Tệp có lỗi nên chưa dòng nào được lưu.",
    ):
        assert sentence in told, sentence
    assert figures(pair[1]) is None


def test_a_workbook_older_than_the_register_is_refused_by_the_row(desk, pair):
    content = changed(desk, lambda s, c, r: s.cell(r["HTX Một"], c[REVENUE], 1400))
    YearlyFigures.objects.filter(producer=pair[0], year=2025).update(revenue="1300")
    assert "vừa được người khác sửa" in text_of(upload(desk, content))
    assert figures(pair[0]).revenue == 1300


def broken():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", b"<nothing")
    return out.getvalue()


def empty():
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 rubbish", "Tệp Excel bị hỏng"),
        (b"a,b\n1,2\n", "Tệp là văn bản (CSV)"),
        (b"", "Tệp rỗng"),
        (broken, "Tệp Excel bị hỏng"),
        (empty, "Không thấy dòng tiêu đề"),
    ],
)
def test_what_is_no_such_workbook_is_answered_in_words(desk, pair, content, sentence):
    response = upload(desk, content() if callable(content) else content)
    assert response.status_code == 200
    assert sentence in text_of(response)
    assert YearlyFigures.objects.count() == 2
