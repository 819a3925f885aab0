"""Found by machines: sitemap, robots, one address a page, cards for shared links, and data that say what the page says."""

import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from ocop_portal.structured import json_ld
from products.models import Certificate, ProductAlias, ProductImage
from products.telling import tell
from reports import crawlers, sitemap
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory
from tests.producers.support_rows import PointFactory
from tests.products.registers import TODAY, random_register

pytestmark = pytest.mark.django_db
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def addresses(client, path):
    """{path: lastmod} of a sitemap file."""
    root = ET.fromstring(read(client.get(path)))
    assert all(e.find(f"{NS}loc").text.startswith("http://testserver/") for e in root)
    return {e.find(f"{NS}loc").text[17:]: e.findtext(f"{NS}lastmod") for e in root}


def all_addresses(client):
    return {
        path: changed for file in addresses(client, "/sitemap.xml") for path, changed in addresses(client, file).items()
    }


def test_the_sitemap_names_what_is_public_today_and_nothing_else(client):
    stands = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    lapsed = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 3, 1)))
    hidden = CertificateFactory(
        product=ProductFactory(listed_only_while_standing=True),
        decision=DecisionFactory(signed_on=date(2022, 1, 1)),
    )
    to_come = CertificateFactory(decision=DecisionFactory(signed_on=TODAY + timedelta(days=9)))
    never = ProductFactory()
    ProductAlias.objects.create(product=stands.product, code="CU-1")
    point, shut = PointFactory(), PointFactory(closed_on=TODAY)
    found = all_addresses(client)
    assert found[stands.product.get_absolute_url()] == "2025-01-15"
    assert found[lapsed.product.get_absolute_url()] == "2026-03-02", "the day on which the page came to tell a lapse"
    for other in (hidden.product, to_come.product, never):
        assert other.get_absolute_url() not in found
        assert f"/chu-the/{other.producer_id}/" not in found
    assert {f"/chu-the/{stands.product.producer_id}/", f"/diem-ban/{point.pk}/", "/", "/san-pham/"} <= set(found)
    assert f"/diem-ban/{shut.pk}/" not in found
    for path in found:
        assert client.get(path).status_code == 200, path


def test_the_sitemap_follows_a_decision_at_once_and_is_not_sent_twice(client, settings):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    first = client.get("/sitemap-san-pham-0.xml")
    tag, url = first["ETag"], certificate.product.get_absolute_url()
    assert client.get("/sitemap-san-pham-0.xml", headers={"If-None-Match": tag}).status_code == 304
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2026, 8, 1),
        revocation_ground="misuse",
        revocation_reason="In sai.",
        revocation_decision=DecisionFactory(revocation=True),
    )
    again = client.get("/sitemap-san-pham-0.xml", headers={"If-None-Match": tag})
    assert again.status_code == 200 and f"{url}</loc><lastmod>2026-08-01" in read(again).decode()


def test_sitemap_files_split_by_key_and_keep_their_queries(client, monkeypatch):
    monkeypatch.setattr(sitemap, "PER_FILE", 3)
    products = [CertificateFactory().product for _ in range(7)]
    files = [path for path in addresses(client, "/sitemap.xml") if path.startswith("/sitemap-san-pham-")]
    assert {int(re.findall(r"\d+", f)[0]) for f in files} == {p.pk // 3 for p in products}
    found = [path for file in files for path in addresses(client, file)]
    assert sorted(found) == sorted(p.get_absolute_url() for p in products)
    for path, most in (("/sitemap.xml", 4), (files[0], 3), ("/sitemap-trang.xml", 1)):
        with CaptureQueriesContext(connection) as queries:
            read(client.get(path))
        assert len(queries) <= most, path
    for path in ("san-pham-999999999999999999999999", "san-pham-123456", "khong-co-0"):
        assert client.get(f"/sitemap-{path}.xml").status_code == 404


def closed(path: str) -> bool:
    """Whether the rules of robots.txt close the path, by the longest-match-free subset that we write: * and prefix."""
    return any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in crawlers.CLOSED)


