"""The trail and the revision: every write leaves an event, every published change raises the number."""

import re

import pytest
from django.apps import apps
from django.db import connection, transaction

from ocop_portal.history import acting
from ocop_portal.models import RegisterRevision, UnitName
from ocop_portal.telling import Change, history_of
from producers.models import Producer
from products.models import Certificate, Packaging, Product
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db


def revision():
    return RegisterRevision.objects.get().number


def test_insert_update_and_delete_leave_events_whoever_writes():
    product = ProductFactory()
    part = Packaging.objects.create(product=product, label="túi")
    Packaging.objects.filter(pk=part.pk).update(label="hộp")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_packaging SET barcode = '1' WHERE id = %s", [part.pk])
        cursor.execute("DELETE FROM products_packaging WHERE id = %s", [part.pk])
    events = Packaging.pgh_event_model.objects.filter(pgh_obj_id=part.pk).order_by("pgh_id")
    assert [e.pgh_label for e in events] == ["insert", "update", "update", "delete"]
    Product.objects.bulk_create(
        [
            Product(
                code="06-B-1", name="B", producer=product.producer, group=product.group, place=product.place
            )
        ]
    )
    assert Product.objects.get(code="06-B-1").events.count() == 1


def test_acting_names_verb_person_and_reason():
    user = UserFactory(username="lan", province=True)
    with acting("save_producer", by=user, reason="đổi tên"):
        producer = ProducerFactory()
    context = producer.events.get().pgh_context
    assert (context["verb"], context["actor"], context["reason"]) == ("save_producer", "lan", "đổi tên")


def test_the_trail_is_told_in_words():
    producer = ProducerFactory(name="HTX Một")
    Producer.objects.filter(pk=producer.pk).update(
        name="HTX Hai", contact_consent=True, contact_consent_on="2026-01-02"
    )
    first, newest = history_of(producer)[0].parts
    assert Change("tên chủ thể", "HTX Một", "HTX Hai") in newest.changes
    assert Change("đồng ý công khai liên hệ", "không", "có") in newest.changes
    assert Change("ngày đồng ý", "", "02/01/2026") in newest.changes
    assert Change("địa bàn", "", "Xã Côn Minh") in first.changes
    assert Change("loại hình", "", "hợp tác xã") in first.changes


def test_acts_of_one_request_keep_their_own_names_and_reasons():
    with acting("save_producer", by=None):
        with acting("save_product", by=UserFactory(username="lan"), reason="đổi tên"):
            product = ProductFactory()
        Producer.objects.filter(pk=product.producer_id).update(website="https://example.vn")
    Producer.objects.filter(pk=product.producer_id).update(website="")
    inner, outer, after = product.producer.events.order_by("pgh_id")
    assert (inner.pgh_context["verb"], inner.pgh_context["reason"]) == ("save_product", "đổi tên")
    assert outer.pgh_context["verb"] == "save_producer" and "reason" not in outer.pgh_context
    assert inner.pgh_context_id == outer.pgh_context_id
    assert after.pgh_context is None, "what is written after an act is not its doing"


def test_no_secret_is_copied_into_events():
    user = UserFactory()
    names = {f.name for f in user.events.model._meta.fields}
    assert not names & {"password", "last_login"}


def test_every_published_change_raises_the_revision():
    for change in (
        ProductFactory,
        CertificateFactory,
        lambda: Packaging.objects.create(product=ProductFactory(), label="túi"),
        lambda: Producer.objects.update(website="https://example.vn"),
        lambda: Certificate.objects.update(note="ghi chú"),
    ):
        before = revision()
        change()
        assert revision() > before, change


def test_a_change_rolled_back_does_not_show():
    before = revision()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ProductFactory()
        raise ZeroDivisionError
    assert revision() == before


def test_what_is_not_published_does_not_raise_it():
    before = revision()
    UserFactory()
    UnitName.objects.first().save()
    assert revision() == before


def test_published_tables_are_these():
    raising = {
        model.__name__
        for app in ("ocop_portal", "producers", "products", "reports")
        for model in apps.get_app_config(app).get_models()
        if any(t.name.startswith("raises_revision") for t in getattr(model._meta, "triggers", ()))
    }
    assert raising == {
        "AdministrativeUnit",
        "Campaign",
        "Certificate",
        "Collection",
        "CollectionImage",
        "CollectionItem",
        "Decision",
        "ExportMarket",
        "News",
        "NewsFile",
        "Packaging",
        "PlanTarget",
        "PointOfSale",
        "Producer",
        "Product",
        "ProductAlias",
        "ProductGroup",
        "ProductImage",
        "ProductMark",
        "Promotion",
        "PromotionImage",
        "PromotionParticipant",
        "PublishedComplaint",
        "RawMaterialArea",
        "SalesChannel",
        "Supply",
        "UnitCentre",
        "UnitShape",
        "UnitSuccession",
        "YearlyFigures",
    }


def test_admin_reads_the_trail(client):
    admin = UserFactory(admin=True)
    client.force_login(admin)
    unit = UnitName.objects.first().unit
    page = client.get(f"/admin/ocop_portal/administrativeunit/{unit.pk}/history/").content.decode()
    assert "nạp đơn vị hành chính" in page
    assert re.search(r"<th scope=\"row\">\d\d:\d\d", page)


@pytest.mark.parametrize(
    "model",
    [
        "ocop_portal/user",
        "ocop_portal/administrativeunit",
        "products/productgroup",
        "products/product",
        "products/certificate",
        "products/decision",
        "producers/producer",
        "reports/plantarget",
        "ratings/council",
        "ratings/councilmember",
        "ratings/advisoryteam",
    ],
)
def test_admin_lists_search_and_never_delete(client, model):
    client.force_login(UserFactory(admin=True))
    CertificateFactory()
    page = client.get(f"/admin/{model}/?q=a")
    assert page.status_code == 200
    assert "delete_selected" not in page.content.decode()
    first = re.search(
        rf'href="(/admin/{model}/\d+/change/)[^"]*"', client.get(f"/admin/{model}/").content.decode()
    )
    if first:
        change = client.get(first[1])
        assert change.status_code == 200
        assert client.post(first[1].replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_admin_makes_an_account_and_the_trail_knows_who(client):
    from ocop_portal.models import User

    client.force_login(UserFactory(username="quantri", admin=True))
    password = "một mật khẩu đủ dài 9"
    data = {
        "username": "moi",
        "role": "province",
        "password1": password,
        "password2": password,
        "usable_password": "true",
    }
    response = client.post("/admin/ocop_portal/user/add/", data)
    assert response.status_code == 302, response.content.decode()[:2000]
    event = User.objects.get(username="moi").events.order_by("pgh_id").first()
    assert event.pgh_context["actor"] == "quantri"
