"""Collections of products that editors put together for the public: gifts, tea, what goes with the season."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ocop_portal.history import tracked
from ocop_portal.languages import in_english
from ocop_portal.models.photo import PhotoRecord
from ocop_portal.models.publication import (
    Publication,
    PublicationQuerySet,
    publication_constraints,
    publication_triggers,
)
from ocop_portal.revision import raises_revision
from products.models.product import Product


class CollectionQuerySet(PublicationQuerySet):
    def latest_first(self) -> Self:
        return self.order_by("-published_on", "-pk")

    def with_cover(self) -> Self:
        """With the photo chosen for it, as `collection.cover`. One query more."""
        return self.prefetch_related("covers")


@tracked()
class Collection(Publication):
    """Products that belong together for a reader, in an order chosen by an editor, each with a line that says why.

    Which of its products the public sees is no part of it: only those whose star stands on the day.
    """

    title = models.CharField("tên bộ sưu tập", max_length=120)
    title_en = models.CharField("tên tiếng Anh", max_length=120, blank=True)
    introduction = models.TextField("lời giới thiệu", max_length=1500, blank=True)
    introduction_en = models.TextField("lời giới thiệu tiếng Anh", max_length=1500, blank=True)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ sưu tập"
        verbose_name_plural = "bộ sưu tập"
        ordering = ["-published_on", "-pk"]
        triggers = [
            raises_revision(),
            pgtrigger.Protect(
                name="address_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__published_on__isnull=False, old__slug__df=pgtrigger.F("new__slug")
                ),
            ),
            *publication_triggers(),
        ]
        constraints = publication_constraints(
            "collection", "bộ sưu tập", says=("introduction", "lời giới thiệu")
        )

    def get_absolute_url(self) -> str:
        return reverse("products:collection", args=[self.slug])

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
