"""Product photos: renditions made at upload, under names that never change."""

import re
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from products.models import ProductImage

_NAME = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(\d{2,5})\.(avif|webp|jpeg)")
_YEAR = 365 * 24 * 60 * 60


@require_safe
@login_not_required
def photo(request: HttpRequest, name: str) -> FileResponse:
    """One rendition of a photo that the register still shows. 404 for anything else."""
    return rendition(ProductImage.objects.all(), name)


def rendition(images: QuerySet[Any], name: str) -> FileResponse:
    """The file of a rendition of one of the images, `<key>-<width>.<format>`; kept by browsers, as it never changes.

    Raises Http404.
    """
    match = _NAME.fullmatch(name)
    image = images.filter(key=match[1]).first() if match else None
    if match is None or image is None or int(match[2]) not in image.widths:
        raise Http404("Không có ảnh này.")
    path = image.path(int(match[2]), match[3])
    if not default_storage.exists(path):
        raise Http404("Tệp ảnh không còn.")
    response = FileResponse(default_storage.open(path), content_type=f"image/{match[3]}")
    response["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
