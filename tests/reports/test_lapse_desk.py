"""The lapse desk as its users meet it: who reaches what, lists and their files, letters and dossiers for a selection."""

import csv
import html
import io
import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from products.models import Certificate, Notice, NoticeLine
from ratings.models import Dossier
from reports.desk import lapse_urls, lapses, notices, selection
from reports.lapse_reading import LapseReading
from reports.lapses import SHARE
from tests.conftest import DAY
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)
from tests.products.constraint_cases_lapses import line
from tests.products.desk import errors, opened, send
from tests.statuses import answer_without_pages

pytestmark = pytest.mark.django_db

# name: (anonymous, council, producer, signatory, commune here, commune elsewhere, province, admin)
VIEW = (302, 403, 403, 200, 200, 200, 200, 200)
OWN = (302, 404, 404, 200, 200, 404, 200, 200)
KEEP = (302, 403, 403, 403, 200, 200, 200, 200)
TABLE = {
    "lapses": VIEW,
    "lapses-file": VIEW,
    "lapses-calendar": VIEW,
    "lapses-forecast": VIEW,
    "lapses-open-dossiers": KEEP,
    "notices": VIEW,
    "notice-make": KEEP,
    "notices-file": (302, 403, 403, 200, 200, 404, 200, 200),  # elsewhere there is nothing to print
    "notices-sheet": VIEW,
    "notice-file": OWN,
    "notice-void": (
        302,
        404,
        404,
        403,
        403,
        404,
        200,
        200,
    ),  # the province's letter: not a commune's to declare void
}
READERS = ("anonymous", "council", "producer", "signatory", "commune", "elsewhere", "province", "admin")
ENDINGS = {"lapses-file": "csv", "notices-file": "pdf", "notices-sheet": "csv", "notice-file": "docx"}


def ending(days, product=None, **fields):
    """A certificate with so many days left today."""
    start = DAY + timedelta(days=days - 1096)
    given = {"decision": DecisionFactory(signed_on=start), "valid_to": DAY + timedelta(days=days)}
    return CertificateFactory(product=product or ProductFactory(), **given | fields)


def page_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def codes(page):
    return re.findall(r'<tr data-code="([^"]+)"', page)


def listed_at(url, user):
    """The length of the list at an address, as the desk's page counts it."""
    return LapseReading(user, QueryDict(url.partition("?")[2].partition("#")[0])).found.count()


def address(name, notice):
    args = [notice.pk] if name in ("notice-file", "notice-void") else []
    return reverse(f"desk:{name}", args=[*args, *([ENDINGS[name]] if name in ENDINGS else [])])


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in lapse_urls.urlpatterns}


def reader(who):
    if who == "elsewhere":
        return UserFactory(commune=True, unit=unit(BANG_PHUC))
    user = UserFactory() if who == "producer" else UserFactory(**{who: True})
    if who == "producer":
        ProducerFactory().accounts.add(user)
    return user


def test_role_by_address(client, monkeypatch):
    answer_without_pages(monkeypatch)
    told = line(ending(60))
    for place, who in enumerate(READERS):
        if who != "anonymous":
            client.force_login(reader(who))
        for name, answers in TABLE.items():
            path, wanted = address(name, told.notice), answers[place]
            assert client.get(path).status_code == wanted, (who, name)
            if wanted in (302, 403, 404) and name not in ENDINGS:
                assert client.post(path, {"reason": "x"}).status_code in (wanted, 405), (who, name)
    assert Notice.objects.get().voided_on is None


GARBAGE = (
    "bucket=zzz", "as_of=2026-02-31", "as_of=%00", "commune=99999", "commune=%FF@x", "group=zz", "stars=9", "q=%00",
    "page=-1", "page=x", "month=2026-13", "month=99999-99", "printed=x", "expires_after=0000-00-00", "district=x",
    "certificate=9999999999999999999999", "certificate=x&certificate=-1", "all=1&bucket=zzz", "lo=khong-phai", "lo=%00",
    "state=zzz", "q=" + "x" * 3000, "producer=x", "has=x", "status=zzz", "as_of=2100-12-31", "q=12345678901234567890/x",
)  # fmt: skip


