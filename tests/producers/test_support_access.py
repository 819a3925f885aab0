"""Every address of support × every role: what is not yours answers 404, what is not your role 403."""

import pytest
from django.urls import reverse

from producers.desk_urls import urlpatterns as desk
from producers.models import Campaign, CampaignParticipant, PointOfSale, Promotion
from tests.factories import BANG_PHUC, CON_MINH, ProducerFactory, UserFactory, unit
from tests.producers.support_rows import (
    CampaignFactory,
    CampaignPartFactory,
    PointFactory,
    PromotionFactory,
    PromotionPartFactory,
    SupplyFactory,
)

pytestmark = pytest.mark.django_db

# name: (anonymous, council, producer taking part, signatory, commune here, commune elsewhere, province, admin)
LIST = (302, 403, 403, 200, 200, 200, 200, 200)
ADD = (302, 403, 403, 403, 200, 200, 200, 200)
VIEW = (302, 404, 403, 200, 200, 404, 200, 200)
EDIT = (302, 404, 403, 403, 200, 404, 200, 200)
REMOVE = (302, 405, 405, 405, 405, 405, 405, 405)
SHAPE = {
    "{many}": LIST,
    "{many}-csv": LIST,
    "{many}-xlsx": LIST,
    "{one}-add": ADD,
    "{one}": VIEW,
    "{one}-edit": EDIT,
    "{one}-participants": EDIT,
}
TABLE = {
    name.format(one=one, many=many): answers
    for one, many in (
        ("campaign", "campaigns"),
        ("promotion", "promotions"),
        ("point-of-sale", "points-of-sale"),
    )
    for name, answers in SHAPE.items()
} | {
    "campaign-report": VIEW,
    "promotion-report": VIEW,
    "promotion-photos": EDIT,
    "promotion-photo-remove": REMOVE,
    "point-of-sale-close": EDIT,
}
READERS = ("anonymous", "council", "producer", "signatory", "commune", "elsewhere", "province", "admin")


@pytest.fixture
def records():
    producer = ProducerFactory()
    made = {
        "campaign": CampaignPartFactory(producer=producer).campaign,
        "promotion": PromotionPartFactory(
            producer=producer, promotion=PromotionFactory(place=unit(CON_MINH))
        ).promotion,
        "point": SupplyFactory(producer=producer).point,
    }
    return made | {"producer": producer}


def sign_in(client, records, who):
    if who == "anonymous":
        return
    if who == "elsewhere":
        user = UserFactory(commune=True, unit=unit(BANG_PHUC))
    elif who == "producer":
        user = UserFactory()
        records["producer"].accounts.add(user)
    else:
        user = UserFactory(**{who: True})
    client.force_login(user)


def address(name, records):
    kind = name.split("-")[0]
    lists = ("campaigns", "promotions", "points") if name.split("-")[0] != "point" else ()
    if kind in lists or name.endswith("-add"):
        return reverse(f"desk:{name}")
    return reverse(f"desk:{name}", args=[records[kind].pk])


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in desk}


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", READERS)
def test_role_by_address(client, records, who):
    sign_in(client, records, who)
    for name, answers in TABLE.items():
        status = client.get(address(name, records)).status_code
        assert status == answers[READERS.index(who)], (who, name)


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", ["anonymous", "council", "producer", "signatory", "elsewhere"])
def test_posts_are_kept_shut_as_well(client, records, who):
    sign_in(client, records, who)

    def state():
        return [list(m.objects.values()) for m in (Campaign, Promotion, PointOfSale, CampaignParticipant)]

    before = state()
    for name in TABLE:
        if name.endswith(("-edit", "-participants", "-close")):
            answer = client.post(
                address(name, records), {"name": "x", "what": "change", "closed_on": "1/8/2026"}
            )
            assert answer.status_code in (302, 403, 404), (who, name)
    assert state() == before


def test_a_commune_reads_what_its_producers_took_part_in_and_no_more(client, records):
    """In sight, but kept elsewhere: reading yes, writing 403; of the participants only its own."""
    own = ProducerFactory(place=unit(BANG_PHUC), name="HTX Bằng Phúc")
    CampaignPartFactory(campaign=records["campaign"], producer=own, people=3)
    Campaign.objects.update(others=9)
    PromotionPartFactory(promotion=records["promotion"], producer=own, sales=12)
    PromotionPartFactory(promotion=records["promotion"], sales=70)
    client.force_login(UserFactory(commune=True, unit=unit(BANG_PHUC)))
    for kind in ("campaign", "promotion"):
        page = client.get(reverse(f"desk:{kind}", args=[records[kind].pk])).content.decode()
        assert own.name in page
        assert records["producer"].name not in page
        assert "chủ thể ngoài địa bàn của bạn" in page
        assert "/sua/" not in page
        for step in ("edit", "participants"):
            assert client.get(reverse(f"desk:{kind}-{step}", args=[records[kind].pk])).status_code == 403
    csv = b"".join(client.get(reverse("desk:promotions-csv")).streaming_content).decode()
    assert own.name in csv and records["producer"].name not in csv
    assert "82" not in csv and "12" in csv
    assert "1 lượt chủ thể, 3 người." in client.get(reverse("desk:campaigns")).content.decode()


def test_an_event_without_a_place_is_kept_by_the_province_alone(client):
    event = PromotionFactory()
    PromotionPartFactory(promotion=event)
    for who, status in (("commune", 403), ("province", 200)):
        client.force_login(UserFactory(**{who: True}))
        assert client.get(reverse("desk:promotion-edit", args=[event.pk])).status_code == status
    assert Campaign.objects.kept_by(UserFactory(signatory=True)).count() == 0


def test_history_is_told_of_all_three(client, records, tinh):
    client.force_login(tinh)
    for slug, kind in (("tu-van", "campaign"), ("xuc-tien", "promotion"), ("diem-ban", "point")):
        assert client.get(f"/can-bo/lich-su/{slug}/{records[kind].pk}/").status_code == 200
        assert client.get(f"/can-bo/lich-su/{slug}/999999/").status_code == 404


def test_a_commune_of_today_keeps_what_its_predecessors_wrote(client):
    campaign, point = CampaignFactory(), PointFactory()
    client.force_login(UserFactory(commune=True, unit=unit(CON_MINH).current))
    assert client.get(reverse("desk:campaign-edit", args=[campaign.pk])).status_code == 200
    assert client.get(reverse("desk:point-of-sale-edit", args=[point.pk])).status_code == 200
