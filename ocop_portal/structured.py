"""schema.org data in a page, for machines: JSON-LD in a script element, which no browser runs.

The content policy stays as it is: it speaks of scripts that are executed, and a data block never is.
"""

import json
from collections.abc import Sequence
from html import unescape
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe

from ocop_portal.links import absolute

# What could end the element or open another inside it, as escapes that JSON reads back.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def json_ld(*things: dict[str, Any]) -> SafeString:
    """The element with the things as one graph; what is empty is left out."""
    graph = {"@context": "https://schema.org", "@graph": [_filled(thing) for thing in things]}
    text = json.dumps(graph, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text.translate(_ESCAPES)))


def breadcrumbs(request: HttpRequest, trail: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """BreadcrumbList of (name, path) from the first page down to the one shown."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": absolute(request, path)}
            for n, (name, path) in enumerate(trail, 1)
        ],
    }


def plain(text: str) -> str:
    """A text of a page without its marks: what was marked safe is HTML, anything else is as it stands."""
    return " ".join(unescape(strip_tags(text)).split()) if isinstance(text, SafeString) else text


def _filled(value: Any) -> Any:
    """The value with lazy texts made and without what is empty, at any depth."""
    if isinstance(value, dict):
        filled = {key: _filled(item) for key, item in value.items()}
        # A bare type says nothing.
        filled = {key: item for key, item in filled.items() if item not in ("", None, [], {})}
        return filled if set(filled) - {"@type"} else {}
    if isinstance(value, list | tuple):
        return [filled for item in value if (filled := _filled(item)) not in ("", None, [], {})]
    return plain(value) if isinstance(value, str) else value
