"""The one FilterSet of the register: page, CSV, XLSX and JSON read the same parameters through it."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ocop_portal.fields import DayField
from ocop_portal.territory import Territory
from producers.models import Producer
from products.models import Certificate, Product, ProductGroup
from products.standing import STANDS, Standing
from products.traits import TRAITS, with_trait

STARS = (5, 4, 3)
LISTED = (*STANDS, Standing.EXPIRED, Standing.REVOKED)
"""The standings that a governing certificate can have."""
DEFAULT_STATUS, ANY_STATUS = "standing", "all"
STATUSES = {
    DEFAULT_STATUS: (_("Đang được dùng sao"), STANDS),
    **{s.value: (capfirst(s.label), (s,)) for s in LISTED},
    ANY_STATUS: (_("Tất cả, kể cả đã hết hạn"), LISTED),
}
FACETS = ("stars", "status", "district", "commune", "group")
"""Filters whose choices are counted, each with its own choice left out."""


class CodesField(forms.Field):
    """Repeatable codes, each looked up by `find`; an unknown one is named in the error."""

    widget = forms.SelectMultiple
    most = 50

    def __init__(self, *, what: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what
        self.find: Any = None

    def clean(self, value: Any) -> list[Any]:
        found = {}
        for code in [c for c in value or () if c.strip()][: self.most]:
            if (item := self.find(code)) is None:
                raise forms.ValidationError(
                    gettext("Không có {what} nào mang mã “{code}” trong sổ bộ.").format(
                        what=self.what, code=code[:40]
                    )
                )
            found[item.pk] = item
        return list(found.values())


class CodesFilter(django_filters.Filter):
    field_class = CodesField


class DayFilter(django_filters.Filter):
    field_class = DayField


class StatusField(forms.TypedChoiceField):
    """Empty means the default: what stands today."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(value, label) for value, (label, _) in STATUSES.items()],
            empty_value=DEFAULT_STATUS,
            error_messages={"invalid_choice": _("Không có tình trạng “%(value)s”.")},
            **kwargs,
        )


class StatusFilter(django_filters.Filter):
    field_class = StatusField


class StarsField(forms.TypedMultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[(n, n) for n in STARS],
            coerce=int,
            error_messages={"invalid_choice": _("Không có hạng “%(value)s” sao: chỉ 3, 4 hoặc 5.")},
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        return super().clean([v for v in value or () if v != ""])


class StarsFilter(django_filters.Filter):
    field_class = StarsField


class CatalogueFilter(django_filters.FilterSet):
    """Filters over governing certificates, one per product. Faults of the parameters are in `faults`."""

    q = django_filters.CharFilter(label=_("Tìm kiếm"), method="search", max_length=200)
    stars = StarsFilter(label=_("Hạng sao"), method="in_stars")
    status = StatusFilter(label=_("Tình trạng"), method="in_status")
    district = CodesFilter(label=_("Huyện, thành phố"), what=_("huyện"), method="in_units")
    commune = CodesFilter(label=_("Xã, phường"), what=_("xã, phường"), method="in_units")
    group = CodesFilter(label=_("Bộ sản phẩm"), what=_("bộ sản phẩm"), method="in_groups")
    expires_after = DayFilter(label=_("Hết hạn từ ngày"), method="ends_from")
    expires_before = DayFilter(label=_("Hết hạn đến hết ngày"), method="ends_by")
    producer = django_filters.ModelChoiceFilter(
        label=pgettext_lazy("one", "Chủ thể"),
        queryset=Producer.objects.all(),
        field_name="product__producer",
        error_messages={"invalid_choice": _("Không có chủ thể này trong sổ bộ.")},
    )

    has = django_filters.ChoiceFilter(
        label=_("Có"),
        choices=[(value, trait.label) for value, trait in TRAITS.items()],
        method="with_trait",
        error_messages={"invalid_choice": _("Không có đặc điểm “%(value)s”.")},
    )

    class Meta:
        model = Certificate
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, day: date, territory: Territory, groups: list[ProductGroup]) -> None:
        super().__init__(data, queryset=Certificate.objects.public(day))
        self.day, self.territory = day, territory
        by_code = {g.code: g for g in groups}
        self.form.fields["district"].find = self.form.fields["commune"].find = territory.named
        self.form.fields["group"].find = lambda code: by_code.get(code.strip())

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked, by parameter; those in fault are absent."""
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def faults(self) -> list[str]:
        """One sentence per parameter that could not be read."""
        return [f"{self.form.fields[name].label}: {errors[0]}" for name, errors in self.form.errors.items()]

    def narrowed(
        self, rows: QuerySet[Any] | None = None, *, without: tuple[str, ...] = ()
    ) -> QuerySet[Certificate]:
        """The certificates that pass all filters but those named. None at all when a parameter is in fault:

        a list that ignores what was asked would answer another question. `rows` are read instead where given: search
        entries, which have the columns that the filters ask for, less those of place and set.
        """
        rows = self.queryset if rows is None else rows
        if self.faults:
            return rows.none()
        found = rows.annotate(ends_on=Coalesce(F("extended_to"), F("valid_to")))
        for name, value in self.chosen.items():
            if name not in without:
                found = self.filters[name].filter(found, value)
        return found

    def search(self, found: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        return found.search(text)  # type: ignore[attr-defined]

    def in_stars(self, found: QuerySet[Any], name: str, stars: list[int]) -> QuerySet[Any]:
        return found.filter(stars__in=stars)

    def in_status(self, found: QuerySet[Any], name: str, status: str) -> QuerySet[Any]:
        return found.in_standing(self.day, STATUSES[status][1])  # type: ignore[attr-defined]

    def in_units(self, found: QuerySet[Any], name: str, units: list[Any]) -> QuerySet[Any]:
        return found.filter(product__place__in=places(self.territory, units))

    def in_groups(self, found: QuerySet[Any], name: str, groups: list[ProductGroup]) -> QuerySet[Any]:
        return found.filter(product__group__in=groups)

    def with_trait(self, found: QuerySet[Any], name: str, trait: str) -> QuerySet[Any]:
        having = Product.objects.filter(with_trait(trait, self.day))
        return found.filter(product__in=having.order_by().values("pk"))

    def ends_from(self, found: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return found.filter(ends_on__gte=day)

    def ends_by(self, found: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return found.filter(ends_on__lte=day)


def places(territory: Territory, units: list[Any]) -> set[int]:
    """The places on record that lie in any of the units."""
    return set().union(*(territory.places_in(unit) for unit in units))
