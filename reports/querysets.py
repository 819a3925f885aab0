"""Named reads of messages."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, When

from ocop_portal.permissions import Role
from producers.models import Producer

# States of `Message.Mail` that a person must settle, and those that a run looks at. Values are stored, never renamed.
TROUBLED = ("uncertain", "refused")


class MessageQuerySet(models.QuerySet[Any]):
    """Messages of the inbox and their mails."""

    def of(self, user: Any) -> Self:
        """The user's own, and nobody else's whatever the role."""
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def unread_first(self) -> Self:
        """As the inbox shows them: unread before read, each newest first."""
        return self.order_by(Case(When(read_at__isnull=True, then=0), default=1), "-pk")

    def to_send(self) -> Self:
        """Mails that wait, oldest first; an account that was switched off meanwhile is written to no more."""
        on = Q(user__isnull=True) | Q(user__is_active=True)
        return self.filter(on, mail="waiting").order_by("pk")

    def troubled(self) -> Self:
        """Mails that wait for a person: uncertain, refused, or failing again and again."""
        return self.filter(Q(mail__in=TROUBLED) | Q(mail="waiting", tries__gt=0))

    def concerning(self, user: Any) -> Self:
        """Those that an official may settle: all, or those to producers in scope and to their accounts."""
        if user.sees_whole_territory:
            return self.all()
        mine = Producer.objects.visible_to(user).order_by().values("pk")
        return self.filter(
            Q(producer__in=mine) | Q(user__role=Role.PRODUCER, user__producers__in=mine)
        ).distinct()
