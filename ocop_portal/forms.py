"""Pieces of the desk's forms: days, units, a form that is sent once, a record that changed meanwhile."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ocop_portal.folding import fold
from ocop_portal.languages import day_text, name_in_sentence
from ocop_portal.models import AdministrativeUnit

NOT_A_DAY = _("Không có ngày này, hoặc ngày viết chưa đúng: hãy viết ngày/tháng/năm, ví dụ 31/12/2026.")
ONCE_SECONDS = 24 * 60 * 60


class DayInput(forms.DateField):
    """A day as dd/mm/yyyy, with a sentence for days that do not exist."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault("invalid", NOT_A_DAY)
        kwargs.setdefault(
            "widget", forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 12})
        )
        super().__init__(**kwargs)


def unit_label(unit: AdministrativeUnit) -> str:
    """A unit as it is chosen: `Xã Côn Minh, huyện Na Rì (trước 1/7/2025)`."""
    district = unit.district
    where = f", {name_in_sentence(district.name)}" if district and district.pk != unit.pk else ""
    label = f"{unit.name}{where}"
    return gettext("{unit} (trước 1/7/2025)").format(unit=label) if unit.valid_to else label


class UnitField(forms.CharField):
    """An administrative unit typed by name, by code, or chosen from the list; within `units` only.

    The form gives `units`, a list; what is not in it is refused, so scope is kept here too.
    """

    LIST_ID = "danh-sach-don-vi"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Gõ tên xã, phường rồi chọn; đơn vị cũ nếu hồ sơ ghi đơn vị cũ.")
        super().__init__(max_length=150, **kwargs)
        self.widget.attrs |= {"list": self.LIST_ID, "autocomplete": "off"}
        self.units: list[AdministrativeUnit] = []

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return next((unit_label(u) for u in self.units if u.pk == value), "")
        return value

    def clean(self, value: Any) -> AdministrativeUnit | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        wanted = fold(text)
        for meant in (
            [u for u in self.units if unit_label(u) == text],
            [u for u in self.units if text in (u.reference, u.code)],
            [u for u in self.units if fold(unit_label(u)) == wanted],
            [u for u in self.units if fold(u.name) == wanted],
        ):
            if len(meant) == 1:
                return meant[0]
            if meant:
                several = "; ".join(unit_label(u) for u in meant[:4])
                raise forms.ValidationError(
                    f"Có {len(meant)} đơn vị tên “{text}”: {several}. Hãy ghi rõ hơn."
                )
        raise forms.ValidationError(f"Không có đơn vị hành chính nào là “{text}” trong địa bàn của bạn.")


class OnceForm(forms.Form):
    """A form that is saved once: each page carries a token, and a token is good for one saving."""

    token = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": _("Phiếu này thiếu mã gửi. Hãy mở lại trang.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = uuid.uuid4

    def add_errors(self, error: forms.ValidationError) -> None:
        """Put an action's ValidationError at the fields it names, the rest above the form."""
        named = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, faults in named.items():
            self.add_error(name if name in self.fields else None, faults)  # type: ignore[arg-type]


class NumberedRows:
    """For formsets: each row is called by its number, in its legend and in the summary of errors."""

    row_word = "Dòng"

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.row_name = f"{self.row_word} {i + 1}"
        return form


class EditForm(OnceForm):
    """A form over a record that somebody else may change meanwhile: it carries the version it was opened with."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, version: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current_version = version
        self.fields["version"].initial = version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # Sent twice: the first sending changed the version, and `send_once` has the better answer.
        sent = cache.get(_once_key(cleaned.get("token"))) is not None
        if not sent and cleaned.get("version", "") != self.current_version:
            raise forms.ValidationError(
                "Dữ liệu này vừa được người khác thay đổi sau khi bạn mở trang. Chưa có gì được lưu: "
                "hãy mở lại trang để xem bản mới rồi sửa tiếp."
            )
        return cleaned


def version_of(record: models.Model, *others: models.QuerySet[Any]) -> str:
    """The state of a record and of the event tables of its parts: changes whenever one of them is written."""
    if record.pk is None:
        return ""
    queries = [record.events.all(), *others]  # type: ignore[attr-defined]
    return ".".join(str(q.aggregate(last=models.Max("pgh_id"))["last"] or 0) for q in queries)


def _once_key(token: Any) -> str:
    """Where a token's sending is remembered. Tokens are random, so they need no owner."""
    return f"once:{token}"


def send_once(
    request: HttpRequest, form: OnceForm, save: Callable[[], str], done: str
) -> HttpResponse | None:
    """Save and redirect to the address that `save` gives. A token sent before leads there without saving again.

    None when `save` raised a ValidationError: it stands in the form then, and the token stays good.
    """
    key = _once_key(form.cleaned_data["token"])
    if not cache.add(key, "", ONCE_SECONDS):
        messages.info(request, gettext("Phiếu này đã được gửi trước đó nên không lưu lần nữa."))
        return redirect(cache.get(key) or request.path)
    try:
        address = save()
    except forms.ValidationError as error:
        cache.delete(key)
        form.add_errors(error)
        return None
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, address, ONCE_SECONDS)
    messages.success(request, done)
    return redirect(address)


def not_after(day: date, latest: date, what: str) -> None:
    """Raises ValidationError when a day lies in the future."""
    if day > latest:
        raise forms.ValidationError(
            gettext("{what} không thể sau hôm nay, {day}.").format(what=what, day=day_text(latest))
        )
