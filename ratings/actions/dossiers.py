"""Writes on dossiers: lodging, checking, forwarding, withdrawing. Each step holds the dossier's row."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import has_permission
from ocop_portal.workdays import work_calendar
from producers.models import Producer
from products.models import Certificate, Product
from products.standing import STANDS
from ratings.actions.numbers import product_code, receipt_number
from ratings.calendar import COMMUNE_WORKING_DAYS, filing_window
from ratings.models import (
    AdvisoryReport,
    CommuneReview,
    CriteriaSet,
    Criterion,
    Dossier,
    Evidence,
    Option,
    Ruleset,
    SelfScore,
)
from ratings.reading import table_of
from ratings.transitions import MOVES, State

MOST_STARS = 5
CARRIED = (
    "stars_sought",
    "contact_name",
    "contact_phone",
    "production_address",
    "workers",
    "local_workers",
    "output",
    "markets",
)
"""What form 01 of a later dossier takes over from the last one."""


def locked(dossier: Dossier) -> Dossier:
    """The dossier as it is now, its row held."""
    return Dossier.objects.select_for_update(of=("self",), no_key=True).with_line().get(pk=dossier.pk)


def check_move(dossier: Dossier, name: str, by: Any, reason: str = "") -> None:
    """Raises ValidationError where the step does not start in the dossier's state, or lacks permission or reason."""
    move = MOVES[name]
    if dossier.state not in move.sources:
        raise ValidationError(
            f"Hồ sơ đang ở trạng thái “{dossier.get_state_display()}” nên không thể “{move.label.lower()}”. "
            "Có thể người khác vừa xử lý: hãy mở lại trang."
        )
    if by is not None and not has_permission(by, move.permission):
        raise ValidationError("Tài khoản của bạn không có quyền thực hiện việc này.")
    if move.needs_reason and not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do để chủ thể biết vì sao và cần làm gì."})


def move(dossier: Dossier, name: str, by: Any, *, reason: str = "", **fields: Any) -> Dossier:
    """Take a step on a locked dossier, with the columns that go with it. Raises ValidationError."""
    check_move(dossier, name, by, reason)
    fields |= {"state": MOVES[name].target, "state_reason": reason.strip(), "state_since": today()}
    for column, value in fields.items():
        setattr(dossier, column, value)
    with acting(f"dossier_{name}", by=by, reason=reason.strip()), constraints_in_words(Dossier):
        dossier.save(update_fields=list(fields))
    return dossier


@transaction.atomic
def start_dossier(*, product: Product, kind: str, by: Any) -> Dossier:
    """Open a draft under the criteria in force today, filled in from the product's last dossier.

    Raises ValidationError: a second open dossier, a first assessment of what has a certificate, a follow-up of what
    has none, or no criteria on record.
    """
    product = Product.objects.select_for_update(no_key=True, of=("self",)).with_place().get(pk=product.pk)
    certificate = Certificate.objects.filter(product=product).order_by("-valid_from", "-pk").first()
    if kind == Dossier.Kind.FIRST and certificate:
        raise ValidationError(
            {"kind": "Sản phẩm đã có giấy chứng nhận: hãy chọn “nâng hạng” hoặc “phân hạng lại”."}
        )
    if kind != Dossier.Kind.FIRST and certificate is None:
        raise ValidationError({"kind": "Sản phẩm chưa có giấy chứng nhận nào: đây là đánh giá lần đầu."})
    if kind == Dossier.Kind.UPGRADE and certificate:
        _check_upgrade(certificate)
    unit = product.place.current or product.place
    if unit.level != AdministrativeUnit.Level.COMMUNE:
        raise ValidationError(
            f"Nơi sản xuất của sản phẩm mới ghi đến “{unit}”: hãy sửa sản phẩm, ghi rõ xã, phường rồi lập hồ sơ."
        )
    ruleset = Ruleset.objects.in_force(today())
    table = ruleset and CriteriaSet.objects.filter(ruleset=ruleset, code=product.group.code).first()
    if table is None:
        raise ValidationError("Chưa nạp bộ tiêu chí đang có hiệu lực cho bộ sản phẩm này.")
    last = Dossier.objects.filter(product=product).exclude(state=State.WITHDRAWN).order_by("-pk").first()
    dossier = Dossier(
        product=product,
        kind=kind,
        criteria_set=table,
        previous=last,
        certificate=certificate if kind != Dossier.Kind.FIRST else None,
        unit=unit,
        state_since=today(),
        created_by=by,
    )
    if last:
        for column in CARRIED:
            setattr(dossier, column, getattr(last, column))
    else:
        dossier.contact_name = product.producer.representative
        dossier.contact_phone = product.producer.phone
        dossier.production_address = product.producer.address
    if certificate and kind == Dossier.Kind.UPGRADE:
        dossier.stars_sought = min(5, certificate.stars + 1)
    elif certificate:
        dossier.stars_sought = certificate.stars
    with acting("start_dossier", by=by), constraints_in_words(Dossier):
        dossier.save()
        if last:
            _carry_over(last, dossier)
    return dossier


