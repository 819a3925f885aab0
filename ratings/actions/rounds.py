"""Writes on rounds and sessions: opening, admitting dossiers, attendance, opening the scoring."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ratings.actions.dossiers import check_move, locked, move
from ratings.models import (
    AssessmentRound,
    Attendance,
    Council,
    CouncilMember,
    CouncilSession,
    Dossier,
    ScoreSheet,
)


@transaction.atomic
def save_round(*, round: AssessmentRound, by: Any) -> AssessmentRound:
    """Open a round or keep its plan. Raises ValidationError: an extra round needs the regulation's leave."""
    if round.number and round.extra and not round.council.extra_rounds:
        raise ValidationError(
            {"number": "Quy chế của Hội đồng không cho phép đợt bổ sung ngoài hai đợt trong năm."}
        )
    round.full_clean()
    with acting("save_round", by=by), constraints_in_words(AssessmentRound, "number"):
        round.save()
    return round


@transaction.atomic
def close_round(*, round: AssessmentRound, by: Any) -> AssessmentRound:
    """Close a round whose dossiers are all decided. Raises ValidationError."""
    waiting = round.dossiers.open().count()  # type: ignore[attr-defined]
    if waiting:
        raise ValidationError(f"Đợt còn {waiting} hồ sơ chưa có kết quả.")
    round.closed_on = today()
    with acting("close_round", by=by):
        round.save(update_fields=["closed_on"])
    return round


@transaction.atomic
def save_session(*, session: CouncilSession, by: Any) -> CouncilSession:
    """Call a session or keep its agenda and conclusion; all members of that day are put on its list as present.

    Raises ValidationError.
    """
    session.full_clean()
    with acting("save_session", by=by), constraints_in_words(CouncilSession, "held_on"):
        session.save()
        for member in session.round.council.members_on(session.held_on):
            Attendance.objects.get_or_create(session=session, member=member)
    return session


@transaction.atomic
def save_attendance(
    *, session: CouncilSession, present: Mapping[int, tuple[bool, str]], by: Any
) -> CouncilSession:
    """Keep who sat: {member's key: (present, reason of absence)}."""
    with acting("save_attendance", by=by):
        for row in Attendance.objects.select_for_update().filter(session=session, member__in=present):
            here, reason = present[row.member_id]
            if (row.present, row.reason) != (here, reason):
                row.present, row.reason = here, reason
                row.save(update_fields=["present", "reason"])
    return session


@transaction.atomic
def admit(
    *, dossiers: Iterable[Dossier], round: AssessmentRound, session: CouncilSession | None, by: Any
) -> list[Dossier]:
    """Put checked dossiers on a round's agenda, all or none. Raises ValidationError naming each that may not."""
    if round.closed_on:
        raise ValidationError("Đợt đã kết thúc.")
    admitted, faults = [], []
    for dossier in dossiers:
        found = locked(dossier)
        try:
            with transaction.atomic():
                check_move(found, "admit", by)
                _ready_for_council(found)
                admitted.append(move(found, "admit", by, round=round, session=session))
        except ValidationError as error:
            faults.append(f"{found.product}: {' '.join(error.messages)}")
    if faults:
        raise ValidationError(faults)
    return admitted


def _ready_for_council(dossier: Dossier) -> None:
    needed = dossier.criteria_set.samples
    if (dossier.samples or 0) < needed:
        raise ValidationError(f"mới nhận {dossier.samples or 0} mẫu, cần {needed}.")
    if not dossier.advisory_report.recommended:
        raise ValidationError("Tổ tư vấn không đề nghị đưa ra Hội đồng.")


@transaction.atomic
def set_session(*, dossier: Dossier, session: CouncilSession, by: Any) -> Dossier:
    """Put an admitted dossier on another session's agenda. Raises ValidationError."""
    found = locked(dossier)
    if found.state != Dossier.State.ADMITTED or session.round_id != found.round_id:
        raise ValidationError("Chỉ xếp phiên họp cho hồ sơ của đợt này trước khi mở chấm.")
    found.session = session
    with acting("set_session", by=by):
        found.save(update_fields=["session"])
    return found


@transaction.atomic
def open_scoring(*, dossiers: Iterable[Dossier], by: Any) -> list[Dossier]:
    """Give every member who may score a sheet for each dossier. All or none. Raises ValidationError.

    A member with an interest in the producer gets none (domain §4).
    """
    opened = []
    for dossier in dossiers:
        found = locked(dossier)
        if found.session is None:
            raise ValidationError(f"{found.product}: chưa xếp phiên họp.")
        members = scoring_members(found)
        if not members:
            raise ValidationError(f"{found.product}: Hội đồng không có thành viên nào được chấm.")
        found = move(found, "open_scoring", by)
        with acting("open_scoring", by=by):
            for member in members:
                ScoreSheet.objects.get_or_create(dossier=found, member=member, turn=1)
        opened.append(found)
    return opened


def scoring_members(dossier: Dossier) -> list[CouncilMember]:
    """The members of the session's council who score the dossier: in term that day, scoring, without interest."""
    session = dossier.session
    if session is None or dossier.round is None:
        return []
    council: Council = session.round.council
    conflicted = council.members.filter(interests__producer=dossier.product.producer_id).values("pk")
    scoring = council.members_on(session.held_on).filter(scores=True).exclude(pk__in=conflicted)
    return list(scoring.order_by("pk"))
