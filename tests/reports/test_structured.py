"""Data for machines say what the page says: schema.org beside the visible words, on any day."""

import json
import random
import re
from datetime import date, timedelta
from html import unescape
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.html import format_html

from ocop_portal.structured import json_ld, plain
from products.models import Certificate, Product
from products.telling import Told
from products.views import products as view
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory
from tests.producers.support_rows import PointFactory
from tests.products.registers import TODAY, random_register

pytestmark = pytest.mark.django_db


def graph(html: str) -> dict[str, dict]:
    """{type: thing} of the page's one block of data."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


@pytest.fixture
def quick(monkeypatch):
    """The view of a product with its rows at hand: what is compared is the page, asked for five hundred times."""

    class AtHand:
        objects = property(lambda self: self)
        with_place = prefetch_related = lambda self, *names: self
        get = lambda self, pk: by_key[pk]

    import_module(settings.ROOT_URLCONF)  # whoever takes a name from the view has the true one by then
    rows = Product.objects.with_place().prefetch_related("certificates__decision", *view.PARTS)
    by_key = {p.pk: p for p in rows.order_by("pk")}
    by_code = {p.code: p for p in by_key.values()}
    for name, stub in {
        "Product": AtHand(),
        "public_product": by_code.__getitem__,
        "tell": lambda product, day: Told(product, list(product.certificates.all()), day),
        "_siblings": lambda product, day: {"standing": [], "lapsed": []},
        "neighbours": lambda product, day: [],
        "where_sold": lambda producer, day: [],
        "qr_svg": lambda url, title: "",
    }.items():
        monkeypatch.setattr(view, name, stub)
    return list(by_code.values())


@pytest.fixture
def register(db):
    random_register(5, 100)


def test_data_for_machines_say_what_the_page_says(register, quick, rf):
    """100 products of all standings, on five days drawn at random."""
    drawn, first, last = random.Random(4), date(2022, 1, 1).toordinal(), date(2029, 12, 31).toordinal()
    days = [date.fromordinal(drawn.randrange(first, last)) for _ in range(5)]
    seen = set()
    for product in quick:
        for day in days:
            request = rf.get(product.get_absolute_url(), {"as_of": day.isoformat()})
            request.user = AnonymousUser()
            html = view.detail(request, product.code).content.decode()
            seen.add(agrees(graph(html)["Product"], html, product))
    assert len(quick) == 100
    assert seen == {"Còn", "Được", "Hết", "Đã", "Chưa", None}, "each standing is among them"


def agrees(data, html, product):
    """How the page's sentence begins (None where it tells nothing), once it is sure that the data say the same."""
    body = html.partition("<main")[2]
    text = lambda pattern: unescape(re.search(pattern, body, re.S)[1])
    sentence = text(r'class="verdict[^"]*">.*?<h2[^>]*>(.*?)</h2>')
    assert data["name"] == text(r"<h1[^>]*>(.*?)</h1>") == product.name
    assert data["sku"] == text(r'<dt>Mã sản phẩm</dt><dd><span class="code">(.*?)</span>')
    assert data["manufacturer"]["name"] == text(r'<a href="/chu-the/\d+/"[^>]*>(.*?)</a>')
    assert not {"aggregateRating", "review", "offers"} & set(data)
    certificate = data.get("hasCertification")
    hero = body.partition('class="product-hero__marks"')[2].partition("</p>")[0]
    if certificate is None:
        assert not hero and "không ghi nhận" in sentence
        return None
    assert certificate["description"].startswith(sentence)
    active = certificate["certificationStatus"] == "https://schema.org/CertificationActive"
    tag = re.search(r'class="status [^"]*">.*?</svg>\s*([^<]*)', hero, re.S)[1]
    assert active == sentence.startswith(("Còn hiệu lực", "Được gia hạn"))
    assert active == tag.startswith(("Còn hiệu lực", "Sắp hết hạn", "Được gia hạn"))
    stars = int(re.search(r'class="stars[^"]*">(\d) sao', hero)[1])
    assert f"{stars} sao" in certificate["name"]
    assert certificate.get("certificationRating", {}).get("ratingValue") == (stars if active else None)
    told = text(r"<dt>Giấy chứng nhận</dt><dd[^>]*>(.*?)</dd>")
    assert f">Giấy chứng nhận {certificate['certificationIdentification']}<" in told
    assert f'href="{certificate["url"].removeprefix("http://testserver")}"' in told
    assert certificate["issuedBy"]["name"] in text(r"<dt>Quyết định</dt><dd[^>]*>(.*?)</dd>")
    shown = lambda name: f"{date.fromisoformat(certificate[name]):%d/%m/%Y}"
    first, last = text(r"<dt>Thời hạn in trên giấy</dt><dd[^>]*>(.*?)</dd>").split(" – ")
    assert shown("validFrom") == first
    if active or sentence.startswith("Đã thu hồi"):
        assert shown("expires") in sentence
    elif sentence.startswith("Chưa"):
        assert shown("expires") == last and shown("validFrom") in sentence
    else:
        assert f"{date.fromisoformat(certificate['expires']) + timedelta(days=1):%d/%m/%Y}" in sentence
    return sentence.split()[0]


