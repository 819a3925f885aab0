"""Writes on score sheets. Nothing but the chosen option is ever taken from a browser."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone

from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ratings.models import Choice, CouncilMember, Dossier, ScoreSheet
from ratings.reading import table_of
from ratings.rulesets import Grade, Scale
from ratings.transitions import State


@dataclass(frozen=True)
class Stale(Exception):
    """Somebody (another tab, another device) changed the choice meanwhile: what stands now."""

    choice: Choice


def _open_sheet(sheet: ScoreSheet) -> ScoreSheet:
    """The sheet as it is now, its row held. Raises ValidationError where it may not be written."""
    found = (
        ScoreSheet.objects.select_for_update(of=("self",), no_key=True)
        .select_related("dossier__criteria_set", "dossier__product", "member")
        .get(pk=sheet.pk)
    )
    if found.signed_at:
        raise ValidationError("Phiếu đã ký nên không sửa được nữa.")
    if found.dossier.state != State.SCORING:
        raise ValidationError("Hồ sơ không còn trong thời gian chấm điểm.")
    if found.member.interests.filter(producer=found.dossier.product.producer_id).exists():
        raise ValidationError("Bạn đã khai xung đột lợi ích với chủ thể này nên phiếu được đóng.")
    return found


def _grade(scale: Scale, option: int | None) -> Grade | None:
    """The grade meant; None for "none of these". Raises ValidationError for an option of another criterion."""
    if option is None:
        return None
    for grade in scale.grades:
        if grade.pk == option:
            return grade
    raise ValidationError("Mức điểm không thuộc tiêu chí này.")


@transaction.atomic
def save_choice(
    *, sheet: ScoreSheet, criterion: int, option: int | None, seen: int, by: Any, note: str | None = None
) -> Choice:
    """Keep one choice. `seen` is the revision that the browser showed (0: none yet).

    The same choice sent again (a retry after a lost answer) is no conflict. Raises Stale when the choice has moved
    on since, and ValidationError when it may not be written.
    """
    found = _open_sheet(sheet)
    table, _ = table_of(found.dossier.criteria_set)
    scale = next((s for s in table.scales if s.pk == criterion), None)
    if scale is None:
        raise ValidationError("Tiêu chí không thuộc bộ tiêu chí của hồ sơ.")
    _grade(scale, option)
    choice = Choice.objects.filter(sheet=found, criterion=criterion).first()
    if choice is None:
        choice = Choice(
            sheet=found, criterion_id=criterion, option_id=option, note=(note or "").strip()[:300]
        )
        with acting("save_choice", by=by):
            choice.save(force_insert=True)
        return choice
    kept_note = choice.note if note is None else note.strip()[:300]
    if (choice.option_id, choice.note) == (option, kept_note):
        return choice
    if choice.revision != seen:
        raise Stale(choice)
    choice.option_id, choice.note, choice.revision = option, kept_note, choice.revision + 1
    with acting("save_choice", by=by):
        choice.save(update_fields=["option", "note", "revision"])
    return choice


@dataclass(frozen=True)
class StaleComment(Exception):
    """The remark was written otherwise from another tab or device meanwhile: what stands now."""

    comment: str


@transaction.atomic
def save_comment(*, sheet: ScoreSheet, comment: str, seen: str, by: Any) -> ScoreSheet:
    """Keep the general remark of an unsigned sheet. `seen` is the remark that the browser started from.

    The same remark sent again is no conflict. Raises StaleComment where it has moved on since, and ValidationError
    where it may not be written.
    """
    found = _open_sheet(sheet)
    comment = comment.strip()
    if comment == found.comment:
        return found
    if found.comment != seen.strip():
        raise StaleComment(found.comment)
    found.comment = comment
    with acting("save_comment", by=by):
        found.save(update_fields=["comment"])
    return found


def points_of(sheet: ScoreSheet) -> dict[str, int]:
    """Points of every criterion of the sheet's table; 0 for "none of these" and for what was not answered."""
    table, _ = table_of(sheet.dossier.criteria_set)
    chosen = {choice.criterion_id: choice.option_id for choice in sheet.choices.all()}
    return {s.code: next((g.points for g in s.grades if g.pk == chosen.get(s.pk)), 0) for s in table.scales}


def unanswered(sheet: ScoreSheet) -> list[Scale]:
    """The criteria on which the member has not said anything yet."""
    table, _ = table_of(sheet.dossier.criteria_set)
    answered = set(sheet.choices.values_list("criterion", flat=True))
    return [s for s in table.scales if s.pk not in answered]


@transaction.atomic
def sign_sheet(*, sheet: ScoreSheet, comment: str = "", by: Any) -> ScoreSheet:
    """Freeze a complete sheet with its points, which the server adds up. Raises ValidationError."""
    found = _open_sheet(sheet)
    return _sign(found, comment, by)


