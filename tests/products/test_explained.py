"""Stars, standings and marks in plain words: every standing is told, and what other pages link to is there."""

import re

import pytest

from products.models import ProductMark
from products.standing import EXPIRING_DAYS, EXTENSION_DAYS, VALIDITY_MONTHS, Standing
from tests.factories import CertificateFactory

pytestmark = pytest.mark.django_db


def ids(html):
    return re.findall(r'\sid="([^"]+)"', html)


def test_every_standing_and_kind_of_mark_is_told_with_the_terms_in_use(client):
    html = client.get("/giai-thich/").content.decode()
    assert set(Standing.values) <= set(ids(html))
    for kind in ProductMark.Kind.labels:
        assert str(kind).capitalize() in html
    for text in (f"{VALIDITY_MONTHS} tháng", f"còn {EXPIRING_DAYS} ngày", f"{EXTENSION_DAYS} ngày"):
        assert text in html


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_what_a_product_page_links_to_is_there(client, prefix):
    product = CertificateFactory(product__traceability_code="TX-1").product
    product.marks.create(kind="geographical", name="Chè Shan tuyết")
    product.raw_material_areas.create(standard="organic")
    page = client.get(f"{prefix}{product.get_absolute_url()}").content.decode()
    asked = set(re.findall(rf'href="{prefix}/giai-thich/#([\w-]+)"', page))
    assert asked == {"sao", "in_force", "nhan-hieu", "vung-nguyen-lieu", "truy-xuat"}
    html = client.get(f"{prefix}/giai-thich/").content.decode()
    assert asked <= set(ids(html))
    assert set(re.findall(r'href="#([\w-]+)"', html)) <= set(ids(html))
