"""Pages of campaigns, promotions and points of sale: no accessibility fault, no sideways scrolling, light and dark."""

from datetime import date

import pytest
from django.urls import reverse

from tests.browser.conftest import DESKTOP, violations
from tests.factories import BANG_PHUC, CertificateFactory, DecisionFactory, ProducerFactory, UserFactory, unit
from tests.producers.support_rows import (
    CampaignPartFactory,
    PointFactory,
    PromotionPartFactory,
    SupplyFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_for_everybody(visit):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    producer = certificate.product.producer
    ProducerFactory(name="Hợp tác xã nông nghiệp dịch vụ tổng hợp và du lịch cộng đồng Côn Minh")
    part = CampaignPartFactory(producer=producer, result="Hoàn thiện mẫu 02", campaign__cancelled_reason="")
    event = PromotionPartFactory(
        producer=producer, sales=1250, promotion__starts_on=date(2026, 9, 1)
    ).promotion
    point = SupplyFactory(producer=producer, point__phone="0209 312 3456").point
    PointFactory(place=unit(BANG_PHUC), closed_on=date(2026, 8, 1))
    faults = []

    def look(page, *paths):
        for path in paths:
            page.goto(path)
            faults.extend(violations(page))

    public = [f"/diem-ban/?near={unit(BANG_PHUC).reference}", point.get_absolute_url(), "/su-kien/"]
    look(visit(DESKTOP), *public)
    page = visit(DESKTOP, user=UserFactory(province=True))
    look(
        page,
        reverse("desk:campaigns"),
        reverse("desk:campaign", args=[part.campaign_id]),
        reverse("desk:promotion-participants", args=[event.pk]),
        reverse("desk:point-of-sale", args=[point.pk]),
    )
    # Without a tick the form comes back and says so; with one the producer is on the list.
    page.goto(reverse("desk:campaign-participants", args=[part.campaign_id]))
    page.get_by_role("button", name="Thêm các chủ thể").click()
    assert "Chưa chọn chủ thể nào" in page.get_by_role("alert").inner_text()
    faults += violations(page)
    box = page.get_by_role("checkbox", name="Chọn Hợp tác xã")
    box.check()
    page.get_by_label("Số người của Hợp tác xã").fill("3")
    page.get_by_role("button", name="Thêm các chủ thể").click()
    assert "Đã thêm 1 chủ thể." in page.locator("main").inner_text()
    faults += violations(page)
    assert not faults, "\n".join(faults)
