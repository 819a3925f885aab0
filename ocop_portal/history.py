"""The trail: every write leaves an event, written by database triggers.

Models are marked with `@tracked()`: inserts, updates and deletes are recorded whoever makes them: a form, the
admin, an import, raw SQL. The event tables refuse UPDATE and DELETE. Actions wrap their writes in `acting()`,
which adds what a trigger cannot know: the verb, the person, the reason.
"""

import secrets
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.db import connection, models
from pghistory import runtime
from psycopg.pq import TransactionStatus


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


@contextmanager
def acting(verb: str, *, by: Any, reason: str = "") -> Iterator[None]:
    """Name what the writes inside the block are, who makes them and why.

    `by` may be None for a command run by the machine's keeper. The person is recorded by name as well as by
    key, so that the trail reads the same after an account is gone. Acts within an act, or within one request, share
    its context; each names its own writes only.
    """
    given = {"verb": verb, "actor": by.get_username() if by else "", "user": by.pk if by else None}
    if reason:
        given["reason"] = reason
    with _Act() as context:
        before = dict(context.metadata)
        context.metadata.pop("reason", None)
        context.metadata.update(given)
        try:
            yield
        finally:
            context.metadata.clear()
            context.metadata.update(before)
            if not before:
                _forget()


def _forget() -> None:
    """End an act for the database too: what the same transaction writes afterwards is not its doing.

    Within a request each statement carries the request's own context, so nothing needs forgetting there.
    """
    status = connection.connection.info.transaction_status if connection.connection else None
    if status == TransactionStatus.INTRANS and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('pghistory.context_id', '', true),"
                " set_config('pghistory.context_metadata', '', true)"
            )


class _Act(pghistory.context):
    """A context whose key tells the order of acts, also of those in one transaction, which share their time."""

    def __enter__(self) -> Any:
        first = not hasattr(runtime._tracker, "value")
        context = super().__enter__()
        if first:
            context = context._replace(id=uuid.UUID(int=time.time_ns() << 64 | secrets.randbits(64)))
            runtime._tracker.value = context
        return context
