"""The map of units: its figures are those of the statistics and of the lists behind it, in drawing and table alike."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import AdministrativeUnit, UnitShape
from ocop_portal.schematic import tiles
from ocop_portal.territory import Territory
from products.models import Certificate
from reports.map_drawing import SHADES, Projection, name_lines, shade_of, shades, shape_map
from reports.places import DISTRICT, MEASURES, NOW, OLD, Places
from reports.statistics import STARS, Statistics
from tests.factories import (
    BANG_PHUC,
    CON_MINH,
    VAN_LANG,
    CertificateFactory,
    DecisionFactory,
    ProductFactory,
    unit,
)
from tests.scenes import built_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 8, 15)
DAYS = ("", "2026-03-01", "2024-06-01", "2030-01-01")
MAP = "/ban-do/"


def certify(place, signed, stars=3, **product):
    """A product made in the place, recognised on the day for 36 months."""
    return CertificateFactory(
        product=ProductFactory(place=place, **product),
        decision=DecisionFactory(signed_on=signed),
        stars=stars,
    )


def places():
    con_minh, van_lang, bang_phuc = unit(CON_MINH), unit(VAN_LANG), unit(BANG_PHUC)
    new = con_minh.current
    certify(con_minh, date(2025, 1, 15), 5)
    certify(con_minh, date(2025, 1, 15), 3)
    certify(van_lang, date(2023, 10, 1), 4)  # about to end
    certify(van_lang, date(2022, 1, 15), 3)  # ended
    certify(van_lang, date(2022, 1, 15), 3, listed_only_while_standing=True)  # told by nobody since
    certify(bang_phuc, date(2025, 1, 15), 3)
    certify(new, date(2025, 8, 1), 4)  # in no old commune
    certify(con_minh.district, date(2025, 1, 15), 3)  # known by its district alone
    return con_minh


register = built_once(places)


def page(client, **params):
    response = client.get(MAP, params)
    assert response.status_code == 200
    return unescape(response.content.decode())


def drawn(html):
    """[(address, words, figure)] of the map's areas."""
    svg = html.partition('class="map-wrap"')[2].partition("</svg>")[0]
    return re.findall(r'<a href="([^"]*)" aria-label="([^"]*)".*?class="figure"[^>]*>([^<]*)</text></a>', svg)


def tabled(html):
    """{name: numbers} of the table, sums included."""
    body = html.partition('<table class="data map-table">')[2].partition("</table>")[0]
    found = {}
    for line in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", body, re.S):
        name = re.sub(r"<[^>]+>|chưa có", "", line.partition("</th>")[0]).strip()
        found[name] = [
            int(re.sub(r"<[^>]+>|\.", "", cell))
            for cell in re.findall(r'<td class="num"[^>]*>(.*?)</td>', line)
        ]
    return found


@pytest.mark.parametrize("as_of", DAYS)
def test_sums_are_those_of_the_statistics(register, as_of):
    for level in (DISTRICT, OLD, NOW):
        compare(level, as_of)


def compare(level, as_of):
    places = Places({"level": level, "as_of": as_of})
    figures, total = Statistics(places.day), places.total
    assert [total.stars[n] for n in STARS] == [figures.standing[n] for n in STARS]
    assert total.expiring == figures.in_standing("expiring").total
    assert total.expired == figures.lapsed_not_reassessed
    if level == DISTRICT:
        told = {key: count.total for key, count in figures.by_district.items()}
        assert told == {k: r.products for k, r in places.by_unit.items() if r.products}
    if level == NOW and places.day >= date(2025, 7, 1):
        told = {key: count.total for key, count in figures.by_commune.items()}
        assert told == {k: r.products for k, r in places.by_unit.items() if k and r.products}


