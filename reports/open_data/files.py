"""Whole tables as files: the same bytes for the same register and day, made once, kept until either changes.

A file is of today; for another day there are `/san-pham.csv?as_of=` and the API. What is kept lies beside the database,
one folder an edition; workers share it.
"""

import fcntl
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import translation

from ocop_portal.links import public_address
from ocop_portal.pages import Edition, current_edition
from ocop_portal.sheets import csv_stream, xlsx_bytes
from reports.open_data.geometry import IDENTITY, placed
from reports.open_data.rows.base import Row, Site
from reports.open_data.tables import FILES, OpenFile

KEPT_EDITIONS = 2
"""How many are left: somebody may be reading the one before."""
_ZIP_MOMENT = (2000, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Made:
    """A file that was made: where it lies, and what proves it whole."""

    path: Path
    sha256: str
    size: int
    rows: int


@contextmanager
def edition() -> Iterator[Edition]:
    """The register as it is now, unchanged until the block ends: all reads are of one snapshot."""
    with transaction.atomic():
        if len(connection.savepoint_ids) == 0:  # not inside somebody's transaction, such as a test's
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        now = current_edition()
        if now is None:
            raise LookupError("the register has no revision")
        yield now


def at(now: Edition, name: str) -> Made | None:
    """The file of the edition, if it was made."""
    path = _folder(now) / name
    try:
        kept = json.loads(path.with_name(f"{name}.made").read_text())
    except (OSError, ValueError):
        return None
    return Made(path, **kept)


def made(now: Edition, name: str) -> Made:
    """The file of the edition; it is made where it was not. Raises KeyError for a name that is none of `FILES`."""
    file = FILES[name]
    if found := at(now, name):
        return found
    folder = _folder(now)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits and takes what the first made
        if found := at(now, name):
            return found
        with translation.override(settings.LANGUAGE_CODE):  # whoever asked: the file is everybody's
            found = _make(file, now, folder)
    _forget(folder)
    return found


def _make(file: OpenFile, now: Edition, folder: Path) -> Made:
    path, partial = folder / file.name, folder / f".{file.name}.partial"
    digest, size, counted = hashlib.sha256(), 0, _Counted(file.table.rows(now.day, site()))
    with partial.open("wb") as out:
        for piece in _pieces(file, counted, now):
            out.write(piece)
            digest.update(piece)
            size += len(piece)
    partial.replace(path)
    found = Made(path, digest.hexdigest(), size, counted.count)
    kept = {name: value for name, value in asdict(found).items() if name != "path"}
    noted = folder / f".{file.name}.made.partial"
    noted.write_text(json.dumps(kept))
    noted.replace(path.with_name(f"{file.name}.made"))
    return found


class _Counted:
    """The rows, counted as they pass."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows, self.count = rows, 0

    def __iter__(self) -> Iterator[Row]:
        for row in self.rows:
            self.count += 1
            yield row


def site() -> Site:
    """Where rows of files point: the portal's public address, whoever asks."""
    return Site(public_address())


def _folder(now: Edition) -> Path:
    mark = hashlib.sha256(f"{now.raised_at.isoformat()} {public_address()} {_written()}".encode())
    return Path(settings.OPEN_DATA_FILES) / f"{now.day:%Y-%m-%d}-{now.number}-{mark.hexdigest()[:12]}"


@cache
def _written() -> str:
    """Changes with the code that writes rows and files: a new release makes them anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _forget(current: Path) -> None:
    """Delete the folders of editions long past."""
    folders = sorted(current.parent.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)
    for old in [f for f in folders if f.is_dir() and f != current][KEPT_EDITIONS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


# --- Formats --------------------------------------------------------------------------------------------------------


def _pieces(file: OpenFile, rows: Iterable[Row], now: Edition) -> Iterable[bytes]:
    fields = file.table.fields
    match file.ending:
        case "csv":
            return csv_stream(fields, (_cells(row, fields) for row in rows))
        case "jsonl":
            return (json_bytes(row) + b"\n" for row in rows)
        case "geojson":
            return _geojson(file.table.name, rows)
        case "xlsx":
            table = xlsx_bytes(fields, (_cells(row, fields) for row in rows), file.table.name)
            return [_steady(table, now)]
    raise ValueError(file.ending)


def _cells(row: Row, fields: tuple[str, ...]) -> list[Any]:
    """One cell a field; a list in one cell, its members parted by semicolons."""
    return ["; ".join(map(str, value)) if isinstance(value := row[name], list) else value for name in fields]


def json_bytes(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()


def _geojson(table: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """A FeatureCollection; geometry null where none is on record (RFC 7946, 3.2)."""
    yield b'{"type": "FeatureCollection", "features": ['
    for n, (row, geometry) in enumerate(placed(table, rows)):
        feature = {"type": "Feature", "id": row[IDENTITY[table]], "geometry": geometry, "properties": row}
        yield (b",\n" if n else b"\n") + json_bytes(feature)
    yield b"\n]}\n"


def _steady(book: bytes, now: Edition) -> bytes:
    """The workbook without the moment at which it was written: the same table gives the same bytes."""
    out = io.BytesIO()
    moment = f"{now.raised_at:%Y-%m-%dT%H:%M:%SZ}".encode()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment, content)
            plain = zipfile.ZipInfo(entry.filename, _ZIP_MOMENT)
            plain.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(plain, content)
    return out.getvalue()
