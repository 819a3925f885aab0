"""Units valid in time: counts, reused codes, succession, and the official lists they come from."""

import csv
from datetime import date
from pathlib import Path

import pytest

from ocop_portal.actions import DATA, load_units
from ocop_portal.models import AdministrativeUnit, UnitName, UnitSuccession
from ocop_portal.territory import Territory
from products.catalogue import place_text
from tests.factories import unit

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2025, 6, 30), date(2025, 7, 1)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "units"


def test_counts_on_both_sides_of_the_merger():
    units = AdministrativeUnit.objects.in_territory()
    assert units.standing(BEFORE).communes().count() == 108
    assert units.standing(BEFORE).districts().count() == 8
    assert units.standing(AFTER).communes().count() == 37
    assert units.standing(AFTER).districts().count() == 0
    assert UnitSuccession.objects.count() == 108


def test_loading_again_adds_nothing():
    before = (AdministrativeUnit.objects.count(), UnitSuccession.objects.count(), UnitName.objects.count())
    assert load_units() == {"units": 0, "successions": 0, "names": 0}
    assert (
        AdministrativeUnit.objects.count(),
        UnitSuccession.objects.count(),
        UnitName.objects.count(),
    ) == before


def test_a_reused_code_means_the_unit_of_the_day():
    old, new = (AdministrativeUnit.objects.bearing("01864", day) for day in (BEFORE, AFTER))
    assert old != new
    assert old.valid_to == BEFORE
    assert new.valid_from == AFTER
    territory = Territory(date(2026, 8, 15))
    assert territory.named("01864") == new
    assert territory.named("01864@2025-06-30") == old
    assert territory.named(old.reference) == old
    assert Territory(BEFORE).named("01864") == old
    for garbage in ("", "@", "01864@", "01864@2025-02-31", "abc", "99999"):
        assert territory.named(garbage) is None, garbage


def test_the_last_day_of_a_unit_is_inclusive():
    commune = unit("02173")
    assert commune.stands_on(BEFORE)
    assert not commune.stands_on(AFTER)
    assert commune.current.stands_on(AFTER)
    assert not commune.current.stands_on(BEFORE)


def test_every_old_commune_lies_in_one_commune_of_today():
    old = (
        AdministrativeUnit.objects.in_territory()
        .standing(BEFORE)
        .communes()
        .select_related("current", "district")
    )
    for commune in old:
        assert commune.district.level == AdministrativeUnit.Level.DISTRICT
        assert commune.current.stands_on(AFTER), commune
    today = AdministrativeUnit.objects.in_territory().standing(AFTER).communes()
    assert {c.current_id for c in old} == {c.pk for c in today}
    straddling = [c.name for c in today if c.district_id is None]
    assert len(straddling) == 3


def test_places_told_then_and_now():
    commune = AdministrativeUnit.objects.select_related("district", "current").get(pk=unit("02173").pk)
    assert place_text(commune, BEFORE) == "Xã Côn Minh, huyện Na Rì"
    assert place_text(commune, AFTER) == "Xã Côn Minh (huyện Na Rì cũ)"
    moved = AdministrativeUnit.objects.select_related("district", "current").exclude(current=None)
    moved = next(u for u in moved if u.valid_to and u.current.short_name != u.short_name)
    told = place_text(moved, AFTER)
    assert told.startswith(f"{moved.current.name} (")
    assert moved.short_name in told
    assert told.endswith(" cũ)")


def test_territory_agrees_with_the_database():
    territory = Territory(date(2026, 8, 15))
    for district in territory.districts:
        assert territory.places_in(district) == set(
            AdministrativeUnit.objects.within(district).values_list("pk", flat=True)
        )
    assert len(territory.communes) == 37
    assert len(territory.districts) == 8


@pytest.mark.parametrize(
    "name", ["units_pre2025.csv", "units_2025.csv", "unit_succession.csv", "units_name_variants.csv"]
)
def test_the_lists_are_the_official_ones(name):
    if not SHARED.exists():
        pytest.skip("the shared data are not here: the official lists cannot be compared")
    ours = list(csv.DictReader((DATA / name).open(encoding="utf-8")))
    given = list(csv.DictReader((SHARED / name).open(encoding="utf-8")))
    keys = set(ours[0]) & set(given[0])
    key = sorted(keys)
    rows = [{tuple(row[k] for k in key) for row in rows} for rows in (ours, given)]
    assert keys
    assert rows[0] <= rows[1]
