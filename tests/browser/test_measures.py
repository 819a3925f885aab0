"""What a reader feels while a page comes: nothing moves, and nothing keeps the finger waiting."""

import time

import pytest

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_pages import register  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)

LONG_TASK = 0.05
"""Seconds: what runs longer at a stretch is felt (W3C Long Tasks)."""


def late(route):
    """A line so slow that fonts come when the page has long been read."""
    time.sleep(0.2)
    route.continue_()


def test_nothing_moves_and_no_script_blocks(visit, register):  # noqa: F811
    """Layout shift 0, and blocking time 0: all scripts of a page together take less time than one long task.

    Processor time of the page's thread, so that a busy machine does not fail the test.
    """
    shifts, scripts = [], {}
    for width, js in ((DESKTOP, True), (PHONE, True), (PHONE, False)):
        page = visit(width, js=js)
        if js:
            page.route("**/*.woff2", late)
        devtools = page.context.new_cdp_session(page)
        devtools.on("PerformanceTimeline.timelineEventAdded", lambda told: shifts.append(told["event"]))
        devtools.send("PerformanceTimeline.enable", {"eventTypes": ["layout-shift"]})
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = 0.0
        for path in ("/", "/san-pham/", register.get_absolute_url()):
            page.goto(path)
            page.wait_for_timeout(100)  # for whatever moves once the page is there
            told = devtools.send("Performance.getMetrics")["metrics"]
            after = next(metric["value"] for metric in told if metric["name"] == "ScriptDuration")
            # Another process may show another page, and counts from nothing.
            scripts[width, js, path] = after - before if after >= before else after
            before = after
    assert shifts == []
    assert all(took == 0 for (_, js, _), took in scripts.items() if not js), scripts
    assert all(took < LONG_TASK for took in scripts.values()), scripts
