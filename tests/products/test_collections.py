"""Collections: kept at the desk, public for ever once published, showing only what stands today."""

import io
import re
from datetime import date, timedelta
from functools import partial
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from ocop_portal.images import Photo
from ocop_portal.models import RegisterRevision
from ocop_portal.publishing import free_slug
from products import cards
from products.actions import collections as actions
from products.actions.certificates import revoke_certificate
from products.actions.collections import (
    add_collection_item,
    move_collection_item,
    publish_collection,
    remove_collection_item,
    save_collection,
    save_collection_item,
    set_cover,
    withdraw_collection,
)
from products.collections import shown
from products.desk.collection_urls import urlpatterns as desk
from products.models import Collection, CollectionImage, CollectionItem, ProductImage
from tests.conftest import DAY
from tests.factories import (
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
)
from tests.products.collection_rows import CollectionFactory, collection_of, covered, put
from tests.products.desk import errors, opened, send
from tests.reports.test_structured import graph

pytestmark = pytest.mark.django_db
PHOTO = {"alt": "Hộp trà trên bàn gỗ", "width": 640, "height": 480, "widths": [320, 640]}


def codes(html):
    return re.findall(r'data-code="([^"]+)"', html)


def page(client, collection, language=""):
    return client.get(f"{language}/bo-suu-tap/{collection.slug}/").content.decode()


# --- who may what -----------------------------------------------------------------------------------------

ALLOWED = ("province", "admin")
READERS = ("anonymous", "council", "producer", "signatory", "commune", *ALLOWED)
POSTED = ("collection-item-move", "collection-cover-remove")


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", READERS)
def test_role_by_address(client, who):
    item = put(CollectionFactory(draft=True))
    image = covered(item.collection)
    whole = {"collections": [], "collection-add": []}
    parts = {"muc/": item.pk, "anh-bia/<": image.pk}
    if who == "producer":
        user = UserFactory()
        ProducerFactory().accounts.add(user)
        client.force_login(user)
    elif who != "anonymous":
        client.force_login(UserFactory(**{who: True}))
    answer = 302 if who == "anonymous" else 200 if who in ALLOWED else 403
    for p in desk:
        own = next((pk for part, pk in parts.items() if part in str(p.pattern)), item.collection_id)
        path = reverse(f"desk:{p.name}", args=whole.get(p.name, [own]))
        got = client.get(path).status_code
        assert got == (405 if p.name in POSTED and who != "anonymous" else answer), (who, p.name)
        if who not in ALLOWED:
            assert client.post(path, {"title": "x", "reason": "x", "place": "1"}).status_code in (
                302,
                403,
                405,
            )
    assert (
        Collection.objects.get().is_draft and CollectionItem.objects.get() and CollectionImage.objects.get()
    )


def test_what_is_not_there_answers_404_and_garbage_is_taken(client, tinh):
    client.force_login(tinh)
    for p in desk:
        if "<int:pk>" in str(p.pattern) and p.name not in POSTED:
            assert client.get(reverse(f"desk:{p.name}", args=[999])).status_code == 404, p.name
    assert client.post("/can-bo/bo-suu-tap/muc/999/chuyen/", {"place": "1"}).status_code == 404
    assert client.post("/can-bo/bo-suu-tap/anh-bia/999/bo/").status_code == 302
    item = put(CollectionFactory())
    for path in ("/can-bo/bo-suu-tap/?page=zz&state=zz&q=%00", "/bo-suu-tap/?page=zz"):
        assert client.get(path).status_code == 200
    for query in ("q=%00", "q=***", "product=zz", "product=99999999999", "product=999", "q=a&product=²"):
        path = f"/can-bo/bo-suu-tap/{item.collection_id}/them-san-pham/?{query}"
        assert client.get(path).status_code == 200 and client.post(path).status_code == 200
    for position in ("", "zz", "²", "99999999999"):
        path = f"/can-bo/bo-suu-tap/muc/{item.pk}/chuyen/"
        assert client.post(path, {"place": position}).status_code == 302
    assert client.get("/bo-suu-tap/khong-co/").status_code == 404
    for name in ("x.avif", "00000000-0000-0000-0000-000000000000-320.avif"):
        assert client.get(f"/media/collections/{name}").status_code == 404


# --- from draft to withdrawn ---------------------------------------------------------------------------------


