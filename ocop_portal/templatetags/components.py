"""Small rendering helpers of the component templates: icons, stars, tones, navigation."""

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext, pgettext_lazy

from ocop_portal import forms
from ocop_portal.languages import in_english, name_in_sentence
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Permission, has_permission

register = template.Library()

MOST_STARS = 5

# status -> (tone, icon). The words are the caller's; colour and icon only repeat them.
STATUS_LOOK = {
    "in_force": ("good", "shield-check"),
    "expiring": ("warn", "clock"),
    "extended": ("info", "refresh"),
    "expired": ("bad", "calendar"),
    "revoked": ("bad", "shield-x"),
    "replaced": ("quiet", "history"),
    "not_yet_valid": ("info", "calendar"),
    "none": ("quiet", "info"),
}
TONE_ICONS = {
    "good": "shield-check",
    "success": "check",
    "info": "info",
    "warn": "alert",
    "bad": "shield-x",
    "danger": "alert",
    "unknown": "shield-question",
    "quiet": "info",
    "ending": "clock",
}
# What callers may say -> the CSS class that carries the colours.
TONES = {
    "success": "good",
    "danger": "bad",
    "error": "bad",
    "warning": "warn",
    "unknown": "quiet",
    "muted": "quiet",
    "ending": "warn",
}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A decorative icon of the sprite; the words beside it carry the meaning. `size`: "" or "large"."""
    return _icon(static("icons/sprite.svg"), name, f"icon icon--{size}" if size else "icon")


@lru_cache(1_000)
def _icon(sprite: str, name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        sprite,
        name,
    )


@register.simple_tag
def star_row(count: int | None) -> SafeString:
    """Five decorative stars, `count` of them full."""
    return _star_row(static("icons/sprite.svg"), count or 0)


@lru_cache(100)
def _star_row(sprite: str, full: int) -> SafeString:
    stars = format_html_join(
        "",
        '<svg class="icon{}" focusable="false"><use href="{}#{}"></use></svg>',
        (
            ("", sprite, "star-full") if place <= full else (" off", sprite, "star")
            for place in range(1, MOST_STARS + 1)
        ),
    )
    return format_html('<span class="stars__row" aria-hidden="true">{}</span>', stars)


# A page of the catalogue says these hundreds of times, and {% blocktranslate count %} costs forty times a filter.
@register.filter
def stars_word(count: int) -> str:
    """Stars in words: `3 sao`, `3 stars`."""
    return ngettext("{n} sao", "{n} sao", count).format(n=count)


@register.filter
def products_word(count: int) -> str:
    """What is counted, after its number: `sản phẩm`, `product`, `products`."""
    return ngettext("sản phẩm", "sản phẩm", count)


@register.filter
def may(user: Any, permission: str) -> bool:
    """Whether the user's role carries the permission: `{% if user|may:"product_edit" %}`."""
    return has_permission(user, Permission(permission))


@register.filter
def unit_label(unit: AdministrativeUnit) -> str:
    """A unit as the desk writes it, told apart from its namesakes in time."""
    return forms.unit_label(unit)


@register.filter
def thousands(value: Any) -> Any:
    """A number as it is written here: 15.888 and 1.192,5. What is no number is left as it is."""
    if (
        type(value) is int and 0 <= value < 1000
    ):  # no locale parts these; a page of the catalogue has hundreds
        return str(value)
    exact = isinstance(value, int | Decimal)
    return number_format(value, use_l10n=True, force_grouping=True) if exact else value


@register.filter
def tel(phone: str) -> str:
    """A telephone number as a link dials it: `02093123456` for `0209 312 3456`."""
    return "".join(c for c in phone if c.isdigit() or c == "+")


@register.filter
def tone(value: str) -> str:
    """CSS class of a tone named by a caller (info, warn, danger, …) or of a message's level tag."""
    return f"tone-{TONES.get(value, value)}"


