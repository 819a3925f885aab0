"""A score sheet read for its pages: what is asked, what was chosen, what it comes to, and what may be done with it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from ocop_portal.permissions import Permission, has_permission
from ratings.models import Choice, ConflictOfInterest, Dossier, Evidence, ScoreSheet
from ratings.reading import table_of
from ratings.rulesets import PART_NAMES, Grade, Rules, Scale, SectionHead, Table
from ratings.scoring import RECOGNISED, Result, score, unmet
from ratings.self_assessment import NONE_LABEL, Question, anchor
from ratings.self_assessment import Sheet as PrintedTable
from ratings.transitions import IN_ROUND, State

PARTS = ("a", "b", "c")
"""The parts as addresses name them."""
SHUT_SIGNED = "Phiếu đã ký nên không sửa được nữa."
SHUT_STATE = "Hồ sơ không còn trong thời gian chấm điểm."
SHUT_INTEREST = "Bạn đã khai xung đột lợi ích với chủ thể này nên phiếu được đóng."


def own_sheet(user: Any, pk: int) -> ScoreSheet:
    """The user's own sheet; any other answers 404, whatever the user's role."""
    return get_object_or_404(_whole().of(user), pk=pk)


def readable_sheet(user: Any, pk: int) -> ScoreSheet:
    """One's own sheet, or a signed one of a dossier whose numbers may be told; else 404."""
    found = get_object_or_404(_whole(), pk=pk)
    if found.member.user_id == user.pk and has_permission(user, Permission.SCORE):
        return found
    mine = Dossier.objects.visible_to(user).filter(pk=found.dossier_id)  # type: ignore[attr-defined]
    if not (found.signed_at and mine.exists() and _readable(user, found)):
        raise Http404("Không có phiếu này, hoặc chưa đến lúc đọc được.")
    return found


def sheet_in_sight(user: Any, pk: int, **kwargs: Any) -> None:
    """For `requires(of=…)`: 404 for a sheet of a dossier outside the user's scope."""
    mine = Dossier.objects.visible_to(user)  # type: ignore[attr-defined]
    get_object_or_404(ScoreSheet, pk=pk, dossier__in=mine.order_by().values("pk"))


def _readable(user: Any, sheet: ScoreSheet) -> bool:
    return ScoreSheet.objects.readable_by(user, sheet.dossier).filter(pk=sheet.pk).exists()


def _whole() -> Any:
    return ScoreSheet.objects.select_related(
        "dossier__product__producer",
        "dossier__product__place",
        "dossier__criteria_set__ruleset",
        "dossier__session",
        "dossier__round__council",
        "member",
    )


def shut(sheet: ScoreSheet) -> str:
    """Why the sheet may not be written, in a sentence; empty where it may. The actions have the last word."""
    if sheet.signed_at:
        return SHUT_SIGNED
    if sheet.dossier.state != State.SCORING:
        return SHUT_STATE
    producer = sheet.dossier.product.producer_id
    if ConflictOfInterest.objects.filter(member=sheet.member_id, producer=producer).exists():
        return SHUT_INTEREST
    return ""


def told(grade: Grade | None) -> str:
    """A choice in words, with its points."""
    if grade is None:
        return f"{NONE_LABEL} (0 điểm)"
    return f"{grade.label} ({grade.points} điểm)"


@dataclass(frozen=True)
class PartTally:
    """A part of a sheet: points, and how many of its criteria are answered."""

    letter: str
    maximum: int
    points: int
    answered: int
    asked: int

    @property
    def slug(self) -> str:
        return self.letter.lower()

    @property
    def name(self) -> str:
        return PART_NAMES[self.letter]

    @property
    def complete(self) -> bool:
        return self.answered == self.asked


