"""Writes on decisions and certificates.

All take the product's row under lock before they look at its certificates, so that two officials at work on
one product wait for each other instead of failing on a constraint.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from products.models import Certificate, Decision, Product
from products.standing import STANDS, Standing, extension_window, proposed_end


@dataclass(frozen=True)
class Recognition:
    """One line of a decision's result table. `valid_from` defaults to the day of signature, the end to 36 months."""

    product: Product
    stars: int
    kind: str = Certificate.Kind.FIRST
    number: str = ""
    total: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
    line: int = 0
    """Its number in the table as the reader counts; 0: by its place among the rows."""


class RowErrors(ValidationError):
    """Faults of a table, by row: `{index: ValidationError}`. Nothing of the table was saved."""

    def __init__(self, rows: dict[int, ValidationError]) -> None:
        super().__init__("Có dòng chưa hợp lệ.")
        self.rows = rows


@transaction.atomic
def record_decision(*, by: Any, **fields: Any) -> Decision:
    """Enter a decision as it was signed. Raises ValidationError."""
    decision = Decision(**fields)
    decision.full_clean()
    with acting("record_decision", by=by), constraints_in_words(Decision, "number"):
        decision.save()
    return decision


FREE_ONCE_USED = ("issuer_unit", "scan", "note")
"""What may still be added to a decision on which certificates rest."""


@transaction.atomic
def correct_decision(*, decision: Decision, by: Any, **fields: Any) -> Decision:
    """Put a decision right. Once a certificate rests on it, only `FREE_ONCE_USED` may change.

    Raises ValidationError.
    """
    decision = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    changed = [name for name, value in fields.items() if getattr(decision, name) != value]
    if set(changed) - set(FREE_ONCE_USED) and decision.is_used:
        raise ValidationError(
            "Đã có giấy chứng nhận dựa trên quyết định này, nên số, ngày ký, loại, cơ quan, căn cứ không đổi được."
        )
    for name in changed:
        setattr(decision, name, fields[name])
    decision.full_clean()
    with acting("correct_decision", by=by), constraints_in_words(Decision, "number"):
        decision.save()
    return decision


