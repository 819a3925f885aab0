"""Rules read from the database, once per process: an edition never changes, so what was read stays true."""

from collections import defaultdict
from functools import lru_cache

from ratings.models import Band, CriteriaSet, Criterion, Option, Ruleset, Section
from ratings.rulesets import NOTE_FIELDS, PARTS, BandRule, Grade, Rules, Scale, SectionHead, Table


def current_rules(code: str) -> Rules | None:
    """The rules of the edition in use; None for a code that was never loaded. One query once they are known."""
    newest = Ruleset.objects.newest(code)
    return rules_of(newest.pk) if newest else None


@lru_cache(maxsize=64)
def rules_of(ruleset_id: int) -> Rules:
    """The whole edition: six queries the first time, none afterwards. Raises Ruleset.DoesNotExist."""
    edition = Ruleset.objects.get(pk=ruleset_id)
    grades: dict[int, list[Grade]] = defaultdict(list)
    for o in Option.objects.filter(criterion__criteria_set__ruleset=ruleset_id).order_by(
        "criterion", "position"
    ):
        grades[o.criterion_id].append(Grade(o.points, o.star, o.label, o.case, o.pk))
    heads: dict[int, list[SectionHead]] = defaultdict(list)
    codes: dict[int, str] = {}
    for s in Section.objects.filter(criteria_set__ruleset=ruleset_id).order_by("criteria_set", "position"):
        heads[s.criteria_set_id].append(SectionHead(s.code, s.part, s.name, s.maximum))
        codes[s.pk] = s.code
    scales: dict[int, list[Scale]] = defaultdict(list)
    for c in Criterion.objects.filter(criteria_set__ruleset=ruleset_id).order_by("criteria_set", "position"):
        notes = ((n, getattr(c, n)) for n in (*NOTE_FIELDS.values(), "remark"))
        scales[c.criteria_set_id].append(
            Scale(
                c.code,
                c.part,
                tuple(grades[c.pk]),
                name=c.name,
                section=codes[c.section_id],
                parent=c.parent_name,
                notes=tuple((n, text) for n, text in notes if text),
                pk=c.pk,
            )
        )
    return Rules(
        code=edition.code,
        name=edition.name,
        issued_on=edition.issued_on,
        in_force_from=edition.in_force_from,
        in_force_to=edition.in_force_to,
        maxima=dict(zip(PARTS, (edition.part_a, edition.part_b, edition.part_c), strict=True)),
        bands=tuple(
            BandRule(b.stars, b.least, b.certified_by)
            for b in Band.objects.filter(ruleset=ruleset_id).order_by("-stars")
        ),
        sets={
            s.code: Table(
                edition.code,
                s.code,
                tuple(scales[s.pk]),
                name=s.name,
                sections=tuple(heads[s.pk]),
                disqualify=tuple(filter(None, s.disqualify.split("\n"))),
                samples=s.samples,
                pk=s.pk,
            )
            for s in CriteriaSet.objects.filter(ruleset=ruleset_id)
        },
        remarks=tuple(filter(None, edition.remarks.split("\n"))),
        edition=edition.edition,
    )


def table_of(criteria_set: CriteriaSet) -> tuple[Table, Rules]:
    """The table of a criteria set with its rules."""
    rules = rules_of(criteria_set.ruleset_id)
    return rules.sets[criteria_set.code], rules
