"""Form fields for what stands in addresses."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext

from ocop_portal.params import FIRST_DAY, LAST_DAY, parse_day


class DayField(forms.CharField):
    """A day as 2026-12-31 or 31/12/2026; None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "31/12/2026"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=40, **kwargs)

    def clean(self, value: Any) -> date | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        if day := parse_day(text):
            return day
        raise forms.ValidationError(
            gettext(
                "“{text}” không phải là ngày. Hãy viết dạng 31/12/2026, từ năm {first} đến {last}."
            ).format(text=text, first=FIRST_DAY.year, last=LAST_DAY.year)
        )

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