@transaction.atomic
def record_certificate(*, decision: Decision, recognition: Recognition, by: Any) -> Certificate:
    """Enter one recognition of a decision as a certificate.

    A first recognition may not overlap a certificate that still stands; an upgrade, a re-assessment or a
    re-issue replaces it from its first day. Raises ValidationError at the field in fault.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=recognition.product.pk)
    valid_from = recognition.valid_from or decision.signed_on
    certificate = Certificate(
        product=product,
        decision=decision,
        kind=recognition.kind,
        number=recognition.number,
        stars=recognition.stars,
        total=recognition.total,
        valid_from=valid_from,
        valid_to=recognition.valid_to or proposed_end(valid_from),
        note=recognition.note,
    )
    _check_recognition(certificate)
    with acting("record_certificate", by=by), constraints_in_words(Certificate, "valid_from"):
        certificate.save()
    certificate.refresh_from_db()
    return certificate


def _check_recognition(certificate: Certificate) -> None:
    """The rules a form should hear of at its fields, before the database refuses."""
    if certificate.decision.kind != Decision.Kind.RECOGNITION:
        raise ValidationError({"decision": "Chỉ quyết định công nhận mới có giấy chứng nhận kèm theo."})
    certificate.full_clean(validate_constraints=False)
    if certificate.valid_to < certificate.valid_from:
        raise ValidationError({"valid_to": "Ngày hết hạn phải từ ngày bắt đầu trở đi."})
    number_taken = certificate.number and (
        Certificate.objects.filter(number=certificate.number).exclude(superseded_on=F("valid_from")).exists()
        and not _corrects(certificate)
    )
    if number_taken:
        raise ValidationError({"number": "Số giấy chứng nhận này đã có trong sổ bộ."})
    others = Certificate.objects.filter(product=certificate.product)
    reissue = certificate.kind == Certificate.Kind.REISSUE
    if certificate.kind == Certificate.Kind.FIRST:
        standing = others.governing(certificate.valid_from).first()
        if standing and standing.standing_on(certificate.valid_from) in STANDS:
            raise ValidationError(
                {
                    "valid_from": f"Sản phẩm đang có giấy chứng nhận còn hiệu lực đến hết ngày "
                    f"{standing.last_day:%d/%m/%Y}; hãy chọn loại “nâng hạng”, “đánh giá lại” hoặc “cấp lại”, "
                    "hoặc ngày bắt đầu sau ngày đó."
                }
            )
    elif not others.filter(valid_from__lte=certificate.valid_from).exists():
        raise ValidationError(
            {"kind": "Sản phẩm chưa có giấy chứng nhận nào trước đó, nên đây là công nhận lần đầu."}
        )
    if (
        not reissue
        and others.filter(decision=certificate.decision).exclude(kind=Certificate.Kind.REISSUE).exists()
    ):
        raise ValidationError(
            {"product": "Quyết định này đã có kết quả của sản phẩm này; muốn sửa thì ghi loại “cấp lại”."}
        )
    if not reissue and others.filter(valid_from=certificate.valid_from).exists():
        raise ValidationError(
            {
                "valid_from": "Sản phẩm đã có giấy chứng nhận bắt đầu đúng ngày này; "
                "giấy mới phải bắt đầu sau, trừ khi là “cấp lại”."
            }
        )


def _corrects(certificate: Certificate) -> bool:
    """Whether this re-issue begins with the certificate it puts right, whose number it may then keep."""
    return (
        certificate.kind == Certificate.Kind.REISSUE
        and Certificate.objects.filter(
            product=certificate.product, number=certificate.number, valid_from=certificate.valid_from
        ).exists()
    )


@transaction.atomic
def record_recognitions(*, decision: Decision, rows: Iterable[Recognition], by: Any) -> list[Certificate]:
    """Enter the whole result table of a decision, or nothing. Raises RowErrors."""
    certificates: list[Certificate] = []
    faults: dict[int, ValidationError] = {}
    seen: dict[int, int] = {}
    for index, row in enumerate(rows):
        line = row.line or index + 1
        try:
            if (first := seen.setdefault(row.product.pk, line)) != line:
                raise ValidationError({"product": f"Sản phẩm này đã có ở dòng {first}."})
            with transaction.atomic():
                certificates.append(record_certificate(decision=decision, recognition=row, by=by))
        except ValidationError as fault:
            faults[index] = fault
    if faults:
        raise RowErrors(faults)
    return certificates


def _locked(certificate: Certificate) -> Certificate:
    """The certificate as it is now, its product's row held."""
    Product.objects.select_for_update(no_key=True).get(pk=certificate.product_id)
    return Certificate.objects.select_for_update(of=("self",), no_key=True).get(pk=certificate.pk)


def ensure_extendable(certificate: Certificate) -> None:
    """Only what is about to end, or has just ended, is extended (art. 12.3). Raises ValidationError."""
    if certificate.extended_to:
        raise ValidationError(
            f"Giấy chứng nhận đã được gia hạn đến hết ngày {certificate.extended_to:%d/%m/%Y}."
        )
    if certificate.revoked_on:
        raise ValidationError("Giấy chứng nhận đã bị thu hồi nên không gia hạn được.")
    if certificate.superseded_on:
        raise ValidationError("Sản phẩm đã có giấy chứng nhận mới nên không gia hạn giấy cũ.")
    first, last = extension_window(certificate)
    if not first <= today() <= last:
        raise ValidationError(
            f"Giấy chứng nhận in hạn {certificate.valid_to:%d/%m/%Y}: chỉ ghi gia hạn được từ {first:%d/%m/%Y} "
            f"đến {last:%d/%m/%Y}, tức 180 ngày trước và sau ngày đó."
        )


