"""Factories of campaigns, promotions, points of sale and who takes part in them."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Promotion,
    PromotionParticipant,
    Supply,
)
from tests.factories import CON_MINH, ProducerFactory, unit


class CampaignFactory(DjangoModelFactory):
    """A day of consulting on site at Côn Minh in May 2026."""

    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"Tư vấn tại chỗ đợt {n}")
    kind = Campaign.Kind.ON_SITE
    organiser = "Chi cục Phát triển nông thôn"
    place = factory.LazyFunction(lambda: unit(CON_MINH))
    starts_on = date(2026, 5, 4)
    ends_on = factory.SelfAttribute("starts_on")


class PromotionFactory(DjangoModelFactory):
    """A fair at Hà Nội in May 2026."""

    class Meta:
        model = Promotion

    name = factory.Sequence(lambda n: f"Hội chợ OCOP lần {n}")
    kind = Promotion.Kind.FAIR
    organiser = "Sở Công Thương"
    venue = "Hà Nội"
    starts_on = date(2026, 5, 4)
    ends_on = factory.SelfAttribute("starts_on")


class PointFactory(DjangoModelFactory):
    """A shop at Côn Minh, open since 2022."""

    class Meta:
        model = PointOfSale

    name = factory.Sequence(lambda n: f"Cửa hàng OCOP số {n}")
    kind = PointOfSale.Kind.SHOP
    place = factory.LazyFunction(lambda: unit(CON_MINH))
    address = "Thôn Nà Ngăm"
    opening_hours = "7 giờ 30 – 18 giờ, cả tuần"
    opened_on = date(2022, 1, 1)


class CampaignPartFactory(DjangoModelFactory):
    class Meta:
        model = CampaignParticipant

    campaign = factory.SubFactory(CampaignFactory)
    producer = factory.SubFactory(ProducerFactory)
    people = 2


class PromotionPartFactory(DjangoModelFactory):
    class Meta:
        model = PromotionParticipant

    promotion = factory.SubFactory(PromotionFactory)
    producer = factory.SubFactory(ProducerFactory)


class SupplyFactory(DjangoModelFactory):
    class Meta:
        model = Supply

    point = factory.SubFactory(PointFactory)
    producer = factory.SubFactory(ProducerFactory)
