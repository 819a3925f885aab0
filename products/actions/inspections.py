"""Writes on inspections and what follows from them: warnings and the basis of a revocation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.workdays import work_calendar
from producers.models import Producer
from products.actions.certificates import revoke_certificate
from products.models import (
    Certificate,
    Complaint,
    InspectedProduct,
    Inspection,
    InspectionFile,
    InspectionFinding,
    Product,
    RevocationBasis,
    WrittenWarning,
)

State, Conclusion = Inspection.State, Inspection.Conclusion
Findings = Mapping[str, tuple[str, str]]
"""Result and note by heading."""
DAYS_TO_VISIT = 5
"""Working days within which a visit after a citizen's report is first proposed; the plan may be changed."""


@transaction.atomic
def plan_inspections(
    *,
    products: Iterable[Product],
    planned_on: date,
    inspectors: str,
    by: Any,
    kind: str = Inspection.Kind.PERIODIC,
    purpose: str = "",
    producer: Producer | None = None,
    complaint: Complaint | None = None,
    follows: Inspection | None = None,
) -> list[Inspection]:
    """One visit to each producer of the products, on one day; to `producer` as a whole where none is named.

    Raises ValidationError.
    """
    visits: dict[Producer, list[Product]] = defaultdict(list)
    for product in products:
        visits[product.producer].append(product)
    if producer is not None and not visits:
        visits[producer] = []
    if not visits:
        raise ValidationError("Hãy chọn ít nhất một sản phẩm.")
    planned = []
    with acting("plan_inspection", by=by):
        for visited, chosen in visits.items():
            inspection = Inspection(
                producer=visited,
                kind=kind,
                planned_on=planned_on,
                inspectors=inspectors.strip(),
                purpose=purpose.strip(),
                complaint=complaint,
                follows=follows,
                created_by=by,
            )
            inspection.full_clean()
            inspection.save()
            _cover(inspection, chosen)
            planned.append(inspection)
    return planned


def _cover(inspection: Inspection, products: Iterable[Product]) -> None:
    for product in products:
        InspectedProduct.objects.create(inspection=inspection, product=product)


@transaction.atomic
def plan_for_complaint(*, complaint: Complaint, by: Any) -> Inspection:
    """A visit about a citizen's report, within some working days; its plan may be changed. Raises ValidationError."""
    if complaint.product is None:
        raise ValidationError("Hãy xác định sản phẩm trước khi lập kế hoạch kiểm tra.")
    if found := complaint.inspections.filter(state=State.PLANNED).first():
        raise ValidationError(f"Đã có kế hoạch kiểm tra ngày {found.planned_on:%d/%m/%Y} cho phản ánh này.")
    (planned,) = plan_inspections(
        products=[complaint.product],
        planned_on=work_calendar().after(today(), DAYS_TO_VISIT),
        inspectors=by.get_full_name() or by.get_username(),
        kind=Inspection.Kind.COMPLAINT,
        purpose=f"Xác minh phản ánh {complaint.shown_code}: {complaint.get_kind_display()}.",
        complaint=complaint,
        by=by,
    )
    return planned


def _locked(inspection: Inspection, *states: str) -> Inspection:
    """The inspection as it is now, its row held. Raises ValidationError where it is in none of the states."""
    found = Inspection.objects.select_for_update(of=("self",), no_key=True).get(pk=inspection.pk)
    if found.state not in states:
        raise ValidationError(f"Đợt kiểm tra {found.get_state_display()} nên không làm việc này được.")
    return found


