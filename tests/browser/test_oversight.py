"""The pages after certification for everybody: no axe violation, nothing to scroll sideways, light or dark."""

import pytest
from django.urls import reverse

from products.actions import complaints as acts
from products.actions import inspections
from products.complaint_steps import State
from tests.browser.conftest import DESKTOP, violations
from tests.products.oversight import official, own_producer, planned, recorded, report, report_in, warned

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_for_everybody(visit):
    agency = official()
    answered, fresh, unknown = (
        report_in(State.ANSWERED, by=agency),
        report(),
        report(pack="Miến “5 sao” không rõ"),
    )
    own = own_producer(answered.product)
    acts.reply_complaint(complaint=answered, reply="Chúng tôi đã in lại bao bì.", by=own)
    acts.publish_complaint(complaint=answered, summary="Một lô in sai hạng sao.", by=agency)
    faulty, plan = recorded(by=agency), planned(by=agency)
    inspections.plan_for_complaint(complaint=fresh, by=agency)
    warning = warned(faulty)
    of = lambda name, *args: reverse(f"desk:{name}", args=args)
    public = answered.product.get_absolute_url()
    pages = {
        None: [f"{public}phan-anh/", "/phan-anh/?code=sai", answered.get_absolute_url(), public],
        agency: [
            of("complaints") + "?show=all",
            of("complaint", answered.pk),
            of("complaint-step", unknown.pk, "hand-down"),
            of("complaint-step", answered.pk, "publish"),
            of("inspections"),
            of("inspection", faulty.pk),
            of("inspection-record", plan.pk),
            of("inspection-plan"),
            of("inspection-warn", faulty.pk),
            of("warnings"),
            of("warning", warning.pk),
            of("product", answered.product.pk),
        ],
        own: [of("own-complaints"), of("own-complaint", answered.pk)],
    }
    for user, paths in pages.items():
        page = visit(DESKTOP, user=user)
        for path in paths:
            page.goto(path)
            assert violations(page) == [], path
