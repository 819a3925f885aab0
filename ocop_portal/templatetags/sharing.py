"""How a public page is told to those who link to it: its one address, and the card that a shared link shows."""

import re
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ocop_portal.links import absolute
from ocop_portal.structured import plain

register = template.Library()

CARD_SIZE = ("1200", "630")
LOCALES = {"vi": "vi_VN", "en": "en_GB"}
_ERROR_PAGE = re.compile(r"\d{3}\b|\d{3}_")


@register.simple_tag(takes_context=True)
def sharing(context: Context) -> SafeString:
    """Canonical link, Open Graph and Twitter meta of the page that is being rendered, by its own title and description.

    A view may give `canonical` (a path with its query; by default the path alone), `card` ({"url", "alt"}) and
    `noindex` (true for what searchers should follow but not list). Pages
    behind the sign-in and pages of errors give none of this. A page of another day names no canonical address: it is
    not indexed, and what it says is not what that address says.
    """
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or getattr(match.func, "login_required", True) or _tells_an_error(context):
        return mark_safe("")
    site = settings.SITE
    name = f"{site['name']} {site['province_name']}"
    address = absolute(request, context.get("canonical") or request.path)
    card = context.get("card") or {"url": reverse("products:site-card"), "alt": name}
    title, description = _block(context, "title"), _block(context, "description")
    rows = [
        ("og:type", "website"),
        ("og:site_name", name),
        ("og:locale", LOCALES.get(get_language() or "", "vi_VN")),
        ("og:title", title),
        ("og:description", description),
        ("og:url", address),
        ("og:image", absolute(request, card["url"])),
        ("og:image:type", "image/png"),
        ("og:image:width", CARD_SIZE[0]),
        ("og:image:height", CARD_SIZE[1]),
        ("og:image:alt", card["alt"]),
    ]
    # Title, description and picture are read from the lines above.
    twitter = [("twitter:card", "summary_large_image"), ("twitter:image:alt", card["alt"])]
    robots = '<meta name="robots" content="noindex, follow">\n  ' if context.get("noindex") else ""
    link = format_html('<link rel="canonical" href="{}">\n  ', address) if "as_of" not in request.GET else ""
    return (
        mark_safe(robots + link)
        + format_html_join("\n  ", '<meta property="{}" content="{}">', rows)
        + mark_safe("\n  ")
        + format_html_join("\n  ", '<meta name="{}" content="{}">', twitter)
    )


def _tells_an_error(context: Context) -> bool:
    """Whether the page is 404.html or its like: no address has it."""
    return bool(_ERROR_PAGE.match(str(getattr(context.template, "name", ""))))


def _block(context: Context, name: str) -> str:
    """The text of a block as the page fills it, on one line: said once in the template, used here again."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    return plain(mark_safe(block.render(context))) if block else ""