def _check_upgrade(certificate: Certificate) -> None:
    """An upgrade raises a star that stands. Raises ValidationError."""
    if certificate.standing_on(today()) not in STANDS:
        raise ValidationError(
            {"kind": "Giấy chứng nhận không còn hiệu lực nên không nâng hạng được: hãy chọn “phân hạng lại”."}
        )
    if certificate.stars >= MOST_STARS:
        raise ValidationError({"kind": "Sản phẩm đã đạt 5 sao, là hạng cao nhất."})


def _carry_over(last: Dossier, dossier: Dossier) -> None:
    """Self-scores and evidence of the last dossier, where the criterion still stands with the same option."""
    criteria = {c.code: c for c in Criterion.objects.filter(criteria_set=dossier.criteria_set)}
    options = {
        (o.criterion_id, o.position, o.points): o
        for o in Option.objects.filter(criterion__criteria_set=dossier.criteria_set)
    }
    carried = []
    for row in last.self_scores.select_related("criterion", "option"):
        criterion = criteria.get(row.criterion.code)
        option = None
        if criterion and row.option:
            option = options.get((criterion.pk, row.option.position, row.option.points))
        if criterion and (option or row.option is None):
            carried.append(SelfScore(dossier=dossier, criterion=criterion, option=option, note=row.note))
    SelfScore.objects.bulk_create(carried)
    for proof in last.evidence.select_related("criterion"):
        Evidence.objects.create(
            dossier=dossier,
            criterion=criteria.get(proof.criterion.code) if proof.criterion else None,
            **{
                name: getattr(proof, name)
                for name in ("kind", "title", "issued_on", "file", "filename", "url")
            },
        )


@transaction.atomic
def start_with_new_product(*, producer: Producer, product: Product, by: Any) -> Dossier:
    """Put a product that is new to the register on record, under a code of its own, and open its first dossier.

    Raises ValidationError at the field in fault.
    """
    unit: AdministrativeUnit = product.place.current or product.place
    product.producer = producer
    product.code = product_code(unit, today().year)
    product.full_clean()
    with acting("save_product", by=by), constraints_in_words(Product):
        product.save()
    return start_dossier(product=product, kind=Dossier.Kind.FIRST, by=by)


def _ensure_editable(dossier: Dossier) -> None:
    if not dossier.editable:
        raise ValidationError(
            f"Hồ sơ đang ở trạng thái “{dossier.get_state_display()}” nên không sửa được nữa."
        )


@transaction.atomic
def save_registration(*, dossier: Dossier, values: Mapping[str, Any], by: Any) -> Dossier:
    """Keep form 01. Raises ValidationError at the field in fault."""
    found = locked(dossier)
    _ensure_editable(found)
    for column, value in values.items():
        setattr(found, column, value)
    with acting("save_registration", by=by), constraints_in_words(Dossier):
        found.save(update_fields=list(values))
    return found


@transaction.atomic
def save_self_scores(*, dossier: Dossier, chosen: Mapping[int, tuple[int | None, str]], by: Any) -> Dossier:
    """Keep form 02 of a part: {criterion's key: (option's key or None for "none of these", note)}.

    Raises ValidationError where an option is not of its criterion, or the criterion not of the dossier's set.
    """
    found = locked(dossier)
    _ensure_editable(found)
    table, _ = table_of(found.criteria_set)
    offered = {scale.pk: {grade.pk for grade in scale.grades} for scale in table.scales}
    present = {row.criterion_id: row for row in found.self_scores.all()}
    fresh = []
    with acting("save_self_scores", by=by):
        for criterion, (option, note) in chosen.items():
            if criterion not in offered or (option is not None and option not in offered[criterion]):
                raise ValidationError("Có lựa chọn không thuộc bộ tiêu chí của hồ sơ. Hãy mở lại trang.")
            row = present.get(criterion)
            if row is None:
                fresh.append(SelfScore(dossier=found, criterion_id=criterion, option_id=option, note=note))
            elif (row.option_id, row.note) != (option, note):
                row.option_id, row.note = option, note
                row.save()
        SelfScore.objects.bulk_create(fresh)
    return found


@transaction.atomic
def add_evidence(*, dossier: Dossier, evidence: Evidence, by: Any) -> Evidence:
    """Add a document or a link. Raises ValidationError."""
    found = locked(dossier)
    _ensure_editable(found)
    evidence.dossier = found
    evidence.full_clean(exclude=["dossier"])
    with acting("add_evidence", by=by), constraints_in_words(Evidence):
        evidence.save()
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Any) -> None:
    """Take a document out of a dossier that is still being written; its file stays, since others may rest on it."""
    _ensure_editable(locked(evidence.dossier))
    with acting("remove_evidence", by=by):
        evidence.delete()