def test_a_draft_is_filled_published_and_withdrawn(client, tinh):
    client.force_login(tinh)
    first, second = (
        CertificateFactory(product__name=name).product for name in ("Chè Shan tuyết", "Miến dong")
    )
    ProductFactory(name="Chè chưa công nhận")
    fields = {"title": "Quà cho người đi xa", "introduction": ""}
    assert send(client, "/can-bo/bo-suu-tap/lap/", **fields).status_code == 302
    item = Collection.objects.get()
    at_desk, public = f"/can-bo/bo-suu-tap/{item.pk}/", "/bo-suu-tap/qua-cho-nguoi-di-xa/"
    assert (item.slug, item.state) == ("qua-cho-nguoi-di-xa", "bản nháp")
    assert client.get(public).status_code == 404
    assert "chưa có sản phẩm nào còn hiệu lực" in errors(send(client, f"{at_desk}dang/"))
    # Found by name without diacritics, and by code.
    found = client.get(f"{at_desk}them-san-pham/", {"q": "che"}).content.decode()
    assert "Chè Shan tuyết" in found and "Miến dong" not in found and "chưa công nhận" not in found
    for product, asked in ((first, "che"), (second, second.code)):
        add = f"{at_desk}them-san-pham/?q={asked}&product={product.pk}"
        assert f"product={product.pk}" in client.get(f"{at_desk}them-san-pham/?q={asked}").content.decode()
        assert "phải điền" in errors(send(client, add, line=" "))
        sent = opened(client, add) | {"line": f"Vì sao chọn {product.name}.", "line_en": "Why."}
        assert client.post(add, sent)["Location"] == client.post(add, sent)["Location"]  # sent twice
    assert "Đã có trong bộ" in client.get(f"{at_desk}them-san-pham/?q=che").content.decode()
    assert "phải có lời giới thiệu" in errors(send(client, f"{at_desk}dang/"))
    assert send(client, f"{at_desk}sua/", introduction="Gọn.\n\n<script>x</script>").status_code == 302
    seen = client.get(f"{at_desk}xem-truoc/").content.decode()
    assert "Bản xem trước" in seen and codes(seen) == [first.code, second.code]
    assert '<html lang="en">' in client.get(f"{at_desk}xem-truoc/?language=en").content.decode()
    assert send(client, f"{at_desk}dang/").status_code == 302
    seen = client.get(public).content.decode()
    assert "&lt;script&gt;" in seen and "Vì sao chọn Miến dong." in seen and "Bản xem trước" not in seen
    assert client.get(f"{at_desk}xem-truoc/")["Location"] == public
    assert "Quà cho người đi xa" in client.get("/bo-suu-tap/").content.decode()
    # A new title leaves the address as it was.
    assert send(client, f"{at_desk}sua/", title="Quà cho người ở xa").status_code == 302
    assert "Quà cho người ở xa" in client.get(public).content.decode()
    assert send(client, f"{at_desk}go/", reason="Hết mùa quà.").status_code == 302
    answer = client.get(public)
    seen = answer.content.decode()
    assert answer.status_code == 200 and "Hết mùa quà." in seen and "noindex" in seen and codes(seen) == []
    assert "Quà cho người ở xa" not in client.get("/bo-suu-tap/").content.decode()
    for step in ("sua/", "go/", "dang/", "them-san-pham/", "anh-bia/"):
        assert "đã gỡ nên không sửa được" in client.get(at_desk + step).content.decode()
    told = unescape(client.get(f"/can-bo/lich-su/bo-suu-tap/{item.pk}/").content.decode())
    for words in (
        "thêm “Chè Shan tuyết” vào bộ sưu tập “Quà cho người ở xa”",
        "đăng bộ sưu tập “Quà cho người đi xa”",
        "gỡ bộ sưu tập “Quà cho người ở xa”",
        "Hết mùa quà.",
    ):
        assert words in told


def test_the_address_follows_the_title_of_a_draft_and_stays_once_published(tinh):
    item = CollectionFactory(draft=True, slug="nhap")
    put(item)
    stale = Collection.objects.get(pk=item.pk)
    item.title = "Trà Shan"
    assert save_collection(collection=item, by=tinh).slug == "tra-shan"
    assert save_collection(collection=item, by=tinh).slug == "tra-shan", "its own address is not taken"
    publish_collection(collection=item, by=tinh)
    stale.title = "Chè Shan"  # opened before it was published
    kept = save_collection(collection=stale, by=tinh)
    assert (kept.slug, kept.is_standing) == ("tra-shan", True)
    address = partial(free_slug, Collection, otherwise="bo-suu-tap")
    assert address("Trà Shan!") == "tra-shan-2" and address("???") == "bo-suu-tap"
    assert address("Đặc sản") == "dac-san" and len(address("dài " * 60)) <= 80


