"""The day on which the register is read.

Standing is a function of the day in Viet Nam, never of a stored flag, so everything that needs "today"
asks here. Pages that look back take `as_of` instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.conf import settings
from django.utils import timezone

_moved: ContextVar[date | None] = ContextVar("moved", default=None)


def today() -> date:
    """The current day in Asia/Ho_Chi_Minh, or `settings.TODAY` where a rehearsal fixes the day."""
    return _moved.get() or settings.TODAY or timezone.localdate()


@contextmanager
def on(day: date) -> Iterator[None]:
    """Let the block act on another day: for loaders that write down what happened before they ran."""
    token = _moved.set(day)
    try:
        yield
    finally:
        _moved.reset(token)
