"""Photos of events."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from ocop_portal.history import tracked
from ocop_portal.revision import raises_revision
from producers.models.support import Promotion


@tracked()
class PromotionImage(models.Model):
    """A photo of an event, for everybody. Only re-encoded renditions are kept, under a random name.

    Its shape is that of a product's photo, so that one template shows both.
    """

    FORMATS = ("avif", "webp", "jpeg")

    promotion = models.ForeignKey(
        Promotion,
        models.CASCADE,  # a part of what is told of the event
        related_name="images",
        verbose_name="sự kiện",
    )
    key = models.UUIDField("khóa tệp", default=uuid.uuid4, unique=True, editable=False)
    alt = models.CharField("mô tả ảnh", max_length=200, help_text="Người không thấy ảnh sẽ nghe câu này.")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    width = models.PositiveIntegerField("chiều rộng", help_text="Điểm ảnh của bản lớn nhất.")
    height = models.PositiveIntegerField("chiều cao")
    widths = ArrayField(models.PositiveIntegerField(), verbose_name="các chiều rộng", help_text="Tăng dần.")

    class Meta:
        verbose_name = "ảnh sự kiện"
        verbose_name_plural = "ảnh sự kiện"
        ordering = ["position", "pk"]
        triggers = [raises_revision()]
        constraints = [
            models.CheckConstraint(
                condition=Q(widths__len__gte=1),
                name="promotionimage_has_rendition",
                violation_error_message="Ảnh phải có ít nhất một bản.",
            )
        ]

    def __str__(self) -> str:
        return self.alt

    def path(self, width: int, fmt: str) -> str:
        """Name of a rendition in the default storage."""
        return f"events/{self.key}-{width}.{fmt}"

    def url(self, width: int, fmt: str) -> str:
        return default_storage.url(self.path(width, fmt))

    @property
    def sources(self) -> list[tuple[str, str]]:
        """(media type, srcset) per modern format, for `<source>`."""
        return [
            (f"image/{fmt}", ", ".join(f"{self.url(w, fmt)} {w}w" for w in self.widths))
            for fmt in ("avif", "webp")
        ]

    @property
    def fallback_url(self) -> str:
        """The JPEG of the largest width, for `<img src>`."""
        return self.url(self.widths[-1], "jpeg")

    @property
    def thumbnail_url(self) -> str:
        """The smallest WebP, for lists."""
        return self.url(self.widths[0], "webp")
