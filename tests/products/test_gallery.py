"""The gallery: photos of what stands today and of events that took place, each leading to its page."""

import io
import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from ocop_portal.images import Photo
from producers.actions.photos import MOST_PHOTOS, add_event_photo, remove_event_photo
from producers.models import PromotionImage
from products.gallery import PER_PAGE
from products.models import ProductGroup, ProductImage
from tests.factories import BANG_PHUC, CertificateFactory, DecisionFactory, ProductFactory, UserFactory, unit
from tests.producers.support_rows import PromotionFactory, PromotionPartFactory

pytestmark = pytest.mark.django_db
GALLERY = "/thu-vien-anh/"
SIZE = {"width": 640, "height": 480, "widths": [320, 640]}


def page(client, path=GALLERY, **params):
    response = client.get(path, params)
    assert response.status_code == 200
    return unescape(response.content.decode())


def total(html):
    return int(html.partition('data-total="')[2].partition('"')[0])


def pictured(alt="Gói miến", signed=date(2025, 1, 15), photos=1, **product):
    made = ProductFactory(**product)
    CertificateFactory(product=made, decision=DecisionFactory(signed_on=signed))
    for n in range(photos):
        ProductImage.objects.create(product=made, alt=f"{alt} {n}", position=n, **SIZE)
    return made


def event_with_photo(alt="Gian hàng", **event):
    made = PromotionFactory(**event)
    PromotionImage.objects.create(promotion=made, alt=alt, **SIZE)
    return made


def shown(html):
    """[(address, alt)] of the photos, in order."""
    wall = html.partition('class="photo-wall')[2].partition("</main>")[0]
    return re.findall(r'<a href="([^"]*)" class="photo-wall__link">.*?alt="([^"]*)"', wall, re.S)


def test_only_what_stands_today_is_shown_newest_first(client):
    old = pictured("Trà", date(2024, 1, 15))
    new = pictured("Mật ong", date(2026, 1, 15), photos=2)
    pictured("Rượu", date(2021, 1, 15))  # ended
    CertificateFactory(  # re-assessed: still one photo, with the stars of the certificate that stands
        product=old, decision=DecisionFactory(signed_on=date(2025, 2, 1)), stars=4, kind="upgrade"
    )
    ProductImage.objects.create(product=ProductFactory(), alt="Chưa công nhận", **SIZE)
    html = page(client)
    assert [alt for _, alt in shown(html)] == ["Mật ong 0", "Mật ong 1", "Trà 0"] and total(html) == 3
    assert [url for url, _ in shown(html)] == [new.get_absolute_url()] * 2 + [old.get_absolute_url()]
    assert "4 sao" in html and "Sản phẩm (3)" in html and "Sự kiện (0)" in html


def test_pictures_come_in_the_formats_made_of_them_and_tell_their_size(client):
    pictured()
    image = ProductImage.objects.get()
    picture = page(client).partition("<picture>")[2].partition("</picture>")[0]
    assert re.findall(r'type="([^"]+)"', picture) == ["image/avif", "image/webp"]
    assert f"{image.url(320, 'avif')} 320w, {image.url(640, 'avif')} 640w" in picture
    assert 'width="640" height="480"' in picture and 'loading="lazy"' not in picture and 'sizes="' in picture
    for n in range(4):
        pictured(f"Rau {n}")
    assert page(client).count('loading="lazy"') == 1  # the first row is seen at once


def test_choices_are_counted_and_narrow(client):
    tea = pictured("Trà", group=ProductGroup.objects.get(code="07"))
    far = pictured("Rau", place=unit(BANG_PHUC))
    event_with_photo("Chợ phiên", place=unit(BANG_PHUC))
    html = page(client)
    assert "Huyện Na Rì (1)" in html and "Huyện Chợ Đồn (1)" in html and f"{tea.group.name} (1)" in html
    for query, alts in (
        ({"group": "07"}, ["Trà 0"]),
        ({"district": "064@2025-06-30"}, ["Rau 0"]),
        ({"group": "07", "district": "064"}, []),
        ({"kind": "event"}, ["Chợ phiên"]),
        ({"kind": "event", "district": "066"}, []),
        ({"kind": "event", "district": "064", "group": "07"}, ["Chợ phiên"]),
        ({"kind": "khác"}, ["Rau 0", "Trà 0"]),
    ):
        html = page(client, **query)
        assert sorted(alt for _, alt in shown(html)) == sorted(alts) and total(html) == len(alts), query
    assert "Không có ảnh nào như vậy" in page(client, group="07", district="064")
    assert "Sự kiện (1)" in page(client, district=far.place.district.reference)


def test_empty_galleries_lead_on(client):
    assert "Chưa có ảnh sản phẩm nào" in page(client) and 'href="/san-pham/"' in page(client)
    assert "Chưa có ảnh sự kiện nào" in page(client, kind="event")
    event_with_photo()
    assert len(shown(page(client))) == 1  # nothing but events: they come at once


