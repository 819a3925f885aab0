"""Backup and restore: one folder with a dump of the database, the files, and a manifest that proves both whole.

The dump and the counts of the manifest are of one snapshot; files are copied after it, so that what the dump names is
there. Sessions and the cache stay behind: whoever was signed in signs in again.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from ocop_portal.embedded import wheel_programs

FORMAT = 1
DUMP, FILES, MANIFEST = "database.dump", "media", "manifest.json"
LEFT_BEHIND = ("django_session", "ocop_portal_cache")
"""Tables whose rows are worth nothing on another day."""
LIBPQ = {
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "options",
}
Say = Callable[[str], object]


class BackupError(Exception):
    """Why nothing was backed up or restored, in a sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. `files` is {path in the folder: SHA-256}, `rows` {table: rows at the snapshot}."""

    format: int
    made_at: str
    version: str
    server: int
    migrations: list[str]
    rows: dict[str, int]
    files: dict[str, str]


# --- Backup --------------------------------------------------------------------------------------------------------


def back_up(target: Path, connection: Any, say: Say = print) -> Manifest:
    """Write a backup to a folder that does not exist or is empty; it appears whole or not at all.

    Raises BackupError.
    """
    target = target.absolute()
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise BackupError(f"{target} đã có dữ liệu: hãy chọn một thư mục mới, không gì bị ghi đè.")
    if not target.parent.is_dir():
        raise BackupError(f"Không có thư mục {target.parent}.")
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    new.mkdir(mode=0o700)
    try:
        say("Sao lưu cơ sở dữ liệu …")
        rows, migrations = _dump(connection, new / DUMP)
        say("Sao lưu tệp …")
        count = _copy_tree(Path(settings.MEDIA_ROOT), new / FILES)
        manifest = Manifest(
            FORMAT,
            timezone.localtime().isoformat(timespec="seconds"),
            version(),
            _server(connection),
            migrations,
            rows,
            {path.relative_to(new).as_posix(): _digest(path) for path in _files(new)},
        )
        (new / MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n")
        for path in (*_files(new), new):
            _to_disk(path)
        new.rename(target)
        _to_disk(target.parent)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    say(f"{target}: {sum(rows.values())} dòng của {len(rows)} bảng, {count} tệp.")
    return manifest


def _dump(connection: Any, path: Path) -> tuple[dict[str, int], list[str]]:
    """Dump one snapshot of the database; (rows of each table, migrations) of the same snapshot."""
    with psycopg.connect(**_login(connection)) as own:
        own.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (snapshot,) = own.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        tables = own.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY 1",
            [list(LEFT_BEHIND)],
        ).fetchall()
        if not tables:
            raise BackupError("Cơ sở dữ liệu trống: chưa có gì để sao lưu.")
        skipped = [f"--exclude-table-data={table}" for table in LEFT_BEHIND]
        options = ["--format=custom", "--no-owner", "--no-privileges", *skipped]
        _run("pg_dump", connection, *options, f"--snapshot={snapshot}", f"--file={path}")
        rows = {}
        for (table,) in tables:
            counted = own.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}").fetchone()
            rows[table] = counted[0] if counted else 0
        applied = own.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    path.chmod(0o600)
    return rows, [name for (name,) in applied]


def _copy_tree(source: Path, target: Path) -> int:
    """Copy regular files, closed to others; what vanishes meanwhile is left out. Returns how many."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    for path in _files(source) if source.is_dir() else ():
        copy = target / path.relative_to(source)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)
            continue
        private = (target / "private") in copy.parents
        copy.chmod(0o600 if private or target.name == FILES else 0o644)
        count += 1
    return count


# --- Restore -------------------------------------------------------------------------------------------------------


def read_manifest(source: Path) -> Manifest:
    """The manifest of a backup whose every file is there and unchanged. Raises BackupError naming what is not."""
    path = source / MANIFEST
    try:
        given = json.loads(path.read_text())
        manifest = Manifest(**given)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{path} không đọc được: đây không phải là bản sao lưu, hoặc đã hỏng.") from error
    if manifest.format != FORMAT:
        raise BackupError(f"Bản sao lưu theo định dạng {manifest.format}, cổng này chỉ đọc được {FORMAT}.")
    there = {p.relative_to(source).as_posix(): p for p in _files(source) if p != path}
    wrong = sorted(set(there) ^ set(manifest.files)) or [
        name for name, digest in manifest.files.items() if _digest(there[name]) != digest
    ]
    if wrong:
        raise BackupError(f"Bản sao lưu không còn nguyên vẹn: {', '.join(wrong[:5])}. Chưa khôi phục gì.")
    return manifest


