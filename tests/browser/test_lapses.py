"""The lapse desk in a real browser: no violation and nothing to scroll sideways, light and dark, wide and narrow."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, violations
from tests.conftest import DAY
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory, UserFactory
from tests.products.constraint_cases_lapses import line

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_of_the_lapse_desk(visit):
    long = "Hợp tác xã Nông lâm nghiệp và Dịch vụ tổng hợp Cốc Tâu Phiêng Nhạn"
    ends = []
    for days in (12, 40, 41, 130, 150):
        product = ProductFactory(producer=ProducerFactory(name=f"{long} {days}"))
        decision = DecisionFactory(signed_on=DAY + timedelta(days=days - 1096))
        ends.append(
            CertificateFactory(product=product, decision=decision, valid_to=DAY + timedelta(days=days))
        )
    told = line(ends[1], recipient=long)
    page = visit(DESKTOP, user=UserFactory(province=True))
    found = []
    for path in (
        "lich/?month=2026-09",
        "du-bao/",
        "thong-bao/",
        f"thong-bao/{told.notice_id}/huy/",
        "mo-ho-so/?all=1&bucket=365",
        "",
    ):
        page.goto(f"/can-bo/han/{path}")
        found += violations(page)
    page.get_by_label(f"Chọn {ends[0].product.name}").check()
    page.get_by_role("button", name="Lập thông báo").click()
    page.get_by_label("Ký hiệu").fill("UBND-KT")
    page.get_by_label("Ngày gửi").fill("hôm qua")
    page.get_by_role("button", name="Ghi và lập 1 văn bản").click()
    expect(page.locator(".error-summary")).to_be_visible()
    found += violations(page)
    page.get_by_label("Ngày gửi").fill("15/08/2026")
    page.get_by_role("button", name="Ghi và lập 1 văn bản").click()
    expect(page.get_by_text("Đã ghi 1 thông báo")).to_be_visible()
    assert found == []
