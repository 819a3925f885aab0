"""Datasette on the same rows: what a good general tool gives for a table with facets.

Installed into an environment of its own under `var/bench`, never into the project's; where the package index does not
have it, the comparison is left out and says so.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from bench.client import Reader
from bench.databases import HOME, connect
from ocop_portal.clock import today
from products.standing import STANDS

VERSION = "0.65.2"
PATIENCE = 60
FACETS = ("stars", "standing", "district", "commune", "product_group")
ROWS = """
    SELECT p.code, p.name, m.name, u.name, d.name, COALESCE(n.name, u.name), g.name, c.stars,
           products_tally_standing(%(day)s, p.listed_only_while_standing,
               c.valid_from, c.valid_to, c.extended_to, c.revoked_on, c.superseded_on) AS standing,
           c.valid_from::text, COALESCE(c.extended_to, c.valid_to)::text, p.name_key
    FROM products_certificate c JOIN products_product p ON p.id = c.product_id
    JOIN producers_producer m ON m.id = p.producer_id JOIN products_productgroup g ON g.id = p.group_id
    JOIN ocop_portal_administrativeunit u ON u.id = p.place_id
    LEFT JOIN ocop_portal_administrativeunit d ON d.id = u.district_id
    LEFT JOIN ocop_portal_administrativeunit n ON n.id = u.current_id
    WHERE products_tally_standing(%(day)s, p.listed_only_while_standing,
              c.valid_from, c.valid_to, c.extended_to, c.revoked_on, c.superseded_on) IS NOT NULL
"""
COLUMNS = (
    "code, name, producer, place, district, commune, product_group, stars, standing, valid_from, last_day,"
    " name_key"
)


def path() -> str:
    """The catalogue's first page as Datasette gives it: what stands, by name, 24 rows, five facets whole."""
    asked: list[tuple[str, object]] = [
        ("standing__in", ",".join(STANDS)),
        ("_sort", "name_key"),
        ("_size", 24),
    ]
    return "/register/products?" + urlencode([*asked, *(("_facet", name) for name in FACETS)])


def installed() -> Path | None:
    """The program, installed at the first use; None where it cannot be had."""
    home = HOME / "datasette"
    program = home / "bin" / "datasette"
    if program.exists():
        return program
    venv.create(home, with_pip=True)
    command = [
        str(home / "bin" / "pip"),
        "install",
        "--quiet",
        "--disable-pip-version-check",
        f"datasette=={VERSION}",
    ]
    done = subprocess.run([*command, "setuptools<81"], check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode or not program.exists():
        print(f"Không cài được Datasette {VERSION}: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return program


def rows_of(size: int) -> Path:
    """The rows of the public register as an SQLite file, with an index on each facet and on the order."""
    file = HOME / f"register-{size}" / "register.db"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as lite, connect(size) as database, database.cursor("rows") as rows:
        lite.execute(f"CREATE TABLE products ({COLUMNS.replace('code,', 'code TEXT PRIMARY KEY,')})")
        rows.itersize = 20_000
        rows.execute(ROWS, {"day": today()})
        lite.executemany(f"INSERT INTO products VALUES ({', '.join('?' * 12)})", rows)
        for column in (*FACETS, "name_key"):
            lite.execute(f"CREATE INDEX by_{column} ON products ({column})")
        lite.execute("ANALYZE")
    lite.close()
    return file


@contextmanager
def serving(size: int) -> Iterator[int | None]:
    """The port at which Datasette serves the rows of that size; None where it cannot be had.

    The file is opened as immutable: Datasette then counts its rows once, which is the best it can do.
    """
    program = installed()
    if program is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {
        "sql_time_limit_ms": 120_000,
        "facet_time_limit_ms": 120_000,
        "default_facet_size": 1_000,
        "suggest_facets": "off",
    }
    command = [str(program), "serve", "-i", str(rows_of(size)), "--port", str(port)]
    for name, value in settings.items():
        command += ["--setting", name, str(value)]
    environment = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    with (HOME / "datasette.log").open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            _wait(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"Datasette không chạy được; xem {HOME / 'datasette.log'}.")
        try:
            with Reader(port) as reader:
                if reader.get("/-/versions.json").status == 200:
                    return
        except OSError:
            time.sleep(0.3)
