"""Every kind of page: no accessibility fault, no sideways scrolling at 320 px, usable without JavaScript."""

from datetime import date, timedelta

import pytest

from tests.browser.conftest import DESKTOP, PHONE, overflows_at, violations
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory, UserFactory
from tests.products.collection_rows import collection_of
from tests.products.registers import TODAY, random_register

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def register():
    random_register(3, 40)
    product = ProductFactory(
        code="06-TEST-1", name="Miến dong Nà Sao", summary="Sợi dai.", story="Một câu chuyện."
    )
    first = DecisionFactory(signed_on=date(2022, 9, 1))
    CertificateFactory(product=product, decision=first, number="TEST-0")
    CertificateFactory(
        product=product,
        decision=DecisionFactory(signed_on=date(2025, 8, 1)),
        kind="upgrade",
        stars=4,
        number="TEST-1",
    )
    collection_of(product, slug="qua-tet")
    DecisionFactory(revocation=True, signed_on=TODAY - timedelta(days=9))
    return product


def public_pages(product):
    certificate = product.certificates.last()
    return [
        "/",
        "/san-pham/",
        "/san-pham/?q=khong-co-gi&stars=5",
        "/san-pham/?status=all&stars=3&stars=4&expires_after=31/02/2026",
        product.get_absolute_url(),
        f"{product.get_absolute_url()}huy-hieu/",
        "/nguon-tin/",
        f"/chu-the/{product.producer_id}/",
        "/chu-the/",
        "/giai-thich/",
        "/bo-suu-tap/",
        "/bo-suu-tap/qua-tet/",
        "/giay-chung-nhan/",
        "/giay-chung-nhan/?number=TEST-0",
        "/giay-chung-nhan/?number=khong-co",
        certificate.get_absolute_url(),
        "/thong-ke/",
        "/tai-khoan/dang-nhap/",
        "/thu-vien-giao-dien/",
    ]


def desk_pages(product):
    certificate = product.certificates.last()
    return [
        "/can-bo/",
        "/can-bo/chu-the/",
        "/can-bo/chu-the/them/",
        f"/can-bo/chu-the/{product.producer_id}/",
        f"/can-bo/chu-the/{product.producer_id}/sua/",
        f"/can-bo/chu-the/{product.producer_id}/them-san-pham/",
        "/can-bo/san-pham/",
        f"/can-bo/san-pham/{product.pk}/",
        f"/can-bo/san-pham/{product.pk}/sua/",
        f"/can-bo/san-pham/{product.pk}/anh/",
        "/can-bo/quyet-dinh/",
        "/can-bo/quyet-dinh/them/",
        f"/can-bo/quyet-dinh/{certificate.decision_id}/",
        f"/can-bo/quyet-dinh/{certificate.decision_id}/sua/",
        f"/can-bo/quyet-dinh/{certificate.decision_id}/cong-nhan/",
        f"/can-bo/giay-chung-nhan/{certificate.pk}/",
        f"/can-bo/giay-chung-nhan/{certificate.pk}/gia-han/",
        f"/can-bo/giay-chung-nhan/{certificate.pk}/thu-hoi/",
        f"/can-bo/lich-su/san-pham/{product.pk}/",
        "/can-bo/bo-suu-tap/",
        f"/can-bo/bo-suu-tap/{product.collection_items.get().collection_id}/",
    ]


BESIDE = """() => [...document.querySelectorAll(
  "main section > *, main .content > *, main .desk__content > *, main .panel > *, main .two-thirds > div > *")]
  .filter((node) => node.previousElementSibling && node.offsetHeight && node.previousElementSibling.offsetHeight)
  .filter((node) => !["LEGEND", "SUMMARY"].includes(node.previousElementSibling.tagName))
  .filter((node) => node.getBoundingClientRect().top - node.previousElementSibling.getBoundingClientRect().bottom < 4)
  .filter((node) => node.getBoundingClientRect().top >= node.previousElementSibling.getBoundingClientRect().bottom - 1)
  .map((node) => node.previousElementSibling.outerHTML.slice(0, 60) + " | " + node.outerHTML.slice(0, 60))"""
WIDE = "[...document.querySelectorAll('.table-wrap')].some((wrap) => wrap.scrollWidth > wrap.clientWidth + 1)"


def walked(page, paths, *, cards=False):
    """What is wrong on these pages, each loaded once.

    Accessibility and sideways scrolling; blocks that stick to the one above (a reset that outweighs the rhythm glues
    headings to tables and verdicts to whatever follows); with `cards`, tables that are still wide on a phone.
    """
    faults = []
    for path in paths:
        page.goto(path)
        if "thu-vien" not in path:
            faults += [f"{path} sticks: {what}" for what in page.evaluate(BESIDE)]
        faults += violations(page)
        if cards:
            page.set_viewport_size({"width": PHONE, "height": 900})
            if page.evaluate(WIDE):
                faults.append(f"{path}: a table is no cards")
            page.set_viewport_size({"width": DESKTOP, "height": 900})
    return faults


def test_public_pages_hold(visit, register):
    faults = walked(visit(DESKTOP), public_pages(register))
    assert not faults, "\n".join(faults)


