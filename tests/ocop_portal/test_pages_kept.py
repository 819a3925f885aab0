"""Public pages kept under the revision: quick, right for each reader, and never behind the register."""

import gzip
import re
import threading
import time
from datetime import date, timedelta

import brotli
import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from ocop_portal import pages
from ocop_portal.models import RegisterRevision
from ocop_portal.pages import (
    Memory,
    Page,
    PagesMiddleware,
    chosen_coding,
    kept_address,
    may_be_kept,
    normal_query,
)
from producers.models import Promotion
from products.models import Collection, Product, ProductAlias, PublishedComplaint
from tests.factories import CertificateFactory, UserFactory
from tests.producers.support_rows import PromotionPartFactory, SupplyFactory
from tests.products.collection_rows import collection_of
from tests.products.oversight import report
from tests.reports.news_rows import news_with_file
from tests.test_consistency import patterns

LIST = "/san-pham/"


@pytest.fixture
def client(settings):
    """A reader of a portal that keeps its pages."""
    settings.PAGES_MEMORY_MB = 8
    return Client()


@pytest.fixture
def certificate(db):
    return CertificateFactory(product__code="06-TEST-1", product__name="Miến dong Nà Sao")


def queries(client, path, **headers):
    with CaptureQueriesContext(connection) as caught:
        response = client.get(path, headers=headers)
    return response, [q["sql"] for q in caught]


def test_a_repeated_page_costs_one_tiny_query(client, certificate):
    first, made = queries(client, LIST)
    again, kept = queries(client, LIST)
    assert len(made) > 3
    assert len(kept) == 1 and "registerrevision" in kept[0]
    assert again.content == first.content and dict(again.items()) == dict(first.items())
    assert "Miến dong Nà Sao" in again.content.decode()
    assert again["Content-Security-Policy"].startswith("default-src 'none'")
    assert again["X-Frame-Options"] == "DENY" and again["X-Content-Type-Options"] == "nosniff"


def test_each_reader_gets_the_coding_they_take(client, certificate):
    bodies = {}
    for takes, coding in (("gzip, br", "br"), ("gzip", "gzip"), ("", None), ("br;q=0, deflate", None)):
        response = client.get(LIST, headers={"Accept-Encoding": takes})
        assert response.get("Content-Encoding") == coding
        assert {"Accept-Encoding", "Cookie"} <= set(response["Vary"].split(", "))
        assert int(response["Content-Length"]) == len(response.content)
        bodies[takes] = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](
            response.content
        )
    assert len(set(bodies.values())) == 1
    assert len(response.content) > 4 * len(client.get(LIST, headers={"Accept-Encoding": "br"}).content)


