"""For each constraint of collections, a write that only it refuses."""

from datetime import date

from products.models import Collection, CollectionImage
from tests.products.collection_rows import CollectionFactory, covered, put

DAY = date(2026, 8, 1)


def twice():
    collection = CollectionFactory()
    product = put(collection).product
    put(collection, product)


def two_covers():
    collection = CollectionFactory()
    return [covered(collection), covered(collection)]


def no_rendition():
    return CollectionImage.objects.create(
        collection=CollectionFactory(), alt="Hộp trà", width=1, height=1, widths=[]
    )


CASES = {
    "collection_address_once": lambda: [CollectionFactory(slug="tra"), CollectionFactory(slug="tra")],
    "collection_published_says_something": lambda: CollectionFactory(introduction=" \n"),
    "collection_withdrawn_after_published": lambda: CollectionFactory(
        withdrawn_on=date(2026, 7, 31), withdrawn_reason="Hết mùa"
    ),
    "collection_withdrawn_with_reason": lambda: CollectionFactory(withdrawn_on=DAY, withdrawn_reason=" "),
    "collectionitem_once": twice,
    "collectionitem_counted_from_one": lambda: put(CollectionFactory(), position=0),
    "collectionitem_says_why": lambda: put(CollectionFactory(), line="  "),
    "collectionimage_one_cover": two_covers,
    "collectionimage_has_rendition": no_rendition,
}
NEVER_DELETED = {Collection: CollectionFactory}
