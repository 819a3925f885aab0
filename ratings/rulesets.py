"""Rulesets: criteria, options, points and star marks of a decision, as data that never change.

The figures are facts of the decision's tables. A mark says that at least this option is needed for that star.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
PART_MAXIMA = {"A": 40, "B": 25, "C": 35}
"""Parts A, B and C of decision 26/2026/QĐ-TTg, article 3."""


@dataclass(frozen=True)
class Option:
    """One answer to a criterion: whole points, and the star for which at least this answer is needed, if any."""

    points: int
    star: int | None = None


@dataclass(frozen=True)
class Criterion:
    """A choose-one criterion. "None of these", worth 0 points, is always possible."""

    code: str
    part: str
    options: tuple[Option, ...]

    @property
    def maximum(self) -> int:
        return max(option.points for option in self.options)

    @property
    def choices(self) -> tuple[int, ...]:
        """The points that may be chosen, ascending, 0 among them."""
        return tuple(sorted({0, *(option.points for option in self.options)}))

    def needed(self, stars: int) -> int:
        """The fewest points that do not stand in the way of so many stars: the marks of the lower stars count too."""
        return max((o.points for o in self.options if o.star and o.star <= stars), default=0)


@dataclass(frozen=True)
class CriteriaSet:
    """The criteria table of one of the 26 product sets, keyed by (ruleset, code), never by the code alone."""

    ruleset: str
    code: str
    criteria: tuple[Criterion, ...]

    @property
    def by_code(self) -> dict[str, Criterion]:
        return {criterion.code: criterion for criterion in self.criteria}


@dataclass(frozen=True)
class Ruleset:
    """A decision's criteria sets and bands: (stars, least total), the highest first."""

    code: str
    name: str
    in_force_from: date
    bands: tuple[tuple[int, int], ...]
    sets: dict[str, CriteriaSet]


class BadRuleset(ValueError):
    """What is wrong with a ruleset's data, every fault with its place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@cache
def ruleset(code: str) -> Ruleset | None:
    """The ruleset shipped under that code; None if there is none. Raises BadRuleset."""
    path = DATA / f"{code}.json"
    if path.parent != DATA or not path.is_file():
        return None
    return parse(json.loads(path.read_text(encoding="utf-8")))


def parse(data: dict[str, Any]) -> Ruleset:
    """A ruleset from its data, all of it checked. Raises BadRuleset."""
    sets = {
        code: CriteriaSet(
            data["ruleset"],
            code,
            tuple(
                Criterion(name, part, tuple(Option(*option) for option in options))
                for part, body in parts.items()
                for name, options in body["criteria"].items()
            ),
        )
        for code, parts in data["sets"].items()
    }
    found = Ruleset(
        data["ruleset"],
        data["name"],
        date.fromisoformat(data["in_force_from"]),
        tuple((stars, least) for stars, least in data["bands"]),
        sets,
    )
    if wrong := faults(found):
        raise BadRuleset(wrong)
    return found


def faults(found: Ruleset) -> list[str]:
    """What does not hold: parts add up to 40/25/35, marks are 3 to 5 and rise with the points, codes are unique."""
    wrong = []
    if list(found.bands) != sorted(found.bands, reverse=True) or found.bands[-1][1] != 0:
        wrong.append(f"{found.code}: bands must fall to 0")
    for table in found.sets.values():
        for part, maximum in PART_MAXIMA.items():
            total = sum(c.maximum for c in table.criteria if c.part == part)
            if total != maximum:
                wrong.append(f"{table.code}/{part}: criteria add up to {total}, not {maximum}")
        if len(table.by_code) != len(table.criteria):
            wrong.append(f"{table.code}: a criterion stands twice")
        for criterion in table.criteria:
            marks = [(o.star, o.points) for o in criterion.options if o.star]
            if any(star not in (3, 4, 5) for star, _ in marks) or marks != sorted(marks):
                wrong.append(f"{table.code}/{criterion.code}: marks do not rise with the points")
            if any(o.points < 0 for o in criterion.options):
                wrong.append(f"{table.code}/{criterion.code}: negative points")
    return wrong
