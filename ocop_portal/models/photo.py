"""What every photo on record is: re-encoded renditions under a random name, never what was uploaded."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q

from ocop_portal.images import ENCODERS


class PhotoRecord(models.Model):
    """A photo of something; the subclass says of what, and in which folder of the storage its files lie."""

    FOLDER: ClassVar[str]

    key = models.UUIDField("khóa tệp", default=uuid.uuid4, unique=True, editable=False)
    alt = models.CharField("mô tả ảnh", max_length=200, help_text="Người không thấy ảnh sẽ nghe câu này.")
    position = models.PositiveSmallIntegerField("thứ tự", default=0)
    width = models.PositiveIntegerField("chiều rộng", help_text="Điểm ảnh của bản lớn nhất.")
    height = models.PositiveIntegerField("chiều cao")
    widths = ArrayField(models.PositiveIntegerField(), verbose_name="các chiều rộng", help_text="Tăng dần.")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(widths__len__gte=1),
                name="%(class)s_has_rendition",
                violation_error_message="Ảnh phải có ít nhất một bản.",
            )
        ]

    def __str__(self) -> str:
        return self.alt

    def path(self, width: int, fmt: str) -> str:
        """Name of a rendition in the default storage."""
        return f"{self.FOLDER}/{self.key}-{width}.{fmt}"

    def url(self, width: int, fmt: str) -> str:
        return default_storage.url(self.path(width, fmt))

    @property
    def paths(self) -> list[str]:
        """Names of all its files."""
        return [self.path(width, fmt) for width in self.widths for fmt, _ in ENCODERS]

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
