"""News and announcements of the office, with what is attached to them."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models.publication import (
    Publication,
    PublicationQuerySet,
    publication_constraints,
    publication_triggers,
)
from ocop_portal.revision import raises_revision
from ocop_portal.uploads import private_path, private_storage


class NewsQuerySet(PublicationQuerySet):
    def latest_first(self) -> Self:
        return self.order_by("-day", "-pk")

    def with_files(self) -> Self:
        """With the attachments that were not taken back, as `item.files.all()`."""
        return self.prefetch_related(Prefetch("files", NewsFile.objects.filter(removed_on__isnull=True)))


@tracked()
class News(Publication):
    """A piece of news, an announcement or a plan made public by the office."""

    class Kind(models.TextChoices):
        """Stored: values outlive code and are never renamed."""

        NEWS = "news", "tin tức"
        NOTICE = "notice", "thông báo"
        PLAN = "plan", "kế hoạch"

    kind = models.CharField("loại", max_length=10, choices=Kind)
    title = models.CharField("tiêu đề", max_length=200)
    day = models.DateField("ngày của tin")
    summary = models.CharField("tóm tắt", max_length=400)
    text = models.TextField("nội dung", blank=True)

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = "tin, thông báo"
        verbose_name_plural = "tin, thông báo"
        ordering = ["-day", "-pk"]
        indexes = [
            models.Index(
                fields=["-day", "-id"],
                name="news_standing",
                condition=Q(published_on__isnull=False, withdrawn_on__isnull=True),
            )
        ]
        triggers = [
            raises_revision(),
            pgtrigger.Protect(
                name="address_stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("slug")
            ),
            *publication_triggers(),
        ]
        constraints = [
            *publication_constraints("news", "tin", says=("text", "nội dung")),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("day")),
                name="news_published_when_dated",
                violation_error_message="Chưa đăng được: ngày của tin còn ở phía trước.",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("reports:news-item", args=[self.slug])


@tracked()
class NewsFile(models.Model):
    """A document attached to a piece of news. Its content never changes; taken back, it is no longer given out."""

    news = models.ForeignKey(News, models.PROTECT, related_name="files", verbose_name="tin")
    title = models.CharField("tên tài liệu", max_length=150)
    file = models.FileField("tệp", upload_to=private_path("news"), storage=private_storage, max_length=150)
    filename = models.CharField("tên tệp", max_length=120)
    size = models.PositiveIntegerField("số byte")
    removed_on = models.DateField("bỏ ngày", null=True, blank=True)

    class Meta:
        verbose_name = "tài liệu đính kèm"
        verbose_name_plural = "tài liệu đính kèm"
        ordering = ["pk"]
        triggers = [
            raises_revision(),
            never_deleted(),
            pgtrigger.Protect(
                name="stays_as_added",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("news", "title", "file", "filename", "size"),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(size__gt=0),
                name="newsfile_not_empty",
                violation_error_message="Tệp đính kèm không được rỗng.",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:news-file", args=[self.pk])

    @property
    def kind(self) -> str:
        """What the file is, by its ending: PDF, DOCX …"""
        return self.filename.rpartition(".")[2].upper()
