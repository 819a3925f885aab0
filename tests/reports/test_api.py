"""The API's resources: the same rows as the pages, by the same filters, in pages that do not shift."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from products.exports import record
from products.filters import CatalogueFilter
from products.models import Certificate, Product, ProductAlias
from ratings.reading import current_rules
from reports.api import api
from reports.api.products import ProductQuery
from reports.open_data.rows.products import ProductRow
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory, unit
from tests.producers.support_rows import SupplyFactory
from tests.products.lists import json_rows
from tests.products.registers import random_register
from tests.scenes import built_once

pytestmark = pytest.mark.django_db
API = "/api/v1"


register = built_once(lambda: random_register(5, 30))


@pytest.fixture
def certificate():
    return CertificateFactory(
        product__code="06-TEST-1", number="TEST-1/GCN", product__producer__household=True
    )


def whole(client, address):
    """All rows of a list, page by page."""
    rows = []
    while address:
        page = client.get(address).json()
        rows += page["results"]
        address = page["next"]
    return rows


# --- products -----------------------------------------------------------------------------------------------------

QUERIES = [
    "",
    "status=all&sort=-stars",
    "status=all&stars=3&stars=5&sort=expires",
    "status=expired&sort=-expires",
    "status=revoked",
    "status=all&as_of=2024-03-01&sort=-recognised",
    "as_of=01/03/2024",
    "q=mien dong&status=all",
    "q=mien dong&status=all&sort=name",
    "q=Miến&status=all&sort=relevance",
    "district=066&status=all",
    "commune=02185",
    "commune=02173@2025-06-30&status=all",
    "group=06&group=01&status=all",
    "expires_after=2026-09-01&expires_before=01/01/2028&status=all",
    "has=area",
    "stars=&q=&status=all&utm_source=zalo",
]


@pytest.mark.parametrize("query", QUERIES)
def test_all_pages_together_are_the_catalogue(client, register, query):
    expected = json_rows(client, query)
    assert expected["errors"] == []
    rows = whole(client, f"{API}/products?limit=7&{query}")
    assert [row["code"] for row in rows] == [row["code"] for row in expected["results"]]
    first = client.get(f"{API}/products?limit=7&{query}").json()
    assert first["count"] == len(rows) == expected["count"]
    for row, plain in zip(rows, expected["results"], strict=True):
        assert {name: row[name] for name in plain if name != "url"} == {
            name: value for name, value in plain.items() if name != "url"
        }
        assert row["url"] == f"http://testserver{plain['url']}"


def test_the_api_reads_every_filter_of_the_catalogue(register):
    asked = set(ProductQuery.model_fields) - {"limit", "cursor", "as_of", "sort"}
    assert asked == set(CatalogueFilter.base_filters)
    assert set(record(register[0], date(2026, 8, 15))) <= set(ProductRow.model_fields)


@pytest.mark.parametrize("order", ["name", "-stars", "expires"])
def test_rows_that_are_added_shift_no_page(client, register, order):
    query = f"{API}/products?status=all&sort={order}&limit=5"
    before = [row["code"] for row in whole(client, query)]
    response = client.get(query)
    first = response.json()
    assert response["Link"] == f'<{first["next"]}>; rel="next"'
    # One that sorts first of all, one that sorts last.
    for name in ("A a a", "Ỹ ỹ ỹ"):
        CertificateFactory(product__name=name, stars=5, decision=DecisionFactory(signed_on=date(2025, 1, 1)))
    rest = [row["code"] for row in whole(client, first["next"])]
    told = [row["code"] for row in first["results"]] + rest
    assert len(told) == len(set(told))
    assert [code for code in told if code in before] == before


def test_one_product_and_its_old_codes(client, certificate):
    product = certificate.product
    ProductAlias.objects.create(product=product, code="BK-OLD-1")
    told = client.get(f"{API}/products/06-test-1").json()
    assert told == client.get(f"{API}/products/BK-OLD-1").json()
    assert told["code"] == "06-TEST-1" and told["former_codes"] == ["BK-OLD-1"]
    assert told["standing"]["stands"] and told["standing"]["certificate_id"] == certificate.public_id
    assert told["place"]["commune"] == "Xã Côn Minh" and told["place"]["commune_now_code"] == "02185"
    assert [c["public_id"] for c in told["certificates"]] == [certificate.public_id]
    assert told["timeline"][0]["on"] == "2025-01-15"


def test_a_product_as_of_a_day(client):
    """What was decided later is not told; before its first day nothing stands."""
    first = CertificateFactory(decision=DecisionFactory(signed_on=date(2022, 2, 1)))
    product = first.product
    CertificateFactory(
        product=product, kind="upgrade", stars=4, decision=DecisionFactory(signed_on=date(2025, 1, 10))
    )
    Certificate.objects.filter(pk=first.pk).update(
        extended_to=date(2025, 3, 1), extension_reason="Đang đánh giá lại"
    )
    told = client.get(f"{API}/products/{product.code}?as_of=31/12/2023").json()
    assert told["as_of"] == "2023-12-31"
    assert [
        (c["stars"], c["status"], c["superseded_on"], c["extended_to"]) for c in told["certificates"]
    ] == [(3, "in_force", None, None)]
    now = client.get(f"{API}/products/{product.code}").json()
    assert [c["status"] for c in now["certificates"]] == ["replaced", "in_force"]
    assert client.get(f"{API}/products/{product.code}?as_of=2020-01-01").json()["standing"]["status"] == (
        "not_yet_valid"
    )


def test_what_a_source_does_not_tell_is_not_told(client):
    """A product known from a source alone, after that source's end: neither a star nor a lapse, anywhere."""
    quiet = CertificateFactory(
        decision=DecisionFactory(signed_on=date(2020, 1, 1)), product__listed_only_while_standing=True
    )
    told = client.get(f"{API}/products/{quiet.product.code}").json()
    assert told["standing"] is None and told["certificates"] == [] and told["timeline"] == []
    assert client.get(f"{API}/certificates/{quiet.public_id}").status_code == 404
    assert client.get(f"{API}/certificates").json()["results"] == []
    assert client.get(f"{API}/decisions").json()["results"] == []
    day = {"as_of": "2021-01-01"}
    assert client.get(f"{API}/certificates/{quiet.public_id}", day).json()["status"] == "in_force"
    assert len(client.get(f"{API}/decisions", day).json()["results"]) == 1


