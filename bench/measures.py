"""What is measured, on one size at a time. Each function returns figures; `bench.report` says what they should be."""

import re
import statistics
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import brotli

from bench.client import Answer, Reader, rates
from bench.databases import connect
from bench.server import WORKERS

NOTHING, LIST = "/-/nothing", "/san-pham/"
# A broad search, a name, a producer by its number: what a reader types.
SEARCHES = ("mien dong", "mật ong Nà Sao", "htx na sao")
FIRST_VIEWS, CHANGES = 15, 20


@dataclass(frozen=True)
class FirstView:
    """First views after a change: milliseconds in the server, and queries."""

    median_ms: float
    worst_ms: float
    queries: int


def repeated(port: int, seconds: float) -> dict[str, float]:
    """Requests a second: the view that does nothing, the catalogue with all facets, a product's page."""
    found = rates(
        port, {"nothing": NOTHING, "catalogue": LIST, "product": product_path(port)}, seconds=seconds
    )
    if found.errors:
        raise RuntimeError(f"{found.errors} answers were not 200")
    return found.per_second


def product_path(port: int) -> str:
    """The first product of the catalogue."""
    with Reader(port) as reader:
        html = text(reader.get(LIST))
    found = re.search(r'class="card__link" href="([^"]+)"', html)
    if found is None:
        raise RuntimeError("the catalogue is empty")
    return found[1]


def text(answer: Answer) -> str:
    """The body as it was before it was compressed."""
    body = answer.body
    return (brotli.decompress(body) if answer.headers.get("content-encoding") == "br" else body).decode()


class Changes:
    """Changes a published row by a connection of its own, as another process would."""

    def __init__(self, size: int) -> None:
        self.database = connect(size)
        row = self.database.execute(
            "SELECT id, code FROM products_product ORDER BY name_key, id LIMIT 1"
        ).fetchone()
        assert row is not None
        self.key, self.code = row
        self.count = 0
        self.database.rollback()

    def __enter__(self) -> "Changes":
        return self

    def __exit__(self, *exc: object) -> None:
        self.database.close()

    def make(self) -> str:
        """Commit a change that the product's page shows. What it shows then."""
        self.count += 1
        told = f"Lần thay đổi thứ {self.count}."
        self.database.execute("UPDATE products_product SET summary = %s WHERE id = %s", [told, self.key])
        self.database.commit()
        return told


def first_views(port: int, size: int, path: str, times: int = FIRST_VIEWS) -> FirstView:
    """Change, then look: over and over. The first two are not counted, so that both workers have warmed up."""
    told = []
    with Changes(size) as changes, Reader(port) as reader:
        for _ in range(times + 2):
            changes.make()
            told.append(reader.get(path, clock=True))
            if told[-1].status != 200:
                raise RuntimeError(f"{path} answered {told[-1].status}")
    told = told[2:]
    ms = [answer.ms for answer in told]
    return FirstView(statistics.median(ms), max(ms), max(answer.queries for answer in told))


def freshness(port: int, size: int) -> dict[str, float]:
    """{stale: answers after a commit that still showed the page of before, slowest_ms: commit to new page}.

    Both workers are asked right after each commit, by a connection that stays with each.
    """
    stale, slowest = 0, 0.0
    with Changes(size) as changes:
        path = f"/san-pham/{changes.code}/"
        readers = _one_reader_a_worker(port)
        for _ in range(CHANGES):
            for reader in readers:
                reader.get(path)  # in memory before the change
            told = changes.make()
            committed = time.perf_counter()
            for reader in readers:
                stale += told not in text(reader.get(path))
                slowest = max(slowest, 1000 * (time.perf_counter() - committed))
        for reader in readers:
            reader.close()
    return {"stale": stale, "slowest_ms": slowest}


def _one_reader_a_worker(port: int) -> list[Reader]:
    found: dict[str, Reader] = {}
    for _ in range(200):
        reader = Reader(port)
        worker = reader.get(NOTHING, clock=True).worker
        if worker in found:
            reader.close()
        found.setdefault(worker, reader)
        if len(found) == WORKERS:
            break
    return list(found.values())


def weight(port: int, path: str) -> dict[str, Any]:
    """Bytes that a browser with an empty cache fetches for a page, photos left out: {parts: {address: bytes}, third}.

    What a page names in its markup and its style sheets name in theirs; `third` are addresses that hold up its drawing
    and are not of the portal. Links that only tell of other pages load nothing (`LOADING`).
    """
    with Reader(port) as reader:
        page = reader.get(path)
        html = text(page)
        parts = {path: len(page.body)}
        links = loaded_by(html)
        third = [link for link in links if link.startswith(("http:", "https:", "//"))]
        waiting = [link for link in dict.fromkeys(links) if link.startswith("/static/")]
        while waiting:
            link = waiting.pop()
            if link in parts:
                continue
            answer = reader.get(link)
            parts[link] = len(answer.body)
            if link.endswith(".css"):
                waiting += _fonts_of(text(answer), link, html)
    return {"parts": parts, "total": sum(parts.values()), "third": third}


LOADING = {"stylesheet", "preload", "modulepreload", "icon", "manifest"}
"""Relations of a `<link>` for which a browser fetches something; canonical, alternate and the like only tell."""


def loaded_by(html: str) -> list[str]:
    """What a browser fetches for the markup, in its order."""
    found = []
    for tag, attributes in re.findall(r"<(link|script|img|use)\b([^>]*)>", html):
        target = re.search(r'(?:href|src)="([^"#]+)', attributes)
        rel = re.search(r'rel="([^"]*)"', attributes)
        if target and (tag != "link" or (rel and LOADING & set(rel[1].split()))):
            found.append(target[1])
    return found


def _fonts_of(css: str, at: str, html: str) -> list[str]:
    """Fonts of a style sheet that a browser fetches for this page: those whose range of letters occurs in it."""
    found = []
    for face in re.findall(r"@font-face\s*{(.*?)}", css, re.S):
        url = re.search(r"url\(['\"]?([^'\")]+)", face)
        span = re.search(r"unicode-range:\s*([^;}]+)", face)
        if url and (span is None or _occurs(span[1], html)):
            found.append(urljoin(at, url[1]))
    return found


def _occurs(ranges: str, html: str) -> bool:
    spans = []
    for part in ranges.replace("U+", "").replace("u+", "").split(","):
        low, _, high = part.strip().partition("-")
        spans.append((int(low, 16), int(high or low, 16)))
    letters = {ord(letter) for letter in html}
    return any(low <= letter <= high for letter in letters for low, high in spans)
