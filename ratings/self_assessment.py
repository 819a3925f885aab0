"""A producer's own reading of a criteria table: answers taken from an address, and the result in words. Pure.

An answer is the place of an option within its criterion, from 1 on; 0 is "none of these". Points would not do: two
options of one criterion may be worth the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ratings.rulesets import PART_NAMES, Grade, Rules, Scale, SectionHead, Table
from ratings.scoring import RECOGNISED, Result, Step, score

NONE = 0
NONE_LABEL = "Không có mức nào"
NOT_ANSWERED = "Chưa chọn"
MOST_NAMED = 8

# column of `Criterion` -> (heading, tone, icon)
NOTE_LOOK = {
    "excluded_if": ("Bị loại nếu", "bad", "shield-x"),
    "stop_if": ("Dừng đánh giá nếu", "bad", "alert"),
    "applies_when": ("Chỉ áp dụng khi", "warn", "filter"),
    "requirement": ("Yêu cầu", "info", "check"),
    "note": ("Giải thích", "quiet", "info"),
    "remark": ("Ghi chú về bản in", "quiet", "book"),
}
# How the texts themselves begin; the heading has said it already.
_OPENINGS = re.compile(
    r"\A((bị loại|không đánh giá tiếp|dừng đánh giá) nếu|(chỉ chấm|chỉ áp dụng) khi) ", re.IGNORECASE
)
_LIKE_A_CODE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}", re.ASCII)


@dataclass(frozen=True)
class Note:
    """A condition or an explanation printed with a criterion."""

    heading: str
    text: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Question:
    """A criterion as it is asked. `answer` is None until something was chosen; `cases` keep the printed order."""

    scale: Scale
    answer: int | None
    cases: tuple[tuple[str, tuple[tuple[int, Grade], ...]], ...]
    notes: tuple[Note, ...]

    @property
    def anchor(self) -> str:
        return anchor(self.scale.code)


@dataclass(frozen=True)
class Part:
    """A part with the points it has so far; a section's heading is None where its only criterion repeats it."""

    letter: str
    name: str
    maximum: int
    points: int
    sections: tuple[tuple[SectionHead | None, tuple[Question, ...]], ...]


@dataclass(frozen=True)
class Move:
    """A step in words: which criterion, from what to what, for which star, and whether a star's minimum asks for it."""

    scale: Scale
    chosen: str
    chosen_points: int
    needed: str
    needed_points: int
    stars: int
    minimum: bool

    @property
    def anchor(self) -> str:
        return anchor(self.scale.code)

    @property
    def more(self) -> int:
        return self.needed_points - self.chosen_points


def anchor(code: str) -> str:
    """Id of a criterion within the page."""
    return "tc-" + re.sub(r"[^0-9A-Za-z]", "-", code)


@dataclass(frozen=True)
class Tick:
    """A star's band on the scale of 300 units that is drawn for 100 points."""

    stars: int
    least: int
    x: int


