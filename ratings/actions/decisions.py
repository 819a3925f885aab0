"""The decision on a council's proposals: certificates, refusals, the ministry's step."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from products.actions.certificates import Recognition, record_certificate, record_decision
from products.models import Certificate, Decision
from ratings.actions.dossiers import check_move, locked, move
from ratings.actions.numbers import certificate_number
from ratings.actions.results import agreed_of
from ratings.models import CouncilResult, Dossier, MinistryReferral
from ratings.reading import table_of
from ratings.scoring import star_of

KINDS = {
    Dossier.Kind.FIRST: Certificate.Kind.FIRST,
    Dossier.Kind.UPGRADE: Certificate.Kind.UPGRADE,
    Dossier.Kind.REASSESSMENT: Certificate.Kind.REASSESSMENT,
}


def result_of(dossier: Dossier) -> CouncilResult:
    """The council's last result. Raises ValidationError where there is none."""
    result = dossier.results.order_by("-attempt").first()
    if result is None:
        raise ValidationError(f"{dossier.product}: chưa có kết quả của Hội đồng.")
    return result


def stars_to_grant(dossier: Dossier) -> int:
    """The star that the province may grant now: 0 for none, 5 for what must go to the ministry first.

    After the ministry's answer the council's agreed options are read with the ministry's total, at most 4 stars.
    """
    result = result_of(dossier)
    referral = MinistryReferral.objects.filter(dossier=dossier, total__isnull=False).first()
    if referral is None or referral.total is None:
        return result.stars
    table, rules = table_of(dossier.criteria_set)
    return min(4, star_of(Fraction(referral.total), agreed_of(result), table, rules))


def certifier_of(dossier: Dossier, stars: int) -> str:
    """The level of the body that certifies so many stars under the dossier's ruleset."""
    _, rules = table_of(dossier.criteria_set)
    return rules.band(stars).certified_by


@transaction.atomic
def approve(
    *,
    dossiers: Iterable[Dossier],
    number: str,
    signed_on: date,
    issuer: str,
    scan: File | None = None,
    valid_from: date | None = None,
    by: Any,
) -> Decision:
    """Record the chairman's decision on proposals of 3 and 4 stars and issue their certificates, all or none.

    Numbers are given out in this transaction; the public register shows the certificates at the next request.
    Raises ValidationError naming each dossier in fault.
    """
    found = [locked(d) for d in sorted(dossiers, key=lambda d: d.pk)]
    if not found:
        raise ValidationError("Hãy chọn ít nhất một hồ sơ.")
    faults = []
    for dossier in found:
        try:
            check_move(dossier, "recognise", by)
            _grantable(dossier)
            if signed_on < result_of(dossier).concluded_on:
                raise ValidationError("ngày ký trước ngày Hội đồng kết luận.")
        except ValidationError as error:
            faults.append(f"{dossier.product}: {' '.join(error.messages)}")
    if faults:
        raise ValidationError(faults)
    decision = record_decision(
        number=number,
        signed_on=signed_on,
        kind=Decision.Kind.RECOGNITION,
        issuer=issuer,
        issuer_level=Decision.Level.PROVINCE,
        ruleset=found[0].criteria_set.ruleset.code,
        scan=scan or "",
        by=by,
    )
    for dossier in found:
        _issue(dossier, "recognise", decision, stars_to_grant(dossier), valid_from, by)
    return decision


def _grantable(dossier: Dossier) -> int:
    """The star the province may grant. Raises ValidationError where it may not."""
    stars = stars_to_grant(dossier)
    if not stars:
        raise ValidationError("không đạt hạng sao nào, nên không có quyết định công nhận.")
    if certifier_of(dossier, stars) != Decision.Level.PROVINCE:
        raise ValidationError(f"{stars} sao thuộc thẩm quyền cấp trên: hãy trình Bộ.")
    return stars


