"""The English pages: the address decides, both languages lead to each other, and nothing Vietnamese slips through."""

import re
from collections import Counter
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

from ocop_portal.demo.english import NOUNS
from ocop_portal.demo.invention import GOODS
from ocop_portal.languages import day_text, language_of
from products.forms import complaint as complaint_rules
from products.models import Certificate, ProductGroup, PublishedComplaint
from products.verdict import verdict
from tests.english import MARKS, Ear, Page
from tests.factories import CertificateFactory, DecisionFactory
from tests.producers.support_rows import PointFactory, PromotionFactory, PromotionPartFactory, SupplyFactory
from tests.products.collection_rows import CollectionFactory, collection_of
from tests.products.desk import opened
from tests.products.oversight import report, report_in
from tests.products.registers import random_register
from tests.reports.news_rows import NewsFactory, news_with_file
from tests.scenes import built_once
from tests.test_pages import QUERIES, register

__all__ = ["register"]  # the fixture that the table of queries was counted on

pytestmark = pytest.mark.django_db

VIETNAMESE_ALONE = ("/tu-danh-gia/", "/tai-khoan/", "/thu-vien-giao-dien/")
BOTH = [path for path in QUERIES if not path.startswith(VIETNAMESE_ALONE)]


def all_that_a_page_can_tell():
    """One product with everything, among others of every standing, reports, points and events."""
    random_register(7, 30)
    certificate = CertificateFactory(
        product__code="06-RICH-1",
        product__summary="Sợi dai, không phẩm màu.",
        product__story="Câu chuyện dài",
        product__name_en="Canna vermicelli",
        product__description="Mô tả sản phẩm",
        product__ingredients="Củ dong riềng",
        product__traceability_code="TX-1",
        product__made_up=True,
        total="72.74",
        note="Ghi chú của giấy",
        decision=DecisionFactory(signed_on=date(2025, 6, 1), note="Ghi chú của quyết định"),
    )
    product = certificate.product
    product.aliases.create(code="06-CU-1")
    product.packagings.create(label="túi 500 g", barcode="8931234567890")
    for kind, url in (("ketnoiocop", "https://a.example"), ("own_site", ""), ("other", "")):
        product.channels.create(kind=kind, url=url)
    product.marks.create(kind="geographical", name="Chè Shan tuyết", number="0001")
    product.raw_material_areas.create(
        standard="organic", issuer="Trung tâm chứng nhận", area_ha="12.5", valid_to=date(2030, 1, 1)
    )
    product.export_markets.create(market="Nhật Bản", since_year=2023)
    CertificateFactory(
        product__producer=product.producer, decision=DecisionFactory(signed_on=date(2021, 6, 1))
    )
    for offset in (-30, 0, 40):
        PromotionFactory(starts_on=date(2026, 8, 15) + timedelta(days=offset), summary="Giới thiệu sự kiện")
    PromotionPartFactory(producer=product.producer)
    PromotionFactory(starts_on=date(2026, 9, 15), cancelled_reason="Mưa bão")
    SupplyFactory(producer=product.producer, point__keeper="Hội Nông dân", point__phone="0912 345 678")
    PointFactory(closed_on=date(2026, 1, 1))
    collection_of(product, made_up=True)
    collection_of(title_en="Nothing left", slug="trong")
    CollectionFactory(slug="da-go", withdrawn_on=date(2026, 8, 10), withdrawn_reason="Đăng nhầm bộ.")
    news_with_file(kind="plan", made_up=True)
    NewsFactory(kind="news", slug="da-go", withdrawn_on=date(2026, 8, 10), withdrawn_reason="Đăng nhầm bản.")
    complaint = report_in("answered", product=product)
    PublishedComplaint.objects.create(
        complaint=complaint,
        product=product,
        summary="Đã xác minh.",
        reply="Chúng tôi đã sửa bao bì.",
        replied_on=date(2026, 8, 2),
        released_on=date(2026, 8, 1),
    )
    return product


rich = built_once(all_that_a_page_can_tell)


