"""Forms 01 and 02, and form 03, as PDF."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from ocop_portal.folding import fold
from ocop_portal.forms import unit_label
from ocop_portal.permissions import Permission, requires
from ratings.desk.scope import dossier_of
from ratings.desk.self_scores import SelfAssessment, self_assessment
from ratings.documents import (
    CommuneForm,
    CriterionRow,
    DossierForm,
    Heading,
    PartTable,
    Signature,
    commune_form_pdf,
    dossier_form_pdf,
)
from ratings.models import CommuneReview, Dossier
from ratings.written import short_date

TO_SIGN = "(Ký, ghi rõ họ tên)"


@require_safe
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def dossier_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Forms 01 and 02 as they stand, with the evidence of each criterion by name."""
    dossier = dossier_of(request.user, pk)
    pdf = dossier_form_pdf(_dossier_form(dossier), made_at=timezone.now())
    return _download(pdf, f"ho-so-{_name(dossier)}.pdf")


@require_safe
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def review_print(request: HttpRequest, pk: int) -> HttpResponse:
    """Form 03, once the commune has written it."""
    dossier = dossier_of(request.user, pk)
    review = get_object_or_404(CommuneReview, dossier=dossier)
    pdf = commune_form_pdf(_commune_form(dossier, review), made_at=timezone.now())
    return _download(pdf, f"mau-03-{_name(dossier)}.pdf")


def _download(pdf: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _name(dossier: Dossier) -> str:
    """A file name in plain letters, from the product's."""
    return slugify(fold(dossier.product.name))[:60] or str(dossier.pk)


def _illustrative(dossier: Dossier) -> bool:
    return settings.DEMO or dossier.product.made_up


def _committee(dossier: Dossier) -> str:
    name = dossier.unit.name
    return f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"


def _dossier_form(dossier: Dossier) -> DossierForm:
    assessment = self_assessment(dossier)
    return DossierForm(
        product=dossier.product.name,
        producer=dossier.product.producer.name,
        commune=_committee(dossier),
        product_set=str(dossier.criteria_set),
        kind=_capitalised(dossier.get_kind_display()),
        registration=_registration(dossier),
        parts=tuple(_part(dossier, assessment)),
        signature=Signature(("Đại diện chủ thể",), dossier.product.producer.representative, TO_SIGN),
        receipt_number=dossier.receipt_number,
        place=dossier.unit.short_name,
        day=dossier.filed_on,
        illustrative=_illustrative(dossier),
    )


def _capitalised(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _registration(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    producer = dossier.product.producer
    columns = (
        "contact_name",
        "contact_phone",
        "production_address",
        "workers",
        "local_workers",
        "output",
        "markets",
    )
    pairs = [
        ("Loại hình", _capitalised(producer.get_legal_form_display())),
        ("Số đăng ký kinh doanh", producer.registration_number),
        ("Mã sản phẩm", dossier.product.code),
        ("Nơi sản xuất", unit_label(dossier.product.place)),
        ("Hạng sao đăng ký", f"{dossier.stars_sought} sao"),
    ]
    for column in columns:
        label, value = str(Dossier._meta.get_field(column).verbose_name), getattr(dossier, column)
        pairs.append((_capitalised(label), "" if value is None else str(value)))
    if dossier.certificate:
        held = dossier.certificate
        pairs.append(("Giấy chứng nhận đang có", f"{held.stars} sao, đến hết {short_date(held.valid_to)}"))
        pairs.append(("Nội dung thay đổi so với lần trước", dossier.changes))
    whole = dossier.evidence.filter(criterion=None).order_by("pk").values_list("title", flat=True)
    pairs.append(("Minh chứng cho cả hồ sơ", "; ".join(whole)))
    return tuple(pairs)


def _part(dossier: Dossier, assessment: SelfAssessment) -> list[PartTable]:
    proofs: dict[int | None, list[str]] = {}
    for criterion, title in dossier.evidence.order_by("pk").values_list("criterion_id", "title"):
        proofs.setdefault(criterion, []).append(title)
    return [
        PartTable(
            part.code,
            part.name,
            tuple(
                _row(assessment, scale.pk, f"{head.code}. {head.name}", tuple(proofs.get(scale.pk, ())))
                for head, scales in assessment.table.of_part(part.code)
                for scale in scales
            ),
        )
        for part in assessment.parts
    ]


def _row(assessment: SelfAssessment, criterion: int, section: str, evidence: tuple[str, ...]) -> CriterionRow:
    scale = next(s for s in assessment.table.scales if s.pk == criterion)
    kept = assessment.chosen.get(criterion)
    grade = kept.grade if kept else None
    option = grade.label if grade else ("Không có mức nào" if kept else "")
    return CriterionRow(
        scale.code, scale.name, section, option, grade.points if grade else 0, scale.maximum, evidence
    )


def _commune_form(dossier: Dossier, review: CommuneReview) -> CommuneForm:
    producer = dossier.product.producer
    conclusion = review.opinion or (
        "Hồ sơ đủ điều kiện chuyển cơ quan OCOP cấp tỉnh."
        if review.complete
        else "Đề nghị chủ thể hoàn thiện hồ sơ."
    )
    return CommuneForm(
        heading=Heading(_committee(dossier), place=dossier.unit.short_name, day=review.reviewed_on),
        product=dossier.product.name,
        producer=producer.name,
        address=dossier.production_address or producer.address,
        product_set=str(dossier.criteria_set),
        kind=_capitalised(dossier.get_kind_display()),
        origin=review.origin,
        labour=review.labour,
        idea=review.idea,
        identity=review.identity,
        complete=review.complete,
        conclusion=conclusion,
        signature=Signature(("TM. Ủy ban nhân dân", "Chủ tịch"), note="(Ký tên, đóng dấu)"),
        missing=() if review.complete or not review.opinion else (review.opinion,),
        receipt_number=dossier.receipt_number,
        received_on=dossier.filed_on,
        illustrative=_illustrative(dossier),
    )
