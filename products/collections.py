"""What the public sees of collections on a day: of their products those whose star may be used, in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F

from ocop_portal.languages import in_english
from products.catalogue import Line, card
from products.models import Certificate, Collection, CollectionImage, Product, ProductImage

ON_HOME = 3


@dataclass(frozen=True)
class Collected:
    """A product of a collection: its card in the catalogue, and the editor's line."""

    card: Line
    note: str
    note_is_english: bool
    photo: ProductImage | None
    certificate: Certificate


@dataclass(frozen=True)
class Shown:
    """A collection as the public sees it on the day."""

    collection: Collection
    items: Sequence[Collected]

    @property
    def title(self) -> str:
        return self.collection.english_title or self.collection.title

    @property
    def title_is_vietnamese(self) -> bool:
        """Whether its title is to be marked as Vietnamese on this page."""
        return in_english() and not self.collection.title_en

    @property
    def introduction(self) -> str:
        return self.collection.english_introduction or self.collection.introduction

    @property
    def introduction_is_vietnamese(self) -> bool:
        return in_english() and not self.collection.introduction_en

    @property
    def picture(self) -> CollectionImage | ProductImage | None:
        """Its cover; where none was chosen, the first photo of its products."""
        return self.collection.cover or next((i.photo for i in self.items if i.photo), None)

    @property
    def picture_shows(self) -> str:
        """The product that the picture is of; empty for a cover."""
        if self.collection.cover:
            return ""
        return next((i.card.name for i in self.items if i.photo), "")

    @property
    def drawings(self) -> list[str]:
        """Codes of the product sets it holds, at most four: drawn where there is no photo at all."""
        return list(dict.fromkeys(item.card.group_code for item in self.items))[:4]


def shown(collections: Iterable[Collection], day: date) -> list[Shown]:
    """Each with the products that stand on the day, in order. Two queries for all of them, given `with_cover()`."""
    collections = list(collections)
    items: dict[int, list[Collected]] = {c.pk: [] for c in collections}
    if items:
        for certificate in _standing_in(items, day):
            items[certificate.collection].append(_collected(certificate, day))
    return [Shown(collection, items[collection.pk]) for collection in collections]


def _standing_in(collections: Iterable[int], day: date) -> Iterable[Any]:
    """Certificates that stand, once for each of the collections their product is in, with the editor's lines."""
    found: Any = Certificate.objects.standing(day)
    item = "product__collection_items"
    found = found.filter(**{f"{item}__collection__in": list(collections)}).annotate(
        collection=F(f"{item}__collection"), line=F(f"{item}__line"), line_en=F(f"{item}__line_en")
    )
    return found.with_product().with_photos().order_by(f"{item}__position", f"{item}__pk")


def _collected(certificate: Any, day: date) -> Collected:
    english = in_english() and bool(certificate.line_en)
    return Collected(
        card=card(certificate, day),
        note=certificate.line_en if english else certificate.line,
        note_is_english=english,
        photo=next(iter(certificate.product.images.all()), None),
        certificate=certificate,
    )


def newest_collections(day: date) -> list[Shown]:
    """What the first page shows: the latest of those that have something to show. Four queries at most."""
    latest = Collection.objects.standing().latest_first().with_cover()[:ON_HOME]
    return [found for found in shown(latest, day) if found.items]


def collections_of(product: Product) -> list[Collection]:
    """The collections in public that hold the product, the latest first. One query."""
    return list(Collection.objects.standing().filter(items__product=product).latest_first())