@dataclass(frozen=True)
class Tally:
    """What the choices of one sheet come to. `chosen` is {criterion: option, None for "none of these"}."""

    table: Table
    rules: Rules
    chosen: Mapping[int, int | None]

    @classmethod
    def of(cls, sheet: ScoreSheet) -> "Tally":
        """One query once the rules are known."""
        table, rules = table_of(sheet.dossier.criteria_set)
        return cls(table, rules, dict(sheet.choices.order_by().values_list("criterion", "option")))

    def grade(self, scale: Scale) -> Grade | None:
        option = self.chosen.get(scale.pk)
        return next((g for g in scale.grades if g.pk == option), None)

    @cached_property
    def points(self) -> dict[str, int]:
        return {s.code: grade.points if (grade := self.grade(s)) else 0 for s in self.table.scales}

    @cached_property
    def result(self) -> Result:
        return score(self.points, self.table, self.rules)

    @property
    def asked(self) -> int:
        return len(self.table.scales)

    @property
    def answered(self) -> int:
        return len(self.chosen)

    @property
    def complete(self) -> bool:
        return not self.unanswered

    @property
    def unanswered(self) -> list[Scale]:
        return [s for s in self.table.scales if s.pk not in self.chosen]

    @property
    def unanswered_links(self) -> list[tuple[str, str, Scale]]:
        """(part in the address, anchor, criterion) of what the member has not answered."""
        return [(s.part.lower(), anchor(s.code), s) for s in self.unanswered]

    @cached_property
    def parts(self) -> list[PartTally]:
        found = []
        for letter, maximum in self.rules.maxima.items():
            scales = [s for s in self.table.scales if s.part == letter]
            answered = sum(s.pk in self.chosen for s in scales)
            found.append(PartTally(letter, maximum, self.result.parts[letter], answered, len(scales)))
        return found

    @property
    def next_part(self) -> PartTally | None:
        """The first part that is not complete."""
        return next((p for p in self.parts if not p.complete), None)

    @property
    def missed(self) -> list[tuple[Scale, int, str, str]]:
        """(criterion, star, what it needs, what was chosen): minimums that bar the star of the points, or 3 stars."""
        upto = max(self.result.band, min(RECOGNISED))
        by_code = self.table.by_code
        return [
            (
                scale := by_code[step.criterion],
                step.for_stars,
                _worth(scale, step.needed),
                told(self.grade(scale)) if scale.pk in self.chosen else "chưa chấm",
            )
            for step in sorted(unmet(self.points, self.table, upto), key=lambda s: s.for_stars)
        ]

    def as_json(self) -> dict[str, Any]:
        """What a page shows of the tally, after each saving."""
        return {
            "points": {p.letter: p.points for p in self.parts} | {"total": self.result.total},
            "answered": self.answered,
            "answered_by_part": {p.letter: p.answered for p in self.parts},
        }


def _worth(scale: Scale, points: int) -> str:
    labels = dict.fromkeys(g.label for g in scale.grades if g.points == points)
    return f"{' – hoặc – '.join(labels)} ({points} điểm)"


@dataclass(frozen=True)
class Row:
    """A criterion of the page. `claimed` is the producer's own choice, `before` the member's in the last turn."""

    question: Question
    choice: Choice | None
    chosen: str
    evidence: tuple[Evidence, ...]
    claimed: str
    before: str
    clash: tuple[str, str] | None = None
    """(what was sent, what stands): another tab or device changed the choice meanwhile."""
    error: str = ""

    @property
    def scale(self) -> Scale:
        return self.question.scale

    @property
    def revision(self) -> int:
        return self.choice.revision if self.choice else 0

    @property
    def option(self) -> int | None:
        """The chosen option, 0 for "none of these"; None while nothing was said."""
        return (self.choice.option_id or 0) if self.choice else None


Sections = list[tuple[SectionHead | None, list[Row]]]


def rows_of(
    sheet: ScoreSheet,
    choices: Mapping[int, Choice],
    *,
    clashes: Mapping[int, tuple[str, str]] | None = None,
    errors: Mapping[int, str] | None = None,
) -> dict[str, Sections]:
    """{part: its sections with their criteria}. Two queries, three in a later turn."""
    table, rules = table_of(sheet.dossier.criteria_set)
    grades = {g.pk: g for s in table.scales for g in s.grades}
    claimed = dict(sheet.dossier.self_scores.order_by().values_list("criterion", "option"))
    proofs: dict[int | None, list[Evidence]] = defaultdict(list)
    for piece in sheet.dossier.evidence.order_by("pk"):
        proofs[piece.criterion_id].append(piece)
    before = _last_turn(sheet)

    def words(chosen: Mapping[int, int | None], criterion: int) -> str:
        return told(grades.get(chosen[criterion] or 0)) if criterion in chosen else ""

    def row(question: Question) -> Row:
        pk = question.scale.pk
        choice = choices.get(pk)
        return Row(
            question,
            choice,
            told(grades.get(choice.option_id or 0)) if choice else "",
            tuple(proofs[pk]),
            words(claimed, pk),
            words(before, pk),
            (clashes or {}).get(pk),
            (errors or {}).get(pk, ""),
        )

    printed = PrintedTable.read([], table, rules)
    return {
        part.letter: [(head, [row(q) for q in questions]) for head, questions in part.sections]
        for part in printed.parts
    }


def _last_turn(sheet: ScoreSheet) -> dict[int, int | None]:
    """What the member chose before the sheet was opened again."""
    if sheet.turn == 1:
        return {}
    last = Q(sheet__dossier=sheet.dossier_id, sheet__member=sheet.member_id, sheet__turn=sheet.turn - 1)
    return dict(Choice.objects.filter(last).order_by().values_list("criterion", "option"))


def reads_dossier(sheet: ScoreSheet) -> bool:
    """Whether its page may be linked to: members see a dossier while it is in a round."""
    return sheet.dossier.state in IN_ROUND
