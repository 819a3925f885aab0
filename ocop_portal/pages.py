"""Public pages kept in memory under the revision of the register.

A public page depends on its address, the language, the day and the revision (`revision.py`), so one tiny query tells
whether the page made before still holds. Nothing is ever declared stale and nothing expires: another revision is
another page. Views opt in with `by_revision`; `docs/operations.md` tells what a province may set.
"""

import gzip
import hashlib
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import brotli
import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers

from ocop_portal.clock import today
from ocop_portal.conditional import REVALIDATE
from ocop_portal.languages import language_of

View = TypeVar("View", bound=Callable[..., Any])
Handler = Callable[[HttpRequest], HttpResponse]
Address = tuple[str, ...]

logger = structlog.get_logger(__name__)

FOLLOWING = (
    "fbclid",
    "gclid",
    "zarsrc",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
)
"""What other sites hang on links to know whence a reader comes. No page of ours looks at it."""
VARIES = {"cookie", "accept-encoding"}
"""What a page may vary by: all of it is part of the address under which it is kept, or keeps it from being kept."""
OF_ONE_READER = ("HTTP_AUTHORIZATION", "HTTP_HX_REQUEST")
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")
TEXTS = ("text/", "image/svg+xml", "application/json", "application/xml", "application/atom+xml")
FOR_OTHER_SITES = ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy")
OVERHEAD = 2_000
"""Bytes that a kept page takes beside its bodies, roughly."""


def by_revision(view: View) -> View:
    """Mark a public view whose answer depends on nothing but address, language, day and published tables.

    It is then kept in memory. The view is asked for GET, by nobody in particular, with blank parameters left out
    and the rest in the order of their names. An answer that sets a cookie, holds a form's token, streams, or is
    other than 200 is not kept. `tests/ocop_portal/test_pages_kept.py` finds a marked view that reads a table
    which does not raise the revision.
    """
    view.by_revision = True  # type: ignore[attr-defined]
    return view


@dataclass(frozen=True, slots=True)
class Edition:
    """The register as it reads on a day. `raised_at` tells a revision from its namesake before a restored backup."""

    number: int
    raised_at: datetime
    day: date


def current_edition() -> Edition | None:
    """What the register is now: one query. None before the first migration has made the row.

    The query also proves the connection, so that none is spent on a ping before it; a connection that was lost
    meanwhile is made anew.
    """
    for last_try in (connection.in_atomic_block, True):
        connection.health_check_done = True  # type: ignore[attr-defined]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT number, raised_at FROM ocop_portal_registerrevision")
                row = cursor.fetchone()
        except (OperationalError, InterfaceError):
            if last_try:
                raise
            connection.close()
        else:
            return Edition(row[0], row[1], today()) if row else None
    return None


@dataclass(frozen=True, slots=True)
class Page:
    """A finished answer: headers, and the body in each coding that makes it smaller."""

    edition: Edition
    headers: dict[str, str]
    bodies: dict[str, bytes]

    @classmethod
    def of(cls, response: HttpResponse, edition: Edition) -> "Page":
        """The page of a response that `may_be_kept`."""
        body = response.content
        headers = {name: value for name, value in response.items() if name != "Content-Length"}
        # Of the body, so that a change elsewhere in the register does not make readers fetch the page again; weak,
        # because it stands for all codings. Workers agree on it without asking one another.
        headers["ETag"] = f'W/"{hashlib.blake2b(body, digest_size=15).hexdigest()}"'
        headers["Cache-Control"] = REVALIDATE
        return cls(edition, headers, _bodies(body, headers.get("Content-Type", "")))

    @property
    def size(self) -> int:
        return OVERHEAD + sum(map(len, self.bodies.values()))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The page as this reader takes it; 304 where they have it."""
        coding = chosen_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if coding not in self.bodies:
            coding = "identity"
        body = self.bodies.get(coding)
        if body is None:
            body = gzip.decompress(self.bodies["gzip"])
        response = HttpResponse(b"" if request.method == "HEAD" else body, headers=self.headers)
        response.headers["Content-Length"] = str(len(body))
        if coding != "identity":
            response.headers["Content-Encoding"] = coding
        answer: Any = get_conditional_response(request, etag=self.headers["ETag"], response=response)
        # Django's 304 forgets that other sites may read the page.
        for name in set(FOR_OTHER_SITES) & set(self.headers):
            answer.headers[name] = self.headers[name]
        return answer  # type: ignore[no-any-return]


def _bodies(body: bytes, kind: str) -> dict[str, bytes]:
    """{coding: body}. Text is kept compressed alone: a reader without any coding is rare, and unpacking is quick."""
    if kind.startswith(TEXTS) and len(body) > 200:
        return {"br": brotli.compress(body, quality=5), "gzip": gzip.compress(body, 6, mtime=0)}
    return {"identity": body}


@lru_cache(256)
def chosen_coding(header: str) -> str:
    """The best coding of ours that an Accept-Encoding header takes: br, gzip or identity."""
    takes: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        try:
            takes[name.strip()] = float(weight.partition("=")[2] or 1)
        except ValueError:
            continue
    rest = takes.get("*", 0)
    best = max(("br", "gzip"), key=lambda coding: takes.get(coding, rest))  # of equals the first
    return best if takes.get(best, rest) > 0 else "identity"


class Memory:
    """Pages by address, those asked for last; never more than `most` bytes. Safe between threads."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._pages: OrderedDict[Address, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, address: Address, edition: Edition) -> Page | None:
        """The page as it reads in this edition, if it was made."""
        with self._lock:
            page = self._pages.get(address)
            if page is None or page.edition != edition:
                return None
            self._pages.move_to_end(address)
            return page

    def put(self, address: Address, page: Page) -> None:
        """Keep the page in place of its other editions; drop what was not asked for longest."""
        if page.size > self.most // 4:
            return
        with self._lock:
            if old := self._pages.pop(address, None):
                self.size -= old.size
            self._pages[address] = page
            self.size += page.size
            while self.size > self.most:
                self.size -= self._pages.popitem(last=False)[1].size