def _sign(sheet: ScoreSheet, comment: str, by: Any) -> ScoreSheet:
    if left := unanswered(sheet):
        codes = ", ".join(s.code for s in left[:8]) + ("…" if len(left) > 8 else "")
        raise ValidationError(f"Còn {len(left)} tiêu chí chưa chấm: {codes}.")
    table, _ = table_of(sheet.dossier.criteria_set)
    points = points_of(sheet)
    for part in ("A", "B", "C"):
        setattr(sheet, f"part_{part.lower()}", sum(points[s.code] for s in table.scales if s.part == part))
    sheet.comment, sheet.signed_at = comment.strip(), timezone.now()
    with acting("sign_sheet", by=by), constraints_in_words(ScoreSheet):
        sheet.save(update_fields=["comment", "signed_at", "part_a", "part_b", "part_c", "source", "scan"])
    return sheet


def _begun(sheet: ScoreSheet) -> bool:
    """Whether the member has chosen anything on the screen; choices carried over from an earlier turn are not that."""
    carried = 1 if sheet.turn > 1 else 0
    return sheet.choices.filter(revision__gt=carried).exists()


@transaction.atomic
def record_paper_sheet(
    *,
    dossier: Dossier,
    member: CouncilMember,
    chosen: Mapping[int, int | None],
    comment: str = "",
    scan: File | None = None,
    by: Any,
) -> ScoreSheet:
    """Type in a member's signed paper sheet: {criterion's key: option's key}. It is signed at once.

    Refused where the member has begun a sheet of one's own on the screen. Raises ValidationError.
    """
    sheet = ScoreSheet.objects.filter(dossier=dossier, member=member).current().first()  # type: ignore[attr-defined]
    if sheet is None:
        raise ValidationError(
            "Thành viên này không có phiếu cho hồ sơ: ngoài nhiệm kỳ, không chấm, hoặc có xung đột lợi ích."
        )
    found = _open_sheet(sheet)
    if found.source == ScoreSheet.Source.ONLINE and _begun(found):
        raise ValidationError("Thành viên đã chấm trên máy nên không nhập phiếu giấy đè lên.")
    table, _ = table_of(found.dossier.criteria_set)
    by_key = {s.pk: s for s in table.scales}
    for criterion, option in chosen.items():
        if criterion not in by_key:
            raise ValidationError("Có tiêu chí không thuộc bộ tiêu chí của hồ sơ.")
        _grade(by_key[criterion], option)
    with acting("record_paper_sheet", by=by):
        for choice in found.choices.filter(criterion__in=chosen):
            option = chosen[choice.criterion_id]
            if choice.option_id != option:
                choice.option_id, choice.revision = option, choice.revision + 1
                choice.save(update_fields=["option", "revision"])
        answered = set(found.choices.values_list("criterion", flat=True))
        Choice.objects.bulk_create(
            Choice(sheet=found, criterion_id=criterion, option_id=option)
            for criterion, option in chosen.items()
            if criterion not in answered
        )
    found.source = ScoreSheet.Source.PAPER
    if scan is not None:
        found.scan = scan  # type: ignore[assignment]
    return _sign(found, comment, by)


@transaction.atomic
def reopen_sheets(
    *, dossier: Dossier, members: Iterable[CouncilMember], reason: str, by: Any
) -> list[ScoreSheet]:
    """Let members score again after a discussion: a new sheet each, begun as the last one ended.

    The signed sheet stays as it was. Raises ValidationError.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi kết luận thảo luận làm lý do chấm lại."})
    found = Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)
    if found.state != State.SCORING:
        raise ValidationError("Chỉ mở chấm lại khi hồ sơ đang được chấm.")
    opened = []
    for member in members:
        last = ScoreSheet.objects.filter(dossier=found, member=member).current().first()  # type: ignore[attr-defined]
        if last is None or last.signed_at is None:
            raise ValidationError(f"{member.name}: chưa có phiếu đã ký để chấm lại.")
        try:
            with acting("reopen_sheets", by=by, reason=reason), transaction.atomic():
                sheet = ScoreSheet.objects.create(
                    dossier=found,
                    member=member,
                    turn=last.turn + 1,
                    reopened_reason=reason.strip()[:300],
                    comment=last.comment,
                )
        except IntegrityError as error:
            raise ValidationError(f"{member.name}: đã được mở chấm lại.") from error
        Choice.objects.bulk_create(
            Choice(sheet=sheet, criterion_id=c.criterion_id, option_id=c.option_id, note=c.note)
            for c in last.choices.all()
        )
        opened.append(sheet)
    return opened
