from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from ocop_portal.models import AdministrativeUnit
from products.models.certificate import Certificate
from products.models.group import ProductGroup
from products.models.product import Product
from products.querysets import SearchEntryQuerySet


class SearchEntry(models.Model):
    """What a search reads of a product: its words, and the certificate that none has followed, if it has one.

    Kept by triggers from products and certificates (see `products.search_entries`); nothing else writes here.
    """

    # Keys that triggers copy from rows that are never deleted: to look each up again would only slow every write down.
    product = models.OneToOneField(
        Product,
        models.PROTECT,
        primary_key=True,
        related_name="search_entry",
        verbose_name="sản phẩm",
        db_constraint=False,
    )
    certificate = models.ForeignKey(
        Certificate,
        models.PROTECT,
        related_name="+",
        verbose_name="giấy chứng nhận mới nhất",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    place = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="+",
        verbose_name="nơi sản xuất",
        db_index=False,
        db_constraint=False,
    )
    group = models.ForeignKey(
        ProductGroup,
        models.PROTECT,
        related_name="+",
        verbose_name="bộ sản phẩm",
        db_index=False,
        db_constraint=False,
    )
    valid_from = models.DateField("có giá trị từ ngày", null=True)
    valid_to = models.DateField("đến hết ngày", null=True)
    extended_to = models.DateField("gia hạn đến hết ngày", null=True)
    revoked_on = models.DateField("thu hồi từ ngày", null=True)
    stars = models.PositiveSmallIntegerField("hạng sao", null=True)
    listed_only_while_standing = models.BooleanField("chỉ công bố trong thời gian nguồn ghi nhận")
    name_key = models.TextField("tên để xếp", db_collation="C")
    words = SearchVectorField("từ để tìm")

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "mục tra cứu"
        verbose_name_plural = "mục tra cứu"
        indexes = [GinIndex(fields=["words"], name="search_entry_words", fastupdate=False)]

    def __str__(self) -> str:
        return f"Mục tra cứu của sản phẩm số {self.pk}"