def test_a_page_that_the_reader_has_is_not_sent_again(client, certificate):
    response = client.get(LIST)
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(LIST, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert again["ETag"] == response["ETag"] and again["Vary"] == response["Vary"]
    # A change that this page does not show leaves it valid; one that it shows does not.
    ProductAlias.objects.create(product=certificate.product, code="BK-OLD-1")
    assert client.get(LIST, headers={"If-None-Match": response["ETag"]}).status_code == 304
    CertificateFactory()
    assert client.get(LIST, headers={"If-None-Match": response["ETag"]}).status_code == 200
    head = client.head(LIST)
    assert head.status_code == 200 and head.content == b"" and head["ETag"] != response["ETag"]


def test_what_the_first_reader_has_does_not_keep_the_page_from_being_kept(client, certificate):
    """Badges answer 304 by themselves; asked by this reader the view would make nothing to keep."""
    badge = "/huy-hieu/06-TEST-1.svg"
    assert client.get(badge, headers={"If-None-Match": "*"}).status_code == 304
    assert len(queries(client, badge)[1]) == 1


def test_head_of_a_page_not_made_yet_makes_it(client, certificate):
    head = client.head(LIST)
    assert int(head["Content-Length"]) > 1000
    response, asked = queries(client, LIST)
    assert len(asked) == 1 and response["ETag"] == head["ETag"] and response.content


def test_the_next_request_shows_the_change_and_the_day(client, certificate, settings):
    page = client.get(LIST).content.decode()
    Product.objects.filter(pk=certificate.product_id).update(name="Miến dong Nà Ngần")
    assert "Miến dong Nà Ngần" in client.get(LIST).content.decode() and "Nà Ngần" not in page
    settings.TODAY = certificate.valid_to
    assert "ngày cuối cùng" in client.get(LIST).content.decode()
    settings.TODAY = certificate.valid_to + timedelta(days=1)
    assert "Nà Ngần" not in client.get(LIST).content.decode()


def test_a_namesake_of_a_revision_after_a_restored_backup_is_another(client, certificate):
    client.get(LIST)
    RegisterRevision.objects.update(raised_at="2020-01-01T00:00:00Z")
    assert len(queries(client, LIST)[1]) > 3


def test_whoever_is_signed_in_or_has_a_message_gets_a_page_of_their_own(client, certificate):
    client.get(LIST)
    official = Client()
    official.handler = client.handler
    official.force_login(UserFactory(province=True))
    assert "Bàn làm việc" in official.get(LIST).content.decode()
    assert "ETag" not in official.get(LIST).headers
    assert "Bàn làm việc" not in client.get(LIST).content.decode()
    told = Client(headers={"Cookie": "messages=x"})
    told.handler = client.handler
    assert len(queries(told, LIST)[1]) > 1


def test_forms_with_tokens_and_unmarked_pages_are_asked_of_their_views(client, certificate):
    for path in ("/san-pham/06-TEST-1/phan-anh/", "/giay-chung-nhan/?number=x", "/san-pham.csv", "/healthz"):
        for _ in range(2):
            response, asked = queries(client, path)
            assert response.status_code == 200 and "ETag" not in response.headers, path
            assert not any("registerrevision" in sql for sql in asked), path


ANSWERS = {
    "whole": (lambda: HttpResponse("a"), True),
    "redirect": (lambda: HttpResponse(status=302), False),
    "missing": (lambda: HttpResponse(status=404), False),
    "streaming": (lambda: StreamingHttpResponse([b"a"]), False),
    "private": (lambda: HttpResponse("a", headers={"Cache-Control": "private"}), False),
    "never kept": (lambda: HttpResponse("a", headers={"Cache-Control": "no-store"}), False),
    "of other headers": (lambda: HttpResponse("a", headers={"Vary": "Cookie, User-Agent"}), False),
    "with a token": (lambda: HttpResponse('<input name="csrfmiddlewaretoken">'), False),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_may_be_kept(name):
    make, kept = ANSWERS[name]
    assert may_be_kept(make()) == kept


def test_an_answer_with_a_cookie_is_never_kept(monkeypatch, settings):
    """A marked view that sets one, by mistake, is asked each time, and its answer reaches that reader alone."""
    settings.PAGES_MEMORY_MB = 1
    given = iter("ab")

    def view(request):
        assert "HTTP_ACCEPT_ENCODING" not in request.META
        response = HttpResponse("Miến dong " * 200)
        response.set_cookie("who", next(given))
        return response

    monkeypatch.setattr(pages, "kept_address", lambda request: ("x",))
    monkeypatch.setattr(pages, "current_edition", lambda: EDITION)
    middleware = PagesMiddleware(view)
    asked = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})
    answers = [middleware(asked) for _ in range(2)]
    assert [a.cookies["who"].value for a in answers] == ["a", "b"]
    assert len(middleware.memory) == 0 and "ETag" not in answers[0].headers
    assert answers[0]["Content-Encoding"] == "gzip"  # as without this middleware


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("identity", "identity"),
        ("gzip;q=0", "identity"),
        ("gzip;q=x, br ; q=1", "br"),
        (";;,,q=", "identity"),
    ],
)
def test_coding_of_a_header(header, coding):
    assert chosen_coding(header) == coding


@pytest.mark.parametrize(
    ("query", "normal"),
    [
        ("", ""),
        ("q=&stars=4&stars=3&commune=", "stars=4&stars=3"),
        ("stars=3&q=mi%E1%BA%BFn+dong", "q=mi%E1%BA%BFn+dong&stars=3"),
        ("utm_source=zalo&fbclid=1&q=a", "q=a"),
        ("a=%20&a=1", "a=1"),
        ("%ff=1", "%EF%BF%BD=1"),
    ],
)
def test_one_page_for_the_ways_to_write_its_query(query, normal):
    assert normal_query(query) == normal


