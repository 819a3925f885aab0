"""A real browser on a real server: Chromium at two widths, with and without JavaScript, as any role."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# The shell draws and scripts as Chromium does, without a desktop's services: half the processor time.
BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), BROWSERS[-1])
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
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
def chromium() -> Iterator[Browser]:
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


def violations(page: Page) -> list[str]:
    """What axe finds wrong on the page, with the first place of each: as it stands, then dark at 320 px."""
    found = Axe().run(page).response["violations"]
    before = page.viewport_size or {"width": DESKTOP, "height": 900}
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": SMALLEST, "height": 900})
    found += page.evaluate("options => axe.run(document, options)", ELSEWHERE)["violations"]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)
    return [f"{page.url}: {v['id']}: {v['help']}: {v['nodes'][0]['html'][:160]}" for v in found]


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
