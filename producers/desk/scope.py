"""Which campaigns, promotions and points of sale lie in a user's scope: anything else answers 404."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from producers.involvement import Involvement
from producers.models import Campaign, PointOfSale, Promotion
from producers.querysets import scope_of


def campaign_of(user: Any, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(user).with_place(), pk=pk)


def promotion_of(user: Any, pk: int) -> Promotion:
    return get_object_or_404(Promotion.objects.visible_to(user).with_place(), pk=pk)


def point_of(user: Any, pk: int) -> PointOfSale:
    return get_object_or_404(PointOfSale.objects.visible_to(user).with_place(), pk=pk)


def keeps(user: Any, record: models.Model) -> bool:
    """Whether the user may write the record: seeing it because one's own producers take part is not enough."""
    return type(record).objects.kept_by(user).filter(pk=record.pk).exists()  # type: ignore[attr-defined]


def ensure_keeps(user: Any, record: models.Model) -> None:
    """Raises PermissionDenied where the record is in sight but kept elsewhere."""
    if not keeps(user, record):
        raise PermissionDenied("Bản ghi này do đơn vị khác lập. Bạn xem được nhưng không sửa được.")


def with_parts(found: QuerySet[Any], involvement: Involvement, user: Any) -> QuerySet[Any]:
    """With the parts of the user's scope in `mine`, in one query more. Who sells where is public, so whole."""
    parts = involvement.part._default_manager.select_related("producer").order_by("producer__name_key", "pk")
    if involvement.extras:
        parts = parts.filter(scope_of(user, place="producer__place", own="producer__accounts"))
    accessor = involvement.part._meta.get_field(involvement.field).remote_field.get_accessor_name()  # type: ignore[union-attr]
    return found.prefetch_related(Prefetch(accessor, parts, to_attr="mine"))
