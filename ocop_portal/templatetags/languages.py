"""What a page says of its language: the way to the other one, and where both stand for search engines."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ocop_portal.languages import ENGLISH, VIETNAMESE, address, in_english, other_address
from ocop_portal.links import absolute
from ocop_portal.pages import normal_query

register = template.Library()

NAMES = {VIETNAMESE: "Tiếng Việt", ENGLISH: "English"}
"""Each language by its own name: whoever needs the link reads that language."""


def _other() -> str:
    return VIETNAMESE if in_english() else ENGLISH


@register.simple_tag(takes_context=True)
def language_switch(context: dict[str, Any], short: bool = False) -> SafeString:
    """The link to this page in the other language, parameters kept; nothing where there is none.

    `short`: a phone shows the language's code alone, which begins the name that is read out.
    """
    request = context.get("request")
    there = other_address(request) if request else ""
    if not there:
        return mark_safe("")
    other = _other()
    name = NAMES[other]
    shown = (
        format_html(
            '<span class="wide-only">{}</span><span class="narrow-only">{}</span>', name, other.upper()
        )
        if short
        else name
    )
    return format_html(
        '<a class="language" href="{}" hreflang="{other}" lang="{other}" aria-label="{name}">{shown}</a>',
        there,
        other=other,
        name=name,
        shown=shown,
    )


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> SafeString:
    """`<link rel="alternate">` for both languages, the Vietnamese page standing for all others as well."""
    request = context.get("request")
    try:
        query = normal_query(request.META.get("QUERY_STRING", "")) if request else ""
    except ValueError:
        return mark_safe("")
    there = other_address(request, query=query) if request else ""
    if not there:
        return mark_safe("")
    here = address(request.path_info, query)
    vietnamese, english = (there, here) if in_english() else (here, there)
    links = ((VIETNAMESE, vietnamese), (ENGLISH, english), ("x-default", vietnamese))
    return format_html_join(
        "\n  ",
        '<link rel="alternate" hreflang="{}" href="{}">',
        ((language, absolute(request, path)) for language, path in links),
    )
