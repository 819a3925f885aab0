"""Rulesets as data: what ships, what a file may say, and that an edition never changes."""

import copy
import json
import random
import re
import unicodedata
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from ratings.actions.rules import load_criteria, load_rules, load_shipped, shipped
from ratings.models import Band, CriteriaSet, Criterion, Option, Ruleset, Section
from ratings.reading import current_rules, rules_of
from ratings.rulesets import DATA, BadRuleset, parse
from tests.ratings.test_scoring import SHARED

pytestmark = pytest.mark.django_db
RAW = json.loads((DATA / "26-2026.json").read_text())


def changed(path, value):
    """The shipped file with one thing changed: path of keys and places."""
    data = copy.deepcopy(RAW)
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return data


A, FIRST = ("product_sets", 0, "parts", 0), ("product_sets", 0, "parts", 0, "criteria", 0)


def test_what_ships_is_on_record():
    assert set(Ruleset.objects.values_list("code", flat=True)) == {
        "1048-2019",
        "148-2023",
        "148-2025",
        "26-2026",
    }
    assert Ruleset.objects.in_force(date(2026, 8, 15)).code == "26-2026"
    assert Ruleset.objects.in_force(date(2024, 1, 1)) is None, (
        "of earlier decisions only bands and bodies are on record"
    )
    assert (CriteriaSet.objects.count(), Criterion.objects.count()) == (26, 787)
    assert Option.objects.filter(star__isnull=False).count() == 574
    bodies = {
        r.code: {b.stars: b.certified_by for b in r.bands.all() if b.certified_by}
        for r in Ruleset.objects.all()
    }
    assert bodies["148-2023"] == {5: "centre", 4: "province", 3: "district"}
    assert bodies["148-2025"] == bodies["26-2026"] == {5: "centre", 4: "province", 3: "province"}
    old = Ruleset.objects.get(code="1048-2019")
    assert (old.part_a, old.part_b, old.part_c) == (35, 25, 40)


def test_the_database_gives_back_what_the_file_says():
    rules, given = current_rules("26-2026"), parse(RAW)
    assert rules.bands == given.bands and rules.maxima == given.maxima and rules.remarks == given.remarks
    for code, table in given.sets.items():
        ours = rules.sets[code]
        assert (ours.name, ours.sections, ours.disqualify, ours.samples) == (
            table.name,
            table.sections,
            table.disqualify,
            table.samples,
        )
        for one, other in zip(ours.scales, table.scales, strict=True):
            assert (one.code, one.part, one.name, one.section, one.parent, one.notes) == (
                other.code,
                other.part,
                other.name,
                other.section,
                other.parent,
                other.notes,
            )
            assert [(g.points, g.star, g.label, g.case) for g in one.grades] == [
                (g.points, g.star, g.label, g.case) for g in other.grades
            ]


def test_rules_are_read_once(django_assert_num_queries):
    ruleset = Ruleset.objects.get(code="26-2026")
    rules_of(ruleset.pk)
    with django_assert_num_queries(0):
        rules_of(ruleset.pk)


def test_loading_again_changes_nothing():
    assert load_shipped() == []
    edition, new = load_criteria(data=RAW)
    assert (edition.edition, new) == (1, False)


def test_a_correction_is_the_next_edition_and_the_old_one_stays():
    before = current_rules("26-2026")
    edition, new = load_criteria(data=changed((*FIRST, "name"), "Nguồn gốc, viết lại"))
    assert (edition.edition, new) == (2, True)
    assert current_rules("26-2026").sets["01"].scales[0].name == "Nguồn gốc, viết lại"
    assert Ruleset.objects.in_force(date(2026, 8, 15)) == edition
    old = Ruleset.objects.get(code="26-2026", edition=1)
    assert rules_of(old.pk).sets["01"].scales[0].name == before.sets["01"].scales[0].name
    assert load_shipped() == [], "what ships does not come back over a province's own edition"


@pytest.mark.parametrize("model", [Ruleset, Band, CriteriaSet, Section, Criterion, Option])
def test_an_edition_is_never_edited(model):
    row = model.objects.first()
    name = "name" if hasattr(row, "name") else "label" if hasattr(row, "label") else "stars"
    for write in (
        lambda: model.objects.filter(pk=row.pk).update(**{name: 4 if name == "stars" else "khác"}),
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            write()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "tệp: phải là một đối tượng JSON"),
        ({}, "tệp: thiếu hoặc sai “decision”"),
        (changed(("effective_from",), "22/05/2026"), "“effective_from” phải là ngày"),
        (changed(("star_bands", 1, "min"), 95), "star_bands: phải có đủ 5 đến 1 sao"),
        (changed(("star_bands", 0, "recognised_by"), ""), "không rõ cấp công nhận 5 sao"),
        (changed((*FIRST, "options", 2, "points"), 4), "bộ 01/1.1: mức cao nhất không bằng 3 điểm"),
        (changed((*FIRST, "options", 1, "points"), 0), "bộ 01/1.1: các mức không tăng dần: [1, 0, 3]"),
        (changed((*FIRST, "options", 1, "points"), "2"), "bộ 01/1.1 mức 2: thiếu hoặc sai “points”"),
        (changed((*FIRST, "options", 1, "points"), True), "bộ 01/1.1 mức 2: thiếu hoặc sai “points”"),
        (changed((*FIRST, "options", 1, "min_star"), 2), "bộ 01/1.1: dấu sao ngoài 3 đến 5"),
        (changed((*FIRST, "options", 0, "label"), "  "), "bộ 01/1.1: có mức không có nội dung"),
        (changed((*FIRST, "options", 0, "label"), "x" * 601), "“label” dài hơn 600 ký tự"),
        (changed((*FIRST, "max"), 5), "bộ 01/1.1: mức cao nhất không bằng 5 điểm"),
        (changed((*FIRST, "code"), "1.2"), "bộ 01: có tiêu chí xuất hiện hai lần"),
        (changed((*FIRST, "section"), "9"), "bộ 01/1.1: không có mục “9” trong phần A"),
        (changed((*FIRST, "notes"), [{"type": "lạ", "text": "x"}]), "bộ 01/1.1: không có loại ghi chú “lạ”"),
        (changed((*A, "criteria"), []), "bộ 01/A: các tiêu chí cộng lại 0 điểm, không phải 40"),
        (changed((*A, "sections", 0, "max"), 17), "bộ 01/A: các mục cộng lại 39 điểm, không phải 40"),
        (changed((*A, "code"), "D"), "bộ 01: không có phần “D”"),
        (changed(("product_sets", 1, "code"), "01"), "bộ 01: xuất hiện hai lần"),
        (
            changed(("product_sets", 0, "sample_products_required"), "năm"),
            "thiếu hoặc sai “sample_products_required”",
        ),
        (changed(("product_sets",), []), "tệp: không có bộ tiêu chí nào"),
    ],
)
def test_a_fault_is_named_with_its_place_and_nothing_is_loaded(data, told):
    before = Option.objects.count()
    with pytest.raises(BadRuleset) as caught:
        load_criteria(data=data)
    assert any(told in fault for fault in caught.value.faults), caught.value.faults
    assert Option.objects.count() == before


