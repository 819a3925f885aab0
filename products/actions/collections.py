"""Writes on collections: kept, published, withdrawn with a reason; their products, in order; their cover."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal import publishing
from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.images import Photo
from ocop_portal.photos import drop_photo, keep_photo
from products.models import Certificate, Collection, CollectionImage, CollectionItem, Product

MOST_ITEMS = 60
WITHDRAWN = "Bộ sưu tập này đã gỡ nên không sửa được nữa. Hãy lập bộ sưu tập mới."
GONE = "Sản phẩm này không còn trong bộ sưu tập."


@transaction.atomic
def save_collection(*, collection: Collection, by: Any) -> Collection:
    """Add a draft, or keep what was changed of a draft or of a published collection.

    The address is made of the title until the collection is published, and stays from then on. Raises ValidationError
    at the field in fault, or where it was withdrawn meanwhile.
    """
    if collection.pk:
        now = _open(collection)
        collection.published_on, collection.slug = now.published_on, now.slug  # published meanwhile, perhaps
    if not collection.published_on:
        collection.slug = publishing.free_slug(
            Collection, collection.title, otherwise="bo-suu-tap", own=collection.pk
        )
    collection.full_clean()
    with acting("save_collection", by=by), constraints_in_words(Collection):
        collection.save()
    return collection


@transaction.atomic
def publish_collection(*, collection: Collection, by: Any) -> Collection:
    """Make a draft public, for ever.

    Raises ValidationError where it says nothing, the public would see no product in it today, or it is no draft.
    """
    collection = _open(collection)
    standing = Certificate.objects.standing(today())
    if collection.is_draft and not standing.filter(product__collection_items__collection=collection).exists():
        raise ValidationError(
            "Chưa đăng được: bộ sưu tập chưa có sản phẩm nào còn hiệu lực hôm nay, nên người xem sẽ không thấy gì."
        )
    publishing.publish(collection, verb="publish_collection", by=by)
    return collection


@transaction.atomic
def withdraw_collection(*, collection: Collection, reason: str, by: Any) -> Collection:
    """Take a published collection back; its address says why from now on. Raises ValidationError for a draft."""
    collection = _open(collection)
    publishing.withdraw(collection, reason=reason, verb="withdraw_collection", by=by)
    return collection


@transaction.atomic
def add_collection_item(
    *, collection: Collection, product: Product, line: str, line_en: str = "", by: Any
) -> CollectionItem:
    """Put a product at the end of a collection. Raises ValidationError where it is there already, was never

    recognised, or the collection is full or withdrawn.
    """
    collection = _open(collection)
    if not product.certificates.exists():
        raise ValidationError(
            f"“{product}” chưa có giấy chứng nhận nào nên không đưa vào bộ sưu tập được: "
            "bộ sưu tập chỉ giới thiệu sản phẩm đã được công nhận."
        )
    held = list(collection.items.values_list("position", flat=True))
    if len(held) >= MOST_ITEMS:
        raise ValidationError(f"Mỗi bộ sưu tập có tối đa {MOST_ITEMS} sản phẩm.")
    item = CollectionItem(collection=collection, product=product, position=max(held, default=0) + 1)
    item.line, item.line_en = _one_line(line), _one_line(line_en)
    item.full_clean()
    with acting("add_collection_item", by=by), constraints_in_words(CollectionItem):
        item.save()
    return item


@transaction.atomic
def save_collection_item(
    *, item: CollectionItem, line: str, line_en: str, place: int, by: Any
) -> CollectionItem:
    """Change the lines of a product in a collection, and its place. Raises ValidationError."""
    items = _items(item)
    item = _of(items, item)
    item.line, item.line_en = _one_line(line), _one_line(line_en)
    item.full_clean()
    with acting("save_collection_item", by=by), constraints_in_words(CollectionItem):
        item.save()
        _put(items, item, place)
    return item


@transaction.atomic
def move_collection_item(*, item: CollectionItem, place: int, by: Any) -> CollectionItem:
    """Put a product at a place of its collection, counted from 1; beyond the end, it comes last.

    Asked for twice it is the same place, so nothing moves again. Raises ValidationError.
    """
    items = _items(item)
    item = _of(items, item)
    with acting("move_collection_item", by=by):
        _put(items, item, place)
    return item


@transaction.atomic
def remove_collection_item(*, item: CollectionItem, by: Any) -> Collection:
    """Take a product out. Raises ValidationError where it was taken out before."""
    item = _of(_items(item), item)
    collection = item.collection
    with acting("remove_collection_item", by=by):
        item.delete()
    return collection


@transaction.atomic
def set_cover(*, collection: Collection, photo: Photo, alt: str, by: Any) -> CollectionImage:
    """Keep an accepted photo as the cover, in place of the one before. Raises ValidationError."""
    collection = _open(collection)
    for before in collection.covers.all():
        drop_photo(before, by=by)
    return keep_photo(
        CollectionImage(collection=collection, alt=alt), photo, after=collection.covers.all(), by=by
    )


@transaction.atomic
def remove_cover(*, image: CollectionImage, by: Any) -> None:
    """Stop showing the cover: a product's picture stands in its place. Raises ValidationError."""
    _open(image.collection)
    drop_photo(image, by=by)


def _open(collection: Collection) -> Collection:
    return publishing.held(collection, WITHDRAWN)


def _items(item: CollectionItem) -> list[CollectionItem]:
    """The items of the collection as they are now, in order, held with it."""
    collection = _open(item.collection)
    return list(collection.items.select_related("collection", "product").order_by("position", "pk"))


def _of(items: list[CollectionItem], item: CollectionItem) -> CollectionItem:
    """The item among them. Raises ValidationError where it was taken out meanwhile."""
    found = next((i for i in items if i.pk == item.pk), None)
    if found is None:
        raise ValidationError(GONE)
    return found


def _put(items: list[CollectionItem], item: CollectionItem, place: int) -> None:
    """Put the item at a place counted from 1, and write what moved; nothing where it stands there already."""
    before = list(items)
    items.remove(item)
    items.insert(max(place, 1) - 1, item)
    if items == before:
        return
    for n, moved in enumerate(items, 1):
        if moved.position != n:
            moved.position = n
            moved.save(update_fields=["position"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
