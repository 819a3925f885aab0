"""Files that the desk hands out."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from ocop_portal.folding import fold


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A download that no browser interprets or keeps, under a plain name."""
    stem, _, ending = name.rpartition(".")
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(fold(stem))}.{ending}"),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