def test_the_database_keeps_addresses_publication_and_withdrawal():
    item, gone = CollectionFactory(), CollectionFactory(withdrawn_on=DAY, withdrawn_reason="Nhầm")
    Collection.objects.filter(pk=CollectionFactory(draft=True).pk).update(slug="nhap-khac")
    for pk, change in (
        (item.pk, {"slug": "khac"}),
        (item.pk, {"published_on": None}),
        (item.pk, {"published_on": DAY}),
        (gone.pk, {"withdrawn_on": None, "withdrawn_reason": ""}),
        (gone.pk, {"title": "Khác"}),
    ):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Collection.objects.filter(pk=pk).update(**change)


def test_actions_refuse_what_makes_no_sense(tinh, monkeypatch):
    standing, gone = CollectionFactory(), CollectionFactory(withdrawn_on=DAY, withdrawn_reason="Nhầm")
    item, left = put(standing), put(gone)
    unknown = ProductFactory()
    monkeypatch.setattr(actions, "MOST_ITEMS", 1)
    product = CertificateFactory().product
    for act, words in (
        (lambda: publish_collection(collection=standing, by=tinh), "đã đăng"),
        (
            lambda: withdraw_collection(collection=CollectionFactory(draft=True), reason="x", by=tinh),
            "không cần gỡ",
        ),
        (lambda: withdraw_collection(collection=standing, reason="  ", by=tinh), "lý do"),
        (
            lambda: add_collection_item(collection=standing, product=unknown, line="x", by=tinh),
            "chưa có giấy",
        ),
        (lambda: add_collection_item(collection=standing, product=product, line="x", by=tinh), "tối đa 1"),
        (lambda: add_collection_item(collection=gone, product=product, line="x", by=tinh), "đã gỡ"),
        (lambda: save_collection(collection=gone, by=tinh), "đã gỡ"),
        (lambda: move_collection_item(item=left, place=1, by=tinh), "đã gỡ"),
        (lambda: remove_collection_item(item=left, by=tinh), "đã gỡ"),
        (lambda: actions.remove_cover(image=covered(gone), by=tinh), "đã gỡ"),
    ):
        with pytest.raises(ValidationError, match=words):
            act()
    remove_collection_item(item=item, by=tinh)
    item.pk = 10**6  # as it was opened before
    with pytest.raises(ValidationError, match="không còn trong bộ"):
        save_collection_item(item=item, line="x", line_en="", place=1, by=tinh)
    monkeypatch.undo()
    put(standing, product)
    with pytest.raises(ValidationError, match="đã có trong bộ sưu tập"):
        add_collection_item(collection=standing, product=product, line="x", by=tinh)


# --- in order ----------------------------------------------------------------------------------------------


def test_products_are_put_in_order_without_a_script(client, tinh):
    client.force_login(tinh)
    collection = CollectionFactory()
    a, b, c, d = (put(collection) for _ in range(4))
    at_desk = f"/can-bo/bo-suu-tap/{collection.pk}/"

    def order():
        rows = list(collection.items.order_by("position"))
        assert codes(page(client, collection)) == [r.product.code for r in rows]
        return [r.pk for r in rows]

    def buttons(item):
        html = client.get(at_desk).content.decode()
        return re.findall(
            r'name="place" value="(\d+)"', html.partition(f'id="muc-{item.pk}"')[2].partition("</tr>")[0]
        )

    assert [buttons(i) for i in (a, b, d)] == [["2"], ["1", "3"], ["3"]]
    move = f"/can-bo/bo-suu-tap/muc/{c.pk}/chuyen/"
    for _ in range(2):  # sent twice, it is there already
        assert client.post(move, {"place": "2"})["Location"] == f"{at_desk}#muc-{c.pk}"
        assert order() == [a.pk, c.pk, b.pk, d.pk]
    edit = f"/can-bo/bo-suu-tap/muc/{a.pk}/sua/"
    first = opened(client, edit)
    assert client.post(edit, first | {"place": "60", "line": "Đứng  cuối."}).status_code == 302
    a.refresh_from_db()
    assert order() == [c.pk, b.pk, d.pk, a.pk] and a.line == "Đứng cuối."
    again = client.post(edit, first | {"token": opened(client, edit)["token"], "line": "Của tôi"})
    assert "người khác thay đổi" in errors(again)
    assert "lớn hơn" in errors(send(client, edit, place="0"))
    assert send(client, f"/can-bo/bo-suu-tap/muc/{b.pk}/bo/").status_code == 302
    assert order() == [c.pk, d.pk, a.pk]
    told = unescape(client.get(f"/can-bo/lich-su/bo-suu-tap/{collection.pk}/").content.decode())
    assert f"bỏ “{b.product}” khỏi bộ sưu tập" in told and "xếp lại bộ sưu tập" in told


