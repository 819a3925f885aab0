"""Rules of assessment as plain values: what a decision's criteria offer, and what is wrong with a file of them.

Pure: no ORM. `ratings.reading.rules_of` builds the same values from an edition in the database, and
`ratings.actions.rules.load_criteria` brings a file there. The file's shape is told in docs/criteria.md.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
PARTS = ("A", "B", "C")
DECREED_MAXIMA = {"A": 40, "B": 25, "C": 35}
"""Points of the parts of decision 26/2026/QĐ-TTg, article 3; a file for another decision names its own."""
PART_NAMES = {
    "A": "Sản phẩm và sức mạnh của cộng đồng",
    "B": "Khả năng tiếp thị",
    "C": "Chất lượng sản phẩm",
}
"""Headings of the parts, the same in every set of every decision so far."""
NOTE_FIELDS = {
    "disqualify_if": "excluded_if",
    "stop_if": "stop_if",
    "applies_when": "applies_when",
    "requirement": "requirement",
    "note": "note",
}
"""Kinds of notes in a file → columns of `Criterion`."""


@dataclass(frozen=True)
class Grade:
    """One answer to a criterion: whole points, and the star for which at least this answer is needed, if any."""

    points: int
    star: int | None = None
    label: str = ""
    case: str = ""
    pk: int = 0


@dataclass(frozen=True)
class Scale:
    """A choose-one criterion with its grades. "None of these", worth 0 points, is always possible."""

    code: str
    part: str
    grades: tuple[Grade, ...]
    name: str = ""
    section: str = ""
    parent: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    """(column of `Criterion`, text), in the order of `NOTE_FIELDS`."""
    pk: int = 0

    @cached_property
    def maximum(self) -> int:
        return max(grade.points for grade in self.grades)

    @cached_property
    def choices(self) -> tuple[int, ...]:
        """The points that may be chosen, ascending, 0 among them."""
        return tuple(sorted({0, *(grade.points for grade in self.grades)}))

    @cached_property
    def marked(self) -> bool:
        """Whether a star asks for a least answer here."""
        return any(grade.star for grade in self.grades)

    def needed(self, stars: int) -> int:
        """The fewest points that do not stand in the way of so many stars: the marks of the lower stars count too."""
        return max((g.points for g in self.grades if g.star and g.star <= stars), default=0)


@dataclass(frozen=True)
class SectionHead:
    """A heading within a part."""

    code: str
    part: str
    name: str
    maximum: int


@dataclass(frozen=True)
class Table:
    """The criteria table of one product set, keyed by (ruleset, code), never by the code alone."""

    ruleset: str
    code: str
    scales: tuple[Scale, ...]
    name: str = ""
    sections: tuple[SectionHead, ...] = ()
    disqualify: tuple[str, ...] = ()
    samples: int = 0
    pk: int = 0

    @cached_property
    def by_code(self) -> dict[str, Scale]:
        return {scale.code: scale for scale in self.scales}

    def of_part(self, part: str) -> list[tuple[SectionHead, list[Scale]]]:
        """The part's sections in order, each with its criteria."""
        return [
            (head, [s for s in self.scales if (s.part, s.section) == (part, head.code)])
            for head in self.sections
            if head.part == part
        ]


@dataclass(frozen=True)
class BandRule:
    """From how many points on the total is of so many stars; by whom it is certified ("" : by nobody)."""

    stars: int
    least: int
    certified_by: str = ""


@dataclass(frozen=True)
class Rules:
    """A decision's parts, bands (the highest first) and criteria tables."""

    code: str
    name: str
    issued_on: date
    in_force_from: date
    maxima: dict[str, int]
    bands: tuple[BandRule, ...]
    sets: dict[str, Table]
    remarks: tuple[str, ...] = ()
    in_force_to: date | None = None
    edition: int = 1

    def band(self, stars: int) -> BandRule:
        return next(b for b in self.bands if b.stars == stars)


class BadRuleset(ValueError):
    """What is wrong with a ruleset's data, every fault with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


BODIES = {"ministry": "centre", "centre": "centre", "province": "province", "district": "district"}
"""Who certifies a star, as files say it → `Decision.Level`."""


def parse(data: Any) -> Rules:
    """Rules from a file's data, all of it checked. Raises BadRuleset naming every fault with its place."""
    reader = _Reader()
    rules = reader.rules(data)
    if rules is not None and not reader.faults:
        reader.faults += faults(rules)
    if reader.faults or rules is None:
        raise BadRuleset(reader.faults or ["tệp không có nội dung đọc được"])
    return rules


