"""The page of open data for everybody: what may be downloaded, how to prove it whole, under which licence."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.api.problems import PREFIX
from ocop_portal.links import absolute
from reports.api.bulk import listed
from reports.api.common import site
from reports.open_data.dictionary import dictionary
from reports.open_data.tables import FILES, TABLES


@require_safe
@login_not_required
def open_data(request: HttpRequest) -> HttpResponse:
    """Files of today's register with size and checksum, the exchange tables, and where programs read."""
    found = listed(site(request))
    by_table: dict[str, list[dict[str, object]]] = {}
    for told in found["files"]:
        by_table.setdefault(told["table"], []).append({**told, "format": FILES[told["name"]].format})
    exchanged = ("ptnt-ocop", "ket-noi-ocop")
    tables = [{"table": table, "files": by_table[table.name]} for table in TABLES]
    context = {
        "found": found,
        "tables": [entry for entry in tables if entry["table"].name not in exchanged],  # type: ignore[attr-defined]
        "exchanged": [entry for entry in tables if entry["table"].name in exchanged],  # type: ignore[attr-defined]
        "api": absolute(request, PREFIX),
    }
    return render(request, "reports/open_data.html", context)


@require_safe
@login_not_required
def data_dictionary(request: HttpRequest) -> HttpResponse:
    """Every field of every open table, as `/api/v1/dictionary.json` tells it to programs."""
    return render(request, "reports/data_dictionary.html", {"dictionary": dictionary(site(request))})
