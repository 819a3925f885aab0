"""A row of the grid of yearly figures."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.formats import number_format

from producers.actions.figures import FIELDS, Entry
from producers.forms.support import GroupedDecimalField
from producers.models import Producer, YearlyFigures


class GroupedIntegerField(forms.IntegerField):
    """A count as it is written here: 1200 and 1.200 alike."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{1,3}([. \u00a0][0-9]{3})+\s*", value):
            value = re.sub(r"[. \u00a0]", "", value)
        return super().to_python(value)


class AmountField(GroupedDecimalField):
    """A decimal that is shown with its groups too: 1.250,5."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return number_format(value, 1 if value % 1 else 0, use_l10n=True, force_grouping=True)
        return value


WORDS: dict[str, str] = {
    "revenue": "Doanh thu",
    "workers": "Số lao động",
    "women": "Lao động nữ",
    "members": "Số hộ liên kết",
    "note": "Ghi chú",
}


class FiguresForm(forms.Form):
    """What one producer reports of one year. Each control says whose and of which year it is."""

    error_messages: ClassVar = {
        "whole": "Hãy ghi số nguyên, ví dụ 12.",
        "number": "Hãy ghi một số, ví dụ 8,5.",
    }

    revenue = AmountField(
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=1,
        localize=True,
        error_messages={
            "invalid": error_messages["number"],
            "min_value": "Doanh thu không thể là số âm.",
            "max_decimal_places": "Chỉ ghi một chữ số sau dấu phẩy, ví dụ 8,5.",
        },
    )
    workers = GroupedIntegerField(required=False, min_value=0, max_value=100_000)
    women = GroupedIntegerField(required=False, min_value=0, max_value=100_000)
    members = GroupedIntegerField(required=False, min_value=0, max_value=100_000)
    note = forms.CharField(required=False, max_length=200)
    seen = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, producer: Producer, year: int, record: Any = None, **kwargs: Any
    ) -> None:
        initial = {name: getattr(record, name) for name in FIELDS} if record else {}
        super().__init__(data, initial=initial, **kwargs)
        self.producer, self.year = producer, year
        self.row_name = f"{producer.name}, năm {year}"
        for name, word in WORDS.items():
            field = self.fields[name]
            field.label = word
            field.widget.attrs |= {
                "aria-label": f"{word} năm {year} của {producer.name}",
                "autocomplete": "off",
            }
            if name != "note":
                field.widget.attrs |= {"inputmode": "decimal" if name == "revenue" else "numeric", "size": 9}
                field.error_messages.setdefault("min_value", "Không thể là số âm.")
            if isinstance(field, GroupedIntegerField):
                field.error_messages["invalid"] = self.error_messages["whole"]

    @property
    def entry(self) -> Entry:
        """The row for `save_yearly_figures`."""
        given = self.cleaned_data
        return Entry(self.producer, self.year, {name: given[name] for name in FIELDS}, given["seen"])

    @property
    def cells(self) -> list[Any]:
        """The controls in the order of the columns."""
        return [self[name] for name in WORDS]


HEADS = {name: str(YearlyFigures._meta.get_field(name).verbose_name) for name in FIELDS}
"""What each figure is, as the model says it."""