def test_today_is_read_from_the_kept_counts_and_agrees_with_the_certificates(register):
    places = Places({"level": OLD})
    with CaptureQueriesContext(connection) as queries:
        kept = sorted(places._cells)
    assert len(queries) == 1 and "products_tally" in queries[0]["sql"]
    places.current = False
    del places.__dict__["_cells"]
    assert sorted(places._cells) == kept and len(kept) == 7


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("level", [DISTRICT, OLD, NOW])
def test_each_area_leads_to_the_list_of_exactly_what_it_counts(client, register, level, measure):
    for as_of in ("", "2024-06-01") if measure == "products" else ("",):
        html = page(client, level=level, by=measure, as_of=as_of)
        areas, table = drawn(html), tabled(html)
        assert len(areas) == {DISTRICT: 8, OLD: 108, NOW: 37}[level]
        for url, words, figure in areas:
            name = words.partition(":")[0]
            if (count := int(figure)) or name == "Xã Bản Thi":
                total = int(client.get(url).content.decode().partition('data-total="')[2].partition('"')[0])
                products, *stars, expiring, expired = table[name]
                told = {
                    "products": products,
                    "stars": stars[0] + stars[1],
                    "best": next((n for n, c in zip(STARS, stars, strict=True) if c), 0),
                    "expiring": expiring,
                    "expired": expired,
                }
                assert count == told[measure], name
                assert total == (stars[STARS.index(count)] if measure == "best" and count else count), name
                assert f" {count} " in f"{words} " or not count


def test_figures_of_the_table_lead_to_their_lists(client, register):
    html = page(client, level=OLD)
    links = re.findall(r'<a href="([^"]*)" aria-label="[^"]*: (\d+)">', html)
    assert len(links) == 9
    for url, count in links:
        listed = client.get(url).content.decode()
        assert f'data-total="{count}"' in listed, url


def test_what_lies_in_no_unit_of_the_level_is_told(client, register):
    table = tabled(page(client, level=OLD))
    assert table["Không thuộc riêng một đơn vị nào ở trên"][0] == 2  # a new commune's, and a district's
    assert table["Xã Côn Minh"] == [2, 1, 0, 1, 0, 0] and table["Cộng"] == [6, 1, 2, 3, 1, 1]
    assert "Không thuộc riêng một đơn vị nào" not in page(client, level=DISTRICT)
    assert tabled(page(client, level=NOW))["Xã Côn Minh"][0] == 3


def test_communes_without_a_product_are_seen_and_named(client, register):
    html = page(client, level=OLD)
    assert "105 trong 108 đơn vị chưa có sản phẩm nào còn hiệu lực" in html
    assert html.count('class="none"') == 105 + 1  # the legend's
    assert html.count('class="hatch"') == 105 + 1
    without = html.partition('id="chua-co"')[2].partition("</section>")[0]
    assert without.count("<li>") == 105 and "Xã Bản Thi" in without and "Xã Côn Minh" not in without
    assert "Xã Bản Thi: chưa có sản phẩm nào còn hiệu lực" in html
    later = page(client, level=OLD, as_of="2026-10-15")
    assert "2 sản phẩm đã hết hạn" in later.partition('id="chua-co"')[2].partition("</section>")[0]
    assert 'class="hatch"' not in page(client, level=OLD, by="expired").partition("map-wrap")[2]


def test_levels_follow_the_day(client, register):
    assert Places({}).level == NOW and Places({"as_of": "2025-06-30"}).level == OLD
    assert list(Places({}).levels.values()) == [
        "Huyện, thành phố trước 1/7/2025",
        "Xã, phường trước 1/7/2025",
        "Xã, phường hiện nay",
    ]
    # A code that means an old commune on the day is pinned for a commune of today.
    places = Places({"level": NOW, "as_of": "2024-06-01"})
    assert all("@2025-07-01" in r.address or "@" not in r.address for r in places.rows)
    assert all(places.territory.named(r.address) == r.unit for r in places.rows)


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("name", "Phường Đức Xuân"),
        ("-products", "Xã Côn Minh"),
        ("-stars_5", "Xã Côn Minh"),
        ("-stars_4", "Xã Văn Lang"),
        ("-expiring", "Xã Văn Lang"),
        ("-expired", "Xã Văn Lang"),
    ],
)
def test_the_table_is_sorted_by_its_headings(register, sort, first):
    rows = Places({"level": OLD, "sort": sort}).rows
    assert rows[0].unit.name == first and len(rows) == 108
    backwards = sort.removeprefix("-") if sort[0] == "-" else f"-{sort}"
    assert Places({"level": OLD, "sort": backwards}).rows[-1].unit.name == first