def test_events_have_a_page_with_their_photos(client):
    maker = pictured().producer
    fair = event_with_photo(
        summary="Gặp nhà sản xuất.", starts_on=date(2026, 8, 14), ends_on=date(2026, 8, 16)
    )
    off = event_with_photo("Chợ hoãn", starts_on=date(2026, 9, 1), cancelled_reason="Mưa lũ nội bộ")
    gone = event_with_photo("Chợ xưa", starts_on=date(2025, 1, 1), cancelled_reason="Ghi nhầm")
    PromotionPartFactory(promotion=fair, producer=maker)
    PromotionPartFactory(promotion=fair, producer__name="Hộ Chưa Công Nhận")
    assert [url for url, _ in shown(page(client, kind="event"))] == [f"/su-kien/{fair.pk}/"]
    html = page(client, f"/su-kien/{fair.pk}/")
    assert "Gặp nhà sản xuất." in html and ">Gian hàng</figcaption>" in html and "Đang diễn ra" in html
    assert maker.name in html and "Hộ Chưa Công Nhận" not in html
    called_off = page(client, f"/su-kien/{off.pk}/")
    assert "Đã hủy" in called_off and "<picture>" not in called_off and "Mưa lũ" not in called_off
    assert client.get(f"/su-kien/{gone.pk}/").status_code == 404
    assert client.get("/su-kien/" + "9" * 30 + "/").status_code == 404
    assert f'href="/su-kien/{fair.pk}/"' in page(client, "/su-kien/")
    # Their files are not given out either.
    for event in (off, gone):
        assert client.get(event.images.get().fallback_url).status_code == 404


def test_garbage_is_answered(client):
    names = ("kind", "district", "group", "page")
    for value in ("\x00", "x" * 3000, "-1", "31/02/2026", "9" * 25, "((&|", "066@9", "²"):
        assert client.get(GALLERY, dict.fromkeys(names, value)).status_code == 200, value
    for name in names:
        assert client.get(f"{GALLERY}?{name}=%FF").status_code == 200
    assert total(page(client, group="zz")) == 0 and "Không có bộ sản phẩm nào" in page(client, group="zz")


def test_pages_and_queries(client):
    product = pictured(photos=PER_PAGE - 1)

    def count(**params):
        with CaptureQueriesContext(connection) as queries:
            page(client, **params)
        return len(queries)

    event_with_photo()
    before = count(), count(kind="event")
    ProductImage.objects.create(product=product, alt="Trang một", position=90, **SIZE)
    ProductImage.objects.create(product=product, alt="Trang hai", position=99, **SIZE)
    event_with_photo()
    assert (count(), count(kind="event")) == before == (5, 5)
    assert len(shown(page(client))) == PER_PAGE
    assert [alt for _, alt in shown(page(client, page="2"))] == ["Trang hai"]


# --- at the desk --------------------------------------------------------------------------------------------


def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (200, 150), "#2c7a67").save(out, "JPEG")
    return out.getvalue()


def test_photos_are_added_with_words_once_and_taken_away(client, tinh, django_capture_on_commit_callbacks):
    event = PromotionFactory()
    client.force_login(tinh)
    path = reverse("desk:promotion-photos", args=[event.pk])
    token = client.get(path).context["form"]["token"].value()

    def send(alt="Gian hàng miến dong", data=None):
        file = SimpleUploadedFile("anh.jpg", jpeg() if data is None else data)
        return client.post(path, {"token": token, "photo": file, "alt": alt})

    assert "Tệp không phải là ảnh" in send(data=b"MZ").content.decode()
    assert send(alt="").status_code == 200 and not event.images.exists()
    assert send()["Location"] == send()["Location"] == path
    image = event.images.get()
    assert (image.alt, image.width, image.widths) == ("Gian hàng miến dong", 200, [200])
    assert image.events.get().pgh_context["verb"] == "add_photo"
    answer = client.get(image.url(200, "avif"))
    assert answer.status_code == 200 and answer["Content-Type"] == "image/avif"
    assert "immutable" in answer["Cache-Control"] and b"".join(answer.streaming_content)
    assert client.get(image.url(320, "avif")).status_code == 404
    assert 'alt="Gian hàng miến dong"' in client.get(path).content.decode()
    history = unescape(client.get(reverse("desk:history", args=["xuc-tien", event.pk])).content.decode())
    assert "thêm ảnh “Gian hàng miến dong”" in history
    address = image.url(200, "jpeg")
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("desk:promotion-photo-remove", args=[image.pk])).status_code == 302
    assert not event.images.exists() and client.get(address).status_code == 404
    assert client.post(reverse("desk:promotion-photo-remove", args=[image.pk])).status_code == 302


def test_who_may_not_keep_an_event_may_not_change_its_photos(client):
    event = event_with_photo(place=unit(BANG_PHUC))
    image = event.images.get()
    for user, answers in (
        (UserFactory(commune=True), (404, 404)),
        (UserFactory(signatory=True), (403, 403)),
        (UserFactory(commune=True, unit=unit(BANG_PHUC)), (200, 302)),
    ):
        client.force_login(user)
        got = client.get(reverse("desk:promotion-photos", args=[event.pk])).status_code
        assert (
            got,
            client.post(reverse("desk:promotion-photo-remove", args=[image.pk])).status_code,
        ) == answers


def test_an_event_called_off_or_full_takes_no_photo(tinh, monkeypatch):
    photo = Photo(Image.new("RGB", (200, 150)))
    with pytest.raises(Exception, match="đã hủy"):
        add_event_photo(promotion=PromotionFactory(cancelled_reason="Mưa"), photo=photo, alt="x", by=tinh)
    event = PromotionFactory()
    for n in range(MOST_PHOTOS):
        PromotionImage.objects.create(promotion=event, alt="x", position=n, **SIZE)
    with pytest.raises(Exception, match="đã có 12 ảnh"):
        add_event_photo(promotion=event, photo=photo, alt="x", by=tinh)
    remove_event_photo(image=event.images.first(), by=tinh)
    assert add_event_photo(promotion=event, photo=photo, alt="x", by=tinh).position == MOST_PHOTOS
