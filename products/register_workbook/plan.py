"""What a workbook would add to the register, and what stands against it.

Nothing on record is ever changed: what the register has differently is told, and stays. Producers are known by their
registration number, else by folded name and place; products by code, else by folded name within their producer;
recognitions by decision, else by first day.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.db import models

from ocop_portal.clock import today
from producers.models import Producer
from products.models import Certificate, Product
from products.register_workbook.awards import Awards
from products.register_workbook.columns import Layout
from products.register_workbook.holdings import Holdings, number_key, read_groups, read_places
from products.register_workbook.names import Places
from products.register_workbook.reading import Book, Sheet
from products.register_workbook.report import Offer, Progress, Report, quiet
from products.register_workbook.rows import Entry, RowReader
from products.register_workbook.values import core, key

NEARLY = 0.86
"""From which likeness on two names are asked about."""
_STEP = 250
_FORM_WORDS = {"htx", "tht", "cti", "tnhh", "cp", "mtv", "dntn", "ho", "co", "so", "nn", "sxkd", "tm", "dv"}


@dataclass
class Plan:
    """Unsaved records, in the order in which they may be written, and the report that goes with them."""

    report: Report
    producers: list[Producer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    awards: Awards | None = None

    @property
    def certificates(self) -> list[list[Certificate]]:
        """In turns: no turn has two of one product, so that each finds its predecessor written."""
        return self.awards.turns() if self.awards else []


def make_plan(book: Book, sheet: Sheet, layout: Layout, progress: Progress = quiet) -> Plan:
    """Read a sheet and compare it with the register. Reads only; 13 queries at most, however long the sheet."""
    report = Report(sheet.name)
    places = read_places()
    reader = RowReader(sheet, layout, places, read_groups(), report, today(), book.epoch_1904)
    progress("Đọc các dòng", 0, len(sheet.rows))
    entries = reader.entries()
    plan = Plan(report)
    if entries:
        holdings = Holdings(entries, places)
        _Planner(plan, reader, holdings, places).run(entries, progress)
    elif report.ready:
        report.notes.append("Không có dòng sản phẩm nào bên dưới tiêu đề.")
    report.counts["producers"], report.counts["products"] = len(plan.producers), len(plan.products)
    if plan.awards:
        report.counts["decisions"] = len(plan.awards.decisions)
        report.counts["certificates"] = len(plan.awards.certificates)
    return plan


class _Planner:
    """One comparison. Works on entries in order, so that the first line of a thing decides and later ones follow."""

    def __init__(self, plan: Plan, reader: RowReader, holdings: Holdings, places: Places) -> None:
        self.plan, self.reader, self.holdings, self.places = plan, reader, holdings, places
        self.made: dict[str, list[tuple[Producer, int]]] = defaultdict(list)
        self.numbers: dict[str, tuple[Producer, int]] = {}
        self.pools: dict[int, dict[str, Offer]] = defaultdict(dict)
        for producer in holdings.producers:
            self._pool(producer)
        self.lines: dict[tuple[int, str], int] = {}
        self.codes: dict[str, int] = {}

    def run(self, entries: Collection[Entry], progress: Progress) -> None:
        producers: dict[int, Producer | None] = {}
        for done, entry in enumerate(entries, 1):
            self._turn_to(entry)
            producers[entry.row] = self._producer(entry)
            _step("Đối chiếu chủ thể", done, len(entries), progress)
        known = [p for p in producers.values() if p is not None and p.pk]
        self.holdings.read_products(known)
        self.plan.awards = Awards(self.reader, self.holdings)
        for done, entry in enumerate(entries, 1):
            self._turn_to(entry)
            producer = producers[entry.row]
            product = self._product(entry, producer) if producer is not None else None
            if product is not None:
                before = len(self.plan.awards.certificates)
                self.plan.awards.add(entry, product)
                if product.pk and len(self.plan.awards.certificates) == before and not self.reader.faulty:
                    self.plan.report.counts["unchanged"] += 1
            _step("Đối chiếu sản phẩm", done, len(entries), progress)

    def _turn_to(self, entry: Entry) -> None:
        """Remarks go to the line of the entry from here on."""
        self.reader.row, self.reader.cells = entry.row, self.reader.sheet.rows[entry.row]
        self.reader.faulty = False

    def _clean(self, record: models.Model, skipped: set[str], columns: dict[str, str]) -> bool:
        """The checks of `full_clean` that need no query; constraints are checked by the comparison and the database."""
        try:
            record.clean_fields(exclude=skipped)
            record.clean()
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.reader.note(columns.get(name, name), " ".join(messages))
            return False
        return True

    # --- producers -------------------------------------------------------------------------------

    def _producer(self, entry: Entry) -> Producer | None:
        if entry.registration_number:
            found = self._by_number(entry)
            if found is not None or self.reader.faulty:
                return found
        same = [p for p in self.holdings.by_name.get(key(entry.producer), ()) if self._here(p, entry)]
        exact = [p for p in same if p.place_id == entry.place.pk] or same
        if len(exact) > 1:
            offers = tuple(Offer(f"{p.name}, {p.place}", "producer", p.pk) for p in exact[:3])
            self.reader.note(
                "producer",
                f"Sổ bộ có {len(exact)} chủ thể tên này trên địa bàn. Hãy ghi số đăng ký kinh doanh.",
                near=offers,
            )
            return None
        if exact:
            return self._agree(entry, exact[0])
        for producer, row in self.made[key(entry.producer)]:
            if self.places.covers(producer.place, entry.place):
                return self._agree_within(entry, producer, row)
        return self._new_producer(entry)

    def _here(self, producer: Producer, entry: Entry) -> bool:
        unit = self.places.units.get(producer.place_id)
        return unit is not None and self.places.covers(unit, entry.place)

    def _by_number(self, entry: Entry) -> Producer | None:
        number = number_key(entry.registration_number)
        found = self.holdings.by_number.get(number, [])
        if len(found) > 1:
            offers = tuple(Offer(p.name, "producer", p.pk) for p in found[:3])
            self.reader.note("registration_number", "Sổ bộ có nhiều chủ thể mang số này.", near=offers)
            return None
        if found:
            if key(found[0].name) != key(entry.producer):
                self.reader.warn(
                    "producer",
                    f"Số đăng ký này là của “{found[0].name}” trong sổ bộ; dòng được ghi cho chủ thể đó.",
                    near=(Offer(found[0].name, "producer", found[0].pk),),
                )
            return found[0]
        if number in self.numbers:
            producer, row = self.numbers[number]
            if key(producer.name) != key(entry.producer):
                self.reader.note("registration_number", f"Số này đã là của “{producer.name}” ở dòng {row}.")
                return None
            return producer
        return None

    def _agree(self, entry: Entry, producer: Producer) -> Producer | None:
        """A producer on record by name: told where the workbook has something else; the register stays."""
        held = number_key(producer.registration_number)
        if held and entry.registration_number and held != number_key(entry.registration_number):
            self.reader.note(
                "registration_number",
                f"Sổ bộ ghi chủ thể này mang số {producer.registration_number}.",
                near=(Offer(producer.name, "producer", producer.pk),),
            )
            return None
        if Producer.LegalForm.UNRECORDED not in (producer.legal_form, entry.legal_form) and (
            producer.legal_form != entry.legal_form
        ):
            self.reader.warn(
                "legal_form", f"Sổ bộ ghi loại hình {producer.get_legal_form_display()}; giữ nguyên."
            )
        for name in ("phone", "representative", "address"):
            held_value, given = getattr(producer, name), getattr(entry, name)
            said = (producer.pk, name, key(given))
            if held_value and given and key(held_value) != key(given) and said not in self.reader.told:
                self.reader.told.add(said)
                self.reader.warn(name, f"Sổ bộ ghi “{held_value}”; giữ nguyên.")
        return producer

    def _agree_within(self, entry: Entry, producer: Producer, row: int) -> Producer | None:
        """A producer that an earlier line brought."""
        given, held = number_key(entry.registration_number), number_key(producer.registration_number)
        if given and held and given != held:
            self.reader.note("registration_number", f"Cùng chủ thể này, dòng {row} ghi số khác.")
            return None
        if producer.legal_form != entry.legal_form:
            self.reader.warn("legal_form", f"Cùng chủ thể này, dòng {row} ghi khác; lấy theo dòng {row}.")
        return producer

    def _new_producer(self, entry: Entry) -> Producer | None:
        producer = Producer(
            name=entry.producer,
            legal_form=entry.legal_form,
            registration_number=entry.registration_number,
            representative=entry.representative,
            phone=entry.phone,
            email=entry.email,
            address=entry.address,
            place=entry.place,
        )
        if not self._clean(producer, {"place"}, {"name": "producer"}):
            return None
        self._ask_about(entry)
        self.made[key(entry.producer)].append((producer, entry.row))
        if entry.registration_number:
            self.numbers[number_key(entry.registration_number)] = (producer, entry.row)
        self._pool(producer, entry.row)
        self.plan.producers.append(producer)
        return producer

    # --- near duplicates -------------------------------------------------------------------------

    def _pool(self, producer: Producer, row: int = 0) -> None:
        """Remember a producer among those of its commune of today, for near duplicates."""
        unit = self.places.units.get(producer.place_id)
        if unit is None:
            return
        where = f" (dòng {row})" if row else f", {unit}"
        offer = Offer(f"{producer.name}{where}", "" if row else "producer", producer.pk or 0)
        self.pools[unit.current_id or unit.pk].setdefault(_bare(producer.name), offer)

    def _ask_about(self, entry: Entry) -> None:
        """Warn of producers that a new one may be: nearly the same name here, or the very name elsewhere."""
        pool = self.pools[entry.place.current_id or entry.place.pk]
        wanted = _bare(entry.producer)
        near = [offer for name, offer in pool.items() if _alike(wanted, name)]
        elsewhere = [
            p for p in self.holdings.by_name.get(key(entry.producer), ()) if not self._here(p, entry)
        ]
        near += [Offer(f"{p.name}, {p.place}", "producer", p.pk) for p in elsewhere[:2]]
        if near:
            self.reader.warn(
                "producer", "Chủ thể này sẽ được thêm mới, nhưng có tên gần giống.", near=tuple(near[:3])
            )

    # --- products --------------------------------------------------------------------------------

    def _product(self, entry: Entry, producer: Producer) -> Product | None:
        line = (id(producer), key(entry.name))
        if first := self.lines.get(line):
            self.reader.note("name", f"Trùng với dòng {first}: cùng chủ thể, cùng tên sản phẩm.")
            return None
        self.lines[line] = entry.row
        held = self.holdings.products.get(producer.pk, []) if producer.pk else []
        by_code = self._by_code(entry, producer, held)
        if self.reader.faulty:
            return None
        same = [by_code] if by_code else [p for p in held if key(p.name) == key(entry.name)]
        if not same:
            return self._new_product(entry, producer, held)
        product = next((p for p in same if p.name == entry.name), same[0])
        if product.group_id != entry.group.pk:
            self.reader.warn("group", f"Sổ bộ ghi bộ “{product.group}”; giữ nguyên.")
        if not self._here_is(product, entry):
            self.reader.warn("commune", f"Sổ bộ ghi nơi sản xuất là {product.place}; giữ nguyên.")
        return product

    def _here_is(self, product: Product, entry: Entry) -> bool:
        unit = self.places.units.get(product.place_id)
        return unit is None or self.places.covers(unit, entry.place)

    def _by_code(self, entry: Entry, producer: Producer, held: list[Product]) -> Product | None:
        if not entry.code:
            return None
        code = entry.code.upper()
        if pk := self.holdings.by_code.get(code):
            if product := next((p for p in held if p.pk == pk), None):
                if key(product.name) != key(entry.name):
                    self.reader.warn(
                        "name", f"Mã này là của “{product.name}” trong sổ bộ; giữ tên trong sổ bộ."
                    )
                return product
            self.reader.note(
                "code", "Mã này trong sổ bộ là của sản phẩm thuộc chủ thể khác.", near=(self._offer(pk),)
            )
            return None
        if first := self.codes.get(code):
            self.reader.note("code", f"Mã này đã có ở dòng {first}.")
            return None
        self.codes[code] = entry.row
        return None

    def _offer(self, pk: int) -> Offer:
        found = next(
            (p for products in self.holdings.products.values() for p in products if p.pk == pk), None
        )
        return Offer(f"{found.name}, {found.producer}" if found else "", "product", pk)

    def _new_product(self, entry: Entry, producer: Producer, held: list[Product]) -> Product | None:
        product = Product(
            name=entry.name, code=entry.code, producer=producer, group=entry.group, place=entry.place
        )
        skipped = {"producer", "group", "place"} | (set() if entry.code else {"code"})
        if not self._clean(product, skipped, {}):
            return None
        near = tuple(
            Offer(f"{p.name} ({p.code})", "product", p.pk)
            for p in held
            if _alike(key(p.name), key(entry.name))
        )
        if near:
            self.reader.warn(
                "name", "Sản phẩm này sẽ được thêm mới, nhưng chủ thể đã có tên gần giống.", near=near[:3]
            )
        self.plan.products.append(product)
        return product


def _step(stage: str, done: int, total: int, progress: Progress) -> None:
    """Tell progress now and then."""
    if done % _STEP == 0 or done == total:
        progress(stage, done, total)


def _bare(name: str) -> str:
    """A producer's name without the words that say its legal form and trade."""
    words = core(name).split()
    return " ".join([word for word in words if word not in _FORM_WORDS] or words)


def _numbers(name: str) -> list[str]:
    return [word for word in name.split() if word.isdigit()]


def _alike(one: str, other: str) -> bool:
    """Whether two names, differently written, may be one. Numbers must agree: `Trà số 1` is not `Trà số 2`."""
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter < 5 or 2 * shorter < NEARLY * (shorter + longer) or _numbers(one) != _numbers(other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= NEARLY and matcher.ratio() >= NEARLY
