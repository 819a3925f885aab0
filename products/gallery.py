"""The gallery: photos of products that may use their star today, and photos of events."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit
from ocop_portal.territory import Territory
from producers.models import PromotionImage
from products.catalogue import place_text
from products.models import Certificate, ProductGroup, ProductImage
from products.reading import CountedPaginator

PER_PAGE, SEEN_AT_ONCE = 24, 4
PRODUCTS, EVENTS = "product", "event"


@dataclass(frozen=True)
class Shown:
    """A photo in the gallery with what it shows."""

    image: Any
    name: str
    url: str
    place: str
    stars: int = 0
    made_up: bool = False
    eager: bool = False
    """Whether it is seen at once, without scrolling."""


class Gallery:
    """One reading of the gallery: parameters in; photos, choices with their counts and addresses out.

    An unknown district or set finds nothing and is told in `faults`; other garbage is left aside.
    """

    def __init__(self, params: Mapping[str, str]) -> None:
        self.day = today()
        self.territory = Territory(self.day)
        self.faults: list[str] = []
        self._kind = params.get("kind", "")
        self._page = params.get("page")
        self.district = self._unit(params.get("district", "").strip()[:100])
        self.groups = {g.code: g for g in ProductGroup.objects.all()}
        asked = params.get("group", "").strip()[:40]
        self.group = self.groups.get(asked)
        if asked and self.group is None:
            self.faults.append(_("Không có bộ sản phẩm nào mang mã “%(code)s”.") % {"code": asked})

    def _unit(self, asked: str) -> AdministrativeUnit | None:
        found = self.territory.named(asked) if asked else None
        if asked and found is None:
            self.faults.append(_("Không có huyện nào mang mã “%(code)s” trong sổ bộ.") % {"code": asked})
        return found

    @cached_property
    def _cells(self) -> Counter[tuple[str, int | None, int | None]]:
        """{(kind, group, district): photos} of all that may be shown. Two queries."""
        counts: Counter[tuple[str, int | None, int | None]] = Counter()
        products = self._product_photos.order_by().values_list("product__group", "product__place")
        for group, place, n in products.annotate(n=Count("pk")):
            counts[PRODUCTS, group, self.territory.district_of(place)] += n
        for place, n in self._event_photos.order_by().values_list("promotion__place").annotate(n=Count("pk")):
            counts[EVENTS, None, self.territory.district_of(place or 0)] += n
        return counts

    @property
    def _product_photos(self) -> QuerySet[ProductImage]:
        standing = Certificate.objects.standing(self.day)
        found = ProductImage.objects.filter(product__certificates__in=standing)
        return found.annotate(
            stars=F("product__certificates__stars"), since=F("product__certificates__valid_from")
        )

    @property
    def _event_photos(self) -> QuerySet[PromotionImage]:
        return PromotionImage.objects.filter(promotion__cancelled_reason="")

    def _sum(self, *, kind: str = "", group: int | None = None, district: int | None = None) -> int:
        return sum(
            n
            for (k, g, d), n in self._cells.items()
            if (not kind or k == kind) and (not group or g == group) and (not district or d == district)
        )

    @property
    def kind(self) -> str:
        """What is looked at: as asked, else products, or events where there are photos of these alone."""
        if self._kind in (PRODUCTS, EVENTS):
            return self._kind
        return EVENTS if self._sum(kind=EVENTS) and not self._sum(kind=PRODUCTS) else PRODUCTS

    @property
    def kinds(self) -> list[dict[str, Any]]:
        """Products and events: label, how many photos under the district chosen, address, whether looked at."""
        labels = {PRODUCTS: _("Sản phẩm"), EVENTS: _("Sự kiện")}
        district = self.district.pk if self.district else None
        place = {"district": self.district.reference} if self.district else {}
        return [
            {
                "label": label,
                "count": self._sum(kind=kind, district=district),
                "url": f"{reverse('producers:gallery')}?kind={kind}"
                + "".join(f"&{name}={value}" for name, value in place.items()),
                "current": kind == self.kind,
            }
            for kind, label in labels.items()
        ]

    @property
    def districts(self) -> list[tuple[AdministrativeUnit, int]]:
        """Each district with its photos, the choice of district left out."""
        group = self.group.pk if self.group and self.kind == PRODUCTS else None
        return [(d, self._sum(kind=self.kind, group=group, district=d.pk)) for d in self.territory.districts]

    @property
    def group_choices(self) -> list[tuple[ProductGroup, int]]:
        """Product sets that have a photo under the district chosen, or are chosen."""
        district = self.district.pk if self.district else None
        counted = [(g, self._sum(kind=PRODUCTS, group=g.pk, district=district)) for g in self.groups.values()]
        return [(g, n) for g, n in counted if n or g == self.group]

    @property
    def asked(self) -> bool:
        return bool(self.district or self.faults or (self.group and self.kind == PRODUCTS))

    @property
    def total(self) -> int:
        if self.faults:
            return 0
        return self._sum(
            kind=self.kind,
            group=self.group.pk if self.group and self.kind == PRODUCTS else None,
            district=self.district.pk if self.district else None,
        )

    @cached_property
    def page(self) -> Page:
        return CountedPaginator(self._found, PER_PAGE, self.total).get_page(self._page)

    @property
    def _found(self) -> QuerySet[Any]:
        """The photos in order: newest recognitions and events first, those of one of them together."""
        field = "product" if self.kind == PRODUCTS else "promotion"
        found: QuerySet[Any] = self._product_photos if self.kind == PRODUCTS else self._event_photos
        if self.faults:
            return found.none()
        if self.district:
            places = [pk for pk in self.territory.units if self.territory.district_of(pk) == self.district.pk]
            found = found.filter(**{f"{field}__place__in": places})
        if self.kind == EVENTS:
            found = found.order_by("-promotion__starts_on", "-promotion", "position", "pk")
        else:
            if self.group:
                found = found.filter(product__group=self.group)
            found = found.order_by("-since", "product__name_key", "product", "position", "pk")
        related = (f"{field}__place", f"{field}__place__district", f"{field}__place__current")
        return found.select_related(field, *related)

    @property
    def shown(self) -> list[Shown]:
        """The photos of the page. One query."""
        return [self._shown(image, eager=n < SEEN_AT_ONCE) for n, image in enumerate(self.page)]

    def _shown(self, image: Any, *, eager: bool) -> Shown:
        if self.kind == PRODUCTS:
            product = image.product
            return Shown(
                image,
                product.name,
                product.get_absolute_url(),
                place_text(product.place, self.day),
                image.stars,
                product.made_up,
                eager,
            )
        event = image.promotion
        url = reverse("producers:event", args=[event.pk])
        return Shown(image, event.name, url, event.venue, made_up=event.made_up, eager=eager)
