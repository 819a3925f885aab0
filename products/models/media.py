from django.db import models

from ocop_portal.history import tracked
from ocop_portal.models.photo import PhotoRecord
from ocop_portal.revision import records_change
from products.models.product import Product


@tracked()
class ProductImage(PhotoRecord):
    """A photo of the product."""

    FOLDER = "products"

    product = models.ForeignKey(
        Product,
        models.CASCADE,  # a part of the product's description
        related_name="images",
        verbose_name="sản phẩm",
    )

    class Meta(PhotoRecord.Meta):
        verbose_name = "ảnh sản phẩm"
        verbose_name_plural = "ảnh sản phẩm"
        triggers = [*records_change(("product", "product_id"))]
