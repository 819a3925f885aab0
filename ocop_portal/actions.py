"""Writes on the core tables."""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.history import acting, note_event
from ocop_portal.models import AdministrativeUnit, PublicHoliday, UnitName, UnitSuccession, User

DATA = Path(__file__).parent / "data" / "units"
HOLIDAYS = Path(__file__).parent / "data" / "holidays.csv"

_LEVELS = {
    "tinh": AdministrativeUnit.Level.PROVINCE,
    "thanh_pho": AdministrativeUnit.Level.DISTRICT,
    "huyen": AdministrativeUnit.Level.DISTRICT,
    "phuong": AdministrativeUnit.Level.COMMUNE,
    "thi_tran": AdministrativeUnit.Level.COMMUNE,
    "xa": AdministrativeUnit.Level.COMMUNE,
}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


@transaction.atomic
def load_units(*, by: Any = None) -> dict[str, int]:
    """Load the official units before and after 1/7/2025, their succession and spellings. Repeatable.

    Returns how many rows of each kind are new.
    """
    with acting("load_units", by=by):
        old = _load_list("units_pre2025.csv")
        new = _load_list("units_2025.csv")
        spellings = {"pre2025": old, "2025": new}
        counts = {
            "units": sum(created for units in (old, new) for _, created in units.values()),
            "successions": sum(
                UnitSuccession.objects.get_or_create(
                    predecessor=old[row["old_code"]][0],
                    successor=new[row["new_code"]][0],
                    defaults={"kind": row["kind"], "effective_on": date.fromisoformat(row["effective_date"])},
                )[1]
                for row in _rows("unit_succession.csv")
            ),
            "names": sum(
                UnitName.objects.get_or_create(
                    unit=spellings[row["list"]][row["code"]][0], name=row["variant"]
                )[1]
                for row in _rows("units_name_variants.csv")
            ),
        }
        resolve_succession()
    return counts


@transaction.atomic
def load_holidays(*, by: Any = None) -> int:
    """Load the holidays that ship with the portal; days on record stay as they are. Returns how many are new."""
    known = set(PublicHoliday.objects.values_list("day", flat=True))
    with HOLIDAYS.open(encoding="utf-8", newline="") as lines:
        rows = [(date.fromisoformat(row["day"]), row["name"]) for row in csv.DictReader(lines)]
    new = [PublicHoliday(day=day, name=name) for day, name in rows if day not in known]
    with acting("load_holidays", by=by):
        PublicHoliday.objects.bulk_create(new)
    return len(new)


def _load_list(name: str) -> dict[str, tuple[AdministrativeUnit, bool]]:
    """One official list, parents first: {code: (unit, whether new)}. A unit is known by code *and* validity."""
    units: dict[str, tuple[AdministrativeUnit, bool]] = {}
    for row in sorted(_rows(name), key=lambda r: len(r["code"])):
        parent = units[row["parent_code"]][0] if row["parent_code"] else None
        units[row["code"]] = AdministrativeUnit.objects.get_or_create(
            code=row["code"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            defaults={"name": row["name"], "level": _LEVELS[row["type"]], "parent": parent},
        )
    return units


@transaction.atomic
def remove_second_factor(*, user: User, reason: str, by: Any) -> None:
    """Take the second factor off an account whose phone is lost, so that its owner can set up a new one.

    Raises ValidationError.
    """
    if not reason.strip():
        raise ValidationError("Hãy ghi lý do gỡ xác thực hai lớp.")
    held = Authenticator.objects.filter(user=user)
    if not held.exists():
        raise ValidationError(f"Tài khoản {user} chưa bật xác thực hai lớp.")
    with acting("remove_second_factor", by=by, reason=reason.strip()):
        held.delete()
        note_event(user, "second_factor_removed")


def resolve_succession() -> None:
    """Write on each unit its district, its commune of today and whether the register covers it.

    A commune of today lies "in a district" for search only where all that went into it lay in that one
    district. The register covers the province whose communes have successions, and what they became.
    """
    units = {u.pk: u for u in AdministrativeUnit.objects.all()}
    successors = {
        s.predecessor_id: s for s in UnitSuccession.objects.all() if s.kind == UnitSuccession.Kind.WHOLE
    }
    predecessors: dict[int, list[AdministrativeUnit]] = defaultdict(list)
    for succession in UnitSuccession.objects.all():
        predecessors[succession.successor_id].append(units[succession.predecessor_id])
    home = {_province(units, unit) for group in predecessors.values() for unit in group}
    for unit in units.values():
        districts = {p.parent_id for p in predecessors.get(unit.pk, ())}
        covered = unit.pk in predecessors or bool(home & {_province(units, unit)})
        resolved = {
            "district_id": _district(units, unit) or (districts.pop() if len(districts) == 1 else None),
            "current_id": _current(units, successors, unit),
            "in_territory": covered or any(units[p].parent_id == unit.pk for p in predecessors),
        }
        if any(getattr(unit, name) != value for name, value in resolved.items()):
            for name, value in resolved.items():
                setattr(unit, name, value)
            unit.save(update_fields=["district", "current", "in_territory"])


def _province(units: dict[int, AdministrativeUnit], unit: AdministrativeUnit) -> int:
    while unit.parent_id:
        unit = units[unit.parent_id]
    return unit.pk


def _district(units: dict[int, AdministrativeUnit], unit: AdministrativeUnit) -> int | None:
    """The district that the unit is or lay in."""
    if unit.level == AdministrativeUnit.Level.DISTRICT:
        return unit.pk
    parent = units.get(unit.parent_id or 0)
    return parent.pk if parent and parent.level == AdministrativeUnit.Level.DISTRICT else None


def _current(
    units: dict[int, AdministrativeUnit], successors: dict[int, UnitSuccession], unit: AdministrativeUnit
) -> int | None:
    """The commune of today in which the whole of this commune lies."""
    if unit.level != AdministrativeUnit.Level.COMMUNE:
        return None
    while unit.valid_to and unit.pk in successors:
        unit = units[successors[unit.pk].successor_id]
    return None if unit.valid_to else unit.pk
