"""Scoring against an independent oracle, the bounds of the bands, and the shortest way to the next star."""

import itertools
import json
import random
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.urls import resolve

from ratings.reading import current_rules
from ratings.rulesets import DATA, parse
from ratings.scoring import BadChoices, band_of, mean_total, score, star_of

pytestmark = pytest.mark.django_db
RAW = json.loads((DATA / "26-2026.json").read_text())
RULES = parse(RAW)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "criteria" / "26-2026.json"


def test_the_tables_are_those_of_the_decision():
    """Every code, option count, point and mark; the print faults are read as the data file's own remarks say."""
    if not SHARED.exists():
        pytest.skip("the shared data are not here: the tables cannot be compared")
    given = json.loads(SHARED.read_text())["product_sets"]
    assert len(given) == len(RULES.sets) == 26
    marks = 0
    for table in given:
        ours = RULES.sets[table["code"]].by_code
        assert list(ours) == [c["code"] for part in table["parts"] for c in part["criteria"]]
        for part in table["parts"]:
            for theirs in part["criteria"]:
                criterion = ours[theirs["code"]]
                assert criterion.part == part["code"]
                assert criterion.maximum == theirs["max"]
                options = [(o["points"] or 0, o.get("min_star")) for o in theirs["options"]]
                assert [(o.points, o.star) for o in criterion.grades] == (options or [(theirs["max"], None)])
                marks += sum(o.star is not None for o in criterion.grades)
    assert marks == 574


def test_every_set_holds_787_criteria_in_40_25_35():
    assert sum(len(s.scales) for s in RULES.sets.values()) == 787
    for table in RULES.sets.values():
        assert score({c.code: c.maximum for c in table.scales}, table, RULES).parts == {
            "A": 40,
            "B": 25,
            "C": 35,
        }


def oracle(code, choices):
    """Told once more from the raw file, without the project's classes."""
    parts, needs = {}, []
    table = next(s for s in RAW["product_sets"] if s["code"] == code)
    for part in table["parts"]:
        parts[part["code"]] = 0
        for criterion in part["criteria"]:
            name, chosen = criterion["code"], choices.get(criterion["code"], 0)
            parts[part["code"]] += chosen
            needs += [
                (o["min_star"], name, o["points"], chosen)
                for o in criterion["options"]
                if o.get("min_star") and chosen < o["points"]
            ]
    total = sum(parts.values())
    band = 5 if total >= 90 else 4 if total >= 70 else 3 if total >= 50 else 2 if total >= 30 else 1
    stars = 0
    for star in (3, 4, 5):
        if band >= star and not any(need[0] <= star for need in needs):
            stars = star
    return parts, total, band, stars, sorted(need for need in needs if need[0] <= band)


def sheets(seed, count):
    """Random sheets over all sets, from careless to nearly perfect, so that every band and star occurs."""
    rng = random.Random(seed)
    for _ in range(count):
        table = RULES.sets[rng.choice(list(RULES.sets))]
        zeal = rng.random()
        choices = {}
        for criterion in table.scales:
            offered = criterion.choices[:2] if zeal < 0.15 else criterion.choices
            best = zeal >= 0.15 and rng.random() < zeal
            choices[criterion.code] = criterion.maximum if best else rng.choice(offered)
        if rng.random() < 0.3:
            for code in rng.sample(list(choices), 5):
                del choices[code]
        yield table, choices


@pytest.mark.parametrize("part", range(4))
def test_ten_thousand_sheets_agree_with_the_oracle_through_the_endpoint(client, monkeypatch, part):
    """2,500 a part; totals and stars that a client adds are not read.

    Every fiftieth goes through the whole stack; the others straight to the endpoint's view, which asks the database
    but once which edition is in use.
    """
    seen, in_use = set(), cache(current_rules)
    for number, (table, choices) in enumerate(sheets(part, 2_500)):
        parts, total, band, stars, needs = oracle(table.code, choices)
        whole = number % 50 == 0
        monkeypatch.setattr("ratings.api.current_rules", current_rules if whole else in_use)
        sender = post if whole else post_to_view
        body = json.loads(sender(client, table.code, {"choices": choices, "total": 100, "stars": 5}).content)
        assert (body["parts"], body["total"], body["band"], body["stars"]) == (parts, total, band, stars)
        assert (
            sorted((s["for_stars"], s["criterion"], s["needed"], s["chosen"]) for s in body["unmet"]) == needs
        )
        seen.add((band, stars))
    assert {band for band, _ in seen} == {1, 2, 3, 4, 5}
    assert len({stars for _, stars in seen}) >= 3


