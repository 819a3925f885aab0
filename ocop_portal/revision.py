"""The revision of the published register, and the log of what each revision changed.

Every public answer depends only on (address, day, revision). The revision is one row that statement triggers
raise inside the transaction of any change to a published table; a sequence would show the new number before
the commit, and a cache keyed by it would keep the old page for ever.

The same triggers write down which published records changed (`RegisterChange`). Whoever raises the number holds its
row until the commit, so numbers are committed in their order: a reader who has seen one has seen every change up to it.
"""

import pgtrigger
from django.db import connection

ANEW = 1_000_000
"""How far the number leaps where what went before cannot be told apart: readers must begin anew (`begin_anew`)."""

_RAISE = "UPDATE ocop_portal_registerrevision SET number = number + 1, raised_at = now()"


def raises_revision() -> pgtrigger.Trigger:
    """Trigger for `Meta.triggers` of a published table that is no resource of the API and part of none."""
    return pgtrigger.Trigger(
        name="raises_revision",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"{_RAISE}; RETURN NULL;",
    )


def records_change(*changed: tuple[str, str]) -> list[pgtrigger.Trigger]:
    """Triggers for `Meta.triggers` of a table of which the API tells: they raise the revision and log what changed.

    `changed` are (kind, column with its key): a photo is a change of its product. One trigger for each event, because
    PostgreSQL gives a statement's rows to no other. A statement that touches no row changes nothing.
    """
    return [
        _records("insert", pgtrigger.Insert, changed, new="new_rows"),
        _records("update", pgtrigger.Update, changed, old="old_rows", new="new_rows"),
        _records("delete", pgtrigger.Delete, changed, old="old_rows"),
    ]


def _records(
    event: str, operation: pgtrigger.Operation, changed: tuple[tuple[str, str], ...], **rows: str
) -> pgtrigger.Trigger:
    found = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {column} AS object_id FROM {table}"
        for table in rows.values()
        for kind, column in changed
    )
    any_row = next(iter(rows.values()))
    return pgtrigger.Trigger(
        name=f"raises_revision_{event}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        declare=[("raised", "bigint")],
        func=f"""
        IF NOT EXISTS (SELECT FROM {any_row}) THEN
            RETURN NULL;
        END IF;
        {_RAISE} RETURNING number INTO raised;
        INSERT INTO ocop_portal_registerchange (revision, kind, object_id, at)
        SELECT DISTINCT raised, kind, object_id, now() FROM ({found}) changed
        WHERE raised IS NOT NULL AND object_id IS NOT NULL;
        RETURN NULL;
        """,
    )


# What the log says is whole from this number on. For migrations that begin to log a table, for loads that pass the
# triggers by, and after a restored backup, of which readers may have seen what is now undone.
BEGIN_ANEW = (
    f"UPDATE ocop_portal_registerrevision SET number = number + {ANEW}, whole_from = number + {ANEW},"
    " raised_at = now()"
)
LOG_FROM_HERE = "UPDATE ocop_portal_registerrevision SET whole_from = number"


def begin_anew() -> None:
    """Have every reader of changes read the whole register again: their number lies before the log."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN_ANEW)
