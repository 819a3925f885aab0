"""Who makes it, what they report each year, where they sell, and how the programme helps them."""

from producers.models.figures import YearlyFigures
from producers.models.photos import PromotionImage
from producers.models.points_of_sale import PointOfSale, Supply
from producers.models.producer import Producer, phone_validator
from producers.models.support import Campaign, CampaignParticipant, Promotion, PromotionParticipant

__all__ = [
    "Campaign",
    "CampaignParticipant",
    "PointOfSale",
    "Producer",
    "Promotion",
    "PromotionImage",
    "PromotionParticipant",
    "Supply",
    "YearlyFigures",
    "phone_validator",
]
