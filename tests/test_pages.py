"""What every page keeps: one heading, no writes, no inline code, a known number of queries, no dead link."""

import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ratings.reading import current_rules
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.producers.support_rows import PromotionPartFactory, SupplyFactory
from tests.products.collection_rows import collection_of
from tests.reports.news_rows import news_with_file
from tests.scenes import built_once

pytestmark = pytest.mark.django_db

# Public pages and the queries of a reader who is not signed in.
QUERIES = {
    "/": 11,
    "/san-pham/": 6,
    "/san-pham/06-TEST-1/": 17,
    "/san-pham/06-TEST-1/phan-anh/": 3,
    "/san-pham/06-TEST-1/huy-hieu/": 2,
    "/phan-anh/": 0,
    "/giai-thich/": 0,
    "/bo-suu-tap/": 5,
    "/bo-suu-tap/qua-tet/": 4,
    "/giay-chung-nhan/": 0,
    "/giay-chung-nhan/?number=TEST-1": 3,
    "/giay-chung-nhan/?number=khong-co": 4,
    "/chu-the/": 4,
    "/diem-ban/": 3,
    "/diem-ban/?near=02173@2025-06-30&kind=shop": 4,
    "/su-kien/": 5,
    "/thu-vien-anh/": 4,
    "/thu-vien-anh/?kind=event": 4,
    "/thong-ke/": 12,
    "/luot-xem/": 4,
    "/tin-tuc/": 2,
    "/tin-tuc/ke-hoach-danh-gia/": 2,
    "/ban-do/": 3,
    "/ban-do/?level=old&by=expired&sort=-expired": 3,
    "/ban-do/?level=district&by=best&as_of=2024-01-01": 3,
    "/nguon-tin/": 0,
    "/tu-danh-gia/": 2,
    "/tu-danh-gia/?set=06&1.1=3&1.2=0": 1,
    "/tai-khoan/dang-nhap/": 0,
    "/thu-vien-giao-dien/": 0,
}


def one_of_each():
    current_rules("26-2026")  # read once in the life of a process
    product = ProductFactory(code="06-TEST-1", summary="Sợi dai, không phẩm màu.", story="Câu chuyện")
    for n, start in enumerate((date(2020, 5, 1), date(2023, 9, 1), date(2025, 12, 1))):
        CertificateFactory(
            product=product,
            number=f"TEST-{n}",
            kind="first" if n == 0 else "reassessment",
            stars=3 + n % 3,
            decision=DecisionFactory(signed_on=start),
        )
    for n in range(30):
        CertificateFactory(
            decision=DecisionFactory(signed_on=date(2023, 9, 1) + timedelta(days=40 * (n % 20)))
        )
    SupplyFactory(producer=product.producer)
    PromotionPartFactory(producer=product.producer)
    collection_of(product, slug="qua-tet")
    news_with_file(slug="ke-hoach-danh-gia")
    return product


register = built_once(one_of_each)


@pytest.mark.parametrize("path", QUERIES)
def test_page(client, register, path):
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    html = response.content.decode()
    assert response.status_code == 200
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert '<html lang="vi">' in html
    assert not re.search(r"\sstyle=\"|<style|\son[a-z]+=\"", html)
    title = re.search(r"<title>(.*?)</title>", html, re.S)[1]
    assert len(title.strip()) > 8
    assert all(q["sql"].startswith(("SELECT", "WITH")) for q in queries), "a GET never writes"
    assert len(queries) == QUERIES[path], [q["sql"][:150] for q in queries]
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_no_link_of_a_reader_leads_nowhere(client, register):
    """Every address that a public page names answers; followed until none is new."""
    seen, waiting = set(), ["/"]
    while waiting and len(seen) < 250:
        path = waiting.pop()
        response = client.get(path)
        assert response.status_code in (200, 302), path
        if not response.get("Content-Type", "").startswith("text/html") or response.status_code != 200:
            continue
        for link in re.findall(r'href="([^"#]+)', response.content.decode()):
            target = urljoin(path, unescape(link))
            if urlsplit(target).netloc or target.startswith(("/static/", "mailto:", "/can-bo/")):
                continue
            # Of the many addresses of one list a few are enough.
            kind = (
                urlsplit(target).path + "?" + "&".join(sorted(re.findall(r"(\w+)=", urlsplit(target).query)))
            )
            if kind not in seen:
                seen.add(kind)
                waiting.append(target)
    assert len(seen) > 60


@pytest.mark.parametrize(
    "path", ["/khong-co-trang-nay/", "/san-pham/KHONG-CO/", "/giay-chung-nhan/khongco/", "/chu-the/0/"]
)
def test_what_is_not_there_is_told_in_the_portals_own_page(client, path, settings):
    settings.DEBUG = False
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


def test_signed_in_reader_sees_the_same_public_page(client, register, tinh):
    client.force_login(tinh)
    html = client.get("/san-pham/").content.decode()
    assert "Bàn làm việc" in html


def test_the_desk_begins_where_the_role_works(client, register, hd1, tinh):
    for user, name in ((hd1, "desk:sheets"), (tinh, "desk:home")):
        client.force_login(user)
        assert f'href="{reverse(name)}"' in client.get("/san-pham/").content.decode()


def test_whoever_is_signed_in_finds_their_account_and_admins_their_site(
    client, register, tinh, admin_account
):
    for user, admin in ((tinh, False), (admin_account, True)):
        client.force_login(user)
        for path in ("/", "/can-bo/"):
            page = client.get(path).content.decode()
            assert 'href="/tai-khoan/doi-mat-khau/"' in page and 'href="/tai-khoan/hai-lop/"' in page
            assert ('href="/admin/"' in page) == admin, (user, path)


@pytest.mark.parametrize("path", ["/can-bo/", "/admin/", "/can-bo/khong-co/"])
def test_closed_pages_ask_to_sign_in(client, path):
    response = client.get(path)
    assert response.status_code in (302, 404)
    if response.status_code == 302:
        assert response["Location"].startswith(("/tai-khoan/dang-nhap/", "/admin/login/"))
