"""Feeds: what is true today, under names that last, in the form of RFC 4287."""

import re
import uuid
import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from products.models import Certificate
from products.reading import Reading
from reports import atom
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.products.registers import TODAY, random_register
from tests.scenes import built_once

pytestmark = pytest.mark.django_db
A = "{http://www.w3.org/2005/Atom}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


def entries(client, path):
    """{id: entry} of the feed, newest first, once the document keeps to RFC 4287."""
    response = client.get(path)
    assert response.status_code == 200 and response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*" and response["ETag"]
    root = ET.fromstring(response.content)
    assert root.tag == f"{A}feed" and root.get("{http://www.w3.org/XML/1998/namespace}lang") == "vi"
    links = {e.get("rel"): e.get("href") for e in root.findall(f"{A}link")}
    assert links["self"].startswith(f"http://testserver{path.partition('?')[0]}")
    assert client.get(links["alternate"].removeprefix("http://testserver")).status_code == 200
    for name in ("id", "title", "updated"):
        assert len(root.findall(f"{A}{name}")) == 1 and root.findtext(f"{A}{name}").strip(), name
    assert root.findtext(f"{A}author/{A}name") and root.findtext(f"{A}id") == links["self"]
    found = {}
    for entry in root.findall(f"{A}entry"):
        for name in ("id", "title", "updated", "published", "summary"):
            assert len(entry.findall(f"{A}{name}")) == 1 and entry.findtext(f"{A}{name}").strip(), name
        assert [e.get("rel") for e in entry.findall(f"{A}link")] == ["alternate"]
        for name in ("updated", "published"):
            assert RFC3339.fullmatch(entry.findtext(f"{A}{name}"))
        found[entry.findtext(f"{A}id")] = entry
    assert len(found) == len(root.findall(f"{A}entry")) <= atom.ENTRIES
    assert all(uuid.UUID(name).version == 5 for name in found)
    days = [datetime.fromisoformat(e.findtext(f"{A}updated")) for e in found.values()]
    assert days == sorted(days, reverse=True)
    if days:
        assert datetime.fromisoformat(root.findtext(f"{A}updated")) == days[0]
    return found


def told(client, path):
    """{title: day} of the feed's entries."""
    return {e.findtext(f"{A}title"): e.findtext(f"{A}updated") for e in entries(client, path).values()}


def holding(start, name="Miến dong Nà Sao", **kwargs):
    product = kwargs.pop("product", None) or ProductFactory(name=name)
    return CertificateFactory(product=product, decision=DecisionFactory(signed_on=start), **kwargs)


def revoke(certificate, day):
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=day,
        revocation_ground="misuse",
        revocation_reason="In 5 sao.",
        revocation_decision=DecisionFactory(revocation=True, signed_on=day, number="77/QĐ-UBND"),
    )


def feed(name):
    return reverse("reports:feed", args=[name])


def test_each_feed_tells_its_event_on_the_day_it_came_to_be_true(client):
    new = holding(date(2026, 8, 1), "Mới")
    before = holding(date(2024, 1, 1), "Nâng")
    holding(date(2026, 7, 1), product=before.product, stars=4, kind="upgrade")
    holding(date(2023, 9, 1), "Sắp")  # to 01/09/2026: its last 180 days began on 05/03/2026
    holding(date(2023, 3, 1), "Hết")
    gone = holding(date(2025, 3, 1), "Thu")
    revoke(gone, date(2026, 8, 10))
    silent = ProductFactory(name="Im", listed_only_while_standing=True)
    holding(date(2022, 1, 1), product=silent)
    holding(date(2026, 9, 1), "Sau")
    at = lambda day: f"{day}T00:00:00+07:00"
    assert told(client, feed("moi-cong-nhan")) == {
        "Mới: được công nhận 3 sao OCOP": at("2026-08-01"),
        "Sắp: được công nhận 3 sao OCOP": at("2023-09-01"),
    }
    assert told(client, feed("nang-hang")) == {"Nâng: được nâng hạng lên 4 sao OCOP": at("2026-07-01")}
    assert told(client, feed("sap-het-han")) == {
        "Sắp: 3 sao OCOP sắp hết hạn, dùng đến hết 01/09/2026": at("2026-03-05")
    }
    assert told(client, feed("het-han")) == {"Hết: hết hiệu lực 3 sao OCOP từ 02/03/2026": at("2026-03-02")}
    assert told(client, feed("thu-hoi")) == {"Thu: bị thu hồi 3 sao OCOP từ 10/08/2026": at("2026-08-10")}
    (entry,) = entries(client, feed("thu-hoi")).values()
    assert "Quyết định 77/QĐ-UBND" in entry.findtext(f"{A}summary")
    assert "In 5 sao." in entry.findtext(f"{A}summary")
    assert entry.find(f"{A}link").get("href") == f"http://testserver{gone.product.get_absolute_url()}"
    assert new.number in next(iter(entries(client, feed("moi-cong-nhan")).values())).findtext(f"{A}summary")
    assert client.get("/nguon-tin/khong-co.xml").status_code == 404