@transaction.atomic
def change_plan(
    *,
    inspection: Inspection,
    planned_on: date,
    inspectors: str,
    purpose: str,
    products: Iterable[Product],
    by: Any,
) -> Inspection:
    """Another day, other people, other products of the same producer. Raises ValidationError."""
    found = _locked(inspection, State.PLANNED)
    wanted = list(products)
    if any(p.producer_id != found.producer_id for p in wanted):
        raise ValidationError({"products": "Chỉ chọn sản phẩm của chủ thể này."})
    found.planned_on, found.inspectors, found.purpose = planned_on, inspectors.strip(), purpose.strip()
    found.full_clean()
    with acting("change_inspection_plan", by=by):
        found.save()
        found.inspected.exclude(product__in=wanted).delete()
        known = set(found.inspected.values_list("product", flat=True))
        _cover(found, [p for p in wanted if p.pk not in known])
    return found


@transaction.atomic
def cancel_inspection(*, inspection: Inspection, reason: str, by: Any) -> Inspection:
    """Give up a plan, with the reason. Raises ValidationError."""
    found = _locked(inspection, State.PLANNED)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})
    found.state, found.cancelled_because = State.CANCELLED, reason.strip()
    with acting("cancel_inspection", by=by, reason=reason.strip()):
        found.save()
    return found


@transaction.atomic
def record_inspection(
    *,
    inspection: Inspection,
    done_on: date,
    inspectors: str,
    findings: Findings,
    conclusion: str,
    summary: str,
    by: Any,
    measures: str = "",
    follow_up_on: date | None = None,
    correction_reason: str = "",
) -> Inspection:
    """Write down what was found; of what is on record already, a correction with its reason.

    A recorded second look closes the follow-up of the first. Raises ValidationError at the field in fault.
    """
    found = _locked(inspection, State.PLANNED, State.DONE)
    correcting = found.state == State.DONE
    if correcting and not correction_reason.strip():
        raise ValidationError({"correction_reason": "Hãy ghi vì sao đính chính."})
    _check_findings(findings, conclusion, measures)
    if conclusion == Conclusion.TO_REMEDY and follow_up_on is None:
        raise ValidationError({"follow_up_on": "Cần khắc phục thì phải hẹn ngày kiểm tra lại."})
    found.state, found.done_on, found.inspectors = State.DONE, done_on, inspectors.strip()
    found.conclusion, found.summary, found.measures = conclusion, summary.strip(), measures.strip()
    found.follow_up_on = follow_up_on
    if correcting:
        found.corrections += 1
        found.correction_reason = correction_reason.strip()
    found.full_clean()
    verb = "correct_inspection" if correcting else "record_inspection"
    with acting(verb, by=by, reason=correction_reason.strip()), constraints_in_words(Inspection):
        found.save()
        for heading, (result, note) in findings.items():
            finding = InspectionFinding(
                inspection=found, turn=found.corrections, heading=heading, result=result, note=note.strip()
            )
            finding.full_clean()
            finding.save()
        if not correcting and found.follows and found.follows.awaits_follow_up():
            told = f"Kiểm tra lại: {found.get_conclusion_display()}."
            record_follow_up(inspection=found.follows, day=done_on, note=told, by=by)
    return found


def _check_findings(findings: Findings, conclusion: str, measures: str) -> None:
    """All headings are answered, and the conclusion follows from them. Raises ValidationError."""
    if set(findings) != set(InspectionFinding.Heading.values):
        raise ValidationError("Hãy ghi kết quả của mọi nội dung, kể cả nội dung không kiểm tra.")
    faulty = any(result == InspectionFinding.Result.BAD for result, _ in findings.values())
    if faulty and conclusion == Conclusion.PASSED:
        raise ValidationError({"conclusion": "Có nội dung chưa đạt thì kết luận không thể là “đạt”."})
    if not faulty and conclusion != Conclusion.PASSED:
        raise ValidationError({"conclusion": "Hãy đánh dấu nội dung nào chưa đạt."})
    if conclusion != Conclusion.PASSED and not measures.strip():
        raise ValidationError({"measures": "Hãy ghi biện pháp, yêu cầu đối với chủ thể."})


