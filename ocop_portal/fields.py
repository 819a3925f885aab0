"""Form fields for what stands in addresses, and for points on a map."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext

from ocop_portal.geography import parse_point, told_point
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


class PointField(forms.CharField):
    """A point as maps on telephones copy it, `22.1469, 105.8348`; cleaned to (longitude, latitude), None when empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Tọa độ")
        kwargs.setdefault(
            "help_text",
            "Giữ tay vào vị trí trên bản đồ của điện thoại rồi chép dãy số vĩ độ, kinh độ, "
            "ví dụ 22.1469, 105.8348.",
        )
        kwargs.setdefault("required", False)
        attrs = {"autocomplete": "off", "inputmode": "text"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=60, **kwargs)

    def clean(self, value: Any) -> tuple[Decimal, Decimal] | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        if point := parse_point(text):
            return point
        raise forms.ValidationError(
            f"“{text}” không phải là tọa độ ở Việt Nam. Hãy ghi vĩ độ rồi kinh độ, ví dụ 22.1469, 105.8348."
        )

    def prepare_value(self, value: Any) -> Any:
        return told_point(*value) if isinstance(value, tuple) else value


class PointedForm(forms.ModelForm):
    """For forms of models with `longitude` and `latitude`: both are written as one point."""

    position = PointField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.longitude is not None:
            self.fields["position"].initial = (self.instance.longitude, self.instance.latitude)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.longitude, self.instance.latitude = cleaned.get("position") or (None, None)
        return cleaned
