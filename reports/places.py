"""The register by place: what each unit of a level has, as the map and the table beside it tell it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import asked_day
from ocop_portal.territory import Territory
from products.models import Certificate, Tally
from products.standing import STANDS, Standing, standing_case
from reports.statistics import STARS

DISTRICT, OLD, NOW = "district", "old", "now"
"""Levels: districts; communes of before the last change; communes of today."""
MEASURES: dict[str, Any] = {
    "products": gettext_lazy("Sản phẩm còn hiệu lực"),
    "stars": gettext_lazy("Sản phẩm từ 4 sao"),
    "best": gettext_lazy("Hạng sao cao nhất"),
    "expiring": gettext_lazy("Sắp hết hạn trong 180 ngày"),
    "expired": gettext_lazy("Hết hạn, chưa đánh giá lại"),
}
HIGH_STARS = (5, 4)
SORTS = ("name", "district", "products", *(f"stars_{n}" for n in STARS), "expiring", "expired")


@dataclass
class UnitFigures:
    """A unit's products on the day, by star where they stand, and those whose standing is about to end or has ended."""

    unit: AdministrativeUnit | None
    """None gathers what lies in no unit of the level."""
    address: str = ""
    """The unit in an address of the catalogue."""
    district: AdministrativeUnit | None = None
    stars: Counter[int] = field(default_factory=Counter)
    expiring: int = 0
    expired: int = 0

    @property
    def products(self) -> int:
        return self.stars.total()

    @property
    def high(self) -> int:
        """Products of four stars and more."""
        return sum(self.stars[n] for n in HIGH_STARS)

    @property
    def best(self) -> int:
        """The most stars that a product has; 0 without any."""
        return max((n for n, count in self.stars.items() if count), default=0)

    def of(self, measure: str) -> int:
        """The figure by which the map is shaded."""
        return int(getattr(self, "high" if measure == "stars" else measure))

    def add(self, stars: int, standing: str, n: int) -> None:
        if standing in STANDS:
            self.stars[stars] += n
        if standing == Standing.EXPIRING:
            self.expiring += n
        elif standing == Standing.EXPIRED:
            self.expired += n


