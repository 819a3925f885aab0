"""Where products are sold, as citizens ask for it: open points as of a day, by place, the near ones first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext

from ocop_portal.languages import name_in_sentence
from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import asked_day
from producers.filters import Asked
from producers.models import PointOfSale, Producer, Supply
from products.catalogue import Line, line, place_text
from products.models import Certificate
from products.nearness import ELSEWHERE, Nearness, Ranked


@dataclass(frozen=True)
class SalePoint:
    """A point of sale in a list, as the template `_point` reads it."""

    point: PointOfSale
    place: str
    producers: tuple[Producer, ...] = ()
    distance: str = ""
    """From the commune that was asked for, in words."""


@dataclass(frozen=True)
class Seller:
    """A producer whose goods a point sells, with its products that may use their star on the day."""

    producer: Producer
    products: tuple[Line, ...]


def where_sold(producer: Producer, day: date) -> list[SalePoint]:
    """The points open on the day at which the producer's goods are sold. One query."""
    points = PointOfSale.objects.open_on(day).selling(producer).with_place()
    return [SalePoint(point, place_text(point.place, day)) for point in points]


def sellers_at(point: PointOfSale, day: date) -> list[Seller]:
    """Who sells at the point and is in the public register on the day, in Vietnamese order. Two queries."""
    producers = [s.producer for s in listed_supplies([point], day)]
    standing = Certificate.objects.standing(day).filter(product__producer__in=producers)
    products: dict[int, list[Line]] = defaultdict(list)
    for certificate in standing.with_product().order_by("product__name_key", "pk"):
        products[certificate.product.producer_id].append(line(certificate, day))
    return [Seller(producer, tuple(products[producer.pk])) for producer in producers]


def listed_supplies(points: Iterable[PointOfSale], day: date) -> list[Any]:
    """Who sells at the points, producers of the public register only: what was never recognised is not shown."""
    listed = Certificate.objects.public(day).order_by().values("product__producer")
    found = Supply.objects.filter(point__in=list(points), producer__in=listed).select_related("producer")
    return list(found.order_by("producer__name_key", "pk"))