def test_an_address_holds_all_that_a_page_depends_on(settings):
    def address(path=LIST, **headers):
        return kept_address(RequestFactory().get(path, headers=headers))

    assert address() == address(LIST + "?q=&utm_source=zalo")
    assert kept_address(RequestFactory().get(LIST, secure=True)) != address()
    assert (
        len({address(), address(Host="other.vn"), address(LIST + "?q=a"), address("/"), address("/chu-the/")})
        == 5
    )
    assert address("/en" + LIST) not in (None, address())
    assert address(Cookie="django_language=en", Accept_Language="en") == address()
    settings.ALLOWED_HOSTS = ["ocop.example.vn"]
    assert address(Host="evil.example") is None
    assert address("/khong-co/") is None and address(LIST + "?" + "&".join(["a=1"] * 6000)) is None
    settings.ALLOWED_HOSTS = ["*"]
    assert address(Authorization="Bearer x") is None and kept_address(RequestFactory().post(LIST)) is None


def test_the_view_sees_the_address_and_no_more():
    request = RequestFactory().get(LIST + "?sort=name&q=&fbclid=1&as_of=2024-01-01")
    kept_address(request)
    assert dict(request.GET.items()) == {"as_of": "2024-01-01", "sort": "name"}
    assert request.get_full_path() == LIST + "?as_of=2024-01-01&sort=name"


EDITION = pages.Edition(1, None, date(2026, 8, 15))


def page(size, edition=EDITION):
    return Page(edition, {}, {"identity": b"a" * (size - pages.OVERHEAD)})


def test_memory_is_bounded_and_forgets_what_is_not_asked_for():
    memory = Memory(50_000)
    for name in "abcde":
        memory.put((name,), page(10_000))
    assert memory.get(("a",), EDITION)
    memory.put(("f",), page(10_000))
    assert memory.get(("a",), EDITION) and not memory.get(("b",), EDITION)
    assert memory.size == 50_000 and len(memory) == 5
    memory.put(("f",), page(12_000))  # another edition takes the place of the one before
    assert memory.size == 42_000 and len(memory) == 4
    memory.put(("huge",), page(20_000))
    assert not memory.get(("huge",), EDITION)
    assert not memory.get(("a",), pages.Edition(2, None, EDITION.day))


