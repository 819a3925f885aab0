"""The bench tells what it found, and the portal knows nothing of it."""

import io
import socket
import threading

import pytest
from django.urls import Resolver404, resolve

from bench import report
from bench.client import Reader
from bench.measures import _fonts_of, loaded_by
from bench.progress import Progress
from ocop_portal.settings import MIDDLEWARE

FOUND = {
    "per_second": {"nothing": 1000.0, "catalogue": 600.0, "product": 500.0},
    "first": {"median_ms": 39.0, "worst_ms": 80.0, "queries": 7},
    "first_240": {"median_ms": 99.0, "worst_ms": 99.0, "queries": 7},
    "search": {"a": {"median_ms": 90.0}, "b": {"median_ms": 149.0}},
    "weight": {
        "list": {"total": 41_600, "third": []},
        "product": {"total": 39_000, "third": []},
    },
    "fresh": {"stale": 0, "slowest_ms": 60.0},
    "datasette": {"per_second": 50.0, "ms": 100.0, "version": "0.65.2"},
}


def missed(size=16_000, **changes):
    return [row.name.strip() for row in report.rows_of(size, FOUND | changes) if row.reached is False]


def test_every_figure_of_the_design_is_judged():
    assert missed() == []
    assert missed(1_000_000) == ["danh mục ÷ Datasette 0.65.2"]
    slow = FOUND["per_second"] | {"catalogue": 599.0}
    assert missed(per_second=slow) == ["danh mục, trang lặp lại ÷ trang rỗng"]
    assert missed(first=FOUND["first"] | {"median_ms": 41.0}) == ["danh mục, lần đầu sau thay đổi"]
    assert missed(first=FOUND["first"] | {"queries": 9}) == ["số truy vấn", "số truy vấn của 240 dòng"]
    assert missed(search={"a": {"median_ms": 151.0}}) == ["tìm theo chữ, lần đầu sau thay đổi (chậm nhất)"]
    assert missed(fresh={"stale": 1, "slowest_ms": 1.0}) == ["trang còn cũ sau khi đã ghi"]
    heavy = FOUND["weight"] | {"list": {"total": 60_100, "third": ["https://x/y.css"]}}
    assert len(missed(weight=heavy)) == 2
    left_out = [row for row in report.rows_of(16_000, FOUND | {"datasette": None}) if "Datasette" in row.name]
    assert [row.reached for row in left_out] == [None] and "bỏ qua" in left_out[0].value


def test_the_table_marks_what_is_missed():
    rows = list(report.rows_of(16_000, FOUND | {"fresh": {"stale": 2, "slowest_ms": 1.0}}))
    told = report.table(rows)
    assert told.count("KHÔNG ĐẠT") == 1 and "16.000 sản phẩm" in told and "0,60 ×" in told


@pytest.mark.parametrize(
    ("value", "told"), [(0.6, "0,60"), (41.56, "41,6"), (1234.5, "1.234"), (8, "8"), (1_000_000, "1.000.000")]
)
def test_numbers_as_they_are_written_here(value, told):
    assert report.number(value) == told


def test_progress_is_told_in_tenths_where_nobody_watches():
    out = io.StringIO()
    with Progress("Nạp", 1000, out) as bar:
        for _ in range(100):
            bar.done(10)
    lines = out.getvalue().strip().split("\n")
    assert len(lines) == 11
    assert lines[5].startswith("Nạp [###############---------------]  50% 500/1.000")


def test_the_portal_has_no_address_that_does_nothing():
    with pytest.raises(Resolver404):
        resolve("/-/nothing")
    assert not any("bench" in name for name in MIDDLEWARE)


def test_fonts_count_where_their_letters_occur():
    face = "@font-face { src: url('../fonts/%s.woff2'); %s }"
    css = (
        face % ("all", "")
        + face % ("vi", "unicode-range: U+1EA0-1EF9, U+20AB")
        + face % ("el", "unicode-range: U+370-3FF")
    )
    assert _fonts_of(css, "/static/css/tokens.css", "Mật ong") == [
        "/static/fonts/all.woff2",
        "/static/fonts/vi.woff2",
    ]


def test_the_reader_reads_whole_answers_and_reconnects():
    """Bodies by length and in chunks, in whatever pieces they come; a connection that was closed is made anew."""
    answers = [
        [b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 5\r\n\r\nab", b"cde"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r", b"\n2\r\nde\r\n0\r\n\r\n"],
        None,  # closed instead of an answer
        [b"HTTP/1.1 304 Not Modified\r\nX-Ms: 1.5\r\n\r\n"],
    ]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            wire, _ = server.accept()
            for pieces in answers:
                wire.recv(4096)
                if pieces is None:
                    wire.close()
                    wire, _ = server.accept()
                    continue
                for piece in pieces:
                    wire.sendall(piece)
            wire.close()

        thread = threading.Thread(target=serve)
        thread.start()
        with Reader(server.getsockname()[1]) as reader:
            assert [reader.get("/").body for _ in range(2)] == [b"abcde", b"abcde"]
            answer = reader.get("/", clock=True)
        thread.join()
    assert (answer.status, answer.ms, answer.body) == (304, 1.5, b"")


def test_a_page_loads_what_it_links_to_as_loading_alone():
    html = """
      <link rel="canonical" href="https://ocop.example.vn/"><link rel="alternate" hreflang="en" href="https://x/en/">
      <link rel="alternate" type="application/atom+xml" href="/nguon-tin/moi.xml">
      <link rel="stylesheet" href="/static/a.css"><link rel="stylesheet" href="https://cdn.example/b.css">
      <link rel="preload" as="font" href="/static/f.woff2"><script src="/static/c.js" defer></script>
      <script type="application/ld+json">{"url": "https://x/"}</script><use href="/static/i.svg#star"></use>
    """
    loaded = [
        "/static/a.css",
        "https://cdn.example/b.css",
        "/static/f.woff2",
        "/static/c.js",
        "/static/i.svg",
    ]
    assert loaded_by(html) == loaded
