"""How a star is computed: choices → points → total → band → minimums → star. Pure and exact; no ORM, no floats.

Decision 26/2026/QĐ-TTg: bands on the mean total, compared unrounded; the star is the highest one whose band is
reached and whose marked minimums, with those of the lower stars, are all met. A total alone is never enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ratings.rulesets import Rules, Scale, Table

RECOGNISED = (3, 4, 5)
"""Stars for which there is a decision and a certificate."""


@dataclass(frozen=True)
class Step:
    """A criterion whose choice falls short: what was chosen, what is needed, for which star."""

    criterion: str
    needed: int
    chosen: int
    for_stars: int


@dataclass(frozen=True)
class Result:
    """What choices come to. `band` goes by the total alone (1 to 5); `stars` is 0 where no star is recognised."""

    parts: dict[str, int]
    total: int
    band: int
    stars: int
    unmet: tuple[Step, ...]
    next: tuple[Step, ...]


class BadChoices(ValueError):
    """Choices that the criteria table does not offer: {criterion: sentence}."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(f"{code}: {fault}" for code, fault in faults.items()))
        self.faults = faults


def band_of(total: Fraction | int, rules: Rules) -> int:
    """The band of a total between 0 and 100, unrounded: 69.995 is still the band of 3 stars."""
    return next(band.stars for band in rules.bands if total >= band.least)


def mean_total(totals: Iterable[Fraction | int]) -> Fraction:
    """The council's result: the exact mean of its members' totals. Raises ValueError when nobody scored."""
    given = [Fraction(t) for t in totals]
    if not given:
        raise ValueError("no totals")
    return sum(given, Fraction()) / len(given)


def star_of(total: Fraction | int, points: Mapping[str, int], table: Table, rules: Rules) -> int:
    """The star that a total and the agreed points of each criterion earn; 0 when none is recognised."""
    band = band_of(total, rules)
    reached = [s for s in RECOGNISED if s <= band and not unmet(points, table, s)]
    return max(reached, default=0)


def unmet(points: Mapping[str, int], table: Table, stars: int) -> list[Step]:
    """The marked minimums up to that many stars which the points do not meet, each with the lowest star it bars."""
    return [
        Step(criterion.code, option.points, points.get(criterion.code, 0), option.star)
        for criterion in table.scales
        for option in criterion.grades
        if option.star and option.star <= stars and points.get(criterion.code, 0) < option.points
    ]


def score(choices: Mapping[str, int], table: Table, rules: Rules) -> Result:
    """What one sheet's choices (points per criterion, absent is 0) come to. Raises BadChoices."""
    points = checked(choices, table)
    parts = {part: sum(points[c.code] for c in table.scales if c.part == part) for part in rules.maxima}
    total = sum(parts.values())
    band = band_of(total, rules)
    stars = star_of(total, points, table, rules)
    return Result(
        parts, total, band, stars, tuple(unmet(points, table, band)), tuple(lift(points, stars, table, rules))
    )


def checked(choices: Mapping[str, int], table: Table) -> dict[str, int]:
    """Points of every criterion of the table. Raises BadChoices, naming each choice that is not offered."""
    known, faults = table.by_code, {}
    for code, chosen in choices.items():
        if code not in known:
            faults[code] = "không có tiêu chí này trong bộ"
        elif chosen not in known[code].choices:
            offered = ", ".join(map(str, known[code].choices))
            faults[code] = f"không có lựa chọn {chosen} điểm (chỉ {offered})"
    if faults:
        raise BadChoices(faults)
    return {criterion.code: choices.get(criterion.code, 0) for criterion in table.scales}


def lift(points: Mapping[str, int], stars: int, table: Table, rules: Rules) -> list[Step]:
    """The fewest criteria to raise, and to what, for the next recognised star; empty at five stars.

    Criteria barred by a minimum must change anyway, so they are raised first and as far as they go; the rest is
    taken from those that can give most. Then each is lowered again as far as the total allows.
    """
    target = next((s for s in RECOGNISED if s > stars), None)
    if target is None:
        return []
    least = rules.band(target).least
    chosen = {c.code: points.get(c.code, 0) for c in table.scales}
    forced = [c for c in table.scales if chosen[c.code] < c.needed(target)]
    missing = least - sum(chosen.values()) - sum(c.maximum - chosen[c.code] for c in forced)
    picked = list(forced)
    others = sorted(
        (c for c in table.scales if chosen[c.code] >= c.needed(target)),
        key=lambda c: chosen[c.code] - c.maximum,
    )
    for criterion in others:
        if missing <= 0:
            break
        picked.append(criterion)
        missing -= criterion.maximum - chosen[criterion.code]
    return [
        Step(c.code, to, chosen[c.code], target) for c, to in _lowered(picked, chosen, least, target).items()
    ]


def _lowered(picked: list[Scale], chosen: dict[str, int], least: int, target: int) -> dict[Scale, int]:
    """Each picked criterion at the lowest option with which minimums and total still hold."""
    raised = {criterion: criterion.maximum for criterion in picked}
    spare = sum(chosen.values()) + sum(to - chosen[c.code] for c, to in raised.items()) - least
    for criterion in sorted(picked, key=lambda c: (c.maximum - chosen[c.code], c.code)):
        floor = max(criterion.needed(target), chosen[criterion.code] + 1)
        to = next(p for p in criterion.choices if p >= floor and criterion.maximum - p <= max(spare, 0))
        spare -= criterion.maximum - to
        raised[criterion] = to
    return raised
