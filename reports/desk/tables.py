"""Official tables at the desk: the index of all, and each one as page, workbook and paper with the same rows."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.lists import page_context
from ocop_portal.offices import heading_of
from ocop_portal.papers import PDF_TYPE
from ocop_portal.permissions import Permission, requires
from ocop_portal.sheets import XLSX_TYPE
from reports.asking import Asked
from reports.desk.rooms import rooms_for
from reports.files import attached
from reports.papers import TooLong, table_pdf
from reports.tables import TABLES, Official, Table
from reports.tables.base import Cell, Column, Link, Takes, shown
from reports.tables.workbook import workbook

PER_PAGE = 100
ILLUSTRATIVE = "BẢN MINH HỌA – KHÔNG CÓ GIÁ TRỊ"


@require_safe
@requires(Permission.REPORT_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Every official table, the report of the year, and the other lists that the role may open."""
    groups: dict[str, list[Official]] = {}
    for table in TABLES.values():
        if table.takes != Takes.DECISION:
            groups.setdefault(table.room, []).append(table)
    context = {"groups": groups, "rooms": rooms_for(request.user), "last_year": today().year - 1}
    return render(request, "reports/desk/index.html", context)


def _made(request: HttpRequest, slug: str) -> tuple[Official, Asked, Table]:
    """The table of an address. Raises Http404 for a slug that names none."""
    rule = TABLES.get(slug)
    if rule is None:
        raise Http404("Không có bảng này.")
    asked = Asked(request.GET, request.user, by_year=rule.takes == Takes.YEAR)
    return rule, asked, rule.build(asked)


@require_safe
@requires(Permission.REPORT_VIEW)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The table, a hundred rows at a time; its totals are those of all rows."""
    rule, asked, table = _made(request, slug)
    shown_page = Paginator(table.rows, PER_PAGE).get_page(request.GET.get("page"))
    first = shown_page.start_index()
    return render(
        request,
        "reports/desk/table.html",
        {
            "rule": rule,
            "asked": asked,
            "table": table,
            "rows": [(first + n, cells(row, table.columns)) for n, row in enumerate(shown_page.object_list)],
            "totals": cells(table.totals, table.columns) if table.totals else None,
            "filters": [(f, asked.said(f.name)) for f in rule.filters],
            "years": range(today().year, 2017, -1),
            "query": query_of(request),
            **page_context(request, shown_page),
        },
    )


def cells(row: Any, columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """A row as the template reads it: text, address, whether it is set to the right, and the head of its column."""
    told = []
    for cell, column in zip(row, columns, strict=True):
        value: Cell = cell
        told.append(
            {
                "text": shown(value, column),
                "url": value.url if isinstance(value, Link) else "",
                "num": column.right,
                "tick": column.middle,
                "head": column.head,
            }
        )
    return told


def query_of(request: HttpRequest) -> str:
    """The parameters of the list without its page: what the files of the same rows are asked with."""
    params = request.GET.copy()
    params.pop("page", None)
    return params.urlencode()


@require_safe
@requires(Permission.REPORT_VIEW)
def xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as a workbook, every row of it."""
    rule, asked, table = _made(request, slug)
    authority = heading_of(request.user).authority
    content = workbook([(rule.title, table)], authority=authority, mark=ILLUSTRATIVE if settings.DEMO else "")
    return attached(content, XLSX_TYPE, file_name(rule, asked, "xlsx"))


@require_safe
@requires(Permission.REPORT_VIEW)
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The table for signature; one that is too long to print is told so in words."""
    rule, asked, table = _made(request, slug)
    try:
        content = table_pdf(table, request.user, made_at=timezone.localtime())
    except TooLong as error:
        messages.warning(request, str(error))
        query = query_of(request)
        return redirect(reverse("desk:report-table", args=[slug]) + (f"?{query}" if query else ""))
    return attached(content, PDF_TYPE, file_name(rule, asked, "pdf"))


def file_name(rule: Official, asked: Asked, ending: str) -> str:
    """`so-bo-2023-12-31.pdf`, with the part of the territory where there is one."""
    when = asked.year if rule.takes == Takes.YEAR else f"{asked.day:%Y-%m-%d}"
    number = asked.said("decision") if rule.takes == Takes.DECISION else when
    return f"{rule.slug} {number} {asked.where}.{ending}"
