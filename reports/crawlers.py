"""What searchers ask for first: the sitemap, and which addresses to leave alone."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ocop_portal import conditional
from ocop_portal.clock import today
from ocop_portal.links import absolute
from ocop_portal.pages import by_revision, current_edition
from reports import sitemap as files

XML_TYPE = "application/xml; charset=utf-8"

CLOSED = (
    # Behind the sign-in, or meant for whoever holds the address.
    "/can-bo/",
    "/admin/",
    "/tai-khoan/",
    "/lich/",
    "/phan-anh/",
    "/*/phan-anh/",
    # No page for readers.
    "/thu-vien-giao-dien/",
    "/healthz",
    "/readyz",
    # One filter makes a list worth finding; two or more, searches, orders and past days make them without end.
    "/*?*&",
    "/*?q=",
    "/*?sort=",
    "/*?per_page=",
    "/*?as_of=",
    "/san-pham.atom?",
    "/san-pham.csv?",
    "/san-pham.xlsx?",
    "/san-pham.json?",
    "/*giay-chung-nhan/?",
    "/tu-danh-gia/?",
    "/*?near=",
)


@require_safe
@login_not_required
def robots(request: HttpRequest) -> HttpResponse:
    """The rules for searchers; the same for all of them."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines += ["", f"Sitemap: {absolute(request, reverse('reports:sitemap'))}", ""]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
@by_revision
@login_not_required
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of the sitemap's files."""
    return HttpResponse("".join(files.index(request, today())), content_type=XML_TYPE)


@require_safe
@by_revision
@login_not_required
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The pages that are there once."""
    return HttpResponse("".join(files.pages(request, today())), content_type=XML_TYPE)


@require_safe
@login_not_required
def sitemap_file(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One file of products, producers or points of sale, sent as it is read. 404 for one with nothing in it.

    Not kept in memory, where it would take the room of a thousand pages: whoever has it is told so by its tag.
    """
    day, section = today(), files.SECTIONS.get(name)
    if section is None or not section.has_file(number, day):
        raise Http404("Không có tệp sơ đồ trang này.")
    edition = current_edition()
    told = (edition, day, absolute(request, "/"))
    tag = hashlib.sha256(repr(told).encode()).hexdigest()[:32]

    def make() -> HttpResponse:
        lines = files.file(request, name, number, day)
        return StreamingHttpResponse(lines, content_type=XML_TYPE)  # type: ignore[return-value]

    return conditional.answer(request, tag, make)
