"""Writes on the photos of events."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.images import Photo
from ocop_portal.photos import drop_photo, keep_photo
from producers.models import Promotion, PromotionImage

MOST_PHOTOS = 12


@transaction.atomic
def add_event_photo(*, promotion: Promotion, photo: Photo, alt: str, by: Any) -> PromotionImage:
    """Keep the renditions of an accepted photo and show it last. Raises ValidationError."""
    promotion = Promotion.objects.select_for_update(of=("self",)).get(pk=promotion.pk)
    if promotion.cancelled_reason:
        raise ValidationError("Sự kiện đã hủy nên không nhận ảnh.")
    if (count := promotion.images.count()) >= MOST_PHOTOS:
        raise ValidationError(f"Sự kiện đã có {count} ảnh. Hãy bỏ bớt một ảnh trước.")
    return keep_photo(PromotionImage(promotion=promotion, alt=alt), photo, after=promotion.images, by=by)


@transaction.atomic
def remove_event_photo(*, image: PromotionImage, by: Any) -> None:
    """Stop showing a photo; its files go once that is committed."""
    drop_photo(image, by=by)
