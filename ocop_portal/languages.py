"""Which language an address speaks: Vietnamese at the root, English under `/en/` with the same paths.

Nothing else decides it, neither a cookie nor what a browser prefers: a page in a cache and the address in a QR code
must mean the same to everybody. A page is an address that ends in a slash; a file (CSV, picture, feed) is the same
in both languages and has one address.
"""

from collections.abc import Callable, Iterable
from datetime import date
from importlib import import_module

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_script_prefix, resolve
from django.urls.exceptions import Resolver404
from django.urls.resolvers import LocalePrefixPattern, RoutePattern
from django.utils import translation
from django.utils.encoding import escape_uri_path, iri_to_uri
from django.utils.formats import date_format
from django.utils.html import format_html

VIETNAMESE, ENGLISH = "vi", "en"
_AT_ROOT = f"/{ENGLISH}"

Routes = Iterable[URLPattern | URLResolver]


def bilingual(module: str) -> URLResolver:
    """`path("", include(module))`, with its pages in both languages and its files in none.

    Django's `i18n_patterns` would either double the files too or split the module's namespace in two.
    """
    urls = import_module(module)
    pages, files = _apart(urls.urlpatterns)
    both = URLResolver(LocalePrefixPattern(prefix_default_language=False), pages)
    return URLResolver(
        RoutePattern("", is_endpoint=False), [both, *files], app_name=urls.app_name, namespace=urls.app_name
    )


def _apart(routes: Routes) -> tuple[list[URLPattern | URLResolver], list[URLPattern | URLResolver]]:
    """(pages, files) of a module's addresses."""
    pages: list[URLPattern | URLResolver] = []
    files: list[URLPattern | URLResolver] = []
    for route in routes:
        (pages if str(route.pattern).endswith("/") else files).append(route)
    return pages, files


def language_of(path: str) -> str:
    """The language of a path below the script prefix."""
    return ENGLISH if path == _AT_ROOT or path.startswith(f"{_AT_ROOT}/") else VIETNAMESE


def other_address(request: HttpRequest, *, query: str | None = None) -> str:
    """The address of this page in the other language, parameters and all; empty for what speaks one language only.

    `query` stands in place of the request's own.
    """
    path = request.path_info
    other = VIETNAMESE if language_of(path) == ENGLISH else ENGLISH
    there = path.removeprefix(_AT_ROOT) if other == VIETNAMESE else f"{_AT_ROOT}{path}"
    if not _leads_to_a_page(there, other):
        return ""
    return address(there, request.META.get("QUERY_STRING", "") if query is None else query)


def address(path: str, query: str) -> str:
    """The path below the script prefix with its query, as a link carries it."""
    whole = f"{get_script_prefix().rstrip('/')}{escape_uri_path(path)}"
    return f"{whole}?{iri_to_uri(query)}" if query else whole


def _leads_to_a_page(path: str, language: str) -> bool:
    with translation.override(language):
        try:
            resolve(path)
        except Resolver404:
            return False
    return True


class LanguageMiddleware:
    """Lets the portal answer in the language of the address, and leaves the thread as it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request.path_info)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def day_text(day: date | None) -> str:
    """The day as it is written in running text: 31/12/2023, in English 31 December 2023."""
    if day is None:
        return ""
    return date_format(day) if in_english() else f"{day:%d/%m/%Y}"


def percent_text(number: str) -> str:
    """A percentage as it is written: `109 %`, in English `109%`."""
    return f"{number}%" if in_english() else f"{number} %"


def in_english() -> bool:
    """Whether what is being written now is read in English."""
    return translation.get_language() == ENGLISH


def name_in_sentence(name: str) -> str:
    """A unit's name inside a sentence: `huyện Na Rì` in Vietnamese, in English the name as it stands."""
    return name if in_english() else name[:1].lower() + name[1:]


def quoted(text: str) -> str:
    """Words on record, which stay Vietnamese: marked as such where the page around them is English.

    For text of a page only: an attribute cannot hold the mark.
    """
    return format_html('<span lang="vi">{}</span>', text) if text and in_english() else text


def told(sentence: str, *parts: object, **named: object) -> str:
    """The sentence with its parts filled in, where some may be `quoted`."""
    return format_html(sentence, *parts, **named) if in_english() else sentence.format(*parts, **named)
