"""Geometry of the charts, drawn as SVG by a template. No script, no library, numbers beside every bar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

STARS = (3, 4, 5)
"""Stacking order, from the axis outwards."""


@dataclass(frozen=True)
class Segment:
    """A rectangle of a bar. Lengths are in units of the viewBox."""

    x: float
    y: float
    width: float
    height: float
    css: str
    title: str


@dataclass(frozen=True)
class Bar:
    """One column or row: its segments, its label and the sum written at its end."""

    segments: tuple[Segment, ...]
    label: str
    label_x: float
    label_y: float
    value: str
    value_x: float
    value_y: float
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawn chart: the size of its viewBox, its bars and its grid lines (position, label)."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    grid: tuple[tuple[float, str], ...]


def nice_top(value: float) -> int:
    """The axis' end: the least round number that holds the value, 10 at least."""
    magnitude = 10
    while True:
        for step in (1, 2, 3, 4, 5, 6, 8):
            if magnitude * step >= value:
                return magnitude * step
        magnitude *= 10


def star_columns(
    points: Sequence[tuple[str, dict[int, int]]], width: int = 440, height: int = 240, *, sparse: bool = False
) -> Chart:
    """Columns stacked by star, one per point (label, {stars: products}).

    `sparse`: points are months (03/2027), of which only January and July carry their label.
    """
    left, bottom, top_margin = 34, 24, 18
    plot = height - bottom - top_margin
    top = nice_top(max((sum(counts.values()) for _, counts in points), default=0))
    slot = (width - left) / max(len(points), 1)
    bars = []
    for index, (label, counts) in enumerate(points):
        x, y, segments = left + index * slot + slot * 0.18, float(height - bottom), []
        for stars in STARS:
            length = plot * counts.get(stars, 0) / top
            y -= length
            if length:
                title = _products(label, counts[stars], stars)
                segments.append(
                    Segment(
                        round(x, 1),
                        round(y, 1),
                        round(slot * 0.64, 1),
                        round(length, 1),
                        f"bar-{stars}",
                        title,
                    )
                )
        middle = round(left + (index + 0.5) * slot, 1)
        total = sum(counts.values())
        shown = _half_year(label) if sparse else label
        bars.append(Bar(tuple(segments), shown, middle, height - 7, str(total), middle, round(y - 4, 1)))
    grid = tuple(
        (round(height - bottom - plot * part / 4, 1), str(top * part // 4)) for part in range(0, 5, 2)
    )
    return Chart(width, height, tuple(bars), grid)


def star_rows(points: Sequence[tuple[str, dict[int, int], str]], width: int = 440) -> Chart:
    """Rows stacked by star, one per point (label, {stars: products}, address of the list behind it)."""
    left, right, row = 118, 36, 26
    top = max((sum(counts.values()) for _, counts, _ in points), default=0) or 1
    bars = []
    for index, (label, counts, url) in enumerate(points):
        x, y, segments = float(left), index * row + 4, []
        for stars in STARS:
            length = (width - left - right) * counts.get(stars, 0) / top
            if length:
                title = _products(label, counts[stars], stars)
                segments.append(Segment(round(x, 1), y, round(length, 1), row - 8, f"bar-{stars}", title))
            x += length
        total = str(sum(counts.values()))
        bars.append(Bar(tuple(segments), label, left - 8, y + 13, total, round(x + 6, 1), y + 13, url))
    return Chart(width, len(points) * row + 4, tuple(bars), ())


def _products(label: str, n: int, stars: int) -> str:
    told = ngettext("{label}: {n} sản phẩm {stars} sao", "{label}: {n} sản phẩm {stars} sao", n)
    return told.format(label=label, n=n, stars=stars)


def _ending(month: str, n: int) -> str:
    told = ngettext("Tháng {month}: {n} giấy chứng nhận", "Tháng {month}: {n} giấy chứng nhận", n)
    return told.format(month=month, n=n)


def _half_year(month: str) -> str:
    """01/27 for 01/2027, as for July; other months carry no label, so that three years of them stay legible."""
    return _short(month) if month[:2] in ("01", "07") else ""


def _short(month: str) -> str:
    return f"{month[:3]}{month[-2:]}"


def _by_number(month: str) -> str:
    """The month by its number, with its year where a year begins: 12, 1/27, 2."""
    number = month[:2].lstrip("0")
    return f"1/{month[-2:]}" if number == "1" else number


def month_columns(
    points: Sequence[tuple[str, int, str]],
    width: int = 440,
    height: int = 200,
    *,
    every: bool = False,
    title: Callable[[str, int], str] | None = None,
) -> Chart:
    """Plain columns, one per month (label such as 03/2027, certificates, address of the list behind it).

    `title` says in words what a column counts, where it is not certificates.

    Only January and July carry their label (01/27), unless `every` month shall carry its number.
    """
    left, bottom, top_margin = 30, 24, 16
    plot = height - bottom - top_margin
    top = nice_top(max((n for _, n, _ in points), default=0))
    slot = (width - left) / max(len(points), 1)
    bars = []
    for index, (label, n, url) in enumerate(points):
        length = plot * n / top
        x, y = left + index * slot + slot * 0.15, height - bottom - length
        told = (title or _ending)(label, n)
        segment = Segment(round(x, 1), round(y, 1), round(slot * 0.7, 1), round(length, 1), "bar", told)
        shown = _by_number(label) if every else _half_year(label)
        middle = round(left + (index + 0.5) * slot, 1)
        bars.append(
            Bar(
                (segment,) if n else (), shown, middle, height - 7, str(n or ""), middle, round(y - 3, 1), url
            )
        )
    grid = tuple(
        (round(height - bottom - plot * part / 4, 1), str(top * part // 4)) for part in range(0, 5, 2)
    )
    return Chart(width, height, tuple(bars), grid)
