"""The desk's forms for campaigns, promotions, points of sale and who takes part in them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models

from ocop_portal.clock import today
from ocop_portal.fields import PointedForm
from ocop_portal.forms import DayInput, EditForm, OnceForm, UnitField, version_of
from producers.actions.support import MOST_AT_ONCE
from producers.forms.producer import units_of
from producers.involvement import CAMPAIGN, PROMOTION, Involvement, Joining, joining_again
from producers.models import Campaign, PointOfSale, Producer, Promotion

LONG = forms.Textarea(attrs={"rows": 3})


class SupportForm(EditForm, forms.ModelForm):
    """What the three records' forms share: places within the user's scope, days and decimals as written here."""

    def __init__(self, *args: Any, user: Any, instance: Any = None, **kwargs: Any) -> None:
        version = version_of(instance) if instance and instance.pk else ""
        super().__init__(*args, instance=instance, version=version, **kwargs)
        self.fields["place"].units = units_of(user)
        if "cost" in self.fields:
            self.fields["cost"] = localized(self._meta.model, "cost")
        if "cancelled_reason" in self.fields and not (instance and instance.pk):
            del self.fields["cancelled_reason"]


class HeldForm(SupportForm):
    """Of what takes place on days; `source` is an earlier one whose producers may be taken over."""

    starts_on = DayInput(label="Từ ngày")
    ends_on = DayInput(label="Đến ngày", help_text="Diễn ra trong một ngày: ghi cùng ngày.")
    take_over = forms.BooleanField(required=False, initial=True)
    involvement: Involvement
    likely: tuple[str, ...] = ()
    """Figures of a part that are likely to hold again."""

    def __init__(
        self, *args: Any, user: Any, instance: Any = None, source: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, user=user, instance=instance, **kwargs)
        self.earlier = list(self.involvement.parts_for(source, user)) if source else []
        if self.earlier:
            self.fields["take_over"].label = f"Chép cả danh sách {len(self.earlier)} chủ thể của “{source}”"
        else:
            del self.fields["take_over"]

    def joining(self) -> list[Joining]:
        """The producers to be taken over."""
        return joining_again(self.earlier, self.likely) if self.cleaned_data.get("take_over") else []


class CampaignForm(HeldForm):
    """A campaign within the user's scope."""

    place = UnitField(label="Địa bàn", help_text="Xã, phường nơi tổ chức: gõ tên rồi chọn.")
    involvement, likely = CAMPAIGN, ("people",)

    class Meta:
        model = Campaign
        fields = (
            "name",
            "kind",
            "subject",
            "organiser",
            "plan",
            "place",
            "starts_on",
            "ends_on",
            "others",
            "cost",
            "outcome",
            "cancelled_reason",
        )
        widgets = {"subject": LONG, "outcome": LONG}


class PromotionForm(HeldForm):
    """A fair or another event. Who keeps a part of the territory says in which place of it."""

    place = UnitField(label="Địa bàn", required=False)
    involvement = PROMOTION

    class Meta:
        model = Promotion
        fields = (
            "name",
            "kind",
            "summary",
            "organiser",
            "plan",
            "venue",
            "place",
            "starts_on",
            "ends_on",
            "cost",
            "outcome",
            "cancelled_reason",
        )
        widgets = {"summary": LONG, "outcome": LONG}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        everywhere = user.sees_whole_territory
        self.fields["place"].required = not everywhere
        self.fields["place"].help_text = (
            "Xã, phường nơi tổ chức; để trống nếu ngoài tỉnh hoặc trên mạng."
            if everywhere
            else "Xã, phường nơi tổ chức. Sự kiện ngoài địa bàn do cấp tỉnh ghi."
        )


class PointOfSaleForm(PointedForm, SupportForm):
    """A point of sale within the user's scope. Its closing is a step of its own, corrected here once it is written."""

    place = UnitField(label="Địa bàn", help_text="Xã, phường của điểm bán: gõ tên rồi chọn.")
    field_order = ("name", "kind", "keeper", "place", "address", "position")
    opened_on = DayInput(label="Mở từ ngày")
    closed_on = DayInput(
        label="Đóng từ ngày", required=False, help_text="Xóa ngày này nếu điểm bán vẫn mở hoặc mở lại."
    )

    class Meta:
        model = PointOfSale
        fields = (
            "name",
            "kind",
            "keeper",
            "place",
            "address",
            "opening_hours",
            "phone",
            "website",
            "opened_on",
            "closed_on",
        )

    def __init__(self, *args: Any, user: Any, instance: PointOfSale | None = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, instance=instance, **kwargs)
        if not (instance and instance.closed_on):
            del self.fields["closed_on"]


