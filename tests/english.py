"""What the tests of the English pages need: the catalogue as written, and an ear for Vietnamese in a page."""

import json
import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings

from ocop_portal.models import AdministrativeUnit
from producers.models import PointOfSale, Producer, Promotion
from products.models import Decision, Product, ProductMark

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES"


class Message:
    """An entry of a .po: its flags, what it says in Vietnamese (one or two forms) and in English."""

    def __init__(self, block: str) -> None:
        self.obsolete = block.lstrip().startswith("#~")
        self.flags = re.findall(r"^#, (.*)$", block, re.M)
        said = re.findall(r'^(msg\w+)(?:\[\d\])? ((?:".*"\n?)+)', block, re.M)
        told = [(kind, "".join(json.loads(line) for line in text.splitlines())) for kind, text in said]
        self.context = "".join(text for kind, text in told if kind == "msgctxt")
        self.vietnamese = [text for kind, text in told if kind in ("msgid", "msgid_plural")]
        self.english = [text for kind, text in told if kind == "msgstr"]

    @property
    def key(self) -> str:
        """As the compiled catalogue knows it."""
        return f"{self.context}\x04{self.vietnamese[0]}" if self.context else self.vietnamese[0]

    def __str__(self) -> str:
        return self.vietnamese[0]


def messages(text: str) -> dict[str, Message]:
    """The entries of a .po by key, without its header."""
    found = [Message(block) for block in text.split("\n\n") if "msgid" in block]
    return {m.key: m for m in found if m.vietnamese and (m.obsolete or m.vietnamese[0])}


SPOKEN = {"alt", "title", "aria-label", "placeholder", "label"}
"""Attributes that are read out or shown."""
VOID = {"meta", "link", "img", "input", "br", "hr", "source", "use", "path", "rect", "line", "circle"}
LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
MARKS = re.compile(f"[{LETTERS}{LETTERS.upper()}]")
"""Letters that English does not have."""
PLAIN = re.compile(r"\b(?:sao|xem|trang|theo|cho|sau|danh|quy|không)\b", re.I)
"""Words of our pages that carry no mark, so that a sentence of such words alone does not slip through."""


class Page(HTMLParser):
    """The pieces of a page that are said in its own language: texts and spoken attributes outside `lang="vi"`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._inside: list[tuple[str, bool]] = []
        self.feed(html)

    @property
    def _foreign(self) -> bool:
        return any(foreign for _, foreign in self._inside)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = given.get("lang") == "vi" or tag in ("script", "style")
        if tag == "a":
            self.links.append(given.get("href", ""))
        if not (self._foreign or foreign):
            self.said += [given[name] for name in SPOKEN & given.keys()]
            if tag == "meta" and given.get("name") == "description":
                self.said.append(given["content"])
        if tag not in VOID:
            self._inside.append((tag, foreign))

    def handle_endtag(self, tag: str) -> None:
        while self._inside and tag in [t for t, _ in self._inside]:
            if self._inside.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._foreign:
            self.said.append(data)


class Ear:
    """Hears Vietnamese in English pages. Names of the register's records and of the office stay as they are."""

    def __init__(self) -> None:
        names = sorted({n for n in _names() if MARKS.search(n) or PLAIN.search(n)}, key=len, reverse=True)
        self._name = re.compile("|".join(map(re.escape, names)))
        self._known: dict[str, bool] = {}

    def hears(self, page: Page) -> list[str]:
        """What a page says in Vietnamese without `lang="vi"`, names left out."""
        return [" ".join(text.split()) for text in page.said if self._is_vietnamese(text)]

    def _is_vietnamese(self, text: str) -> bool:
        if text not in self._known:
            rest = self._name.sub(" ", unicodedata.normalize("NFC", text))
            self._known[text] = bool(MARKS.search(rest) or PLAIN.search(rest))
        return self._known[text]


def _names() -> Iterator[str]:
    yield from (str(value) for value in settings.SITE.values() if value)
    yield "Kết nối OCOP"  # the ministry's portal
    yield "Số …/GCN"  # as it is printed on the certificate
    for unit in AdministrativeUnit.objects.all():
        yield from (unit.name, unit.short_name)
    for model in (Product, Producer, PointOfSale, Promotion, ProductMark):
        yield from model.objects.values_list("name", flat=True)
    yield from PointOfSale.objects.values_list("address", flat=True)
    yield from Decision.objects.values_list("issuer", flat=True)
    yield from (number for number in Decision.objects.values_list("number", flat=True) if number)