class PagesMiddleware:
    """Answers marked views from memory. Stands outside everything that only a page in the making needs.

    A counter of visits must stand outside it too.
    """

    def __init__(self, get_response: Handler) -> None:
        if not settings.PAGES_MEMORY_MB:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.memory = Memory(settings.PAGES_MEMORY_MB * 1024 * 1024)
        # A page that everybody asks for right after a change is made once, the others wait for it.
        self._making = [threading.Lock() for _ in range(64)]
        self._zip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = kept_address(request)
        edition = current_edition() if address else None
        if address is None or edition is None:
            return self.get_response(request)
        if page := self.memory.get(address, edition):
            return self._answer(request, page)
        with self._making[hash(address) % len(self._making)]:
            page = self.memory.get(address, edition)
            return self._answer(request, page) if page else self._make(request, address, edition)

    def _answer(self, request: HttpRequest, page: Page) -> HttpResponse:
        """From memory, told in the log as any other request is."""
        response = page.answer(request)
        logger.info(
            "request_finished",
            code=response.status_code,
            request=f"{request.method} {request.get_full_path()}",
            request_id=str(uuid.uuid4()),
            kept=True,
        )
        return response

    def _make(self, request: HttpRequest, address: Address, edition: Edition) -> HttpResponse:
        """Ask the view as everybody would, keep what may be kept, and answer this reader from that."""
        meta, method = request.META, request.method
        set_aside = {name: meta.pop(name) for name in (*CONDITIONS, "HTTP_ACCEPT_ENCODING") if name in meta}
        request.method = "GET"
        try:
            response = self.get_response(request)
        finally:
            meta.update(set_aside)
            request.method = method
        if not may_be_kept(response):
            return self._zip.process_response(request, response)  # type: ignore[return-value]
        patch_vary_headers(response, ("Accept-Encoding",))
        page = Page.of(response, edition)
        self.memory.put(address, page)
        return page.answer(request)


def kept_address(request: HttpRequest) -> Address | None:
    """Under what the page is kept. None for what is not: unmarked views, other methods, readers who are somebody.

    The view then sees the query as it stands in the address, so that no two readings share one page.
    """
    if request.method not in ("GET", "HEAD") or any(name in request.META for name in OF_ONE_READER):
        return None
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return None
    language = language_of(request.path_info)
    try:
        query = normal_query(request.META.get("QUERY_STRING", ""))
        with translation.override(language):
            marked = getattr(resolve(request.path_info).func, "by_revision", False)
        host = request.get_host()
    except (Resolver404, DisallowedHost, ValueError):
        return None
    if not marked:
        return None
    request.META["QUERY_STRING"] = query
    request.__dict__.pop("GET", None)
    return language, request.scheme or "", host, request.path, query


def normal_query(query: str) -> str:
    """The query with blank parameters and tags of other sites left out, in the order of the names.

    Values of one name keep their order. Raises ValueError for more parameters than anybody types.
    """
    if not query:
        return ""
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    pairs = parse_qsl(query, max_num_fields=most)
    kept = [(name, value) for name, value in pairs if value.strip() and name not in FOLLOWING]
    return urlencode(sorted(kept, key=lambda pair: pair[0]))


def may_be_kept(response: HttpResponse) -> bool:
    """Whether an answer is for everybody: whole, without a cookie or a form's token, and not declared private."""
    if response.status_code != HTTPStatus.OK or response.streaming or response.cookies:
        return False
    if any(word in response.get("Cache-Control", "") for word in ("private", "no-store", "no-cache")):
        return False
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return varies <= VARIES and b"csrfmiddlewaretoken" not in response.content
