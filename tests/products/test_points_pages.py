"""Where to buy, and at which events: for everybody, as of a day, the near ones first."""

from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import AdministrativeUnit
from ocop_portal.territory import Territory
from producers.models import PointOfSale
from products.nearness import ELSEWHERE, by_commune_and_district
from tests.factories import (
    BANG_PHUC,
    CON_MINH,
    VAN_LANG,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    unit,
)
from tests.producers.support_rows import PointFactory, PromotionFactory, PromotionPartFactory, SupplyFactory
from tests.scenes import rotated

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 15)


def page(client, path, **params):
    response = client.get(path, params)
    assert response.status_code == 200
    return unescape(response.content.decode())


def total(html):
    return int(html.partition('data-total="')[2].partition('"')[0])


def certified(**producer):
    """A producer of the public register, with a product that stands."""
    maker = ProducerFactory(**producer)
    CertificateFactory(
        product=ProductFactory(producer=maker), decision=DecisionFactory(signed_on=date(2025, 1, 15))
    )
    return maker


@pytest.fixture
def points():
    return {
        "here": PointFactory(name="Quầy Côn Minh", kind="counter"),
        "next": PointFactory(name="Cửa hàng Văn Lang", place=unit(VAN_LANG), phone="0209 312 3456"),
        "far": PointFactory(name="Trung tâm Bằng Phúc", kind="centre", place=unit(BANG_PHUC)),
    }


@pytest.mark.parametrize(
    ("as_of", "listed"),
    [
        ("2022-02-01", ["Mở sớm"]),
        ("2023-06-30", ["Mở sớm", "Mở muộn"]),
        ("2023-07-01", ["Mở muộn"]),
        ("", ["Mở muộn"]),
        ("2021-12-31", []),
    ],
)
def test_open_points_as_of_a_day(client, as_of, listed):
    PointFactory(name="Mở sớm", closed_on=date(2023, 7, 1))
    PointFactory(name="Mở muộn", opened_on=date(2023, 1, 1))
    html = page(client, "/diem-ban/", as_of=as_of)
    assert [name for name in ("Mở sớm", "Mở muộn") if name in html] == listed
    assert total(html) == len(listed)
    day = date.fromisoformat(as_of) if as_of else DAY
    assert {p.name for p in PointOfSale.objects.open_on(day)} == set(listed)
    assert {p.name for p in PointOfSale.objects.all() if p.is_open_on(day)} == set(listed)


def test_filters_and_their_counts(client, points):
    html = page(client, "/diem-ban/")
    assert total(html) == 3 and "7 giờ 30 – 18 giờ, cả tuần" in html and 'href="tel:02093123456"' in html
    assert "Huyện Na Rì (2)" in html and "Huyện Chợ Đồn (1)" in html and "Cửa hàng OCOP (1)" in html
    for query, found in (
        ({"q": "con minh"}, ["here"]),
        ({"kind": "centre"}, ["far"]),
        ({"district": "066@2025-06-30"}, ["here", "next"]),
        ({"commune": unit(BANG_PHUC).reference}, ["far"]),
        ({"commune": unit(VAN_LANG).current.code, "kind": "shop"}, ["next"]),
        ({"kind": "stop"}, []),
    ):
        html = page(client, "/diem-ban/", **query)
        assert {k for k, p in points.items() if p.name in html} == set(found), query
        assert total(html) == len(found)
    # The choice of one filter is left out of its own counts.
    assert "Huyện Chợ Đồn (1)" in page(client, "/diem-ban/", district="066@2025-06-30")
    assert "Huyện Chợ Đồn (0)" in page(client, "/diem-ban/", kind="shop")


def test_the_near_ones_first_and_said_in_words(client, points):
    html = page(client, "/diem-ban/", near=unit(CON_MINH).reference)
    at = [html.index(points[name].name) for name in ("here", "next", "far")]
    assert at == sorted(at)
    order = [html.index(f">{words}</h2>") for words in ("Ở xã Côn Minh", "Cùng huyện Na Rì cũ", ELSEWHERE)]
    assert order == sorted(order)
    assert "chưa tính ki-lô-mét" in html and "chưa có điểm bán nào" not in html
    alone = page(client, "/diem-ban/", near=unit(CON_MINH).reference, kind="shop")
    assert "Ở xã Côn Minh chưa có điểm bán nào." in alone
    assert "và trong huyện chưa có" in page(
        client, "/diem-ban/", near=unit(CON_MINH).reference, kind="centre"
    )
    assert "Huyện Na Rì cũ" in page(client, "/diem-ban/")
    assert ">Cùng huyện Na Rì</h2>" in page(
        client, "/diem-ban/", near=unit(CON_MINH).reference, as_of="2024-01-01"
    )


def test_nearness_knows_what_merged_into_a_commune_of_today():
    old = unit(CON_MINH)
    now = AdministrativeUnit.objects.get(pk=old.current_id)
    rank = by_commune_and_district(Territory(DAY), now)
    assert rank(old.pk)[0] == rank(now.pk)[0] == 0
    assert rank(unit(VAN_LANG).pk)[0] == 1 and rank(unit(BANG_PHUC).pk) == (2, ELSEWHERE)