@pytest.fixture
def rich_register(settings, rich):
    settings.SITE = {**settings.SITE, "office_phone": "0209 312 3456", "office_address": "Số 1 Trường Chinh"}
    return rich


ASKED = (
    "/en/san-pham/?q=khongcogi",
    "/en/san-pham/?stars=9&district=zz&commune=zz&group=zz&status=x&has=x&producer=0&expires_after=x&as_of=x",
    "/en/san-pham/?stars=3&status=expired&has=area&expires_after=2026-01-01&expires_before=2030-01-01&as_of=2025-01-01",
    "/en/san-pham/?commune=02173@2025-06-30&district=066&status=all&per_page=240",
    "/en/giay-chung-nhan/?number=khong-co",
    "/en/giay-chung-nhan/?number=1&as_of=x",
    "/en/chu-the/?district=zz",
    "/en/diem-ban/?near=02173@2025-06-30",
    "/en/diem-ban/?near=zz&kind=zz&district=zz&commune=zz&as_of=x",
    "/en/diem-ban/?as_of=2025-01-01&q=khongco",
    "/en/su-kien/?kind=zz&year=1&q=khongco",
    "/en/phan-anh/?code=khongco",
    "/en/bo-suu-tap/trong/",
    "/en/bo-suu-tap/da-go/",
    "/en/tin-tuc/?kind=plan",
    "/en/tin-tuc/?page=9&kind=zz",
    "/en/tin-tuc/da-go/",
    "/en/thong-ke/?as_of=2023-12-31",
    "/en/khong-co-trang/",
    "/en/can-bo/",
)
"""Addresses that no page links to: faults, empty answers, other days."""


def test_no_vietnamese_sentence_on_any_english_page(client, rich_register, settings):
    """Follows every link of the English pages, and asks what no link asks. Quoted text carries `lang="vi"`."""
    settings.DEBUG = False
    complaints = [report_in(s, product=rich_register).code for s in ("received", "answered", "set_aside")]
    complaints.append(report(pack="Miến lạ", where_bought="Chợ Đồng Xuân", bought_on=date(2026, 8, 1)).code)
    ear, heard, seen, read = Ear(), {}, set(), set()
    waiting = ["/en/", *ASKED, *(f"/en/phan-anh/{code}/" for code in complaints)]
    standings = {c.standing_on(date(2026, 8, 15)): c for c in Certificate.objects.all()}
    waiting += [c.get_absolute_url().replace("/giay", "/en/giay") for c in standings.values()]
    waiting += [f"/en/san-pham/{c.product.code}/" for c in standings.values()]
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code == 302:
            continue
        html = response.content.decode()
        assert '<html lang="en">' in html, path
        page = Page(html)
        read.add(_view(urlsplit(path).path))
        for text in ear.hears(page):
            heard.setdefault(text, path)
        for link in page.links:
            target = urlsplit(urljoin(path, unescape(link)).partition("#")[0])
            new = (
                target.path.startswith("/en/") and not target.netloc and target.geturl() not in {path, *seen}
            )
            if new and kinds[kind := _kind(target)] < 2:
                kinds[kind] += 1
                seen.add(target.geturl())
                waiting.append(target.geturl())
    unread = {name for name, _, both in addresses(get_resolver()) if both} - read
    assert unread == set(), "no such page was met: let rich_register hold one, or ask for it in ASKED"
    assert heard == {}, "mark these for translation, or the names and quotations among them with lang"


def addresses(resolver, prefix="", both=False):
    """(name, pattern, whether both languages have it) of every address."""
    for item in resolver.url_patterns:
        double = both or isinstance(item.pattern, LocalePrefixPattern)
        if isinstance(item, URLResolver):
            yield from addresses(item, f"{prefix}{item.namespace}:" if item.namespace else prefix, double)
        else:
            yield f"{prefix}{item.name}", item, double


def _view(path):
    with translation.override("en"):
        try:
            return resolve(path).view_name
        except Resolver404:
            return "nowhere"


