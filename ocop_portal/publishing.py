"""What may be done with a publication: shared by the actions of each kind and by its desk."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.history import acting
from ocop_portal.models.publication import Publication

P = TypeVar("P", bound=Publication)


def held(item: P, withdrawn: str) -> P:
    """It as it is now, held until the commit. Raises ValidationError with the sentence where it was withdrawn."""
    now: P = type(item)._default_manager.select_for_update().get(pk=item.pk)  # type: ignore[assignment]
    if now.withdrawn_on:
        raise ValidationError(withdrawn)
    return now


def publish(item: Publication, *, verb: str, by: Any) -> None:
    """Make a held draft public, today and for ever. Raises ValidationError where it is none or says nothing."""
    if item.published_on:
        raise ValidationError(f"Bản này đã đăng ngày {item.published_on:%d/%m/%Y}.")
    item.published_on = today()
    _keep(item, verb, by)


def withdraw(item: Publication, *, reason: str, verb: str, by: Any) -> None:
    """Take back what is published; its address says why from now on. Raises ValidationError for a draft."""
    if not item.published_on:
        raise ValidationError("Bản nháp chưa ai thấy nên không cần gỡ.")
    item.withdrawn_on, item.withdrawn_reason = today(), " ".join(reason.split())
    _keep(item, verb, by, item.withdrawn_reason)


def _keep(item: Publication, verb: str, by: Any, reason: str = "") -> None:
    item.full_clean()
    with acting(verb, by=by, reason=reason), constraints_in_words(type(item)):
        item.save()


def free_slug(model: type[Publication], title: str, *, otherwise: str, own: int | None = None) -> str:
    """An address made of the title that no other has: `tra-shan`, then `tra-shan-2`; `otherwise` for signs alone."""
    stem = slugify(title.replace("đ", "d").replace("Đ", "D"))[:80].strip("-") or otherwise
    others = model._default_manager.filter(slug__startswith=stem).exclude(pk=own)
    taken = set(others.values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{stem}-{n}") not in taken)


class WithdrawForm(OnceForm):
    """Why something published is taken back."""

    reason = forms.CharField(
        label="Lý do gỡ",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Công khai ở địa chỉ đã đăng, thay cho nội dung.",
    )


def form_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], str],
    *,
    title: str,
    button: str,
    done: str,
    back: str,
    lede: str = "",
    closed: str = "",
    danger: bool = False,
) -> HttpResponse:
    """A page with one form; where it is `closed` it only says why nothing is to be done any more."""
    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, done):
            return answer
    context = {"form": form, "title": title, "button": button, "lede": lede, "danger": danger}
    return render(request, "ocop_portal/publication_form.html", context | {"closed": closed, "back": back})