@dataclass(frozen=True)
class Sheet:
    """Answers to a table. `refused` names criteria whose answer is not one of the table's."""

    table: Table
    rules: Rules
    answers: Mapping[str, int]
    refused: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Iterable[tuple[str, str]], table: Table, rules: Rules) -> "Sheet":
        """From the parameters of an address. Never raises: what is not an answer to this table is left out."""
        answers, refused = {}, []
        for name, value in given:
            scale = table.by_code.get(name)
            place = int(value) if re.fullmatch(r"[0-9]{1,2}", value, re.ASCII) else None
            if scale is not None and place is not None and place <= len(scale.grades):
                answers[name] = place
            elif scale is not None or _LIKE_A_CODE.fullmatch(name):
                refused.append(name)
        return cls(table, rules, answers, tuple(dict.fromkeys(refused)))

    @cached_property
    def points(self) -> dict[str, int]:
        """Points of every answered criterion."""
        return {code: grade.points if (grade := self._grade(code)) else 0 for code in self.answers}

    @cached_property
    def result(self) -> Result:
        return score(self.points, self.table, self.rules)

    @property
    def unanswered(self) -> int:
        return len(self.table.scales) - len(self.answers)

    @cached_property
    def parts(self) -> list[Part]:
        return [
            Part(
                letter,
                PART_NAMES[letter],
                maximum,
                self.result.parts[letter],
                tuple(
                    (None if _repeats(head, scales) else head, tuple(self._question(s) for s in scales))
                    for head, scales in self.table.of_part(letter)
                ),
            )
            for letter, maximum in self.rules.maxima.items()
        ]

    @cached_property
    def unmet(self) -> list[Move]:
        """Minimums that keep the product below the star of its total."""
        return [self._move(step) for step in self.result.unmet]

    @cached_property
    def next(self) -> list[Move]:
        """The fewest criteria to raise for the next star."""
        return [self._move(step) for step in self.result.next]

    @property
    def next_is_unmet(self) -> bool:
        """Whether meeting the minimums listed is all that the next star takes."""
        ways = ({(s.criterion, s.needed) for s in steps} for steps in (self.result.unmet, self.result.next))
        return next(ways) == next(ways)

    @property
    def next_stars(self) -> int:
        """The star that `next` leads to; 0 at five stars."""
        return self.result.next[0].for_stars if self.result.next else 0

    @property
    def next_total(self) -> int:
        return self.result.total + sum(move.more for move in self.next)

    @property
    def held_back(self) -> bool:
        """Whether the total would do for more stars than the minimums allow."""
        return self.result.band in RECOGNISED and self.result.stars < self.result.band

    @property
    def ticks(self) -> list[Tick]:
        bands = [self.rules.band(stars) for stars in RECOGNISED]
        return [Tick(b.stars, b.least, b.least * 3) for b in bands]

    @property
    def filled(self) -> int:
        """Length of the total on that scale."""
        return self.result.total * 3

    @property
    def tone(self) -> str:
        if self.held_back:
            return "warn"
        return "good" if self.result.stars else "quiet"

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        total, band, stars = self.result.total, self.result.band, self.result.stars
        if not self.answers:
            return "Chưa chọn mức nào."
        if self.held_back:
            now = f"; hiện đạt {stars} sao" if stars else "; hiện chưa đạt hạng sao nào"
            return (
                f"Với các lựa chọn này: {total} điểm nhưng chưa đạt {band} sao "
                f"vì còn {len(self.unmet)} mức tối thiểu chưa đạt{now if band > RECOGNISED[0] else ''}."
            )
        if stars:
            return f"Với các lựa chọn này: {total} điểm, đạt {stars} sao."
        lowest = RECOGNISED[0]
        least = self.rules.band(lowest).least
        return f"Với các lựa chọn này: {total} điểm, chưa đủ {least} điểm để đạt {lowest} sao."

    @property
    def refusal(self) -> str:
        """What was left out of the address, in one sentence; empty where nothing was."""
        if not self.refused:
            return ""
        named = ", ".join(self.refused[:MOST_NAMED]) + ("…" if len(self.refused) > MOST_NAMED else "")
        return f"Địa chỉ ghi mức không có trong bộ tiêu chí này nên trang bỏ qua: tiêu chí {named}."

    @property
    def brief(self) -> str:
        """The result for the narrow bar; static/js/self-assessment.js says the same of the API's answer."""
        stars = f"đạt {self.result.stars} sao" if self.result.stars else "chưa đạt sao"
        return f"{self.result.total} điểm, {stars}"

    @property
    def progress(self) -> str:
        """How much is answered; the script says the same."""
        count = len(self.table.scales)
        return (
            f"Đã chọn {len(self.answers)}/{count} tiêu chí"
            if self.unanswered
            else f"Đã chọn đủ {count} tiêu chí"
        )

    def _grade(self, code: str) -> Grade | None:
        place = self.answers.get(code, NONE)
        return self.table.by_code[code].grades[place - 1] if place else None

    def _question(self, scale: Scale) -> Question:
        placed = list(enumerate(scale.grades, 1))
        cases = dict.fromkeys(grade.case for grade in scale.grades)
        return Question(
            scale,
            self.answers.get(scale.code),
            tuple((case, tuple((n, g) for n, g in placed if g.case == case)) for case in cases),
            tuple(_note(kind, text) for kind, text in scale.notes),
        )

    def _move(self, step: Step) -> Move:
        scale, grade = self.table.by_code[step.criterion], self._grade(step.criterion)
        nothing = NONE_LABEL if step.criterion in self.answers else NOT_ANSWERED
        return Move(
            scale,
            grade.label if grade else nothing,
            step.chosen,
            labels(scale, step.needed, grade.case if grade else ""),
            step.needed,
            step.for_stars,
            scale.needed(step.for_stars) > step.chosen,
        )


def labels(scale: Scale, points: int, case: str) -> str:
    """What is worth so many points: within the case that was chosen, else in every case with its name."""
    worth = [g for g in scale.grades if g.points == points]
    within = [g for g in worth if g.case == case]
    told = [g.label for g in within] or [f"{g.case}: {g.label}" for g in worth]
    return " – hoặc – ".join(told)


def _repeats(head: SectionHead, scales: list[Scale]) -> bool:
    return len(scales) == 1 and scales[0].name == head.name


def _note(kind: str, text: str) -> Note:
    heading, tone, icon = NOTE_LOOK[kind]
    return Note(heading, _OPENINGS.sub("", text), tone, icon)
