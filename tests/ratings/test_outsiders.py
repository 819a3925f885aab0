"""Whoever has nothing to do with a dossier finds nothing of it: 404 on every address of the flow, by GET and by POST."""

import pytest
from django.urls import reverse

from ocop_portal.models import AdministrativeUnit
from ratings.actions.decisions import approve
from ratings.desk import dossier_urls, result_urls, round_urls, sheet_urls
from ratings.transitions import State
from tests.factories import BANG_PHUC, ProducerFactory, ProductFactory, UserFactory, unit
from tests.ratings.flow import dossier_in, make_council, make_session
from tests.ratings.test_flow import SIGNED, four_stars

pytestmark = pytest.mark.django_db
ROOMS = (dossier_urls, sheet_urls, round_urls, result_urls)
KINDS = ("ho-so", "cham-diem", "dot-danh-gia", "phien-hop", "minh-chung", "giay-chung-nhan")


def flow_addresses():
    """(name, route) of every address that speaks of one thing of the flow."""
    return [
        (p.name, str(p.pattern)) for room in ROOMS for p in room.urlpatterns if "<int:pk>" in str(p.pattern)
    ]


@pytest.fixture
def things():
    """A decided dossier with all that belongs to it."""
    session = make_session()
    dossier, people = dossier_in(State.PROPOSED, session=session, wanted=four_stars)
    approve(dossiers=[dossier], number="1/QĐ", signed_on=SIGNED, issuer="UBND tỉnh", by=people.signatory)
    dossier.refresh_from_db()
    sheet = dossier.sheets.first()
    return {
        "ho-so": dossier.pk,
        "cham-diem": sheet.pk,
        "dot-danh-gia": dossier.round_id,
        "phien-hop": session.pk,
        "minh-chung": dossier.evidence.first().pk,
        "giay-chung-nhan": dossier.issued_id,
        "member": sheet.member_id,
    }


def outsider(who):
    if who == "member":
        return make_council().members.first().user
    if who == "commune":
        today = AdministrativeUnit.objects.get(pk=unit(BANG_PHUC).current_id)
        return UserFactory(commune=True, unit=today)
    producer = ProducerFactory()
    ProductFactory(producer=producer)
    user = UserFactory()
    producer.accounts.add(user)
    return user


def address(name, route, things):
    kind = route.split("/")[0]
    assert kind in KINDS, f"{name}: {route} is not placed"
    kwargs = {"pk": things[kind]}
    if "member" in route:
        kwargs["member"] = things["member"]
    if "<slug:part>" in route:
        kwargs["part"] = "a"
    if "<slug:name>" in route:
        kwargs["name"] = "return"
    return reverse(f"desk:{name}", kwargs=kwargs)


def test_not_yours_is_not_there(client, things, statuses_alone):
    told = {}
    for who in ("member", "commune", "producer"):
        client.force_login(outsider(who))
        for name, route in flow_addresses():
            path = address(name, route, things)
            for method in (client.get, client.post):
                status = method(path).status_code
                if status not in (404, 405):
                    told[f"{who} {method.__name__} {name}"] = status
    assert told == {}
    assert len(flow_addresses()) > 30