# --- what the public sees --------------------------------------------------------------------------------------


def test_what_lapsed_or_was_revoked_is_gone_on_the_next_request(client, tinh, settings):
    """Kept pages too: a reader is never shown a product whose star may not be used."""
    settings.PAGES_MEMORY_MB = 8
    reader = Client()
    stays, lapses, revoked = (
        CertificateFactory(decision=DecisionFactory(signed_on=day))
        for day in (date(2026, 1, 1), date(2023, 9, 1), date(2026, 1, 1))
    )
    collection = collection_of(*(c.product for c in (stays, lapses, revoked)))
    counted = lambda: re.search(r"(\d+) sản phẩm còn hiệu lực", reader.get("/bo-suu-tap/").content.decode())[
        1
    ]
    linked = lambda c: collection.slug in reader.get(c.product.get_absolute_url()).content.decode()
    assert codes(page(reader, collection)) == [c.product.code for c in (stays, lapses, revoked)]
    assert counted() == "3" and linked(revoked) and linked(lapses)
    decision = DecisionFactory(revocation=True, signed_on=DAY - timedelta(days=2))
    reason = {"ground": "misuse", "reason": "Không đạt kiểm nghiệm"}
    revoke_certificate(certificate=revoked, decision=decision, revoked_on=DAY, by=tinh, **reason)
    assert codes(page(reader, collection)) == [c.product.code for c in (stays, lapses)]
    assert counted() == "2" and not linked(revoked)
    settings.TODAY = lapses.valid_to + timedelta(days=1)
    assert codes(page(reader, collection)) == [stays.product.code]
    assert counted() == "1" and not linked(lapses) and linked(stays)
    client.force_login(tinh)
    html = client.get(f"/can-bo/bo-suu-tap/{collection.pk}/").content.decode()
    assert html.count("Không hiện công khai") == 2 and "2 sản phẩm không hiện công khai" in html
    assert "Đã thu hồi từ 15/08/2026" in html and "Hết hiệu lực từ 02/09/2026" in html
    # Nothing stands any more: said kindly, with a way on.
    settings.TODAY = stays.valid_to + timedelta(days=1)
    html = page(reader, collection)
    assert codes(html) == [] and "chưa có sản phẩm nào của bộ sưu tập này còn hiệu lực" in html
    assert "chưa có sản phẩm nào còn hiệu lực" in reader.get("/bo-suu-tap/").content.decode()


def test_a_product_names_its_collections_today_alone(client):
    certificate = CertificateFactory()
    collection = collection_of(certificate.product)
    CollectionItem.objects.create(
        collection=CollectionFactory(draft=True, slug="nhap"),
        product=certificate.product,
        position=1,
        line="x",
    )
    path = certificate.product.get_absolute_url()
    html = client.get(path).content.decode()
    assert f'href="{collection.get_absolute_url()}"' in html and "/bo-suu-tap/nhap/" not in html
    assert collection.get_absolute_url() not in client.get(path, {"as_of": "2025-06-01"}).content.decode()


def test_english_readers_get_what_was_written_for_them(client):
    collection = collection_of(title_en="Gifts from the lake", introduction_en="For those far away.")
    put(collection, line_en="No colouring.")
    put(collection, line="Chỉ có tiếng Việt.")
    html = page(client, collection, "/en")
    assert "<h1>Gifts from the lake</h1>" in html and "For those far away." in html
    assert '<p class="card__note">No colouring.</p>' in html
    assert '<p class="card__note" lang="vi">Chỉ có tiếng Việt.</p>' in html
    assert "Gifts" not in page(client, collection) and "No colouring." not in page(client, collection)
    bare = collection_of(title="Trà Shan", slug="tra-shan")
    assert '<h1 lang="vi">Trà Shan</h1>' in page(client, bare, "/en")


def test_data_for_machines_say_what_the_page_says(client):
    certificates = [CertificateFactory(product__name=name) for name in ("Miến dong", "Chè Shan")]
    collection = collection_of(*(c.product for c in certificates))
    things = graph(page(client, collection))
    told, listed = things["CollectionPage"], things["CollectionPage"]["mainEntity"]
    assert (told["name"], listed["numberOfItems"]) == ("Quà Tết vùng hồ", 2)
    assert [(i["position"], i["name"]) for i in listed["itemListElement"]] == [
        (1, "Miến dong"),
        (2, "Chè Shan"),
    ]
    assert things["BreadcrumbList"]["itemListElement"][-1]["name"] == "Quà Tết vùng hồ"
    (row,) = graph(client.get("/bo-suu-tap/").content.decode())["CollectionPage"]["mainEntity"][
        "itemListElement"
    ]
    assert row["url"].endswith(collection.get_absolute_url())
    html = page(client, collection)
    assert f'<link rel="canonical" href="http://testserver{collection.get_absolute_url()}">' in html
    assert f"http://testserver/anh-chia-se/bo-suu-tap/{collection.slug}.png" in html
    assert collection.get_absolute_url() in client.get("/sitemap-bo-suu-tap-0.xml").getvalue().decode()