def test_all_faults_are_told_at_once():
    data = changed((*FIRST, "max"), 5)
    data["product_sets"][7]["parts"][2]["criteria"][0]["options"][0]["points"] = "x"
    data["star_bands"][0]["min"] = "90"
    with pytest.raises(BadRuleset) as caught:
        parse(data)
    assert len(caught.value.faults) >= 3


def test_garbage_is_never_more_than_a_bad_ruleset():
    rng = random.Random(5)
    junk = (None, 0, -1, 1.5, True, "x", [], {}, [None], {"a": 1}, float("nan"))
    for _ in range(400):
        data = copy.deepcopy({key: value for key, value in RAW.items() if key != "product_sets"})
        data["product_sets"] = [copy.deepcopy(RAW["product_sets"][rng.randrange(26)])]
        place = data
        for _ in range(rng.randrange(1, 9)):
            key = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
            if rng.random() < 0.35 or not isinstance(place[key], dict | list) or not place[key]:
                place[key] = rng.choice(junk)
                break
            place = place[key]
        try:
            parse(data)
        except BadRuleset as error:
            assert error.faults


def test_the_command_loads_a_file_or_names_its_faults(tmp_path):
    path, out = tmp_path / "own.json", StringIO()
    path.write_text(
        json.dumps(changed((*FIRST, "name"), "Bản của tỉnh"), ensure_ascii=False), encoding="utf-8-sig"
    )
    call_command("load_criteria", str(path), stdout=out)
    assert "bản 2" in out.getvalue()
    path.write_text(json.dumps(changed((*FIRST, "max"), 9)))
    with pytest.raises(CommandError, match=r"Chưa nạp gì, \d+ lỗi:\n  - bộ 01/1.1"):
        call_command("load_criteria", str(path))
    path.write_text("{")
    with pytest.raises(CommandError, match="không phải là JSON"):
        call_command("load_criteria", str(path))
    with pytest.raises(CommandError, match="Không đọc được"):
        call_command("load_criteria", str(tmp_path / "none.json"))
    call_command("load_criteria", stdout=out)


def figures(text):
    """The numbers of a label, `02` as `2`; spelled-out doubles like "02 (hai)" count once."""
    return {str(int(n)) for n in re.findall(r"\d+", unicodedata.normalize("NFC", text))}


def test_labels_are_our_own_words_and_keep_every_figure():
    """Compared with the official wording where it is at hand; nothing of it ships."""
    if not SHARED.exists():
        pytest.skip("the shared data are not here: labels cannot be compared")
    given = json.loads(SHARED.read_text())["product_sets"]
    same, seen = set(), set()
    for theirs, ours in zip(given, RAW["product_sets"], strict=True):
        for part, own in zip(theirs["parts"], ours["parts"], strict=True):
            for criterion, mine in zip(part["criteria"], own["criteria"], strict=True):
                for option, label in zip(criterion["options"], mine["options"], strict=False):
                    assert figures(option["label"]) <= figures(label["label"]), (
                        theirs["code"],
                        criterion["code"],
                    )
                    seen.add(option["label"])
                    if option["label"].strip() == label["label"].strip():
                        same.add(option["label"])
                for note, told in zip(criterion.get("notes", ()), mine.get("notes", ()), strict=True):
                    assert figures(note["text"]) <= figures(told["text"])
                    assert note["text"] != told["text"]
    assert all(len(label) <= 30 for label in same), [label for label in same if len(label) > 30]
    assert len(same) < len(seen) / 8, "only labels too short to say otherwise are the same"


def test_a_provinces_own_copy_of_the_wording_is_taken():
    if not SHARED.exists():
        pytest.skip("the shared data are not here: the official wording cannot be loaded")
    edition, new = load_criteria(data=json.loads(SHARED.read_text()))
    assert (edition.code, edition.edition, new) == ("26-2026", 2, True)
    assert Option.objects.filter(criterion__criteria_set__ruleset=edition, star__isnull=False).count() == 574


def test_shipped_files_are_sound():
    for data in shipped():
        load_rules(rules=parse(data))