# What the other two read of it, but the filters that all lists share.
NOTICES, CHOOSING = (
    ("as_of", "q", "page", "lo", "state", "producer"),
    ("certificate", "all", "lo", "q", "bucket"),
)


def test_garbage_gets_an_answer(client, tinh):
    told = line(ending(60))
    client.force_login(tinh)
    # Pages and files of a kind read their parameters at one place: there each by itself, elsewhere all at once.
    for name, own in (("lapses-file", ""), ("notices-sheet", NOTICES), ("notice-make", CHOOSING)):
        for query in (q for q in GARBAGE if not own or q.partition("=")[0] in own):
            answer = client.get(f"{address(name, told.notice)}?{query}")
            assert answer.status_code == 200, (name, query)
    for name in TABLE:
        assert client.get(f"{address(name, told.notice)}?{'&'.join(GARBAGE)}").status_code in (200, 404), name
    for month in ("2026-13", "99999-99", "x", "2020-01", "2090-01"):
        page_of(client, f"/can-bo/han/lich/?month={month}")
    for path in ("/can-bo/han/danh-sach.exe", f"/can-bo/han/thong-bao/{told.notice_id}/van-ban.exe"):
        assert client.get(path).status_code == 404
    empty = page_of(client, "/can-bo/han/?bucket=zzz")
    assert 'data-total="0"' in empty and "Không có danh sách “zzz”" in empty
    assert 'data-total="0"' in page_of(client, "/can-bo/han/?as_of=2026-02-31")


def test_every_figure_is_the_length_of_its_list_and_of_its_files(client, tinh):
    other = ProductFactory(producer__place=unit(BANG_PHUC))
    for days in (-40, -1, 0, 10, 29, 30, 60, 125, 150, 200, 400):
        ending(days)
    ending(50, product=other, stars=4)
    line(ending(45), dated_on=DAY, sent_on=DAY)
    client.force_login(tinh)
    for query in ("", f"stars=4&commune={unit(BANG_PHUC).current.code}&", "as_of=2026-03-01&"):
        figures = re.findall(
            r'<a href="([^"]*bucket=[^"]*)"[^>]*><b>(\d+)</b>', page_of(client, f"/can-bo/han/?{query}")
        )
        assert len(figures) == 19
        for n, (url, number) in enumerate(figures):
            assert listed_at(url, tinh) == int(number), url
            if n % 6 == 1:
                page = page_of(client, url.partition("#")[0])
                assert f'data-total="{number}"' in page and len(codes(page)) == int(number), url
    for query in ("bucket=365", "bucket=expired", "bucket=notice-due", "bucket=180&stars=4"):
        listed = codes(page_of(client, f"/can-bo/han/?{query}"))
        text = client.get(f"/can-bo/han/danh-sach.csv?{query}").content.decode("utf-8-sig")
        assert [row[0] for row in csv.reader(io.StringIO(text))][1:] == listed
        book = load_workbook(io.BytesIO(client.get(f"/can-bo/han/danh-sach.xlsx?{query}").content))
        assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == listed
    assert len(listed) == 1


def test_tables_per_commune_and_set_link_to_their_lists(client, tinh, xa):
    ending(20), ending(100), ending(-3), ending(70, product=ProductFactory(producer__place=unit(BANG_PHUC)))
    for user, rows in ((tinh, 2), (xa, 1)):
        client.force_login(user)
        page = page_of(client, "/can-bo/han/")
        table = page.partition('id="theo-xa"')[2].partition("</table>")[0]
        assert len(re.findall(r'<th scope="row">', table)) == rows
        links = re.findall(
            r'<a href="([^"]+)#danh-sach" aria-label="(\d+) sản phẩm', page.partition('id="theo-xa"')[2]
        )
        assert len(links) >= 8
        for url, number in links:
            assert listed_at(url, user) == int(number), url
        assert f'data-total="{number}"' in page_of(client, url), url


