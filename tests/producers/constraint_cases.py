"""For each constraint of figures, points of sale, campaigns and promotions, a write that only it refuses."""

from datetime import date

from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Promotion,
    PromotionParticipant,
    YearlyFigures,
)
from tests.factories import ProducerFactory, unit

DAY = date(2026, 5, 1)


def figures(**fields):
    given = {"producer": fields.pop("producer", None) or ProducerFactory(), "year": 2025}
    return YearlyFigures.objects.create(**given | fields)


def figures_twice():
    figures(producer=figures().producer)


def point_of_sale(**fields):
    given = {
        "name": "Cửa hàng OCOP thử nghiệm",
        "kind": PointOfSale.Kind.SHOP,
        "place": unit("02173"),
        "address": "Thôn 1",
        "opening_hours": "8 giờ – 17 giờ",
        "opened_on": DAY,
    }
    return PointOfSale.objects.create(**given | fields)


def campaign(**fields):
    given = {
        "name": "Tư vấn tại chỗ",
        "kind": Campaign.Kind.ON_SITE,
        "organiser": "Chi cục",
        "place": unit("02173"),
        "starts_on": DAY,
        "ends_on": DAY,
    }
    return Campaign.objects.create(**given | fields)


def promotion(**fields):
    given = {
        "name": "Hội chợ",
        "kind": Promotion.Kind.FAIR,
        "organiser": "Sở Công Thương",
        "venue": "Hà Nội",
        "starts_on": DAY,
        "ends_on": DAY,
    }
    return Promotion.objects.create(**given | fields)


def participant_twice(model, **whole):
    producer = ProducerFactory()
    for _ in range(2):
        model.objects.create(producer=producer, **whole)


BEFORE = date(2026, 4, 30)
CASES = {
    "yearlyfigures_once_a_year": figures_twice,
    "yearlyfigures_year_of_the_programme": lambda: figures(year=2014),
    "yearlyfigures_revenue_not_negative": lambda: figures(revenue=-1),
    "yearlyfigures_women_among_workers": lambda: figures(workers=3, women=4),
    "pointofsale_days_in_order": lambda: point_of_sale(closed_on=DAY),
    "pointofsale_once_in_place": lambda: [point_of_sale(), point_of_sale()],
    "campaign_days_in_order": lambda: campaign(ends_on=BEFORE),
    "campaignparticipant_once": lambda: participant_twice(CampaignParticipant, campaign=campaign()),
    "campaignparticipant_has_people": lambda: CampaignParticipant.objects.create(
        campaign=campaign(), producer=ProducerFactory(), people=0
    ),
    "promotion_days_in_order": lambda: promotion(ends_on=BEFORE),
    "promotionparticipant_once": lambda: participant_twice(PromotionParticipant, promotion=promotion()),
    "promotionparticipant_sales_not_negative": lambda: PromotionParticipant.objects.create(
        promotion=promotion(), producer=ProducerFactory(), sales=-1
    ),
}
NEVER_DELETED = {
    YearlyFigures: figures,
    PointOfSale: point_of_sale,
    Campaign: campaign,
    Promotion: promotion,
}
