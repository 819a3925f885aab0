"""The check of the register: what breaks sense across tables, or keeps the office from working, each with what to do.

Constraints and triggers refuse what one row can show; these look at rows together, and at what got past them. A check
is a function from the day to findings, listed by `check()`; nothing here writes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib import import_module
from typing import Any

from django.db.models import Model


class Severity(StrEnum):
    """How bad a finding is. Only `ERROR` makes the command fail."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def label(self) -> str:
        return {"error": "sai", "warning": "cần xem lại", "info": "nên bổ sung"}[self]


@dataclass(frozen=True)
class Finding:
    """One row that a check found. `model` and `key` name the record that the link leads to, where there is one."""

    text: str
    model: type[Model] | None = None
    key: int | None = None
    part_of: dict[str, Any] = field(default_factory=dict)
    """Further columns of the row, by which a part leads to its whole."""


Finder = Callable[[date], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A named check. `why` says why it matters, `todo` what to do about what it finds."""

    name: str
    title: str
    severity: Severity
    why: str
    todo: str
    find: Finder


CHECKS: dict[str, Check] = {}


def check(name: str, title: str, severity: Severity, *, why: str, todo: str) -> Callable[[Finder], Finder]:
    """List a function as a check, in the order in which the modules are read."""

    def listed(find: Finder) -> Finder:
        CHECKS[name] = Check(name, title, severity, why, todo, find)
        return find

    return listed


def run(day: date, names: Iterable[str] = ()) -> list[tuple[Check, list[Finding]]]:
    """(check, what it found) of all checks, or of those named, in their order."""
    wanted = set(names) or set(CHECKS)
    return [(c, list(c.find(day))) for c in CHECKS.values() if c.name in wanted]


def failed(results: Iterable[tuple[Check, list[Finding]]]) -> bool:
    """Whether anything is wrong, not merely to be looked at."""
    return any(found and c.severity is Severity.ERROR for c, found in results)


for _module in ("certificates", "products", "assessment", "office"):
    import_module(f"reports.checks.{_module}")
