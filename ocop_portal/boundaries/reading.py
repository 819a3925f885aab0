"""Read a GeoJSON file (RFC 7946) of units. Nothing is guessed: every fault is named with its feature and its reason.

Pure: no database. Coordinates are brought to a grid of about ten metres, on which neighbours that were digitised
with a hand's breadth between them meet again.
"""

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ocop_portal.geography import Point, in_viet_nam

Ring = list[Point]
"""Closed: the last point is the first."""
Polygon = list[Ring]
"""The outer ring, then its holes."""

MAX_BYTES = 50 * 2**20
MAX_FEATURES = 2_000
MAX_POINTS = 500_000
MOST_FAULTS = 50
FARTHEST = 10**9
DIGITS = 4
"""Decimals of a degree that are kept: about ten metres."""
CODE_NAMES = ("code", "ma", "ma_xa", "maxa", "ma_huyen", "mahuyen", "ma_dvhc", "madvhc")
"""Properties that may hold a unit's code, whatever their case, where none is named."""
CRS84 = (
    "urn:ogc:def:crs:OGC:1.3:CRS84",
    "urn:ogc:def:crs:OGC::CRS84",
    "EPSG:4326",
    "urn:ogc:def:crs:EPSG::4326",
)


class BadBoundaries(ValueError):
    """The file is not loaded; `faults` says why, a sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Feature:
    """A feature as read: its number in the file (from 1), the code of its unit, its polygons and how many points."""

    number: int
    code: str
    polygons: list[Polygon]
    points: int


class _Fault(Exception):
    """What is wrong with one feature."""


def read_features(data: bytes, *, code_property: str = "", digits: int) -> list[Feature]:
    """The features of the file. Codes written as numbers get their zeros back, up to `digits`.

    Raises BadBoundaries with every fault found, `MOST_FAULTS` at most.
    """
    items = _collection(_document(data))
    found: list[Feature] = []
    faults: list[str] = []
    first: dict[str, int] = {}
    total = 0
    for number, item in enumerate(items, 1):
        try:
            feature = _feature(number, item, code_property, digits)
            if (earlier := first.setdefault(feature.code, number)) != number:
                raise _Fault(f"mã {feature.code} đã có ở đối tượng {earlier}.")
        except _Fault as fault:
            faults.append(f"Đối tượng {number}: {fault}")
            continue
        total += feature.points
        if total > MAX_POINTS:
            raise BadBoundaries(
                [f"Tệp có hơn {MAX_POINTS:,} điểm. Hãy giản lược ranh giới trước.".replace(",", ".")]
            )
        found.append(feature)
    if faults:
        raise BadBoundaries(_few(faults))
    return found


def _few(faults: list[str]) -> list[str]:
    more = len(faults) - MOST_FAULTS
    return [*faults[:MOST_FAULTS], *([f"… và {more} lỗi khác."] if more > 0 else [])]


def _document(data: bytes) -> Any:
    if len(data) > MAX_BYTES:
        raise BadBoundaries([f"Tệp lớn hơn {MAX_BYTES // 2**20} MB."])

    def constant(name: str) -> Any:
        raise ValueError(name)

    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=constant)
    except UnicodeDecodeError as error:
        raise BadBoundaries(["Tệp không viết bằng UTF-8."]) from error
    except RecursionError as error:
        raise BadBoundaries(["Tệp lồng quá sâu, không phải là GeoJSON."]) from error
    except json.JSONDecodeError as error:
        raise BadBoundaries(
            [f"Tệp không phải là JSON: sai ở dòng {error.lineno}, cột {error.colno}."]
        ) from error
    except ValueError as error:  # a number with thousands of digits
        raise BadBoundaries(
            ["Tệp có giá trị không phải là số của JSON: NaN, Infinity hoặc số quá dài."]
        ) from error


def _collection(document: Any) -> list[Any]:
    if not isinstance(document, dict):
        raise BadBoundaries(["Tệp không phải là GeoJSON: phải là một đối tượng FeatureCollection."])
    if document.get("type") != "FeatureCollection":
        raise BadBoundaries(
            [f"“type” của tệp là {_said(document.get('type'))}, phải là “FeatureCollection”."]
        )
    if (crs := document.get("crs")) is not None and _crs_name(crs) not in CRS84:
        raise BadBoundaries([
            "Tệp dùng hệ tọa độ khác WGS 84. Hãy chuyển từ VN-2000 sang kinh độ, vĩ độ WGS 84 rồi nạp lại."
        ])  # fmt: skip
    items = document.get("features")
    if not isinstance(items, list):
        raise BadBoundaries(["“features” của tệp phải là một danh sách."])
    if not items:
        raise BadBoundaries(["Tệp không có đối tượng nào."])
    if len(items) > MAX_FEATURES:
        raise BadBoundaries([f"Tệp có {len(items)} đối tượng, quá {MAX_FEATURES}."])
    return items


def _crs_name(crs: Any) -> Any:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return properties.get("name") if isinstance(properties, dict) else None


def _said(value: Any) -> str:
    """What stands in the file, in a sentence."""
    return "trống" if value is None else f"“{_printable(str(value)[:40])}”"


def _printable(text: str) -> str:
    """Without what no terminal can show: halves of letters, control characters."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _feature(number: int, item: Any, code_property: str, digits: int) -> Feature:
    if not isinstance(item, dict) or item.get("type") != "Feature":
        raise _Fault("không phải là “Feature”.")
    code = _code(item, code_property, digits)
    try:
        polygons, points = _polygons(item.get("geometry"))
    except _Fault as fault:
        raise _Fault(f"mã {code}: {fault}") from None
    return Feature(number, code, polygons, points)