def _kind(target):
    """Of the many addresses of one kind of page a few are enough: by its view, and its parameter if it is one."""
    names = parse_qs(target.query)
    return f"{_view(target.path)}?{'several' if len(names) > 1 else ''.join(names)}"


def test_what_a_form_refuses_is_told_in_english(client, rich_register):
    ear = Ear()
    for path in ("/en/phan-anh/", f"/en/san-pham/{rich_register.code}/phan-anh/"):
        wrong = {"kind": "zz", "seen": "ngắn", "contact_phone": "x", "contact_email": "x", "bought_on": "x"}
        for sent in ({}, wrong, wrong | {"bought_on": "01/01/2100", "seen": "http://a http://b http://c"}):
            html = client.post(path, sent).content.decode()
            html = re.sub(r"<textarea.*?</textarea>", "", html, flags=re.S)
            assert ear.hears(Page(html)) == []


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500"])
def test_error_pages_speak_english(rf, name):
    request = rf.get("/en/")
    with translation.override("en"):
        html = render_to_string(f"{name}.html", request=request)
    assert '<html lang="en">' in html
    assert Ear().hears(Page(html)) == []


def test_an_english_page_costs_the_same_queries(client, register):
    counted = {}
    for path in BOTH:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/en{path}")
        assert (response.status_code, response["Content-Language"]) == (200, "en"), path
        counted[path] = len(queries)
    assert counted == {path: QUERIES[path] for path in BOTH}


def alternates(html):
    return dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', html))


def switch(html):
    return re.search(
        r'<a class="language" href="([^"]+)" hreflang="(\w+)" lang="(\w+)" aria-label="([^"]+)">', html
    )


def test_both_languages_lead_to_each_other(client, register):
    for path in (*BOTH, "/san-pham/?q=miến&stars=3&stars=4&page=2"):
        lead_to_each_other(client, path)


def lead_to_each_other(client, path):
    pages = {language: client.get(prefix + path) for language, prefix in (("vi", ""), ("en", "/en"))}
    found = {language: alternates(page.content.decode()) for language, page in pages.items()}
    assert found["vi"] == found["en"] and set(found["vi"]) == {"vi", "en", "x-default"}
    assert found["vi"]["x-default"] == found["vi"]["vi"]
    for language, other in (("vi", "en"), ("en", "vi")):
        to = switch(pages[language].content.decode())
        assert to[2] == to[3] == other
        there = client.get(unescape(to[1]))
        assert there.status_code == 200
        assert unescape(switch(there.content.decode())[1]) == pages[language].wsgi_request.get_full_path()


def test_alternates_leave_out_what_other_sites_hang_on_links(client, register):
    html = client.get("/en/san-pham/?utm_source=x&stars=3&q=").content.decode()
    assert alternates(html)["vi"].endswith("/san-pham/?stars=3")


@pytest.mark.parametrize(
    "path", ["/tu-danh-gia/", "/tai-khoan/dang-nhap/", "/thu-vien-giao-dien/", "/can-bo/"]
)
def test_what_speaks_vietnamese_alone_names_no_other(client, tinh, path):
    client.force_login(tinh)
    html = client.get(path).content.decode()
    assert '<html lang="vi">' in html or path.startswith("/tai-khoan/")
    assert alternates(html) == {} and switch(html) is None
    assert client.get(f"/en{path}").status_code == 404


def test_every_public_page_is_bilingual_but_these():
    alone = {
        name
        for name, pattern, both in addresses(get_resolver())
        if not (both or getattr(pattern.callback, "login_required", True))
        and str(pattern.pattern).endswith("/")
        and not name.startswith(("api-v1:", "admin:", "account_", "mfa_"))
    }
    assert alone == {"ratings:self-assessment", "gallery"}, "include a module of public pages by `bilingual`"


