"""Sheets and paper: typing in a member's signed paper sheet, and printing a sheet."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.folding import fold
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.uploads import serve_private
from ratings.actions.sheets import record_paper_sheet
from ratings.desk.scope import dossier_of
from ratings.desk.sheet_reading import SHUT_STATE, Tally, readable_sheet, sheet_in_sight
from ratings.documents import CriterionRow, Heading, PartTable, ScoreSheetPrint, score_sheet_pdf
from ratings.forms.sheets import PaperForm
from ratings.models import CouncilMember, Dossier, ScoreSheet
from ratings.reading import table_of
from ratings.self_assessment import NONE_LABEL
from ratings.transitions import State


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SHEET_RECORD, of=dossier_of)
def paper_sheet(request: HttpRequest, pk: int, member: int) -> HttpResponse:
    """Type in a member's signed paper sheet; refused where the member has begun to score on screen."""
    dossier = dossier_of(request.user, pk)
    if dossier.round is None:
        raise Http404("Hồ sơ chưa vào đợt đánh giá nào.")
    who = get_object_or_404(CouncilMember, pk=member, council=dossier.round.council_id)
    sheets = list(dossier.sheets.current().select_related("member").order_by("member"))
    begun = set(dossier.sheets.filter(choices__isnull=False).order_by().values_list("pk", flat=True))
    own = next((s for s in sheets if s.member_id == who.pk), None)
    obstacle = _obstacle(dossier, own, own is not None and own.pk in begun)
    table, rules = table_of(dossier.criteria_set)
    chosen = dict(own.choices.values_list("criterion", "option")) if own and own.turn > 1 else None
    form = PaperForm(request.POST or None, request.FILES or None, table=table, rules=rules, chosen=chosen)

    def save() -> str:
        record_paper_sheet(dossier=dossier, member=who, by=request.user, **form.values())
        waiting = next((s for s in sheets if s.member_id != who.pk and _open(s, s.pk in begun)), None)
        return reverse("desk:sheet-paper", args=[pk, waiting.member_id if waiting else who.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, f"Đã nhập phiếu của {who.name}."):
            return answer
    context = {
        "dossier": dossier,
        "member": who,
        "sheet": own,
        "obstacle": obstacle,
        "form": form,
        "members": [(s, *_state(s, s.pk in begun)) for s in sheets],
        "told": ScoreSheet.objects.told_to(request.user, dossier),
        "table": table,
    }
    return render(request, "ratings/sheets/paper.html", context)


def _open(sheet: ScoreSheet, begun: bool) -> bool:
    """Whether a paper sheet may be typed in for it."""
    return sheet.signed_at is None and not (begun and sheet.turn == 1)


def _obstacle(dossier: Dossier, sheet: ScoreSheet | None, begun: bool) -> str:
    """Why no paper sheet is typed in here, in a sentence; empty where one may be."""
    if sheet is None:
        return (
            "Thành viên này không có phiếu cho hồ sơ: ngoài nhiệm kỳ, không chấm, hoặc có xung đột lợi ích."
        )
    if sheet.signed_at:
        return f"Phiếu của {sheet.member.name} đã ký nên không nhập lại được."
    if dossier.state != State.SCORING:
        return SHUT_STATE
    if not _open(sheet, begun):
        return f"{sheet.member.name} đã bắt đầu chấm trên máy nên không nhập phiếu giấy đè lên."
    if sheet.member.interests.filter(producer=dossier.product.producer_id).exists():
        return f"{sheet.member.name} đã khai xung đột lợi ích với chủ thể này nên không chấm."
    return ""


def _state(sheet: ScoreSheet, begun: bool) -> tuple[str, str]:
    """(state in words, tone) of a member's sheet; never a number of points."""
    if sheet.signed_at:
        return ("đã nhập từ giấy" if sheet.source == ScoreSheet.Source.PAPER else "đã ký trên máy"), "good"
    if sheet.turn > 1:
        return "chấm lại, chưa ký", "warn"
    return ("đang chấm trên máy", "info") if begun else ("chưa có phiếu", "quiet")


@require_safe
@requires(Permission.SHEETS_VIEW, of=sheet_in_sight)
def sheet_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as PDF, for whoever may read it."""
    sheet = readable_sheet(request.user, pk)
    pdf = score_sheet_pdf(_printed(sheet), made_at=sheet.signed_at or timezone.now())
    name = slugify(fold(f"{sheet.dossier.product.name} {sheet.member.name}"))[:80] or str(pk)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="phieu-{name}.pdf"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_safe
@requires(Permission.SHEETS_VIEW, of=sheet_in_sight)
def sheet_scan(request: HttpRequest, pk: int) -> FileResponse:
    """The signed paper sheet as it was scanned, for whoever may read the sheet."""
    sheet = readable_sheet(request.user, pk)
    if not sheet.scan:
        raise Http404("Phiếu này không có bản chụp.")
    return serve_private(sheet.scan, f"phieu-giay-{sheet.pk}{Path(sheet.scan.name).suffix}")


def _printed(sheet: ScoreSheet) -> ScoreSheetPrint:
    dossier, tally = sheet.dossier, Tally.of(sheet)
    product = dossier.product
    signed = timezone.localtime(sheet.signed_at) if sheet.signed_at else None
    return ScoreSheetPrint(
        heading=Heading(
            dossier.round.council.name,
            place=settings.SITE["committee_place"],
            day=signed.date() if signed else None,
        ),
        round=str(dossier.round),
        member=sheet.member.name,
        member_role=sheet.member.get_role_display(),
        product=product.name,
        producer=product.producer.name,
        address=dossier.production_address or product.place.name,
        product_set=tally.table.name,
        ruleset=tally.rules.name.removeprefix("Quyết định "),
        parts=tuple(_part(sheet, tally)),
        signed_at=sheet.signed_at,
        remarks=sheet.comment,
        illustrative=settings.DEMO or product.made_up,
    )


def _part(sheet: ScoreSheet, tally: Tally) -> list[PartTable]:
    proofs: dict[int | None, list[str]] = {}
    for criterion, title in sheet.dossier.evidence.order_by("pk").values_list("criterion", "title"):
        proofs.setdefault(criterion, []).append(title)

    def row(head: Any, scale: Any) -> CriterionRow:
        grade = tally.grade(scale)
        option = grade.label if grade else (NONE_LABEL if scale.pk in tally.chosen else "")
        section = f"{head.code}. {head.name}"
        points = grade.points if grade else 0
        proof = tuple(proofs.get(scale.pk, ()))
        return CriterionRow(scale.code, scale.name, section, option, points, scale.maximum, proof)

    return [
        PartTable(
            p.letter,
            p.name,
            tuple(row(h, s) for h, scales in tally.table.of_part(p.letter) for s in scales),
        )
        for p in tally.parts
    ]
