from django.db import models

from ocop_portal.models import AdministrativeUnit
from products.models.group import ProductGroup


class Tally(models.Model):
    """How many products of one place, set and star have one standing on `day`, as the catalogue counts them.

    Kept by triggers from certificates and products (see `products.tally`); nothing else writes here.
    """

    day = models.DateField("ngày")
    place = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="+", verbose_name="nơi sản xuất"
    )
    group = models.ForeignKey(ProductGroup, models.PROTECT, related_name="+", verbose_name="bộ sản phẩm")
    stars = models.PositiveSmallIntegerField("hạng sao")
    standing = models.CharField("tình trạng", max_length=15)
    products = models.IntegerField("số sản phẩm")

    class Meta:
        verbose_name = "số đếm của danh mục"
        verbose_name_plural = "số đếm của danh mục"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "group", "stars", "standing"],
                name="tally_cell_once",
                violation_error_message="Ô đếm này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.products} sản phẩm {self.stars} sao"
