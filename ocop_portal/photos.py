"""Photos on record: their files kept and taken away, and the form that every desk asks for them by."""

from typing import Any, TypeVar

from django import forms
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ocop_portal.forms import OnceForm
from ocop_portal.history import acting
from ocop_portal.images import Photo, PhotoField
from ocop_portal.models.photo import PhotoRecord

Record = TypeVar("Record", bound=PhotoRecord)


def keep_photo(image: Record, photo: Photo, *, after: Any, by: Any) -> Record:
    """Save the record of an accepted photo with its renditions, to be shown last of `after`, the photos there are.

    Raises ValidationError. Runs in the caller's transaction.
    """
    renditions = photo.renditions
    largest = max(renditions, key=lambda r: r.width)
    last = after.last()
    image.position = last.position + 1 if last else 0
    image.width, image.height = largest.width, largest.height
    image.widths = sorted({r.width for r in renditions})
    image.full_clean()
    with acting("add_photo", by=by):
        image.save()
    for rendition in renditions:
        default_storage.save(image.path(rendition.width, rendition.format), ContentFile(rendition.bytes))
    return image


def drop_photo(image: PhotoRecord, *, by: Any) -> None:
    """Stop showing a photo; its files go once that is committed. Runs in the caller's transaction."""
    paths = image.paths
    with acting("remove_photo", by=by):
        image.delete()
    transaction.on_commit(lambda: _delete(paths))


def _delete(paths: list[str]) -> None:
    for path in paths:
        default_storage.delete(path)


class PhotoForm(OnceForm):
    """A photo with the words for who cannot see it; a subclass gives an example of them."""

    example = ""

    photo = PhotoField(label="Ảnh", help_text="JPEG, PNG hoặc WebP, tối đa 10 MB và 40 triệu điểm ảnh.")
    alt = forms.CharField(label="Mô tả ảnh", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alt"].help_text = f"Người không thấy ảnh sẽ nghe câu này, ví dụ: {self.example}."