def test_data_of_a_producer_tell_contacts_by_consent_alone(client):
    contacts = {"phone": "0209 111 222", "email": "ho@example.vn", "address": "Thôn Nà Ngăm"}
    for form, shown in (("household", False), ("cooperative", True)):
        producer = ProducerFactory(legal_form=form, **contacts)
        CertificateFactory(product=ProductFactory(producer=producer))
        data = graph(client.get(f"/chu-the/{producer.pk}/").content.decode())
        organisation = data["Organization"]
        assert organisation["name"] == producer.name
        assert organisation.get("telephone") == (contacts["phone"] if shown else None)
        assert organisation.get("email") == (contacts["email"] if shown else None)
        assert organisation["address"].get("streetAddress") == (contacts["address"] if shown else None)
        names = [item["name"] for item in data["BreadcrumbList"]["itemListElement"]]
        assert names == ["Trang đầu", "Chủ thể", producer.name]


def test_breadcrumbs_and_things_have_the_addresses_that_answer(client):
    product = CertificateFactory().product
    data = graph(client.get(product.get_absolute_url()).content.decode())
    trail = data["BreadcrumbList"]["itemListElement"]
    assert [item["position"] for item in trail] == [1, 2, 3] and trail[-1]["name"] == product.name
    things = [data["Product"], data["Product"]["manufacturer"], data["Product"]["hasCertification"]]
    for url in [item["item"] for item in trail] + [thing["url"] for thing in things]:
        assert client.get(url.removeprefix("http://testserver")).status_code == 200, url
    assert data["Product"]["@id"] == f"http://testserver/p/{product.code}#san-pham"
    maker = graph(client.get(f"/chu-the/{product.producer_id}/").content.decode())["Organization"]
    assert maker["@id"] == data["Product"]["manufacturer"]["@id"]


def test_the_english_page_tells_of_the_same_things_in_english(client):
    """What is on record is quoted in the page, with marks; the data hold neither marks nor another certificate."""
    certificate = CertificateFactory(product__name_en="Canna vermicelli")
    revocation = DecisionFactory(revocation=True)
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=TODAY,
        revocation_ground="misuse",
        revocation_reason="In <5> sao.",
        revocation_decision=revocation,
    )
    path = certificate.product.get_absolute_url()
    own, english = (graph(client.get(f"{way}{path}").content.decode()) for way in ("", "/en"))
    there = english["Product"]
    assert there["@id"] == own["Product"]["@id"] and there["url"] == f"http://testserver/en{path}"
    assert there["alternateName"] == "Canna vermicelli" and "alternateName" not in own["Product"]
    told, said = there["hasCertification"], own["Product"]["hasCertification"]
    assert told["@id"] == said["@id"] and told["name"] == "OCOP product certificate, 3 stars"
    assert told["description"].startswith("Revoked") and told["description"].endswith("In <5> sao.")
    assert "span" not in told["description"]
    for name in ("certificationStatus", "certificationIdentification", "validFrom", "expires"):
        assert told[name] == said[name]
    html = client.get(f"/en{path}").content.decode()
    assert '<meta property="og:locale" content="en_GB">' in html
    assert f'<link rel="canonical" href="http://testserver/en{path}">' in html
    assert "&lt;span" not in html.partition("</head>")[0]


def test_a_point_of_sale_is_a_store_while_it_is_open(client):
    point = PointFactory(phone="0209 333 444")
    path = point.get_absolute_url()
    store = graph(client.get(path).content.decode())["Store"]
    assert (store["name"], store["telephone"]) == (point.name, "0209 333 444")
    assert store["address"]["streetAddress"] == point.address and point.opening_hours in store["description"]
    assert "ld+json" not in client.get(path, {"as_of": "2018-01-01"}).content.decode()


def test_the_first_page_names_the_register_and_its_search(client, settings):
    settings.SITE = {**settings.SITE, "office_phone": "0209 123 456"}
    data = graph(client.get("/").content.decode())
    template = data["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert (
        client.get(template.replace("http://testserver", "").format(search_term_string="mien")).status_code
        == 200
    )
    office = data["GovernmentOrganization"]
    assert office["@id"] == data["WebSite"]["publisher"]["@id"] and office["telephone"] == "0209 123 456"


def test_data_cannot_break_out_of_their_element():
    hostile = '</script><script>alert(1)</script><!-- & " \\u2028'
    html = json_ld(
        {"@type": "Product", "name": hostile, "empty": "", "none": {"a": None}, "bare": {"@type": "Thing"}}
    )
    assert html.count("<") == 2 and "-->" not in html
    assert json.loads(html[html.index("{") : html.rindex("}") + 1])["@graph"] == [
        {"@type": "Product", "name": hostile}
    ]


def test_marks_of_a_page_are_no_part_of_the_data():
    assert (
        plain(format_html('In force: <span lang="vi">{}</span>.', "Trà <1> & 2")) == "In force: Trà <1> & 2."
    )
    assert plain("a < b & c") == "a < b & c"