def test_robots_close_the_desk_and_endless_lists_and_leave_the_register_open(client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text and text.startswith("User-agent: *\n")
    assert re.findall(r"^Disallow: (.*)$", text, re.M) == list(crawlers.CLOSED)
    CertificateFactory()
    assert not [path for path in all_addresses(client) if closed(path)]
    for path in ("/san-pham/?district=066", "/san-pham/?stars=5", "/chu-the/?page=2", "/anh-chia-se/06-1.png"):
        assert not closed(path)
    for path in (
        "/can-bo/", "/admin/login/", "/tai-khoan/dang-nhap/", "/lich/x.ics", "/phan-anh/abc/", "/san-pham/06-1/phan-anh/",
        "/san-pham/?stars=5&group=06", "/san-pham/?q=mien", "/san-pham/06-1/?as_of=2025-01-01", "/san-pham.csv?stars=5",
    ):  # fmt: skip
        assert closed(path), path


def meta(html: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


def canonical(html: str) -> str | None:
    found = re.findall(r'<link rel="canonical" href="([^"]+)">', html)
    assert len(found) <= 1
    return unescape(found[0]) if found else None


@pytest.mark.parametrize(
    ("query", "told", "indexed"),
    [
        ("", "", True),
        ("?sort=-stars&per_page=48&utm_source=zalo&page=1&q=", "", True),
        ("?stars=3", "?stars=3", True),
        ("?group=06&sort=name", "?group=06", True),
        ("?group=06&stars=3&stars=5&stars=3", "?stars=5&stars=3&group=06", False),
        ("?status=standing", "", True),
        ("?status=all", "?status=all", True),
        ("?q=mien", "?q=mien", False),
        ("?stars=5", "?stars=5", False),
        ("?expires_before=31/12/2027", "?expires_before=2027-12-31", False),
        ("?stars=9", "", False),
    ],
)
def test_a_list_has_one_address_whatever_way_it_was_asked_for(client, query, told, indexed):
    CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    html = client.get(f"/san-pham/{query}").content.decode()
    assert canonical(html) == f"http://testserver/san-pham/{told}"
    assert ("noindex" in meta(html).get("robots", "")) is not indexed
    again = client.get(f"/san-pham/{told}").content.decode()
    assert canonical(again) == canonical(html)


def test_pages_of_another_day_are_not_indexed_and_name_no_address(client):
    product = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15))).product
    for path in (product.get_absolute_url(), "/san-pham/", "/thong-ke/", "/diem-ban/"):
        html = client.get(f"{path}?as_of=2025-06-01").content.decode()
        assert "noindex" in meta(html)["robots"] and canonical(html) is None, path
        assert canonical(client.get(path).content.decode()) == f"http://testserver{path}"


