"""For each constraint of what the office writes on support, a write that only it refuses."""

from producers.models import Supply
from tests.producers.constraint_cases import campaign, participant_twice, point_of_sale, promotion

CASES = {
    "campaign_cost_not_negative": lambda: campaign(cost=-1),
    "promotion_cost_not_negative": lambda: promotion(cost=-1),
    "supply_once": lambda: participant_twice(Supply, point=point_of_sale()),
}
NEVER_DELETED: dict = {}