def test_what_was_never_recognised_is_not_in_the_register(client):
    product = ProductFactory()
    assert client.get(f"{API}/products/{product.code}").status_code == 404
    assert client.get(f"{API}/producers/{product.producer_id}").status_code == 404


# --- the other resources ------------------------------------------------------------------------------------------


def test_contacts_of_a_household_need_its_consent(client, certificate):
    producer = certificate.product.producer
    contact = {
        "phone": "0912 345 678",
        "email": "a@example.vn",
        "address": "Thôn 1",
        "representative": "Bà A",
    }
    type(producer).objects.filter(pk=producer.pk).update(**contact)
    for address in (f"{API}/producers/{producer.pk}", f"{API}/producers"):
        assert "0912" not in client.get(address).content.decode()
    told = client.get(f"{API}/producers/{producer.pk}").json()
    assert not told["contact_public"] and all(told[name] is None for name in contact)
    assert told["products_standing"] == 1 and told["products_lapsed"] == 0
    type(producer).objects.update(contact_consent=True, contact_consent_on=date(2026, 1, 1))
    told = client.get(f"{API}/producers/{producer.pk}").json()
    assert {name: told[name] for name in contact} == contact


def test_producers_by_name_form_and_place(client, certificate):
    other = CertificateFactory(product__producer=ProducerFactory(name="HTX Bằng Phúc", place=unit("02041")))
    names = lambda query: [row["name"] for row in whole(client, f"{API}/producers?limit=1&{query}")]
    assert len(names("")) == 2
    assert (
        names("q=bang phuc") == names("district=064") == names("legal_form=cooperative") == ["HTX Bằng Phúc"]
    )
    assert names("commune=02041@2025-06-30&district=066") == []
    assert names(f"as_of={other.valid_from:%Y-%m-%d}&q=htx bang") == ["HTX Bằng Phúc"]
    assert names("as_of=2019-01-01") == []


