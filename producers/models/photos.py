"""Photos of events."""

from django.db import models

from ocop_portal.history import tracked
from ocop_portal.models.photo import PhotoRecord
from ocop_portal.revision import raises_revision
from producers.models.support import Promotion


@tracked()
class PromotionImage(PhotoRecord):
    """A photo of an event, for everybody."""

    FOLDER = "events"

    promotion = models.ForeignKey(
        Promotion,
        models.CASCADE,  # a part of what is told of the event
        related_name="images",
        verbose_name="sự kiện",
    )

    class Meta(PhotoRecord.Meta):
        verbose_name = "ảnh sự kiện"
        verbose_name_plural = "ảnh sự kiện"
        triggers = [raises_revision()]
