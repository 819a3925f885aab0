"""The sitemap: every page of the register that stands open today, in files of at most 50 000 addresses.

A file holds a range of keys, so an address stays in its file and no file is counted through to reach the next. A page
that speaks several languages is entered in each, and each entry names the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Case, DateField, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest
from django.db.models.lookups import LessThanOrEqual
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from ocop_portal.links import absolute
from producers.models import PointOfSale, Promotion
from products.models import Certificate, Collection
from products.standing import EXPIRING_DAYS
from reports.models import News

MOST = 50_000
"""The most addresses that a file may hold (sitemaps.org)."""
CHUNK = 2_000  # rows fetched and sent at a time
LAST_KEY = 2**63 - 1

PAGES = (
    "home",
    "products:list",
    "producers:list",
    "products:check",
    "producers:points-of-sale",
    "producers:events",
    "producers:gallery",
    "ratings:self-assessment",
    "reports:statistics",
    "reports:map",
    "reports:open-data",
    "reports:data-dictionary",
    "reports:feeds",
    "reports:news",
    "products:explained",
    "products:collections",
    "api-v1:api-root",
)
"""Pages that are there once."""

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)
_MARK = "000000000000"  # stands for a code or a key while an address is made

Paths = dict[str, str]
"""{language: path} of one page; the register's own language first, and alone where the page has no other."""


def per_file() -> int:
    """Keys in a file: as many as fit with an address in each language."""
    return MOST // len(settings.LANGUAGES)


@dataclass(frozen=True)
class Section:
    """A kind of page: rows as of a day, `key` that numbers them, and the column that `view` takes."""

    view: str
    key: str
    argument: str

    def rows(self, day: date) -> QuerySet[Any]:
        """What has a page on the day."""
        raise NotImplementedError

    def last_change(self, day: date) -> Any:
        """The day, by then, on which what the page tells last changed; null where nobody records it."""
        raise NotImplementedError

    def files(self, day: date) -> list[tuple[int, date | None]]:
        """(number, last change) of each file that is not empty. One query."""
        found = self.rows(day).order_by().annotate(file=F(self.key) / per_file())
        return list(found.values_list("file").annotate(changed=self.last_change(day)).order_by("file"))

    def has_file(self, number: int, day: date) -> bool:
        """Whether the file is there: one that holds nothing is not."""
        return number * per_file() < LAST_KEY and self._of_file(number, day).exists()

    def entries(self, number: int, day: date) -> Iterator[tuple[Paths, date | None]]:
        """(paths, last change) of each page of the file, fetched as they are sent."""
        patterns = paths(self.view, _MARK)
        found = self._of_file(number, day).order_by().values_list(self.argument)
        found = found.annotate(changed=self.last_change(day)).order_by(self.argument)
        for argument, changed in found.iterator(CHUNK):
            yield {lang: path.replace(_MARK, str(argument)) for lang, path in patterns.items()}, changed

    def _of_file(self, number: int, day: date) -> QuerySet[Any]:
        first = number * per_file()
        return self.rows(day).filter(**{f"{self.key}__gte": first, f"{self.key}__lt": first + per_file()})


class Certified(Section):
    """Products of the public register, and their producers."""

    def rows(self, day: date) -> QuerySet[Any]:
        return Certificate.objects.public(day)

    def last_change(self, day: date) -> Any:
        return Max(_changed_on(day))


class Open(Section):
    """Points of sale that are open; nobody records when their page changed."""

    def rows(self, day: date) -> QuerySet[Any]:
        return PointOfSale.objects.open_on(day)

    def last_change(self, day: date) -> Any:
        return Max(Value(None, output_field=DateField()))


class Published(Section):
    """News that stand; a piece is not changed unseen: it is published once, or withdrawn."""

    def rows(self, day: date) -> QuerySet[Any]:
        return News.objects.standing().filter(published_on__lte=day)

    def last_change(self, day: date) -> Any:
        return Max("published_on")


