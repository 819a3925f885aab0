"""News and visits: readable by everybody, on a phone and in the dark."""

from collections import Counter
from datetime import date

import pytest

from reports.visits import write
from tests.browser.conftest import violations
from tests.factories import CertificateFactory, UserFactory
from tests.reports.news_rows import news_with_file

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_news_and_visits(visit):
    code = CertificateFactory().product.code
    item = news_with_file().news
    write(Counter({(f"/san-pham/{code}/", "vi", date(2026, 8, 14)): 12_345}))
    page = visit(user=UserFactory(province=True))
    desk = (f"/can-bo/tin-tuc/{item.pk}/", "/can-bo/tin-tuc/")
    for address in ("/tin-tuc/", item.get_absolute_url(), "/luot-xem/", *desk):
        page.goto(address)
        assert violations(page) == []
