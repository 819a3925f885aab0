"""Visits: counted without a query and without a trace of the reader, added up whoever counts."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ocop_portal.clock import today
from reports import visits
from reports.models import VisitDay
from reports.visits import Tally, fold, page_of, write
from tests.factories import CertificateFactory, UserFactory
from tests.products.oversight import report

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = date(2026, 8, 15)


@pytest.fixture
def tally(monkeypatch):
    """Counts of this test alone, with no thread that writes them."""
    own = Tally()
    own._writer = threading.current_thread()
    monkeypatch.setattr(visits, "TALLY", own)
    return own


@pytest.fixture
def reader(settings, tally):
    """A reader of a portal that counts visits and keeps pages."""
    settings.VISITS_SECONDS, settings.PAGES_MEMORY_MB = 30, 8
    return Client(headers={"User-Agent": FIREFOX})


@pytest.fixture
def product():
    return CertificateFactory(product__code="06-TEST-1").product


def kept():
    return {(v.path, v.language, v.day): v.count for v in VisitDay.objects.all()}


def test_pages_are_counted_in_both_languages_without_a_query(reader, tally, product):
    reader.get("/san-pham/06-TEST-1/")
    with CaptureQueriesContext(connection) as asked:
        first = reader.get("/san-pham/06-TEST-1/?utm_source=zalo")
        again = reader.get("/san-pham/06-TEST-1/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert len(asked) == 2 and all("registerrevision" in q["sql"] for q in asked)  # the kept page's own
    reader.get("/en/san-pham/06-TEST-1/")
    reader.get("/tu-danh-gia/")
    assert kept() == {}, "a GET never writes"
    tally.flush()
    assert kept() == {
        ("/san-pham/06-TEST-1/", "vi", DAY): 3,
        ("/san-pham/06-TEST-1/", "en", DAY): 1,
        ("/tu-danh-gia/", "vi", DAY): 1,
    }
    tally.flush()
    assert sum(kept().values()) == 5


def test_what_is_no_reading_is_not_counted(reader, tally, product):
    for agent in (
        "",
        "Googlebot/2.1",
        "curl/8.5",
        "python-requests/2.32",
        "facebookexternalhit/1.1",
        "bingbot",
    ):
        reader.get("/", headers={"User-Agent": agent})
    reader.head("/")
    reader.get("/san-pham/", headers={"HX-Request": "true"})
    reader.get("/", headers={"Sec-Purpose": "prefetch;prerender"})
    complaint = report(product)
    paths = (
        "/khong-co/",
        "/san-pham/KHONG-CO/",
        "/san-pham.csv",
        "/api/v1/products",
        "/tai-khoan/dang-nhap/",
    )
    for path in (*paths, "/thu-vien-giao-dien/", "/can-bo/", "/healthz", f"/phan-anh/{complaint.code}/"):
        reader.get(path)
    official = Client(headers={"User-Agent": FIREFOX})
    official.force_login(UserFactory(province=True))
    official.get("/")
    official.get("/can-bo/")
    assert tally.taken() == {}


def test_a_page_has_one_address(product):
    key = product.producer_id
    assert page_of(f"/en/chu-the/00{key}/") == (f"/chu-the/{key}/", "en")
    assert page_of("/en/") == ("/", "en") and page_of("/") == ("/", "vi")


def test_nothing_is_counted_where_it_is_switched_off(settings, tally):
    Client(headers={"User-Agent": FIREFOX}).get("/")
    assert tally.taken() == {}


def test_threads_of_several_processes_lose_nothing():
    """Eight threads count into two tallies, as two workers do, while both write."""
    workers = [Tally(), Tally()]
    for worker in workers:
        worker._writer = threading.current_thread()
    counting = [
        threading.Thread(target=lambda t=t: [t.add(("/", "vi", DAY)) for _ in range(500)])
        for t in workers * 4
    ]
    for thread in counting:
        thread.start()
    for _ in range(3):
        for worker in workers:
            worker.flush()
    for thread in counting:
        thread.join()
    for worker in workers:
        worker.flush()
    assert kept() == {("/", "vi", DAY): 4000}


def test_the_first_count_starts_the_thread_that_writes(settings, monkeypatch):
    settings.VISITS_SECONDS = 0.01
    written, seen = threading.Event(), []
    tally = Tally()
    monkeypatch.setattr(visits, "fold", lambda day: None)
    monkeypatch.setattr(visits, "write", lambda counts: (seen.append(dict(counts)), written.set()))
    assert tally._writer is None
    tally.add(("/", "vi", DAY))
    assert written.wait(5) and seen == [{("/", "vi", DAY): 1}]
    assert tally._writer.daemon
    tally.add(("/", "vi", DAY))
    tally.close()
    assert not tally._writer.is_alive() and len(seen) == 2


def test_memory_is_bounded_and_what_the_database_refuses_is_kept(tally, monkeypatch):
    tally.most = 2
    for path in ("/a/", "/b/", "/c/", "/a/"):
        tally.add((path, "vi", DAY))

    def refuse(counts):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(visits, "write", refuse)
        tally.flush()
    assert tally.taken() == {("/a/", "vi", DAY): 2, ("/b/", "vi", DAY): 1}


def test_a_month_long_past_becomes_one_row(tally):
    long_ago = [date(2025, 6, 1), date(2025, 6, 2), date(2025, 6, 30)]
    write(
        {("/", "vi", day): 2 for day in long_ago}
        | {("/", "en", long_ago[1]): 5}
        | {("/", "vi", date(2025, 7, 2)): 1}
    )
    fold(DAY)
    assert kept() == {
        ("/", "vi", date(2025, 6, 1)): 6,
        ("/", "en", date(2025, 6, 1)): 5,
        ("/", "vi", date(2025, 7, 2)): 1,
    }
    fold(DAY)
    assert sum(kept().values()) == 12


def test_the_page_tells_totals_and_the_products_read_most(client, product):
    other = CertificateFactory(product__code="06-TEST-2").product
    here = [f"/san-pham/{p.code}/" for p in (product, other)]
    write(
        {
            (here[0], "vi", today()): 5,
            (here[0], "en", today()): 2,
            (here[1], "vi", today() - timedelta(days=29)): 30,
            (here[1], "vi", today() - timedelta(days=30)): 100,
            ("/san-pham/", "vi", today()): 1000,
            ("/san-pham/GONE/", "vi", today()): 50,
            ("/", "vi", date(2025, 9, 1)): 4,
            ("/", "vi", date(2025, 8, 31)): 7,
        }
    )
    response = client.get("/luot-xem/")
    assert [(r.product, r.count) for r in response.context["products"]] == [(other, 30), (product, 7)]
    assert [tile["value"] for tile in response.context["tiles"]] == [1087, 2, 1191]
    assert response.context["months"][0] == ("09/2025", 4) and len(response.context["months"]) == 12
    assert "31/08/2025" in response.content.decode()
    english = client.get("/en/luot-xem/")
    assert english.context["products"] == response.context["products"]