class Places:
    """One reading of the register by place: parameters in; rows, totals and addresses out. Garbage reads as nothing."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self.day, self.unread = asked_day(params, today())
        self.current = self.day == today()
        self.territory = Territory(self.day)
        self.measure = params.get("by", "") if params.get("by") in MEASURES else "products"
        self.sort, self.descending = _sort(params.get("sort", ""))
        self._level = params.get("level", "")
        self.as_tiles = params.get("form") == "tiles"

    @cached_property
    def levels(self) -> dict[str, str]:
        """{level: label} of those that the territory has; what has ended tells until when it stood."""
        labels = {
            DISTRICT: (_("Huyện, thành phố trước %(day)s"), _("Huyện, thành phố")),
            OLD: (_("Xã, phường trước %(day)s"), ""),
            NOW: ("", _("Xã, phường hiện nay")),
        }
        found = {}
        for level, (ended, standing) in labels.items():
            if units := self.units_of(level):
                last = units[0].valid_to
                found[level] = (
                    ended % {"day": _short(last + timedelta(days=1))} if last and ended else standing
                )
        return found

    def units_of(self, level: str) -> list[AdministrativeUnit]:
        """The units of a level in Vietnamese order. Of communes that ended those that ended last."""
        if level == DISTRICT:
            return self.territory.districts
        communes = [u for u in self.territory.units.values() if u.level == AdministrativeUnit.Level.COMMUNE]
        if level == NOW:
            return [u for u in communes if u.valid_to is None]
        last = max((u.valid_to for u in communes if u.valid_to), default=None)
        return [u for u in communes if last and u.valid_to == last]

    @property
    def level(self) -> str:
        """The level asked for; else that of the communes which stand on the day."""
        if self._level in self.levels:
            return self._level
        ended = self.units_of(OLD)
        usual = OLD if ended and ended[0].stands_on(self.day) else NOW
        return usual if usual in self.levels else next(iter(self.levels), NOW)

    @cached_property
    def units(self) -> list[AdministrativeUnit]:
        return self.units_of(self.level)

    @cached_property
    def _cells(self) -> list[tuple[int, int, str, int]]:
        """(place, stars, standing, products) of what is public. One query; two before a new day is counted."""
        if self.current:
            kept = Tally.objects.filter(day=self.day).values_list("place", "stars", "standing")
            if cells := list(kept.annotate(n=Sum("products")).order_by()):
                return cells
        counted = Certificate.objects.public(self.day).annotate(told=standing_case(self.day))
        return list(counted.values_list("product__place", "stars", "told").annotate(n=Count("pk")).order_by())

    @cached_property
    def by_unit(self) -> dict[int | None, UnitFigures]:
        """{unit: figures}, every unit of the level; None for what lies in none of them."""
        home = self._home()
        rows: dict[int | None, UnitFigures] = {
            u.pk: UnitFigures(u, self.territory.address_of(u), self.territory.units.get(u.district_id or 0))
            for u in self.units
        }
        rows[None] = UnitFigures(None)
        for place, stars, standing, n in self._cells:
            key = home(place)
            rows[key if key in rows else None].add(stars, standing, n)
        return rows

    def _home(self) -> Callable[[int], int | None]:
        """The unit of the level in which a place on record lies, as the catalogue's filters have it."""
        if self.level == DISTRICT:
            return self.territory.district_of
        if self.level == OLD:
            return lambda place: place
        known = {u.pk for u in self.units}

        def now(place: int) -> int | None:
            unit = self.territory.units.get(place)
            return place if place in known else unit.current_id if unit else None

        return now

    @property
    def rows(self) -> list[UnitFigures]:
        """The units in the order asked for."""
        rows = [row for key, row in self.by_unit.items() if key is not None]
        if self.sort == "district":
            order = {d.pk: n for n, d in enumerate(self.territory.districts)}
            rows.sort(key=lambda r: order.get(r.district.pk if r.district else 0, len(order)))
        elif self.sort.startswith("stars_"):
            rows.sort(key=lambda r: r.stars[int(self.sort[-1])])
        elif self.sort != "name":
            rows.sort(key=lambda r: getattr(r, self.sort))
        return rows[::-1] if self.descending else rows

    @property
    def elsewhere(self) -> UnitFigures | None:
        """What lies in no single unit of the level; None where nothing does."""
        row = self.by_unit[None]
        return row if row.products or row.expired else None

    @property
    def total(self) -> UnitFigures:
        """All rows and what lies elsewhere: the figures of the whole register."""
        whole = UnitFigures(None)
        for row in self.by_unit.values():
            whole.stars.update(row.stars)
            whole.expiring += row.expiring
            whole.expired += row.expired
        return whole

    @property
    def without(self) -> list[UnitFigures]:
        """Units in which no product stands."""
        return [row for row in self.by_unit.values() if row.unit and not row.products]

    def list_address(self, row: UnitFigures, **params: Any) -> str:
        """The list of the catalogue behind a figure of the row; empty for what lies in no single unit."""
        if row.unit is None:
            return ""
        name = "district" if self.level == DISTRICT else "commune"
        query = {name: row.address, **params, **({} if self.current else {"as_of": self.day.isoformat()})}
        return f"{reverse('products:list')}?{urlencode(query, doseq=True, safe='@')}"

    def measured_address(self, row: UnitFigures) -> str:
        """The list behind the figure of the map; of a unit without any, all that the register knows of it."""
        if not row.products and self.measure in ("products", "stars", "best"):
            return self.list_address(row, status="all")
        return self.list_address(row, **list_params(self.measure, row))

    def address(self, **changes: str) -> str:
        """The address of this page with some choices changed; an empty one is left out."""
        asked = {
            "level": self._level if self._level in self.levels else "",
            "by": self.measure if self.measure != "products" else "",
            "as_of": "" if self.current else self.day.isoformat(),
            "form": "tiles" if self.as_tiles else "",
            "sort": ("-" if self.descending else "") + self.sort
            if (self.sort, self.descending) != ("name", False)
            else "",
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return reverse("reports:map") + (f"?{query}" if query else "")


def list_params(measure: str, row: UnitFigures) -> dict[str, Any]:
    """Parameters under which the catalogue lists what a figure counts."""
    match measure:
        case "stars":
            return {"stars": list(HIGH_STARS)}
        case "best":
            return {"stars": row.best}
        case "expiring":
            return {"status": "expiring", "sort": "expires"}
        case "expired":
            return {"status": "expired"}
    return {}


def told(row: UnitFigures, measure: str) -> str:
    """The figure of the map in a sentence, for those who listen and for who points at it."""
    name = row.unit.name if row.unit else ""
    count = row.stars[row.best] if measure == "best" else row.of(measure)
    values = {"unit": name, "count": count, "products": row.products, "stars": row.best}
    if measure == "expiring":
        sentence = ngettext(
            "%(unit)s: %(count)d sản phẩm sắp hết hạn trong 180 ngày, trong %(products)d còn hiệu lực",
            "%(unit)s: %(count)d sản phẩm sắp hết hạn trong 180 ngày, trong %(products)d còn hiệu lực",
            count,
        )
    elif measure == "expired":
        sentence = ngettext(
            "%(unit)s: %(count)d sản phẩm hết hạn chưa đánh giá lại",
            "%(unit)s: %(count)d sản phẩm hết hạn chưa đánh giá lại",
            count,
        )
    elif not row.products:
        sentence = _("%(unit)s: chưa có sản phẩm nào còn hiệu lực")
    elif measure == "stars":
        sentence = ngettext(
            "%(unit)s: %(count)d sản phẩm từ 4 sao, trong %(products)d còn hiệu lực",
            "%(unit)s: %(count)d sản phẩm từ 4 sao, trong %(products)d còn hiệu lực",
            count,
        )
    elif measure == "best":
        sentence = ngettext(
            "%(unit)s: cao nhất %(stars)d sao, %(count)d sản phẩm",
            "%(unit)s: cao nhất %(stars)d sao, %(count)d sản phẩm",
            count,
        )
    else:
        sentence = ngettext(
            "%(unit)s: %(count)d sản phẩm còn hiệu lực",
            "%(unit)s: %(count)d sản phẩm còn hiệu lực",
            count,
        )
    return sentence % values


def _sort(asked: str) -> tuple[str, bool]:
    name = asked.removeprefix("-")
    return (name, asked.startswith("-")) if name in SORTS else ("name", False)


def _short(day: date) -> str:
    """A day as it is spoken of: 1/7/2025."""
    return f"{day.day}/{day.month}/{day.year}"