def restore(source: Path, connection: Any, *, replace: bool = False, say: Say = print) -> Manifest:
    """Bring back a backup, all of the database in one transaction. A database with tables is refused unless `replace`.

    Files are put beside those there are, which keep their names. Raises BackupError.
    """
    source = source.absolute()
    say("Kiểm tra bản sao lưu …")
    manifest = read_manifest(source)
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"Bản sao lưu là của phiên bản cổng mới hơn ({newer[0]} …): hãy cài phiên bản đó rồi khôi phục."
        )
    with psycopg.connect(**_login(connection)) as own:
        filled = own.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
    if filled and filled[0] and not replace:
        raise BackupError(
            "Cơ sở dữ liệu đã có bảng: hãy khôi phục vào cơ sở dữ liệu trống, hoặc thêm --replace để thay toàn bộ."
        )
    say("Khôi phục cơ sở dữ liệu …")
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        _run("pg_restore", None, "--no-owner", "--no-privileges", f"--file={script}", str(source / DUMP))
        emptied = (
            ["--command=DROP SCHEMA public CASCADE", "--command=CREATE SCHEMA public"] if replace else []
        )
        quiet = [
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ]
        _run("psql", connection, *quiet, *emptied, f"--file={script}")
    say("Khôi phục tệp …")
    count = _copy_tree(source / FILES, Path(settings.MEDIA_ROOT))
    _compare(manifest, connection)
    say(f"Đã khôi phục {sum(manifest.rows.values())} dòng và {count} tệp của bản ngày {manifest.made_at}.")
    return manifest


def _compare(manifest: Manifest, connection: Any) -> None:
    """Raises BackupError where a table has not the rows that the manifest tells."""
    with psycopg.connect(**_login(connection)) as own:
        for table, rows in manifest.rows.items():
            found = own.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}").fetchone()
            if not found or found[0] != rows:
                raise BackupError(f"Bảng {table} có {found and found[0]} dòng, bản sao lưu ghi {rows}.")


# --- Programs and files --------------------------------------------------------------------------------------------


def _login(connection: Any) -> dict[str, Any]:
    """The connection as libpq knows it."""
    params = connection.get_connection_params()
    return {name: value for name, value in params.items() if name in LIBPQ and value not in (None, "")}


def _server(connection: Any) -> int:
    """Major version of the database server."""
    with psycopg.connect(**_login(connection)) as own:
        return own.info.server_version // 10_000


def program(name: str, connection: Any) -> Path:
    """A program of PostgreSQL that suits the server: of its own version, else the next later one.

    Raises BackupError where there is none.
    """
    wanted = _server(connection) if connection else 0
    found: dict[int, Path] = {}
    for folder in (shutil.which("pg_dump"), wheel_programs()):
        path = (
            Path(folder).with_name(name) if folder and Path(folder).is_file() else Path(folder or "/") / name
        )
        if path.is_file() and (told := re.search(r"\b(\d+)", _told_version(path))):
            found.setdefault(int(told[1]), path)
    suits = [major for major in found if major >= wanted]
    if not suits:
        raise BackupError(
            f"Không có {name} từ phiên bản {wanted}: hãy cài gói postgresql-client-{wanted} trên máy này."
        )
    return found[max(suits) if not wanted else min(suits)]


def _told_version(path: Path) -> str:
    return subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout


def _run(name: str, connection: Any, *args: str) -> None:
    """Run a program of PostgreSQL. Raises BackupError with what it said."""
    login = _login(connection) if connection else {}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    if password := login.pop("password", ""):
        environment["PGPASSWORD"] = password  # never on the command line, which other accounts may read
    login.pop("options", None)
    database = [f"--dbname={psycopg.conninfo.make_conninfo(**login)}"] if login else []
    command = [str(program(name, connection)), *database, *args]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise BackupError(f"{name} không chạy được: {ended.stderr.strip()[-500:] or ended.returncode}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    """Have a file or folder written through, so that a backup that is there survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def version() -> str:
    """The portal's version; empty where the project file was not shipped."""
    path = settings.BASE_DIR / "pyproject.toml"
    return tomllib.loads(path.read_text())["project"]["version"] if path.exists() else ""
