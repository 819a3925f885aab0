"""The map as SVG: tiles of the schematic, or the outlines that a province loaded. A template sets it; no script.

Lengths are in units of the viewBox.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ocop_portal.geography import Point
from ocop_portal.models import AdministrativeUnit
from ocop_portal.schematic import tiles

TILE_WIDTH, TILE_HEIGHT, GAP = 112, 70, 4
LONGEST_LINE = 12
SHADES = 4
"""Shades of figures above nought; nought is drawn as an outline."""
SHAPE_WIDTH = 1000
NAME_SIZE = 16
FEW_UNITS, MANY_UNITS = 12, 60
MARGIN = 4


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    size: int = 0
    """0: as the style has it."""


@dataclass(frozen=True)
class Area:
    """A unit on the map. `path` is empty for a tile, which is a rectangle at (x, y)."""

    unit: AdministrativeUnit
    x: float = 0
    y: float = 0
    path: str = ""
    names: tuple[Text, ...] = ()
    figure: Text | None = None


@dataclass(frozen=True)
class Drawing:
    """The drawn map: size, areas from north to south, lines between districts."""

    width: int
    height: int
    areas: tuple[Area, ...]
    borders: str = ""
    outlines: tuple[str, ...] = ()
    """Districts over their communes."""
    tile_width: int = TILE_WIDTH - GAP
    tile_height: int = TILE_HEIGHT - GAP

    @property
    def small(self) -> bool:
        """Whether all of it may be shown on a telephone without its words becoming too small."""
        return len(self.areas) <= FEW_UNITS


def tile_map(units: Sequence[AdministrativeUnit], figures: Mapping[int, str], *, borders: bool) -> Drawing:
    """The schematic. `borders` draws lines between neighbours of different districts."""
    placed = tiles(units)
    areas = []
    for unit in sorted(units, key=lambda u: (placed[u.pk][1], placed[u.pk][0])):
        column, row = placed[unit.pk]
        x = column * TILE_WIDTH + GAP // 2 + MARGIN
        y = row * TILE_HEIGHT + GAP // 2 + MARGIN
        lines = name_lines(unit.short_name)
        names = tuple(Text(x + 8, y + 19 + 16 * n, words) for n, words in enumerate(lines))
        figure = Text(x + TILE_WIDTH - GAP - 8, y + TILE_HEIGHT - GAP - 9, figures[unit.pk])
        areas.append(Area(unit, x, y, "", names, figure))
    width = max((column + 1 for column, _ in placed.values()), default=1) * TILE_WIDTH + 2 * MARGIN
    height = max((row + 1 for _, row in placed.values()), default=1) * TILE_HEIGHT + 2 * MARGIN
    return Drawing(width, height, tuple(areas), _borders(units, placed) if borders else "")


def name_lines(name: str) -> list[str]:
    """A name in one line, or in two of about the same length."""
    words = name.split()
    if len(name) <= LONGEST_LINE or len(words) == 1:
        return [name]
    cuts = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    first, second = min(cuts, key=lambda cut: max(len(cut[0]), len(cut[1])))
    return [first, second]


def _borders(units: Sequence[AdministrativeUnit], placed: Mapping[int, tuple[int, int]]) -> str:
    """A path along the edges of tiles beyond which another district lies, or nothing."""
    district = {placed[u.pk]: u.district_id for u in units}
    edges = set()
    for (column, row), own in district.items():
        x, y = column * TILE_WIDTH + MARGIN, row * TILE_HEIGHT + MARGIN
        for step, edge in (
            ((-1, 0), f"M{x} {y}v{TILE_HEIGHT}"),
            ((1, 0), f"M{x + TILE_WIDTH} {y}v{TILE_HEIGHT}"),
            ((0, -1), f"M{x} {y}h{TILE_WIDTH}"),
            ((0, 1), f"M{x} {y + TILE_HEIGHT}h{TILE_WIDTH}"),
        ):
            if district.get((column + step[0], row + step[1])) != own:
                edges.add(edge)
    return "".join(sorted(edges))


class Projection:
    """Equirectangular, true to scale along the middle parallel: x = longitude · cos(latitude in the middle)."""

    def __init__(self, points: Sequence[Point], width: int = SHAPE_WIDTH) -> None:
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        south, self.north = min(y for _, y in points), max(y for _, y in points)
        self.west = west
        self.stretch = math.cos(math.radians((south + self.north) / 2))
        self.scale = (width - 2 * MARGIN) / (((east - west) * self.stretch) or 1)
        self.width = width
        self.height = math.ceil((self.north - south) * self.scale) + 2 * MARGIN

    def __call__(self, point: Sequence[float]) -> Point:
        x = MARGIN + (point[0] - self.west) * self.stretch * self.scale
        return x, MARGIN + (self.north - point[1]) * self.scale

    def path(self, geometry: Mapping[str, Any]) -> str:
        """A geometry of GeoJSON as SVG path data, to half a unit."""
        return "".join(self._ring(ring) for polygon in _polygons(geometry) for ring in polygon)

    def _ring(self, ring: Sequence[Sequence[float]]) -> str:
        """Steps from whole point to whole point, so that neighbours meet and roundings do not add up."""
        points = [tuple(round(value * 2) for value in self(position)) for position in ring[:-1]]
        x, y = points[0]
        steps = [f"M{_half(x)} {_half(y)}l"]
        for next_x, next_y in points[1:]:
            if (next_x, next_y) != (x, y):
                steps.append(f"{_half(next_x - x)} {_half(next_y - y)} ")
            x, y = next_x, next_y
        return "".join(steps).rstrip() + "z"


def _half(doubled: int) -> str:
    return f"{doubled / 2:g}"


def _polygons(geometry: Mapping[str, Any]) -> list[Any]:
    parts = geometry["coordinates"]
    return [parts] if geometry["type"] == "Polygon" else list(parts)


def shape_map(
    units: Sequence[AdministrativeUnit],
    shapes: Mapping[int, tuple[Mapping[str, Any], Point]],
    figures: Mapping[int, str],
    outlined: Sequence[Mapping[str, Any]] = (),
) -> Drawing:
    """The outlines of the units; `shapes` has (geometry, point for the figure) of each. `outlined` lie over them."""
    rings = [ring for u in units for polygon in _polygons(shapes[u.pk][0]) for ring in polygon]
    project = Projection([(p[0], p[1]) for ring in rings for p in ring])
    areas, crowded = [], len(units) > MANY_UNITS
    for unit in sorted(units, key=lambda u: (-shapes[u.pk][1][1], shapes[u.pk][1][0])):
        geometry, point = shapes[unit.pk]
        x, y = project(point)
        across, down = _extent(geometry, project)
        size = max(14, min(20 if crowded else 48, round(min(across, down) * 0.3)))
        room = across * 0.85 > len(unit.short_name) * NAME_SIZE * 0.55 and down > size + 2.5 * NAME_SIZE
        named = room and not crowded
        name = Text(round(x, 1), round(y - size * 0.5, 1), unit.short_name, NAME_SIZE)
        figure = Text(round(x, 1), round(y + size * (0.5 if named else 0.36), 1), figures[unit.pk], size)
        areas.append(Area(unit, path=project.path(geometry), names=(name,) if named else (), figure=figure))
    return Drawing(project.width, project.height, tuple(areas), outlines=tuple(map(project.path, outlined)))


def _extent(geometry: Mapping[str, Any], project: Projection) -> tuple[float, float]:
    """Width and height of the unit's largest part: the room that its words have."""
    points = max(([project(p) for p in polygon[0]] for polygon in _polygons(geometry)), key=len)
    return (
        max(x for x, _ in points) - min(x for x, _ in points),
        max(y for _, y in points) - min(y for _, y in points),
    )


def shades(values: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges (least, most) of the figures above nought, few to many, about as many units in each; at most `SHADES`."""
    found = sorted(v for v in values if v > 0)
    if not found:
        return []
    distinct = sorted(set(found))
    if len(distinct) <= SHADES:
        return [(v, v) for v in distinct]
    tops: list[int] = []
    for n in range(1, SHADES):
        top = found[max(0, len(found) * n // SHADES - 1)]
        if not tops or top > tops[-1]:
            tops.append(top)
    tops = [t for t in tops if t < found[-1]] + [found[-1]]
    return [(least, top) for least, top in zip([1, *(t + 1 for t in tops)], tops, strict=False)]


def shade_of(value: int, ranges: Sequence[tuple[int, int]]) -> int:
    """1 for the fewest; 0 for nought."""
    return next((n for n, (_, most) in enumerate(ranges, 1) if value <= most), 0) if value > 0 else 0
