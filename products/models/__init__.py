from products.models.certificate import Certificate, Decision
from products.models.group import ProductGroup
from products.models.media import ProductImage
from products.models.notices import Notice, NoticeLine
from products.models.product import (
    ExportMarket,
    Packaging,
    Product,
    ProductAlias,
    ProductMark,
    RawMaterialArea,
    SalesChannel,
)

__all__ = [
    "Certificate",
    "Decision",
    "ExportMarket",
    "Notice",
    "NoticeLine",
    "Packaging",
    "Product",
    "ProductAlias",
    "ProductGroup",
    "ProductImage",
    "ProductMark",
    "RawMaterialArea",
    "SalesChannel",
]
