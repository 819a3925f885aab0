from products.models.certificate import Certificate, Decision
from products.models.collections import Collection, CollectionImage, CollectionItem
from products.models.complaint import Complaint, PublishedComplaint
from products.models.group import ProductGroup
from products.models.imports import ImportMapping, ImportUpload
from products.models.inspection import (
    InspectedProduct,
    Inspection,
    InspectionFile,
    InspectionFinding,
    RevocationBasis,
    WrittenWarning,
)
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
from products.models.search_entry import SearchEntry
from products.models.tally import Tally

__all__ = [
    "Certificate",
    "Collection",
    "CollectionImage",
    "CollectionItem",
    "Complaint",
    "Decision",
    "ExportMarket",
    "ImportMapping",
    "ImportUpload",
    "InspectedProduct",
    "Inspection",
    "InspectionFile",
    "InspectionFinding",
    "Notice",
    "NoticeLine",
    "Packaging",
    "Product",
    "ProductAlias",
    "ProductGroup",
    "ProductImage",
    "ProductMark",
    "PublishedComplaint",
    "RawMaterialArea",
    "RevocationBasis",
    "SalesChannel",
    "SearchEntry",
    "Tally",
    "WrittenWarning",
]