def test_the_heading_sorted_by_says_so(client, register):
    for sort, state in (("-products", "descending"), ("district", "ascending")):
        html = page(client, level=NOW, sort=sort)
        assert html.count("aria-sort=") == 1 and f'aria-sort="{state}"' in html


def test_choices_are_kept_by_every_address_of_the_page(client, register):
    html = page(client, level=OLD, by="expired", as_of="2026-03-01", sort="-products")
    heads = re.findall(r'<th scope="col"[^>]*><a href="([^"]*)"', html)
    assert len(heads) == 8
    for url in heads:
        asked = parse_qs(urlsplit(url).query)
        assert (asked["level"], asked["by"], asked["as_of"]) == ([OLD], ["expired"], ["2026-03-01"])
    assert all("as_of=2026-03-01" in url for url, _, _ in drawn(html))


def test_garbage_is_answered(client):
    names = ("level", "by", "as_of", "sort", "form")
    for value in ("\x00", "x" * 3000, "-1", "31/02/2026", "9" * 25, "-", "--name", "((", "²"):
        assert client.get(MAP, dict.fromkeys(names, value)).status_code == 200, value
    for name in names:
        assert client.get(f"{MAP}?{name}=%FF").status_code == 200
    assert client.post(MAP).status_code == 405


def test_a_register_without_units_has_an_empty_map(client, monkeypatch):
    monkeypatch.setattr(Territory, "units", {})
    html = page(client)
    assert "Bản đồ sản phẩm OCOP" in html and drawn(html) == []


def test_queries_do_not_grow(client, register):
    def count(**params):
        with CaptureQueriesContext(connection) as queries:
            page(client, **params)
        return len(queries)

    before = [count(level=level) for level in (DISTRICT, OLD, NOW)]
    for n in range(4):
        certify(unit(CON_MINH), date(2025, 2, 1 + n))
    square(unit(CON_MINH), 105.9, 22.1)
    assert [count(level=level) for level in (DISTRICT, OLD, NOW)] == before == [3, 3, 3]


# --- drawing ------------------------------------------------------------------------------------------------


def square(of, x, y, size=0.1):
    """A made-up outline."""
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return UnitShape.objects.create(
        unit=of, geometry=geometry, longitude=x + size / 2, latitude=y + size / 2, source="thử"
    )


def test_every_unit_has_a_tile_of_its_own_and_neighbours_lie_together():
    units = AdministrativeUnit.objects.in_territory()
    for level in (DISTRICT, OLD, NOW):
        placed = tiles(Places({"level": level}).units)
        assert len(set(placed.values())) == len(placed) == {DISTRICT: 8, OLD: 108, NOW: 37}[level]
    # The tiles of a district hang together.
    placed = tiles(Places({"level": OLD}).units)
    for district in units.districts():
        own = {placed[u.pk] for u in units if u.district_id == district.pk and u.pk in placed}
        reached, waiting = set(), [next(iter(own))]
        while waiting:
            x, y = waiting.pop()
            if (x, y) in own - reached:
                reached.add((x, y))
                waiting += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        assert reached == own, district
    # Another province's units are not left out.
    strange = [AdministrativeUnit(pk=-n, code=f"9{n:04d}") for n in range(1, 4)]
    placed = tiles([*Places({"level": DISTRICT}).units, *strange])
    assert len(set(placed.values())) == 11