def test_a_row_tells_what_ends_and_what_comes_next(client, tinh, chutich):
    owed, overdue = ending(40), ending(12)
    late = line(ending(20), dated_on=DAY, sent_on=DAY)
    early, closing = line(ending(40), serial=8), ending(121)
    client.force_login(tinh)
    page = page_of(client, "/can-bo/han/?bucket=365")

    def row(certificate):
        found = re.search(rf'<tr data-code="{certificate.product.code}">.*?</tr>', page, re.S)[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)), found

    assert "Hạng 3 sao hết hạn sau thứ Năm, 24/09/2026: còn 40 ngày." in row(owed)[0]
    assert "chưa gửi: phải gửi chậm nhất 25/08/2026 (còn 10 ngày)" in row(owed)[0]
    assert "chưa gửi, quá hạn 18 ngày" in row(overdue)[0]
    assert "đã gửi 15/08/2026, số 07/UBND-KT: muộn 10 ngày" in row(late.certificate)[0]
    assert "đúng hạn" in row(early.certificate)[0] and "đã quá hạn nộp" in row(early.certificate)[0]
    assert "sắp đóng: còn 1 ngày" in row(closing)[0]
    assert f'href="/can-bo/han/thong-bao/lap/?certificate={owed.pk}"' in row(owed)[1]
    assert "/can-bo/ho-so/" in row(early.certificate)[1] and "Lập hồ sơ" in row(early.certificate)[0]
    client.force_login(chutich)
    page = page_of(client, "/can-bo/han/?bucket=365")
    assert "Lập thông báo" not in page and 'type="checkbox"' not in page and codes(page)


def test_queries_do_not_grow_with_rows(client, tinh):
    client.force_login(tinh)
    paths = (
        "han/",
        "han/danh-sach.csv",
        "han/lich/",
        "han/du-bao/",
        "han/thong-bao/",
        "han/thong-bao/danh-sach.csv",
    )
    paths += ("han/thong-bao/lap/?all=1", "han/mo-ho-so/?all=1", "han/thong-bao/van-ban.docx")

    def count():
        told = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"/can-bo/{path}").status_code == 200, path
            told[path] = len(queries)
            writes = [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "WITH"))]
            assert not writes, (path, writes)
        return told

    ending(60), ending(150)
    line(ending(70))
    before = count()
    for n in range(6):
        ending(60 + n), ending(130 + n)
        line(ending(70 + n), serial=20 + n)
    assert count() == before
    assert max(before.values()) <= 20, before


def test_letters_of_a_selection_are_made_once_and_found_again(client, tinh):
    one, two = ending(60), ending(90)
    both = ProductFactory(producer=one.product.producer, name="Bún khô")
    third, told = ending(61, product=both), line(ending(70)).certificate
    client.force_login(tinh)
    path = f"/can-bo/han/thong-bao/lap/?{'&'.join(f'certificate={c.pk}' for c in (one, two, third, told))}"
    page = page_of(client, path)
    assert "2 văn bản cho 3 sản phẩm" in page and "đã có thông báo số 07/UBND-KT" in page.lower().replace(
        "ubnd-kt", "UBND-KT"
    )
    form = opened(client, path) | {
        "offered": [one.pk, two.pk, third.pk],
        "certificate": [one.pk, two.pk, third.pk],
    }
    form |= {"first_serial": "8", "symbol": "ubnd-kt", "channel": "hand", "signer": "Nông Văn Mẫu"}
    answer = client.post(path, form)
    batch = Notice.objects.exclude(pk=told.notice_lines.get().notice_id)
    assert answer.status_code == 302 and answer.url == f"/can-bo/han/thong-bao/?lo={form['token']}"
    assert sorted(n.number for n in batch) == ["08/UBND-KT", "09/UBND-KT"]
    assert batch.get(producer=one.product.producer).lines.count() == 2
    assert {n.channel for n in batch} == {"hand"} and {n.recorded_by for n in batch} == {tinh}
    # Sent again, also where the server's memory of it is gone: nothing more is written.
    assert client.post(path, form).url == answer.url
    cache.clear()
    assert client.post(path, form).url == answer.url
    assert batch.count() == 2
    listed = page_of(client, answer.url)
    assert "2 thông báo" in listed and "Bún khô" in listed
    pdf = client.get(f"/can-bo/han/thong-bao/van-ban.pdf?lo={form['token']}")
    assert "attachment" in pdf["Content-Disposition"] and pdf["X-Content-Type-Options"] == "nosniff"
    text = [re.sub(r"\s+", " ", p.extract_text()) for p in PdfReader(io.BytesIO(pdf.content)).pages]
    assert len(text) == 2 and "Số: 08/UBND-KT" in text[0] and "Số: 09/UBND-KT" in text[1]
    again = client.get(f"/can-bo/han/thong-bao/van-ban.pdf?lo={form['token']}")
    assert again.content == pdf.content


