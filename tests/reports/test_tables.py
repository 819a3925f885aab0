"""Official tables: the same rows as page, workbook and paper; nothing in them runs; scope and parameters are kept."""

import io
import re
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from ocop_portal.sheets import DANGEROUS
from products.models import Certificate
from reports import papers
from reports.asking import Asked
from reports.desk_urls import urlpatterns
from reports.tables import TABLES
from reports.tables.base import Column, Kind, Link, Table, Takes, shown, text_of
from reports.tables.workbook import workbook
from tests.factories import BANG_PHUC, UserFactory, unit
from tests.reports.grids import text_of as words
from tests.reports.office import DAY, fill_office
from tests.scenes import built_once
from tests.statuses import answer_without_pages

pytestmark = pytest.mark.django_db
WHEN = {Takes.DAY: {"as_of": DAY.isoformat()}, Takes.YEAR: {"year": "2025"}}


office = built_once(fill_office)


@pytest.fixture
def desk(client, tinh):
    client.force_login(tinh)
    return client


def params_of(rule, office):
    return WHEN.get(rule.takes) or {"decision": str(office[0].decision_id)}


def table_of(slug, user, **params):
    rule = TABLES[slug]
    return rule.build(Asked(params or WHEN[rule.takes], user, by_year=rule.takes == Takes.YEAR))


def address(slug, kind="", **params):
    return reverse(f"desk:report-table{kind}", args=[slug]) + "?" + urlencode(params)


def squeezed(text):
    """Letters and digits alone: a PDF breaks lines and letters where it likes."""
    return re.sub(r"[^\w]", "", text)


def test_page_workbook_and_paper_have_the_same_rows_and_nothing_runs(desk, tinh, office):
    assert len(TABLES) >= 15
    for slug, rule in TABLES.items():
        params = params_of(rule, office)
        table = rule.build(Asked(params, tinh, by_year=rule.takes == Takes.YEAR))
        rows = list(table.rows)
        assert rows and len(rows) == len(table.rows), slug
        page = desk.get(address(slug, **params)).content.decode()
        sheet = openpyxl.load_workbook(io.BytesIO(desk.get(address(slug, "-xlsx", **params)).content)).active
        pdf = desk.get(address(slug, "-pdf", **params)).content
        printed = squeezed("".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf)).pages))
        assert len(re.findall(r'<td class="num stt">', page)) == len(rows), slug
        head = next(n for n in range(1, 12) if sheet.cell(n, 1).value == "STT")
        kept = [[c.value for c in sheet[head + 1 + n]] for n in range(len(rows))]
        for row, cells in zip(rows, kept, strict=True):
            for cell, column, value in zip(row, table.columns, cells[1:], strict=True):
                _same(cell, value)
                assert squeezed(shown(cell, column)) in printed, (slug, cell)
        for line in sheet.iter_rows():
            assert all(c.data_type != "f" for c in line), slug
        assert sheet.print_title_rows == f"${head}:${head}" and sheet.freeze_panes == f"A{head + 1}"
        assert sheet.page_setup.orientation == "landscape"


def _same(cell, value):
    """What a workbook holds is what the table states: numbers and dates as such."""
    cell = text_of(cell)
    if isinstance(cell, bool):
        assert (value or "") == ("x" if cell else "")
    elif isinstance(cell, date):
        assert isinstance(value, datetime) and value.date() == cell
    elif isinstance(cell, int | Decimal):
        assert Decimal(str(value)) == cell
    else:
        assert (value or "") == (cell or "").replace("\r", "\n")


@pytest.mark.parametrize("text", [f"{sign}1+1" for sign in DANGEROUS if sign != "\r"])
def test_no_cell_of_any_sheet_starts_a_formula(text):
    table = Table(text, (Column(text), Column("N", Kind.COUNT, total=True)), [(Link(text, "/"), 1)])
    table.about = table.summary = text
    table.footnotes = (text,)
    book = openpyxl.load_workbook(io.BytesIO(workbook([(text, table)], authority=text, mark=text)))
    cells = [c for row in book.active.iter_rows() for c in row if c.value is not None]
    assert sum(c.value == text for c in cells) == 8
    assert all(c.data_type in ("s", "n") for c in cells)