@transaction.atomic
def record_follow_up(*, inspection: Inspection, day: date, note: str, by: Any) -> Inspection:
    """What became of the faults. Raises ValidationError."""
    found = _locked(inspection, State.DONE)
    if not found.awaits_follow_up():
        raise ValidationError("Đợt kiểm tra này không chờ kiểm tra lại.")
    if found.done_on and day < found.done_on:
        raise ValidationError({"day": f"Không thể trước ngày kiểm tra {found.done_on:%d/%m/%Y}."})
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi kết quả khắc phục."})
    found.followed_up_on, found.follow_up_note = day, note.strip()
    with acting("record_follow_up", by=by), constraints_in_words(Inspection):
        found.save()
    return found


@transaction.atomic
def add_inspection_file(*, inspection: Inspection, title: str, file: Any, by: Any) -> InspectionFile:
    """Add a checked document to what an inspection rests on."""
    kept = InspectionFile(inspection=inspection, title=title.strip(), file=file, filename=file.name)
    kept.full_clean()
    with acting("add_inspection_file", by=by):
        kept.save()
    return kept


@transaction.atomic
def warn_producer(
    *,
    by: Any,
    inspection: Inspection | None = None,
    complaint: Complaint | None = None,
    **fields: Any,
) -> WrittenWarning:
    """Record a written warning that rests on an inspection with faults or on an upheld report.

    `fields`: number, warned_on, product, requirement, due_on. Raises ValidationError.
    """
    if inspection is not None:
        inspection = _locked(inspection, State.DONE)
        if inspection.conclusion == Conclusion.PASSED:
            raise ValidationError("Kết luận kiểm tra là “đạt” nên không có căn cứ để cảnh báo.")
        producer = inspection.producer
    elif complaint is not None and complaint.product is not None:
        if complaint.outcome != Complaint.Outcome.UPHELD:
            raise ValidationError("Chỉ cảnh báo theo phản ánh đã được kết luận là đúng.")
        producer = complaint.product.producer
    else:
        raise ValidationError("Cảnh báo phải dựa trên một đợt kiểm tra hoặc một phản ánh đã rõ sản phẩm.")
    warning = WrittenWarning(producer=producer, inspection=inspection, complaint=complaint, **fields)
    warning.full_clean()
    with acting("warn_producer", by=by), constraints_in_words(WrittenWarning, "number"):
        warning.save()
    return warning


@transaction.atomic
def record_remedy(*, warning: WrittenWarning, day: date, note: str, by: Any) -> WrittenWarning:
    """What was warned of is put right. Written once. Raises ValidationError."""
    found = WrittenWarning.objects.select_for_update(of=("self",), no_key=True).get(pk=warning.pk)
    if found.remedied_on:
        raise ValidationError(f"Đã ghi khắc phục ngày {found.remedied_on:%d/%m/%Y}.")
    if day < found.warned_on:
        raise ValidationError({"day": f"Không thể trước ngày văn bản {found.warned_on:%d/%m/%Y}."})
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi kết quả khắc phục."})
    found.remedied_on, found.remedy_note = day, note.strip()
    with acting("record_remedy", by=by), constraints_in_words(WrittenWarning):
        found.save()
    return found


@transaction.atomic
def revoke_on_basis(
    *,
    certificate: Certificate,
    by: Any,
    inspection: Inspection | None = None,
    complaint: Complaint | None = None,
    **given: Any,
) -> Certificate:
    """`revoke_certificate`, and on record what it rests on. Raises ValidationError."""
    revoked = revoke_certificate(certificate=certificate, by=by, **given)
    with acting("revoke_certificate", by=by):
        RevocationBasis.objects.create(certificate=revoked, inspection=inspection, complaint=complaint)
    return revoked


__all__ = [
    "add_inspection_file",
    "cancel_inspection",
    "change_plan",
    "plan_for_complaint",
    "plan_inspections",
    "record_follow_up",
    "record_inspection",
    "record_remedy",
    "revoke_on_basis",
    "warn_producer",
]