def test_feeds_follow_the_day_and_the_register_without_any_job(client, settings):
    certificate = holding(date(2024, 6, 1))
    first = client.get(feed("sap-het-han"))
    assert entries(client, feed("sap-het-han")) == {}
    assert client.get(feed("sap-het-han"), headers={"If-None-Match": first["ETag"]}).status_code == 304
    settings.TODAY = certificate.valid_to
    assert len(entries(client, feed("sap-het-han"))) == 1
    settings.TODAY = certificate.valid_to + timedelta(days=1)
    assert entries(client, feed("sap-het-han")) == {} and len(entries(client, feed("het-han"))) == 1
    holding(settings.TODAY + timedelta(days=4), product=certificate.product, kind="reassessment")
    settings.TODAY += timedelta(days=4)
    assert entries(client, feed("het-han")) == {}, "assessed again: nothing has run out"


def test_an_entry_keeps_its_name_for_ever(client, settings):
    certificate = holding(date(2025, 1, 1), public_id="abcdefghjkmn")
    (name,) = entries(client, feed("moi-cong-nhan"))
    assert name == "urn:uuid:" + str(
        uuid.uuid5(uuid.UUID("6f1f5cbe-7f0e-5a57-9d1c-0a3c3c1f7a2e"), "abcdefghjkmn recognised")
    )
    settings.SITE_URL = "https://ocop.example.vn"
    assert name in client.get(feed("moi-cong-nhan")).content.decode()
    settings.SITE_URL = ""
    assert list(entries(client, "/san-pham.atom")) == [name], "the same event by another way"
    revoke(certificate, TODAY)
    assert name not in entries(client, "/san-pham.atom?status=all")


QUERIES = (
    "",
    "?status=all",
    "?stars=4&status=all",
    "?district=066&status=expired",
    "?q=mien",
    "?as_of=2025-01-01",
    "?has=area",
)


register = built_once(lambda: random_register(8, 40))


@pytest.mark.parametrize("query", QUERIES)
def test_any_list_is_followed_by_its_own_parameters(client, rf, register, query):
    """The entries are the products of the list, each with the event that brought it to its standing."""
    reading = Reading(rf.get(f"/san-pham/{query}").GET)
    products = {c.product.name: c for c in reading.certificates}
    found = told(client, f"/san-pham.atom{query}")
    assert {title.partition(":")[0] for title in found} == set(products)
    for title, moment in found.items():
        event = atom.last_event(products[title.partition(":")[0]], reading.day)
        assert moment == f"{event.day}T00:00:00+07:00" and event.day <= reading.day
    html = client.get(f"/san-pham/{query}").content.decode()
    (link,) = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]*)">', html)
    assert told(client, unescape(link)) == found


def test_only_the_newest_are_told_and_the_queries_stay_few(client, register, monkeypatch):
    whole = list(entries(client, "/san-pham.atom?status=all"))
    monkeypatch.setattr(atom, "ENTRIES", 5)
    with CaptureQueriesContext(connection) as queries:
        client.get("/san-pham.atom?status=all")
    assert list(entries(client, "/san-pham.atom?status=all")) == whole[:5]
    assert len(queries) <= 9, "territory, sets, and one for each standing"
    with CaptureQueriesContext(connection) as queries:
        client.get(feed("het-han"))
    assert len(queries) == 1


@pytest.mark.parametrize(
    "query",
    [
        "stars=9",
        "as_of=x",
        "q=%00",
        "q=a%0b%1f%EF%BF%BE",
        "district=khong-co",
        "page=-1",
        "status=%F0%9F%99%82",
        "producer=99999999999999999999",
        "expires_after=31/02/2026",
    ],
)
def test_garbage_is_answered_as_in_the_catalogue(client, query):
    holding(date(2025, 1, 1))
    found = entries(client, f"/san-pham.atom?{query}")
    assert (len(found) == 1) == (query == "page=-1")
    assert client.post(f"/san-pham.atom?{query}").status_code == 405


def test_made_up_rows_say_so_and_hostile_names_stay_text(client):
    product = ProductFactory(name="Trà <b>&amp; ]]> \x0b", producer__name="HTX <i> Mới", made_up=True)
    holding(date(2025, 1, 1), product=product)
    (entry,) = entries(client, "/san-pham.atom").values()
    assert entry.findtext(f"{A}title").startswith("Trà <b>&amp; ]]>  :")
    summary = entry.find(f"{A}summary")
    assert summary.get("type") == "html" and summary.text.startswith("Dữ liệu minh họa. HTX &lt;i&gt; ")


def test_the_page_of_feeds_names_them_all_and_the_first_page_leads_to_them(client):
    page = client.get("/nguon-tin/").content.decode()
    home = client.get("/").content.decode()
    for name, found in atom.FEEDS.items():
        assert f'<a href="{feed(name)}"' in page and str(found.title) in page
        assert f'type="application/atom+xml" title="{found.title}" href="{feed(name)}"' in home
    assert 'href="/nguon-tin/"' in home
