"""Writes on the photos of events."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ocop_portal.history import acting
from ocop_portal.images import Photo
from producers.models import Promotion, PromotionImage

MOST_PHOTOS = 12


@transaction.atomic
def add_event_photo(*, promotion: Promotion, photo: Photo, alt: str, by: Any) -> PromotionImage:
    """Keep the renditions of an accepted photo and show it last. Raises ValidationError."""
    promotion = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
    if promotion.cancelled_reason:
        raise ValidationError("Sự kiện đã hủy nên không nhận ảnh.")
    last = promotion.images.last()
    if (count := promotion.images.count()) >= MOST_PHOTOS:
        raise ValidationError(f"Sự kiện đã có {count} ảnh. Hãy bỏ bớt một ảnh trước.")
    renditions = photo.renditions
    largest = max(renditions, key=lambda r: r.width)
    image = PromotionImage(
        promotion=promotion,
        alt=alt,
        position=last.position + 1 if last else 0,
        width=largest.width,
        height=largest.height,
        widths=sorted({r.width for r in renditions}),
    )
    image.full_clean()
    with acting("add_photo", by=by):
        image.save()
    for rendition in renditions:
        default_storage.save(image.path(rendition.width, rendition.format), ContentFile(rendition.bytes))
    return image


@transaction.atomic
def remove_event_photo(*, image: PromotionImage, by: Any) -> None:
    """Stop showing a photo; its files go once that is committed."""
    paths = [image.path(width, fmt) for width in image.widths for fmt in PromotionImage.FORMATS]
    with acting("remove_photo", by=by):
        image.delete()
    transaction.on_commit(lambda: _delete_files(paths))


def _delete_files(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)
