"""The counted choices of the catalogue, as its page shows them. The counting itself is in `products.counting`."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, ngettext

from ocop_portal.models import AdministrativeUnit
from products.counting import Counting
from products.filters import DEFAULT_STATUS, STARS, STATUSES
from products.models import ProductGroup


class Facets:
    """The counted choices of one reading of the catalogue."""

    def __init__(self, counting: Counting, groups: list[ProductGroup]) -> None:
        self.counting = counting
        self.filter = counting.filter
        self.territory = self.filter.territory
        self.groups = groups
        self.chosen = self.filter.chosen

    @property
    def counts(self) -> dict[str, Counter[Any]]:
        return self.counting.counts

    @property
    def total(self) -> int:
        """How many products the list holds."""
        return sum(self.counts["total"].values())

    @property
    def stars(self) -> list[dict[str, Any]]:
        counts = self.counts["stars"]
        return [
            _option(
                "stars",
                n,
                ngettext("{n} sao", "{n} sao", n).format(n=n),
                counts[n],
                n in self.chosen.get("stars", ()),
            )
            for n in STARS
        ]

    @property
    def status(self) -> list[dict[str, Any]]:
        counts = self.counts["status"]
        chosen = self.chosen.get("status", DEFAULT_STATUS)
        return [
            _option(
                "status",
                "" if value == DEFAULT_STATUS else value,
                label,
                sum(counts[s] for s in standings),
                value == chosen,
                kind="radio",
            )
            for value, (label, standings) in STATUSES.items()
        ]

    @property
    def district(self) -> list[dict[str, Any]]:
        counts = self._by_unit("district", self.territory.district_of)
        return self._unit_options("district", self.territory.districts, counts)

    def _by_unit(self, facet: str, unit_of: Callable[[int], int | None]) -> Counter[Any]:
        """Products by the unit in which their place on record lies."""
        counts: Counter[Any] = Counter()
        for place, n in self.counts[facet].items():
            counts[unit_of(place)] += n
        return counts

    @property
    def group(self) -> list[dict[str, Any]]:
        """Sets that have a product under the other filters, or are chosen."""
        counts = self.counts["group"]
        chosen = {g.pk for g in self.chosen.get("group", ())}
        return [
            _option("group", g.code, g.shown_name, counts[g.pk], g.pk in chosen)
            for g in self.groups
            if counts[g.pk] or g.pk in chosen
        ]

    @property
    def commune(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Communes of the day and, apart, those on record that have ended: (heading, options) for a select."""
        now, then = self._by_unit("commune", self.territory.commune_of), self.counts["commune"]
        gone = [
            u
            for u in self.territory.units.values()
            if u.level == AdministrativeUnit.Level.COMMUNE and u.valid_to and u.valid_to < self.filter.day
        ]
        return [
            (
                gettext("Xã, phường hiện nay") if gone else gettext("Xã, phường"),
                self._commune_options(self.territory.communes, now),
            ),
            (gettext("Xã, phường trước 1/7/2025"), self._commune_options(gone, then)),
        ]

    def _commune_options(self, units: list[AdministrativeUnit], counts: Counter[Any]) -> list[dict[str, Any]]:
        return [o for o in self._unit_options("commune", units, counts) if o["count"] or o["checked"]]

    def _unit_options(
        self, name: str, units: list[AdministrativeUnit], counts: Counter[Any]
    ) -> list[dict[str, Any]]:
        chosen = {u.pk for u in self.chosen.get(name, ())}
        return [
            _option(name, self._value(unit), unit.name, counts[unit.pk], unit.pk in chosen) for unit in units
        ]

    def _value(self, unit: AdministrativeUnit) -> str:
        """The plain code where it means this unit on the day, else pinned to the unit's last day."""
        return unit.code if self.territory.named(unit.code) is unit else unit.reference


def _option(
    name: str, value: Any, label: Any, count: int, checked: bool, kind: str = "checkbox"
) -> dict[str, Any]:
    """A choice as the template `facet` reads it."""
    return {
        "name": name,
        "value": value,
        "label": label,
        "count": count,
        "checked": checked,
        "input_type": kind,
        "id": f"{name}-{value or 'default'}",
    }
