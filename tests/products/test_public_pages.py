"""Product, certificate, check and producer pages: the answer first, whatever the standing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producers.models import Producer
from products.models import Certificate, ProductAlias, ProductImage, SalesChannel
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory
from tests.scenes import rotated

pytestmark = pytest.mark.django_db
TODAY = date(2026, 8, 15)


def certificate_with(**facts):
    """A certificate of 1/9/2024 to 1/9/2027 with later facts written to it."""
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2024, 9, 1)), stars=4)
    if facts:
        Certificate.objects.filter(pk=certificate.pk).update(**facts)
        certificate.refresh_from_db()
    return certificate


def revoked():
    return certificate_with(
        revoked_on=date(2026, 3, 1),
        revocation_ground="misuse",
        revocation_reason="In 5 sao trên bao bì.",
        revocation_decision=DecisionFactory(revocation=True, signed_on=date(2026, 2, 25)),
    )


CASES = [
    (date(2026, 8, 15), {}, "Còn hiệu lực", "đến hết ngày 01/09/2027"),
    (date(2027, 3, 6), {}, "Còn hiệu lực", "Sắp hết hạn: còn 179 ngày"),
    (date(2027, 9, 1), {}, "Còn hiệu lực", "ngày cuối cùng"),
    (date(2027, 9, 2), {}, "Hết hiệu lực từ 02/09/2027", "không còn được dùng 4 sao OCOP"),
    (
        date(2027, 9, 2),
        {"extended_to": date(2027, 12, 1), "extension_reason": "Đang đánh giá lại"},
        "Được gia hạn",
        "đến hết ngày 01/12/2027",
    ),
    (date(2024, 8, 31), {}, "Chưa có hiệu lực", "từ ngày 01/09/2024"),
]


@pytest.mark.parametrize(("day", "facts", "word", "detail"), CASES)
def test_each_standing_is_one_plain_sentence(client, settings, day, facts, word, detail):
    settings.TODAY = day
    certificate = certificate_with(**facts)
    for path in (
        certificate.get_absolute_url(),
        f"/giay-chung-nhan/?number={certificate.number}",
        f"/giay-chung-nhan/?number={certificate.product.code}",
    ):
        html = client.get(path).content.decode()
        heading = html.partition("<h1>")[2].partition("</h1>")[0]
        assert word in heading, path
        assert detail in html
    product = client.get(certificate.product.get_absolute_url())
    assert word in product.content.decode()


def test_revoked_tells_ground_reason_and_decision(client):
    certificate = revoked()
    html = client.get(certificate.get_absolute_url()).content.decode()
    for words in (
        "Đã thu hồi từ 01/03/2026",
        "In 5 sao trên bao bì.",
        certificate.revocation_decision.number,
    ):
        assert words in html


def test_replaced_points_to_the_one_in_use(client):
    old = certificate_with()
    new = CertificateFactory(
        product=old.product, kind="upgrade", stars=5, decision=DecisionFactory(signed_on=date(2026, 5, 1))
    )
    html = client.get(old.get_absolute_url()).content.decode()
    assert "Đã thay bằng giấy chứng nhận mới từ 01/05/2026" in html
    assert "5 sao" in html
    assert old.product.get_absolute_url() in html
    assert "Còn hiệu lực" in client.get(new.get_absolute_url()).content.decode()
    before = client.get(f"{old.get_absolute_url()}?as_of=2026-04-30").content.decode()
    assert "Còn hiệu lực" in before


def test_unknown_number_is_told_with_a_way_on(client):
    certificate_with()
    response = client.get("/giay-chung-nhan/", {"number": "999/GCN miến dong"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "không có giấy chứng nhận nào mang số “999/GCN miến dong”" in html
    assert "/san-pham/" in html
    near = client.get("/giay-chung-nhan/", {"number": "mien dong"}).content.decode()
    assert "Có phải bạn tìm" in near


def test_a_correction_answers_for_the_number_it_took_over(client):
    wrong = certificate_with()
    right = CertificateFactory(
        product=wrong.product, kind="reissue", stars=3, number=wrong.number, decision=wrong.decision
    )
    html = client.get("/giay-chung-nhan/", {"number": wrong.number}).content.decode()
    assert "3 sao OCOP" in html.partition("<h1>")[2].partition("</h1>")[0]
    assert right.public_id in html or "Kiểm tra lúc" in html


def test_source_only_certificate_falls_silent_after_its_end(client, settings):
    certificate = CertificateFactory(
        product=ProductFactory(listed_only_while_standing=True),
        decision=DecisionFactory(signed_on=date(2022, 1, 1)),
    )
    settings.TODAY = date(2026, 8, 15)
    product = certificate.product
    for path in (
        certificate.get_absolute_url(),
        product.get_absolute_url(),
        f"/giay-chung-nhan/?number={product.code}",
    ):
        html = client.get(path).content.decode()
        assert "Sổ bộ không ghi nhận tình trạng" in html, path
        for claim in ("Hết hiệu lực", "không còn được dùng", "Sao đã"):
            assert claim not in html
    producer = client.get(f"/chu-the/{product.producer_id}/").content.decode()
    assert product.name not in producer
    assert "Hết hiệu lực" not in producer


def test_old_codes_and_short_addresses_lead_to_the_product(client):
    certificate = certificate_with()
    product = certificate.product
    ProductAlias.objects.create(product=product, code="CU-0001")
    for path in ("/san-pham/CU-0001/", "/p/CU-0001", f"/p/{product.code}", f"/p/{product.code.lower()}"):
        assert client.get(path)["Location"] == product.get_absolute_url(), path
    assert client.get("/san-pham/CU-0001/?as_of=2025-01-01")["Location"].endswith("?as_of=2025-01-01")
    assert "mã cũ CU-0001" in client.get(product.get_absolute_url()).content.decode()
    assert client.get("/p/KHONG-CO").status_code == 404
    assert "giay-chung-nhan" in client.get("/p/KHONG-CO").content.decode()


def test_product_page_tells_siblings_apart(client):
    certificate = certificate_with()
    producer = certificate.product.producer
    standing = CertificateFactory(
        product__producer=producer, product__name="Trà còn hạn", decision__signed_on=date(2026, 1, 1)
    )
    lapsed = CertificateFactory(
        product__producer=producer, product__name="Trà quá hạn", decision__signed_on=date(2020, 1, 1)
    )
    ProductFactory(producer=producer, name="Trà chưa công nhận")
    html = client.get(certificate.product.get_absolute_url()).content.decode()
    assert html.index("Có giấy chứng nhận riêng") < html.index(standing.product.name)
    assert html.index("Không còn được dùng sao") < html.index(lapsed.product.name)
    assert "Trà chưa công nhận" not in html


def test_product_page_of_a_past_day_answers_from_history(client):
    certificate = revoked()
    html = client.get(f"{certificate.product.get_absolute_url()}?as_of=2026-02-28").content.decode()
    assert "Còn hiệu lực" in html
    assert "Thu hồi:" not in html
    assert "Thu hồi:" in client.get(certificate.product.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("form", "consent", "shown"),
    [
        ("household", None, False),
        ("farm", None, False),
        ("household", TODAY, True),
        ("cooperative", None, True),
    ],
)
def test_contact_of_a_household_needs_consent(client, form, consent, shown):
    producer = ProducerFactory(
        legal_form=Producer.LegalForm(form),
        phone="0209 111 222",
        email="ho@example.vn",
        address="Thôn Nà Ngăm",
        representative="Nguyễn Thị Mẫu",
        contact_consent=consent is not None,
        contact_consent_on=consent,
    )
    certificate = CertificateFactory(product__producer=producer, decision__signed_on=date(2026, 1, 1))
    pages = [
        f"/chu-the/{producer.pk}/",
        certificate.product.get_absolute_url(),
        certificate.get_absolute_url(),
        "/san-pham.json",
        "/chu-the/",
    ]
    html = ""
    for path in pages:
        response = client.get(path)
        html += (b"".join(response.streaming_content) if response.streaming else response.content).decode()
    for secret in (producer.phone, producer.email, producer.address, producer.representative):
        assert (secret in html) is shown, secret


def test_producers_are_listed_with_their_standing_products(client):
    shown = certificate_with().product.producer
    hidden = ProductFactory(producer__name="HTX chưa công nhận").producer
    html = client.get("/chu-the/").content.decode()
    assert shown.name in html
    assert hidden.name not in html
    assert "1 sản phẩm được dùng sao" in html
    assert 'data-total="0"' in client.get("/chu-the/?q=khong-co-ten-nay").content.decode()


READ = {
    "/giay-chung-nhan/": ("number",),
    "/chu-the/": ("q", "district", "page"),
    "/thong-ke/": ("as_of",),
    "/": ("q", "as_of"),
}
"""The parameters that each page reads."""
GARBAGE = (
    "",
    "\x00",
    "x" * 4000,
    "-1",
    "31/02/2026",
    "9999999999999999999999",
    "((&|",
    "🙂",
    "066@9",
)


@pytest.mark.parametrize("path", READ)
def test_garbage_gets_an_answer(client, path):
    alone = [{name: value} for name in READ[path] for value in GARBAGE]
    others = ("number", "q", "district", "page", "as_of")
    for query in [*alone, *rotated(others, GARBAGE)]:
        assert client.get(path, query).status_code in (200, 302, 404), (path, query)
    assert client.get(f"{path}?{'&'.join(f'{name}=%FF%FE' for name in others)}").status_code in (
        200,
        302,
        404,
    )


def count_queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_query_counts_do_not_grow(client):
    certificate = certificate_with()
    product, producer = certificate.product, certificate.product.producer
    paths = {
        product.get_absolute_url(): 17,
        certificate.get_absolute_url(): 3,
        f"/giay-chung-nhan/?number={certificate.number}": 3,
        f"/chu-the/{producer.pk}/": 4,
        "/chu-the/": 4,
        "/": 8,
    }
    before = {path: count_queries(client, path) for path in paths}
    assert before == paths
    for n in range(8):
        CertificateFactory(
            product__producer=producer if n % 2 else ProducerFactory(),
            decision__signed_on=TODAY - timedelta(days=30 * n),
        )
    assert {path: count_queries(client, path) for path in paths} == before


def test_qr_is_an_svg_that_holds_the_short_address(client):
    product = certificate_with().product
    response = client.get(f"{product.get_absolute_url()}qr.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert "style=" not in response.content.decode()


def test_public_pages_only_read(client):
    certificate = certificate_with()
    for path in (
        "/san-pham/",
        certificate.get_absolute_url(),
        certificate.product.get_absolute_url(),
        "/chu-the/",
    ):
        assert client.post(path).status_code in (403, 405)


@pytest.mark.parametrize("day", ["hôm qua", "31/02/2026", "2017-01-01", "2026-13-01"])
def test_a_day_that_cannot_be_read_is_said_and_today_is_shown(client, day):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    for path in (
        certificate.product.get_absolute_url(),
        certificate.get_absolute_url(),
        f"/giay-chung-nhan/?number={certificate.number}",
        "/giay-chung-nhan/?number=khong-co",
        "/giay-chung-nhan/",
        "/thong-ke/",
    ):
        page = client.get(path, {"as_of": day} | ({"number": path.partition("=")[2]} if "=" in path else {}))
        assert "Ngày nhập không đọc được" in page.content.decode(), path
    page = client.get(certificate.get_absolute_url(), {"as_of": "2026-01-01"}).content.decode()
    assert "Ngày nhập không đọc được" not in page


def test_an_unknown_district_lists_no_producer_and_says_so(client):
    CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    page = client.get("/chu-the/?district=99999").content.decode()
    assert "Không có huyện nào mang mã “99999”" in page
    assert 'data-total="0"' in page


@pytest.mark.parametrize(
    ("office", "told"),
    [
        ({"office_phone": "0209 000 000"}, "điện thoại 0209 000 000."),
        ({"office_phone": "", "office_address": "Số 1"}, "Văn phòng, Số 1."),
        ({"office_phone": "", "office_address": ""}, "hoặc UBND xã, phường nơi bạn mua."),
    ],
)
def test_an_unknown_number_leads_to_somebody_who_can_be_told(client, settings, office, told):
    settings.SITE = {**settings.SITE, "office_name": "Văn phòng", **office}
    assert told in client.get("/giay-chung-nhan/?number=khong-co").content.decode()


def test_a_cooperative_group_publishes_its_contacts_by_consent_alone(client):
    group = ProducerFactory(legal_form="cooperative_group", phone="0209 000 111")
    CertificateFactory(
        product=ProductFactory(producer=group), decision=DecisionFactory(signed_on=date(2025, 1, 15))
    )
    path = f"/chu-the/{group.pk}/"
    assert "0209 000 111" not in client.get(path).content.decode()
    Producer.objects.filter(pk=group.pk).update(contact_consent=True, contact_consent_on=date(2026, 1, 1))
    assert "0209 000 111" in client.get(path).content.decode()


def test_photos_keep_their_room_and_channels_are_told_apart_from_the_register(client):
    """Each photo says its size, so that nothing moves when it comes; each opens whole without a script."""
    product = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15))).product
    photo = ProductImage.objects.create(
        product=product, alt="Gói miến", width=1280, height=960, widths=[320, 640, 1280]
    )
    SalesChannel.objects.create(product=product, kind="postmart", url="https://postmart.vn/mien")
    html = client.get(product.get_absolute_url()).content.decode()
    assert html.count("<picture>") == 2 and html.count('width="1280" height="960"') == 2
    assert html.count('fetchpriority="high"') == 1 and html.count('loading="lazy"') == 1
    assert f'<a href="{photo.fallback_url}">' in html
    for fmt in ("avif", "webp"):
        assert html.count(f'type="image/{fmt}"') == 2 and f"{photo.url(640, fmt)} 640w" in html
    assert '<a href="https://postmart.vn/mien" rel="nofollow noopener external">' in html
    assert "Sổ bộ không bán hàng." in html