class PointsReading:
    """The public list of points: those open on the day that answer what was asked, ordered and grouped by place.

    There are hundreds of points at most, so they are read at once and counted here.
    """

    def __init__(self, params: Mapping[str, str], today: date) -> None:
        self.day, self.unread = asked_day(params, today)
        self.current = self.day == today
        self.asked = Asked(params, kinds=PointOfSale.Kind.choices, day=self.day)
        self.territory = self.asked.territory
        self.near = self._near(params.get("near", "").strip()[:100])
        found = PointOfSale.objects.open_on(self.day).search(self.asked.text).with_place()
        self._open: list[PointOfSale] = [] if self.asked.faults else list(found)

    def _near(self, wanted: str) -> AdministrativeUnit | None:
        found = self.territory.named(wanted) if wanted else None
        if wanted and found is None:
            self.asked.faults.append(
                gettext("Không có xã, phường nào mang mã “{code}” trong sổ bộ.").format(code=wanted[:40])
            )
        return found

    def _passing(self, without: str = "") -> list[PointOfSale]:
        """The open points that pass every filter but the one named."""
        asked, found = self.asked, self._open
        if asked.kind and without != "kind":
            found = [p for p in found if p.kind == asked.kind]
        for name, unit in (("district", asked.district), ("commune", asked.commune)):
            if unit and without != name:
                places = self.territory.places_in(unit)
                found = [p for p in found if p.place_id in places]
        return found

    @cached_property
    def nearness(self) -> Nearness | None:
        """How near the points lie to the commune that was asked for; None where none was. One query."""
        return Nearness(self.territory, self.near, self._open) if self.near else None

    @property
    def points(self) -> list[PointOfSale]:
        """In order: by how near they lie, if that was asked, else by district; then place, then name."""
        order = self.nearness.order if self.nearness else self._heading()
        return sorted(self._passing(), key=lambda p: (order(p), p.place.name_key, p.name_key, p.pk))

    def _heading(self) -> Callable[[PointOfSale], Ranked]:
        """Under what a point stands in the list."""
        if self.nearness:
            return self.nearness.heading
        districts = self.territory.districts
        places = {
            d.pk: (n, d.name if d.stands_on(self.day) else gettext("{unit} cũ").format(unit=d.name))
            for n, d in enumerate(districts)
        }
        rest = (len(places), str(ELSEWHERE))
        return lambda point: places.get(self.territory.district_of(point.place_id) or 0, rest)

    @property
    def near_words(self) -> str:
        """How the list is ordered, and what to make of it where nothing lies close by."""
        if self.near is None or self.nearness is None:
            return ""
        nearest = min((self.nearness.by_units(p.place_id)[0] for p in self._passing()), default=2)
        unit = name_in_sentence(self.near.name)
        if self.nearness.measured:
            how = gettext(
                "Xếp theo khoảng cách đường chim bay từ trung tâm {unit}; đường đi thật dài hơn."
            ).format(unit=unit)
            none = gettext("Ở {unit} chưa có điểm bán nào.").format(unit=unit) if nearest else ""
            return f"{none} {how}".strip()
        none = {
            0: "",
            1: gettext("Ở {unit} chưa có điểm bán nào."),
            2: gettext("Ở {unit} và trong huyện chưa có điểm bán nào."),
        }[nearest].format(unit=unit)
        how = gettext(
            "Xếp theo địa bàn: cùng xã trước, rồi cùng huyện cũ, rồi nơi khác; chưa tính ki-lô-mét."
        )
        return f"{none} {how}".strip()

    def groups(self, shown: Sequence[PointOfSale]) -> list[tuple[str, list[SalePoint]]]:
        """(heading, points with the producers that sell there) of a page of `points`. One query."""
        sold: dict[int, list[Producer]] = defaultdict(list)
        for supply in listed_supplies(shown, self.day):
            sold[supply.point_id].append(supply.producer)
        told = self.nearness.told if self.nearness else lambda point: ""
        return [
            (
                heading,
                [SalePoint(p, place_text(p.place, self.day), tuple(sold[p.pk]), told(p)) for p in points],
            )
            for (_rank, heading), points in groupby(shown, key=self._heading())
        ]

    @property
    def kinds(self) -> list[tuple[str, Any, int]]:
        """(value, label, how many) of each kind, its own choice left out."""
        counts = Counter(p.kind for p in self._passing("kind"))
        return [(value, label, counts[value]) for value, label in PointOfSale.Kind.choices]

    @property
    def districts(self) -> list[tuple[AdministrativeUnit, int]]:
        counts = Counter(self.territory.district_of(p.place_id) for p in self._passing("district"))
        return [(unit, counts[unit.pk]) for unit in self.territory.districts]

    @property
    def communes(self) -> list[tuple[AdministrativeUnit, int]]:
        """The communes of the day that have a point, and the one that was asked for."""
        counts = Counter(self.territory.commune_of(p.place_id) for p in self._passing("commune"))
        listed = [
            (u, counts[u.pk]) for u in self.territory.communes if counts[u.pk] or u == self.asked.commune
        ]
        if self.asked.commune and self.asked.commune not in [u for u, _ in listed]:
            listed.append((self.asked.commune, len(self._passing())))
        return listed

    @property
    def near_choices(self) -> list[tuple[str, list[AdministrativeUnit]]]:
        """(heading, communes) from which nearness is asked: those of the day, and those that people still know."""
        ended = [
            u
            for u in self.territory.units.values()
            if u.level == AdministrativeUnit.Level.COMMUNE and u.valid_to and u.valid_to < self.day
        ]
        return [(gettext("Xã, phường hiện nay"), self.territory.communes), (gettext("Xã, phường cũ"), ended)]