@transaction.atomic
def extend_certificate(
    *, certificate: Certificate, until: date, reason: str, by: Any, decision: Decision | None = None
) -> Certificate:
    """Keep a certificate alive while a late re-assessment is decided: at most 180 days past its end (art. 12.3).

    Once the printed end has passed, an extension needs the decision that granted it, so that nobody revives a
    star by entering a date. Raises ValidationError at the field in fault.
    """
    certificate = _locked(certificate)
    ensure_extendable(certificate)
    _, limit = extension_window(certificate)
    if not certificate.valid_to < until <= limit:
        raise ValidationError(
            {"until": f"Chỉ gia hạn được sau {certificate.valid_to:%d/%m/%Y} đến {limit:%d/%m/%Y}."}
        )
    if until < today():
        raise ValidationError({"until": f"Ngày này đã qua: hãy ghi từ hôm nay, {today():%d/%m/%Y}, trở đi."})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do gia hạn."})
    _check_extension_decision(certificate, decision, limit)
    certificate.extended_to = until
    certificate.extension_reason = reason.strip()
    certificate.extension_decision = decision
    with acting("extend_certificate", by=by, reason=reason), constraints_in_words(Certificate, "until"):
        certificate.save(update_fields=["extended_to", "extension_reason", "extension_decision"])
    return certificate


def _check_extension_decision(certificate: Certificate, decision: Decision | None, limit: date) -> None:
    """The decision an extension rests on. Raises ValidationError at `decision`."""
    if decision is None:
        if certificate.valid_to < today():
            raise ValidationError(
                {
                    "decision": f"Hạn in trên giấy đã qua ngày {certificate.valid_to:%d/%m/%Y}: "
                    "hãy chọn quyết định gia hạn đã ký."
                }
            )
    elif decision.kind != Decision.Kind.EXTENSION:
        raise ValidationError({"decision": "Hãy chọn một quyết định gia hạn."})
    elif decision.signed_on > limit:
        raise ValidationError({"decision": f"Quyết định gia hạn phải ký chậm nhất ngày {limit:%d/%m/%Y}."})


@transaction.atomic
def revoke_certificate(
    *, certificate: Certificate, decision: Decision, ground: str, reason: str, revoked_on: date, by: Any
) -> Certificate:
    """Revoke a standing certificate on one of the six legal grounds, with a reason the public reads.

    Raises ValidationError at the field in fault.
    """
    certificate = _locked(certificate)
    if certificate.revoked_on:
        raise ValidationError(f"Giấy chứng nhận đã bị thu hồi từ ngày {certificate.revoked_on:%d/%m/%Y}.")
    if decision.kind != Decision.Kind.REVOCATION:
        raise ValidationError({"decision": "Hãy chọn một quyết định thu hồi."})
    if ground not in Certificate.Ground.values:
        raise ValidationError({"ground": "Hãy chọn một trong sáu căn cứ thu hồi."})
    if not reason.strip():
        raise ValidationError(
            {"reason": "Hãy ghi lý do để người dân biết vì sao giấy chứng nhận bị thu hồi."}
        )
    standing = certificate.standing_on(revoked_on)
    if standing == Standing.NOT_YET_VALID:
        raise ValidationError(
            {"revoked_on": f"Giấy chứng nhận có giá trị từ {certificate.valid_from:%d/%m/%Y}."}
        )
    if standing not in STANDS:
        raise ValidationError(
            {"revoked_on": f"Vào ngày này giấy chứng nhận {standing.label} nên không thu hồi được."}
        )
    if revoked_on < decision.signed_on:
        raise ValidationError(
            {"revoked_on": f"Không thể thu hồi trước ngày ký {decision.signed_on:%d/%m/%Y}."}
        )
    certificate.revoked_on = revoked_on
    certificate.revocation_ground = ground
    certificate.revocation_reason = reason.strip()
    certificate.revocation_decision = decision
    with acting("revoke_certificate", by=by, reason=reason), constraints_in_words(Certificate, "revoked_on"):
        certificate.save(
            update_fields=["revoked_on", "revocation_ground", "revocation_reason", "revocation_decision"]
        )
    return certificate


__all__ = [
    "Recognition",
    "RowErrors",
    "correct_decision",
    "ensure_extendable",
    "extend_certificate",
    "record_certificate",
    "record_decision",
    "record_recognitions",
    "revoke_certificate",
]
