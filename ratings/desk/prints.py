"""What is printed of results and decisions: tables, minutes, certificates, letters."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from ocop_portal.folding import fold
from ocop_portal.links import absolute
from ocop_portal.permissions import Permission, requires
from ocop_portal.sheets import XLSX_TYPE, xlsx_bytes
from products.desk.scope import certificate_of
from ratings import documents, prints
from ratings.desk.results import dossier_of
from ratings.desk.rounds import round_of
from ratings.desk.sessions import session_of
from ratings.findings import HEADER, findings_of, table_rows
from ratings.models import Dossier, ScoreSheet
from ratings.transitions import State

PDF_TYPE = "application/pdf"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    """A download that no browser interprets or keeps, under a plain name."""
    stem, _, ending = name.rpartition(".")
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(fold(stem))}.{ending}"),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@requires(Permission.ROUND_VIEW, of=round_of)
def round_table_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The round's table of results as a workbook, row by row as on its page."""
    round = round_of(request.user, pk)
    rows = table_rows(findings_of(round.dossiers.all()))
    content = xlsx_bytes(HEADER, rows, f"Kết quả {str(round).lower()}")
    return _file(content, XLSX_TYPE, f"bang ket qua {round}.xlsx")


@require_safe
@requires(Permission.ROUND_VIEW, of=round_of)
def round_table_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same table for signature."""
    round = round_of(request.user, pk)
    table = prints.result_table(round, findings_of(round.dossiers.all()))
    content = documents.result_table_pdf(table, made_at=timezone.now())
    return _file(content, PDF_TYPE, f"bang ket qua {round}.pdf")


@require_safe
@requires(Permission.ROUND_VIEW, of=session_of)
def session_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a session, of the dossiers on which the council has spoken."""
    session = session_of(request.user, pk)
    again = ScoreSheet.objects.filter(dossier__session=session, turn__gt=1).values_list("dossier", flat=True)
    findings = findings_of(session.dossiers.all())
    try:
        minutes = prints.session_minutes(session, findings, set(again))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("desk:session", pk)
    content = documents.minutes_pdf(minutes, made_at=timezone.now())
    return _file(content, PDF_TYPE, f"bien ban {session.held_on}.pdf")


@require_safe
@requires(Permission.DOSSIER_VIEW)
def certificate_print(request: HttpRequest, pk: int) -> HttpResponse:
    """A certificate in scope (a producer's own too) on A4, with the permanent address in its QR code."""
    certificate = certificate_of(request.user, pk)
    url = absolute(request, certificate.product.get_short_url())
    content = documents.certificate_pdf(prints.certificate_sheet(certificate, url), made_at=timezone.now())
    name = certificate.number or str(certificate.pk)
    return _file(content, PDF_TYPE, f"giay chung nhan {name.replace('/', ' ')}.pdf")


@require_safe
@requires(Permission.DOSSIER_VIEW)
def result_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter to commune and producer on a closed dossier: recognised, or not and why."""
    dossier = dossier_of(request.user, pk)
    findings = findings_of(Dossier.objects.filter(pk=dossier.pk))
    if dossier.state not in (State.RECOGNISED, State.NOT_RECOGNISED) or not findings:
        raise Http404("Hồ sơ chưa có quyết định nên chưa có thông báo.")
    content = documents.letter_pdf(prints.result_letter(findings[0]), made_at=timezone.now())
    return _file(content, PDF_TYPE, f"thong bao {dossier.receipt_number.replace('/', ' ')}.pdf")
