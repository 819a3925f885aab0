"""The catalogue: one list as page, CSV, XLSX and JSON, and counts that keep their word."""

import random
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate, ProductGroup
from products.standing import STANDS, standing_on
from tests.products.lists import csv_codes, json_rows, page_codes, xlsx_codes
from tests.products.registers import TODAY, random_register
from tests.scenes import built_once

pytestmark = pytest.mark.django_db


register = built_once(lambda: random_register(7, 40))


def random_query(rng):
    """A combination of filters as a reader might make it."""
    units = [u.reference for u in AdministrativeUnit.objects.in_territory()]
    groups = [g.code for g in ProductGroup.objects.all()]
    day = lambda: (TODAY + timedelta(days=rng.randrange(-1500, 900))).isoformat()
    choices = {
        "q": lambda: rng.choice(
            ("mien", "tra hoa", "gạo", "nep", "ong 1", "06-000", "HTX Số 3", "đau", "ruo")
        ),
        "district": lambda: rng.choice([u for u in units if len(u.partition("@")[0]) == 3]),
        "commune": lambda: rng.choice([u for u in units if len(u.partition("@")[0]) == 5]),
        "stars": lambda: rng.sample(["3", "4", "5"], rng.randrange(1, 3)),
        "group": lambda: rng.sample(groups, rng.randrange(1, 5)),
        "status": lambda: rng.choice(("in_force", "expiring", "extended", "expired", "revoked", "all")),
        "expires_after": day,
        "expires_before": day,
        "as_of": day,
        "sort": lambda: rng.choice(("name", "-stars", "expires", "-expires", "-recognised", "relevance")),
        "producer": lambda: str(Certificate.objects.order_by("pk").first().product.producer_id),
    }
    weights = {"producer": 0.1, "commune": 0.15, "q": 0.3}
    chosen = {name: make() for name, make in choices.items() if rng.random() < weights.get(name, 0.35)}
    return urlencode(chosen, doseq=True)


@pytest.mark.parametrize("part", range(8))
def test_list_is_csv_is_xlsx_is_json_is_the_count(client, register, part):
    rng = random.Random(part)
    found = 0
    for _ in range(25):
        query = random_query(rng)
        codes, total = page_codes(client, query)
        told = json_rows(client, query)
        assert codes == csv_codes(client, query) == xlsx_codes(client, query), query
        assert codes == [row["code"] for row in told["results"]], query
        assert len(codes) == len(set(codes)) == total == told["count"], query
        assert told["errors"] == []
        found += bool(codes)
    assert found > 5, "the combinations must not all be empty"


def test_default_list_is_what_stands_today(client, register):
    told = json_rows(client, "")
    expected = {
        c.product.code
        for c in Certificate.objects.select_related("product")
        if standing_on(c, TODAY) in STANDS
    }
    assert {row["code"] for row in told["results"]} == expected
    assert {row["status"] for row in told["results"]} <= {s.value for s in STANDS}


@pytest.mark.parametrize(
    "query", ["", "stars=4", "status=all", "district=066@2025-06-30", "q=tra", "as_of=2024-05-01"]
)
def test_every_facet_count_is_the_length_of_the_list_it_leads_to(client, register, query):
    from django.http import QueryDict

    from products.reading import Reading

    reading = Reading(QueryDict(query))
    facets = reading.facets
    communes = [option for _, options in facets.commune for option in options]
    for facet in (facets.stars, facets.district, facets.group, facets.status, communes):
        for place, option in enumerate(facet):
            address = reading.address(**{option["name"]: str(option["value"]) or None}).partition("?")[2]
            assert Reading(QueryDict(address)).total == option["count"], option
            if place == 1:  # the page says what its reading says: one list of each facet shows it
                assert page_codes(client, address)[1] == option["count"]


def test_a_value_that_cannot_be_read_is_told_and_lists_nothing(client, register):
    for name, value, sentence in [
        ("expires_after", "31/02/2026", "không phải là ngày"),
        ("as_of", "hôm qua", "không phải là ngày"),
        ("district", "000", "Không có huyện nào mang mã"),
        ("stars", "7", "Không có hạng"),
        ("producer", "123456789", "Không có chủ thể này"),
        ("status", "tốt", "Không có tình trạng"),
    ]:
        html = client.get("/san-pham/", {name: value}).content.decode()
        assert sentence in html, name
        assert 'data-total="0"' in html
        told = json_rows(client, urlencode({name: value}))
        assert told["count"] == 0
        assert any(sentence in error for error in told["errors"])


def count_queries(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_query_count_is_small_and_the_same_for_24_and_96_rows(client, register):
    few = count_queries(client, "/san-pham/?status=all&per_page=24")
    many = count_queries(client, "/san-pham/?status=all&per_page=96")
    assert few == many == 6
    assert count_queries(client, "/san-pham/?q=tra&stars=3&group=01&district=066@2025-06-30") <= 7


def test_chips_lead_to_the_list_without_them(client, register):
    html = client.get("/san-pham/?stars=3&stars=4&district=066@2025-06-30&q=tra").content.decode()
    links = re.findall(r'class="chip" href="([^"]+)"', html)
    assert len(links) == 4
    assert "/san-pham/?stars=4&amp;district=066@2025-06-30&amp;q=tra" in links
