"""From lines of cells to typed entries. What cannot be read is reported, and its line makes no entry."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.models import ProductGroup
from products.register_workbook import values
from products.register_workbook.columns import FIELDS, Layout
from products.register_workbook.names import Groups, Issuer, Places, PlaceUnread, read_issuer
from products.register_workbook.reading import Cell, Sheet
from products.register_workbook.report import Offer, Remark, Report
from products.register_workbook.values import Unread
from products.standing import add_months, proposed_end

T = TypeVar("T")
SHORTEST_MONTHS, LONGEST_MONTHS = 12, 60
"""A printed end outside these months from the start is a slip, not a term."""
_SUMS = re.compile(r"(tong( cong| so)?|cong)( so)?( san pham| chu the)?( \d.*)?")
_SECTION_FIELDS = {"name", "producer", "commune", "group"}


@dataclass
class Turn:
    """One recognition as the line tells it."""

    turn: str
    day: date
    number: str
    issuer: Issuer | None
    stars: int | None

    @property
    def cited(self) -> str:
        return f"Quyết định {self.number or '(không ghi số)'} ngày {self.day:%d/%m/%Y}"


@dataclass
class Entry:
    """A product of the workbook, everything read."""

    row: int
    name: str
    producer: str
    legal_form: str
    group: ProductGroup
    place: AdministrativeUnit
    code: str = ""
    registration_number: str = ""
    address: str = ""
    representative: str = ""
    phone: str = ""
    email: str = ""
    valid_to: date | None = None
    certificate_number: str = ""
    turns: list[Turn] = field(default_factory=list)


class RowReader:
    """Reads the lines below the headings of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        places: Places,
        groups: Groups,
        report: Report,
        day: date,
        epoch_1904: bool,
    ) -> None:
        self.sheet, self.layout, self.report = sheet, layout, report
        self.places, self.groups, self.day, self.epoch_1904 = places, groups, day, epoch_1904
        self.columns = layout.columns
        self.row = 0
        self.cells: dict[int, Cell] = {}
        self.faulty = False
        self.told: set[tuple[object, ...]] = set()
        """What is said once, however many lines it holds for."""

    def entries(self) -> list[Entry]:
        """All products of the sheet, in order."""
        found = []
        for row in sorted(self.sheet.rows):
            if row <= self.layout.last:
                continue
            self.row, self.cells, self.faulty = row, self.sheet.rows[row], False
            if self._is_no_product():
                continue
            self.report.counts["rows"] += 1
            if entry := self._entry():
                found.append(entry)
        return found

    # --- what a line is --------------------------------------------------------------------------

    def _is_no_product(self) -> bool:
        """Blank lines, sums, signatures and names of sections; all but blank ones are told."""
        told = {column: values.shown(cell, self.epoch_1904) for column, cell in self.cells.items()}
        filled = {name: told[column] for name, column in self.columns.items() if told.get(column)}
        texts = [text for _, text in sorted(told.items()) if text]
        distinct = dict.fromkeys(texts)
        if not texts or (not filled and all(re.fullmatch(r"[\d.,]+", text) for text in texts)):
            return True
        summed = any(_SUMS.fullmatch(values.key(text)) for text in texts[:3]) and not filled.get("producer")
        lone = len(distinct) == 1 or (not filled.get("name") and len(filled) <= 2)
        section = set(filled) <= _SECTION_FIELDS and len(filled) == 1 and len(distinct) <= 2
        if summed or lone or section:
            self.report.skipped.append((self.row, " · ".join(distinct)[:200]))
            return True
        return False

    # --- cells -----------------------------------------------------------------------------------

    def cell(self, name: str) -> Cell | None:
        column = self.columns.get(name)
        return self.cells.get(column) if column else None

    def note(self, name: str, reason: str, *, near: tuple[Any, ...] = (), grave: bool = True) -> None:
        """Report something about the cell of a field."""
        self.faulty = self.faulty or grave
        offers = tuple(item if isinstance(item, Offer) else Offer(item) for item in near)
        value = values.shown(self.cell(name), self.epoch_1904)[:200]
        self.report.add(Remark(self.row, self.layout.label(name), value, reason, offers, grave))

    def warn(self, name: str, reason: str, *, near: tuple[Any, ...] = ()) -> None:
        self.note(name, reason, near=near, grave=False)

    def read(self, name: str, reader: Callable[[Cell | None], T], otherwise: T) -> T:
        """The value of a field, `otherwise` where it cannot be read (reported) or there is no such column."""
        try:
            return reader(self.cell(name))
        except Unread as error:
            self.note(name, error.reason, near=error.near)
            return otherwise

    def text(self, name: str) -> str:
        return self.read(name, lambda cell: values.text_of(cell, self.epoch_1904), "")

    def day_of(self, name: str) -> date | None:
        return self.read(name, lambda cell: values.read_day(cell, self.epoch_1904), None)

    def needed(self, name: str) -> str:
        """A text without which there is no entry."""
        before = self.faulty
        self.faulty = False
        text = self.text(name)
        if not text and not self.faulty:
            self.note(name, f"Thiếu {_lower(FIELDS[name].label)}.")
        self.faulty = self.faulty or before
        return text

    # --- an entry --------------------------------------------------------------------------------

    def _entry(self) -> Entry | None:
        name, producer = self.needed("name"), self.needed("producer")
        group, place = self._group(), self._place()
        turns = self._turns(place)
        valid_to = self.day_of("valid_to")
        if turns:
            self._check_stars(turns)
            self._check_end(turns[-1].day, valid_to)
        else:
            self.read("stars", values.read_stars, None)
        form = self._legal_form(producer)
        number = self.text("registration_number")
        optional = {
            key: self.text(key)
            for key in ("code", "address", "representative", "email", "certificate_number")
        }
        phone = self.read("phone", values.read_phone, "")
        if self.faulty or group is None or place is None:
            return None
        return Entry(
            self.row,
            name,
            producer,
            form,
            group,
            place,
            registration_number=number,
            phone=phone,
            valid_to=valid_to,
            turns=turns,
            **optional,
        )

    def _group(self) -> ProductGroup | None:
        text = self.needed("group")
        if not text:
            return None
        try:
            return self.groups.find(text)
        except Unread as error:
            self.note("group", error.reason, near=error.near)
            return None

    def _place(self) -> AdministrativeUnit | None:
        commune, district = self.text("commune"), self.text("district")
        try:
            found = self.places.find(commune, district)
        except PlaceUnread as error:
            field_in_fault = error.field if error.field in self.columns else "commune"
            self.note(field_in_fault, error.reason, near=error.near)
            return None
        if found is None:
            if not self.faulty:
                self.note("commune", "Thiếu xã, phường.")
            return None
        if found.remark and (commune, district) not in self.told:
            self.told.add((commune, district))
            self.warn("commune", f"{found.remark} Các dòng khác ghi như vậy cũng được hiểu thế.")
        return found.unit

    def _legal_form(self, producer: str) -> str:
        said = values.form_of_name(producer)
        given = self.read("legal_form", values.read_legal_form, None)
        if given and said and given != said:
            labels = dict(Producer.LegalForm.choices)
            self.warn(
                "legal_form", f"Tên chủ thể cho thấy là {labels[said]}, còn cột này ghi {labels[given]}."
            )
        if not given and not said:
            self.warn("legal_form", "Không ghi loại hình: sổ bộ ghi “chưa ghi nhận”.")
        return given or said or Producer.LegalForm.UNRECORDED

    def _turns(self, place: AdministrativeUnit | None) -> list[Turn]:
        district = place.district if place is not None else None
        found = [turn for name in ("first", "second") if (turn := self._turn(name, district))]
        if self.faulty:
            return found
        if not found:
            self.note("first_date", "Thiếu ngày công nhận lần 1.")
        elif found[0].turn == "second":
            self.note("first_date", "Có lần công nhận 2 nhưng thiếu ngày công nhận lần 1.")
        elif len(found) == 2 and found[1].day <= found[0].day:
            self.note("second_date", f"Lần 2 không sau lần 1 (ngày {found[0].day:%d/%m/%Y}).")
        return found

    def _turn(self, turn: str, district: AdministrativeUnit | None) -> Turn | None:
        day = self.day_of(f"{turn}_date")
        nothing: values.Citation = ("", None, "")
        number, cited_day, cited_issuer = self.read(f"{turn}_decision", values.read_decision, nothing)
        body = self.text(f"{turn}_issuer") or cited_issuer
        stars = self.read(f"{turn}_stars", values.read_stars, None)
        if day and cited_day and day != cited_day:
            self.note(f"{turn}_decision", f"Ngày trong ô này khác cột ngày công nhận ({day:%d/%m/%Y}).")
        day = day or cited_day
        issuer = self._issuer(turn, body, day or self.day, district) if body else None
        if day is None:
            if (number or body or stars) and not self.faulty:
                self.note(f"{turn}_date", f"Thiếu ngày công nhận lần {1 if turn == 'first' else 2}.")
            return None
        if day > self.day:
            self.note(f"{turn}_date", f"Ngày này ở sau hôm nay, {self.day:%d/%m/%Y}.")
        return Turn(turn, day, number, issuer, stars)

    def _issuer(self, turn: str, body: str, day: date, district: AdministrativeUnit | None) -> Issuer | None:
        where = f"{turn}_issuer" if f"{turn}_issuer" in self.columns else f"{turn}_decision"
        try:
            issuer = read_issuer(body, day, self.places, district)
        except Unread as error:
            self.note(where, error.reason, near=error.near)
            return None
        if issuer.unit is not None and not issuer.unit.stands_on(day):
            self.warn(where, f"Ngày {day:%d/%m/%Y} không có {_lower(issuer.unit.name)}.")
        return issuer

    def _check_stars(self, turns: list[Turn]) -> None:
        """The stars of the last recognition are those the product has now. Those of an earlier one may be unknown."""
        before, self.faulty = self.faulty, False
        now = self.read("stars", values.read_stars, None)
        last = turns[-1]
        column = f"{last.turn}_stars"
        if now and last.stars and now != last.stars:
            self.note(
                "stars", f"Hạng sao hiện tại khác hạng sao của lần công nhận gần nhất ({last.stars} sao)."
            )
        last.stars = last.stars or now
        if not last.stars and not self.faulty and not before:
            self.note("stars" if "stars" in self.columns else column, "Thiếu hạng sao.")
        self.faulty = self.faulty or before

    def _check_end(self, start: date, end: date | None) -> None:
        if end is None:
            return
        if end <= start:
            self.note("valid_to", f"Ngày hết hạn không sau ngày công nhận ({start:%d/%m/%Y}).")
        elif not add_months(start, SHORTEST_MONTHS) <= end <= add_months(start, LONGEST_MONTHS):
            self.note(
                "valid_to",
                f"Ngày hết hạn cách ngày công nhận gần nhất ({start:%d/%m/%Y}) dưới {SHORTEST_MONTHS} "
                f"hoặc trên {LONGEST_MONTHS} tháng: một trong hai ngày có thể sai.",
                near=(f"{proposed_end(start):%d/%m/%Y}",),
            )
        elif end != proposed_end(start):
            self.warn(
                "valid_to",
                f"Không đúng 36 tháng kể từ {start:%d/%m/%Y} (đúng ra là {proposed_end(start):%d/%m/%Y}); "
                "vẫn ghi ngày trong tệp, như in trên giấy.",
            )


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
