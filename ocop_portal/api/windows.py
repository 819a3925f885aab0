"""How many requests a reader made in the running minute: counted over all workers of this machine, and nowhere else.

The counts lie in a small file that the workers map into memory, so that counting costs some microseconds and no write
in the database: a GET never writes there. Several machines count each for itself, which is what each of them can bear.
"""

import fcntl
import hashlib
import mmap
import os
import struct
import threading
from pathlib import Path

import structlog

logger = structlog.get_logger(__name__)

RECORD = struct.Struct("<QII")  # whose, which window, how many
SLOTS, PROBES = 1 << 14, 8
SIZE = (SLOTS + PROBES) * RECORD.size


class Windows:
    """Counts by name and window. Of more readers at once than there is room for, the ones with fewest are forgotten."""

    def __init__(self, path: Path | None) -> None:
        self._file = self._open(path) if path else None
        self._counts = mmap.mmap(self._file if self._file is not None else -1, SIZE)
        self._threads = threading.Lock()

    @staticmethod
    def _open(path: Path) -> int | None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            os.ftruncate(file, SIZE)
        except OSError as error:
            logger.warning("api.windows_of_this_process_alone", reason=str(error))
            return None
        return file

    def take(self, name: str, window: int) -> int:
        """Count one more for the name in the window; how many there are now."""
        whose = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") or 1
        start = whose % SLOTS * RECORD.size
        with self._threads:
            if self._file is not None:
                fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                return self._count(whose, window, start)
            finally:
                if self._file is not None:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _count(self, whose: int, window: int, start: int) -> int:
        places = range(start, start + PROBES * RECORD.size, RECORD.size)
        found = [(RECORD.unpack_from(self._counts, place), place) for place in places]
        for (name, at, count), place in found:
            if name == whose and at == window:
                RECORD.pack_into(self._counts, place, whose, window, count + 1)
                return count + 1
        # One of an earlier window, else the one with fewest.
        _, place = min(found, key=lambda f: (f[0][1] == window, f[0][2]))
        RECORD.pack_into(self._counts, place, whose, window, 1)
        return 1

    def close(self) -> None:
        """Let go of file and memory."""
        self._counts.close()
        if self._file is not None:
            os.close(self._file)
