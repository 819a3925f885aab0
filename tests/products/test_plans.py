"""The indexes that the catalogue counts on are the ones that its queries can use, on a register loaded with COPY.

Scans from end to end are switched off, so that the plan of a few thousand rows is that of a million.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.register import fill
from products.models import Certificate, Product, ProductAlias
from tests.products.lists import CODE
from tests.scenes import built_once

PRODUCTS = 2_000


def loaded() -> None:
    fill(PRODUCTS, quiet=True)
    products = Product.objects.order_by("pk")[:300]
    ProductAlias.objects.bulk_create(
        ProductAlias(product=p, code=f"BK-Cu-{n}") for n, p in enumerate(products, start=1)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SET LOCAL enable_seqscan = off")


register = built_once(loaded)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]


def plans(client, address):
    """[(query, its plan)] of a page."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address, follow=True).status_code == 200
    told = []
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (COSTS OFF) {query['sql']}")
            told.append((query["sql"], "\n".join(line for (line,) in cursor.fetchall())))
    return told


def plan_of(client, address, mark):
    """The plan of the first query that has the mark."""
    return next(plan for sql, plan in plans(client, address) if re.search(mark, sql))


def uses(plan, *indexes):
    found = set(re.findall(r"(?:using|Scan on) (\w+)", plan))
    return all(any(name.startswith(index) for name in found) for index in indexes)


def test_the_loaded_register_is_whole():
    assert Product.objects.count() == PRODUCTS
    assert Certificate.objects.count() > PRODUCTS
    for field in ("superseded_on", "revoked_on", "extended_to"):
        assert Certificate.objects.filter(**{f"{field}__isnull": False}).exists(), field
    for certificate in Certificate.objects.filter(pk__in=Certificate.objects.values("pk")[:20]):
        certificate.clean_fields(exclude=["revocation_decision", "extension_decision"])


KEYS = r'"products_certificate"."id" AS "pk"'


def test_the_catalogue_walks_in_the_order_of_names(client):
    plan = plan_of(client, "/san-pham/", KEYS)
    assert uses(plan, "product_name_order", "certificate_of_product"), plan
    assert not re.search(r"(?m)^\s*(->)?\s*Sort\b(?! Key)", plan), plan


def test_the_counts_are_read_from_the_tally(client):
    plan = plan_of(client, "/san-pham/?group=06&stars=3", "products_tally")
    assert "products_tally" in plan and "products_certificate" not in plan, plan


@pytest.mark.parametrize("text", ["mien dong", "Mật ong Nà Sao", "06-02173"])
def test_a_search_is_looked_up_once_by_its_words(client, text):
    told = plans(client, f"/san-pham/?q={text}")
    (plan,) = [plan for sql, plan in told if "to_tsquery" in sql]
    assert uses(plan, "search_entry_words"), plan
    last, followed = re.split(r"(?m)^ {10}->  ", plan)[1:3]
    assert "products_searchentry" in last and "product_id" not in last, plan  # nothing is looked up elsewhere
    assert "products_certificate" in followed, plan


def test_what_is_followed_later_is_found_by_that_day(client):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    plan = plan_of(client, "/san-pham/?q=htx", "to_tsquery")
    assert uses(plan, "certificate_followed", "products_searchentry_pkey"), plan


def test_a_past_day_looks_up_each_certificate_in_the_index_alone(client):
    plan = plan_of(client, "/san-pham/?q=mien+dong&as_of=2025-12-31", "to_tsquery")
    assert uses(plan, "search_entry_words") and "Index Only Scan using certificate_of_product" in plan, plan
    assert plan.count("search_entry_words") == 1, plan


def test_codes_numbers_and_addresses_are_found_by_their_index(client):
    certificate = Certificate.objects.exclude(number="").latest("pk")
    code = certificate.product.code.lower()
    plan = plan_of(client, f"/san-pham/{code}/", "UNION")
    assert uses(plan, "product_code_any_case", "productalias_code_any_case", "products_product_pkey"), plan
    plan = plan_of(client, f"/giay-chung-nhan/?number={certificate.number.lower()}", "UPPER")
    assert uses(plan, "certificate_number_any_case"), plan
    plan = plan_of(client, certificate.get_absolute_url(), "public_id")
    assert uses(plan, "products_certificate_public_id"), plan


def test_the_first_page_finds_what_is_new_and_what_ends_by_its_day(client):
    told = plans(client, "/")
    for mark, index in (
        (r"valid_from\" DESC", "certificate_newest"),
        (r"valid_to\" ASC", "certificate_by_end"),
    ):
        plan = next(plan for sql, plan in told if re.search(mark, sql))
        assert uses(plan, index), plan
    assert sum("products_tally" in sql for sql, _ in told) == 2


def test_old_codes_lead_to_the_product_in_any_case():
    product = Product.objects.earliest("pk")
    for code in (product.code, product.code.lower(), "bk-cu-1", "BK-CU-1"):
        assert Product.objects.bearing(code) == product
    assert Product.objects.bearing("bk-cu-301") is None


def test_queries_are_few_and_as_many_for_240_rows(client):
    """The catalogue has eight at most: one for the revision, the rest here."""
    for query, most in (("", 6), ("q=htx", 5)):
        told = {}
        for rows in (24, 240):
            with CaptureQueriesContext(connection) as queries:
                page = client.get(f"/san-pham/?{query}&per_page={rows}").content.decode()
            told[rows] = len(queries)
            assert len(CODE.findall(page)) == rows
        assert told[24] == told[240] <= most


def test_pages_of_a_search_hang_together(client):
    """Keys that came with the counts are those that the list itself gives; beyond the end is the last page."""
    pages = [CODE.findall(client.get(f"/san-pham/?q=htx&page={n}").content.decode()) for n in (1, 2)]
    both = CODE.findall(client.get("/san-pham/?q=htx&per_page=48").content.decode())
    assert pages[0] + pages[1] == both and len(set(both)) == 48
    last = client.get("/san-pham/?q=htx&page=999999").content.decode()
    assert CODE.findall(last) and 'rel="next"' not in last
    for garbage in ("0", "-1", "x", "²", "9" * 40):
        assert CODE.findall(client.get(f"/san-pham/?q=htx&page={garbage}").content.decode()), garbage
