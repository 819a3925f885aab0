"""Feeds of the register, and the page that tells of them."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal import conditional
from ocop_portal.clock import today
from ocop_portal.pages import by_revision
from products.reading import Reading
from reports import atom

ATOM_TYPE = "application/atom+xml; charset=utf-8"


@require_safe
@by_revision
@login_not_required
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """One of the register's own feeds. 404 for a name that is none of them."""
    if name not in atom.FEEDS:
        raise Http404("Không có nguồn tin này.")
    return _atom(request, atom.named_feed(request, name, today()))


@require_safe
@by_revision
@login_not_required
def list_feed(request: HttpRequest) -> HttpResponse:
    """Any list of the catalogue as a feed, by the same parameters."""
    return _atom(request, atom.list_feed(request, Reading(request.GET)))


def _atom(request: HttpRequest, body: bytes) -> HttpResponse:
    tag = hashlib.sha256(body).hexdigest()[:32]
    return conditional.everywhere(
        conditional.answer(request, tag, lambda: HttpResponse(body, content_type=ATOM_TYPE))
    )


@require_safe
@by_revision
@login_not_required
def feeds(request: HttpRequest) -> HttpResponse:
    """What can be followed, and how."""
    return render(request, "reports/feeds.html", {"feeds": atom.addresses(), "entries": atom.ENTRIES})
