"""Histories, the trail and the check of the register for everybody: two widths, light and dark."""

import pytest
from django.urls import reverse

from ocop_portal.history import acting
from ratings.transitions import State
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.factories import CertificateFactory, DecisionFactory, UserFactory
from tests.ratings.flow import dossier_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_for_everybody(visit, transactional_db):
    keeper = UserFactory(province=True)
    with acting("record_certificate", by=keeper, reason="Ghi lại theo bảng kết quả kèm quyết định. " * 4):
        certificate = CertificateFactory(
            decision=DecisionFactory(number="", note="Nguồn không ghi số."), stars=4, total=52
        )
        certificate.product.story = "Chuyện rất dài. " * 60
        certificate.product.save()
    dossier, people = dossier_in(State.ADMITTED, told=True)
    page = visit(DESKTOP, user=people.province)
    found = []
    for address in (
        reverse("desk:audit") + "?kind=products.product&since=x&who=" + keeper.username,
        reverse("desk:registry-check"),
        reverse("desk:history", args=["san-pham", certificate.product_id]),
        reverse("desk:dossier-history", args=[dossier.pk]),
        reverse("desk:dossiers"),
    ):
        page.goto(address)
        for summary in page.locator("main .story summary, main .trail-unfold").all()[:4]:
            summary.click()
        found += violations(page, 768, PHONE)
    assert found == []
