"""The trail: every write leaves an event, written by database triggers.

Models are marked with `@tracked()`: inserts, updates and deletes are recorded whoever makes them: a form, the
admin, an import, raw SQL. The event tables refuse UPDATE and DELETE. Actions wrap their writes in `acting()`,
which adds what a trigger cannot know: the verb, the person, the reason.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import pghistory
from django.db import models


def tracked(exclude: Iterable[str] = (), also: Iterable[str] = ()) -> Any:
    """Class decorator: record each version of a row in `<model>Event`, append-only.

    `exclude` names generated columns and secrets: they would only repeat data, or leak it. `also` names what else
    happens to the thing without its row changing, recorded by `note_event`.
    """
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        *(pghistory.ManualEvent(label) for label in also),
        exclude=list(exclude),
        append_only=True,
    )


def note_event(record: models.Model, label: str) -> None:
    """Record something that left the row as it was, inside `acting()`."""
    pghistory.create_event(record, label=label)


def acting(verb: str, *, by: Any, reason: str = "") -> AbstractContextManager[Any]:
    """Name what the writes inside the block are, who makes them and why.

    `by` may be None for a command run by the machine's keeper. The person is recorded by name as well as by
    key, so that the trail reads the same after an account is gone.
    """
    context = {"verb": verb, "actor": by.get_username() if by else "", "user": by.pk if by else None}
    if reason:
        context["reason"] = reason
    return pghistory.context(**context)