def test_outlines_take_the_place_of_tiles_once_all_are_there(client, register):
    districts = Places({"level": DISTRICT}).units
    for n, district in enumerate(districts[:-1]):
        square(district, 105 + n * 0.1, 22)
    assert "map--tiles" in page(client, level=DISTRICT)
    square(districts[-1], 105.7, 22)
    html = page(client, level=DISTRICT)
    assert "map--shapes" in html and "Xem sơ đồ ô" in html and 'd="M' in html
    for match in re.findall(r'<a href="([^"]*)" aria-label="([^"]*)"><title>', html):
        assert match[0].startswith("/san-pham/?district=") and "sản phẩm" in match[1]
    tiles_again = page(client, level=DISTRICT, form="tiles")
    assert "map--tiles" in tiles_again and "Xem ranh giới" in tiles_again


def test_neighbours_share_the_points_of_their_border():
    """West and east of one line: drawn, both have the line's points, whatever is rounded."""
    line = [[105.51234, 22.0], [105.53333, 22.04567], [105.5, 22.1]]
    west = {"type": "Polygon", "coordinates": [[[105.4, 22.0], *line, [105.4, 22.1], [105.4, 22.0]]]}
    east = {"type": "Polygon", "coordinates": [[[105.6, 22.0], [105.6, 22.1], *line[::-1], [105.6, 22.0]]]}
    units = [AdministrativeUnit(pk=n, code=f"0000{n}", name=f"Xã {n}") for n in (1, 2)]
    shapes = {1: (west, (105.45, 22.05)), 2: (east, (105.55, 22.05))}
    drawing = shape_map(units, shapes, {1: "4", 2: "0"})

    def corners(path):
        x = y = 0.0
        found = []
        for move, numbers in re.findall(r"([Ml])([^MlzZ]*)", path):
            values = [float(v) for v in numbers.split()]
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = (dx, dy) if move == "M" else (x + dx, y + dy)
                found.append((x, y))
        return set(found)

    first, second = (corners(area.path) for area in drawing.areas)
    assert len(first & second) == 3
    assert [a.figure.words for a in drawing.areas] == ["4", "0"]
    project = Projection([(105.0, 22.0), (106.0, 23.0)])
    # True to scale: a degree of longitude is cos(22.5°) of one of latitude.
    assert project.height / project.width == pytest.approx(1 / 0.92388, rel=0.01)


@pytest.mark.parametrize(
    ("values", "ranges"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1, 0], [(1, 1)]),
        ([1, 2, 5], [(1, 1), (2, 2), (5, 5)]),
        ([1, 1, 1, 1, 2, 3, 4, 5, 9], [(1, 1), (2, 3), (4, 9)]),
        (list(range(1, 13)), [(1, 3), (4, 6), (7, 9), (10, 12)]),
    ],
)
def test_shades_hold_every_figure_once(values, ranges):
    assert shades(values) == ranges and len(ranges) <= SHADES
    for value in values:
        shade = shade_of(value, ranges)
        assert (shade == 0) == (value == 0)
        assert value == 0 or ranges[shade - 1][0] <= value <= ranges[shade - 1][1]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Côn Minh", ["Côn Minh"]),
        ("Thượng Quan", ["Thượng Quan"]),
        ("Nguyễn Thị Minh Khai", ["Nguyễn Thị", "Minh Khai"]),
        ("Phùng Chí Kiên", ["Phùng", "Chí Kiên"]),
    ],
)
def test_long_names_take_two_lines(name, lines):
    assert name_lines(name) == lines


def test_nothing_that_is_not_public_is_counted(client, register):
    assert Certificate.objects.public(DAY).count() == 7
    assert tabled(page(client, level=OLD))["Xã Văn Lang"] == [1, 0, 1, 0, 1, 1]
