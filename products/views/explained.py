"""Stars, standings and marks in plain words: what the other pages link to beside each of them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.pages import by_revision
from products.standing import EXPIRING_DAYS, EXTENSION_DAYS, VALIDITY_MONTHS


@require_safe
@by_revision
@login_not_required
def explained(request: HttpRequest) -> HttpResponse:
    """The terms of law (domain §3) come from where standings are reckoned, so that the words never part from them."""
    context = {
        "months": VALIDITY_MONTHS,
        "expiring_days": EXPIRING_DAYS,
        "extension_days": EXTENSION_DAYS,
    }
    return render(request, "products/explained.html", context)
