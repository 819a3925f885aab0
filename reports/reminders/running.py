"""One run: queue what is owed, then send what waits. One process at a time; safe to repeat after any crash."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import structlog
from django.db import connection

from reports.reminders.queueing import Plan, plan, queue
from reports.reminders.sending import Delivered, deliver

log = structlog.get_logger(__name__)
LOCK = zlib.crc32(b"ocop send_reminders")


@dataclass
class Run:
    """What one run came to."""

    plan: Plan
    delivered: Delivered


@contextmanager
def only_run() -> Iterator[bool]:
    """Whether this is the only run: a lock of the database session, which goes with the process however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (held,) = cursor.fetchone()
    try:
        yield held
    finally:
        if held and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def run(day: date) -> Run | None:
    """Queue and send as of the day. None where another run is under way."""
    with only_run() as mine:
        if not mine:
            log.warning("reminders.busy")
            return None
        planned = queue(day)
        log.info(
            "reminders.queued",
            day=day.isoformat(),
            certificates=planned.certificates,
            reminders=planned.reminders,
            letters=len(planned.letters),
            unreached=[producer.pk for producer in planned.unreached],
        )
        done = deliver()
        log.info(
            "reminders.delivered",
            sent=done.sent,
            failed=done.failed,
            refused=done.refused,
            uncertain=done.uncertain,
            waiting=done.waiting,
        )
        return Run(planned, done)


def rehearse(day: date) -> Plan:
    """What a run would queue on the day. Writes nothing, sends nothing."""
    return plan(day)
