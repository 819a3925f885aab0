"""Writes on what producers report of a year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from producers.models import Producer, YearlyFigures

FIELDS = ("revenue", "workers", "women", "members", "note")
NOTHING: dict[str, Any] = {**dict.fromkeys(FIELDS), "note": ""}
STALE = (
    "Dòng này vừa được người khác sửa sau khi bạn mở trang. Hãy xem số hiện có trong sổ bên dưới: gửi lại thì số "
    "của bạn thay số đó."
)


@dataclass(frozen=True)
class Entry:
    """A row as it was typed. `seen` is the version on the page it was typed into, empty where there were no figures."""

    producer: Producer
    year: int
    values: Mapping[str, Any]
    """Under the names of `FIELDS`; None is "not known", nought a figure."""
    seen: str = ""


class FiguresErrors(ValidationError):
    """Faults of a grid, by row: `{index: ValidationError}`. Nothing of the grid was saved."""

    def __init__(self, rows: dict[int, ValidationError]) -> None:
        super().__init__("Có dòng chưa hợp lệ nên chưa dòng nào được lưu. Hãy xem lỗi ở từng dòng.")
        self.rows = rows


@transaction.atomic
def save_yearly_figures(*, entries: Sequence[Entry], by: Any) -> int:
    """Keep the rows that were changed, all of them or none; returns how many were written.

    A row that somebody else wrote meanwhile is refused where it was changed here too, and left as it is where it was
    not. Raises FiguresErrors.
    """
    producers = {entry.producer.pk for entry in entries}
    # Held until the end, so that two grids that meet on a producer wait for each other.
    list(Producer.objects.select_for_update(no_key=True).filter(pk__in=producers).order_by("pk"))
    current = versions_of(producers, {entry.year for entry in entries})
    opened = _as_seen(entry.seen for entry in entries)
    faults: dict[int, ValidationError] = {}
    changed = []
    for index, entry in enumerate(entries):
        row = current.get((entry.producer.pk, entry.year))
        given = {name: entry.values.get(name) for name in FIELDS} | {"note": entry.values.get("note") or ""}
        base = opened.get(entry.seen)
        if base is not None and (base.producer_id, base.year) != (entry.producer.pk, entry.year):
            base = None
        if given in (_values(row), _values(base)):
            continue
        if entry.seen != version(row):
            faults[index] = ValidationError(STALE, code="stale")
            continue
        try:
            changed.append(_filled(row, entry, given))
        except ValidationError as error:
            faults[index] = error
    if faults:
        raise FiguresErrors(faults)
    with acting("save_yearly_figures", by=by), constraints_in_words(YearlyFigures):
        for row in changed:
            row.save()
    return len(changed)


def versions_of(producers: Iterable[int], years: Iterable[int]) -> dict[tuple[int, int], YearlyFigures]:
    """{(producer, year): figures with their version}. One query."""
    found = YearlyFigures.objects.filter(producer__in=producers, year__in=years).versioned()
    return {(f.producer_id, f.year): f for f in found}


def version(row: YearlyFigures | None) -> str:
    """The version of a row of `versions_of`; empty where there is none."""
    return str(row.version) if row else ""  # type: ignore[attr-defined]


def _as_seen(versions: Iterable[str]) -> dict[str, Any]:
    """{version: the row as it was then}. One query."""
    keys = {int(v) for v in versions if v.isascii() and v.isdigit() and len(v) < 18}
    return {str(e.pgh_id): e for e in YearlyFigures.pgh_event_model.objects.filter(pgh_id__in=keys)}  # type: ignore[attr-defined]


def _values(row: Any) -> dict[str, Any]:
    """The figures of a row or of one of its versions; those of no row are all unknown."""
    return {name: getattr(row, name) for name in FIELDS} if row else NOTHING


def _filled(row: YearlyFigures | None, entry: Entry, given: Mapping[str, Any]) -> YearlyFigures:
    if entry.year > today().year:
        raise ValidationError(f"Năm {entry.year} chưa đến nên chưa có số liệu.")
    row = row or YearlyFigures(producer=entry.producer, year=entry.year)
    for name, value in given.items():
        setattr(row, name, value)
    row.full_clean(exclude=["producer"])  # it was fetched in scope, and is held
    return row
