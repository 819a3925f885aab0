"""The inbox's pages for everybody: no accessibility fault, no sideways scrolling, usable without JavaScript."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from reports.models import Message
from reports.reminders.queueing import queue
from tests.browser.conftest import DESKTOP, PHONE, violations
from tests.conftest import DAY
from tests.factories import CertificateFactory, ProducerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_for_everybody(visit):
    own = UserFactory(email="mot.dia.chi.thu.dien.tu.rat.dai.cua.hop.tac.xa@example-rat-dai.vn")
    producer = ProducerFactory()
    producer.accounts.add(own)
    tinh = UserFactory(province=True)
    for maker, days in ((producer, 30), (ProducerFactory(phone="0209 123 456"), 90)):
        end = DAY + timedelta(days=days)
        CertificateFactory(product__producer=maker, valid_to=end, decision__signed_on=date(2024, 1, 15))
    queue(DAY)
    mailed = Message.objects.get(user=own)
    Message.objects.filter(pk=mailed.pk).update(
        mail="uncertain", last_error="SMTPServerDisconnected: " + "x" * 90
    )
    found = []

    def look(page):
        found.extend(violations(page, PHONE))

    page = visit(DESKTOP, user=own)
    page.goto(reverse("desk:inbox"))
    look(page)
    page.get_by_role("link", name=mailed.subject).click()
    look(page)
    page.get_by_role("button", name="Đã xem").click()
    page.get_by_text("Đã đánh dấu thư là đã xem.").wait_for()
    page.goto(reverse("desk:calendar-feed"))
    look(page)
    page.get_by_role("button", name="Tạo địa chỉ lịch").click()
    page.get_by_role("button", name="Đổi địa chỉ").wait_for()
    look(page)
    page = visit(DESKTOP, user=tinh)
    page.goto(reverse("desk:unreached"))
    look(page)
    page.goto(reverse("desk:mail-settle", args=[mailed.pk]))
    look(page)
    assert found == []
