"""What the programme did for one producer, for the producer's page at the desk."""

from typing import Any

from producers.models import CampaignParticipant, PointOfSale, Producer, PromotionParticipant


def support_of(producer: Producer) -> dict[str, Any]:
    """Campaigns and promotions it took part in, the latest first, and points that sell its goods. Three queries."""
    campaigns = CampaignParticipant.objects.filter(producer=producer).select_related("campaign")
    promotions = PromotionParticipant.objects.filter(producer=producer).select_related("promotion")
    return {
        "campaigns": list(campaigns.order_by("-campaign__starts_on", "-campaign")),
        "promotions": list(promotions.order_by("-promotion__starts_on", "-promotion")),
        "points": list(PointOfSale.objects.selling(producer)),
    }
