"""How producers take part in a campaign, in a promotion, or in what a point of sale sells: one shape for the three.

Each has a whole (the campaign), a part per producer (the participant) and figures told of each part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import QuerySet

from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Producer,
    Promotion,
    PromotionParticipant,
    Supply,
)
from producers.querysets import scope_of


@dataclass(frozen=True)
class Involvement:
    """`field` leads from the part to the whole; `extras` are the figures that each part carries."""

    whole: type[models.Model]
    part: type[models.Model]
    field: str
    extras: tuple[str, ...]
    noun: str
    """What the whole is called inside a sentence."""

    def parts(self, whole: models.Model) -> QuerySet[Any]:
        """The parts of the whole with their producers, in Vietnamese order."""
        found: QuerySet[Any] = self.part._default_manager.filter(**{self.field: whole})
        return found.select_related(
            "producer", "producer__place", "producer__place__district", "producer__place__current"
        ).order_by("producer__name_key", "pk")

    def parts_for(self, whole: models.Model, user: Any) -> QuerySet[Any]:
        """Those whose producer lies in the user's scope."""
        scope = scope_of(user, place="producer__place", own="producer__accounts")
        return self.parts(whole).filter(scope)

    def taken_away(self, whole: models.Model, user: Any) -> list[Any]:
        """What the trail says of lines taken away and not entered again, the latest first; of the user's scope.

        Events of the part, with `producer`, `pgh_created_at` and `pgh_context`. One query.
        """
        events: QuerySet[Any] = self.part.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
            **{self.field: whole.pk}, pgh_label="delete"
        )
        scope = scope_of(user, place="producer__place", own="producer__accounts")
        there = self.part._default_manager.filter(**{self.field: whole}).order_by().values("producer")
        found = events.filter(scope).exclude(producer__in=there).select_related("producer")
        return list({event.producer_id: event for event in found.order_by("pgh_id")}.values())[::-1]


CAMPAIGN = Involvement(Campaign, CampaignParticipant, "campaign", ("people", "result"), "đợt")
PROMOTION = Involvement(Promotion, PromotionParticipant, "promotion", ("sales", "contracts"), "sự kiện")
POINT = Involvement(PointOfSale, Supply, "point", (), "điểm bán")
INVOLVEMENTS: dict[type[models.Model], Involvement] = {i.whole: i for i in (CAMPAIGN, PROMOTION, POINT)}


@dataclass(frozen=True)
class Joining:
    """A producer to be entered, with its figures under the names of `Involvement.extras`."""

    producer: Producer
    figures: dict[str, Any]


def joining_again(parts: Iterable[Any], kept: tuple[str, ...]) -> list[Joining]:
    """The producers of an earlier whole for another one, with the figures that are likely to hold again."""
    return [Joining(part.producer, {name: getattr(part, name) for name in kept}) for part in parts]