class Collected(Section):
    """Collections in public; what they show changes with the standing of their products, which no day tells."""

    def rows(self, day: date) -> QuerySet[Any]:
        return Collection.objects.standing().filter(published_on__lte=day)

    def last_change(self, day: date) -> Any:
        return Max(Value(None, output_field=DateField()))


class Held(Section):
    """Events that have a page: all but those that were called off and would be over."""

    def rows(self, day: date) -> QuerySet[Any]:
        return Promotion.objects.filter(Q(cancelled_reason="") | Q(ends_on__gte=day))

    def last_change(self, day: date) -> Any:
        return Max(Value(None, output_field=DateField()))


SECTIONS: dict[str, Section] = {
    "san-pham": Certified("products:detail", "product_id", "product__code"),
    "chu-the": Certified("producers:detail", "product__producer_id", "product__producer_id"),
    "diem-ban": Open("producers:point-of-sale", "pk", "pk"),
    "tin-tuc": Published("reports:news-item", "pk", "slug"),
    "bo-suu-tap": Collected("products:collection", "pk", "slug"),
    "su-kien": Held("producers:event", "pk", "pk"),
}
"""{name in the file's address: section}."""


def _changed_on(day: date) -> Greatest:
    """The last day by then on which a decision or time itself changed what is told of a certificate's product.

    Corrections of a text are not counted: searchers come back for what the star is worth.
    """
    end = Coalesce(F("extended_to"), F("valid_to"))

    def by_then(moment: Any) -> Case:
        reached = Cast(moment, DateField())  # a day less an interval is a moment to PostgreSQL
        return Case(When(LessThanOrEqual(reached, day), then=reached), output_field=DateField())

    return Greatest(
        by_then(F("valid_from")),
        by_then(F("decision__signed_on")),
        by_then(F("extension_decision__signed_on")),
        by_then(F("revoked_on")),
        by_then(F("valid_to") - timedelta(days=EXPIRING_DAYS)),
        by_then(end + timedelta(days=1)),
    )


def paths(view: str, *args: Any) -> Paths:
    """The page's path in each language that it speaks."""
    own = settings.LANGUAGE_CODE
    found: Paths = {}
    for language in (own, *(code for code, _ in settings.LANGUAGES if code != own)):
        with override(language):
            path = reverse(view, args=args)
        if path not in found.values():
            found[language] = path
    return found


def index(request: HttpRequest, day: date) -> Iterator[str]:
    """The file that names all others."""
    base = _base(request)
    yield _HEAD.format("sitemapindex")
    yield f"<sitemap>{_loc(base, reverse('reports:sitemap-pages'), day)}</sitemap>\n"
    for name, section in SECTIONS.items():
        for number, changed in section.files(day):
            path = reverse("reports:sitemap-file", args=[name, number])
            yield f"<sitemap>{_loc(base, path, changed)}</sitemap>\n"
    yield "</sitemapindex>\n"


def pages(request: HttpRequest, day: date) -> Iterator[str]:
    """The pages that are there once; what they tell changes with the day."""
    yield from _urls(request, ((paths(name), day) for name in PAGES))


def file(request: HttpRequest, name: str, number: int, day: date) -> Iterator[str]:
    """One file of a section."""
    yield from _urls(request, SECTIONS[name].entries(number, day))


def _urls(request: HttpRequest, entries: Iterable[tuple[Paths, date | None]]) -> Iterator[str]:
    base = _base(request)
    yield _HEAD.format("urlset")
    for spoken, changed in entries:
        others = _alternates(base, spoken)
        for path in spoken.values():
            yield f"<url>{_loc(base, path, changed)}{others}</url>\n"
    yield "</urlset>\n"


def _alternates(base: str, spoken: Paths) -> str:
    """Links to the page in each of its languages; the first stands for all others too."""
    if len(spoken) == 1:
        return ""
    links = [*spoken.items(), ("x-default", next(iter(spoken.values())))]
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(base + path)}"/>'
        for language, path in links
    )


def _loc(base: str, path: str, changed: date | None) -> str:
    last = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
    return f"<loc>{escape(base + path)}</loc>{last}"


def _base(request: HttpRequest) -> str:
    return absolute(request, "/")[:-1]
