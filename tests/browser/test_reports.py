"""Reports and the grid of figures: no accessibility fault, no sideways scrolling, light and dark; keys and pasting."""

import pytest
from django.urls import reverse

from producers.models import YearlyFigures
from tests.browser.conftest import DESKTOP, violations
from tests.factories import UserFactory
from tests.reports.office import fill_office

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_for_everybody(visit):
    producer = fill_office()[5].product.producer
    own = UserFactory()
    producer.accounts.add(own)
    faults = []

    def look(page, *paths):
        for path in paths:
            page.goto(path)
            faults.extend(violations(page))

    page = visit(DESKTOP, user=UserFactory(province=True))
    look(
        page,
        reverse("desk:reports"),
        reverse("desk:report-table", args=["so-bo"]) + "?as_of=2025-12-31",
        reverse("desk:yearly-report") + "?year=2025",
        reverse("desk:yearly-figures-upload"),
        reverse("desk:yearly-figures"),
    )
    faults += typed_and_pasted(page)
    look(visit(DESKTOP, user=own), reverse("desk:yearly-figures"), reverse("desk:dossiers"))
    assert not faults, "\n".join(faults)


def typed_and_pasted(page):
    """The arrow leads to the row below; cells copied from a spreadsheet fill a block. Returns what axe finds."""
    first, second = (page.locator("[data-grid] tbody tr").nth(n).get_by_label("Doanh thu") for n in (0, 1))
    first.focus()
    page.keyboard.press("ArrowDown")
    assert second.evaluate("node => node === document.activeElement")
    first.evaluate(
        "node => { const data = new DataTransfer(); data.setData('text/plain', '8,5\\t4\\nx\\t6\\n');"
        " node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }"
    )
    page.get_by_role("button", name="Lưu tất cả").click()
    assert "Hãy ghi một số, ví dụ 8,5." in page.get_by_role("alert").inner_text()
    faults = violations(page)
    second.fill("9,5")
    page.get_by_role("button", name="Lưu tất cả").click()
    assert "Đã lưu số liệu năm." in page.locator("main").inner_text()
    assert (
        YearlyFigures.objects.filter(year=2025, revenue__in=("8.5", "9.5"), workers__in=(4, 6)).count() == 2
    )
    return faults
