"""Consolidating a dossier: from signed sheets, or from the averages of a paper record, to the council's proposal."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import prefetch_related_objects

from ocop_portal.clock import today
from ocop_portal.history import acting
from ratings.actions.dossiers import check_move, locked, move
from ratings.actions.sheets import points_of
from ratings.consolidation import Outcome, Regulation, Sheet, consolidate
from ratings.models import (
    AgreedOption,
    CouncilMember,
    CouncilResult,
    Dossier,
    ScoreSheet,
)
from ratings.reading import table_of
from ratings.rulesets import Scale
from ratings.scoring import band_of, star_of


def regulation_of(dossier: Dossier) -> Regulation:
    """What the regulation of the dossier's council says, the quorum counted for the day of its session."""
    if dossier.round is None:
        raise ValidationError("Hồ sơ chưa thuộc đợt nào.")
    council = dossier.round.council
    day = dossier.session.held_on if dossier.session else today()
    return Regulation(
        quorum=council.quorum_on(day),
        chair_required=council.chair_required,
        spread_limit=Fraction(council.spread_limit),
        minimum_rule=council.minimum_rule,
    )


def sheets_of(dossier: Dossier) -> tuple[list[ScoreSheet], list[ScoreSheet]]:
    """(signed, waited for) current sheets, as `SheetQuerySet.waited_for`."""
    current = dossier.sheets.current().select_related("member", "dossier__criteria_set").order_by("member")  # type: ignore[attr-defined]
    return list(current.signed()), list(ScoreSheet.objects.waited_for(dossier))


def outcome_of(dossier: Dossier) -> Outcome | None:
    """What the signed sheets come to so far; None before the first signature."""
    signed, waiting = sheets_of(dossier)
    if not signed:
        return None
    table, rules = table_of(dossier.criteria_set)
    prefetch_related_objects(signed, "choices")
    sheets = [
        Sheet(
            member=s.member_id,
            name=s.member.name,
            is_chair=s.member.role == CouncilMember.Role.CHAIR,
            points=points_of(s),
            turn=s.turn,
        )
        for s in signed
    ]
    return consolidate(sheets, table, rules, regulation_of(dossier), waiting=len(waiting))


@transaction.atomic
def propose(*, dossier: Dossier, conclusion: str = "", by: Any) -> CouncilResult:
    """Record the council's result of its signed sheets. Raises ValidationError with all that stands in the way."""
    found = locked(dossier)
    check_move(found, "propose", by)
    outcome = outcome_of(found)
    if outcome is None:
        raise ValidationError("Chưa có phiếu nào được ký.")
    if outcome.obstacles:
        raise ValidationError(list(outcome.obstacles))
    if outcome.spreads and not conclusion.strip():
        raise ValidationError(
            {"conclusion": "Sau khi chấm lại vẫn còn chênh lệch quá mức: hãy ghi kết luận của Hội đồng."}
        )
    signed, _ = sheets_of(found)
    totals = [s.total or 0 for s in signed]
    result = CouncilResult(
        dossier=found,
        attempt=found.results.count() + 1,
        source=CouncilResult.Source.SHEETS,
        sheets=len(signed),
        quorum=regulation_of(found).quorum,
        divisor=len(signed),
        sum_a=sum(s.part_a or 0 for s in signed),
        sum_b=sum(s.part_b or 0 for s in signed),
        sum_c=sum(s.part_c or 0 for s in signed),
        spread=max(totals) - min(totals),
        band=outcome.band,
        stars=outcome.stars,
        conclusion=conclusion.strip(),
        concluded_on=found.session.held_on if found.session else today(),
    )
    return _record(found, result, outcome.agreed, by)


@transaction.atomic
def propose_from_averages(
    *,
    dossier: Dossier,
    averages: Mapping[str, Decimal],
    sheets: int,
    agreed: Mapping[int, int | None],
    conclusion: str,
    concluded_on: date,
    by: Any,
) -> CouncilResult:
    """Record the averages of a signed paper record: points of each part with at most two decimals.

    `agreed` gives the council's option for every criterion with star marks, {criterion's key: option's key or None}.
    Band and star are computed here. Raises ValidationError at the field in fault.
    """
    found = locked(dossier)
    check_move(found, "propose", by)
    if found.sheets.exclude(signed_at=None).exists():
        raise ValidationError("Đã có thành viên ký phiếu trên máy: hãy tổng hợp từ các phiếu.")
    table, rules = table_of(found.criteria_set)
    regulation = regulation_of(found)
    faults = {
        f"part_{part.lower()}": f"Điểm phần {part} từ 0 đến {maximum}."
        for part, maximum in rules.maxima.items()
        if not 0 <= averages[part] <= maximum
    }
    if sheets < regulation.quorum:
        faults["sheets"] = f"Quy chế cần ít nhất {regulation.quorum} phiếu."
    if faults:
        raise ValidationError(faults)
    points = _agreed_points([s for s in table.scales if s.marked], agreed)
    sums = {part: int(Fraction(averages[part]) * 100) for part in rules.maxima}
    mean = Fraction(sum(sums.values()), 100)
    result = CouncilResult(
        dossier=found,
        attempt=found.results.count() + 1,
        source=CouncilResult.Source.AVERAGES,
        sheets=sheets,
        quorum=regulation.quorum,
        divisor=100,
        sum_a=sums["A"],
        sum_b=sums["B"],
        sum_c=sums["C"],
        band=band_of(mean, rules),
        stars=star_of(mean, points, table, rules),
        conclusion=conclusion.strip(),
        concluded_on=concluded_on,
    )
    return _record(found, result, points, by)


def _agreed_points(marked: list[Scale], agreed: Mapping[int, int | None]) -> dict[str, int]:
    """Points of the agreed options. Raises ValidationError where one is missing or of another criterion."""
    points = {}
    for scale in marked:
        if scale.pk not in agreed:
            raise ValidationError(f"Chưa ghi mức chung của tiêu chí {scale.code}.")
        option = agreed[scale.pk]
        grade = next((g for g in scale.grades if g.pk == option), None)
        if option is not None and grade is None:
            raise ValidationError(f"Mức chung của tiêu chí {scale.code} không thuộc tiêu chí này.")
        points[scale.code] = grade.points if grade else 0
    return points


def _record(dossier: Dossier, result: CouncilResult, agreed: Mapping[str, int], by: Any) -> CouncilResult:
    table, _ = table_of(dossier.criteria_set)
    result.full_clean(exclude=["dossier"])
    with acting("propose", by=by):
        result.save()
        AgreedOption.objects.bulk_create(
            AgreedOption(
                result=result,
                criterion_id=table.by_code[code].pk,
                option_id=next((g.pk for g in table.by_code[code].grades if g.points == points), None),
            )
            for code, points in agreed.items()
        )
    move(dossier, "propose", by)
    return result


def agreed_of(result: CouncilResult) -> dict[str, int]:
    """Agreed points of each marked criterion of a recorded result."""
    rows = result.agreed.select_related("criterion", "option")
    return {row.criterion.code: row.option.points if row.option else 0 for row in rows}
