"""What a report is asked for: the day or the year, a part of the territory, and whose scope it is read in."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import FIRST_DAY, parse_day
from ocop_portal.territory import Territory
from producers.models import Producer
from producers.querysets import scope_of
from products.models import Certificate, Product


class Asked:
    """The parameters `as_of`, `year`, `district` and `commune`, read for one user.

    What cannot be read is told in `faults`; nothing is listed then. A year is read on its last day, the current one
    today.
    """

    def __init__(self, params: Mapping[str, str], user: Any, *, by_year: bool = False) -> None:
        self.params, self.user, self.by_year = params, user, by_year
        self.faults: list[str] = []
        self.year = self._year()
        self.day = min(date(self.year, 12, 31), today()) if by_year else self._day()
        self.year = self.year if by_year else self.day.year
        self.territory = Territory(self.day)
        self.district = self._unit("district", "huyện")
        self.commune = self._unit("commune", "xã, phường")

    def for_year(self, year: int) -> "Asked":
        """The same part of the territory for the same user in another year; a code is not read a second time."""
        other = Asked({"year": str(year)}, self.user, by_year=True)
        other.district, other.commune, other.faults = self.district, self.commune, self.faults
        return other

    @property
    def part(self) -> dict[str, str]:
        """The parameters that narrow to the part of the territory, for addresses."""
        asked = (("district", self.district), ("commune", self.commune))
        return {name: unit.reference for name, unit in asked if unit}

    def said(self, name: str) -> str:
        """A parameter as it was typed, as far as anybody need read it."""
        return self.params.get(name, "").replace("\x00", "").strip()[:60]

    def choice(self, name: str, offered: Sequence[str], what: str) -> str:
        """A parameter that names one of several; an unknown one is a fault."""
        asked = self.said(name)
        if asked and asked not in offered:
            self.faults.append(f"Không có {what} “{asked}”.")
            return ""
        return asked

    def _day(self) -> date:
        asked = self.said("as_of")
        day = parse_day(asked) if asked else today()
        if day is None:
            self.faults.append(f"“{asked}” không phải là ngày. Hãy viết dạng 31/12/2023.")
        return day or today()

    def _year(self) -> int:
        asked = self.said("year")
        if not asked or not self.by_year:
            return today().year - 1
        if asked.isascii() and asked.isdigit() and len(asked) == 4:
            if FIRST_DAY.year <= int(asked) <= today().year:
                return int(asked)
        self.faults.append(f"“{asked}” không phải là năm từ {FIRST_DAY.year} đến {today().year}.")
        return today().year - 1

    def _unit(self, name: str, what: str) -> AdministrativeUnit | None:
        asked = self.said(name)
        found = self.territory.named(asked) if asked else None
        if asked and found is None:
            self.faults.append(f"Không có {what} nào mang mã “{asked}” trong sổ bộ.")
        return found

    @property
    def whole(self) -> bool:
        """Whether the whole register is asked for, by somebody who sees all of it."""
        return self.user.sees_whole_territory and not (self.district or self.commune or self.faults)

    @cached_property
    def units(self) -> list[AdministrativeUnit]:
        """The parts of the territory asked for; all of them must hold a place."""
        return [unit for unit in (self.district, self.commune) if unit]

    @cached_property
    def places(self) -> set[int] | None:
        """Keys of the places on record asked for; None for all of them."""
        if not self.units:
            return None
        return set.intersection(*(self.territory.places_in(unit) for unit in self.units))

    @property
    def where(self) -> str:
        """The part that is shown, inside a sentence: `xã Côn Minh`; empty for the whole."""
        own = self.user.unit if not self.user.sees_whole_territory else None
        names = [u.name for u in (self.commune or own, self.district) if u]
        return ", ".join(f"{name[:1].lower()}{name[1:]}" for name in names)

    @cached_property
    def communes(self) -> list[AdministrativeUnit]:
        """The communes of the day that are asked for and lie in the user's scope."""
        if self.faults:
            return []
        communes = self.territory.communes
        own = self.user.unit if not self.user.sees_whole_territory else None
        for unit in (own, self.commune):
            if unit:
                # A commune of before a merger is told of by the one that it is a part of now.
                now = {self.territory.commune_of(place) for place in self.territory.places_in(unit)}
                communes = [u for u in communes if u.pk in now]
        if not self.user.sees_whole_territory and own is None:
            return []
        inside = self.territory.places_in(self.district) if self.district else None
        return [u for u in communes if inside is None or u.pk in inside]

    @cached_property
    def products(self) -> list[int] | None:
        """Keys of the products asked for and in scope; None where that is all of them.

        Fetched once and named in the queries that follow: nested in each of them the planner loses its way.
        """
        if self.whole:
            return None
        if self.faults:
            return []
        found = Product.objects.visible_to(self.user)
        if self.places is not None:
            found = found.filter(place__in=self.places)
        return list(found.order_by().values_list("pk", flat=True))

    def certificates(self, found: QuerySet[Certificate]) -> Any:
        """Those of the certificates that are asked for and in scope."""
        return found if self.products is None else found.filter(product__in=self.products)

    def standing(self) -> Any:
        """The certificates asked for whose star may be used on the day."""
        return self.certificates(Certificate.objects.standing(self.day))

    def of_standing_products(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """Those of a part of products (areas, marks, …) whose product's star stands on the day."""
        return found.filter(product__in=self.standing().order_by().values("product"))

    @cached_property
    def producer_keys(self) -> list[int] | None:
        """Keys of the producers asked for and in scope; None where that is all of them."""
        if self.whole:
            return None
        if self.faults:
            return []
        found = Producer.objects.visible_to(self.user)
        if self.places is not None:
            found = found.filter(place__in=self.places)
        return list(found.order_by().values_list("pk", flat=True))

    def of_producers(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """Those of what producers tell that is of producers asked for and in scope."""
        return found if self.producer_keys is None else found.filter(producer__in=self.producer_keys)

    def placed(self, found: QuerySet[Any], place: str = "place") -> QuerySet[Any]:
        """Records of support in the user's sight that lie where it was asked; those placed nowhere only whole."""
        if self.faults:
            return found.none()
        found = found.visible_to(self.user)  # type: ignore[attr-defined]
        return found if self.places is None else found.filter(**{f"{place}__in": self.places})

    def own(self, prefix: str) -> Q:
        """Condition on producers reached by `prefix` that keeps to the user's scope."""
        return scope_of(self.user, place=f"{prefix}place", own=f"{prefix}accounts")

    def choices(self) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
        """(parameter, label, [(reference, name, chosen)]) of the selects that narrow; none for a commune's official."""
        if not self.user.sees_whole_territory:
            return []
        asked = (
            ("district", "Huyện (trước 1/7/2025)", self.territory.districts, self.district),
            ("commune", "Xã, phường", self.territory.communes, self.commune),
        )
        return [
            (name, label, [(u.reference, u.name, u == chosen) for u in self._with(units, chosen)])
            for name, label, units, chosen in asked
        ]

    @staticmethod
    def _with(units: list[AdministrativeUnit], chosen: AdministrativeUnit | None) -> list[AdministrativeUnit]:
        """The units on offer, and the one that was asked for by its address alone."""
        return [*units, chosen] if chosen and chosen not in units else units