def test_a_certificate_by_number_and_by_look_up_code(client, certificate):
    by_number = client.get(f"{API}/certificates", {"number": "test-1/gcn"}).json()["results"]
    one = client.get(f"{API}/certificates/{certificate.public_id}").json()
    assert [row["public_id"] for row in by_number] == [certificate.public_id]
    assert {name: one[name] for name in by_number[0]} == by_number[0]
    assert one["sentence"].startswith("Còn hiệu lực")
    expired = client.get(f"{API}/certificates/{certificate.public_id}?as_of=2029-01-01").json()
    assert expired["status"] == "expired" and expired["as_of"] == "2029-01-01"
    for query, found in (("status=in_force", 1), ("status=revoked", 0), ("product=06-TEST-1", 1)):
        assert len(client.get(f"{API}/certificates?{query}").json()["results"]) == found


def test_a_revocation_is_told_from_its_day_with_ground_and_decision(client, certificate):
    decision = DecisionFactory(revocation=True, signed_on=date(2026, 3, 1))
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2026, 3, 2),
        revocation_ground="misuse",
        revocation_reason="In sai hạng sao",
        revocation_decision=decision,
    )
    address = f"{API}/certificates/{certificate.public_id}"
    now, before = client.get(address).json(), client.get(f"{address}?as_of=2026-03-01").json()
    assert (now["status"], now["revocation_ground"], now["revocation_reason"]) == (
        "revoked",
        "misuse",
        "In sai hạng sao",
    )
    assert (before["status"], before["revoked_on"], before["revocation_reason"]) == ("in_force", None, None)
    assert [d["id"] for d in client.get(f"{API}/decisions?kind=revocation").json()["results"]] == [
        decision.pk
    ]
    named = client.get(client.get(f"{API}/decisions/{decision.pk}").json()["certificates_url"]).json()
    assert [row["public_id"] for row in named["results"]] == [certificate.public_id]
    assert client.get(f"{API}/decisions/{decision.pk}?as_of=2026-02-28").status_code == 404


def test_units_in_time(client, db):
    then = client.get(f"{API}/units/02173?as_of=2025-06-30").json()
    assert then["key"] == "02173@2025-06-30" and then["current"] == "02185"
    assert [(s["unit"], s["effective_on"]) for s in then["became"]] == [("02185", "2025-07-01")]
    assert then == client.get(f"{API}/units/02173@2025-06-30").json()
    now = client.get(f"{API}/units/02185").json()
    assert "02173@2025-06-30" in now["predecessors"] and now["valid_to"] is None
    communes = lambda query: whole(client, f"{API}/units?level=commune&limit=50&{query}")
    assert len(communes("")) == 37 and len(communes("as_of=2025-06-30")) == 108
    assert len(communes("ended=true")) == 145


def test_rulesets_with_all_their_options(client, db):
    rules = current_rules("26-2026")
    (listed,) = client.get(f"{API}/rulesets").json()["results"]
    told = client.get(f"{API}/rulesets/{listed['code']}").json()
    assert told["parts"] == {"A": 40, "B": 25, "C": 35} and len(told["sets"]) == 26
    criteria = options = marks = 0
    for head in told["sets"]:
        one = client.get(f"{API}/rulesets/26-2026/sets/{head['code']}").json()
        assert [c["code"] for c in one["all_criteria"]] == [s.code for s in rules.sets[head["code"]].scales]
        criteria += len(one["all_criteria"])
        options += sum(len(c["options"]) for c in one["all_criteria"])
        marks += sum(o["star"] is not None for c in one["all_criteria"] for o in c["options"])
    assert criteria == 787 and marks == 574
    assert options == sum(len(s.grades) for t in rules.sets.values() for s in t.scales)
    assert client.get(f"{API}/rulesets/1-1").status_code == 404
    assert client.get(f"{API}/rulesets/26-2026/sets/99").status_code == 404


def test_groups_and_points_of_sale(client, certificate):
    point = SupplyFactory(producer=certificate.product.producer).point
    assert len(client.get(f"{API}/groups").json()["results"]) == 26
    (told,) = client.get(f"{API}/points-of-sale?kind={point.kind}&district=066").json()["results"]
    assert told["id"] == point.pk and told["producer_ids"] == [certificate.product.producer_id]
    assert client.get(f"{API}/points-of-sale?as_of=2019-01-01").json()["results"] == []


# --- queries ------------------------------------------------------------------------------------------------------

