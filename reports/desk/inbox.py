"""The inbox, the letters that did not arrive, and the address of one's calendar."""

from typing import Any

from django import forms
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.links import absolute, here
from ocop_portal.permissions import Permission, has_permission, requires
from products.catalogue import told_standing
from products.desk.scope import paged
from reports.feeds import token_of
from reports.models import CalendarFeed, Message
from reports.reminders.actions import end_calendar, mark_all_read, mark_read, renew_calendar, settle_mail
from reports.reminders.unreached import producers_unreached

LARGEST_KEY = 2**63 - 1


class AllSeenForm(OnceForm):
    """Marks what was on the page: a letter that came meanwhile stays unread."""

    up_to = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_KEY)


class ChoiceForm(OnceForm):
    """A form whose buttons say what is to be done."""

    act = forms.ChoiceField(error_messages={"required": "Hãy bấm một trong các nút của trang."})

    def __init__(self, *args: Any, choices: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].choices = [(value, value) for value in choices]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INBOX)
def inbox(request: HttpRequest) -> HttpResponse:
    """The user's letters, unread first; the button marks all of them as seen."""
    mine = Message.objects.of(request.user)
    newest = mine.aggregate(newest=Max("pk"))["newest"] or 0
    form = AllSeenForm(request.POST or None, initial={"up_to": newest})

    def save() -> str:
        mark_all_read(up_to=form.cleaned_data["up_to"], by=request.user)
        return reverse("desk:inbox")

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã đánh dấu tất cả thư là đã xem."):
            return answer
    context = {"form": form, "unread": mine.unread().count(), **paged(request, mine.unread_first())}
    return render(request, "reports/inbox/list.html", context)


def message_of(user: Any, pk: int) -> Message:
    """The user's own letter. Raises Http404."""
    return get_object_or_404(Message.objects.of(user), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INBOX, of=message_of)
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter as it was sent, and how its certificates stand today. Seen by its button: a GET never writes."""
    found, day = message_of(request.user, pk), today()
    form = OnceForm(request.POST or None)

    def save() -> str:
        mark_read(message=found, by=request.user)
        return reverse("desk:inbox-message", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã đánh dấu thư là đã xem."):
            return answer
    reminders = found.reminders.select_related("certificate__product__producer").order_by("ends_on", "pk")
    rows = [(r, *told_standing(r.certificate, day)) for r in reminders]
    context = {"message": found, "text": here(request, found.text), "form": form, "rows": rows}
    return render(request, "reports/inbox/message.html", context)


def _troubled(user: Any) -> QuerySet[Message]:
    return Message.objects.troubled().concerning(user)


@require_http_methods(["GET", "HEAD"])
@requires(Permission.NOTICE_KEEP)
def unreached(request: HttpRequest) -> HttpResponse:
    """Whom no reminder reaches, and mails in doubt: an official phones, writes, or settles them."""
    day = today()
    found = _troubled(request.user).select_related("user", "producer").order_by("-pk")
    context = {"day": day, "producers": producers_unreached(request.user, day), **paged(request, found)}
    return render(request, "reports/inbox/unreached.html", context)


def troubled_of(user: Any, pk: int) -> Message:
    """A mail of the user's scope that is or was in doubt. Raises Http404."""
    found = Message.objects.exclude(mail=Message.Mail.NONE).concerning(user)
    return get_object_or_404(found.select_related("user", "producer"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NOTICE_KEEP, of=troubled_of)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail in doubt: what is known of it, and the two ways out."""
    found = troubled_of(request.user, pk)
    form = ChoiceForm(request.POST or None, choices=("arrived", "again"))
    arrived = request.POST.get("act") == "arrived"

    def save() -> str:
        settle_mail(message=found, arrived=arrived, by=request.user)
        return reverse("desk:unreached")

    if request.method == "POST" and form.is_valid():
        done = "Đã ghi là thư đã đến." if arrived else "Thư sẽ được gửi lại ở lần chạy kế tiếp."
        if answer := send_once(request, form, save, done):
            return answer
    context = {
        "message": found,
        "text": here(request, found.text),
        "form": form,
        "open": found.mail in (Message.Mail.UNCERTAIN, Message.Mail.REFUSED),
    }
    return render(request, "reports/inbox/settle.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.INBOX)
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The secret address of the user's calendar: shown, made anew, switched off."""
    feed = CalendarFeed.objects.filter(user=request.user).exclude(nonce="").first()
    form = ChoiceForm(request.POST or None, choices=("renew", "end"))
    renewing = request.POST.get("act") == "renew"

    def save() -> str:
        if renewing:
            renew_calendar(by=request.user)
        else:
            end_calendar(by=request.user)
        return reverse("desk:calendar-feed")

    if request.method == "POST" and form.is_valid():
        done = "Đã tạo địa chỉ lịch mới." if renewing else "Đã tắt địa chỉ lịch."
        if answer := send_once(request, form, save, done):
            return answer
    address = absolute(request, reverse("reports:calendar", args=[token_of(feed)])) if feed else ""
    context = {"form": form, "feed": feed, "address": address}
    context["official"] = has_permission(request.user, Permission.DESK_VIEW)
    return render(request, "reports/inbox/calendar.html", context)
