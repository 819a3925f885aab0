"""How far an import has come, seen from other requests: a small file beside the upload.

The cache lies in the database and would show nothing before the commit.
"""

import json
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from products.models import ImportUpload

EVERY = 0.4
"""Seconds between two writings."""


def _path(upload: ImportUpload) -> Path | None:
    return Path(upload.file.path + ".progress") if upload.file else None


class FileProgress:
    """A `Progress` that others may look at while the block runs."""

    def __init__(self, upload: ImportUpload) -> None:
        self.path, self.told = _path(upload), 0.0

    def __enter__(self) -> "FileProgress":
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self.path is None or (done < total and now - self.told < EVERY):
            return
        self.told = now
        new = self.path.with_suffix(".writing")
        with suppress(OSError):  # that nothing is shown must not stop the import
            new.write_text(json.dumps({"stage": stage, "done": done, "total": total}, ensure_ascii=False))
            new.replace(self.path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def progress_of(upload: ImportUpload) -> dict[str, Any] | None:
    """{stage, done, total} of an import that is running; None when none is."""
    path = _path(upload)
    if path is None:
        return None
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