COUNTS = {
    "/products": 3,
    "/products?q=mien&status=all": 3,
    "/products?district=066&group=06&has=area": 4,
    "/producers": 2,
    "/producers?district=066": 3,
    "/certificates": 1,
    "/certificates?product=06-TEST-1": 2,
    "/decisions": 1,
    "/units": 2,
    "/groups": 1,
    "/points-of-sale": 2,
    "/products/06-TEST-1": 10,
    "/statistics": 8,
}


@pytest.mark.parametrize("path", COUNTS)
def test_queries_are_few_and_the_same_for_any_number_of_rows(client, certificate, path):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            response = client.get(API + path)
        assert response.status_code == 200
        assert all(q["sql"].startswith(("SELECT", "WITH")) for q in caught), "a GET never writes"
        return len(caught)

    SupplyFactory(producer=certificate.product.producer)
    one = asked()
    random_register(3, 40)
    SupplyFactory(producer=certificate.product.producer)
    assert asked() == one == COUNTS[path]


# --- the door -----------------------------------------------------------------------------------------------------


def assert_problem(response, status):
    told = response.json()
    assert response.status_code == status == told["status"], told
    assert response["Content-Type"] == "application/problem+json"
    assert told["type"] == f"http://testserver/api/v1/#loi-{status}"
    assert told["title"] and told["detail"].endswith("."), told
    return told


def test_every_error_is_a_problem(client, certificate):
    cases = {
        "/nothing": 404,
        "/products/": 404,
        "/products/KHONG-CO": 404,
        "/certificates/222222222222": 404,
        "/units/99999": 404,
        "/bulk/passwd": 422,
        "/statistics?as_of=2026-02-31": 404,
        "/products?as_of=1.1.2020": 404,
        "/products?district=999": 404,
        "/producers?commune=99999": 404,
        "/products?stars=6": 422,
        "/products?status=gone": 422,
        "/products?star=5": 422,
        "/products?limit=501": 422,
        "/changes?since=-1": 422,
        "/producers/99999999999999999999": 422,
        "/products?cursor=abc": 400,
        "/products?cursor=WyJhIl0:abc": 400,
        "/changes?since=99999999": 410,
    }
    for path, status in cases.items():
        assert_problem(client.get(API + path), status)
    told = assert_problem(client.get(f"{API}/products?star=5"), 422)
    assert "“star”" in told["detail"] and "stars" in told["detail"]


def test_a_cursor_is_of_its_own_list_and_order(client, register):
    page = client.get(f"{API}/products?status=all&limit=3").json()
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    ask = lambda path, **query: client.get(API + path, {"cursor": cursor, **query})
    assert ask("/products", status="all", limit=50).status_code == 200  # the length of a page may change
    for path, query in (
        ("/products", {}),
        ("/products", {"status": "all", "sort": "expires"}),
        ("/units", {}),
    ):
        assert_problem(ask(path, **query), 400)
    # Cut, turned, or with a letter changed.
    for broken in (
        cursor[:-1],
        cursor[::-1],
        cursor[:10] + "A" + cursor[11:],
        cursor + "x",
        ":" * 50,
        "\x00",
    ):
        assert client.get(f"{API}/products", {"status": "all", "cursor": broken}).status_code in (400, 422)