def test_both_files_of_a_letter_say_the_same(client, tinh):
    certificate = ending(100, number="")
    told = line(certificate, recipient="HTX =1+1 <b>", address="Thôn 3", signer="Nông Văn Mẫu")
    ProductFactory.create_batch(1)
    certificate.product.name = "Tên mới sau này"
    certificate.product.save()
    client.force_login(tinh)
    pdf = client.get(f"/can-bo/han/thong-bao/{told.notice_id}/van-ban.pdf")
    word = client.get(f"/can-bo/han/thong-bao/{told.notice_id}/van-ban.docx")
    printed = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf.content)).pages)
    document = Document(io.BytesIO(word.content))
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    written = " ".join([*(p.text for p in document.paragraphs), *cells])

    def plain(text):
        return re.sub(r"\s+", "", text)

    for sentence in (
        "Kính gửi: HTX =1+1 <b>", "Thôn 3", "Số: 07/UBND-KT", "26/2026/QĐ-TTg ngày 22 tháng 5 năm 2026",
        "UBND TỈNH", "ngày 01 tháng 8 năm 2026", "(hồ sơ không ghi số)", "Miến", "3 sao", "23/11/2026",
        "đã hết hạn nộp từ sau ngày 26/07/2026", "Ủy ban nhân dân xã Côn Minh", "Nông Văn Mẫu", "Lưu: VT",
        "không còn quyền in", "CHỦ TỊCH", "V/v giấy chứng nhận sản phẩm OCOP sắp hết hạn",
    ):  # fmt: skip
        assert plain(sentence) in plain(printed), sentence
        assert plain(sentence) in plain(written), sentence
    assert "Tên mới" not in printed + written
    assert document.styles["Normal"].font.name == "Times New Roman"


def test_a_fault_in_one_letter_and_none_is_recorded(client, tinh):
    one, two = ending(60), ending(90)
    client.force_login(tinh)
    path = f"/can-bo/han/thong-bao/lap/?certificate={one.pk}&certificate={two.pk}"
    form = opened(client, path) | {
        "offered": [one.pk, two.pk],
        "certificate": [one.pk, two.pk],
        "symbol": "UBND",
    }
    taken = f"p{two.product.producer_id}-serial"
    line(ending(50), serial=5, symbol="UBND")
    answer = client.post(path, form | {taken: "5"})
    assert answer.status_code == 200 and "Số 05/UBND đã dùng" in errors(answer)
    line(two, serial=6)
    answer = client.post(path, form)
    assert answer.status_code == 200 and "đã có thông báo số" in html.unescape(answer.content.decode())
    assert "chưa văn bản nào được ghi" in errors(answer)
    answer = client.post(path, form | {"sent_on": "31/02/2026"})
    assert answer.status_code == 200
    assert not NoticeLine.objects.filter(certificate=one).exists()
    # The faulty one taken out, the form is good still.
    assert client.post(path, form | {"certificate": [one.pk]}).status_code == 302
    assert NoticeLine.objects.get(certificate=one).notice.number == "01/UBND"