def test_the_english_menu_says_which_page_is_vietnamese(client, register):
    html = client.get("/en/").content.decode()
    assert re.search(r'<a href="/tu-danh-gia/" hreflang="vi">.*?in Vietnamese', html)
    assert 'href="/tu-danh-gia/"' in html and "/en/tu-danh-gia/" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/san-pham.csv",
        "/san-pham.json",
        "/san-pham/06-TEST-1/qr.svg",
        "/huy-hieu/06-TEST-1.svg",
        "/p/06-TEST-1",
        "/healthz",
        "/api/v1/statistics",
        "/tai-khoan/dang-nhap/",
    ],
)
def test_a_file_has_one_address(client, register, path):
    assert client.get(path).status_code in (200, 302)
    assert client.get(f"/en{path}").status_code == 404


def test_english_pages_link_to_files_at_their_one_address(client, register):
    html = client.get("/en/san-pham/?q=TEST-1").content.decode()
    assert 'href="/san-pham.csv?q=TEST-1"' in html
    assert 'href="/en/san-pham/06-TEST-1/"' in html


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "vi"),
        ("/en", "en"),
        ("/en/", "en"),
        ("/en/san-pham/", "en"),
        ("/english/", "vi"),
        ("/en-gb/", "vi"),
    ],
)
def test_only_the_address_decides(client, register, path, language):
    assert language_of(path) == language
    headers = {"Accept-Language": "en" if language == "vi" else "vi"}
    client.cookies["django_language"] = headers["Accept-Language"]
    response = client.get(path, headers=headers, follow=True)
    assert f'<html lang="{language}">' in response.content.decode()
    assert "Accept-Language" not in response.get("Vary", "")
    assert translation.get_language() == "vi", "the thread is left as it was"


def test_dates_and_numbers_are_written_as_english_readers_know_them(client, register):
    html = client.get("/en/thong-ke/?as_of=2023-12-31").content.decode()
    assert "<h1>Figures as of 31 December 2023</h1>" in html
    assert 'name="as_of" value="31/12/2023"' in html, "what is typed is read as it was"
    with translation.override("en"):
        from django.utils.formats import number_format

        assert number_format(1192.5, force_grouping=True) == "1,192.5"
        assert day_text(date(2026, 1, 2)) == "2 January 2026"
    assert day_text(date(2026, 1, 2)) == "02/01/2026"


@pytest.mark.parametrize(
    ("facts", "sentence", "note"),
    [
        ({}, "In force: “{}” may use 3 OCOP stars until 15 January 2028.", ""),
        (
            {
                "revoked_on": date(2026, 8, 1),
                "revocation_ground": "misuse",
                "revocation_reason": "In sai <sao>",
            },
            "Revoked since 1 August 2026: “{}” may not use 3 OCOP stars.",
            'Ground: misuse of the OCOP mark or star rating. <span lang="vi">In sai &lt;sao&gt;</span>',
        ),
        (
            {"superseded_on": date(2026, 8, 1)},
            "Replaced by a new certificate since 1 August 2026.",
            "This one was issued for “{}”, 3 OCOP stars; see the certificate in use below.",
        ),
    ],
    ids=["in force", "revoked", "replaced"],
)
def test_the_verdict_in_english_quotes_what_is_on_record(facts, sentence, note):
    certificate = CertificateFactory(product__name="Miến dong A&B")
    for name, value in facts.items():
        setattr(certificate, name, value)
    with translation.override("en"):
        told = verdict(certificate, date(2026, 8, 15))
    assert told.sentence == sentence.format("Miến dong A&B")
    assert str(told.note) == note.format("Miến dong A&B")
    assert "span" not in verdict(certificate, date(2026, 8, 15)).note


