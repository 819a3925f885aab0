"""The public self-assessment: an address holds the whole of it, nothing is kept, nobody signs in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from products.models import ProductGroup
from ratings.reading import current_rules
from ratings.rulesets import Rules
from ratings.self_assessment import Sheet

RULESET = "26-2026"
TEMPLATES = "ratings/self_assessment"


@require_safe
@login_not_required
def self_assessment(request: HttpRequest) -> HttpResponse:
    """Choose a product set (`set`), answer its criteria (one parameter each), read what the answers come to.

    `only=result` answers with the result alone, for the script that keeps it current.
    """
    rules = current_rules(RULESET)
    if rules is None or not rules.sets:
        return render(request, f"{TEMPLATES}/none.html")
    asked = request.GET.get("set", "").strip()
    table = rules.sets.get(asked.zfill(2))
    if table is None:
        return _choose(request, rules, unknown=bool(asked))
    sheet = Sheet.read(request.GET.items(), table, rules)
    template = "_result.html" if request.GET.get("only") == "result" else "sheet.html"
    return render(request, f"{TEMPLATES}/{template}", {"sheet": sheet, "day": today()})


def _choose(request: HttpRequest, rules: Rules, *, unknown: bool) -> HttpResponse:
    """The product sets by sector; 404 where the address names a set that is none."""
    sectors: dict[str, list[ProductGroup]] = {}
    for group in ProductGroup.objects.all():
        if group.code in rules.sets:
            sectors.setdefault(group.get_sector_display(), []).append(group)
    context = {"sectors": list(sectors.items()), "rules": rules, "unknown": unknown}
    return render(request, f"{TEMPLATES}/choose.html", context, status=404 if unknown else 200)
