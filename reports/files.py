"""Files that are sent to be kept: downloads that no browser interprets or stores."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from ocop_portal.folding import fold


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    """The content as a download of the given media type, under a plain name made of `name`."""
    stem, _, ending = name.rpartition(".")
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(fold(stem))[:100]}.{ending}"),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
