"""The check of the register as a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.models import User
from ocop_portal.permissions import Permission, Role, requires
from ocop_portal.records import address
from products.desk import history  # noqa: F401 - the kinds that findings link to
from ratings.desk import records  # noqa: F401 - likewise
from reports.checks import Finding, Severity, run

SHOWN = 50
"""Rows of a check on its page; the command lists all."""
LOOK = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "info"}


def link(finding: Finding, user: Any = None) -> str:
    """Where a finding's record is read; empty where it has no page."""
    if finding.model is None or finding.key is None:
        return ""
    reader = user or User(role=Role.ADMIN)
    return address(finding.model, {"id": finding.key, **finding.part_of}, reader)


@require_safe
@requires(Permission.AUDIT_VIEW)
def registry(request: HttpRequest) -> HttpResponse:
    """Every check with what it found, the worst first; those that found nothing are named at the end."""
    results = run(today())
    order = list(LOOK)
    found = sorted((r for r in results if r[1]), key=lambda r: order.index(r[0].severity))
    counts = [(s.label, LOOK[s], sum(len(rows) for c, rows in results if c.severity is s)) for s in order]
    context = {
        "counts": counts,
        "found": [
            (c, LOOK[c.severity], len(rows), [(f.text, link(f, request.user)) for f in rows[:SHOWN]])
            for c, rows in found
        ],
        "clean": [c for c, rows in results if not rows],
        "number": len(results),
        "day": today(),
    }
    return render(request, "reports/registry.html", context)
