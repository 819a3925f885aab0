"""Every address of the desk × every role: what is not yours answers 404, what is not your role 403."""

from datetime import date

import pytest

from ocop_portal.models import AdministrativeUnit
from ocop_portal.urls import urlpatterns  # noqa: F401 - the table below is compared with what is routed
from products.desk_urls import urlpatterns as desk
from products.models import Decision, ProductImage
from tests.factories import BANG_PHUC, CertificateFactory, DecisionFactory, ProducerFactory, UserFactory, unit

pytestmark = pytest.mark.django_db

# name: (anonymous, council, producer, signatory, commune here, commune elsewhere, province, admin)
ALL_VIEW = (302, 403, 403, 200, 200, 404, 200, 200)
OPEN_VIEW = (302, 403, 403, 200, 200, 200, 200, 200)
EDIT = (302, 403, 403, 403, 200, 404, 200, 200)
PROVINCE = (302, 403, 403, 403, 403, 403, 200, 200)
TABLE = {
    "home": OPEN_VIEW,
    "producers": OPEN_VIEW,
    "producer-add": (302, 403, 403, 403, 200, 200, 200, 200),
    "producer": ALL_VIEW,
    "producer-edit": EDIT,
    "product-add": EDIT,
    "products": OPEN_VIEW,
    "product": ALL_VIEW,
    "product-edit": EDIT,
    "photos": EDIT,
    "photo-remove": (302, 405, 405, 405, 405, 405, 405, 405),
    "decisions": OPEN_VIEW,
    "decision-add": PROVINCE,
    "decision": OPEN_VIEW,
    "decision-edit": PROVINCE,
    "decision-scan": (302, 403, 403, 404, 404, 404, 404, 404),  # this one has none
    "recognise": PROVINCE,
    "certificate": ALL_VIEW,
    "extend": PROVINCE,
    "revoke": PROVINCE,
    "history": ALL_VIEW,
}
READERS = ("anonymous", "council", "producer", "signatory", "commune", "elsewhere", "province", "admin")


@pytest.fixture
def certificate():
    return CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))


@pytest.fixture
def reader(client, certificate):
    def sign_in(who):
        if who == "anonymous":
            return client
        if who == "elsewhere":
            user = UserFactory(commune=True, unit=unit(BANG_PHUC))
        elif who == "producer":
            user = UserFactory()
            certificate.product.producer.accounts.add(user)
        else:
            user = UserFactory(**{who: True})
        client.force_login(user)
        return client

    return sign_in


def address(name, certificate):
    product = certificate.product
    pk = {
        "producer": product.producer_id,
        "producer-edit": product.producer_id,
        "product-add": product.producer_id,
        "product": product.pk,
        "product-edit": product.pk,
        "photos": product.pk,
        "photo-remove": 1,
        "decision": certificate.decision_id,
        "decision-edit": certificate.decision_id,
        "decision-scan": certificate.decision_id,
        "recognise": certificate.decision_id,
        "certificate": certificate.pk,
        "extend": certificate.pk,
        "revoke": certificate.pk,
    }
    from django.urls import reverse

    if name == "history":
        return reverse("desk:history", args=["giay-chung-nhan", certificate.pk])
    return reverse(f"desk:{name}", args=[pk[name]] if name in pk else [])


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in desk}


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", READERS)
def test_role_by_address(reader, certificate, who):
    client = reader(who)
    place = READERS.index(who)
    for name, answers in TABLE.items():
        assert client.get(address(name, certificate)).status_code == answers[place], (who, name)


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", READERS[:6])
def test_posts_are_kept_shut_as_well(reader, certificate, who):
    client = reader(who)
    before = Decision.objects.count()
    for name in (
        "producer-edit",
        "product-edit",
        "photos",
        "extend",
        "revoke",
        "recognise",
        "decision-add",
        "decision-edit",
    ):
        answer = client.post(address(name, certificate), {"reason": "x"}).status_code
        if who == "commune" and name in ("producer-edit", "product-edit", "photos"):
            assert answer == 200  # the form again, with its errors
        else:
            assert answer in (302, 403, 404), (who, name)
    assert Decision.objects.count() == before


def test_history_of_all_kinds(client, tinh, certificate):
    client.force_login(tinh)
    product = certificate.product
    for kind, pk in (
        ("chu-the", product.producer_id),
        ("san-pham", product.pk),
        ("quyet-dinh", certificate.decision_id),
    ):
        assert client.get(f"/can-bo/lich-su/{kind}/{pk}/").status_code == 200
    assert client.get(f"/can-bo/lich-su/tai-khoan/{tinh.pk}/").status_code == 404


def test_commune_official_sees_what_merged_into_the_commune(client):
    """An account of a commune of today keeps the products recorded at its predecessors."""
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    today = certificate.product.place.current
    client.force_login(UserFactory(commune=True, unit=AdministrativeUnit.objects.get(pk=today.pk)))
    assert client.get(f"/can-bo/san-pham/{certificate.product_id}/").status_code == 200
    other = ProducerFactory(place=unit(BANG_PHUC))
    assert client.get(f"/can-bo/chu-the/{other.pk}/").status_code == 404
    assert ProductImage.objects.count() == 0


@pytest.mark.parametrize("path", ["/can-bo/", "/can-bo/san-pham/", "/can-bo/chu-the/", "/can-bo/quyet-dinh/"])
def test_lists_answer_garbage_and_do_not_grow_in_queries(client, tinh, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(tinh)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    CertificateFactory(decision__signed_on=date(2025, 6, 1))
    before = count()
    for n in range(12):
        CertificateFactory(decision__signed_on=date(2023, 9, 1 + n))
    assert count() == before <= 10
    for query in ("q=%00", "page=-1", "page=x", "status=zzz", "kind=zzz", "q=" + "x" * 3000, "q=%FF"):
        assert client.get(f"{path}?{query}").status_code == 200, query
