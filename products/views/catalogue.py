"""The catalogue: one reading of the register as a page and as files."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.pages import by_revision
from ocop_portal.sheets import CSV_TYPE, XLSX_TYPE, csv_stream, xlsx_bytes
from products.catalogue import card
from products.exports import HEADER, json_stream, rows
from products.reading import PAGE_SIZES, SORTS, Reading


@require_safe
@by_revision
@login_not_required
def product_list(request: HttpRequest) -> HttpResponse:
    """Browse, filter and search what stands; by `status` and `as_of` also what does not, or did once."""
    reading = Reading(request.GET)
    page = reading.page
    return render(
        request,
        "products/list.html",
        {
            "reading": reading,
            "canonical": reading.canonical,
            "noindex": not reading.is_indexed,
            "form": reading.filter.form,
            "facets": reading.facets,
            "chosen": reading.filter.chosen,
            "page": page,
            "cards": [card(certificate, reading.day) for certificate in reading.shown],
            "links": reading.page_links(),
            "prev_url": reading.address(page=str(page.number - 1)) if page.has_previous() else "",
            "next_url": reading.address(page=str(page.number + 1)) if page.has_next() else "",
            "chips": reading.chips(),
            "sorts": [
                (value, label) for value, (label, _) in SORTS.items() if value != "relevance" or reading.text
            ],
            "page_sizes": PAGE_SIZES,
            "downloads": [
                (label, reading.address(f"products:{name}", per_page=None))
                for name, label in (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))
            ],
            "all_url": reading.address(status="all"),
        },
    )


def _named(response: HttpResponse | StreamingHttpResponse, reading: Reading, ending: str) -> HttpResponse:
    name = f"san-pham-ocop-{reading.day:%Y-%m-%d}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]


@require_safe
@login_not_required
def export_csv(request: HttpRequest) -> HttpResponse:
    """The list as CSV that Vietnamese Excel opens: UTF-8 with mark."""
    reading = Reading(request.GET)
    table = csv_stream(HEADER, rows(reading.certificates, reading.day))
    return _named(StreamingHttpResponse(table, content_type=CSV_TYPE), reading, "csv")


@require_safe
@login_not_required
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """The list as an Excel workbook."""
    reading = Reading(request.GET)
    title = f"OCOP {reading.day:%d-%m-%Y}"
    workbook = xlsx_bytes(HEADER, rows(reading.certificates, reading.day), title)
    return _named(HttpResponse(workbook, content_type=XLSX_TYPE), reading, "xlsx")


@require_safe
@login_not_required
def export_json(request: HttpRequest) -> HttpResponse:
    """The list as JSON, readable from any page (open data)."""
    reading = Reading(request.GET)
    body = json_stream(reading.certificates, reading.day, reading.faults)
    response = StreamingHttpResponse(body, content_type="application/json; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return response  # type: ignore[return-value]
