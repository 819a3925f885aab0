"""The English pages in a browser: no accessibility fault, nothing cut or pushed aside by longer words."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, SMALLEST, overflows_at, violations
from tests.browser.test_pages import register

__all__ = ["register"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_english_pages_hold_and_the_switch_leads_there(visit, register):
    product = register
    page, faults = visit(DESKTOP), []
    for path in (
        "/en/",
        "/en/san-pham/?stars=3&status=all",
        f"/en{product.get_absolute_url()}",
        "/en/giay-chung-nhan/?number=TEST-0",
    ):
        page.goto(path)
        faults += violations(page)  # also dark, at the smallest width
    # The same templates are looked at in Vietnamese: longer words may push, no more.
    for path in (f"/en/chu-the/{product.producer_id}/", "/en/thong-ke/", "/en/phan-anh/"):
        page.goto(path)
        assert overflows_at(page, SMALLEST, DESKTOP) == [], path
    page.goto("/san-pham/?sort=expires&stars=3")
    with page.expect_navigation():
        page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en/san-pham/?sort=expires&stars=3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Catalogue of OCOP products")
    assert faults == []
