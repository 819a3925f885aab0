"""From signed sheets to the council's result: quorum, spread, agreed options, mean and star. Pure and exact.

Sheets are points per criterion. What the law leaves to the council's regulation (quorum, spread, how the agreed
option follows from the choices) comes in as `Regulation`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from ratings.rulesets import Rules, Scale, Table
from ratings.scoring import Step, band_of, mean_total, star_of, unmet


@dataclass(frozen=True)
class Regulation:
    """What a council's regulation says of scoring."""

    quorum: int
    """Fewest signed sheets."""
    chair_required: bool
    spread_limit: Fraction
    """Most points by which two members' totals may differ."""
    minimum_rule: str
    """`Council.MinimumRule`: median_low, median_high or lowest."""


@dataclass(frozen=True)
class Sheet:
    """A member's signed sheet: points of every criterion of the table."""

    member: int
    name: str
    is_chair: bool
    points: Mapping[str, int]
    turn: int = 1

    @property
    def total(self) -> int:
        return sum(self.points.values())


@dataclass(frozen=True)
class Spread:
    """Two members whose totals differ by more than the limit."""

    one: Sheet
    other: Sheet

    @property
    def difference(self) -> int:
        return abs(self.one.total - self.other.total)

    @property
    def scored_again(self) -> bool:
        """Whether one of the two has scored again already: the difference is then on record, and stands."""
        return max(self.one.turn, self.other.turn) > 1


@dataclass(frozen=True)
class Distribution:
    """How the members' choices for a criterion lie."""

    scale: Scale
    counts: tuple[tuple[int, int], ...]
    """(points, how many members), ascending."""
    agreed: int | None
    """Agreed points, of criteria with star marks only."""


@dataclass(frozen=True)
class Outcome:
    """What the sheets come to. `stars` is 0 where none is recognised."""

    parts: dict[str, Fraction]
    mean: Fraction
    band: int
    stars: int
    agreed: dict[str, int]
    spreads: tuple[Spread, ...]
    distributions: tuple[Distribution, ...]
    unmet: tuple[Step, ...]
    """Marked minimums up to the band that the agreed options miss: why not higher."""
    obstacles: tuple[str, ...]
    """Why the council may not propose yet, in sentences; empty when it may."""


def agreed_points(points: Sequence[int], rule: str) -> int:
    """The council's option for a criterion from its members' points: median (lower or higher when even), or lowest."""
    ordered = sorted(points)
    middle = len(ordered) // 2
    if rule == "lowest":
        return ordered[0]
    if rule == "median_high" or len(ordered) % 2:
        return ordered[middle]
    return ordered[middle - 1]


def spreads(sheets: Sequence[Sheet], limit: Fraction) -> list[Spread]:
    """Pairs whose totals differ by more than the limit, the widest first."""
    pairs = [Spread(a, b) for a, b in combinations(sheets, 2) if abs(a.total - b.total) > limit]
    return sorted(pairs, key=lambda s: -s.difference)


def consolidate(
    sheets: Sequence[Sheet], table: Table, rules: Rules, regulation: Regulation, *, waiting: int = 0
) -> Outcome:
    """The council's result of its signed sheets; `waiting` sheets are still open. Raises ValueError without any."""
    mean = mean_total(s.total for s in sheets)
    parts = {
        part: mean_total(sum(s.points[c.code] for c in table.scales if c.part == part) for s in sheets)
        for part in rules.maxima
    }
    agreed = {
        c.code: agreed_points([s.points[c.code] for s in sheets], regulation.minimum_rule)
        for c in table.scales
        if c.marked
    }
    distributions = tuple(
        Distribution(c, tuple(sorted(Counter(s.points[c.code] for s in sheets).items())), agreed.get(c.code))
        for c in table.scales
    )
    wide = tuple(spreads(sheets, regulation.spread_limit))
    band = band_of(mean, rules)
    return Outcome(
        parts=parts,
        mean=mean,
        band=band,
        stars=star_of(mean, agreed, table, rules),
        agreed=agreed,
        spreads=wide,
        distributions=distributions,
        unmet=tuple(unmet(agreed, table, band)),
        obstacles=tuple(_obstacles(sheets, regulation, wide, waiting)),
    )


def _obstacles(
    sheets: Sequence[Sheet], regulation: Regulation, wide: Sequence[Spread], waiting: int
) -> list[str]:
    told = []
    if waiting:
        told.append(f"Còn {waiting} phiếu chưa ký của thành viên không được ghi vắng mặt.")
    if len(sheets) < regulation.quorum:
        told.append(f"Mới có {len(sheets)} phiếu đã ký, quy chế cần ít nhất {regulation.quorum}.")
    if regulation.chair_required and not any(s.is_chair for s in sheets):
        told.append("Chưa có phiếu đã ký của Chủ tịch Hội đồng, mà quy chế đòi hỏi.")
    if open_pairs := [s for s in wide if not s.scored_again]:
        limit = str(float(regulation.spread_limit)).removesuffix(".0").replace(".", ",")
        told.append(
            f"Có {len(open_pairs)} cặp phiếu chênh nhau quá {limit} điểm: "
            "thảo luận rồi mở chấm lại cho thành viên liên quan."
        )
    return told
