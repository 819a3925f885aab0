"""Printed reports of campaigns and promotions as downloads."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from ocop_portal.folding import fold
from ocop_portal.papers import PDF_TYPE
from producers.papers import SupportReport, report_pdf


def paper_file(report: SupportReport, name: str) -> HttpResponse:
    """The report as a PDF that no browser interprets or keeps, under a plain name."""
    return HttpResponse(
        report_pdf(report, made_at=timezone.now()),
        content_type=PDF_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(fold(name))[:80]}.pdf") or "",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
