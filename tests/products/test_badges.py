"""Badges and codes for packs: the standing of the day in words, stars only while they may be used, no copy out of date."""

import io
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from html import unescape

import pytest
import typst
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from ocop_portal import drawing, typesetting
from ocop_portal.qr import QUIET_ZONE, code
from products import badges, qr_sheet
from products.actions.certificates import revoke_certificate
from products.models import Certificate, ProductAlias
from products.telling import tell
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 15)
GOLD = {"light": "#b26a00", "dark": "#f0b440"}
SVG = "{http://www.w3.org/2000/svg}"


def holding(start=date(2024, 9, 1), *, product=None, **facts):
    """A certificate of 36 months, four stars, with later facts written to it."""
    certificate = CertificateFactory(
        product=product or ProductFactory(), decision=DecisionFactory(signed_on=start), stars=4
    )
    if facts:
        Certificate.objects.filter(pk=certificate.pk).update(**facts)
        certificate.refresh_from_db()
    return certificate


def revoked(**kwargs):
    return holding(
        revoked_on=date(2026, 3, 1),
        revocation_ground="misuse",
        revocation_reason="In 5 sao.",
        revocation_decision=DecisionFactory(revocation=True, signed_on=date(2026, 2, 25)),
        **kwargs,
    )


def silent():
    return holding(date(2022, 1, 1), product=ProductFactory(listed_only_while_standing=True))


CASES = {
    "in_force": (holding, 4, "4 sao OCOP", "Còn hiệu lực đến 01/09/2027"),
    "expiring": (lambda: holding(date(2023, 9, 1)), 4, "4 sao OCOP", "Sắp hết hạn, dùng đến hết 01/09/2026"),
    "extended": (
        lambda: holding(date(2023, 7, 1), extended_to=date(2026, 10, 1), extension_reason="Đang đánh giá lại"),
        4,
        "4 sao OCOP",
        "Được gia hạn đến 01/10/2026",
    ),
    "expired": (lambda: holding(date(2022, 9, 1)), 0, "Hết hiệu lực từ 02/09/2025", "Không còn được dùng"),
    "revoked": (revoked, 0, "Đã thu hồi từ 01/03/2026", "Không được dùng hạng sao"),
    "to_come": (lambda: holding(date(2026, 9, 1)), 0, "Có hiệu lực từ 01/09/2026", "Chưa được dùng"),
    "silent": (silent, 0, "Sổ bộ không ghi nhận", "Không rõ tình trạng"),
}  # fmt: skip


def words(svg: bytes) -> str:
    root = ET.fromstring(svg)
    return f"{root.find(f'{SVG}title').text} {root.find(f'{SVG}desc').text}"


@pytest.mark.parametrize("case", CASES)
def test_a_badge_says_the_standing_and_shows_stars_only_while_they_may_be_used(client, case):
    make, stars, head, body = CASES[case]
    product = make().product
    told = badges.badge(tell(product, DAY))
    assert (told.stars, told.head) == (stars, head)
    assert told.body.startswith(body)
    for theme, gold in GOLD.items():
        response = client.get(f"/huy-hieu/{product.code}.svg?theme={theme}")
        svg = response.content.decode()
        assert response.status_code == 200 and response["Content-Type"] == "image/svg+xml"
        assert product.name in words(response.content) and head in words(response.content)
        # Five stars are drawn where the star may be used, four of them full, and not one elsewhere.
        assert svg.count(f'fill="{gold}"') == stars
    png = Image.open(io.BytesIO(client.get(f"/huy-hieu/{product.code}.png").content)).convert("RGB")
    assert ((0xB2, 0x6A, 0x00) in {color for _, color in png.getcolors(1 << 20)}) == bool(stars)


@pytest.mark.parametrize("size", badges.SIZES)
@pytest.mark.parametrize("theme", badges.THEMES)
def test_every_size_in_both_themes_keeps_its_measure_and_needs_no_font_and_no_style(client, size, theme):
    product = holding(product=ProductFactory(name='Chè "Shan" <tuyết> & ' + "cổ thụ " * 24)).product
    svg = client.get(f"/huy-hieu/{product.code}.svg?size={size}&theme={theme}").content
    root = ET.fromstring(svg)
    assert (int(root.attrib["width"]), int(root.attrib["height"])) == badges.SIZES[size]
    assert {e.tag for e in root.iter()} <= {
        f"{SVG}{t}" for t in ("svg", "title", "desc", "path", "g", "use", "symbol", "defs", "clipPath")
    }
    assert not re.search(rb"<text|style=|<style|<script|font-family|\son\w+=", svg)
    assert {a[0] for a in re.findall(rb'href="(.)', svg)} == {ord("#")}, "nothing is fetched from elsewhere"
    png = Image.open(
        io.BytesIO(client.get(f"/huy-hieu/{product.code}.png?size={size}&theme={theme}").content)
    )
    assert png.size == tuple(2 * side for side in badges.SIZES[size])