def test_methods(client, certificate):
    response = client.post(f"{API}/products", {})
    assert_problem(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    score = f"{API}/rulesets/26-2026/sets/06/score"
    assert client.get(score)["Allow"] == "POST, OPTIONS"
    head, whole_answer = client.head(f"{API}/products"), client.get(f"{API}/products")
    assert head.status_code == 200 and head.content == b""
    assert head["ETag"] == whole_answer["ETag"]
    assert int(head["Content-Length"]) == len(whole_answer.content)
    assert client.get(f"{API}")["Location"] == "/api/v1/"


def test_an_answer_that_the_reader_has_is_not_sent_again(client, certificate, settings):
    keeping = Client()
    settings.PAGES_MEMORY_MB = 8
    for path in (
        "/products",
        "/statistics",
        "/units/02185",
        "/rulesets/26-2026",
        "/changes",
        "/openapi.json",
    ):
        plain = client.get(API + path)
        tag = plain["ETag"]
        assert keeping.get(API + path)["ETag"] == tag, (
            "kept in memory or not, the same answer has the same tag"
        )
        for reader in (client, keeping):
            again = reader.get(API + path, headers={"If-None-Match": tag})
            assert again.status_code == 304 and again.content == b"" and again["ETag"] == tag
            assert again["Access-Control-Allow-Origin"] == "*"
    tag = client.get(f"{API}/products")["ETag"]
    Product.objects.update(name="Miến dong khác")
    for reader in (client, keeping):
        assert reader.get(f"{API}/products", headers={"If-None-Match": tag}).status_code == 200


def test_other_sites_read_the_api_and_nothing_else(client, certificate):
    for path in ("/products", "/nothing", "/products?star=1", "/openapi.json", "/bulk/groups.csv"):
        response = client.get(API + path, headers={"Origin": "https://shop.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "RateLimit" in response["Access-Control-Expose-Headers"]
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    preflight = client.options(f"{API}/products", headers=asked)
    assert preflight.status_code == 204 and preflight["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert preflight["Access-Control-Allow-Origin"] == "*"
    score = f"{API}/rulesets/26-2026/sets/06/score"
    assert "Access-Control-Allow-Methods" not in client.options(score, headers=asked)
    posted = client.post(score, '{"choices": {}}', content_type="application/json")
    assert posted.status_code == 200 and "Access-Control-Allow-Origin" not in posted
    for path in ("/", "/san-pham/", "/du-lieu-mo/", "/api/v1/"):
        assert "Access-Control-Allow-Origin" not in client.get(path)


def test_a_fault_of_ours_is_a_problem_and_is_recorded(client, monkeypatch, caplog):
    def broken(*args):
        raise ZeroDivisionError("bí mật")

    monkeypatch.setattr("reports.api.products.site", broken)
    response = client.get(f"{API}/products")
    assert_problem(response, 500)
    assert "bí mật" not in response.content.decode() and "ZeroDivisionError" in caplog.text


def test_a_fault_before_the_views_is_a_problem_too(settings, monkeypatch):
    settings.PAGES_MEMORY_MB = 8
    monkeypatch.setattr("ocop_portal.pages.current_edition", lambda: 1 / 0)
    client = Client(raise_request_exception=False)
    assert_problem(client.get(f"{API}/products"), 500)
    assert client.get("/san-pham/")["Content-Type"].startswith("text/html")


def test_the_limit_is_told_and_kept(settings, certificate):
    settings.API_REQUESTS_PER_MINUTE = 3
    settings.PAGES_MEMORY_MB = 8
    client = Client()
    with CaptureQueriesContext(connection) as asked:
        answers = [client.get(f"{API}/groups") for _ in range(5)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429, 429]
    assert [int(a["RateLimit"].split(";")[1][2:]) for a in answers] == [2, 1, 0, 0, 0]
    assert {a["RateLimit-Policy"] for a in answers} == {'"phut";q=3;w=60'}
    assert_problem(answers[3], 429)
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert all(q["sql"].startswith("SELECT") for q in asked), "counting writes nothing"
    # Everybody has their own; a preflight takes nothing; pages are not counted at all.
    assert client.get(f"{API}/groups", REMOTE_ADDR="192.0.2.7")["RateLimit"].startswith('"phut";r=2;')
    assert client.options(f"{API}/groups").status_code == 204
    assert "RateLimit" not in client.get("/san-pham/")
    # Workers share the counts: another process of the same machine goes on counting.
    assert Client().get(f"{API}/groups").status_code == 429


def test_operations_have_names_of_their_own_and_no_route_is_undocumented(client):
    document = client.get(f"{API}/openapi.json").json()
    operations = [o for methods in document["paths"].values() for o in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) and not any("_" in name for name in names)
    for operation in operations:
        assert operation["summary"] and operation["description"] and len(operation["tags"]) == 1
        assert {"200", "422", "429", "500"} <= set(operation["responses"])
        for param in operation["parameters"]:
            assert param.get("description") or param["schema"].get("title"), param
    assert document["info"]["license"]["name"] == "CC BY 4.0"
    assert document["info"]["contact"]["name"] and document["openapi"] == "3.1.0"
    routes = {p for r in api._get_bound_routers() for p in r.path_operations}
    assert len(document["paths"]) >= len(routes)
