"""One database for each size, made once and kept under `var/bench`."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from ocop_portal import embedded

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "var" / "bench"
DEMO, COUNTRY, MILLION = 218, 16_000, 1_000_000
# Up to this size the demo's own loader makes the register, through triggers and actions; beyond it COPY does.
LOADED_BY_DEMO = COUNTRY
EMPTY = "bench_ground"


# What docs/operations.md advises for a server of its own: the default of 128 MB is meant for the smallest machine.
TUNING = {
    "shared_buffers": "2GB",
    "effective_cache_size": "4GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
}


def start() -> None:
    """Have the bench's own PostgreSQL up, set as a province's server is."""
    HOME.mkdir(parents=True, exist_ok=True)
    with connect(None, autocommit=True) as server:
        shown = {name: server.execute(f"SHOW {name}").fetchone() for name in TUNING}
        if all(shown[name] == (value,) for name, value in TUNING.items()):
            return
        for name, value in TUNING.items():
            server.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
    embedded.stop(HOME / "pg")
    embedded.start(HOME / "pg")


def environment(size: int | None = None) -> dict[str, str]:
    """What a process needs to work on the database of a size (None: the empty one)."""
    host = embedded.connection(HOME / "pg")["HOST"]
    inherited = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    name = f"bench_{size}" if size else EMPTY
    return inherited | {
        "STATE_DIR": str(HOME),
        "DATABASE_URL": f"postgres://ocop@/{name}?host={host}",
        "PYTHONUNBUFFERED": "1",
    }


def connect(size: int | None, **options: object) -> psycopg.Connection:
    """A connection to the database of a size; None: the server's own."""
    host = embedded.connection(HOME / "pg")["HOST"]
    name = f"bench_{size}" if size else "postgres"
    return psycopg.connect(host=host, user="ocop", dbname=name, **options)  # type: ignore[arg-type]


def prepare(size: int, *, anew: bool = False) -> None:
    """Have the register of that size there, migrated; `anew` throws away what was kept."""
    with connect(None, autocommit=True) as server:
        if anew:
            for name in (f"bench_{size}", EMPTY):
                server.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
        if not _exists(server, f"bench_{size}"):
            _ground(server)
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(f"bench_{size}"), sql.Identifier(EMPTY)
                )
            )
    _manage(size, "migrate", "--verbosity", "0")
    if _products(size) < size:
        print(f"Nạp sổ bộ {size:,} sản phẩm …".replace(",", "."), file=sys.stderr, flush=True)
        _load(size)
    with connect(size, autocommit=True) as database:
        # As after a night: statistics and the visibility map are those of a register at rest.
        database.execute("VACUUM (ANALYZE)")


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0


def _ground(server: psycopg.Connection) -> None:
    """The empty register with its reference data, of which the others are copies: migrating takes half a minute."""
    if not _exists(server, EMPTY):
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(EMPTY)))
    for command in (("migrate", "--verbosity", "0"), ("load_units",), ("load_holidays",), ("load_criteria",)):
        _manage(None, *command)


def _products(size: int) -> int:
    with connect(size) as database:
        row = database.execute("SELECT count(*) FROM products_product").fetchone()
    return row[0] if row else 0


def _load(size: int) -> None:
    if size <= LOADED_BY_DEMO:
        wanted = () if size <= DEMO else ("--products", str(size))
        _manage(size, "load_demo", *wanted, OCOP_DEMO="1", DEMO_PASSWORD="bench-password-1")
    else:
        missing = size - _products(size)
        code = f"import django; django.setup(); from bench.register import fill; fill({missing})"
        _run(
            [sys.executable, "-c", code],
            environment(size) | {"DJANGO_SETTINGS_MODULE": "ocop_portal.settings"},
        )


def _manage(size: int | None, *command: str, **more: str) -> None:
    _run([sys.executable, "-W", "ignore", "manage.py", *command], environment(size) | more, quiet=True)


def _run(command: list[str], env: dict[str, str], *, quiet: bool = False) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=env, check=False, stdout=subprocess.DEVNULL if quiet else None
    )
    if done.returncode:
        sys.exit(f"Không chuẩn bị được sổ bộ: {' '.join(command[:5])} kết thúc với mã {done.returncode}.")