def test_what_each_table_counts(tinh, office):
    """Seven products: one lapsed, one revoked, so five stand on 31/12/2025."""
    told = {slug: table_of(slug, tinh) for slug, rule in TABLES.items() if rule.takes != Takes.DECISION}
    assert {slug: len(t.rows) for slug, t in told.items()} == {
        "so-bo": 7,
        "het-han-chua-danh-gia-lai": 1,
        "cong-nhan-trong-nam": 6,
        "thu-hoi-trong-nam": 1,
        "vung-nguyen-lieu": 3,
        "nhan-hieu": 2,
        "xuat-khau": 3,
        "thuong-mai-dien-tu": 5,
        "xa-chua-co-san-pham": 35,
        "xa-theo-so-san-pham": 37,
        "chu-the": 4,
        "chi-tieu-ke-hoach": 2,
        "so-lieu-nam": 6,
        "diem-ban": 1,
        "tu-van": 1,
        "xuc-tien": 1,
    }
    assert told["vung-nguyen-lieu"].totals[6] == Decimal("25.5")
    assert [row[2] for row in told["nhan-hieu"].rows] == ["12", ""]
    assert told["thuong-mai-dien-tu"].totals[3:5] == [5, 1], "a product counts once in a channel"
    assert told["so-lieu-nam"].totals[3:7] == [600, Decimal("659.0"), None, 4]
    assert "4 trong 6 chủ thể" in told["so-lieu-nam"].summary and "(66,7 %)" in told["so-lieu-nam"].summary
    assert told["tu-van"].totals[6:9] == [2, 7, 3]
    assert told["xuc-tien"].totals[6:9] == [2, Decimal("12.5"), 1]
    plan = [row[3:6] for row in told["chi-tieu-ke-hoach"].rows]
    assert plan == [(6, 5, Decimal("83.3")), (1, 2, Decimal("200.0"))]
    standings = {text_of(row[1]): row[6] for row in told["so-bo"].rows}
    assert standings["-2+3"] == "Hết hiệu lực" or standings["@SUM(A1)"] == "Đã thu hồi"
    sums = told["xa-theo-so-san-pham"].totals
    assert sums[-1] == 5 == sum(sums[2:5])


def test_a_day_of_the_past_has_its_own_rows(tinh, office):
    early = {"as_of": "2025-06-30"}
    assert len(table_of("vung-nguyen-lieu", tinh, **early).rows) == 4, (
        "an area counts to the end of its last day"
    )
    assert len(table_of("het-han-chua-danh-gia-lai", tinh, as_of="2025-03-01").rows) == 0
    assert len(table_of("het-han-chua-danh-gia-lai", tinh, as_of="2025-03-02").rows) == 1
    assert len(table_of("xuat-khau", tinh, as_of="2026-01-01").rows) == 4
    assert len(table_of("nhan-hieu", tinh, as_of="2026-01-05").rows) == 3
    assert len(table_of("diem-ban", tinh, as_of="2025-12-30").rows) == 2
    assert len(table_of("diem-ban", tinh, as_of="2026-01-01").rows) == 2
    # The plan has ended: its result is that of its last day, whatever stands by now.
    assert table_of("chi-tieu-ke-hoach", tinh, as_of="2026-08-15").rows[0][6] == DAY