class _Reader:
    """Reads a file's data, collecting what cannot be read instead of stopping at the first fault."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def _get(self, data: Any, key: str, kind: type, place: str) -> Any:
        value = data.get(key) if isinstance(data, dict) else None
        if isinstance(value, bool) or not isinstance(value, kind):
            self.faults.append(f"{place}: thiếu hoặc sai “{key}”")
            return kind()
        return value

    def _text(self, data: Any, key: str, place: str, longest: int) -> str:
        text = self._get(data, key, str, place).strip()
        if len(text) > longest:
            self.faults.append(f"{place}: “{key}” dài hơn {longest} ký tự")
        return text

    def _maybe(self, data: Any, key: str, kind: type, place: str) -> Any:
        """An optional value; its empty form where it is absent."""
        absent = not isinstance(data, dict) or data.get(key) is None
        return kind() if absent else self._get(data, key, kind, place)

    def _texts(self, data: Any, key: str, place: str) -> tuple[str, ...]:
        return tuple(str(text) for text in self._maybe(data, key, list, place))

    def _day(self, data: Any, key: str) -> date:
        text = self._get(data, key, str, "tệp")
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.faults.append(f"tệp: “{key}” phải là ngày dạng 2026-05-22")
            return date.min

    def rules(self, data: Any) -> Rules | None:
        if not isinstance(data, dict):
            self.faults.append("tệp: phải là một đối tượng JSON")
            return None
        decision = self._text(data, "decision", "tệp", 60)
        code = self._maybe(data, "code", str, "tệp") or decision.removesuffix("/QĐ-TTg").replace("/", "-")
        if not 0 < len(code) <= 20:
            self.faults.append("tệp: mã bộ quy tắc phải có 1 đến 20 ký tự")
        tables = [self._table(code, t, n) for n, t in enumerate(self._get(data, "product_sets", list, "tệp"))]
        codes = [table.code for table in tables]
        self.faults += [f"bộ {c}: xuất hiện hai lần" for c in sorted(set(codes)) if codes.count(c) > 1]
        bands = [self._band(b, n) for n, b in enumerate(self._get(data, "star_bands", list, "tệp"))]
        parts = self._maybe(data, "parts", dict, "tệp")
        return Rules(
            code=code,
            name=self._maybe(data, "name", str, "tệp") or f"Quyết định {decision}",
            issued_on=self._day(data, "issued"),
            in_force_from=self._day(data, "effective_from"),
            maxima={p: self._get(parts, p, int, "parts") for p in PARTS} if parts else dict(DECREED_MAXIMA),
            bands=tuple(sorted(bands, key=lambda b: -b.stars)),
            sets={table.code: table for table in tables},
            remarks=self._texts(data, "remarks", "tệp"),
            in_force_to=self._day(data, "in_force_to") if data.get("in_force_to") else None,
        )

    def _band(self, data: Any, n: int) -> BandRule:
        place = f"star_bands dòng {n + 1}"
        stars, least = self._get(data, "stars", int, place), self._get(data, "min", int, place)
        body = ""
        if isinstance(data, dict) and data.get("certificate", stars >= 3):
            said = str(data.get("recognised_by", "")).lower()
            body = BODIES.get(said) or ("centre" if "bộ" in said.split() else "province" if said else "")
            if not body:
                self.faults.append(f"{place}: không rõ cấp công nhận {stars} sao")
        return BandRule(stars, least, body)

    def _table(self, ruleset: str, data: Any, n: int) -> Table:
        code = self._text(data, "code", f"bộ thứ {n + 1}", 2)
        place = f"bộ {code}"
        heads, scales = [], []
        for part in self._get(data, "parts", list, place):
            letter = self._get(part, "code", str, place)
            if letter not in PARTS:
                self.faults.append(f"{place}: không có phần “{letter}”")
                continue
            where = f"{place}/{letter}"
            heads += [self._head(letter, h, where) for h in self._get(part, "sections", list, where)]
            scales += [self._scale(letter, c, place) for c in self._get(part, "criteria", list, where)]
        return Table(
            ruleset,
            code,
            tuple(scales),
            name=self._text(data, "name", place, 200),
            sections=tuple(heads),
            disqualify=self._texts(data, "disqualify", place),
            samples=self._maybe(data, "sample_products_required", int, place),
        )

    def _head(self, part: str, data: Any, place: str) -> SectionHead:
        code, name = self._text(data, "code", place, 10), self._text(data, "name", place, 200)
        return SectionHead(code, part, name, self._get(data, "max", int, place))

    def _scale(self, part: str, data: Any, place: str) -> Scale:
        code = self._text(data, "code", place, 10)
        where = f"{place}/{code}"
        name, maximum = self._text(data, "name", where, 300), self._get(data, "max", int, where)
        options = self._get(data, "options", list, where)
        grades = [self._grade(item, f"{where} mức {n + 1}") for n, item in enumerate(options)]
        if not grades:
            # Printed with its maximum alone: yes or no.
            grades = [Grade(maximum, None, name)]
        if max(grade.points for grade in grades) != maximum:
            self.faults.append(f"{where}: mức cao nhất không bằng {maximum} điểm")
        parent = self._maybe(data, "parent", dict, where)
        return Scale(
            code,
            part,
            tuple(grades),
            name=name,
            section=self._text(data, "section", where, 10),
            parent=self._text(parent, "name", where, 200) if parent else "",
            notes=self._notes(data, where),
        )

    def _notes(self, data: Any, place: str) -> tuple[tuple[str, str], ...]:
        told: dict[str, str] = {}
        for note in self._maybe(data, "notes", list, place):
            kind, text = self._get(note, "type", str, place), self._get(note, "text", str, place)
            column = NOTE_FIELDS.get(kind)
            if column is None:
                self.faults.append(f"{place}: không có loại ghi chú “{kind}”")
            else:
                told[column] = f"{told[column]}\n{text}" if column in told else text
        if remark := self._maybe(data, "remark", str, place):
            told["remark"] = remark
        return tuple((c, told[c]) for c in (*NOTE_FIELDS.values(), "remark") if c in told)

    def _grade(self, data: Any, place: str) -> Grade:
        # A print fault: some options stand without their points, which are 0 in every other set.
        points, star = self._maybe(data, "points", int, place), self._maybe(data, "min_star", int, place)
        label = self._text(data, "label", place, 600)
        return Grade(points, star or None, label, self._maybe(data, "case", str, place))


def faults(rules: Rules) -> list[str]:
    """What does not hold, each with its place: parts that do not add up, options that do not ascend, marks astray."""
    wrong = []
    stars = [band.stars for band in rules.bands]
    leasts = [band.least for band in rules.bands]
    if (
        stars != [5, 4, 3, 2, 1]
        or leasts != sorted(set(leasts), reverse=True)
        or leasts[-1] != 0
        or leasts[0] > 100
    ):
        wrong.append("star_bands: phải có đủ 5 đến 1 sao, ngưỡng giảm dần tới 0")
    if sum(rules.maxima.values()) != 100:
        wrong.append(f"các phần cộng lại {sum(rules.maxima.values())} điểm, không phải 100")
    for table in rules.sets.values():
        wrong += _table_faults(table, rules.maxima)
    return wrong


def _table_faults(table: Table, maxima: dict[str, int]) -> list[str]:
    wrong, place = [], f"bộ {table.code}"
    for part, maximum in maxima.items():
        total = sum(s.maximum for s in table.scales if s.part == part)
        if total != maximum:
            wrong.append(f"{place}/{part}: các tiêu chí cộng lại {total} điểm, không phải {maximum}")
        headed = sum(h.maximum for h in table.sections if h.part == part)
        if table.sections and headed != maximum:
            wrong.append(f"{place}/{part}: các mục cộng lại {headed} điểm, không phải {maximum}")
    if len(table.by_code) != len(table.scales):
        wrong.append(f"{place}: có tiêu chí xuất hiện hai lần")
    heads = {(h.part, h.code): h for h in table.sections}
    for scale in table.scales:
        where = f"{place}/{scale.code}"
        if heads and (scale.part, scale.section) not in heads:
            wrong.append(f"{where}: không có mục “{scale.section}” trong phần {scale.part}")
        wrong += _scale_faults(scale, where)
    for head in table.sections:
        inside = sum(s.maximum for s in table.scales if (s.part, s.section) == (head.part, head.code))
        if inside != head.maximum:
            wrong.append(
                f"{place}/{head.part} mục {head.code}: tiêu chí cộng lại {inside}, mục ghi {head.maximum}"
            )
    return wrong


def _scale_faults(scale: Scale, where: str) -> list[str]:
    """Within a case, options ascend (two alike are kept as printed) and marks rise with them."""
    wrong = []
    for case in dict.fromkeys(g.case for g in scale.grades):
        grades = [g for g in scale.grades if g.case == case]
        points = [g.points for g in grades]
        if points != sorted(points):
            wrong.append(f"{where}: các mức không tăng dần: {points}")
        marks = [g.star for g in grades if g.star]
        if any(star not in (3, 4, 5) for star in marks):
            wrong.append(f"{where}: dấu sao ngoài 3 đến 5")
        if marks != sorted(set(marks)):
            wrong.append(f"{where}: dấu sao không tăng cùng điểm")
    if any(g.points < 0 for g in scale.grades):
        wrong.append(f"{where}: điểm âm")
    if any(not g.label.strip() for g in scale.grades):
        wrong.append(f"{where}: có mức không có nội dung")
    return wrong