def test_the_shared_card_is_drawn_of_what_stands(client, settings):
    certificate = CertificateFactory(product__name="Miến dong")
    collection = collection_of(certificate.product)
    card = cards.collection_card(shown([collection], DAY)[0], DAY)
    assert (card.told, card.names, card.group_code) == ("1 sản phẩm OCOP còn hiệu lực", "Miến dong", "06")
    address = f"/anh-chia-se/bo-suu-tap/{collection.slug}.png"
    answer = client.get(address)
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    late = certificate.valid_to + timedelta(days=1)
    assert cards.collection_card(shown([collection], late)[0], late).names == ""
    assert client.get("/anh-chia-se/bo-suu-tap/khong-co.png").status_code == 404


def test_a_cover_is_seen_by_everybody_once_it_is_published(client, tinh, django_capture_on_commit_callbacks):
    collection = CollectionFactory(draft=True)
    put(collection)
    client.force_login(tinh)
    out = io.BytesIO()
    Image.new("RGB", (200, 150), "#2c7a67").save(out, "JPEG")
    path = f"/can-bo/bo-suu-tap/{collection.pk}/anh-bia/"
    file = SimpleUploadedFile("anh.jpg", out.getvalue())
    assert client.post(path, opened(client, path) | {"photo": file, "alt": "Hộp trà"}).status_code == 302
    address = collection.cover.url(200, "jpeg")
    answer = client.get(address)
    assert answer.status_code == 200 and answer["Cache-Control"] == "private, no-store"
    assert Client().get(address).status_code == 404, "a draft's cover is nobody else's"
    publish_collection(collection=collection, by=tinh)
    assert "immutable" in Client().get(address)["Cache-Control"]
    assert address in page(Client(), collection)
    with django_capture_on_commit_callbacks(execute=True):
        set_cover(collection=collection, photo=Photo(Image.new("RGB", (320, 240))), alt="Ấm chén", by=tinh)
    assert client.get(address).status_code == 404 and collection.covers.get().alt == "Ấm chén"
    image = collection.covers.get()
    told = unescape(client.get(f"/can-bo/lich-su/bo-suu-tap/{collection.pk}/").content.decode())
    assert "chọn ảnh bìa “Ấm chén” cho bộ sưu tập" in told
    withdraw_collection(collection=collection, reason="Nhầm", by=tinh)
    assert Client().get(image.url(320, "jpeg")).status_code == 404
    assert client.post(f"/can-bo/bo-suu-tap/anh-bia/{image.pk}/bo/").status_code == 302
    assert collection.covers.exists(), "what was withdrawn stays as it was"


def test_without_a_cover_a_product_lends_its_photo(client):
    collection = CollectionFactory()
    first, second = put(collection), put(collection)
    assert "collection-picture__sets" in page(client, collection)
    ProductImage.objects.create(product=second.product, **PHOTO)
    (read,) = shown([collection], DAY)
    assert read.picture.alt == PHOTO["alt"] and first.product.images.count() == 0
    cover = covered(collection)
    assert shown([Collection.objects.get(pk=collection.pk)], DAY)[0].picture == cover


def test_what_readers_see_raises_the_revision(tinh):
    def number():
        return RegisterRevision.objects.get().number

    before = number()
    item = put(CollectionFactory())
    save_collection_item(item=item, line="Khác", line_en="", place=1, by=tinh)
    covered(item.collection)
    withdraw_collection(collection=item.collection, reason="Nhầm", by=tinh)
    assert number() >= before + 5


def test_the_first_page_shows_the_latest_that_have_something_to_show(client):
    assert client.get("/").context["collections"] == []
    for n in range(4):
        collection = collection_of(title=f"Bộ số {n}", published_on=date(2026, 8, 1) + timedelta(days=n))
        if n != 2:
            put(collection)
    put(CollectionFactory(title="Bộ nháp", draft=True))
    told = [row.title for row in client.get("/").context["collections"]]
    assert told == ["Bộ số 3", "Bộ số 1"]
