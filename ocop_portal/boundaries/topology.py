"""Simplify polygons so that neighbours still touch: what two units share is cut and thinned once, for both.

Rings are cut where three lines meet, and each piece (an arc) is thinned by Douglas and Peucker's rule; an arc that two
rings share is one arc. A library (shapely, topojson) would bring GEOS for what is a page of arithmetic. Pure.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ocop_portal.boundaries.reading import Polygon, Ring, doubled_area
from ocop_portal.geography import Point

Arc = tuple[Point, ...]
METRES_PER_DEGREE = 111_195.0
"""Of latitude, on the mean sphere."""


def simplified(shapes: Sequence[list[Polygon]], tolerance: float) -> list[list[Polygon]]:
    """The polygons of each shape without the points that lie within `tolerance` metres of the line without them.

    Shared borders stay shared. A ring that thinning would fold over itself, or leave without area, keeps its points.
    """
    rings = [ring for shape in shapes for polygon in shape for ring in polygon]
    stretch = _stretch(rings)
    meets = _meeting_points(rings)
    cut = {id(ring): _arcs(ring, meets) for ring in rings}
    thin: dict[Arc, Arc] = {}
    for arcs in cut.values():
        for arc, _ in arcs:
            if arc not in thin:
                thin[arc] = _thinned(arc, tolerance, stretch)
    # Whole arcs come back for rings that went wrong; that changes their neighbours, so it is looked at again.
    while wrong := [
        a for arcs in cut.values() if not _sound(_joined(arcs, thin)) for a, _ in arcs if thin[a] != a
    ]:
        thin.update((arc, arc) for arc in wrong)
    return [
        [[_turned(_joined(cut[id(ring)], thin)) for ring in polygon] for polygon in shape] for shape in shapes
    ]


def inner_point(polygons: list[Polygon]) -> Point:
    """The middle of the largest part: its centre of gravity, moved sideways where that lies outside."""
    polygon = max(polygons, key=lambda p: abs(doubled_area(p[0])))
    ring = polygon[0]
    origin_x, origin_y = ring[0]
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        x1, x2, y1, y2 = x1 - origin_x, x2 - origin_x, y1 - origin_y, y2 - origin_y
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    middle = (x / (3 * area) + origin_x, y / (3 * area) + origin_y)
    spans = _spans(polygon, middle[1])
    if not spans or any(left <= middle[0] <= right for left, right in spans):
        return middle
    left, right = max(spans, key=lambda span: span[1] - span[0])
    return (left + right) / 2, middle[1]


def _spans(polygon: Polygon, latitude: float) -> list[tuple[float, float]]:
    """Where the parallel runs inside the polygon: (west, east)."""
    crossings = sorted(
        x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
        for ring in polygon
        for (x1, y1), (x2, y2) in itertools.pairwise(ring)
        if (y1 <= latitude) != (y2 <= latitude)
    )
    return list(zip(crossings[::2], crossings[1::2], strict=False))


def _stretch(rings: Iterable[Ring]) -> float:
    """How much shorter a degree of longitude is than one of latitude, in the middle of it all."""
    latitudes = [y for ring in rings for _, y in ring]
    return math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))


def _meeting_points(rings: Iterable[Ring]) -> set[Point]:
    """Points from which more than two ways lead, over all rings."""
    ways: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for one, other in itertools.pairwise(ring):
            ways[one].add(other)
            ways[other].add(one)
    return {point for point, ends in ways.items() if len(ends) > 2}


def _arcs(ring: Ring, meets: set[Point]) -> list[tuple[Arc, bool]]:
    """The ring's arcs in order, each in the one direction in which all rings know it, and whether it runs backwards."""
    open_ring = ring[:-1]
    start = next((n for n, point in enumerate(open_ring) if point in meets), None)
    if start is None:  # an island, or a unit within another: both rings begin at the same point
        start = open_ring.index(min(open_ring))
    turned = [*open_ring[start:], *open_ring[:start], open_ring[start]]
    arcs, arc = [], [turned[0]]
    for point in turned[1:]:
        arc.append(point)
        if point in meets or point is turned[-1]:
            arcs.append(_canonical(tuple(arc)))
            arc = [point]
    if len(arc) > 1:
        arcs.append(_canonical(tuple(arc)))
    return arcs


def _canonical(arc: Arc) -> tuple[Arc, bool]:
    backwards = arc[::-1]
    return (backwards, True) if backwards < arc else (arc, False)


def _joined(arcs: list[tuple[Arc, bool]], thin: dict[Arc, Arc]) -> Ring:
    ring: Ring = []
    for arc, backwards in arcs:
        points = thin[arc][::-1] if backwards else thin[arc]
        ring.extend(points if not ring else points[1:])
    return ring


def _turned(ring: Ring) -> Ring:
    """The ring from its least point on: the same outline reads the same, whatever lies beside it."""
    start = ring.index(min(ring))
    return [*ring[start:-1], *ring[:start], ring[start]]


def _thinned(arc: Arc, tolerance: float, stretch: float) -> Arc:
    """Douglas and Peucker; a closed arc is halved first at the point farthest from its start."""
    flat = [(x * stretch * METRES_PER_DEGREE, y * METRES_PER_DEGREE) for x, y in arc]
    kept = {0, len(arc) - 1}
    spans = [(0, len(arc) - 1)]
    if arc[0] == arc[-1]:
        far = max(range(len(flat)), key=lambda n: math.dist(flat[0], flat[n]))
        kept.add(far)
        spans = [(0, far), (far, len(arc) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distance, far = max((_off(flat[n], flat[first], flat[last]), n) for n in range(first + 1, last))
        if distance > tolerance:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return tuple(arc[n] for n in sorted(kept))


def _off(point: Point, start: Point, end: Point) -> float:
    """Distance of the point from the segment."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((x - x1) * dx + (y - y1) * dy) / length)) if length else 0.0
    return math.hypot(x - x1 - along * dx, y - y1 - along * dy)


def _sound(ring: Ring) -> bool:
    """Whether the ring has an area and nowhere crosses itself."""
    if len(ring) < 4 or doubled_area(ring) == 0:
        return False
    segments = sorted((min(a, b), max(a, b)) for a, b in itertools.pairwise(ring))
    for n, (a, b) in enumerate(segments):
        for c, d in segments[n + 1 :]:
            if c[0] > b[0]:
                break
            if _cross(a, b, c, d):
                return False
    return True


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two segments cross at a point that is an end of neither."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