def _issue(
    dossier: Dossier, step: str, decision: Decision, stars: int, valid_from: date | None, by: Any
) -> Certificate:
    """Issue the certificate that a decision grants, with a number of the council's series."""
    if dossier.round is None:
        raise ValidationError("Hồ sơ chưa thuộc đợt nào.")
    total = _total_of(dossier)
    with acting("issue_certificate", by=by):
        number = certificate_number(dossier.round.council.certificate_format, decision.signed_on.year)
        certificate = record_certificate(
            decision=decision,
            recognition=Recognition(
                product=dossier.product,
                stars=stars,
                kind=KINDS[Dossier.Kind(dossier.kind)],
                number=number,
                total=total,
                valid_from=valid_from,
            ),
            by=by,
        )
    move(dossier, step, by, decision=decision, issued=certificate)
    return certificate


def _total_of(dossier: Dossier) -> Decimal:
    """The total printed on the certificate: two decimals, cut and not rounded, so that it never shows a higher band."""
    referral = MinistryReferral.objects.filter(dossier=dossier, total__isnull=False).first()
    if referral is not None and referral.total is not None:
        return referral.total
    return shown_total(result_of(dossier).mean)


def shown_total(mean: Fraction) -> Decimal:
    """A mean with two decimals, cut: 69.995 shows as 69.99, which is what its band says."""
    return Decimal(mean.numerator * 100 // mean.denominator) / 100


@transaction.atomic
def refuse(*, dossier: Dossier, number: str, reason: str, by: Any) -> Dossier:
    """Close a dossier below 3 stars with a reasoned notice. Raises ValidationError."""
    found = locked(dossier)
    check_move(found, "refuse", by, reason)
    if stars_to_grant(found):
        raise ValidationError("Hồ sơ đạt hạng sao: chỉ trả lại Hội đồng hoặc công nhận.")
    return move(found, "refuse", by, reason=reason, notice_number=number.strip())


@transaction.atomic
def refer_to_ministry(*, dossier: Dossier, number: str, sent_on: date, by: Any) -> MinistryReferral:
    """Send a result of 90 points or more to the ministry for five stars. Raises ValidationError."""
    found = locked(dossier)
    check_move(found, "refer", by)
    if MinistryReferral.objects.filter(dossier=found).exists():
        raise ValidationError("Hồ sơ đã được trình Bộ một lần.")
    if certifier_of(found, stars_to_grant(found) or 1) != Decision.Level.CENTRE:
        raise ValidationError("Chỉ trình Bộ kết quả từ 90 điểm và đạt mọi mức tối thiểu của 5 sao.")
    referral = MinistryReferral(dossier=found, sent_number=number.strip(), sent_on=sent_on)
    referral.full_clean(exclude=["dossier"])
    with acting("refer_to_ministry", by=by):
        referral.save()
    move(found, "refer", by)
    return referral


@transaction.atomic
def record_ministry_result(
    *,
    dossier: Dossier,
    total: Decimal,
    answered_on: date,
    number: str = "",
    issuer: str = "",
    scan: File | None = None,
    by: Any,
) -> Dossier:
    """Record what the ministry found: 90 or more issues the five-star certificate by its decision.

    Below that the dossier returns to the province, which may grant 3 or 4 stars on it. Raises ValidationError.
    """
    found = locked(dossier)
    referral = MinistryReferral.objects.select_for_update().filter(dossier=found).first()
    if referral is None:
        raise ValidationError("Hồ sơ chưa được trình Bộ.")
    if answered_on < referral.sent_on:
        raise ValidationError({"answered_on": f"Không thể trước ngày trình {referral.sent_on:%d/%m/%Y}."})
    _, rules = table_of(found.criteria_set)
    five = total >= rules.band(5).least
    check_move(found, "ministry_recognise" if five else "ministry_below", by)
    if five and not number.strip():
        raise ValidationError({"number": "Hãy ghi số quyết định công nhận của Bộ."})
    referral.total, referral.answered_on = total, answered_on
    referral.full_clean(exclude=["dossier"])
    with acting("record_ministry_result", by=by), constraints_in_words(MinistryReferral, "total"):
        referral.save(update_fields=["total", "answered_on"])
    if not five:
        return move(found, "ministry_below", by)
    decision = record_decision(
        number=number,
        signed_on=answered_on,
        kind=Decision.Kind.RECOGNITION,
        issuer=issuer or settings.SITE["ministry_name"],
        issuer_level=Decision.Level.CENTRE,
        ruleset=found.criteria_set.ruleset.code,
        scan=scan or "",
        by=by,
    )
    _issue(found, "ministry_recognise", decision, 5, None, by)
    return found
