"""The proof of the trail: every row equals its last event, every event has its row, every trigger is on guard.

Whoever writes with the triggers switched off leaves a row that its events do not account for; whoever switches one off
leaves it off or drops it. Both are found here, in any database that carries the tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.db.models import Model

from ocop_portal.journal import tracked_models

MOST_TOLD = 50
"""Rows told of each table; how many there are is always told."""


@dataclass(frozen=True)
class Difference:
    """What one table does not account for, in a sentence, with the keys of the rows told of it."""

    table: str
    text: str
    count: int
    keys: tuple[Any, ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.keys))
        more = f" và {self.count - len(self.keys)} dòng khác" if self.count > len(self.keys) else ""
        return f"{self.table}: {self.text}" + (f" (khóa {shown}{more})" if self.keys else "")


def differences(connection: Any) -> Iterator[Difference]:
    """All that does not agree, table by table; nothing where the trail tells the whole of the register."""
    yield from _triggers_off_guard(connection)
    for model in tracked_models():
        yield from _rows_apart(connection, model)


def _rows_apart(connection: Any, model: type[Model]) -> Iterator[Difference]:
    quote = connection.ops.quote_name
    events = model.pgh_event_model._meta  # type: ignore[attr-defined]
    key = model._meta.pk.column  # type: ignore[union-attr]
    told = {f.column for f in events.concrete_fields}
    columns = [f.column for f in model._meta.concrete_fields if f.column in told and not f.primary_key]
    labels = {f.column: str(f.verbose_name) for f in model._meta.concrete_fields}
    apart = ", ".join(
        f"CASE WHEN t.{quote(c)} IS DISTINCT FROM e.{quote(c)} THEN {_literal(c)} END" for c in columns
    )
    sql = f"""
        SELECT what, columns, count(*), (array_agg(key ORDER BY key))[1:{MOST_TOLD}] FROM (
            SELECT COALESCE(t.{quote(key)}, e.pgh_obj_id) AS key,
                   CASE WHEN e.pgh_obj_id IS NULL THEN 'untold'
                        WHEN t.{quote(key)} IS NULL AND e.pgh_label <> 'delete' THEN 'gone'
                        WHEN t.{quote(key)} IS NOT NULL AND e.pgh_label = 'delete' THEN 'back'
                        WHEN t.{quote(key)} IS NOT NULL THEN 'apart' END AS what,
                   CASE WHEN t.{quote(key)} IS NOT NULL AND e.pgh_obj_id IS NOT NULL
                        THEN array_remove(ARRAY[{apart}]::text[], NULL) END AS columns
              FROM {quote(model._meta.db_table)} t
              FULL JOIN (SELECT DISTINCT ON (pgh_obj_id) * FROM {quote(events.db_table)}
                          ORDER BY pgh_obj_id, pgh_id DESC) e ON e.pgh_obj_id = t.{quote(key)}
        ) found
         WHERE what IN ('untold', 'gone', 'back') OR (what = 'apart' AND columns <> '{{}}')
         GROUP BY what, columns ORDER BY what, columns"""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for what, changed, count, keys in cursor.fetchall():
            yield Difference(model._meta.db_table, _told(what, changed, count, labels), count, tuple(keys))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _told(what: str, columns: list[str] | None, count: int, labels: dict[str, str]) -> str:
    match what:
        case "untold":
            return f"{count} dòng không có trong nhật ký"
        case "gone":
            return f"{count} dòng mất đi mà nhật ký không ghi việc bỏ"
        case "back":
            return f"{count} dòng còn đó dù nhật ký ghi đã bỏ"
    names = ", ".join(labels[c] for c in columns or ())
    return f"{count} dòng khác với lần ghi cuối trong nhật ký ở: {names}"


def _triggers_off_guard(connection: Any) -> Iterator[Difference]:
    """Triggers of the project that are missing or do not fire."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgenabled::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
        )
        there = {(table, name): enabled for table, name, enabled in cursor.fetchall()}
    for model, trigger in pgtrigger.registered():
        table = model._meta.db_table
        enabled = there.get((table, trigger.get_pgid(model)))
        if enabled is None:
            yield Difference(table, f"thiếu trigger “{trigger.name}”", 1)
        elif enabled not in ("O", "A"):
            yield Difference(table, f"trigger “{trigger.name}” đang bị tắt", 1)
