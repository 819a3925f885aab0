"""Bringing rulesets into the database: whole or not at all, never over an edition that is there."""

import hashlib
import json
from typing import Any

from django.db import transaction

from ocop_portal.history import acting
from ratings.models import Band, CriteriaSet, Criterion, Option, Ruleset, Section
from ratings.rulesets import DATA, BadRuleset, Rules, Table, parse


def shipped() -> list[dict[str, Any]]:
    """The rulesets that ship with the project: 26/2026 with its criteria, earlier decisions as records."""
    files = (DATA / "rulesets-of-record.json", DATA / "26-2026.json")
    records, current = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    return [*records, current]


def load_shipped(*, by: Any = None) -> list[Ruleset]:
    """Load what ships with the project where no edition of it is on record yet. Repeatable; the new ones are returned.

    A province's own copy, loaded as a later edition, stays the one in use.
    """
    known = set(Ruleset.objects.values_list("code", flat=True))
    new = [rules for data in shipped() if (rules := parse(data)).code not in known]
    return [load_rules(rules=rules, by=by)[0] for rules in new]


def load_criteria(*, data: Any, by: Any = None) -> tuple[Ruleset, bool]:
    """Load a file's data as the next edition of its ruleset. (edition, whether it is new).

    The same content again changes nothing. Raises BadRuleset naming every fault with its place.
    """
    rules = parse(data)
    if not rules.sets:
        raise BadRuleset(["tệp: không có bộ tiêu chí nào"])
    return load_rules(rules=rules, by=by)


@transaction.atomic
def load_rules(*, rules: Rules, by: Any = None) -> tuple[Ruleset, bool]:
    """Write the rules as an edition of their own, unless the newest edition says the same."""
    digest = hashlib.sha256(repr(rules).encode()).hexdigest()
    newest = Ruleset.objects.select_for_update().filter(code=rules.code).order_by("-edition").first()
    if newest and newest.digest == digest:
        return newest, False
    with acting("load_criteria", by=by):
        edition = Ruleset.objects.create(
            code=rules.code,
            edition=newest.edition + 1 if newest else 1,
            name=rules.name,
            issued_on=rules.issued_on,
            in_force_from=rules.in_force_from,
            in_force_to=rules.in_force_to,
            part_a=rules.maxima["A"],
            part_b=rules.maxima["B"],
            part_c=rules.maxima["C"],
            remarks="\n".join(rules.remarks),
            digest=digest,
        )
    Band.objects.bulk_create(
        Band(ruleset=edition, stars=b.stars, least=b.least, certified_by=b.certified_by) for b in rules.bands
    )
    _write_tables(edition, list(rules.sets.values()))
    return edition, True


def _write_tables(edition: Ruleset, tables: list[Table]) -> None:
    """Four statements however many sets there are."""
    sets = CriteriaSet.objects.bulk_create(
        CriteriaSet(
            ruleset=edition, code=t.code, name=t.name, disqualify="\n".join(t.disqualify), samples=t.samples
        )
        for t in tables
    )
    sections = Section.objects.bulk_create(
        Section(criteria_set=row, part=h.part, code=h.code, name=h.name, maximum=h.maximum, position=n)
        for row, t in zip(sets, tables, strict=True)
        for n, h in enumerate(t.sections)
    )
    heads = {(s.criteria_set_id, s.part, s.code): s for s in sections}
    scales = [
        (row, n, scale) for row, t in zip(sets, tables, strict=True) for n, scale in enumerate(t.scales)
    ]
    criteria = Criterion.objects.bulk_create(
        Criterion(
            criteria_set=row,
            section=heads[row.pk, scale.part, scale.section],
            part=scale.part,
            code=scale.code,
            name=scale.name,
            parent_name=scale.parent,
            maximum=scale.maximum,
            position=n,
            **dict(scale.notes),
        )
        for row, n, scale in scales
    )
    Option.objects.bulk_create(
        Option(criterion=criterion, position=n, label=g.label, case=g.case, points=g.points, star=g.star)
        for criterion, (_, _, scale) in zip(criteria, scales, strict=True)
        for n, g in enumerate(scale.grades)
    )