def test_an_english_name_stands_beside_the_vietnamese_one_and_is_searched(client):
    named = {"product__name_en": "Canna vermicelli", "product__summary_en": "Chewy, no colouring."}
    certificate = CertificateFactory(product__name="Miến dong Tài Hoan", product__summary="Sợi dai.", **named)
    CertificateFactory(product__name="Gạo nếp")
    path = f"/san-pham/{certificate.product.code}/"
    english, vietnamese = (client.get(p + path).content.decode() for p in ("/en", ""))
    assert '<h1 lang="vi">Miến dong Tài Hoan</h1>' in english and "Canna vermicelli" in english
    assert "Chewy, no colouring." in english and "Sợi dai." not in english
    assert "Canna vermicelli" not in vietnamese and "Sợi dai." in vietnamese
    for prefix, name in (("", False), ("/en", True)):
        found = client.get(f"{prefix}/san-pham/?q=vermicelli").content.decode()
        assert re.findall(r'data-code="([^"]+)"', found) == [certificate.product.code]
        assert ("Canna vermicelli" in found) == name
    certificate.product.name_en = "Arrowroot noodles"
    certificate.product.save()
    assert 'data-total="1"' in client.get("/san-pham/?q=arrowroot").content.decode()
    assert 'data-total="0"' in client.get("/san-pham/?q=vermicelli").content.decode()


def test_what_is_on_record_in_vietnamese_is_marked_and_said_to_be(client):
    product = CertificateFactory(product__story="Câu chuyện", product__summary="Sợi dai.").product
    html = client.get(f"/en/san-pham/{product.code}/").content.decode()
    assert '<div lang="vi"><p>Câu chuyện</p></div>' in html and 'lang="vi">Sợi dai.' in html
    assert html.count("In Vietnamese, as on record") == 1
    assert "Nguyên văn tiếng Việt" not in client.get(f"/san-pham/{product.code}/").content.decode()


def test_every_product_set_has_an_english_name():
    lacking = [g for g in ProductGroup.objects.all() if not g.name_en or MARKS.search(g.name_en)]
    assert lacking == [] and ProductGroup.objects.count() == 26
    group = ProductGroup.objects.get(code="06")
    assert group.shown_name == "Chế biến từ gạo, ngũ cốc"
    with translation.override("en"):
        assert group.shown_name == "Products made from rice and cereals"


def test_the_demo_can_say_in_english_whatever_it_makes_up():
    assert {noun for _, nouns in GOODS.values() for noun in nouns} == set(NOUNS)
    assert [name for name in NOUNS.values() if MARKS.search(name)] == []


def test_a_report_sent_in_english_is_answered_in_english(client, monkeypatch):
    monkeypatch.setattr(complaint_rules, "MIN_SECONDS", 0)
    cache.clear()
    path = f"/en/san-pham/{CertificateFactory().product.code}/phan-anh/"
    sent = opened(client, path) | {"kind": "mark", "seen": "The pack shows 5 stars, the register says 3."}
    answer = client.post(path, sent)
    assert re.fullmatch(r"/en/phan-anh/\w+/", answer["Location"])
    receipt = client.get(answer["Location"]).content.decode()
    assert "Your report has been received. Thank you." in receipt and "Received" in receipt
    assert Ear().hears(Page(receipt)) == []


def test_each_language_is_kept_under_its_own_address(settings, register):
    settings.PAGES_MEMORY_MB = 8
    reader = Client()
    pages = {path: [reader.get(path) for _ in range(2)] for path in ("/san-pham/", "/en/san-pham/")}
    for path, (made, kept) in pages.items():
        assert made.content == kept.content and f'<html lang="{language_of(path)}">' in kept.content.decode()
        assert kept["Content-Language"] == language_of(path)
    with CaptureQueriesContext(connection) as queries:
        reader.get("/en/san-pham/")
    assert len(queries) == 1


def test_the_desk_enters_english_words(client, tinh):
    product = CertificateFactory(product__name="Miến dong").product
    client.force_login(tinh)
    path = f"/can-bo/san-pham/{product.pk}/sua/"
    sent = opened(client, path) | {"name_en": "Canna vermicelli", "summary_en": "Chewy."}
    assert client.post(path, sent).status_code == 302
    product.refresh_from_db()
    assert (product.name_en, product.summary_en) == ("Canna vermicelli", "Chewy.")
    assert "Canna vermicelli" in client.get(f"/can-bo/san-pham/{product.pk}/").content.decode()
    history = client.get(f"/can-bo/lich-su/san-pham/{product.pk}/").content.decode()
    assert "tên tiếng Anh" in history and "Canna vermicelli" in history
