"""How often public pages were read: sums by page and day, with nothing about any reader."""

from django.db import models
from django.db.models import Q

from ocop_portal.languages import ENGLISH, VIETNAMESE


class VisitDay(models.Model):
    """How often a page was read on a day. Written by `reports.visits` alone, which knows nobody.

    Days of a month that is long past are one row, on its first day. Sums, not records: neither tracked nor published
    as data, and a loss of some seconds' counts is accepted.
    """

    path = models.CharField("trang", max_length=200)
    language = models.CharField(
        "ngôn ngữ", max_length=2, choices=[(VIETNAMESE, "tiếng Việt"), (ENGLISH, "tiếng Anh")]
    )
    day = models.DateField("ngày")
    count = models.PositiveBigIntegerField("số lượt xem")

    class Meta:
        verbose_name = "lượt xem trong ngày"
        verbose_name_plural = "lượt xem trong ngày"
        ordering = ["-day", "path", "language"]
        indexes = [models.Index(fields=["day"], name="visitday_by_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "language", "day"],
                name="visitday_once",
                violation_error_message="Trang này đã có số lượt xem của ngày này.",
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0),
                name="visitday_counts_something",
                violation_error_message="Số lượt xem phải lớn hơn 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path}, {self.day:%d/%m/%Y}"
