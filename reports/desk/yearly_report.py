"""The report of a year: every figure with its formula and its list, as page, workbook and official report."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.offices import heading_of
from ocop_portal.papers import PDF_TYPE
from ocop_portal.permissions import Permission, requires
from ocop_portal.sheets import XLSX_TYPE
from reports.asking import Asked
from reports.desk.tables import ILLUSTRATIVE, query_of
from reports.figures import sections_of
from reports.files import attached
from reports.tables.workbook import workbook
from reports.year_paper import report_pdf
from reports.year_sheets import sheets_of


def _asked(request: HttpRequest) -> Asked:
    return Asked(request.GET, request.user, by_year=True)


@require_safe
@requires(Permission.REPORT_VIEW)
def page(request: HttpRequest) -> HttpResponse:
    """All figures of a year against the year before, each leading to its list."""
    asked = _asked(request)
    context: dict[str, Any] = {
        "asked": asked,
        "sections": sections_of(asked),
        "years": range(today().year, 2017, -1),
        "unfinished": asked.year == today().year,
        "query": query_of(request),
    }
    return render(request, "reports/desk/yearly_report.html", context)


@require_safe
@requires(Permission.REPORT_VIEW)
def xlsx(request: HttpRequest) -> HttpResponse:
    """The figures on the first sheet, and a sheet for each list behind them."""
    asked = _asked(request)
    content = workbook(
        sheets_of(asked, sections_of(asked)),
        authority=heading_of(request.user).authority,
        mark=ILLUSTRATIVE if settings.DEMO else "",
    )
    return attached(content, XLSX_TYPE, f"bao cao nam {asked.year} {asked.where}.xlsx")


@require_safe
@requires(Permission.REPORT_VIEW)
def pdf(request: HttpRequest) -> HttpResponse:
    """The report in the form of decree 30/2020/NĐ-CP."""
    asked = _asked(request)
    content = report_pdf(asked, sections_of(asked), made_at=timezone.localtime())
    return attached(content, PDF_TYPE, f"bao cao nam {asked.year} {asked.where}.pdf")