def test_desk_pages_hold(visit, register):
    page = visit(DESKTOP, user=UserFactory(province=True))
    faults = walked(page, ["/", *desk_pages(register)], cards=True)
    assert not faults, "\n".join(faults)
    page.set_viewport_size({"width": PHONE, "height": 900})
    page.goto("/can-bo/san-pham/")
    cell = page.locator("td[data-label='Hôm nay']").first
    assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= PHONE


def test_contrast_is_measured_wherever_it_differs(visit):
    """What passed on an earlier page is not measured again; a text of another colour is, in the light and the dark."""
    page = visit(DESKTOP)
    page.goto("/giay-chung-nhan/")
    assert violations(page) == []
    page.evaluate("document.querySelector('h1').style.color = '#b0b0b0'")
    light = violations(page)
    page.evaluate("document.querySelector('h1').style.color = '#3a3a3a'")
    dark = violations(page)
    for scheme, faults in (("light", light), ("dark", dark)):
        assert len(faults) == 1
        assert f": {scheme}: color-contrast: " in faults[0]


def test_the_header_of_a_phone_is_low_and_the_account_opens_without_javascript(visit):
    page = visit(PHONE, user=UserFactory(province=True), js=False)
    page.goto("/san-pham/")
    assert page.locator(".site-header").bounding_box()["height"] < 130
    page.get_by_text("Tài khoản").click()
    page.get_by_role("link", name="Đổi mật khẩu").click()
    assert "Đổi mật khẩu" in page.locator("h1").inner_text()


def test_the_admin_site_is_usable_on_a_phone(visit):
    page = visit(DESKTOP, user=UserFactory(admin=True))
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    for path in ("/admin/", "/admin/ocop_portal/user/", "/admin/ocop_portal/administrativeunit/"):
        page.goto(path)
        assert overflows_at(page, DESKTOP, PHONE) == [], path
    box = page.locator("#result_list tbody th").first.bounding_box()
    assert box["width"] > 120


def test_a_form_with_errors_is_accessible_and_leads_to_its_fields(visit):
    page = visit(PHONE, user=UserFactory(province=True))
    page.goto("/can-bo/chu-the/them/")
    page.get_by_label("Tên chủ thể").fill("HTX Nà Sao")
    page.get_by_label("Địa bàn").fill("Xã Trên Trời")
    page.get_by_role("button", name="Lưu").click()
    summary = page.get_by_role("alert")
    assert "Xã Trên Trời" in summary.inner_text()
    assert violations(page) == []
    summary.get_by_role("link", name="Địa bàn").click()
    assert page.evaluate("document.activeElement.name") == "place"
    assert page.get_by_label("Tên chủ thể").input_value() == "HTX Nà Sao"


def test_a_citizen_finds_a_product_without_javascript(visit, register):
    page = visit(PHONE, js=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("mien dong na sao")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Miến dong Nà Sao").first.click()
    assert "Còn hiệu lực" in page.locator("main").inner_text()
    page.goto("/san-pham/")
    page.get_by_text("Lọc danh mục").click()
    page.get_by_label("4 sao").check()
    page.get_by_role("button", name="Áp dụng").click()
    assert "stars=4" in page.url
    chip = page.get_by_role("link", name="Bỏ lọc: 4 sao")
    chip.click()
    assert "stars" not in page.url


def test_an_official_records_a_decision_without_javascript(visit, register):
    page = visit(DESKTOP, user=UserFactory(province=True), js=False)
    page.goto("/can-bo/quyet-dinh/them/")
    page.get_by_label("Số quyết định").fill("77/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("10/08/2026")
    page.get_by_label("Cơ quan ban hành", exact=True).fill("UBND tỉnh Thái Nguyên")
    page.locator("[name=issuer_level]").select_option("province")
    page.get_by_role("button", name="Lưu").click()
    page.locator("[name=rows-0-product]").fill("06-TEST-1")
    page.locator("[name=rows-0-kind]").select_option("upgrade")
    page.locator("[name=rows-0-stars]").select_option("5")
    page.get_by_role("button", name="Lưu tất cả").click()
    assert "Đã ghi các kết quả" in page.locator("main").inner_text()
    page.goto("/p/06-TEST-1")
    assert "5 sao" in page.locator("main").inner_text()


def test_keyboard_reaches_the_list_and_rows_are_added(visit, register):
    page = visit(DESKTOP, user=UserFactory(province=True))
    page.goto("/san-pham/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.goto(f"/can-bo/san-pham/{register.pk}/sua/")
    rows = page.locator("[data-formset=packagings] .formset__row")
    before = rows.count()
    page.locator("[data-formset=packagings] [data-formset-add]").click()
    assert rows.count() == before + 1
    assert page.evaluate("document.activeElement.name") == f"packagings-{before}-label"


def test_signing_in_by_the_form(visit):
    user = UserFactory(username="lan", province=True)
    page = visit(PHONE)
    page.goto("/can-bo/")
    page.get_by_label("Tên đăng nhập").fill(user.username)
    page.get_by_label("Mật khẩu").fill("mật khẩu thử nghiệm 1")
    page.get_by_role("button", name="Đăng nhập").click()
    assert page.url.endswith("/can-bo/")
    assert "Việc cần làm" in page.locator("h1").inner_text()