def test_an_official_writes_only_to_producers_in_scope(client, xa):
    mine, there = ending(60), ending(60, product=ProductFactory(producer__place=unit(BANG_PHUC)))
    client.force_login(xa)
    path = f"/can-bo/han/thong-bao/lap/?certificate={mine.pk}&certificate={there.pk}"
    assert there.product.producer.name not in page_of(client, path)
    form = opened(client, path) | {
        "offered": [mine.pk, there.pk],
        "certificate": [mine.pk, there.pk],
        "symbol": "UBND",
    }
    form |= {f"p{there.product.producer_id}-recipient": "HTX"}
    client.post(path, form)
    notice = Notice.objects.get()
    assert notice.lines.get().certificate == mine
    assert notice.issuer == "UBND xã Côn Minh" and notice.issuer_unit == xa.unit.current
    assert "Sản phẩm" in page_of(client, "/can-bo/han/thong-bao/")
    assert send(client, f"/can-bo/han/thong-bao/{notice.pk}/huy/", reason="Ghi nhầm").status_code == 302
    notice.refresh_from_db()
    assert notice.voided_on == DAY
    assert "Đã hủy 15/08/2026" in page_of(client, "/can-bo/han/thong-bao/?state=void")
    assert client.get("/can-bo/han/thong-bao/van-ban.pdf").status_code == 404


def test_all_of_a_list_is_the_list(client, tinh):
    ending(60), ending(61, stars=4), ending(300)
    client.force_login(tinh)
    page = page_of(client, "/can-bo/han/thong-bao/lap/?all=1&bucket=180&stars=4")
    assert "1 văn bản cho 1 sản phẩm" in page
    assert "0 văn bản" in page_of(client, "/can-bo/han/thong-bao/lap/?all=1&bucket=khong-co")
    assert "3 văn bản" in page_of(client, "/can-bo/han/thong-bao/lap/?all=1&bucket=365")


def test_more_than_a_page_deals_with_is_told_and_done_in_turns(client, tinh, monkeypatch, settings):
    assert selection.MOST_CHOSEN * 6 + 30 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    for module in (selection, notices, lapses):
        monkeypatch.setattr(module, "MOST_CHOSEN", 2)
    ending(150), ending(151), ending(152)
    client.force_login(tinh)
    for path in ("han/thong-bao/lap/", "han/mo-ho-so/"):
        page = page_of(client, f"/can-bo/{path}?all=1&bucket=180")
        assert "Đã chọn nhiều hơn 2 sản phẩm" in page and page.count('name="certificate"') == 2
        assert "nhiều hơn" not in page_of(client, f"/can-bo/{path}?all=1&bucket=notice-late")


def test_dossiers_are_opened_for_those_in_their_window_and_the_others_told_why(client, tinh, xa):
    inside, again, missed, early, ended = ending(150), ending(120), ending(119), ending(181), ending(-5)
    wanted = f"/can-bo/han/mo-ho-so/?{'&'.join(f'certificate={c.pk}' for c in (inside, again, missed, early, ended))}"
    client.force_login(xa)
    page = page_of(client, wanted)
    assert "2 hồ sơ sẽ được lập" in page
    for why in (
        "Đã quá hạn nộp hồ sơ",
        "Chưa đến thời gian nhận hồ sơ: từ 16/08/2026",
        "Giấy chứng nhận đã hết hạn",
    ):
        assert why in page
    form = opened(client, wanted) | {"certificate": [inside.pk, again.pk]}
    answer = client.post(wanted, form)
    assert answer.status_code == 302
    assert client.post(wanted, form).url == answer.url
    made = Dossier.objects.all()
    assert {d.product for d in made} == {inside.product, again.product}
    assert {(d.kind, d.certificate_id in (inside.pk, again.pk), d.created_by) for d in made} == {
        ("reassessment", True, xa)
    }
    page = page_of(client, wanted)
    assert "Đã có hồ sơ phân hạng lại, đang soạn" in page and "sẽ được lập" not in page
    assert f'data-total="{made.count()}"' in page_of(client, "/can-bo/han/?bucket=dossier")


