"""The map, the gallery and distances in a real browser: for everybody, by keyboard, on the smallest screen."""

from datetime import date

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from ocop_portal.images import Photo
from ocop_portal.models import AdministrativeUnit, UnitCentre, UnitShape
from producers.actions.photos import add_event_photo
from products.actions.products import add_photo
from tests.browser.conftest import DESKTOP, PHONE, SMALLEST, overflows_at, violations
from tests.factories import CON_MINH, CertificateFactory, DecisionFactory, UserFactory, unit
from tests.producers.support_rows import PointFactory, PromotionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tinh(transactional_db):
    return UserFactory(username="tinh", province=True)


@pytest.fixture
def event(tinh):
    """A register with a product and an event, each with a photo, and outlines of the districts."""
    photo = Photo(Image.new("RGB", (320, 240), "#2c7a67"))
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    add_photo(product=certificate.product, photo=photo, alt="Gói miến dong", by=tinh)
    event = PromotionFactory()
    add_event_photo(promotion=event, photo=photo, alt="Gian hàng", by=tinh)
    for n, district in enumerate(AdministrativeUnit.objects.in_territory().districts()):
        x = 105 + n * 0.1
        ring = [[x, 22], [x + 0.1, 22], [x + 0.1, 22.1], [x, 22.1], [x, 22]]
        UnitShape.objects.create(
            unit=district,
            geometry={"type": "Polygon", "coordinates": [ring]},
            longitude=x + 0.05,
            latitude=22.05,
        )
    UnitCentre.objects.create(unit=unit(CON_MINH), longitude=106, latitude=22)
    PointFactory(longitude=106.1, latitude=22)
    return event


def test_every_page_for_everybody(visit, event, tinh):
    page = visit(DESKTOP, user=tinh)
    for path, whole in (
        ("/ban-do/?level=district&by=best", True),  # outlines
        ("/ban-do/?level=old", False),  # tiles: the same template
        ("/thu-vien-anh/", True),
        (f"/su-kien/{event.pk}/", False),
        (f"/diem-ban/?near={unit(CON_MINH).reference}", False),
        (reverse("desk:promotion-photos", args=[event.pk]), True),
    ):
        page.goto(path)
        if whole:
            assert violations(page, PHONE) == []
        else:
            assert overflows_at(page, DESKTOP, PHONE, SMALLEST) == [], path
            page.set_viewport_size({"width": DESKTOP, "height": 900})


def test_the_map_by_keyboard_without_a_script_and_photos_that_move_nothing(visit, event):
    page = visit(PHONE, js=False)
    page.goto("/ban-do/?level=now")
    area = page.get_by_role("link", name="Xã Côn Minh: 1 sản phẩm còn hiệu lực", exact=True)
    before = page.locator(".map-wrap a").evaluate_all(
        "all => all.findIndex(a => a.getAttribute('aria-label').startsWith('Xã Côn Minh:'))"
    )
    page.locator(".map-wrap a").nth(before - 1).focus()
    page.keyboard.press("Tab")
    expect(area).to_be_focused()
    # Its outline is as thick as that of any focus here.
    assert area.locator("rect").first.evaluate("e => getComputedStyle(e).strokeWidth") == "5px"
    page.keyboard.press("Enter")
    expect(page.locator("[data-total]")).to_have_attribute("data-total", "1")
    page.go_back()
    page.get_by_role("link", name="Còn hiệu lực", exact=True).first.click()
    expect(page.locator(".map-table tbody th").first).to_have_text("Xã Côn Minh")
    wall = visit(DESKTOP)
    wall.goto("/thu-vien-anh/")
    image = wall.locator(".photo-wall img").first
    assert image.evaluate("async e => { await e.decode(); return e.currentSrc }").endswith(".avif")
    size = image.bounding_box()
    assert size["width"] / size["height"] == pytest.approx(4 / 3, abs=0.02)