def _code(item: dict[str, Any], wanted: str, digits: int) -> str:
    properties = item.get("properties")
    if not isinstance(properties, dict):
        properties = {}
    if wanted:
        if wanted not in properties:
            raise _Fault(
                f"không có thuộc tính “{wanted}”; có: {', '.join(properties)[:200] or 'không thuộc tính nào'}."
            )
        value = properties[wanted]
    else:
        named = {str(name).lower(): value for name, value in properties.items()}
        value = next((named[name] for name in CODE_NAMES if name in named), item.get("id"))
        if value is None:
            raise _Fault("không thấy mã đơn vị; hãy nêu tên thuộc tính bằng --code-property.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value.strip() if isinstance(value, str) else str(value) if type(value) is int else ""
    if not (text.isascii() and text.isdigit() and len(text) <= digits):
        raise _Fault(f"mã đơn vị {_said(value)} không gồm đúng {digits} chữ số.")
    return text.zfill(digits)


def _names(properties: dict[str, Any]) -> str:
    return _printable(", ".join(properties)[:200]) or "không thuộc tính nào"


def _polygons(geometry: Any) -> tuple[list[Polygon], int]:
    if not isinstance(geometry, dict):
        raise _Fault("không có hình (geometry).")
    kind, given = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise _Fault(f"hình là {_said(kind)}, phải là Polygon hoặc MultiPolygon.")
    parts = [given] if kind == "Polygon" else given
    if not isinstance(parts, list) or not parts or not all(isinstance(p, list) and p for p in parts):
        raise _Fault("“coordinates” trống hoặc không phải là danh sách vòng.")
    polygons, points = [], 0
    for part in parts:
        rings = []
        for n, ring in enumerate(part):
            rings.append(_ring(ring, hole=n > 0))
            points += len(ring)
        if rings[0] is None:
            raise _Fault("vòng ngoài không có diện tích.")
        polygons.append([ring for ring in rings if ring])
    return polygons, points


def _ring(given: Any, *, hole: bool) -> Ring | None:
    """The ring on the grid, turned as RFC 7946 has it (outer rings anticlockwise). None where no area is left."""
    if not isinstance(given, list) or len(given) < 4:
        raise _Fault("một vòng có ít hơn 4 điểm.")
    exact = [_point(position) for position in given]
    if exact[0] != exact[-1]:
        raise _Fault(f"một vòng không khép kín: bắt đầu ở {list(exact[0])}, kết thúc ở {list(exact[-1])}.")
    ring = [(round(x, DIGITS), round(y, DIGITS)) for x, y in exact]
    ring = [p for n, p in enumerate(ring) if n == 0 or p != ring[n - 1]]
    area = doubled_area(ring)
    if len(ring) < 4 or area == 0:
        return None
    return ring if (area > 0) != hole else ring[::-1]


def _point(position: Any) -> Point:
    if (
        not isinstance(position, list)
        or len(position) < 2
        or not all(type(v) in (int, float) for v in position)
    ):
        raise _Fault(f"{_said(position)} không phải là [kinh độ, vĩ độ].")
    # Compared before they are made floats: a whole number of JSON may be longer than any float.
    if not all(abs(value) <= FARTHEST for value in position[:2]):
        raise _Fault("có tọa độ ngoài phạm vi kinh độ, vĩ độ.")
    x, y = float(position[0]), float(position[1])
    if in_viet_nam(y, x):
        raise _Fault(f"tọa độ {position[:2]} có lẽ để vĩ độ trước kinh độ; GeoJSON ghi kinh độ trước.")
    if abs(x) > 180 or abs(y) > 90:
        raise _Fault(f"tọa độ {position[:2]} ngoài phạm vi kinh độ, vĩ độ; tệp có thể dùng VN-2000 (mét).")
    if not in_viet_nam(x, y):
        raise _Fault(f"tọa độ {position[:2]} không ở Việt Nam.")
    return x, y


def doubled_area(ring: Ring) -> float:
    """Twice the area in square degrees; positive for an anticlockwise ring."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