def test_a_page_that_many_ask_for_at_once_is_made_once(monkeypatch, settings):
    settings.PAGES_MEMORY_MB = 1
    made = []

    def slow(request):
        made.append(request)
        time.sleep(0.05)
        return HttpResponse("Miến dong")

    monkeypatch.setattr(pages, "kept_address", lambda request: ("x",))
    monkeypatch.setattr(pages, "current_edition", lambda: EDITION)
    middleware, answers = PagesMiddleware(slow), []
    threads = [
        threading.Thread(target=lambda: answers.append(middleware(RequestFactory().get("/")).content))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and answers == ["Miến dong".encode()] * 5


# --- freshness across processes -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_what_another_process_commits_shows_on_the_next_request(client):
    """Not before the commit, at once after it; and a connection that the server dropped is made anew."""
    product = CertificateFactory(product__name="Miến dong Nà Sao").product
    told = lambda: re.search("Nà (Sao|Ngần|Tâu)", client.get(LIST).content.decode())[1]
    params = connection.get_connection_params()
    names = {k: params[k] for k in ("dbname", "user", "host", "port", "password") if params.get(k)}
    with psycopg.connect(**names) as other:
        assert told() == "Sao"
        other.execute("UPDATE products_product SET name = 'Miến dong Nà Ngần' WHERE id = %s", [product.pk])
        assert told() == "Sao"
        other.commit()
        assert told() == "Ngần"
        other.execute("UPDATE products_product SET name = 'Miến dong Nà Tâu' WHERE id = %s", [product.pk])
        other.rollback()
        assert told() == "Ngần"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        other.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
    assert told() == "Ngần"


# --- nothing published is read from a table that does not raise the revision --------------------------------

NOT_RAISING = {
    "products_searchentry": "kept by triggers of certificates and products, which raise it",
    "products_tally": "kept by triggers of certificates and products, which raise it",
    "ocop_portal_registerrevision": "the revision itself",
    "ocop_portal_registerchange": "written by what raises it",
    "products_complaint": "the page shows what a citizen sent, which never changes, and the outcome, which changes only "
    "after publication was withdrawn",
}


def examples(product, point):
    """An address for each marked view; a new one gets its line here."""
    code = [product.code]
    return {
        "home": "/",
        "products:list": "/san-pham/?q=mien&has=area",
        "products:detail": reverse("products:detail", args=code),
        "products:qr": reverse("products:qr", args=code),
        "products:badge-page": reverse("products:badge-page", args=code),
        "products:badge-svg": reverse("products:badge-svg", args=code),
        "products:badge-png": reverse("products:badge-png", args=code),
        "products:card": reverse("products:card", args=code),
        "products:site-card": "/anh-chia-se.png",
        "products:explained": "/giai-thich/",
        "products:collections": "/bo-suu-tap/",
        "products:collection": collection_of(product).get_absolute_url(),
        "products:collection-card": f"/anh-chia-se/bo-suu-tap/{Collection.objects.get().slug}.png",
        "producers:list": "/chu-the/?q=htx&district=066",
        "producers:detail": reverse("producers:detail", args=[product.producer_id]),
        "producers:points-of-sale": "/diem-ban/?near=02173@2025-06-30",
        "producers:point-of-sale": reverse("producers:point-of-sale", args=[point.pk]),
        "producers:events": "/su-kien/",
        "producers:event": f"/su-kien/{Promotion.objects.latest('pk').pk}/",
        "producers:gallery": "/thu-vien-anh/",
        "reports:statistics": "/thong-ke/",
        "reports:news": "/tin-tuc/?kind=notice",
        "reports:news-item": news_with_file().news.get_absolute_url(),
        "api-v1:products": "/api/v1/products?q=mien&has=area&district=066",
        "api-v1:product": f"/api/v1/products/{product.code}",
        "api-v1:producers": "/api/v1/producers?q=htx",
        "api-v1:producer": f"/api/v1/producers/{product.producer_id}",
        "api-v1:certificates": "/api/v1/certificates?status=in_force",
        "api-v1:certificate": f"/api/v1/certificates/{product.certificates.get().public_id}",
        "api-v1:decisions": "/api/v1/decisions",
        "api-v1:decision": f"/api/v1/decisions/{product.certificates.get().decision_id}",
        "api-v1:units": "/api/v1/units",
        "api-v1:unit": "/api/v1/units/02173@2025-06-30",
        "api-v1:groups": "/api/v1/groups",
        "api-v1:points-of-sale": "/api/v1/points-of-sale",
        "api-v1:statistics": "/api/v1/statistics",
        "api-v1:changes": "/api/v1/changes",
        "reports:map": "/ban-do/?level=old",
        "reports:feeds": "/nguon-tin/",
        "reports:feed": "/nguon-tin/moi-cong-nhan.xml",
        "reports:list-feed": "/san-pham.atom?q=mien&has=area",
        "reports:sitemap": "/sitemap.xml",
        "reports:sitemap-pages": "/sitemap-trang.xml",
    }


def test_marked_views_read_only_tables_that_raise_the_revision(client, certificate):
    product = certificate.product
    point = SupplyFactory(producer=product.producer).point
    PromotionPartFactory(producer=product.producer)
    complaint = report(product)
    PublishedComplaint.objects.create(
        complaint=complaint, product=product, summary="Đã xác minh.", released_on=date(2026, 8, 1)
    )
    given = examples(product, point)
    marked = {n for n, p in patterns(get_resolver()) if getattr(p.callback, "by_revision", False)}
    assert marked == set(given), (
        "each view marked by_revision needs an address here, and each address a marked view"
    )
    own = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    quiet = {}
    for name, path in given.items():
        response, asked = queries(client, path)
        assert response.status_code == 200 and "ETag" in response.headers, name
        assert len(queries(client, path)[1]) == 1, f"{name} is marked, but its answer is not kept"
        read = set(re.findall(r'\b(?:FROM|JOIN)\s+"?(\w+)', " ".join(asked), re.I)) & set(own)
        for table in read - set(NOT_RAISING):
            triggers = getattr(own[table]._meta, "triggers", ())
            if not any(t.name.startswith("raises_revision") for t in triggers):
                quiet.setdefault(table, []).append(name)
    assert quiet == {}, "published, but a change would not show: give the model raises_revision()"