def test_own_filters_narrow_and_lists_add_up(tinh, office):
    whole = len(table_of("so-lieu-nam", tinh).rows)
    parts = [len(table_of("so-lieu-nam", tinh, year="2025", growth=g).rows) for g in ("grown", "below")]
    assert parts == [4, 2] and sum(parts) == whole == 6
    stars = [
        len(table_of("so-bo", tinh, as_of=DAY.isoformat(), status="standing", stars=s).rows) for s in "345"
    ]
    assert sum(stars) == 5
    assert len(table_of("xa-theo-so-san-pham", tinh, as_of=DAY.isoformat(), only="having").rows) == 2


def test_a_commune_sees_its_own(client, office):
    """Côn Minh's official: nothing of Bằng Phúc in page or workbook, and choosing another commune shows nothing.

    Who sells at a point of sale is public, and told whole.
    """
    user = UserFactory(commune=True)
    client.force_login(user)
    for slug, rule in TABLES.items():
        if rule.takes == Takes.DECISION:
            continue
        hidden = ("Bằng Phúc",) if slug == "diem-ban" else ("Bằng Phúc", "Miến dong Nà Sao")
        params = WHEN[rule.takes]
        told = words(client.get(address(slug, **params)))
        assert not [name for name in hidden if name in told], slug
        content = client.get(address(slug, "-xlsx", **params)).content
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
        cells = [str(c) for row in sheet.iter_rows(values_only=True) for c in row]
        assert not [name for name in hidden for c in cells if name in c], slug
        there = Asked(params | {"commune": unit(BANG_PHUC).reference}, user, by_year=rule.takes == Takes.YEAR)
        assert slug == "chi-tieu-ke-hoach" or len(rule.build(there).rows) == 0, slug


def test_a_district_and_a_commune_narrow_the_list(desk, tinh, office):
    bang_phuc = unit(BANG_PHUC)
    for params in ({"commune": bang_phuc.reference}, {"district": bang_phuc.district.reference}):
        table = table_of("so-bo", tinh, as_of=DAY.isoformat(), **params)
        assert [text_of(row[1]) for row in table.rows] == ["Miến dong Nà Sao"]
        assert bang_phuc.name[:1].lower() + bang_phuc.name[1:] in table.about or "huyện" in table.about
    both = {"commune": bang_phuc.reference, "district": unit("02173").district.reference}
    assert len(table_of("so-bo", tinh, as_of=DAY.isoformat(), **both).rows) == 0


def test_garbage_is_told_and_lists_nothing(desk, office):
    for query in (
        "as_of=31/02/2025",
        "stars=9",
        "status=zz",
        "commune=zz",
        "district=%00x",
        "page=zz",
        "page=-1",
    ):
        assert desk.get(f"{reverse('desk:report-table', args=['so-bo'])}?{query}").status_code == 200, query
    for kind in ("-xlsx", "-pdf"):
        for query in ("as_of=31/02/2025&status=zz&commune=zz", "stars=9&district=%00x&page=zz"):
            response = desk.get(reverse(f"desk:report-table{kind}", args=["so-bo"]) + f"?{query}")
            assert response.status_code == 200, (query, kind)
    assert "Không có hạng sao “9”." in words(desk.get(address("so-bo", stars="9")))
    assert '<td class="num stt">' not in desk.get(address("so-bo", stars="9")).content.decode()
    for year in ("1999", "2027", "x", "20255"):
        assert "không phải là năm" in words(desk.get(address("tu-van", year=year)))
    for slug in ("khong-co", "nam-2023"):
        assert desk.get(address(slug)).status_code == 404
    for decision in ("", "0", "x", "9" * 30):
        assert desk.get(address("ket-qua-quyet-dinh", decision=decision)).status_code == 404


