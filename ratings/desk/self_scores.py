"""Form 02 read: what was chosen, what it comes to, and how far it is from the star that is sought."""

from collections.abc import Mapping
from dataclasses import dataclass

from ratings.models import Dossier
from ratings.reading import table_of
from ratings.rulesets import PART_NAMES, Grade, Rules, Scale, Table
from ratings.scoring import Result, score, unmet


@dataclass(frozen=True)
class Chosen:
    """The answer to one criterion; no grade is "none of these"."""

    grade: Grade | None
    note: str


@dataclass(frozen=True)
class PartSum:
    """A part's points and how many of its criteria are answered."""

    code: str
    name: str
    points: int
    maximum: int
    answered: int
    asked: int


@dataclass(frozen=True)
class Shortfall:
    """A criterion below a marked minimum, in words."""

    criterion: str
    needed: int
    chosen: int
    stars: int


@dataclass(frozen=True)
class SelfAssessment:
    """Form 02 as far as it is filled in."""

    table: Table
    rules: Rules
    chosen: Mapping[int, Chosen]
    result: Result
    parts: tuple[PartSum, ...]
    sought: int

    @property
    def answered(self) -> int:
        return len(self.chosen)

    @property
    def asked(self) -> int:
        return len(self.table.scales)

    @property
    def left(self) -> int:
        """Criteria not answered yet."""
        return self.asked - self.answered

    @property
    def points_short(self) -> int:
        """Points still lacking for the star sought."""
        return max(0, self.rules.band(self.sought).least - self.result.total)

    @property
    def shortfalls(self) -> list[Shortfall]:
        """Minimums missed on the way to the star sought, or to the band if that is higher; once for each criterion."""
        names = {s.code: s.name for s in self.table.scales}
        steps = unmet(points_of(self.chosen, self.table), self.table, max(self.sought, self.result.band))
        highest = {s.criterion: s for s in sorted(steps, key=lambda s: s.needed)}
        return [
            Shortfall(f"{code} {name}", s.needed, s.chosen, s.for_stars)
            for code, name in names.items()
            if (s := highest.get(code))
        ]


def points_of(chosen: Mapping[int, Chosen], table: Table) -> dict[str, int]:
    """{criterion's code: points} of what was answered."""
    return {
        s.code: (grade.points if (grade := chosen[s.pk].grade) else 0) for s in table.scales if s.pk in chosen
    }


def self_assessment(dossier: Dossier) -> SelfAssessment:
    """Form 02 of a dossier. One query once the rules are known."""
    table, rules = table_of(dossier.criteria_set)
    grades = {g.pk: g for s in table.scales for g in s.grades}
    rows = dossier.self_scores.order_by().values_list("criterion_id", "option_id", "note")
    chosen = {c: Chosen(grades[o] if o else None, note) for c, o, note in rows}
    result = score(points_of(chosen, table), table, rules)
    parts = tuple(
        PartSum(
            part,
            PART_NAMES[part],
            result.parts[part],
            most,
            answered=sum(s.pk in chosen for s in _of(table, part)),
            asked=len(_of(table, part)),
        )
        for part, most in rules.maxima.items()
    )
    return SelfAssessment(table, rules, chosen, result, parts, dossier.stars_sought)


def _of(table: Table, part: str) -> list[Scale]:
    return [s for s in table.scales if s.part == part]
