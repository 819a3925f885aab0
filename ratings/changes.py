"""What a dossier says otherwise than the one before: answers, evidence, registration. The comparing is pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ratings.models import Dossier, Evidence
from ratings.reading import table_of
from ratings.rulesets import Table

COMPARED = (
    "stars_sought",
    "contact_name",
    "production_address",
    "workers",
    "local_workers",
    "output",
    "markets",
)
"""Columns of form 01 that are told when they differ."""
NONE_OF_THESE = "không có mức nào"
UNANSWERED = "chưa chấm"


@dataclass(frozen=True)
class Answer:
    """An answer to a criterion as it is read: the option's words and its points."""

    label: str
    points: int

    def __str__(self) -> str:
        return f"{self.label} ({self.points} điểm)"


@dataclass(frozen=True)
class Changed:
    """Something that reads otherwise than before; `rise` is by how many points, where points are compared."""

    name: str
    before: str
    after: str
    rise: int | None = None


@dataclass(frozen=True)
class Proof:
    """What makes a piece of evidence the same one in two dossiers; `title` is how it is told."""

    kind: str
    title: str
    source: str

    def __str__(self) -> str:
        return f"{self.title} ({self.kind})"


@dataclass(frozen=True)
class Comparison:
    """What changed from the dossier before."""

    previous: Dossier | None
    registration: tuple[Changed, ...] = ()
    answers: tuple[Changed, ...] = ()
    added: tuple[Proof, ...] = ()
    removed: tuple[Proof, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.registration or self.answers or self.added or self.removed)


def compare_answers(
    before: Mapping[str, Answer | None], after: Mapping[str, Answer | None], names: Mapping[str, str]
) -> tuple[Changed, ...]:
    """Criteria of `names` (code: name, in order) whose answer differs. None: "none of these"; absent: not answered."""
    told = []
    for code, name in names.items():
        old, new = _told(before, code), _told(after, code)
        if old != new:
            rise = _points(after, code) - _points(before, code)
            told.append(Changed(f"{code} {name}", old, new, rise))
    return tuple(told)


def _told(answers: Mapping[str, Answer | None], code: str) -> str:
    return str(answers[code] or NONE_OF_THESE) if code in answers else UNANSWERED


def _points(answers: Mapping[str, Answer | None], code: str) -> int:
    answer = answers.get(code)
    return answer.points if answer else 0


def compare_evidence(
    before: Iterable[Proof], after: Iterable[Proof]
) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
    """(added, removed), each in its own order."""
    old, new = list(before), list(after)
    return tuple(p for p in new if p not in old), tuple(p for p in old if p not in new)


def changes_since(dossier: Dossier) -> Comparison | None:
    """What changed against the product's last dossier; None where there was none. Five queries."""
    if dossier.previous_id is None:
        return None
    previous = Dossier.objects.select_related("criteria_set__ruleset").get(pk=dossier.previous_id)
    table, _ = table_of(dossier.criteria_set)
    earlier, _ = table_of(previous.criteria_set)
    added, removed = compare_evidence(_proofs(previous), _proofs(dossier))
    names = {s.code: s.name for s in table.scales}
    return Comparison(
        previous,
        _registration(previous, dossier),
        compare_answers(_answers(previous, earlier), _answers(dossier, table), names),
        added,
        removed,
    )


def _registration(previous: Dossier, dossier: Dossier) -> tuple[Changed, ...]:
    told = []
    for column in COMPARED:
        old, new = getattr(previous, column), getattr(dossier, column)
        if old != new:
            label = str(Dossier._meta.get_field(column).verbose_name)
            told.append(
                Changed(label, str(old) if old is not None else "", str(new) if new is not None else "")
            )
    return tuple(told)


def _answers(dossier: Dossier, table: Table) -> dict[str, Answer | None]:
    grades = {g.pk: Answer(g.label, g.points) for s in table.scales for g in s.grades}
    codes = {s.pk: s.code for s in table.scales}
    chosen = dossier.self_scores.values_list("criterion_id", "option_id")
    return {codes[c]: grades[o] if o else None for c, o in chosen if c in codes}


def _proofs(dossier: Dossier) -> list[Proof]:
    kinds = dict(Evidence.Kind.choices)
    rows = dossier.evidence.values_list("kind", "title", "file", "url")
    return [Proof(str(kinds[kind]), title, file or url) for kind, title, file, url in rows]
