"""The map of districts and communes, with its table: where products stand, and where none does."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ocop_portal.geography import Point
from ocop_portal.models import UnitShape
from ocop_portal.pages import by_revision
from reports.map_drawing import Drawing, shade_of, shades, shape_map, tile_map
from reports.places import DISTRICT, MEASURES, NOW, OLD, Places, UnitFigures, list_params, told
from reports.statistics import STARS

Shapes = dict[int, tuple[Mapping[str, Any], Point]]


@require_safe
@by_revision
@login_not_required
def places_map(request: HttpRequest) -> HttpResponse:
    """Units of a level, shaded by one figure as of a day, and all figures in a table. Three queries."""
    places = Places(request.GET)
    rows, shapes = places.by_unit, _shapes(places)
    drawn = bool(places.units) and all(u.pk in shapes for u in places.units)
    drawing = _drawing(places, shapes, drawn=drawn and not places.as_tiles)
    ranges = [] if places.measure == "best" else shades([rows[u.pk].of(places.measure) for u in places.units])
    return render(
        request,
        "reports/map.html",
        {
            "places": places,
            "stars": STARS,
            "measures": MEASURES.items(),
            "measure_label": MEASURES[places.measure],
            "level_label": places.levels.get(places.level, ""),
            "drawing": drawing,
            "areas": [_area(places, rows[a.unit.pk], a, ranges) for a in drawing.areas],
            "keys": _keys(places, ranges),
            "schematic": not (drawn and not places.as_tiles),
            "other_form": places.address(form="" if places.as_tiles else "tiles") if drawn else "",
            "columns": _columns(places),
            "rows": [_row(places, row) for row in places.rows],
            "elsewhere": places.elsewhere and _row(places, places.elsewhere),
            "total": _row(places, places.total),
            "without": [(row, places.list_address(row, status="all")) for row in places.without],
        },
    )


def _shapes(places: Places) -> Shapes:
    """{unit: (geometry, point within)} of the level, and of the districts that are drawn over old communes."""
    wanted = [*places.units, *(places.territory.districts if places.level == OLD else [])]
    rows = UnitShape.objects.filter(unit__in=[u.pk for u in wanted])
    return {
        unit: (geometry, (float(x), float(y)))
        for unit, geometry, x, y in rows.values_list("unit", "geometry", "longitude", "latitude")
    }


def _drawing(places: Places, shapes: Shapes, *, drawn: bool) -> Drawing:
    figures = {key: _figure(row, places.measure) for key, row in places.by_unit.items() if key is not None}
    if not drawn:
        return tile_map(places.units, figures, borders=places.level == OLD)
    over = places.territory.districts if places.level == OLD else []
    return shape_map(places.units, shapes, figures, [shapes[d.pk][0] for d in over if d.pk in shapes])


def _figure(row: UnitFigures, measure: str) -> str:
    """What stands in the area."""
    if measure == "best":
        return str(row.best)
    return str(row.of(measure))


def _area(places: Places, row: UnitFigures, area: Any, ranges: list[tuple[int, int]]) -> dict[str, Any]:
    """An area with its shade, its words and the list behind it. Nought is hatched where no product stands at all."""
    value = row.of(places.measure)
    if not value:
        shade = "none" if not row.products and places.measure not in ("expiring", "expired") else "nought"
    else:
        shade = f"star-{value}" if places.measure == "best" else f"shade-{shade_of(value, ranges)}"
    return {
        "area": area,
        "shade": shade,
        "told": told(row, places.measure),
        "district": row.district if places.level != DISTRICT else None,
        "url": places.measured_address(row),
    }


def _keys(places: Places, ranges: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """(shade, words) of the legend."""
    if places.measure == "best":
        keys = [(f"star-{n}", _("%(n)d sao") % {"n": n}) for n in reversed(STARS)]
    else:
        # The darkest shade stands for the most, however few shades there are.
        keys = [
            (f"shade-{n}", str(least) if least == most else f"{least}–{most}")
            for n, (least, most) in enumerate(ranges, 1)
        ]
    if places.measure in ("expiring", "expired"):
        return [("nought", _("không có")), *keys]
    nought = [("nought", _("có sản phẩm, chưa có từ 4 sao"))] if places.measure == "stars" else []
    return [("none", _("chưa có sản phẩm còn hiệu lực")), *nought, *keys]


def _columns(places: Places) -> list[dict[str, Any]]:
    """The headings of the table, each with the address that orders the table by it."""
    named: list[tuple[str, Any, bool]] = [("name", _("Đơn vị"), False)]
    if places.level != DISTRICT:
        named.append(
            ("district", _("Huyện, thành phố cũ") if places.level == NOW else _("Huyện, thành phố"), False)
        )
    named.append(("products", _("Còn hiệu lực"), True))
    named += [(f"stars_{n}", _("%(n)d sao") % {"n": n}, True) for n in STARS]
    named += [("expiring", _("Sắp hết hạn"), True), ("expired", _("Hết hạn, chưa đánh giá lại"), True)]
    columns = []
    for name, label, is_number in named:
        here = places.sort == name
        # Most first where it is a number; asked again, the other way round.
        descending = not places.descending if here else is_number
        columns.append(
            {
                "label": label,
                "number": is_number,
                "state": ("descending" if places.descending else "ascending") if here else "",
                "url": places.address(sort=("-" if descending else "") + name) + "#bang",
            }
        )
    return columns


def _row(places: Places, row: UnitFigures) -> dict[str, Any]:
    """A line of the table: each figure with its list."""
    name = row.unit.name if row.unit else ""

    def cell(label: Any, value: int, **params: Any) -> dict[str, Any]:
        url = places.list_address(row, **params) if value else ""
        return {"label": label, "value": value, "url": url, "said": _("%(unit)s, %(what)s: %(n)d") % {
            "unit": name, "what": label, "n": value,
        }}  # fmt: skip

    return {
        "row": row,
        "url": places.list_address(row, status="all") if row.unit else "",
        "cells": [
            cell(_("còn hiệu lực"), row.products),
            *(cell(_("%(n)d sao") % {"n": n}, row.stars[n], stars=n) for n in STARS),
            cell(_("sắp hết hạn"), row.expiring, **list_params("expiring", row)),
            cell(_("hết hạn, chưa đánh giá lại"), row.expired, **list_params("expired", row)),
        ],
    }
