"""How far a point of sale lies from a commune: the arithmetic, the words, and what the page makes of them."""

from html import unescape

import pytest
from django.urls import reverse

from ocop_portal.geography import distance_km, parse_point, told_distance, told_point
from ocop_portal.models import UnitCentre, UnitShape
from tests.factories import BANG_PHUC, CON_MINH, VAN_LANG, unit
from tests.producers.support_rows import PointFactory

pytestmark = pytest.mark.django_db
HANOI, SAIGON = (105.8342, 21.0278), (106.6297, 10.8231)


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (HANOI, HANOI, 0),
        (HANOI, SAIGON, 1137.6),
        ((105, 22), (105, 23), 111.195),  # a degree of latitude, anywhere
        ((105, 0), (106, 0), 111.195),
        ((105, 60), (106, 60), 55.6),
        ((179.5, 10), (-179.5, 10), 109.5),  # across the date line
        ((0, 90), (120, 90), 0),
        ((0, 0), (180, 0), 20015.1),
    ],
)
def test_great_circles(one, other, km):
    assert distance_km(one, other) == pytest.approx(km, abs=0.5)
    assert distance_km(one, other) == pytest.approx(distance_km(other, one))


@pytest.mark.parametrize(
    ("km", "words"),
    [
        (0, "dưới 1 km đường chim bay"),
        (0.99, "dưới 1 km đường chim bay"),
        (1, "khoảng 1 km đường chim bay"),
        (11.5, "khoảng 12 km đường chim bay"),
        (19.4, "khoảng 19 km đường chim bay"),
        (21, "khoảng 20 km đường chim bay"),
        (22.6, "khoảng 25 km đường chim bay"),
        (143, "khoảng 145 km đường chim bay"),
    ],
)
def test_distances_are_told_no_closer_than_they_are_known(km, words):
    assert told_distance(km) == words
    assert km < 1 or told_distance(km, to_centre=True) == f"{words}, tính đến trung tâm xã"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("22.1469, 105.8348", "22.1469, 105.8348"),
        (" 22.1469,105.8348 ", "22.1469, 105.8348"),
        ("22,1469; 105,8348", "22.1469, 105.8348"),
        ("22,1469, 105,8348", "22.1469, 105.8348"),
        ("22.1469 105.8348", "22.1469, 105.8348"),
        ("105.8348, 22.1469", "22.1469, 105.8348"),
        ("22.1469°, 105.8348°", "22.1469, 105.8348"),
        ("22.146912345, 105.834812345", "22.14691, 105.83481"),
        ("22, 105", "22, 105"),
        ("8.6, 111.9", "8.6, 111.9"),  # Trường Sa
        ("48.85, 2.35", None),
        ("22.1469", None),
        ("22.1, 105.8, 3", None),
        ("-22.1, 105.8", None),
        ("vĩ độ, kinh độ", None),
        ("1e1, 105", None),
        ("٢٢, 105", None),
        ("", None),
    ],
)
def test_points_are_read_as_people_write_them(text, told):
    point = parse_point(text)
    assert (told_point(*point) if point else None) == told


def page(client, **params):
    response = client.get("/diem-ban/", params)
    assert response.status_code == 200
    return unescape(response.content.decode())


def centre(code, longitude, latitude):
    UnitCentre.objects.create(unit=unit(code), longitude=longitude, latitude=latitude)


@pytest.fixture
def points():
    """From Côn Minh (106.0, 22.1): one there, one by its own coordinates, one by its commune's centre, one unknown."""
    centre(CON_MINH, "106", "22.1")
    centre(BANG_PHUC, "105.7", "22.25")
    return {
        "here": PointFactory(name="Quầy Côn Minh"),
        "close": PointFactory(
            name="Cửa hàng Bằng Phúc", place=unit(BANG_PHUC), longitude="106.05", latitude="22.12"
        ),
        "far": PointFactory(name="Trung tâm Bằng Phúc", place=unit(BANG_PHUC)),
        "unknown": PointFactory(name="Quầy Văn Lang", place=unit(VAN_LANG)),
    }


