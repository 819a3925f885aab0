"""What a product's page leads on to: the same commune, then the same set; only what stands."""

from datetime import date

import pytest

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit
from products.models import Product, ProductGroup
from products.neighbours import MOST, neighbours
from tests.factories import BANG_PHUC, CON_MINH, CertificateFactory, DecisionFactory, unit

pytestmark = pytest.mark.django_db


def told(certificate, day=None):
    product = Product.objects.with_place().get(pk=certificate.product_id)
    found = neighbours(product, day or today())
    return [p.name for p in found.commune], [p.name for p in found.group]


def another(name, *, place=CON_MINH, group="06", **kwargs):
    where = place if isinstance(place, AdministrativeUnit) else unit(place)
    return CertificateFactory(
        product__name=name,
        product__producer__place=where,
        product__group=ProductGroup.objects.get(code=group),
        **kwargs,
    )


def test_the_commune_first_then_the_set_elsewhere_the_best_on_top():
    own = another("Miến dong")
    CertificateFactory(product__producer=own.product.producer, product__name="Của chính chủ thể")
    another("Rượu ngô", group="13")
    another("Bún khô", stars=4)
    another("Gạo nếp", place=BANG_PHUC)
    another("Chè Shan", place=BANG_PHUC, group="13")
    assert told(own) == (["Bún khô", "Rượu ngô"], ["Gạo nếp"])


def test_communes_that_were_joined_are_one():
    home = unit(CON_MINH)
    joined = AdministrativeUnit.objects.filter(current=home.current_id).exclude(
        pk__in=[home.pk, home.current_id]
    )
    own = another("Miến dong")
    another("Ở xã đã nhập vào", place=joined.first(), group="13")
    another("Ở xã mới", place=home.current, group="13")
    assert told(own) == (["Ở xã đã nhập vào", "Ở xã mới"], [])


def test_a_star_that_lapsed_or_has_not_begun_leads_nobody():
    own = another("Miến dong")
    another("Hết hạn", decision=DecisionFactory(signed_on=date(2020, 1, 1)))
    revoked = another("Thu hồi")
    assert told(own) == (["Thu hồi"], [])
    revoked.revoked_on, revoked.revocation_ground = today(), "misuse"
    revoked.revocation_reason, revoked.revocation_decision = "In sai sao", DecisionFactory(revocation=True)
    revoked.save()
    assert told(own) == ([], [])
    assert told(own, date(2022, 6, 1)) == (["Hết hạn"], []), "a day then answers as it was then"


def test_never_more_than_an_invitation(client, django_assert_num_queries):
    own = another("Miến dong")
    for n in range(MOST + 2):
        another(f"Gần {n}")
        another(f"Xa {n}", place=BANG_PHUC)
    product = Product.objects.with_place().get(pk=own.product_id)
    with django_assert_num_queries(2):
        found = neighbours(product, today())
    assert (len(found.commune), len(found.group)) == (MOST, MOST)
    assert found.commune[0].name == "Gần 0" and found.group[0].name == "Gần 4", "none is told twice"
    html = client.get(product.get_absolute_url()).content.decode()
    assert html.index("Cùng xã") < html.index("Gần 0") < html.index("Cùng bộ sản phẩm") < html.index("Gần 4")