def test_a_point_tells_whose_products_stand(client, points):
    maker = certified(name="HTX Có Sao")
    lapsed = ProducerFactory(name="HTX Hết Hạn")
    CertificateFactory(
        product=ProductFactory(producer=lapsed, name="Trà hết hạn"),
        decision=DecisionFactory(signed_on=date(2021, 1, 15)),
    )
    never = ProducerFactory(name="Hộ Chưa Công Nhận", household=True)
    for producer in (maker, lapsed, never):
        SupplyFactory(point=points["here"], producer=producer)
    html = page(client, points["here"].get_absolute_url())
    assert maker.products.get().name in html and maker.products.get().get_absolute_url() in html
    assert lapsed.name in html and "Trà hết hạn" not in html
    assert "Không có sản phẩm nào được dùng sao" in html
    assert never.name not in html and never.name not in page(client, "/diem-ban/")
    before = page(client, points["here"].get_absolute_url(), as_of="2022-06-01")
    assert "Trà hết hạn" in before and maker.name not in before


def test_a_closed_point_still_answers_and_says_so(client):
    point = PointFactory(closed_on=date(2026, 8, 1))
    assert "Đã đóng cửa" in page(client, point.get_absolute_url())
    assert "Đã đóng cửa" not in page(client, point.get_absolute_url(), as_of="2026-07-31")
    assert "Chưa mở cửa" in page(client, point.get_absolute_url(), as_of="2020-01-01")
    assert "không đọc được" in page(client, point.get_absolute_url(), as_of="hôm qua")
    assert (
        client.get("/diem-ban/0/").status_code == client.get("/diem-ban/" + "9" * 30 + "/").status_code == 404
    )


def test_product_and_producer_tell_where_to_buy(client):
    maker = certified()
    product = maker.products.get()
    point = SupplyFactory(producer=maker).point
    closed = SupplyFactory(producer=maker, point__closed_on=date(2026, 8, 1)).point
    for path in (product.get_absolute_url(), f"/chu-the/{maker.pk}/"):
        html = page(client, path)
        assert "Mua ở đâu" in html and point.name in html and closed.name not in html
    assert closed.name in page(client, product.get_absolute_url(), as_of="2026-07-31")
    other = certified()
    assert "Mua ở đâu" not in page(client, f"/chu-the/{other.pk}/")


def test_events_come_past_and_called_off(client):
    maker = certified(name="HTX Có Sao")
    fair = PromotionFactory(name="Hội chợ đang mở", starts_on=date(2026, 8, 14), ends_on=DAY)
    coming = PromotionFactory(name="Hội chợ sắp tới", starts_on=date(2026, 9, 1))
    past = PromotionFactory(name="Hội chợ đã qua", starts_on=date(2025, 5, 1), kind="festival")
    off = PromotionFactory(
        name="Chợ phiên hoãn", starts_on=date(2026, 10, 1), cancelled_reason="Mưa lũ nội bộ"
    )
    PromotionFactory(name="Chợ phiên xưa", starts_on=date(2025, 1, 1), cancelled_reason="Ghi nhầm")
    PromotionPartFactory(promotion=fair, producer=maker, sales=1234)
    PromotionPartFactory(promotion=fair, producer__name="Hộ Chưa Công Nhận")
    html = page(client, "/su-kien/")
    order = [html.index(e.name) for e in (fair, coming, off, past)]
    assert order == sorted(order) and total(html) == 4
    assert "Đang diễn ra" in html and "Đã hủy" in html and "Đã diễn ra (1)" in html
    assert maker.name in html and "1 chủ thể trong sổ bộ" in html
    for secret in ("Chợ phiên xưa", "Mưa lũ nội bộ", "1.234", "1234", "Hộ Chưa Công Nhận"):
        assert secret not in html
    assert (
        total(page(client, "/su-kien/", year="2025"))
        == total(page(client, "/su-kien/", kind="festival"))
        == 1
    )
    assert "Không có sự kiện nào" in page(client, "/su-kien/", q="khong co")


@pytest.mark.parametrize("path", ["/diem-ban/", "/su-kien/"])
def test_garbage_is_answered_and_pages_are_only_read(client, points, path):
    names = ("q", "kind", "year", "district", "commune", "near", "as_of", "page")
    values = ("\x00", "x" * 3000, "-1", "31/02/2026", "9" * 25, "((&|", "066@9", "²")
    alone = [{name: value} for name in names for value in ("\x00", "-1", "9" * 25)]
    for query in [*alone, *rotated(names, values)]:
        assert client.get(path, query).status_code == 200, query
    assert client.get(f"{path}?{'&'.join(f'{name}=%FF' for name in names)}").status_code == 200
    assert total(page(client, path, kind="zzz")) == 0
    assert client.post(path).status_code == 405


def test_queries_do_not_grow(client):
    maker = certified()
    point = SupplyFactory(producer=maker).point
    PromotionPartFactory(producer=maker)

    def counts():
        counted = []
        for path in (
            "/diem-ban/",
            point.get_absolute_url(),
            "/su-kien/",
            f"/diem-ban/?near={unit(CON_MINH).reference}",
        ):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counted.append(len(queries))
        return counted

    before = counts()
    for n in range(5):
        SupplyFactory(producer=certified(), point__place=unit(BANG_PHUC))
        SupplyFactory(producer=certified(), point=point)
        PromotionPartFactory(producer=maker, promotion__starts_on=date(2026, 8, 10 + n))
    assert counts() == before == [3, 3, 5, 4]


def test_the_foot_of_every_page_leads_there(client):
    html = page(client, "/")
    assert 'href="/diem-ban/"' in html and 'href="/su-kien/"' in html
    nav = page(client, "/diem-ban/").partition("main-nav")[2].partition("</ul>")[0]
    assert "aria-current" not in nav