def test_every_letter_of_the_language_can_be_drawn():
    vowels = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    letters = {
        unicodedata.normalize("NFC", v + t) for v in vowels for t in ("", *"\u0300\u0301\u0303\u0309\u0323")
    }
    assert {ord(letter) for letter in letters | set("đĐ“”…·")} <= drawing._letters()


@pytest.mark.parametrize("memory", [0, 8], ids=["made each time", "kept by revision"])
def test_a_badge_asked_for_after_a_revocation_shows_it(settings, memory, tinh):
    settings.PAGES_MEMORY_MB = memory
    client, certificate = Client(), holding()
    path = f"/huy-hieu/{certificate.product.code}.svg"
    before = client.get(path)
    assert before["Cache-Control"] == "public, max-age=0, must-revalidate"
    again = client.get(path, headers={"If-None-Match": before["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    revoke_certificate(
        certificate=certificate,
        decision=DecisionFactory(revocation=True, signed_on=DAY),
        ground="misuse",
        reason="In sai hạng sao.",
        revoked_on=DAY,
        by=tinh,
    )
    after = client.get(path, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Đã thu hồi từ 15/08/2026" in words(after.content)
    assert GOLD["light"] not in after.content.decode()


def test_a_badge_changes_overnight_without_any_write(client, settings):
    certificate = holding()
    path = f"/huy-hieu/{certificate.product.code}.png"
    settings.TODAY = certificate.valid_to
    tag = client.get(path)["ETag"]
    settings.TODAY = date(2027, 9, 2)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_any_site_may_show_a_badge_and_no_cookie_goes_with_it(client, tinh):
    path = f"/huy-hieu/{holding().product.code}"
    client.force_login(tinh)
    for ending in ("svg", "png"):
        response = client.get(f"{path}.{ending}")
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not response.cookies
        assert client.head(f"{path}.{ending}").content == b""
        assert client.post(f"{path}.{ending}").status_code == 405


def test_every_code_ever_issued_has_a_badge_and_a_strange_one_is_told(client):
    product = holding().product
    ProductAlias.objects.create(product=product, code="CU-0001.svg")
    own = client.get(f"/huy-hieu/{product.code}.svg").content
    for old in ("CU-0001.svg", "cu-0001.SVG", product.code.lower()):
        assert client.get(f"/huy-hieu/{old}.svg").content == own
    never_recognised = ProductFactory()
    for strange in ("KHONG-CO", never_recognised.code):
        for ending in ("svg", "png"):
            response = client.get(f"/huy-hieu/{strange}.{ending}")
            assert response.status_code == 404 and response["Content-Type"].startswith("image/")
            assert response["Access-Control-Allow-Origin"] == "*"
            assert "ETag" not in response
        told = words(client.get(f"/huy-hieu/{strange}.svg").content)
        assert f"không có sản phẩm nào mang mã {strange}" in told
        assert never_recognised.name not in told


@pytest.mark.parametrize("value", ["", "\x00", "x" * 3000, "-1", "Small", "🙂", "<svg>", "large' or 1"])
def test_garbage_is_drawn_as_the_ordinary_badge(client, value):
    product = holding().product
    ordinary = client.get(f"/huy-hieu/{product.code}.svg")
    for name in ("size", "theme", "as_of", "khac"):
        response = client.get(f"/huy-hieu/{product.code}.svg", {name: value})
        assert response.status_code == 200 and response["ETag"] == ordinary["ETag"]
    assert client.get(f"/huy-hieu/{product.code}.svg?size=%FF%FE").status_code == 200


def test_the_page_offers_lines_that_show_the_badge_and_lead_to_the_product(client, settings):
    settings.SITE_URL = "https://ocop.example.vn/"
    product = holding(product=ProductFactory(name='Trà "Hoa" [vàng] <b>')).product
    html = client.get(f"/san-pham/{product.code}/huy-hieu/").content.decode()
    lines = [unescape(text) for text in re.findall(r"<textarea[^>]*>([^<]*)</textarea>", html)]
    assert len(lines) == 2 * len(badges.SIZES)
    for line in lines:
        assert f"https://ocop.example.vn/p/{product.code}" in line
        address = re.search(r"https://ocop\.example\.vn(/huy-hieu/[^\")\s]+)", line)[1]
        assert client.get(address).status_code == 200
    for line in lines[::2]:
        link = ET.fromstring(line.replace("></a>", "/></a>"))
        assert product.name in link[0].attrib["alt"]
        assert "4 sao" not in link[0].attrib["alt"], "what is pasted must not go out of date"
    assert lines[1].startswith(r'[![Hạng sao OCOP của Trà "Hoa" \[vàng\] <b> theo sổ bộ](')
    ProductAlias.objects.create(product=product, code="CU-2")
    assert client.get("/san-pham/CU-2/huy-hieu/")["Location"] == f"/san-pham/{product.code}/huy-hieu/"
    assert client.get("/san-pham/KHONG-CO/huy-hieu/").status_code == 404


def test_the_page_of_a_star_that_was_revoked_says_so(client):
    product = revoked().product
    html = client.get(f"/san-pham/{product.code}/huy-hieu/").content.decode()
    assert "Đã thu hồi từ 01/03/2026" in html and "không được in biểu trưng" in html


def test_the_code_comes_as_png_and_as_a_sheet(client, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    product = holding().product
    png = client.get(f"/san-pham/{product.code}/qr.png")
    side = Image.open(io.BytesIO(png.content)).width
    modules = code(f"https://ocop.example.vn/p/{product.code}").symbol_size(border=QUIET_ZONE)[0]
    assert side == 16 * modules
    pdf = client.get(f"/san-pham/{product.code}/qr.pdf")
    reader = PdfReader(io.BytesIO(pdf.content))
    text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    assert len(reader.pages) == 1 and "attachment" in pdf["Content-Disposition"]
    assert product.name in text and f"https://ocop.example.vn/p/{product.code}" in text
    for side in qr_sheet.SIDES_MM:
        assert f"Cạnh {side} mm" in text
    for path in ("qr.png", "qr.pdf"):
        assert client.get(f"/san-pham/KHONG-CO/{path}").status_code == 404


def test_modules_on_the_sheet_have_their_size_and_their_white_edge(settings):
    """The sheet printed at 300 dots an inch, the first code of each size read back module by module."""
    url = "https://ocop.thainguyen.example.gov.vn/p/06-02173-001-2021"
    product = holding().product
    data = qr_sheet.sheet_data(product, url)
    dpi = 300
    page = typst.compile(
        typesetting.TEMPLATES / "qr_sheet.typ",
        root=typesetting.TEMPLATES,
        font_paths=typesetting._fonts(),
        format="png",
        ppi=dpi,
        sys_inputs={"data": json.dumps(data)},
    )
    paper = Image.open(io.BytesIO(page)).convert("1")
    matrix = [list(map(bool, row)) for row in code(url).matrix_iter(border=QUIET_ZONE)]
    found = _codes(paper, [s["side"] * dpi / 25.4 for s in data["sizes"]])
    assert [s["side"] for s in data["sizes"]] == list(qr_sheet.SIDES_MM)
    for size, (x, y) in zip(data["sizes"], found, strict=True):
        step = size["side"] * dpi / 25.4 / (len(matrix) - 2 * QUIET_ZONE)
        assert step * 25.4 / dpi >= qr_sheet.MIN_MODULE_MM
        assert _modules(paper, x, y, step, len(matrix)) == matrix, size


def _modules(paper, x, y, step, number):
    """Whether each module is dark, white edge included, read in its middle."""
    middles = [(n - QUIET_ZONE + 0.5) * step for n in range(number)]
    return [[not paper.getpixel((round(x + c), round(y + r))) for c in middles] for r in middles]


def _codes(paper, sides):
    """Top left corner of the first code of each size: where a finder pattern's seven dark modules begin."""
    corners, top = [], 0
    for side in sides:
        left = round(18 / 25.4 * 300)
        run = int(side * 0.12)
        for y in range(top, paper.height):
            row = [not paper.getpixel((x, y)) for x in range(left, left + int(side * 0.6))]
            start = next((i for i in range(len(row) - run) if row[i] and all(row[i : i + run])), None)
            if start is not None and not any(row[max(0, start - 20) : start]):
                below = [not paper.getpixel((left + start + 2, y + d)) for d in range(run)]
                if all(below):
                    corners.append((left + start, y))
                    top = y + int(side)
                    break
    return corners


def test_a_size_too_fine_for_a_phone_is_left_out():
    longer = "https://ocop.example.vn/p/" + "X" * 120
    assert [s.readable for s in qr_sheet.sizes(longer)] == [False, True, True, True]
    assert all(s.readable for s in qr_sheet.sizes("https://ocop.example.vn/p/06-02173-001-2021"))
    assert [s["side"] for s in qr_sheet.sheet_data(holding().product, longer)["sizes"]] == [20, 30, 40]


def test_the_sheet_is_the_same_for_the_same_moment():
    product, moment = holding().product, datetime(2026, 8, 15, tzinfo=UTC)
    assert qr_sheet.sheet(product, "https://a.vn/p/1", made_at=moment) == qr_sheet.sheet(
        product, "https://a.vn/p/1", made_at=moment
    )