def test_the_annex_of_a_decision(desk, tinh, office):
    granted = table_of("ket-qua-quyet-dinh", tinh, decision=str(office[0].decision_id))
    assert [text_of(row[0]) for row in granted.rows] == ["=1+1/GCN", "TRA/GCN"]
    assert granted.rows[0][5:7] == (3, Decimal("50.00"))
    assert granted.about.startswith("Kèm theo Quyết định")
    revoked = Certificate.objects.get(pk=office[3].pk)
    annex = table_of("ket-qua-quyet-dinh", tinh, decision=str(revoked.revocation_decision_id))
    assert "bị thu hồi" in annex.title and next(iter(annex.rows))[-1] == "=In sai hạng sao"
    page = desk.get(reverse("desk:decision", args=[office[0].decision_id])).content.decode()
    assert f'href="/can-bo/bao-cao/ket-qua-quyet-dinh/?decision={office[0].decision_id}"' in page


def test_a_table_too_long_to_print_says_so(desk, office, monkeypatch):
    monkeypatch.setattr(papers, "MOST_PRINTED", 6)
    response = desk.get(address("so-bo", "-pdf", as_of=DAY.isoformat()), follow=True)
    assert "Bảng có 7 dòng, nhiều hơn 6 dòng của một bản in. Hãy tải Excel" in words(response)
    assert response.redirect_chain[0][0].endswith("as_of=2025-12-31"), (
        "the list is still the one that was asked for"
    )


def test_long_tables_are_cut_into_pages_with_the_totals_of_all(desk, office, monkeypatch):
    monkeypatch.setattr("reports.desk.tables.PER_PAGE", 3)
    page = desk.get(address("so-lieu-nam", year="2025", page="2")).content.decode()
    assert re.findall(r'<td class="num stt">(\d+)</td>', page) == ["4", "5", "6"]
    assert "Cộng (mọi trang)" in page and ">659,0</td>" in page


def test_the_index_names_every_table_and_the_rooms_of_the_role(client, tinh, xa, chutich):
    client.force_login(tinh)
    page = client.get("/can-bo/bao-cao/").content.decode()
    for slug, rule in TABLES.items():
        if rule.takes != Takes.DECISION:
            assert all(f'href="/can-bo/bao-cao/{slug}{kind}"' in page for kind in ("/", ".xlsx", ".pdf")), (
                slug
            )
    assert 'href="/can-bo/so-lieu-nam/"' in page and 'href="/can-bo/diem-ban/"' in page
    for user, sees in ((xa, True), (chutich, False)):
        client.force_login(user)
        page = client.get("/can-bo/bao-cao/").content.decode()
        assert ('href="/can-bo/so-lieu-nam/"' in page, 'href="/can-bo/tu-van/"' in page) == (sees, sees), user


# name: (anonymous, council, producer, signatory, commune, province, admin)
VIEW, ENTER = (302, 403, 403, 200, 200, 200, 200), (302, 403, 200, 403, 200, 200, 200)
ACCESS = {
    "reports": VIEW,
    "yearly-report": VIEW,
    "yearly-report-xlsx": VIEW,
    "yearly-report-pdf": VIEW,
    "report-table": VIEW,
    "report-table-xlsx": VIEW,
    "report-table-pdf": VIEW,
    "yearly-figures": ENTER,
    "yearly-figures-workbook": ENTER,
    "yearly-figures-upload": ENTER,
}


def test_role_by_address(client, monkeypatch):
    answer_without_pages(monkeypatch)
    monkeypatch.setattr("reports.desk.yearly_report.sections_of", lambda asked: [])
    monkeypatch.setattr("reports.desk.yearly_report.report_pdf", lambda *args, **kwargs: b"%PDF-1.7\n")
    assert set(ACCESS) == {p.name for p in urlpatterns}
    for place, who in enumerate((None, "council", "producer", "signatory", "commune", "province", "admin")):
        if who:
            client.force_login(UserFactory() if who == "producer" else UserFactory(**{who: True}))
        for name, answers in ACCESS.items():
            path = reverse(f"desk:{name}", args=["diem-ban"] if name.startswith("report-table") else [])
            path += "?district=zz"  # a part that does not exist: whatever is made of it is made quickly
            assert client.get(path).status_code == answers[place], (who, name)