class ClosingForm(OnceForm):
    """From which day a point of sale is shut."""

    closed_on = DayInput(
        label="Đóng từ ngày", help_text="Ngày đầu tiên không bán nữa; có thể là ngày sắp tới."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["closed_on"].initial = today


class GroupedDecimalField(forms.DecimalField):
    """A number as it is written and read here: 1250,5 and 1.250,5 alike."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?\s*", value):
            value = value.replace(".", "")
        return super().to_python(value)


def localized(model: type[models.Model], name: str) -> forms.Field:
    """The form field of a model's field with the model's own checks, a decimal as it is written here."""
    field: Any = model._meta.get_field(name)
    made: forms.Field = field.formfield()
    if isinstance(made, forms.DecimalField):
        made = GroupedDecimalField(
            label=made.label,
            required=made.required,
            max_digits=made.max_digits,
            decimal_places=made.decimal_places,
            localize=True,
        )
        made.widget.attrs |= {"inputmode": "decimal"}
    made.validators += field._validators
    return made


class PartFields:
    """For forms with a line per producer: fields named `<figure>-<key>`, each labelled with the producer's name."""

    involvement: Involvement
    fields: dict[str, forms.Field]

    def add_line(
        self, key: int, producer: Producer, box: str, label: str, figures: Mapping[str, Any]
    ) -> None:
        """A box and the figures of one line. Labels name the producer: heard alone, they must tell whose they are."""
        self.fields[f"{box}-{key}"] = forms.BooleanField(label=f"{label} {producer.name}", required=False)
        for name in self.involvement.extras:
            field = localized(self.involvement.part, name)
            field.short = str(field.label)[:1].upper() + str(field.label)[1:]  # type: ignore[attr-defined]
            field.label = f"{field.short} của {producer.name}"  # type: ignore[attr-defined]
            if name in figures:
                field.initial = figures[name]
            self.fields[f"{name}-{key}"] = field

    def figures(self, key: int) -> dict[str, Any]:
        """The figures of a line as they were given."""
        cleaned = self.cleaned_data  # type: ignore[attr-defined]
        return {name: cleaned.get(f"{name}-{key}") for name in self.involvement.extras}

    def line(self, key: int, box: str) -> tuple[Any, list[Any]]:
        """(the box, the figures) as bound fields."""
        return self[f"{box}-{key}"], [self[f"{name}-{key}"] for name in self.involvement.extras]  # type: ignore[index]


class JoinForm(PartFields, OnceForm):
    """Producers to be entered: those found, and those ticked on a page that showed others.

    Only what `allowed` holds can be entered, so scope is kept here too.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        involvement: Involvement,
        found: Sequence[Producer],
        allowed: models.QuerySet[Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.involvement = involvement
        ticked = _ticked(data or {})
        listed = {p.pk: p for p in found}
        elsewhere = [key for key in ticked if key not in listed]
        self.unknown = bool(elsewhere)
        if elsewhere:
            more = {p.pk: p for p in allowed.filter(pk__in=elsewhere)}
            self.unknown = len(more) < len(elsewhere)
            listed = more | listed
        self.producers = list(listed.values())
        for producer in self.producers:
            self.add_line(producer.pk, producer, "add", "Chọn", {})
            if data is not None and producer.pk not in ticked:
                self._left_alone(producer.pk)

    def _left_alone(self, key: int) -> None:
        """What stands in a line that is not ticked is neither read nor found fault with."""
        for name in self.involvement.extras:
            self.fields[f"{name}-{key}"].clean = lambda value: None  # type: ignore[method-assign]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.unknown:
            raise forms.ValidationError(
                "Có chủ thể không thuộc phạm vi của bạn. Hãy mở lại trang rồi chọn lại."
            )
        return cleaned

    def joining(self) -> list[Joining]:
        """What was ticked."""
        return [
            Joining(producer, self.figures(producer.pk))
            for producer in self.producers
            if self.cleaned_data.get(f"add-{producer.pk}")
        ]

    @property
    def rows(self) -> list[tuple[Producer, Any, list[Any]]]:
        """(producer, its box, its figures) for the page."""
        return [(p, *self.line(p.pk, "add")) for p in self.producers]


class RosterForm(PartFields, EditForm):
    """The producers on the list: figures corrected, lines taken away."""

    def __init__(
        self,
        data: Any = None,
        *,
        involvement: Involvement,
        whole: models.Model,
        parts: Sequence[Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, version=roster_version(involvement, whole), **kwargs)
        self.involvement, self.parts = involvement, parts
        for part in parts:
            figures = {name: getattr(part, name) for name in involvement.extras}
            self.add_line(part.pk, part.producer, "drop", "Bỏ", figures)

    def changes(self) -> tuple[dict[int, dict[str, Any]], list[int]]:
        """What `change_participants` takes."""
        gone = [p.pk for p in self.parts if self.cleaned_data.get(f"drop-{p.pk}")]
        return {p.pk: self.figures(p.pk) for p in self.parts if p.pk not in gone}, gone

    @property
    def rows(self) -> list[tuple[Any, Any, list[Any]]]:
        """(part, its box, its figures) for the page."""
        return [(part, *self.line(part.pk, "drop")) for part in self.parts]


def roster_version(involvement: Involvement, whole: models.Model) -> str:
    """The state of a record and of its list of producers."""
    events = involvement.part.pgh_event_model.objects  # type: ignore[attr-defined]
    return version_of(whole, events.filter(**{involvement.field: whole.pk}))


def _ticked(data: Mapping[str, Any]) -> list[int]:
    """The keys of boxes that a browser sent ticked; at most as many as one sending may enter, and one more."""
    found = (re.fullmatch(r"add-([0-9]{1,9})", name) for name in data)
    return [int(match[1]) for match in found if match][: MOST_AT_ONCE + 1]
