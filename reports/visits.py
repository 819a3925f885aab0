"""Counting how often public pages are read, without knowing who reads them.

A request adds one to a number in memory and costs no query; a thread of each process adds the numbers to `VisitDay`
every so many seconds. Nothing about the reader is kept: no cookie, no address, no program. A process that is killed
loses the counts of its last seconds (`docs/decisions.md`).
"""

import atexit
import os
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import unquote

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import translation

from ocop_portal.clock import today
from ocop_portal.languages import VIETNAMESE, language_of

Key = tuple[str, str, date]
"""(path in Vietnamese, language in which it was read, day)."""

logger = structlog.get_logger(__name__)

MOST_KEYS = 20_000
"""Pages kept in memory between two writes, at most; what comes beyond them is not counted."""
LONGEST_PATH = 200
WHOLE_DAYS = 400
"""Days after which a month's rows become one."""
FAMILIES = {"products", "producers", "ratings", "reports"}
SECRET = {"products:complaint"}
"""Pages opened by a code that only the sender of a report has: it must not be written down."""
ROBOTS = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|archiv|monitor|uptime|preview|headless|lighthouse|facebookexternalhit"
    r"|curl|wget|python|java/|go-http|okhttp|libwww|httpclient|scrapy|feed|axios|node-fetch|^$",
    re.IGNORECASE,
)


@lru_cache(4096)
def page_of(path: str) -> tuple[str, str] | None:
    """(the page's one address in Vietnamese, the language of this one). None for what is not counted."""
    language = language_of(path)
    try:
        with translation.override(language):
            match = resolve(path)
        if not path.endswith("/") or not _is_counted(match):
            return None
        with translation.override(VIETNAMESE):
            canonical = unquote(reverse(match.view_name, args=match.args, kwargs=match.kwargs))
    except Resolver404:
        return None
    return (canonical, language) if len(canonical) <= LONGEST_PATH else None


def _is_counted(match: ResolverMatch) -> bool:
    """Public pages of the register; neither accounts nor the gallery, which nobody reads to learn something."""
    if getattr(match.func, "login_required", True) or match.view_name in SECRET:
        return False
    return match.view_name == "home" or bool(FAMILIES.intersection(match.namespaces))


def is_reading(request: HttpRequest) -> bool:
    """Whether a person of the public asks for a page: no robot, no official at work, no part of a page, no foreboding.

    The program's name is looked at and forgotten. Only officials have a session.
    """
    meta = request.META
    if request.method != "GET" or "HTTP_HX_REQUEST" in meta:
        return False
    if "prefetch" in meta.get("HTTP_SEC_PURPOSE", "") or meta.get("HTTP_PURPOSE") == "prefetch":
        return False
    if ROBOTS.search(meta.get("HTTP_USER_AGENT", "")):
        return False
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


class VisitsMiddleware:
    """Counts public pages that were answered. Stands outside the pages kept in memory, which never reach a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.VISITS_SECONDS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        answered = response.status_code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
        if answered and is_reading(request) and (page := page_of(request.path_info)):
            TALLY.add((*page, today()))
        return response


class Tally:
    """Counts that wait to be written, by page and day. Safe between threads, of one process alone."""

    def __init__(self, most: int = MOST_KEYS) -> None:
        self.most = most
        self.begin_anew()

    def begin_anew(self) -> None:
        """Nothing counted, no thread: as a process begins, also one that was split off from another."""
        self._counts: Counter[Key] = Counter()
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None
        self._stop = threading.Event()
        self._folded: date | None = None

    def add(self, key: Key, times: int = 1) -> None:
        """Count; the thread that writes is started by the first count, after the server has made its processes."""
        with self._lock:
            if key in self._counts or len(self._counts) < self.most:
                self._counts[key] += times
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_on, name="visits", daemon=True)
                self._writer.start()

    def taken(self) -> Counter[Key]:
        """What was counted, which is now the caller's."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return counts

    def flush(self) -> None:
        """Write what was counted. Where the database does not take it, it is kept for the next time."""
        counts = self.taken()
        try:
            if counts:
                write(counts)
            if self._folded != (day := today()):
                fold(day)
                self._folded = day
        except DatabaseError as error:
            logger.warning("visits_not_written", pages=len(counts), error=type(error).__name__)
            with self._lock:
                for key, times in counts.items():
                    if key in self._counts or len(self._counts) < self.most:
                        self._counts[key] += times

    def close(self) -> None:
        """Write the last counts when the process ends in order."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(timeout=5)
            self.flush()
            connection.close()

    def _write_on(self) -> None:
        stop = self._stop
        while not stop.wait(settings.VISITS_SECONDS or 1):
            try:
                self.flush()
            except Exception:
                # Whatever it was, the next turn tries again: a dead thread would count for nobody.
                logger.exception("visits_failed")
            connection.close()


TALLY = Tally()
os.register_at_fork(after_in_child=TALLY.begin_anew)
atexit.register(TALLY.close)

_ADD = """
INSERT INTO reports_visitday AS kept (path, language, day, count)
SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::bigint[])
ON CONFLICT (path, language, day) DO UPDATE SET count = kept.count + EXCLUDED.count
"""


@transaction.atomic
def write(counts: Counter[Key]) -> None:
    """Add the counts to the table. In the order of the keys, so that no two processes wait for each other."""
    keys = sorted(counts)
    columns = [list(column) for column in zip(*keys, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [*columns, [counts[key] for key in keys]])


_FOLD = """
WITH gone AS (
    DELETE FROM reports_visitday WHERE day < %s AND extract(day FROM day) > 1 RETURNING path, language, day, count
)
INSERT INTO reports_visitday AS kept (path, language, day, count)
SELECT path, language, date_trunc('month', day)::date, sum(count) FROM gone
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (path, language, day) DO UPDATE SET count = kept.count + EXCLUDED.count
"""


@transaction.atomic
def fold(day: date) -> None:
    """Make one row of each page's month that ended more than `WHOLE_DAYS` ago. The sums stay."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [(day - timedelta(days=WHOLE_DAYS)).replace(day=1)])
