"""What the register has of the things a workbook speaks of: a fixed number of queries, whatever its length."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q

from ocop_portal.folding import fold
from ocop_portal.models import AdministrativeUnit, UnitName
from producers.models import Producer
from products.models import Certificate, Decision, Product, ProductAlias, ProductGroup
from products.register_workbook.names import Groups, Places
from products.register_workbook.rows import Entry
from products.register_workbook.values import decision_key, key


def number_key(number: str) -> str:
    """A registration number as it is matched: digits and letters alone, without the zeros that Excel eats."""
    return "".join(key(number).split()).lstrip("0")


def read_places() -> Places:
    """The territory. Two queries."""
    units = list(AdministrativeUnit.objects.in_territory().select_related("district"))
    return Places(units, UnitName.objects.values_list("unit", "name"))


def read_groups() -> Groups:
    return Groups(list(ProductGroup.objects.all()))


class Holdings:
    """The producers, products, certificates and decisions that the entries may already be."""

    def __init__(self, entries: Collection[Entry], places: Places) -> None:
        self.places = places
        self.producers = self._producers(entries)
        self.by_name: dict[str, list[Producer]] = defaultdict(list)
        self.by_number: dict[str, list[Producer]] = defaultdict(list)
        for producer in self.producers:
            self.by_name[key(producer.name)].append(producer)
            if producer.registration_number:
                self.by_number[number_key(producer.registration_number)].append(producer)
        self.decisions: dict[tuple[str, date], list[Decision]] = defaultdict(list)
        self.decisions_of_year: dict[tuple[str, int], list[Decision]] = defaultdict(list)
        self._read_decisions({turn.day.year for entry in entries for turn in entry.turns})
        self._read_codes(entries)

    def _producers(self, entries: Iterable[Entry]) -> list[Producer]:
        around = {pk for unit in {e.place for e in entries} for pk in self.places.around(unit)}
        names = {fold(e.producer) for e in entries}
        numbers = {e.registration_number for e in entries if e.registration_number}
        wanted = Q(place__in=around) | Q(name_fold__in=names)
        if numbers:
            wanted |= Q(registration_number__in=numbers)
        found = list(Producer.objects.filter(wanted).order_by("pk"))
        for producer in found:  # the unit is in hand already
            if unit := self.places.units.get(producer.place_id):
                producer.place = unit
        return found

    def _read_decisions(self, years: set[int]) -> None:
        for decision in Decision.objects.filter(signed_on__year__in=years).order_by("pk"):
            number = decision_key(decision.number)
            self.decisions[number, decision.signed_on].append(decision)
            self.decisions_of_year[number, decision.signed_on.year].append(decision)

    def _read_codes(self, entries: Iterable[Entry]) -> None:
        """Products by the codes that the workbook gives, and certificates by their numbers."""
        codes = {e.code.upper() for e in entries if e.code}
        numbers = {e.certificate_number for e in entries if e.certificate_number}
        self.by_code: dict[str, int] = {}
        self.number_holders: dict[str, int] = {}
        if codes:
            either = Q(code__in=codes | {c.lower() for c in codes} | {e.code for e in entries})
            self.by_code = {
                c.upper(): pk for c, pk in Product.objects.filter(either).values_list("code", "pk")
            }
            aliases = ProductAlias.objects.filter(either).values_list("code", "product")
            self.by_code |= {code.upper(): pk for code, pk in aliases}
        if numbers:
            held = Certificate.objects.filter(number__in=numbers)
            self.number_holders = dict(held.values_list("number", "product"))

    def read_products(self, producers: Collection[Producer]) -> None:
        """The products of the producers that were matched, with their certificates. Two queries."""
        self.products: dict[int, list[Product]] = defaultdict(list)
        self.certificates: dict[int, list[Certificate]] = defaultdict(list)
        own = {p.pk: p for p in producers}
        found = Product.objects.filter(Q(producer__in=own) | Q(pk__in=self.by_code.values()))
        for product in found.select_related("group", "producer").order_by("pk"):
            if unit := self.places.units.get(product.place_id):
                product.place = unit
            self.products[product.producer_id].append(product)
        mine = [p.pk for products in self.products.values() for p in products]
        issued = (
            Certificate.objects.filter(product__in=mine)
            .select_related("decision")
            .order_by("valid_from", "pk")
        )
        for certificate in issued:
            self.certificates[certificate.product_id].append(certificate)
