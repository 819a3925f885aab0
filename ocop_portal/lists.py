"""What every list of the portal needs: the words that were asked, and one page with links to the others."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 50


def asked_text(request: HttpRequest) -> str:
    """The search words of a list, as far as a search may need them."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def paged(request: HttpRequest, found: QuerySet[Any]) -> dict[str, Any]:
    """A page of a list with the links to the others, for the component `pagination`."""
    return page_context(request, Paginator(found, PER_PAGE).get_page(request.GET.get("page")))


def page_context(request: HttpRequest, page: Page) -> dict[str, Any]:
    """The page with the addresses of the others."""

    def address(number: int) -> str:
        params = request.GET.copy()
        params["page"] = str(number)
        return f"?{params.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "page": page,
        "links": [
            {
                "number": n,
                "url": address(n) if isinstance(n, int) else "",
                "current": n == page.number,
            }
            for n in numbers
        ],
        "prev_url": address(page.number - 1) if page.has_previous() else "",
        "next_url": address(page.number + 1) if page.has_next() else "",
    }
