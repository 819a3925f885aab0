"""Frames find room: no call is many times as dear as another, however deep it stands."""

import resource
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from ocop_portal.stack import with_room
from ocop_portal.wsgi import application

CALLS = 2_000
DEPTHS = range(0, 400, 3)


def at(depth, work):
    return at(depth - 1, work) if depth else work()


def short_calls():
    """Page faults of many short calls: each piece of memory taken anew has one."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        one(1, 2, 3)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def one(*values):
    return two(*values, *values)


def two(*values):
    return Counter


def dearest():
    return max(at(depth, short_calls) for depth in DEPTHS)


def in_a_thread(work):
    """A thread has frames of its own, and the suite's room is not theirs."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def test_calls_take_no_memory_anew_at_any_depth():
    assert in_a_thread(with_room(dearest)) < CALLS / 10


def test_the_web_servers_application_has_room():
    assert application.__wrapped__.__class__.__name__ == "WSGIHandler"
