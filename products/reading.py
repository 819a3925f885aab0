"""One reading of the catalogue: parameters in; list, counts, chips and addresses out."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ocop_portal.clock import today
from ocop_portal.languages import day_text
from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import parse_day
from ocop_portal.territory import Territory
from products.counting import Counting, Span
from products.facets import Facets
from products.filters import DEFAULT_STATUS, STATUSES, CatalogueFilter
from products.models import Certificate, ProductGroup
from products.traits import TRAITS

PAGE_SIZES = (24, 48, 96, 240)
SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "relevance": (_("Đúng từ tìm nhất"), ("-rank", "product__name_key")),
    "name": (_("Tên A–Z"), ("product__name_key",)),
    "-stars": (_("Nhiều sao trước"), ("-stars", "product__name_key")),
    "expires": (_("Hết hạn sớm trước"), ("ends_on", "product__name_key")),
    "-expires": (_("Hết hạn muộn trước"), ("-ends_on", "product__name_key")),
    "-recognised": (_("Mới công nhận trước"), ("-valid_from", "product__name_key")),
}


CARD = (
    *("stars", "valid_from", "valid_to", "extended_to", "revoked_on", "superseded_on", "product__code"),
    *("product__name", "product__name_en", "product__made_up", "product__group", "product__place"),
    "product__producer__name",
)
"""The columns of a card. A page of 24 would else read the stories of 24 products."""


class CountedPaginator(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, found: Any, per_page: int, total: int) -> None:
        super().__init__(found, per_page)
        self.count = total  # type: ignore[misc]


class Keys:
    """The keys of the list, by the slice; those that came with the counts are not asked for again."""

    def __init__(self, found: Any, counting: Counting) -> None:
        self.found, self.counting = found, counting

    def __getitem__(self, part: slice) -> Sequence[int]:
        known, span = self.counting.keys, self.counting.span
        if known is not None and span and part.start == span.start:
            return known[: part.stop - part.start]
        return list(self.found[part])


class Reading:
    """What the catalogue answers to one address. Each part is asked for at most once."""

    def __init__(self, params: QueryDict) -> None:
        self.params = params
        asked = params.get("as_of", "").strip()
        self.day: date = parse_day(asked) or today()
        self.day_fault = (
            ""
            if not asked or parse_day(asked)
            else gettext("Ngày xem: “{text}” không phải là ngày.").format(text=asked[:40])
        )
        self.territory = Territory(self.day)

    @property
    def current(self) -> bool:
        """Whether the register is read as of today."""
        return self.day == today()

    @cached_property
    def groups(self) -> list[ProductGroup]:
        return list(ProductGroup.objects.all())

    @cached_property
    def filter(self) -> CatalogueFilter:
        return CatalogueFilter(self.params, day=self.day, territory=self.territory, groups=self.groups)

    @cached_property
    def faults(self) -> list[str]:
        """One sentence per parameter that could not be read; then the list is empty."""
        return [*([self.day_fault] if self.day_fault else []), *self.filter.faults]

    @property
    def text(self) -> str:
        return self.filter.chosen.get("q", "")

    @property
    def sort(self) -> str:
        """The order asked for; by relevance where there is a search, else by name."""
        asked = self.params.get("sort", "")
        if asked in SORTS and (asked != "relevance" or self.text):
            return asked
        return "relevance" if self.text else "name"

    @property
    def found(self) -> QuerySet[Certificate]:
        """The whole list, in order: what page, CSV, XLSX and JSON are made of."""
        if self.faults:
            return Certificate.objects.none()
        found = self.filter.narrowed()
        if self.sort == "relevance":
            found = found.ranked(self.text)  # type: ignore[attr-defined]
        return found.order_by(*SORTS[self.sort][1], "pk")

    @property
    def certificates(self) -> QuerySet[Certificate]:
        """The list with all that a row tells."""
        return self.found.with_product()  # type: ignore[attr-defined]

    @cached_property
    def counting(self) -> Counting:
        """Of a search the counts come with the keys of the page asked for."""
        asked = self.params.get("page", "")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        start = (max(number, 1) - 1) * self.per_page
        span = Span(SORTS[self.sort][1], start, self.per_page) if self.text else None
        return Counting(self.filter, span)

    @cached_property
    def facets(self) -> Facets:
        return Facets(self.counting, self.groups)

    @property
    def total(self) -> int:
        return 0 if self.faults else self.facets.total

    @property
    def per_page(self) -> int:
        asked = self.params.get("per_page", "")
        return next((n for n in PAGE_SIZES if str(n) == asked), PAGE_SIZES[0])

    @cached_property
    def page(self) -> Page:
        """The page asked for, as keys; the first for garbage, the last beyond the end."""
        keys = self.found.values_list("pk", flat=True)
        return CountedPaginator(Keys(keys, self.counting), self.per_page, self.total).get_page(
            self.params.get("page")
        )

    @property
    def shown(self) -> list[Certificate]:
        """The certificates of the page with what a card tells, and no more.

        Fetched by key: sorting keys is quicker than sorting whole rows. Sets and places are at hand already.
        """
        keys = list(self.page)
        rows = Certificate.objects.filter(pk__in=keys).select_related("product__producer").only(*CARD)
        found = rows.with_photos().in_bulk()  # type: ignore[attr-defined]
        groups = {g.pk: g for g in self.groups}
        places = self._places({c.product.place_id for c in found.values()})
        for certificate in found.values():
            product = certificate.product
            product.group, product.place = groups[product.group_id], places[product.place_id]
        return [found[key] for key in keys]

    def _places(self, keys: set[int]) -> dict[int, AdministrativeUnit]:
        """The units with all that tells them: from the territory, and, of a place outside it, by a query more."""
        units = self.territory.units
        if strange := keys - units.keys():
            told = AdministrativeUnit.objects.select_related("district", "current")
            return {**units, **told.in_bulk(strange)}
        for unit in (units[key] for key in keys):
            if unit.current_id in units:
                unit.current = units[unit.current_id]
        return units

    def address(self, name: str = "products:list", **changes: Any) -> str:
        """The address of the same list with some parameters changed (None drops one), on its first page."""
        params = self.params.copy()
        params.pop("page", None)
        for key, value in changes.items():
            params.setlist(key, [] if value is None else value if isinstance(value, list) else [value])
        for key in [k for k, values in params.lists() if not any(v.strip() for v in values)]:
            del params[key]
        return reverse(name) + (f"?{params.urlencode(safe='@')}" if params else "")

    @property
    def canonical(self) -> str:
        """The one address of this list: its filters in their order, without what changes neither rows nor page."""
        return reverse("products:list") + self._told(self.page.number)

    @property
    def feed_address(self) -> str:
        """Where this list is followed as a feed."""
        return reverse("reports:list-feed") + self._told()

    def _told(self, page: int = 1) -> str:
        """The filters as one query, the same however they were asked for; of those in fault nothing."""
        chosen = self.filter.chosen
        status = chosen.get("status", DEFAULT_STATUS)
        told: list[tuple[str, Any]] = [
            ("q", [self.text] if self.text else []),
            ("district", sorted(u.reference for u in chosen.get("district", ()))),
            ("commune", sorted(u.reference for u in chosen.get("commune", ()))),
            ("stars", sorted(set(chosen.get("stars", ())), reverse=True)),
            ("group", sorted(g.code for g in chosen.get("group", ()))),
            ("status", [status] if status != DEFAULT_STATUS else []),
            ("expires_after", [day.isoformat()] if (day := chosen.get("expires_after")) else []),
            ("expires_before", [day.isoformat()] if (day := chosen.get("expires_before")) else []),
            ("producer", [chosen["producer"].pk] if chosen.get("producer") else []),
            ("has", [chosen["has"]] if chosen.get("has") else []),
            ("as_of", [] if self.current else [self.day.isoformat()]),
            ("page", [page] if page > 1 else []),
        ]
        query = urlencode([(name, value) for name, values in told for value in values], safe="@")
        return f"?{query}" if query else ""

    @property
    def is_indexed(self) -> bool:
        """Whether searchers should find this list: today's, whole or by one choice, with something in it.

        Every further filter multiplies the addresses, and their products are all found by those lists and the sitemap.
        """
        narrow = set(self.filter.chosen) & {"q", "expires_after", "expires_before", "producer", "has"}
        searched = any(self.filter.chosen[name] for name in narrow)
        return self.current and not self.faults and not searched and self.total > 0 and len(self.chips()) <= 1

    def page_links(self) -> list[dict[str, Any]]:
        """Numbers under the list; a gap has no address."""
        numbers: Sequence[Any] = list(
            self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        )
        return [
            {
                "number": n,
                "url": self.address(page=str(n)) if isinstance(n, int) else "",
                "current": n == self.page.number,
            }
            for n in numbers
        ]

    def chips(self) -> list[dict[str, str]]:
        """The filters in force, each with the address of the list without it."""
        chosen, chips = self.filter.chosen, []

        def chip(label: str, name: str, kept: list[str] | None = None) -> None:
            chips.append({"label": label, "remove_url": self.address(**{name: kept})})

        if self.text:
            chip(f"“{self.text}”", "q")
        for n in chosen.get("stars", ()):
            chip(
                ngettext("{n} sao", "{n} sao", n).format(n=n),
                "stars",
                [str(k) for k in chosen["stars"] if k != n],
            )
        if (status := chosen.get("status", DEFAULT_STATUS)) != DEFAULT_STATUS:
            chip(STATUSES[status][0], "status")
        for name in ("district", "commune"):
            for unit in chosen.get(name, ()):
                others = [u for u in chosen[name] if u is not unit]
                ended = unit.valid_to and unit.valid_to < self.day
                label = gettext("{unit} cũ").format(unit=unit.name) if ended else unit.name
                chip(label, name, [u.reference for u in others])
        for group in chosen.get("group", ()):
            chip(group.shown_name, "group", [g.code for g in chosen["group"] if g is not group])
        if after := chosen.get("expires_after"):
            chip(gettext("Hết hạn từ {day}").format(day=day_text(after)), "expires_after")
        if before := chosen.get("expires_before"):
            chip(gettext("Hết hạn đến {day}").format(day=day_text(before)), "expires_before")
        if producer := chosen.get("producer"):
            chip(producer.name, "producer")
        if trait := chosen.get("has"):
            chip(TRAITS[trait].label, "has")
        if not self.current:
            chip(gettext("Tính đến {day}").format(day=day_text(self.day)), "as_of")
        return chips
