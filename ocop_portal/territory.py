"""The territory read at once: what a code means on a day, and which places on record lie in a unit.

A page that filters, counts and names places needs most units anyway, so they come in one query and the rest is
arithmetic.
"""

from datetime import date
from functools import cached_property

from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import parse_day
from ocop_portal.querysets import bearer


class Territory:
    """The units whose products the register keeps, whenever they stood, as a reader sees them on `day`."""

    def __init__(self, day: date) -> None:
        self.day = day

    @cached_property
    def units(self) -> dict[int, AdministrativeUnit]:
        """All of them by key, in Vietnamese order, each with its district at hand. One query."""
        units = {u.pk: u for u in AdministrativeUnit.objects.in_territory()}
        for unit in units.values():
            if unit.district_id in units:
                unit.district = units[unit.district_id]
        return units

    def named(self, reference: str) -> AdministrativeUnit | None:
        """The unit of a parameter: a code read on the day, or `code@2025-06-30`. None if there is none."""
        code, pinned, at = reference.strip().partition("@")
        day = parse_day(at) if pinned else self.day
        if day is None:
            return None
        return bearer(self._by_code.get(code, []), day)

    @cached_property
    def _by_code(self) -> dict[str, list[AdministrativeUnit]]:
        """Units under the code that they bear or bore."""
        found: dict[str, list[AdministrativeUnit]] = {}
        for unit in self.units.values():
            found.setdefault(unit.code, []).append(unit)
        return found

    def address_of(self, unit: AdministrativeUnit) -> str:
        """The unit as `named` finds it on the day: its code where that means it, else pinned to a day of its own."""
        if self.named(unit.code) is unit:
            return unit.code
        pinned = unit.valid_to or unit.valid_from
        return f"{unit.code}@{pinned.isoformat()}" if pinned else unit.code

    @property
    def districts(self) -> list[AdministrativeUnit]:
        """The districts under which products are found; they ended on 30/6/2025 and are still asked for."""
        return [u for u in self.units.values() if u.level == AdministrativeUnit.Level.DISTRICT]

    @property
    def communes(self) -> list[AdministrativeUnit]:
        """The communes that exist on the day."""
        commune = AdministrativeUnit.Level.COMMUNE
        return [u for u in self.units.values() if u.level == commune and u.stands_on(self.day)]

    def places_in(self, unit: AdministrativeUnit) -> set[int]:
        """Keys of the places on record that lie in the unit: itself, its parts, what was merged into it."""
        return {
            u.pk for u in self.units.values() if unit.pk in (u.pk, u.district_id, u.current_id, u.parent_id)
        }

    def district_of(self, place: int) -> int | None:
        """The district in which a place on record lies; None where it lies in no single one."""
        unit = self.units.get(place)
        return unit.district_id if unit else None

    def commune_of(self, place: int) -> int | None:
        """The commune of the day in which a place on record lies; None for a place known less closely."""
        unit = self.units.get(place)
        if unit is None or unit.level != AdministrativeUnit.Level.COMMUNE:
            return None
        if unit.stands_on(self.day):
            return unit.pk
        now = self.units.get(unit.current_id or 0)
        return now.pk if now and now.stands_on(self.day) else None
