"""Found by machines: sitemap, robots, one address a page, and cards for shared links."""

import io
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from html import unescape

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from PIL import Image

from products import cards
from products.models import Certificate, ProductAlias, ProductImage
from products.telling import tell
from reports import crawlers, sitemap
from reports.views import home
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.producers.support_rows import PointFactory, PromotionFactory
from tests.products.registers import TODAY

pytestmark = pytest.mark.django_db
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def read(response) -> bytes:
    assert response.status_code == 200 and response["Content-Type"] == "application/xml; charset=utf-8"
    return b"".join(response.streaming_content) if response.streaming else response.content


def entries(client, path):
    """The entries of a sitemap file, once they keep to the schema of sitemaps.org: its elements, in its order."""
    body = read(client.get(path))
    root, kind = ET.fromstring(body), {f"{NS}sitemapindex": "sitemap", f"{NS}urlset": "url"}
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>') and len(body) < 50 * 1024 * 1024
    assert 0 < len(root) <= 50_000 and not root.attrib and not (root.text or "").strip()
    for entry in root:
        assert entry.tag == f"{NS}{kind[root.tag]}" and not entry.attrib
        tags = [child.tag for child in entry]
        assert tags[0] == f"{NS}loc" and tags[1:] in (
            [],
            [f"{NS}lastmod"],
            [f"{NS}lastmod", *[f"{XHTML}link"] * 3],
            [f"{XHTML}link"] * 3,
        )
        assert entry[0].text.startswith("http://testserver/") and len(entry[0].text) < 2048
        if changed := entry.findtext(f"{NS}lastmod"):
            assert date(2018, 1, 1) <= date.fromisoformat(changed) <= TODAY
    locations = [entry[0].text for entry in root]
    assert len(set(locations)) == len(locations)
    return list(root)


def addresses(client, path):
    """{path: lastmod} of a sitemap file."""
    return {e[0].text[17:]: e.findtext(f"{NS}lastmod") for e in entries(client, path)}


def all_addresses(client):
    index = addresses(client, "/sitemap.xml")
    return {path: changed for file in index for path, changed in addresses(client, file).items()}


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
    fair, called_off = PromotionFactory(), PromotionFactory(cancelled_reason="Mưa")
    found = all_addresses(client)
    assert found[stands.product.get_absolute_url()] == "2025-01-15"
    assert found[lapsed.product.get_absolute_url()] == "2026-03-02", (
        "the day on which the page came to tell a lapse"
    )
    for other in (hidden.product, to_come.product, never):
        assert other.get_absolute_url() not in found
        assert f"/chu-the/{other.producer_id}/" not in found
    assert {f"/chu-the/{stands.product.producer_id}/", f"/diem-ban/{point.pk}/", "/", "/san-pham/"} <= set(
        found
    )
    assert f"/diem-ban/{shut.pk}/" not in found
    assert f"/su-kien/{fair.pk}/" in found and f"/su-kien/{called_off.pk}/" not in found
    for each in found:
        html = client.get(each).content.decode()
        assert canonical(html) == f"http://testserver{each}" and "noindex" not in html, each


def test_the_sitemap_follows_a_decision_at_once_and_is_not_sent_twice(client):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    file = next(path for path in addresses(client, "/sitemap.xml") if "san-pham" in path)
    tag, url = client.get(file)["ETag"], certificate.product.get_absolute_url()
    assert client.get(file, headers={"If-None-Match": tag}).status_code == 304
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2026, 8, 1),
        revocation_ground="misuse",
        revocation_reason="In sai.",
        revocation_decision=DecisionFactory(revocation=True),
    )
    again = client.get(file, headers={"If-None-Match": tag})
    assert f"{url}</loc><lastmod>2026-08-01" in read(again).decode()


def test_sitemap_files_split_by_key_and_keep_their_queries(client, monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 3)
    products = [CertificateFactory().product for _ in range(7)]
    files = [path for path in addresses(client, "/sitemap.xml") if path.startswith("/sitemap-san-pham-")]
    assert {int(re.findall(r"\d+", f)[0]) for f in files} == {p.pk // sitemap.per_file() for p in products}
    found = [path for file in files for path in addresses(client, file) if not path.startswith("/en/")]
    assert sorted(found) == sorted(p.get_absolute_url() for p in products)
    for file, most in (("/sitemap.xml", len(sitemap.SECTIONS)), (files[0], 3), ("/sitemap-trang.xml", 0)):
        with CaptureQueriesContext(connection) as queries:
            read(client.get(file))
        assert len(queries) <= most, file
    for name in ("san-pham-999999999999999999999999", "san-pham-123456", "khong-co-0"):
        assert client.get(f"/sitemap-{name}.xml").status_code == 404


class Bilingual:
    """The portal with its pages also in English."""

    urlpatterns = (
        *i18n_patterns(
            path("", home, name="home"),
            path("", include("products.urls")),
            path("", include("products.producer_urls")),
            prefix_default_language=False,
        ),
        path("", include("ratings.urls")),
        path("", include("reports.urls")),
    )


def test_a_page_of_two_languages_is_entered_in_both(client, settings, monkeypatch):
    settings.LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
    monkeypatch.setattr(sitemap, "PAGES", ("ratings:self-assessment",))
    settings.ROOT_URLCONF = Bilingual
    product = CertificateFactory().product
    file = next(p for p in addresses(client, "/sitemap.xml") if "san-pham" in p)
    two = entries(client, file)
    own, english = (f"http://testserver{way}/san-pham/{product.code}/" for way in ("", "/en"))
    assert [e[0].text for e in two] == [own, english]
    for entry in two:
        assert {link.get("hreflang"): link.get("href") for link in entry.findall(f"{XHTML}link")} == {
            "vi": own,
            "en": english,
            "x-default": own,
        }
    (alone,) = entries(client, "/sitemap-trang.xml")
    assert alone[0].text == "http://testserver/tu-danh-gia/" and alone.find(f"{XHTML}link") is None


def closed(path: str) -> bool:
    """Whether a rule of robots.txt closes the path: a prefix, in which * stands for anything (RFC 9309)."""
    return any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in crawlers.CLOSED)