def test_no_dossier_is_opened_where_one_cannot(client, tinh):
    one, two = ending(150), ending(151)
    client.force_login(tinh)
    path = f"/can-bo/han/mo-ho-so/?certificate={one.pk}&certificate={two.pk}"
    form = opened(client, path) | {"certificate": [one.pk, two.pk]}
    client.post(path, opened(client, path) | {"certificate": [two.pk]})
    answer = client.post(path, form)
    assert answer.status_code == 200 and "chưa hồ sơ nào được lập" in errors(answer)
    assert "Đã có hồ sơ phân hạng lại" in html.unescape(answer.content.decode())
    assert list(Dossier.objects.values_list("product", flat=True)) == [two.product_id]
    assert "Chưa chọn sản phẩm nào" in errors(client.post(path, opened(client, path) | {"certificate": []}))


def test_calendar_and_forecast_lead_to_their_lists(client, tinh):
    for days in (3, 33, 33, 123, 183, 250):
        ending(days)
    client.force_login(tinh)
    seen = 0
    for path in ("/can-bo/han/lich/?month=2026-08", "/can-bo/han/lich/?month=2026-09", "/can-bo/han/du-bao/"):
        page = page_of(client, path)
        events = re.findall(r'<a class="event[^"]*" href="([^"#]+)#danh-sach"><b>(\d+)</b>', page)
        falls = re.findall(r'<a href="([^"#]+)#danh-sach" aria-label="(\d+) (?:sản phẩm mất|giấy)', page)
        for url, number in events + falls:
            assert listed_at(url, tinh) == int(number), (path, url)
        assert f'data-total="{number}"' in page_of(client, url), (path, url)
        seen += len(events + falls)
    assert seen >= 12
    august = page_of(client, "/can-bo/han/lich/")
    assert "<b>2</b> phải thông báo" in august and "<b>1</b> hết hạn nộp" in august
    assert "<b>1</b> bắt đầu nộp" in august and "Thứ Ba, 18/08/2026" in august


def test_the_desks_home_leads_here(client, tinh):
    ending(20)
    client.force_login(tinh)
    page = page_of(client, "/can-bo/")
    for url in ("/can-bo/han/", "/can-bo/han/?bucket=180", "/can-bo/han/?bucket=expired"):
        assert f'href="{url}"' in page
        client.get(url)
    assert 'aria-current="page"' in page_of(client, "/can-bo/han/lich/")


def test_share_is_none_where_no_notice_fell_due(tinh):
    reading = LapseReading(tinh, QueryDict())
    assert reading.share is None and all(reading.counted[b.key] == 0 for b in SHARE)
    ending(29), ending(30)
    assert LapseReading(tinh, QueryDict()).counted["notice-due"] == 1
    assert LapseReading(tinh, QueryDict()).share == 0


def test_what_a_source_is_silent_of_is_neither_lapsed_nor_untold(tinh):
    silent = {"listed_only_while_standing": True}
    ending(-5, product=ProductFactory(**silent)), ending(20, product=ProductFactory(**silent))
    counted = LapseReading(tinh, QueryDict()).counted
    assert (counted["expired"], counted["notice-due"], counted["30"]) == (0, 0, 1)
    assert Certificate.objects.count() == 2


def test_letters_before_the_law_of_2026_cite_the_one_before(client, tinh):
    told = line(ending(60), dated_on=date(2026, 5, 21), sent_on=date(2026, 5, 21))
    client.force_login(tinh)
    word = client.get(f"/can-bo/han/thong-bao/{told.notice_id}/van-ban.docx")
    text = " ".join(p.text for p in Document(io.BytesIO(word.content)).paragraphs)
    assert "148/QĐ-TTg ngày 24 tháng 02 năm 2023" in text