@transaction.atomic
def submit(*, dossier: Dossier, by: Any) -> Dossier:
    """File with the commune: it gets its receipt number and the commune's 15 working days begin.

    A dossier that came back keeps its number. Raises ValidationError naming all that is still missing.
    """
    found = locked(dossier)
    check_move(found, "submit", by)
    if missing := missing_for_filing(found):
        raise ValidationError(missing)
    day = today()
    fields: dict[str, Any] = {"commune_due_on": work_calendar().after(day, COMMUNE_WORKING_DAYS)}
    if not found.receipt_number:
        fields |= {"receipt_number": receipt_number(found.unit, day.year), "filed_on": day}
    return move(found, "submit", by, **fields)


def missing_for_filing(dossier: Dossier) -> list[str]:
    """What form 01, form 02 and the evidence still lack, in sentences."""
    told = []
    needed = ("contact_name", "contact_phone", "production_address")
    labels = {f.name: f.verbose_name for f in Dossier._meta.fields if f.name in needed}
    told += [f"Mẫu 01 còn thiếu {label}." for column, label in labels.items() if not getattr(dossier, column)]
    if dossier.kind == Dossier.Kind.UPGRADE and not dossier.changes.strip():
        told.append("Nâng hạng phải ghi nội dung thay đổi so với lần trước (mẫu 01).")
    asked = Criterion.objects.filter(criteria_set=dossier.criteria_set_id).count()
    if left := asked - dossier.self_scores.count():
        told.append(f"Mẫu 02 còn {left} tiêu chí chưa tự chấm.")
    if not dossier.evidence.exists():
        told.append("Chưa có minh chứng nào.")
    if dossier.kind == Dossier.Kind.REASSESSMENT and dossier.certificate and not dossier.filed_on:
        window = filing_window(dossier.certificate.valid_to)
        if today() < window.first:
            told.append(
                f"Hồ sơ phân hạng lại chỉ nhận từ {window.first:%d/%m/%Y} (180 ngày trước khi hết hạn)."
            )
    return told


@transaction.atomic
def resubmit(*, dossier: Dossier, by: Any) -> Dossier:
    """Send what the province asked for. Raises ValidationError naming all that is still missing."""
    found = locked(dossier)
    check_move(found, "resubmit", by)
    if missing := missing_for_filing(found):
        raise ValidationError(missing)
    return move(found, "resubmit", by)


@transaction.atomic
def save_commune_review(*, dossier: Dossier, review: CommuneReview, by: Any) -> CommuneReview:
    """Keep form 03 while the dossier lies with the commune. Raises ValidationError."""
    found = locked(dossier)
    if found.state != State.SUBMITTED:
        raise ValidationError("Mẫu 03 chỉ ghi được khi hồ sơ đang ở xã.")
    review.dossier = found
    if earlier := CommuneReview.objects.filter(dossier=found).first():
        review.pk = earlier.pk
    review.full_clean(exclude=["dossier"])
    with acting("save_commune_review", by=by):
        review.save()
    return review


@transaction.atomic
def forward(*, dossier: Dossier, by: Any) -> Dossier:
    """Send a complete dossier with form 03 to the province. Raises ValidationError."""
    found = locked(dossier)
    check_move(found, "forward", by)
    review = CommuneReview.objects.filter(dossier=found).first()
    if review is None:
        raise ValidationError("Chưa có mẫu 03: hãy ghi bốn nội dung đánh giá trước khi chuyển.")
    if not review.complete:
        raise ValidationError("Mẫu 03 ghi hồ sơ chưa đầy đủ: hãy trả lại kèm lý do, hoặc sửa mẫu 03.")
    return move(found, "forward", by)


@transaction.atomic
def receive(*, dossier: Dossier, by: Any) -> Dossier:
    """Take a forwarded dossier in at the province. Raises ValidationError."""
    found = locked(dossier)
    return move(found, "receive", by, received_on=found.received_on or today())


@transaction.atomic
def give_reason_and_move(*, dossier: Dossier, name: str, reason: str, by: Any) -> Dossier:
    """A step that needs nothing but its reason: return, ask for more, withdraw, exclude, send back to the council.

    Raises ValidationError.
    """
    return move(locked(dossier), name, by, reason=reason)


@transaction.atomic
def save_advisory_report(
    *, dossier: Dossier, report: AdvisoryReport, samples: int | None, by: Any
) -> Dossier:
    """Keep the advisory team's report and the samples taken in; the dossier may then go to a round.

    Raises ValidationError.
    """
    found = locked(dossier)
    check_move(found, "report", by)
    report.dossier = found
    if earlier := AdvisoryReport.objects.filter(dossier=found).first():
        report.pk = earlier.pk
    report.full_clean(exclude=["dossier"])
    with acting("save_advisory_report", by=by):
        report.save()
    return move(found, "report", by, samples=samples)


def window_of(dossier: Dossier, day: date) -> str:
    """The filing window of a re-assessment in a sentence; empty for other kinds."""
    if dossier.kind != Dossier.Kind.REASSESSMENT or dossier.certificate is None:
        return ""
    return filing_window(dossier.certificate.valid_to).told(day)
