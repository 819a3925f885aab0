"""From signed sheets to the council's result, case by case. Pure: no database."""

from fractions import Fraction

import pytest

from ratings.consolidation import Regulation, Sheet, agreed_points, consolidate, spreads
from ratings.rulesets import BandRule, Grade, Rules, Scale, Table

RULES = Rules(
    code="test",
    name="Bộ quy tắc thử",
    issued_on=None,
    in_force_from=None,
    in_force_to=None,
    maxima={"A": 40, "B": 25, "C": 35},
    bands=(
        BandRule(5, 90, "centre"),
        BandRule(4, 70, "province"),
        BandRule(3, 50, "province"),
        BandRule(2, 30),
        BandRule(1, 0),
    ),
    sets={},
)
TABLE = Table(
    "test",
    "01",
    (
        Scale("1.1", "A", tuple(Grade(n) for n in range(41))),
        Scale("2.1", "B", tuple(Grade(n) for n in range(24)), name="Tiếp thị"),
        # The marked one: 1 point at least for 3 stars, 2 for 4 stars.
        Scale("2.2", "B", (Grade(0), Grade(1, 3), Grade(2, 4))),
        Scale("3.1", "C", tuple(Grade(n) for n in range(36))),
    ),
)
REGULATION = Regulation(quorum=3, chair_required=True, spread_limit=Fraction(10), minimum_rule="median_low")


def sheet(member, total, *, marked=2, chair=False, turn=1):
    """A sheet of the total, its points taken from part A first."""
    rest = total - marked
    a = min(40, rest)
    c = min(35, rest - a)
    return Sheet(
        member,
        f"Thành viên {member}",
        chair,
        {"1.1": a, "2.1": rest - a - c, "2.2": marked, "3.1": c},
        turn,
    )


def council(*totals, marked=2):
    return [sheet(n, total, marked=marked, chair=n == 1) for n, total in enumerate(totals, start=1)]


def outcome(sheets, *, waiting=0, **regulation):
    rules = Regulation(**{**vars(REGULATION), **regulation})
    return consolidate(sheets, TABLE, RULES, rules, waiting=waiting)


@pytest.mark.parametrize(
    ("totals", "mean", "band", "stars"),
    [
        ((49, 50, 50), Fraction(149, 3), 2, 0),
        ((50, 50, 50), Fraction(50), 3, 3),
        ((69, 70, 70), Fraction(209, 3), 3, 3),
        ((70, 70, 70), Fraction(70), 4, 4),
        ((89, 90, 90), Fraction(269, 3), 4, 4),
        ((90, 90, 90), Fraction(90), 5, 5),
        # 200 sheets make 69.995: rounded it would be 70.00, and it is still the band of 3 stars.
        ((*[70] * 199, 69), Fraction(13999, 200), 3, 3),
        ((*[70] * 200,), Fraction(70), 4, 4),
    ],
)
def test_the_band_goes_by_the_exact_mean(totals, mean, band, stars):
    found = outcome(council(*totals))
    assert (found.mean, found.band, found.stars) == (mean, band, stars)
    assert sum(found.parts.values()) == found.mean


def test_a_total_alone_is_never_enough():
    found = outcome(council(95, 95, 95, marked=0))
    assert (found.mean, found.band, found.stars) == (95, 5, 0)
    assert [(s.criterion, s.needed, s.for_stars) for s in found.unmet] == [("2.2", 1, 3), ("2.2", 2, 4)]
    found = outcome(council(95, 95, 95, marked=1))
    assert (found.stars, [s.for_stars for s in found.unmet]) == (3, [4])


@pytest.mark.parametrize(
    ("points", "rule", "agreed"),
    [
        ([1], "median_low", 1),
        ([0, 2], "median_low", 0),
        ([0, 2], "median_high", 2),
        ([2, 0, 1], "median_low", 1),
        ([2, 0, 1], "median_high", 1),
        ([0, 1, 2, 2], "median_low", 1),
        ([0, 1, 2, 2], "median_high", 2),
        ([2, 2, 2, 0], "lowest", 0),
    ],
)
def test_the_agreed_option_follows_the_regulation(points, rule, agreed):
    assert agreed_points(points, rule) == agreed


def test_the_rule_of_minimums_decides_a_star():
    """Two of four members see the 4-star minimum met: the regulation says what that comes to."""
    sheets = [sheet(n, 80, marked=2 if n <= 2 else 1, chair=n == 1) for n in range(1, 5)]
    assert outcome(sheets).stars == 3
    assert outcome(sheets, minimum_rule="median_high").stars == 4
    assert outcome(sheets, minimum_rule="lowest").stars == 3


@pytest.mark.parametrize(
    ("totals", "limit", "pairs"),
    [
        ((70, 80, 75), 10, []),
        ((70, 81, 75), 10, [(1, 2)]),
        ((60, 81, 72), 10, [(1, 2), (1, 3)]),
        ((70, 80), Fraction(19, 2), [(1, 2)]),
    ],
)
def test_pairs_beyond_the_limit(totals, limit, pairs):
    found = spreads(council(*totals), Fraction(limit))
    assert [(p.one.member, p.other.member) for p in found] == pairs
    assert [p.difference for p in found] == sorted((p.difference for p in found), reverse=True)


def test_a_spread_stands_in_the_way_until_scored_again():
    wide = council(60, 80, 70)
    assert any("chênh nhau quá 10 điểm" in told for told in outcome(wide).obstacles)
    again = [sheet(1, 62, chair=True, turn=2), *wide[1:]]
    found = outcome(again)
    assert found.obstacles == ()
    assert [p.difference for p in found.spreads] == [18], "it stays on record"


@pytest.mark.parametrize(
    ("sheets", "waiting", "told"),
    [
        (council(70, 70, 70), 0, None),
        (council(70, 70, 70), 2, "Còn 2 phiếu chưa ký"),
        (council(70, 70), 0, "Mới có 2 phiếu đã ký, quy chế cần ít nhất 3"),
        ([sheet(n, 70) for n in (2, 3, 4)], 0, "Chủ tịch Hội đồng"),
    ],
)
def test_what_stands_in_the_way_is_told(sheets, waiting, told):
    found = outcome(sheets, waiting=waiting).obstacles
    assert found == () if told is None else any(told in sentence for sentence in found)


def test_without_a_chair_where_the_regulation_does_not_ask():
    assert outcome([sheet(n, 70) for n in (2, 3, 4)], chair_required=False).obstacles == ()


def test_distributions_count_every_member():
    found = outcome([sheet(1, 70, chair=True), sheet(2, 70, marked=1), sheet(3, 70)])
    by_code = {d.scale.code: d for d in found.distributions}
    assert by_code["2.2"].counts == ((1, 1), (2, 2))
    assert by_code["2.2"].agreed == 2
    assert by_code["1.1"].agreed is None, "only criteria with star marks have an agreed option"
    assert all(sum(n for _, n in d.counts) == 3 for d in found.distributions)


def test_nothing_signed_is_no_result():
    with pytest.raises(ValueError, match="no totals"):
        outcome([])
