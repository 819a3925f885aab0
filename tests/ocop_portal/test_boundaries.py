"""A province's own polygons: read strictly, thinned without gaps, stored whole or not at all."""

import itertools
import json
import random
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from ocop_portal.boundaries import reading
from ocop_portal.boundaries.loading import load_boundaries
from ocop_portal.boundaries.reading import BadBoundaries, doubled_area, read_features
from ocop_portal.boundaries.topology import inner_point, simplified
from ocop_portal.geography import centres, geometry_of
from ocop_portal.models import AdministrativeUnit, RegisterRevision, UnitCentre, UnitShape
from tests.factories import CON_MINH, unit

pytestmark = pytest.mark.django_db
BEFORE = date(2025, 6, 30)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "boundaries"


def ring(x=105.5, y=22.0, size=0.1):
    return [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]


def feature(code="058", coordinates=None, kind="Polygon", **properties):
    return {
        "type": "Feature",
        "properties": {"code": code, **properties},
        "geometry": {"type": kind, "coordinates": [ring()] if coordinates is None else coordinates},
    }


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def written(document):
    return document if isinstance(document, bytes) else json.dumps(document).encode()


def districts(**changed):
    """A made-up file with a square for each of the eight districts, one beside the other."""
    units = AdministrativeUnit.objects.in_territory().districts().order_by("code")
    return collection(*(feature(u.code, [ring(105 + n * 0.1)], **changed) for n, u in enumerate(units)))


def load(document, **given):
    return load_boundaries(data=written(document), level="district", **given)