@pytest.mark.parametrize(
    ("total", "band"),
    [
        (0, 1),
        (Fraction(29_999, 1000), 1),
        (30, 2),
        (Fraction(49_995, 1000), 2),
        (50, 3),
        (Fraction(69_995, 1000), 3),
        (70, 4),
        (Fraction(89_9999, 10_000), 4),
        (90, 5),
        (100, 5),
    ],
)
def test_bands_are_compared_unrounded(total, band):
    assert band_of(total, RULES) == band


def test_the_mean_is_exact():
    assert mean_total([70, 70, 69]) == Fraction(209, 3)
    table = RULES.sets["06"]
    perfect = {c.code: c.maximum for c in table.scales}
    assert star_of(mean_total([70, 70, 70]), perfect, table, RULES) == 4
    assert star_of(mean_total([70, 70, Fraction(69_985, 1000)]), perfect, table, RULES) == 3
    with pytest.raises(ValueError, match="no totals"):
        mean_total([])


def test_a_high_total_with_one_unmet_minimum_is_no_star():
    for table in RULES.sets.values():
        marked = next((c for c in table.scales if any(o.star == 3 for o in c.grades)), None)
        if marked is None:
            continue
        choices = {c.code: c.maximum for c in table.scales}
        choices[marked.code] = max(p for p in marked.choices if p < marked.needed(3))
        result = score(choices, table, RULES)
        assert result.total >= 90
        assert result.band == 5
        assert result.stars == 0
        assert marked.code in {s.criterion for s in result.unmet if s.for_stars == 3}


def test_what_is_not_offered_is_named():
    table = RULES.sets["01"]
    with pytest.raises(BadChoices) as caught:
        score({"1.1": 99, "x": 1, "1.2": -1}, table, RULES)
    assert set(caught.value.faults) == {"1.1", "x", "1.2"}


def test_the_way_up_leads_up():
    for table, choices in sheets(2, 1_500):
        result = score(choices, table, RULES)
        if result.stars == 5:
            assert result.next == ()
            continue
        raised = score({**choices, **{s.criterion: s.needed for s in result.next}}, table, RULES)
        target = result.next[0].for_stars
        assert raised.stars >= target == {0: 3, 3: 4, 4: 5}[result.stars]
        for step in result.next:
            without = {**choices, **{s.criterion: s.needed for s in result.next if s is not step}}
            assert score(without, table, RULES).stars < target, "every step is needed"


def test_no_shorter_way_exists():
    """Against trying every smaller group of criteria, where the way is short enough to try them all."""
    tried = 0
    for table, choices in sheets(3, 4_000):
        result = score(choices, table, RULES)
        if not 2 <= len(result.next) <= 3:
            continue
        tried += 1
        best = {c.code: c.maximum for c in table.scales}
        target = result.next[0].for_stars
        for group in itertools.combinations(best, len(result.next) - 1):
            raised = {**choices, **{code: best[code] for code in group}}
            assert score(raised, table, RULES).stars < target
        if tried >= 40:
            break
    assert tried >= 20


def post(client, set_code, body, code="26-2026"):
    return client.post(
        f"/api/v1/rulesets/{code}/sets/{set_code}/score", body, content_type="application/json"
    )


resolved = cache(resolve)


def post_to_view(client, set_code, body, code="26-2026"):
    path = f"/api/v1/rulesets/{code}/sets/{set_code}/score"
    view, args, kwargs = resolved(path)
    request = RequestFactory().post(path, json.dumps(body), content_type="application/json")
    return view(request, *args, **kwargs)


def test_the_endpoint_answers_bad_input_in_words(client):
    for response, status, words in [
        (post(client, "99", {"choices": {}}), 404, "Không có bộ tiêu chí 99"),
        (post(client, "01", {"choices": {}}, "1048-2019"), 404, "1048-2019"),
        (post(client, "01", {"choices": {}}, "..%2F..%2Fsettings"), 404, ""),
        (post(client, "01", {"choices": {"1.1": 99}}), 422, "tiêu chí 1.1: không có lựa chọn 99 điểm"),
        (post(client, "01", {"choices": {"1.1": "2"}}), 422, "choices.1.1"),
        (post(client, "01", {"choices": {"1.1": 1.5}}), 422, "choices.1.1"),
        (post(client, "01", {"choices": {"1.1": True}}), 422, "choices.1.1"),
        (post(client, "01", {"choices": [1, 2]}), 422, "choices"),
        (post(client, "01", {}), 422, "choices"),
        (post(client, "01", {"choices": {str(n): 1 for n in range(500)}}), 422, "choices"),
        (
            client.post(
                "/api/v1/rulesets/26-2026/sets/01/score", b"{not json", content_type="application/json"
            ),
            400,
            "",
        ),
    ]:
        assert response.status_code == status, response.content
        assert words in response.content.decode() or words in response.json().get("detail", ""), (
            response.content
        )
    empty = post(client, "01", {"choices": {}}).json()
    assert (empty["total"], empty["band"], empty["stars"]) == (0, 1, 0)
    assert empty["next"]
