"""The trail read by acts: what was written in one transaction under one context, newest first, from any tables.

Events lie in a table per model. A page of acts is found by stepping back from act to act over an index of each table,
so that it costs the same however many events there are, and however many one act wrote. Everything of a page comes in
one query: each event with the version before it.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection, connections
from django.db.models import Model

PARTS_SHOWN = 20
"""Of each table, how many events of an act are read; how many there are is always told."""

NO_CONTEXT = uuid.UUID(int=0)
_CONTEXT = f"COALESCE(pgh_context_id, '{NO_CONTEXT}'::uuid)"
_LAST = ("infinity", uuid.UUID(int=2**128 - 1))

Key = tuple[datetime, uuid.UUID]


@dataclass(frozen=True)
class Source:
    """Events asked for: of a tracked model, under a condition in SQL on its event table, named `e`."""

    model: type[Model]
    where: str = ""
    params: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Event:
    """One version of a row. `row` and `before` (None for the first) are {column: value as JSON tells it}."""

    model: type[Model]
    pk: int
    label: str
    record: int
    context: dict[str, Any]
    row: dict[str, Any]
    before: dict[str, Any] | None


@dataclass
class Act:
    """What one transaction wrote under one context. `counts` is {model: events}, of which `events` may show fewer."""

    key: Key
    events: list[Event] = field(default_factory=list)
    counts: dict[type[Model], int] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.key[0]


@cache
def tracked_models() -> tuple[type[Model], ...]:
    """Every model that has an event table, in the order of the apps."""
    return tuple(
        m for m in apps.get_models() if "pgh_event_models" in vars(m) and getattr(m, "pgh_event_models", None)
    )


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model.pgh_event_model._meta.db_table)  # type: ignore[attr-defined]


def read_acts(
    sources: Sequence[Source],
    *,
    before: Key | None = None,
    count: int = 50,
    shown: Sequence[Source] | None = None,
) -> tuple[list[Act], Key | None]:
    """The newest acts before a key in which a source has an event, and the key to go on from (None at the end).

    Each is told with its events in `shown` (default: all it wrote). One query.
    """
    if not sources:
        return [], None
    told = list(shown or map(Source, tracked_models()))
    finders, params = [], list(before or _LAST)
    for source in sources:
        condition = f" AND ({source.where})" if source.where else ""
        finders.append(
            f"(SELECT e.pgh_created_at AS at, {_CONTEXT} AS ctx FROM {_table(source.model)} e"
            f" WHERE (e.pgh_created_at, {_CONTEXT}) < (act.at, act.ctx){condition}"
            f" ORDER BY e.pgh_created_at DESC, {_CONTEXT} DESC LIMIT 1)"
        )
        params += source.params
    params += [count + 1, *(p for source in told for p in source.params)]
    # Planned as if every branch were long, so that compiling it would cost more than running it: no JIT.
    sql = f"""
        SELECT set_config('jit', 'off', true);
        WITH RECURSIVE act(at, ctx) AS (
            SELECT %s::timestamptz, %s::uuid
            UNION ALL
            SELECT n.at, n.ctx FROM act CROSS JOIN LATERAL (
                SELECT u.at, u.ctx FROM ({" UNION ALL ".join(finders)}) u ORDER BY u.at DESC, u.ctx DESC LIMIT 1
            ) n
        ), page AS MATERIALIZED (SELECT at, ctx FROM act OFFSET 1 LIMIT %s)
        SELECT page.at, page.ctx, d.* FROM page
          LEFT JOIN LATERAL ({" UNION ALL ".join(_details(n, source) for n, source in enumerate(told))}) d ON true
         ORDER BY page.at DESC, page.ctx DESC, d.place, d.pgh_id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.nextset()
        acts = _gathered(cursor, [source.model for source in told])
    return acts[:count], acts[count - 1].key if len(acts) > count else None


def _details(place: int, source: Source) -> str:
    """The events of `page`'s act in one table, each with the version before it, and how many there are."""
    table = _table(source.model)
    condition = f" AND ({source.where})" if source.where else ""
    # Adding nothing keeps the planner from walking the whole primary key backwards for one row.
    return f"""
        (SELECT {place} AS place, k.n, v.pgh_id, v.pgh_label, v.pgh_obj_id, v.pgh_context, to_jsonb(v) AS now,
                (SELECT to_jsonb(p) FROM {table} p WHERE p.pgh_obj_id = v.pgh_obj_id AND p.pgh_id < v.pgh_id
                  ORDER BY p.pgh_id + 0 DESC LIMIT 1) AS before
           FROM (SELECT e.pgh_id, count(*) OVER () AS n FROM {table} e
                  WHERE e.pgh_created_at = page.at AND {_CONTEXT} = page.ctx{condition}
                  ORDER BY e.pgh_id LIMIT {PARTS_SHOWN}) k JOIN {table} v USING (pgh_id))"""


def _gathered(rows: Iterable[Any], told: list[type[Model]]) -> list[Act]:
    acts: list[Act] = []
    for at, ctx, place, n, pk, label, record, context, now, before in rows:
        if not acts or acts[-1].key != (at, ctx):
            acts.append(Act((at, ctx)))
        if place is not None:
            model = told[place]
            acts[-1].counts[model] = n
            acts[-1].events.append(
                Event(model, pk, label, record, json_of(context) or {}, json_of(now), json_of(before))
            )
    return acts


def json_of(text: str | None) -> Any:
    """JSON as the driver hands it over; exact numbers stay exact."""
    return json.loads(text, parse_float=Decimal) if text else None


# --- Indexes -------------------------------------------------------------------------------------------------------

_INDEXES = {
    "at": f"(pgh_created_at, {_CONTEXT})",
    "actor": f"((pgh_context->>'actor'), pgh_created_at, {_CONTEXT})",
    "verb": f"((pgh_context->>'verb'), pgh_created_at, {_CONTEXT})",
    "why": f"(pgh_created_at, {_CONTEXT}) WHERE pgh_context ? 'reason'",
}


def index_events(sender: AppConfig, using: str, **kwargs: object) -> None:
    """After each migration: the indexes by which the trail is read, on every event table.

    Not in the models' own `Meta`, so that the table of a model that is added later cannot be forgotten.
    """
    from pghistory.models import Event as Events  # a module of models: not before the apps are there

    tables = [m._meta.db_table for m in sender.get_models() if issubclass(m, Events)]
    if not tables:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL"
            " AND (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = to_regclass(quote_ident(name)) AND c.relname LIKE 'trail\\_%%') < %s",
            [tables, len(_INDEXES)],
        )
        for (name,) in cursor.fetchall():
            table = connections[using].ops.quote_name(name)
            for short, columns in _INDEXES.items():
                index = connections[using].ops.quote_name(f"trail_{short}_{name.removesuffix('event')}"[:63])
                cursor.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} {columns}")