def test_robots_close_the_desk_and_endless_lists_and_leave_the_register_open(client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text and text.startswith("User-agent: *\n")
    assert re.findall(r"^Disallow: (.*)$", text, re.M) == list(crawlers.CLOSED)
    CertificateFactory()
    assert not [each for each in all_addresses(client) if closed(each)]
    for each in (
        "/san-pham/?district=066",
        "/san-pham/?stars=5",
        "/chu-the/?page=2",
        "/anh-chia-se/06-1.png",
    ):
        assert not closed(each)
    for each in (
        "/can-bo/", "/admin/login/", "/tai-khoan/dang-nhap/", "/lich/x.ics", "/phan-anh/abc/", "/san-pham/06-1/phan-anh/",
        "/san-pham/?stars=5&group=06", "/san-pham/?q=mien", "/san-pham/06-1/?as_of=2025-01-01", "/san-pham.csv?stars=5",
        "/san-pham.atom?stars=5", "/giay-chung-nhan/?number=1", "/en/giay-chung-nhan/?number=1",
    ):  # fmt: skip
        assert closed(each), each


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


def test_pages_of_a_list_are_told_apart(client):
    for _ in range(25):
        CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    first, second = (client.get(f"/san-pham/?page={n}&sort=name").content.decode() for n in (1, 2))
    assert canonical(second) == "http://testserver/san-pham/?page=2" != canonical(first)
    assert meta(second)["og:title"] == "Danh mục sản phẩm (2)" and "robots" not in meta(second)


def test_pages_of_another_day_are_not_indexed_and_name_no_address(client):
    product = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15))).product
    for each in (product.get_absolute_url(), "/san-pham/", "/thong-ke/", "/diem-ban/"):
        html = client.get(f"{each}?as_of=2025-06-01").content.decode()
        assert "noindex" in meta(html)["robots"] and canonical(html) is None, each
        assert meta(html)["og:image"] == "http://testserver/anh-chia-se.png", "a product's card is of today"
        assert canonical(client.get(each).content.decode()) == f"http://testserver{each}"


def test_a_shared_link_shows_what_the_page_says(client, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    product = CertificateFactory(
        product=ProductFactory(name='Trà "Hoa" <vàng> & 1'),
        decision=DecisionFactory(signed_on=date(2025, 1, 15)),
    ).product
    html = client.get(product.get_absolute_url()).content.decode()
    told = meta(html)
    assert told["og:title"] == product.name
    assert told["og:description"].startswith(tell(product, TODAY).verdict.sentence)
    assert told["og:url"] == canonical(html) == f"https://ocop.example.vn{product.get_absolute_url()}"
    assert told["og:image"] == f"https://ocop.example.vn/anh-chia-se/{product.code}.png"
    assert "3 sao OCOP" in told["og:image:alt"] and told["twitter:card"] == "summary_large_image"
    assert meta(client.get("/").content.decode())["og:image"] == "https://ocop.example.vn/anh-chia-se.png"


def test_closed_and_missing_pages_are_not_for_sharing(client, tinh):
    client.force_login(tinh)
    for each in ("/can-bo/", "/san-pham/KHONG-CO/", "/khong-co/"):
        html = client.get(each).content.decode()
        assert "og:title" not in html and 'rel="canonical"' not in html, each


def card(client, path):
    response = client.get(path)
    image = Image.open(io.BytesIO(response.content)).convert("RGB")
    assert response["Content-Type"] == "image/png" and image.size == (1200, 630)
    assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304
    return response["ETag"], image


def test_cards_are_drawn_of_the_standing_of_the_day(client, settings, tmp_path):
    product = CertificateFactory(
        product=ProductFactory(name="Chè Shan tuyết cổ thụ " * 9),
        decision=DecisionFactory(signed_on=date(2025, 1, 15)),
    ).product
    path = f"/anh-chia-se/{product.code}.png"
    gold = (0xB2, 0x6A, 0x00)
    tag, image = card(client, path)
    assert gold in {color for _, color in image.getcolors(1 << 20)}
    photo = ProductImage.objects.create(
        product=product, alt="Gói chè", width=640, height=480, widths=[320, 640]
    )
    missing, _ = card(client, path)
    jpeg = tmp_path / "media" / photo.path(640, "jpeg")
    jpeg.parent.mkdir(parents=True)
    Image.new("RGB", (640, 480), (10, 120, 200)).save(jpeg, quality=95)
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