@register.filter
def tone_icon(value: str) -> str:
    """Icon that goes with a tone."""
    return TONE_ICONS.get(value, TONE_ICONS.get(TONES.get(value, ""), "info"))


@register.filter
def status_class(status: str) -> str:
    """CSS class of a certificate's standing; an unknown standing looks like none."""
    return f"tone-{STATUS_LOOK.get(status, STATUS_LOOK['none'])[0]}"


@register.filter
def status_icon(status: str) -> str:
    """Icon of a certificate's standing."""
    return STATUS_LOOK.get(status, STATUS_LOOK["none"])[1]


@register.filter
def first_id(field: BoundField) -> str:
    """Id of the first control of a field, where an error link must land."""
    subwidgets = field.subwidgets
    return (subwidgets[0].id_for_label if subwidgets else "") or field.auto_id or ""


@register.filter
def lower_first(text: str) -> str:
    """Inside a sentence: `mới công nhận trước` for `Mới công nhận trước`."""
    return text[:1].lower() + text[1:]


@register.filter
def unit_name(name: str) -> str:
    """A unit's name inside a sentence: `huyện Na Rì`; an English sentence keeps `Huyện Na Rì`."""
    return name_in_sentence(name)


@register.filter
def row_name(form: BaseForm) -> str:
    """What a row of a table is called: `Dòng 3`; empty for a form that is no row."""
    return getattr(form, "row_name", "")


@register.filter
def has_errors(forms: list[BaseForm] | None) -> bool:
    """Whether any of the forms carries an error."""
    return any(form.errors for form in forms or ())


def nav_state(name: str, current: str, others: tuple[str, ...]) -> str:
    """Value of aria-current for the link `name` on the page `current`: "page", "true" (a page below it) or ""."""
    if current == name:
        return "page"
    same_section = ":" in name and current.partition(":")[0] == name.partition(":")[0]
    return "true" if same_section and name.endswith(":list") and current not in others else ""


MAIN_NAV = (
    ("products:list", pgettext_lazy("menu", "Sản phẩm")),
    ("producers:list", pgettext_lazy("menu", "Chủ thể")),
    ("products:check", pgettext_lazy("menu", "Tra cứu giấy chứng nhận")),
    ("ratings:self-assessment", pgettext_lazy("menu", "Tự đánh giá")),
    ("reports:statistics", pgettext_lazy("menu", "Thống kê")),
)
# Pages that share a namespace with an entry and are not below it; they are reached from the foot of every page.
BESIDE_NAV = (
    "products:certificate",
    "producers:points-of-sale",
    "producers:point-of-sale",
    "producers:events",
    "producers:event",
    "producers:gallery",
)


VIETNAMESE_ONLY = {"ratings:self-assessment"}
"""Entries whose pages are not translated; the English label says so."""


@register.simple_tag(takes_context=True)
def main_nav(context: dict[str, Any]) -> SafeString:
    """List items of the main navigation, the current one marked."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    current = match.view_name if match else ""
    others = (*(name for name, _ in MAIN_NAV), *BESIDE_NAV)
    rows = []
    for name, label in MAIN_NAV:
        state = nav_state(name, current, others)
        marked = format_html(' aria-current="{}"', state) if state else mark_safe("")
        if name in VIETNAMESE_ONLY and in_english():
            marked += mark_safe(' hreflang="vi"')
        rows.append((reverse(name), marked, _shortened(str(label))))
    return format_html_join("", '<li><a href="{}"{}>{}</a></li>', rows)


def _shortened(label: str) -> SafeString | str:
    """A long label's first words, and the rest, which a narrow screen leaves to those who listen.

    The first words end at a bar where a translation sets one, else they are two.
    """
    short, bar, more = label.partition("|")
    words = label.split()
    if not bar:
        if len(words) <= 3:
            return label
        short, more = " ".join(words[:2]), " " + " ".join(words[2:])
    return format_html('<span>{}<span class="main-nav__more">{}</span></span>', short, more)
