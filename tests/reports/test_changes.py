"""The log of changes: nothing before its commit, nothing missed, each record once, and what a reader must do."""

import threading
import time

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import RegisterChange, RegisterRevision, UnitSuccession
from ocop_portal.revision import ANEW, begin_anew
from products.models import Packaging, Product, ProductAlias, ProductImage
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory, unit
from tests.producers.support_rows import SupplyFactory

CHANGES = "/api/v1/changes"


@pytest.fixture
def certificate(db):
    return CertificateFactory(product__code="06-TEST-1")


def now():
    return RegisterRevision.objects.get().number


def since(client, revision, **params):
    return client.get(CHANGES, {"since": revision, **params}).json()


def told(client, revision):
    return [(row["kind"], row["key"]) for row in since(client, revision)["results"]]


def test_each_published_record_is_logged_under_its_kind(client, certificate):
    product, point = certificate.product, SupplyFactory(producer=certificate.product.producer).point
    pack = Packaging.objects.create(product=product, label="túi 500 g")
    image = {"alt": "Ảnh", "width": 9, "height": 9, "widths": [9]}
    of_product = ("product", "06-TEST-1")
    writes = {
        "name": (lambda: Product.objects.filter(pk=product.pk).update(summary="Mới"), [of_product]),
        "part": (lambda: Packaging.objects.filter(pk=pack.pk).update(label="túi 1 kg"), [of_product]),
        "part gone": (lambda: pack.delete(), [of_product]),
        "photo": (lambda: ProductImage.objects.create(product=product, **image), [of_product]),
        "old code": (lambda: ProductAlias.objects.create(product=product, code="BK-OLD-1"), [of_product]),
        "certificate": (
            lambda: (
                type(certificate)
                .objects.filter(pk=certificate.pk)
                .update(
                    extended_to=certificate.valid_to.replace(day=28), extension_reason="Đang đánh giá lại"
                )
            ),
            [("certificate", certificate.public_id), of_product],
        ),
        "producer": (
            lambda: type(product.producer).objects.update(website="https://a.vn"),
            [("producer", str(product.producer_id))],
        ),
        "point": (lambda: type(point).objects.update(keeper="HTX"), [("point_of_sale", str(point.pk))]),
        "goods": (lambda: point.supplies.all().delete(), [("point_of_sale", str(point.pk))]),
        "decision": (
            lambda: type(certificate.decision).objects.update(note="Ghi chú"),
            [("decision", str(certificate.decision_id))],
        ),
        "set": (lambda: type(product.group).objects.filter(code="06").update(name="Khác"), [("group", "06")]),
        "unit": (
            lambda: type(product.place).objects.filter(pk=product.place_id).update(valid_from="1990-01-01"),
            [("unit", "02173@2025-06-30")],
        ),
        "succession": (
            lambda: UnitSuccession.objects.filter(predecessor=product.place).update(kind="part"),
            [("unit", "02173@2025-06-30"), ("unit", "02185")],
        ),
    }
    for name, (write, expected) in writes.items():
        before = now()
        write()
        assert sorted(told(client, before)) == sorted(expected), name
        assert now() > before


def test_what_touches_no_row_changes_nothing(client, certificate):
    before = now()
    Product.objects.filter(pk=0).update(summary="Mới")
    Packaging.objects.filter(pk=0).delete()
    assert now() == before


def test_a_statement_is_one_revision_however_many_rows_it_writes(client, certificate):
    place, producer = unit("02173"), ProducerFactory()
    before, rows = now(), RegisterChange.objects.count()
    group = certificate.product.group
    Product.objects.bulk_create(
        ProductFactory.build(producer=producer, place=place, group=group, code=f"X-{n:04d}", name=f"Gạo {n}")
        for n in range(300)
    )
    assert now() == before + 1
    assert RegisterChange.objects.count() == rows + 300
    Packaging.objects.bulk_create(
        Packaging(product=certificate.product, label=f"túi {n} kg") for n in (1, 2, 5)
    )
    assert now() == before + 2 and RegisterChange.objects.count() == rows + 301
    before += 2
    # Products without a certificate are not in the public register, and no reader learns of them.
    assert told(client, before) == []


