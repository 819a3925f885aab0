"""Collections of products that editors put together for the public: gifts, tea, what goes with the season."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.languages import in_english
from ocop_portal.models.photo import PhotoRecord
from ocop_portal.revision import raises_revision
from products.models.product import Product


class CollectionQuerySet(models.QuerySet["Collection"]):
    def in_public(self) -> Self:
        """What an address answers for: published, also where it was withdrawn since."""
        return self.filter(published_on__isnull=False)

    def standing(self) -> Self:
        """What is published and was not withdrawn."""
        return self.in_public().filter(withdrawn_on__isnull=True)

    def latest_first(self) -> Self:
        return self.order_by("-published_on", "-pk")

    def with_cover(self) -> Self:
        """With the photo chosen for it, as `collection.cover`. One query more."""
        return self.prefetch_related("covers")


@tracked()
class Collection(models.Model):
    """Products that belong together for a reader, in an order chosen by an editor, each with a line that says why.

    A draft until it is published; from then on its address resolves for ever. Withdrawn, it says so with the reason
    and shows nothing else. It is never deleted. Which of its products the public sees is no part of it: only those
    whose star stands on the day.
    """

    title = models.CharField("tên bộ sưu tập", max_length=120)
    title_en = models.CharField("tên tiếng Anh", max_length=120, blank=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=90)
    introduction = models.TextField("lời giới thiệu", max_length=1500, blank=True)
    introduction_en = models.TextField("lời giới thiệu tiếng Anh", max_length=1500, blank=True)
    published_on = models.DateField("đăng ngày", null=True, blank=True)
    withdrawn_on = models.DateField("gỡ ngày", null=True, blank=True)
    withdrawn_reason = models.CharField("lý do gỡ", max_length=300, blank=True)
    made_up = models.BooleanField("dữ liệu minh họa", default=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ sưu tập"
        verbose_name_plural = "bộ sưu tập"
        ordering = ["-published_on", "-pk"]
        triggers = [
            raises_revision(),
            never_deleted(),
            pgtrigger.Protect(
                name="address_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_on__isnull=False, old__slug__df=pgtrigger.F("new__slug")
                ),
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
                name="collection_address_once",
                violation_error_message="Đã có bộ sưu tập khác ở địa chỉ này.",
            ),
            models.CheckConstraint(
                condition=Q(published_on__isnull=True) | ~Q(introduction__regex=r"^\s*$"),
                name="collection_published_says_something",
                violation_error_message="Bộ sưu tập đăng lên phải có lời giới thiệu.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True)
                | Q(published_on__isnull=False, withdrawn_on__gte=F("published_on")),
                name="collection_withdrawn_after_published",
                violation_error_message="Chỉ gỡ được bộ sưu tập đã đăng, từ ngày đăng trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason__regex=r"^\s*$"),
                name="collection_withdrawn_with_reason",
                violation_error_message="Gỡ bộ sưu tập thì phải ghi lý do, và ngược lại.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("products:collection", args=[self.slug])

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

    @property
    def cover(self) -> "CollectionImage | None":
        """The photo chosen for it. No query after `with_cover()`."""
        return next(iter(self.covers.all()), None)

    @property
    def english_title(self) -> str:
        """Its name in English where the page is English and somebody wrote one."""
        return self.title_en if in_english() else ""

    @property
    def english_introduction(self) -> str:
        """As `english_title`."""
        return self.introduction_en if in_english() else ""


@tracked()
class CollectionItem(models.Model):
    """A product in a collection, with the line that says why it is there. `position` orders; it may leave gaps."""

    collection = models.ForeignKey(
        Collection,
        models.CASCADE,  # a part of the collection
        related_name="items",
        verbose_name="bộ sưu tập",
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="collection_items", verbose_name="sản phẩm"
    )
    position = models.PositiveSmallIntegerField("thứ tự")
    line = models.CharField("lời giới thiệu một dòng", max_length=200)
    line_en = models.CharField("lời giới thiệu tiếng Anh", max_length=200, blank=True)

    class Meta:
        verbose_name = "sản phẩm trong bộ sưu tập"
        verbose_name_plural = "sản phẩm trong bộ sưu tập"
        ordering = ["position", "pk"]
        triggers = [raises_revision()]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "product"],
                name="collectionitem_once",
                violation_error_message="Sản phẩm này đã có trong bộ sưu tập.",
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="collectionitem_counted_from_one",
                violation_error_message="Thứ tự của sản phẩm đếm từ 1.",
            ),
            models.CheckConstraint(
                condition=~Q(line__regex=r"^\s*$"),
                name="collectionitem_says_why",
                violation_error_message="Hãy viết một dòng giới thiệu cho sản phẩm.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.product)


@tracked()
class CollectionImage(PhotoRecord):
    """The photo chosen as the cover of a collection."""

    FOLDER = "collections"

    collection = models.ForeignKey(
        Collection,
        models.CASCADE,  # a part of what is told of the collection
        related_name="covers",
        verbose_name="bộ sưu tập",
    )

    class Meta(PhotoRecord.Meta):
        verbose_name = "ảnh bìa bộ sưu tập"
        verbose_name_plural = "ảnh bìa bộ sưu tập"
        triggers = [raises_revision()]
        constraints = [
            *PhotoRecord.Meta.constraints,
            models.UniqueConstraint(
                fields=["collection"],
                name="collectionimage_one_cover",
                violation_error_message="Bộ sưu tập đã có ảnh bìa.",
            ),
        ]
