"""News and announcements of the office, with what is attached to them."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.revision import raises_revision
from ocop_portal.uploads import private_path, private_storage


class NewsQuerySet(models.QuerySet["News"]):
    def in_public(self) -> Self:
        """What an address answers for: published, also where it was withdrawn since."""
        return self.filter(published_on__isnull=False)

    def standing(self) -> Self:
        """What is published and was not withdrawn."""
        return self.in_public().filter(withdrawn_on__isnull=True)

    def latest_first(self) -> Self:
        return self.order_by("-day", "-pk")

    def with_files(self) -> Self:
        """With the attachments that were not taken back, as `item.files.all()`."""
        return self.prefetch_related(Prefetch("files", NewsFile.objects.filter(removed_on__isnull=True)))


@tracked()
class News(models.Model):
    """A piece of news, an announcement or a plan made public by the office.

    A draft until it is published; from then on its address resolves for ever. Withdrawn, it says so with the reason
    and shows nothing else. Nothing is deleted.
    """

    class Kind(models.TextChoices):
        """Stored: values outlive code and are never renamed."""

        NEWS = "news", "tin tức"
        NOTICE = "notice", "thông báo"
        PLAN = "plan", "kế hoạch"

    kind = models.CharField("loại", max_length=10, choices=Kind)
    title = models.CharField("tiêu đề", max_length=200)
    slug = models.SlugField("tên trong địa chỉ", max_length=90)
    day = models.DateField("ngày của tin")
    summary = models.CharField("tóm tắt", max_length=400)
    text = models.TextField("nội dung", blank=True)
    published_on = models.DateField("đăng ngày", null=True, blank=True)
    withdrawn_on = models.DateField("gỡ ngày", null=True, blank=True)
    withdrawn_reason = models.CharField("lý do gỡ", max_length=300, blank=True)
    made_up = models.BooleanField("dữ liệu minh họa", default=False)

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
            never_deleted(),
            pgtrigger.Protect(
                name="address_stays", operation=pgtrigger.Update, condition=pgtrigger.AnyChange("slug")
            ),
            pgtrigger.Protect(
                name="never_unpublished",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_on__isnull=False, old__published_on__df=pgtrigger.F("new__published_on")
                ),
            ),
            pgtrigger.Protect(
                name="withdrawn_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_on__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                name="news_address_once",
                violation_error_message="Đã có tin khác ở địa chỉ này.",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | ~Q(text__regex=r"^\s*$"),
                name="news_published_says_something",
                violation_error_message="Tin đăng lên phải có nội dung.",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | Q(published_on__gte=F("day")),
                name="news_published_when_dated",
                violation_error_message="Chưa đăng được: ngày của tin còn ở phía trước.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(published_on__isnull=False, withdrawn_on__gte=F("published_on")),
                name="news_withdrawn_after_published",
                violation_error_message="Chỉ gỡ được tin đã đăng, từ ngày đăng trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason__regex=r"^\s*$"),
                name="news_withdrawn_with_reason",
                violation_error_message="Gỡ tin thì phải ghi lý do, và ngược lại.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:news-item", args=[self.slug])

    @property
    def state(self) -> str:
        """In words: bản nháp, đang đăng, đã gỡ."""
        if self.withdrawn_on:
            return "đã gỡ"
        return "đang đăng" if self.published_on else "bản nháp"

    @property
    def is_draft(self) -> bool:
        return self.published_on is None

    @property
    def is_standing(self) -> bool:
        return self.published_on is not None and self.withdrawn_on is None


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
