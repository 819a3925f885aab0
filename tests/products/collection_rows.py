"""Collections as tests need them."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from products.models import Collection, CollectionImage, CollectionItem
from tests.factories import CertificateFactory


class CollectionFactory(DjangoModelFactory):
    """Published, without products."""

    class Meta:
        model = Collection

    class Params:
        draft = factory.Trait(published_on=None)

    title = "Quà Tết vùng hồ"
    slug = factory.Sequence(lambda n: f"qua-tet-{n}")
    introduction = "Chọn cho người đi xa.\n\nGọn, dễ mang."
    published_on = date(2026, 8, 1)


def put(collection, product=None, **fields):
    """A product at the end of the collection, by default a new one whose star stands."""
    product = product or CertificateFactory().product
    place = collection.items.count() + 1
    given = {"line": "Sợi dai, không phẩm màu.", "position": place} | fields
    return CollectionItem.objects.create(collection=collection, product=product, **given)


def collection_of(*products, **fields):
    """A new published collection of the products."""
    collection = CollectionFactory(**fields)
    for product in products:
        put(collection, product)
    return collection


def covered(collection):
    """A cover on record; its files are not there."""
    return CollectionImage.objects.create(
        collection=collection, alt="Hộp trà trên bàn", width=1280, height=960, widths=[320, 1280]
    )
