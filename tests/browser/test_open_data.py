"""Open data and the API's page: readable by everybody, on a phone and in the dark."""

import pytest

from products.models import Product
from tests.browser.conftest import DESKTOP, PHONE, SMALLEST, overflows_at, violations
from tests.factories import CertificateFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_open_data(visit):
    CertificateFactory()
    page = visit()
    for address in ("/du-lieu-mo/", "/du-lieu-mo/tu-dien/", "/api/v1/"):
        page.goto(address)
        # The sections that follow are made by the same lines of the template.
        page.evaluate("[...document.querySelectorAll('main section')].slice(2).forEach(s => s.remove())")
        if address != "/du-lieu-mo/tu-dien/":  # whose table is that of the API's page
            assert violations(page, PHONE) == []
        else:
            assert overflows_at(page, DESKTOP, PHONE, SMALLEST) == []
    page.goto("/du-lieu-mo/")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV – Sản phẩm", exact=True).click()
    assert Product.objects.get().code in download.value.path().read_text(encoding="utf-8-sig")
