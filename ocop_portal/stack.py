"""Room for the interpreter's frames.

CPython (3.11 to 3.13 at least) takes memory for frames from the system in pieces of 16 kB and gives a piece back as
soon as its first frame ends. A loop that calls across the end of a piece takes and gives it back each time around:
making a page of the desk did so some thousand times, a sixth of its time. Inside one frame with a large stack of its
own there is room for all that follows, and that room is taken once.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ROOM = 65_536
"""Values on the stack of the large frame: half a megabyte, of which only what is used is ever touched. The interpreter
rounds up to a power of two, so as much again follows it."""


def _call(call: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call(*args, **kwargs)


_call.__code__ = _call.__code__.replace(co_stacksize=ROOM)


def with_room(call: Callable[P, T]) -> Callable[P, T]:
    """The same call, with room for the frames of all that it calls in turn."""

    @wraps(call)
    def roomy(*args: P.args, **kwargs: P.kwargs) -> T:
        return _call(call, args, kwargs)  # type: ignore[no-any-return]

    return roomy