DEEP = b"[" * 100_000
FAULTY = {
    "empty file": (b"", "không phải là JSON: sai ở dòng 1, cột 1"),
    "no JSON": (b'{"type":\n oops}', "không phải là JSON: sai ở dòng 2, cột 2"),
    "cut short": (written(collection(feature()))[:-20], "không phải là JSON"),
    "another encoding": ('{"type":"Huyện"}'.encode("utf-16"), "không viết bằng UTF-8"),
    "endlessly nested": (DEEP, "lồng quá sâu"),
    "NaN": (b'{"type":"FeatureCollection","features":[NaN]}', "NaN, Infinity hoặc số quá dài"),
    "a list": ([], "phải là một đối tượng FeatureCollection"),
    "a feature alone": (feature(), "“type” của tệp là “Feature”"),
    "no type": ({"features": []}, "“type” của tệp là trống"),
    "features no list": ({"type": "FeatureCollection", "features": {}}, "phải là một danh sách"),
    "no features": (collection(), "không có đối tượng nào"),
    "another system": (
        collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:3405"}}),
        "chuyển từ VN-2000",
    ),
    "a feature of another type": (collection({"type": "Topology"}), "Đối tượng 1: không phải là “Feature”"),
    "a feature that is a number": (collection(7), "Đối tượng 1: không phải là “Feature”"),
    "no properties": (
        collection({"type": "Feature", "properties": None, "geometry": None}),
        "không thấy mã đơn vị",
    ),
    "a code in words": (collection(feature("ba")), "mã đơn vị “ba” không gồm đúng 3 chữ số"),
    "a code too long": (collection(feature("01840")), "mã đơn vị “01840”"),
    "a code that is true": (collection(feature(True)), "mã đơn vị “True”"),
    "no geometry": (
        collection({"type": "Feature", "properties": {"code": "058"}, "geometry": None}),
        "Đối tượng 1: mã 058: không có hình",
    ),
    "a point": (collection(feature(coordinates=[105, 22], kind="Point")), "hình là “Point”"),
    "no rings": (collection(feature(coordinates=[])), "trống hoặc không phải là danh sách vòng"),
    "rings no list": (collection(feature(coordinates="x")), "trống hoặc không phải là danh sách vòng"),
    "a polygon of a multipolygon empty": (
        collection(feature(coordinates=[[]], kind="MultiPolygon")),
        "trống hoặc không phải là danh sách vòng",
    ),
    "a ring too short": (collection(feature(coordinates=[ring()[:3]])), "ít hơn 4 điểm"),
    "a ring that is a word": (collection(feature(coordinates=["vòng"])), "ít hơn 4 điểm"),
    "an open ring": (
        collection(feature(coordinates=[ring()[:-1]])),
        "không khép kín: bắt đầu ở [105.5, 22.0]",
    ),
    "a position of one number": (
        collection(feature(coordinates=[[[105.5], *ring()[1:]]])),
        "không phải là [kinh độ, vĩ độ]",
    ),
    "a position in words": (
        collection(feature(coordinates=[[["105", "22"], *ring()[1:]]])),
        "không phải là [kinh độ, vĩ độ]",
    ),
    "a position of truths": (
        collection(feature(coordinates=[[[True, False], *ring()[1:]]])),
        "không phải là [kinh độ, vĩ độ]",
    ),
    "metres": (
        collection(feature(coordinates=[ring(430_000.0, 2_450_000.0, 100)])),
        "ngoài phạm vi kinh độ, vĩ độ; tệp có thể dùng VN-2000",
    ),
    "beyond the world": (written(collection(feature())).replace(b"105.5", b"1e999"), "ngoài phạm vi"),
    "longer than any number": (
        written(collection(feature())).replace(b"105.5", b"1" + b"0" * 400),
        "ngoài phạm vi",
    ),
    "more digits than are read": (
        written(collection(feature())).replace(b"105.5", b"1" * 5000),
        "số quá dài",
    ),
    "half a letter": (collection(feature("\ud800")), "mã đơn vị “?”"),
    "another country": (collection(feature(coordinates=[ring(2.3, 48.8)])), "không ở Việt Nam."),
    "latitude first": (
        collection(feature(coordinates=[[[y, x] for x, y in ring()]])),
        "có lẽ để vĩ độ trước kinh độ",
    ),
    "no area": (
        collection(feature(coordinates=[[[105, 22], [105.1, 22], [105.2, 22], [105, 22]]])),
        "không có diện tích",
    ),
    "the same unit twice": (
        collection(feature("058"), feature("060"), feature(58)),
        "Đối tượng 3: mã 058 đã có ở đối tượng 1",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_file_is_refused_with_the_reason_and_nothing_is_loaded(name):
    document, reason = FAULTY[name]
    with pytest.raises(BadBoundaries) as refused:
        load(document)
    assert reason in str(refused.value)
    assert not UnitShape.objects.exists()


def test_units_must_be_all_there_and_no_other():
    whole = districts()
    unknown = collection(*whole["features"], feature("999"))
    missing = collection(*whole["features"][1:])
    for document, reason in (
        (unknown, "Đối tượng 9: ngày 30/06/2025 địa bàn không có đơn vị nào mang mã 999."),
        (missing, "Thiếu Thành phố Bắc Kạn (mã 058)."),
    ):
        with pytest.raises(BadBoundaries) as refused:
            load(document)
        assert refused.value.faults == [reason]
    assert not UnitShape.objects.exists()


def test_a_fault_at_the_end_leaves_earlier_shapes_as_they_were():
    load(districts())
    before = list(UnitShape.objects.order_by("pk").values())
    moved = districts()
    for n, item in enumerate(moved["features"]):
        item["geometry"]["coordinates"] = [ring(106 + n * 0.1)]
    moved["features"][-1]["geometry"]["coordinates"][0].pop()
    with pytest.raises(BadBoundaries):
        load(moved)
    assert list(UnitShape.objects.order_by("pk").values()) == before


def test_too_much_is_refused(monkeypatch):
    for name, most, reason in (
        ("MAX_BYTES", 100, "Tệp lớn hơn"),
        ("MAX_FEATURES", 7, "Tệp có 8 đối tượng, quá 7"),
        ("MAX_POINTS", 39, "Tệp có hơn 39 điểm"),
    ):
        with monkeypatch.context() as less:
            less.setattr(reading, name, most)
            with pytest.raises(BadBoundaries, match=reason):
                load(districts())
    with pytest.raises(BadBoundaries) as many:
        load(collection(*(feature("ba") for _ in range(70))))
    assert len(many.value.faults) == 51 and many.value.faults[-1] == "… và 20 lỗi khác."


def test_codes_are_found_under_their_usual_names_or_the_one_given():
    square = {"geometry": {"type": "Polygon", "coordinates": [ring()]}, "type": "Feature"}
    for item, wanted in (
        ({"properties": {"MA_XA": "02173"}}, ""),
        ({"properties": {"maXa": 2173}}, ""),
        ({"properties": {"ma": 2173.0}}, ""),
        ({"properties": None, "id": " 02173 "}, ""),
        ({"properties": {"code": "99999", "x": "2173"}}, "x"),
    ):
        (found,) = read_features(written(collection(square | item)), code_property=wanted, digits=5)
        assert found.code == "02173"
    with pytest.raises(BadBoundaries, match="không có thuộc tính “y”; có: code, x"):
        read_features(
            written(collection(square | {"properties": {"code": 1, "x": 2}})), code_property="y", digits=5
        )


def test_rings_are_turned_as_the_standard_has_them_and_heights_are_left_out():
    hole = [[x, y, 350.5] for x, y in ring(105.52, 22.02, 0.02)]
    (found,) = read_features(written(collection(feature(coordinates=[ring()[::-1], hole]))), digits=3)
    outer, inner = found.polygons[0]
    assert doubled_area(outer) > 0 > doubled_area(inner)
    assert inner[0] == inner[-1] and len(inner[0]) == 2


def test_loading_again_replaces_and_the_same_changes_nothing():
    first = load(districts(), source="huyen.geojson")
    assert (first.units, first.new, first.changed, first.day) == (8, 8, 0, BEFORE)
    revision = RegisterRevision.objects.get().number
    assert load(districts()).changed == 0
    moved = districts()
    moved["features"][0]["geometry"]["coordinates"] = [ring(104.9)]
    tried = load(moved, dry_run=True)
    assert (tried.new, tried.changed) == (0, 1)
    shape = UnitShape.objects.get(unit__code="058")
    assert float(shape.longitude) == pytest.approx(105.05) and shape.source == "huyen.geojson"
    assert RegisterRevision.objects.get().number == revision
    assert load(moved).changed == 1
    shape.refresh_from_db()
    assert float(shape.longitude) == pytest.approx(104.95)
    assert RegisterRevision.objects.get().number > revision
    assert shape.events.latest("pgh_id").pgh_context["verb"] == "load_boundaries"


def test_a_reused_code_is_matched_by_its_day():
    old = AdministrativeUnit.objects.in_territory().standing(BEFORE).communes().order_by("code")
    squares = collection(*(feature(u.code, [ring(105 + n * 0.005, size=0.005)]) for n, u in enumerate(old)))
    with pytest.raises(BadBoundaries) as refused:
        load_boundaries(data=written(squares), level="commune")
    assert refused.value.faults[-1] == "Các mã khớp với đơn vị của ngày 30/06/2025: thêm --on 2025-06-30."
    load_boundaries(data=written(squares), level="commune", day=BEFORE)
    then = AdministrativeUnit.objects.bearing("01864", BEFORE)
    assert geometry_of(then)["type"] == "Polygon"
    assert geometry_of(AdministrativeUnit.objects.bearing("01864", date(2026, 1, 1))) is None
    with pytest.raises(BadBoundaries, match="không có đơn vị cấp huyện nào"):
        load(squares, day=date(2026, 1, 1))


def test_the_middle_of_a_unit_is_the_point_entered_else_the_middle_of_its_shape():
    con_minh = unit(CON_MINH)
    assert centres([con_minh.pk]) == {}
    parts = [[ring(106.0, 22.0, 0.1)], [ring(106.5, 22.0, 0.01)]]
    UnitShape.objects.create(
        unit=con_minh,
        geometry={"type": "MultiPolygon", "coordinates": parts},
        longitude="106.05",
        latitude="22.05",
    )
    assert centres()[con_minh.pk] == (106.05, 22.05)
    assert geometry_of(unit(CON_MINH))["coordinates"] == parts
    UnitCentre.objects.create(unit=con_minh, longitude="106.01", latitude="22.02")
    assert centres()[con_minh.pk] == centres([con_minh.pk])[con_minh.pk] == (106.01, 22.02)


# --- arithmetic ---------------------------------------------------------------------------------------------


def edges(shapes):
    return Counter(
        frozenset(pair)
        for polygons in shapes
        for polygon in polygons
        for points in polygon
        for pair in itertools.pairwise(points)
    )


def wavy(start, end, steps=40, height=0.0004):
    """A line of small waves."""
    (x1, y1), (x2, y2) = start, end
    return [
        (
            round(x1 + (x2 - x1) * n / steps + (height if n % 2 else 0) * (0 < n < steps), 4),
            round(y1 + (y2 - y1) * n / steps, 4),
        )
        for n in range(steps + 1)
    ]


def test_thinning_leaves_no_gap_between_neighbours():
    """Two units and one within the first: each border is thinned once, wherever a ring begins and however it runs."""
    border = wavy((105.5, 22.0), (105.5, 22.2))
    west = [(105.3, 22.0), *border, (105.3, 22.2), (105.3, 22.0)]
    east = [border[7], *border[:7][::-1], (105.7, 22.0), (105.7, 22.2), *border[7:][::-1]]
    town = wavy((105.35, 22.05), (105.4, 22.05)) + wavy((105.4, 22.1), (105.35, 22.1)) + [(105.35, 22.05)]
    hole = [*town[30:-1], *town[:31]][::-1]
    shapes = [[[west, hole]], [[east]], [[town]]]
    before = edges(shapes)
    thin = simplified(shapes, 100)
    after = edges(thin)
    assert Counter(after.values())[1] == Counter(before.values())[1] == 6  # what lies outside
    assert set(after.values()) == {1, 2} and sum(after.values()) < sum(before.values()) / 4
    assert all(points[0] == points[-1] for shape in thin for polygon in shape for points in polygon)
    straight = simplified(shapes, 0)  # only points on a straight line go
    assert doubled_area(straight[0][0][0]) == pytest.approx(doubled_area(west))
    # The same outlines in another order, begun elsewhere, are the same.
    again = simplified([[[town]], [[[*east[3:-1], *east[:4]]]], [[hole]], [[west]]], 100)
    assert again[1] == thin[1] and again[0] == thin[2]


@pytest.mark.parametrize("seed", range(8))
def test_a_crooked_mesh_stays_whole(seed):
    """Thirty-six units of crooked borders: whatever is thinned, each border keeps its two sides and the sum its area."""
    rng = random.Random(seed)
    shake = lambda: rng.uniform(-0.02, 0.02)
    corner = {(c, r): (105 + c * 0.1 + shake(), 22 + r * 0.1 + shake()) for c in range(7) for r in range(7)}
    lines = {}

    def line(one, other):
        """The border between two corners, crooked, the same from both sides."""
        if (other, one) in lines:
            return lines[other, one][::-1]
        if (one, other) not in lines:
            (x1, y1), (x2, y2) = corner[one], corner[other]
            inner = [
                (x1 + (x2 - x1) * n / 12 + shake() / 8, y1 + (y2 - y1) * n / 12 + shake() / 8)
                for n in range(1, 12)
            ]
            lines[one, other] = [(round(x, 4), round(y, 4)) for x, y in [(x1, y1), *inner, (x2, y2)]]
        return lines[one, other]

    shapes = []
    for c, r in itertools.product(range(6), range(6)):
        corners = [(c, r), (c + 1, r), (c + 1, r + 1), (c, r + 1), (c, r)]
        points = [p for a, b in itertools.pairwise(corners) for p in line(a, b)[:-1]]
        start = rng.randrange(len(points))
        shapes.append([[[*points[start:], *points[:start], points[start]]]])
    rng.shuffle(shapes)
    for tolerance in (50, 300, 1500):
        thin = simplified(shapes, tolerance)
        counted = Counter(edges(thin).values())
        assert set(counted) == {1, 2} and counted[1] >= 24
        assert sum(edges(thin).values()) < sum(edges(shapes).values())
        # Outer corners stay, so what the units cover together changes by slivers along the outer line alone.
        area = lambda all_of: sum(doubled_area(polygon[0]) for shape in all_of for polygon in shape)
        assert area(thin) == pytest.approx(area(shapes), rel=0.02)
        assert all(doubled_area(polygon[0]) > 0 for shape in thin for polygon in shape)


def test_a_small_unit_is_not_thinned_away_and_no_ring_crosses_itself():
    small = [(105.5, 22.0), (105.5004, 22.0), (105.5004, 22.0004), (105.5, 22.0004), (105.5, 22.0)]
    assert len(simplified([[[small]]], 2000)[0][0][0]) == 5
    # A tongue that reaches through a bay, which thinning of the bay alone would close.
    bay = [(105.0, 22.0), (105.1, 22.0), (105.1, 22.1), (105.05, 22.1), (105.05, 22.02), (105.045, 22.1),
           (105.0, 22.1), (105.0, 22.0)]  # fmt: skip
    for tolerance in (10, 500, 2000):
        (thin,) = simplified([[[bay]]], tolerance)[0]
        assert doubled_area(thin[0]) > 0 and thin[0][0] == thin[0][-1]


def test_the_middle_of_a_bent_unit_lies_inside_it():
    bent = [(105.0, 22.0), (105.3, 22.0), (105.3, 22.02), (105.02, 22.02), (105.02, 22.28), (105.3, 22.28),
            (105.3, 22.3), (105.0, 22.3), (105.0, 22.0)]  # fmt: skip
    x, y = inner_point([[bent]])
    assert 105.0 < x < 105.02 and y == pytest.approx(22.15)
    assert inner_point([[[(105, 22), (105.2, 22), (105.2, 22.2), (105, 22.2), (105, 22)]]]) == pytest.approx(
        (105.1, 22.1)
    )


# --- the command --------------------------------------------------------------------------------------------


def run(*args):
    out = StringIO()
    call_command("load_boundaries", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_tells_what_it_did(tmp_path):
    file = tmp_path / "huyen.geojson"
    file.write_bytes(b"\xef\xbb\xbf" + written(districts()))
    assert "Kiểm tra xong, chưa ghi gì: 8 đơn vị của ngày 30/06/2025, 8 mới" in run(
        file, "--level", "district", "--dry-run"
    )
    assert not UnitShape.objects.exists()
    assert "Đã nạp ranh giới: 8 đơn vị" in run(file, "--level", "district", "--on", "30/6/2025")
    assert UnitShape.objects.filter(source="huyen.geojson").count() == 8


def test_the_command_refuses_in_words(tmp_path):
    file = tmp_path / "xa.geojson"
    file.write_bytes(written(collection(feature("999", [ring()[:-1]]))))
    for args, reason in (
        ((tmp_path / "khong-co.geojson",), "Không đọc được"),
        ((tmp_path,), "Không đọc được"),
        ((file, "--on", "hôm nay"), "không phải là ngày"),
        ((file, "--tolerance", "-1"), "từ 0 đến 2000 mét"),
        ((file, "--tolerance", "nan"), "từ 0 đến 2000 mét"),
        ((file,), "Chưa nạp gì, 1 lỗi:\n  - Đối tượng 1: mã 00999: một vòng không khép kín"),
    ):
        with pytest.raises(CommandError, match=reason):
            run(*args)


@pytest.mark.parametrize(
    ("name", "level", "day", "units"),
    [
        ("districts_pre2025.geojson", "district", None, 8),
        ("communes_pre2025.geojson", "commune", BEFORE, 108),
        ("communes_2025_backan.geojson", "commune", None, 37),
    ],
)
def test_real_outlines_fit(name, level, day, units):
    if not SHARED.exists():
        pytest.skip("the shared data are not here: real outlines cannot be tried")
    data = (SHARED / name).read_bytes()
    done = load_boundaries(data=data, level=level, day=day)
    assert (done.units, done.new) == (units, units) and done.points < done.points_before
    shapes = [
        [[[tuple(p) for p in points] for points in polygon] for polygon in parts]
        for kind, parts in ((s.geometry["type"], s.geometry["coordinates"]) for s in UnitShape.objects.all())
        for parts in [[parts] if kind == "Polygon" else parts]
    ]
    exact = [f.polygons for f in read_features(data, digits=3 if level == "district" else 5)]
    # No border that two units share is left to one of them, and the area is the same.
    before, after = Counter(edges(exact).values()), Counter(edges(shapes).values())
    assert set(after) <= set(before) == {1, 2} and after[1] <= before[1]
    area = lambda all_of: sum(doubled_area(r) for s in all_of for polygon in s for r in polygon)
    assert area(shapes) == pytest.approx(area(exact), rel=0.001)
