"""A progress bar for people, and one line in ten steps where nobody watches."""

import sys
import time
from typing import TextIO

WIDTH = 30


class Progress:
    """`with Progress("Nạp", 1000) as bar: bar.done(20)`."""

    def __init__(self, label: str, total: int, out: TextIO | None = None) -> None:
        self.label, self.total = label, max(total, 1)
        self.out = out or sys.stderr
        self.count, self.shown, self.begun = 0, -1, time.monotonic()

    def __enter__(self) -> "Progress":
        self._show()
        return self

    def __exit__(self, *exc: object) -> None:
        self.out.write("\n")
        self.out.flush()

    def done(self, count: int) -> None:
        """So many more are done."""
        self.count += count
        self._show()

    def _show(self) -> None:
        watched = self.out.isatty()
        step = (100 if watched else 10) * self.count // self.total
        if step == self.shown:
            return
        self.shown = step
        self.out.write(("\r" if watched else "\n" * (step > 0)) + self.line())
        self.out.flush()

    def line(self) -> str:
        """`Nạp [###---] 50 % 500/1.000 12 s`."""
        share = min(self.count / self.total, 1)
        filled = round(WIDTH * share)
        told = f"{self.count:,}/{self.total:,}".replace(",", ".")
        seconds = time.monotonic() - self.begun
        return f"{self.label} [{'#' * filled}{'-' * (WIDTH - filled)}] {share:4.0%} {told} {seconds:.0f} s"