def test_points_stand_by_distance_and_it_is_told(client, points):
    html = page(client, near=unit(CON_MINH).reference)
    order = [html.index(f">{points[name].name}</a>") for name in ("here", "close", "far", "unknown")]
    assert order == sorted(order)
    headings = ["Ở xã Côn Minh", "Dưới 10 km", "Từ 20 đến 40 km", "Chưa rõ khoảng cách"]
    at = [html.index(f">{words}</h2>") for words in headings]
    assert at == sorted(at)
    assert "Khoảng 6 km đường chim bay</span>" in html
    assert "Khoảng 35 km đường chim bay, tính đến trung tâm xã</span>" in html
    assert html.count("đường chim bay</span>") + html.count("trung tâm xã</span>") == 2
    assert "Xếp theo khoảng cách đường chim bay từ trung tâm xã Côn Minh" in html
    assert "chưa tính ki-lô-mét" not in html
    only = page(client, near=unit(CON_MINH).reference, q="bang phuc")
    assert "Ở xã Côn Minh chưa có điểm bán nào. Xếp theo khoảng cách" in only


def test_a_commune_of_today_is_measured_from_its_own_centre_or_shape(client, points):
    now = unit(CON_MINH).current
    assert "chưa tính ki-lô-mét" in page(client, near=now.code)
    ring = [[105.9, 22.0], [106.1, 22.0], [106.1, 22.2], [105.9, 22.0]]
    UnitShape.objects.create(
        unit=now, geometry={"type": "Polygon", "coordinates": [ring]}, longitude="106", latitude="22.1"
    )
    assert "Khoảng 6 km đường chim bay</span>" in page(client, near=now.code)
    # A commune that ended and has no centre of its own is measured from what it became.
    UnitCentre.objects.all().delete()
    assert "Khoảng 6 km đường chim bay</span>" in page(client, near=unit(CON_MINH).reference)


def test_without_coordinates_the_units_tell(client):
    PointFactory(name="Quầy Côn Minh")
    centre(BANG_PHUC, "105.7", "22.25")
    html = page(client, near=unit(CON_MINH).reference)
    assert "chưa tính ki-lô-mét" in html and "chim bay" not in html
    assert "chim bay" not in page(client)


def test_the_desk_enters_coordinates_as_telephones_copy_them(client, tinh):
    point = PointFactory()
    client.force_login(tinh)
    path = reverse("desk:point-of-sale-edit", args=[point.pk])

    def send(position):
        form = client.get(path).context["form"]
        data = {name: form[name].value() if form[name].value() is not None else "" for name in form.fields}
        data["opened_on"] = "1/1/2022"
        return client.post(path, data | {"position": position})

    refused = send("48.85, 2.35").content.decode()
    assert "không phải là tọa độ ở Việt Nam" in refused
    assert send("105.9, 22.1").status_code == 302
    point.refresh_from_db()
    assert point.told_position == "22.1, 105.9"
    assert 'value="22.1, 105.9"' in client.get(path).content.decode()
    public = client.get(point.get_absolute_url()).content.decode()
    assert 'href="geo:22.1,105.9"' in public
    assert send("").status_code == 302
    point.refresh_from_db()
    assert point.longitude is None and point.told_position == ""


def test_an_admin_enters_the_centre_of_a_unit(client, admin_account):
    client.force_login(admin_account)
    commune, path = unit(CON_MINH), reverse("admin:ocop_portal_unitcentre_add")
    given = {"unit": commune.pk, "note": "trụ sở UBND xã"}
    assert "không phải là tọa độ" in client.post(path, given | {"position": "xa"}).content.decode()
    assert client.post(path, given | {"position": ""}).status_code == 200 and not UnitCentre.objects.exists()
    assert client.post(path, given | {"position": "22.1, 106"}).status_code == 302
    kept = UnitCentre.objects.get()
    assert (kept.unit, float(kept.longitude), float(kept.latitude)) == (commune, 106, 22.1)
    change = reverse("admin:ocop_portal_unitcentre_change", args=[kept.pk])
    assert 'value="22.1, 106"' in client.get(change).content.decode()
    assert client.post(path, given | {"position": "22.2, 106"}).status_code == 200  # one of each unit
