"""A real browser on a real server: Chromium at two widths, with and without JavaScript, as any role."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.core.handlers.wsgi import WSGIHandler
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ocop_portal.stack import with_room
from tests.scenes import Scenes

# The shell draws and scripts as Chromium does, without a desktop's services: half the processor time.
BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), BROWSERS[-1])
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--js-flags=--no-opt,--no-maglev",  # a page is gone before its scripts, axe's too, would run faster for it
]
DESKTOP, PHONE, SMALLEST = 1280, 360, 320

# The driver keeps an event loop in this thread, and Django then suspects asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = [item for item in items if "tests/browser/" in item.nodeid]
    for item in here:
        item.add_marker(pytest.mark.browser)
    if here and not CHROMIUM.exists():
        assert not os.environ.get("CI"), "Chromium is missing: browser tests are never skipped in CI"
        for item in here:
            item.add_marker(pytest.mark.skip(reason="Chromium (/usr/bin/chromium) is not installed"))


@pytest.fixture(scope="session")
def chromium(open_scenes: Scenes) -> Iterator[Browser]:
    WSGIHandler.__call__ = with_room(WSGIHandler.__call__)  # as the web server's
    open_scenes.close()  # the driver's event loop has a database connection of its own
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server, client) -> Iterator[Callable[..., Page]]:
    """`visit(width, user=None, js=True)`: a fresh page that fails the test on any error of console or policy."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def fresh(width: int = DESKTOP, *, user=None, js: bool = True, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=js,
            color_scheme="dark" if dark else "light",
            base_url=live_server.url,
            locale="vi-VN",
        )
        if user:
            client.force_login(user)
            cookie = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: faults.append(f"{page.url}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: faults.append(f"{page.url}: {e}"))
        return page

    yield fresh
    for context in contexts:
        context.close()
    assert faults == []


# What may differ in the dark and on the smallest screen: colours, sizes, and parts that only a phone shows.
ELSEWHERE = {
    "runOnly": {
        "type": "rule",
        "values": [
            "color-contrast",
            "link-in-text-block",
            "target-size",
            "scrollable-region-focusable",
            "aria-hidden-focus",
            "button-name",
            "link-name",
            "label",
            "landmark-unique",
            "region",
        ],
    }
}


AXE = (
    AXE_SCRIPT
    + """;
axe.look = async (options, passed) => {
  const known = new Set(passed), fresh = [], signs = new Map();
  let broken;
  const sign = (node) => {
    if (!node || signs.has(node)) return signs.get(node);
    const s = getComputedStyle(node);
    const own = [sign(node.parentElement), node.tagName, node.getAttribute("class"), s.color, s.backgroundColor,
      s.backgroundImage, s.fontSize, s.fontWeight, s.opacity, s.position, s.textShadow, s.filter].join();
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let n = 0; n < own.length; n++) {
      a = Math.imul(a ^ own.charCodeAt(n), 2654435761);
      b = Math.imul(b ^ own.charCodeAt(n), 1597334677);
    }
    signs.set(node, `${(a >>> 0).toString(36)}-${(b >>> 0).toString(36)}`);
    return signs.get(node);
  };
  const rule = axe._audit.rules.find((r) => r.id === "color-contrast"), matches = rule.matches;
  const check = axe._audit.checks["color-contrast"], measure = check.evaluate;
  const written = (node) => node.matches("input, select, textarea, button")
    || [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
  rule.matches = function (node, ...rest) {
    return written(node) && !known.has(sign(node)) && matches.call(this, node, ...rest);
  };
  check.evaluate = function (node, ...rest) {
    if (known.has(sign(node))) return true;
    try {
      let told;
      const helper = { ...this, data: (data) => { told = data; this.data(data); } };
      const verdict = measure.call(helper, node, ...rest);
      if (verdict === true && told?.contrastRatio) {
        known.add(sign(node));
        fresh.push(sign(node));
      }
      return verdict;
    } catch (error) {
      broken = error;  // axe would call it undecided
      throw error;
    }
  };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options });
  rule.matches = matches;
  check.evaluate = measure;
  if (broken) throw broken;
  return [violations.map((v) => `${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`), fresh];
};
null"""
)
PASSED: dict[str, set[str]] = {"light": set(), "dark": set()}
"""Texts whose contrast axe measured on an earlier page and let pass, as the signs of their styles.

Contrast takes most of axe's time and depends on styles alone: of all texts of a run that have, up to the root, the same
classes, computed colours and sizes, one is measured.
"""


def violations(page: Page, *widths: int) -> list[str]:
    """What is wrong on the page, at one load: what axe finds, with the first place of each, and sideways scrolling.

    As it stands, then in the dark at the given widths (scrolling alone) and, with axe, at the smallest.
    """
    found = []

    def look(scheme: str, options: dict) -> None:
        known = PASSED[scheme]
        faults, fresh = page.evaluate("([options, passed]) => axe.look(options, passed)", [options, [*known]])
        known.update(fresh)
        found.extend(f"{page.url}: {scheme}: {fault}" for fault in faults)

    before = page.viewport_size or {"width": DESKTOP, "height": 900}
    page.evaluate(AXE)
    look("light", {})
    page.emulate_media(color_scheme="dark")
    sideways = [before["width"]] if overflows(page) else []
    sideways += overflows_at(page, *widths, SMALLEST)
    look("dark", ELSEWHERE)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
    return found + [f"{page.url}: scrolls sideways at {width} px" for width in sideways]


def overflows(page: Page) -> bool:
    """Whether the page must be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def overflows_at(page: Page, *widths: int) -> list[int]:
    """The widths at which the page, as it stands, must be scrolled sideways. Leaves it at the last one."""
    wide = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if overflows(page):
            wide.append(width)
    return wide