def test_a_shared_link_shows_what_the_page_says(client, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    product = CertificateFactory(
        product=ProductFactory(name='Trà "Hoa" <vàng> & 1'), decision=DecisionFactory(signed_on=date(2025, 1, 15))
    ).product
    html = client.get(product.get_absolute_url()).content.decode()
    told = meta(html)
    assert told["og:title"] == told["twitter:title"] == product.name
    assert told["og:description"].startswith(tell(product, TODAY).verdict.sentence)
    assert told["og:url"] == canonical(html) == f"https://ocop.example.vn{product.get_absolute_url()}"
    assert told["og:image"] == f"https://ocop.example.vn/anh-chia-se/{product.code}.png"
    assert "3 sao OCOP" in told["og:image:alt"] and told["twitter:card"] == "summary_large_image"
    assert meta(client.get("/").content.decode())["og:image"] == "https://ocop.example.vn/anh-chia-se.png"


def test_closed_and_missing_pages_are_not_for_sharing(client, tinh):
    client.force_login(tinh)
    for path in ("/can-bo/", "/san-pham/KHONG-CO/", "/khong-co/"):
        html = client.get(path).content.decode()
        assert "og:title" not in html and 'rel="canonical"' not in html, path


def card(client, path):
    response = client.get(path)
    image = Image.open(io.BytesIO(response.content)).convert("RGB")
    assert response["Content-Type"] == "image/png" and image.size == (1200, 630)
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304
    return response["ETag"], image


def test_cards_are_drawn_of_the_standing_of_the_day(client, settings, tmp_path):
    product = CertificateFactory(
        product=ProductFactory(name="Chè Shan tuyết cổ thụ " * 9), decision=DecisionFactory(signed_on=date(2025, 1, 15))
    ).product
    path = f"/anh-chia-se/{product.code}.png"
    gold = (0xB2, 0x6A, 0x00)
    tag, image = card(client, path)
    assert gold in {color for _, color in image.getcolors(1 << 20)}
    photo = ProductImage.objects.create(product=product, alt="Gói chè", width=640, height=480, widths=[320, 640])
    missing, _ = card(client, path)
    jpeg = tmp_path / "media" / photo.path(640, "jpeg")
    jpeg.parent.mkdir(parents=True)
    Image.new("RGB", (640, 480), (10, 120, 200)).save(jpeg, quality=95)
    from products import cards

    cards.png.cache_clear()  # a file that comes after its row: only a test does that
    photographed, image = card(client, path)
    assert tag != missing == photographed
    assert all(abs(a - b) < 8 for a, b in zip(image.getpixel((1000, 300)), (10, 120, 200), strict=True))
    settings.TODAY = date(2028, 1, 16)
    lapsed, image = card(client, path)
    assert lapsed != photographed
    assert gold not in {color for _, color in image.getcolors(1 << 20)}
    ProductAlias.objects.create(product=product, code="CU-9")
    assert card(client, "/anh-chia-se/CU-9.png")[0] == lapsed
    assert client.get("/anh-chia-se/KHONG-CO.png").status_code == 404
    site, _ = card(client, "/anh-chia-se.png")
    settings.TODAY = TODAY
    assert card(client, "/anh-chia-se.png")[0] != site


def graph(html: str) -> dict[str, dict]:
    """{type: thing} of the page's one block of data."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    return {thing["@type"]: thing for thing in json.loads(text)["@graph"]}


STATUS = {"in_force": True, "expiring": True, "extended": True, "expired": False, "revoked": False, "not_yet_valid": False}


def test_data_for_machines_say_what_the_page_says(client):
    """100 products of all standings, each on five days."""
    random_register(5, 100)
    products = list({c.product_id: c.product for c in Certificate.objects.select_related("product")}.values())
    days = [TODAY, TODAY - timedelta(days=400), date(2024, 2, 29), TODAY + timedelta(days=200), date(2028, 12, 31)]
    seen = set()
    for product in products:
        for day in days:
            html = client.get(product.get_absolute_url(), {"as_of": day.isoformat()}).content.decode()
            seen.add(_agrees(graph(html)["Product"], html, product))
    assert len(products) == 100
    assert {True, False, None} == seen


def _agrees(data, html, product):
    """Whether the certificate is told as active (None: none is told), once it is sure that the page says the same."""
    body = html.partition("<main")[2]
    sentence = unescape(re.search(r'class="verdict[^"]*">.*?<h2>(.*?)</h2>', body, re.S)[1])
    assert data["name"] == product.name and data["sku"] == product.code
    assert not {"aggregateRating", "review", "offers"} & set(data)
    certificate = data.get("hasCertification")
    hero = body.partition('class="product-hero__marks"')[2].partition("</p>")[0]
    if certificate is None:
        assert not hero and "không ghi nhận" in sentence
        return None
    assert certificate["description"].startswith(sentence)
    active = certificate["certificationStatus"].endswith("/CertificationActive")
    assert active == sentence.startswith(("Còn hiệu lực", "Được gia hạn"))
    stars = int(re.search(r'class="stars[^"]*">(\d) sao', hero)[1])
    assert f"{stars} sao" in certificate["name"]
    assert certificate.get("certificationRating", {}).get("ratingValue") == (stars if active else None)
    assert unescape(certificate["issuedBy"]["name"]) in unescape(body)
    if active:
        assert f"{date.fromisoformat(certificate['expires']):%d/%m/%Y}" in sentence
    return active


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


def test_data_cannot_break_out_of_their_element():
    hostile = '</script><script>alert(1)</script><!-- & " \\u2028'
    html = json_ld({"@type": "Product", "name": hostile, "empty": "", "none": {"a": None}})
    assert html.count("<") == 2 and "-->" not in html
    assert json.loads(html[html.index("{") : html.rindex("}") + 1])["@graph"] == [{"@type": "Product", "name": hostile}]


def test_the_first_page_names_the_register_and_its_search(client):
    data = graph(client.get("/").content.decode())
    template = data["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert client.get(template.replace("http://testserver", "").format(search_term_string="mien")).status_code == 200
    assert data["GovernmentOrganization"]["@id"] == data["WebSite"]["publisher"]["@id"]