def test_each_record_once_with_its_newest_revision_page_by_page(client, certificate):
    others = [CertificateFactory().product for _ in range(4)]
    before = now()
    for product in (*others, others[0], certificate.product):
        Product.objects.filter(pk=product.pk).update(summary=f"{now()}")
    whole = since(client, before)
    codes = [row["key"] for row in whole["results"]]
    assert codes == [p.code for p in (*others[1:], others[0], certificate.product)]
    assert whole["next"] is None and whole["later"].endswith(f"{CHANGES}?since={now()}")
    assert [row["revision"] for row in whole["results"]] == [before + n for n in (2, 3, 4, 5, 6)]
    for row in whole["results"]:
        assert client.get(row["url"]).json()["code"] == row["key"]
    pages, address = [], f"{CHANGES}?since={before}&limit=2"
    while address:
        page = client.get(address).json()
        assert (page["later"] is None) == (page["next"] is not None)
        pages.append([row["key"] for row in page["results"]])
        address = page["next"]
        if len(pages) == 1:  # meanwhile one that was told already changes again: it is told again, at the end
            Product.objects.filter(pk=others[1].pk).update(summary="Lại đổi")
    assert [code for page in pages for code in page] == [*codes, others[1].code]
    assert client.get(page["later"]).json()["results"] == []


def test_a_reader_begins_and_goes_on(client, certificate):
    begun = client.get(CHANGES).json()
    assert begun["results"] == [] and begun["revision"] == begun["since"] == now()
    Product.objects.filter(pk=certificate.product_id).update(summary="Mới")
    after = client.get(begun["later"]).json()
    assert [row["key"] for row in after["results"]] == ["06-TEST-1"]
    assert after["results"][0]["url"].endswith("/api/v1/products/06-TEST-1")


@pytest.mark.parametrize("wrong", ["before the log", "of a future that was lost"])
def test_a_revision_that_the_log_does_not_reach_must_begin_anew(client, certificate, wrong):
    known = now()
    if wrong == "before the log":
        begin_anew()  # as after a restored backup: what readers saw since may be undone
        assert now() == known + ANEW
        response = client.get(CHANGES, {"since": known + 3})
    else:
        response = client.get(CHANGES, {"since": known + 1})
    problem = response.json()
    assert response.status_code == 410 and response["Content-Type"] == "application/problem+json"
    assert problem["revision"] == now() and problem["begin"].endswith(CHANGES)
    assert since(client, now())["results"] == []


def test_a_page_of_changes_costs_one_query_a_kind(client, db):
    before, counts = now(), []
    for more in (1, 20):
        for _ in range(more):
            CertificateFactory()
        with CaptureQueriesContext(connection) as asked:
            assert len(since(client, before)["results"]) >= 4 * more
        counts.append(len(asked))
    # The revision, the page, then products, producers, certificates, decisions.
    assert counts == [6, 6]


def test_the_log_is_only_ever_added_to(certificate):
    with pytest.raises(ProgrammingError, match="Cannot update or delete"):
        RegisterChange.objects.update(kind="unit")


@pytest.mark.django_db(transaction=True)
def test_changes_are_told_in_the_order_of_their_commits(client):
    """Two writers: the second waits for the first, and no reader sees a number without what it changed."""
    first, second = (CertificateFactory().product for _ in range(2))
    params = connection.get_connection_params()
    names = {k: params[k] for k in ("dbname", "user", "host", "port", "password") if params.get(k)}
    before, done = now(), []

    def write_second():
        with psycopg.connect(**names) as other:
            other.execute("UPDATE products_product SET summary = 'B' WHERE id = %s", [second.pk])
        done.append("second")

    with psycopg.connect(**names) as one:
        one.execute("UPDATE products_product SET summary = 'A' WHERE id = %s", [first.pk])
        assert told(client, before) == [] and now() == before  # nothing before the commit
        writer = threading.Thread(target=write_second)
        writer.start()
        time.sleep(0.15)
        assert done == []  # the number is held to the end, so that numbers are committed in their order
        assert told(client, before) == []
        one.execute("UPDATE products_product SET summary = 'A2' WHERE id = %s", [first.pk])
        one.commit()
    writer.join(5)
    assert done == ["second"]
    assert told(client, before) == [("product", first.code), ("product", second.code)]
    revisions = [row["revision"] for row in since(client, before)["results"]]
    assert revisions == [before + 2, before + 3] and now() == before + 3
