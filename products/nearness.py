"""How near points of sale lie to a commune: in kilometres where coordinates are on record, else by the units."""

from collections.abc import Callable, Iterable
from functools import cached_property
from math import inf

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ocop_portal.geography import Point, centres, distance_km, told_distance
from ocop_portal.languages import name_in_sentence
from ocop_portal.models import AdministrativeUnit
from ocop_portal.territory import Territory
from producers.models import PointOfSale

ELSEWHERE = gettext_lazy("Nơi khác")
BANDS = (10, 20, 40)
"""Kilometres at which a list by distance is parted."""

Ranked = tuple[int, str]
"""(the smaller the nearer, in words) of a place."""


def by_commune_and_district(territory: Territory, chosen: AdministrativeUnit) -> Callable[[int], Ranked]:
    """How near a place lies to a commune as units tell: the same commune, the same former district, elsewhere."""
    here = territory.units.get(chosen.current_id or 0, chosen)
    same = territory.places_in(here) | {chosen.pk}
    # A commune of today may have come of several districts.
    districts = {d for d in map(territory.district_of, {chosen.pk} if chosen.district_id else same) if d}
    names = [name_in_sentence(d.name) for d in territory.districts if d.pk in districts]
    stand = not names or _stands(territory, districts)
    nearby = (_("Cùng {districts}") if stand else _("Cùng {districts} cũ")).format(
        districts=_(" và ").join(names)
    )

    def rank(place: int) -> Ranked:
        if place in same:
            return 0, _("Ở {unit}").format(unit=name_in_sentence(here.name))
        return (1, nearby) if territory.district_of(place) in districts else (2, str(ELSEWHERE))

    return rank


def _stands(territory: Territory, districts: set[int]) -> bool:
    return all(d.stands_on(territory.day) for d in territory.districts if d.pk in districts)


class Nearness:
    """Points of sale as seen from a commune.

    Distances lead from its centre (`geography.centres`; of a commune that ended without one, that of what it became) to
    the point itself, or else to the centre of the commune in which it lies. Where nothing of this is on record, or no
    point can be measured, the order is that of the units, and the page says so.
    """

    def __init__(
        self, territory: Territory, chosen: AdministrativeUnit, points: Iterable[PointOfSale]
    ) -> None:
        self.territory, self.chosen = territory, chosen
        self.by_units = by_commune_and_district(territory, chosen)
        self._points = list(points)

    @cached_property
    def _centres(self) -> dict[int, Point]:
        return centres()

    def _centre(self, unit: int) -> Point | None:
        """Of a commune; a district is too wide to have one."""
        found = self.territory.units.get(unit)
        if found is None or found.level != AdministrativeUnit.Level.COMMUNE:
            return None
        return self._centres.get(unit) or self._centres.get(found.current_id or 0)

    @cached_property
    def _km(self) -> dict[int, float]:
        """{point: kilometres} of those that can be measured."""
        start = self._centre(self.chosen.pk)
        if start is None:
            return {}
        ends = {p.pk: _own(p) or self._centre(p.place_id) for p in self._points}
        return {pk: distance_km(start, end) for pk, end in ends.items() if end}

    @property
    def measured(self) -> bool:
        """Whether the order is one of kilometres."""
        return bool(self._km)

    def heading(self, point: PointOfSale) -> Ranked:
        """The part of the list in which the point stands."""
        rank, words = self.by_units(point.place_id)
        if rank == 0 or not self.measured:
            return rank, words
        km = self._km.get(point.pk, inf)
        for n, most in enumerate(BANDS, 1):
            if km < most:
                if n == 1:
                    return n, _("Dưới %(most)d km") % {"most": most}
                return n, _("Từ %(least)d đến %(most)d km") % {"least": BANDS[n - 2], "most": most}
        if km < inf:
            return len(BANDS) + 1, _("Từ %(least)d km trở lên") % {"least": BANDS[-1]}
        return len(BANDS) + 2, _("Chưa rõ khoảng cách")

    def order(self, point: PointOfSale) -> tuple[int, float]:
        """To sort by: the heading, then the kilometres; of those that cannot be measured, the units."""
        rank = self.heading(point)[0]
        return rank, self._km.get(point.pk, self.by_units(point.place_id)[0])

    def told(self, point: PointOfSale) -> str:
        """The distance in words; empty where it is not known, or is that of the commune from itself."""
        km = self._km.get(point.pk)
        own = _own(point)
        if km is None or (own is None and self.by_units(point.place_id)[0] == 0):
            return ""
        return told_distance(km, to_centre=own is None)


def _own(point: PointOfSale) -> Point | None:
    """The point's own coordinates."""
    if point.longitude is None or point.latitude is None:
        return None
    return float(point.longitude), float(point.latitude)
