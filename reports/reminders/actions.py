"""Writes on messages and calendars that a person makes."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ocop_portal.history import acting
from reports.models import CalendarFeed, Message

Mail = Message.Mail


@transaction.atomic
def mark_read(*, message: Message, by: Any) -> None:
    """Note that the recipient has seen the message. Seen before: nothing changes."""
    with acting("read_message", by=by):
        Message.objects.of(by).unread().filter(pk=message.pk).update(read_at=timezone.now())


@transaction.atomic
def mark_all_read(*, up_to: int, by: Any) -> int:
    """Note that the user has seen the messages up to that key, those that were on the page. Returns how many."""
    with acting("read_message", by=by):
        seen = Message.objects.of(by).unread().filter(pk__lte=up_to)
        return int(seen.update(read_at=timezone.now()))


@transaction.atomic
def settle_mail(*, message: Message, arrived: bool, by: Any) -> Message:
    """An official says what became of a mail in doubt: it arrived, or it is to be sent again to today's address.

    Raises ValidationError: nothing to settle any more, an arrival that cannot be, or no address to send to.
    """
    message = (
        Message.objects.select_for_update(of=("self",)).select_related("user", "producer").get(pk=message.pk)
    )
    if message.mail not in (Mail.UNCERTAIN, Mail.REFUSED):
        raise ValidationError(
            f"Thư này hiện {message.get_mail_display()}: không còn gì phải xử lý. Hãy mở lại trang."
        )
    if arrived:
        if message.mail == Mail.REFUSED:
            raise ValidationError(
                "Máy chủ đã từ chối thư này nên thư không thể đã đến. Hãy sửa địa chỉ rồi gửi lại."
            )
        message.mail, message.sent_at = Mail.SENT, message.tried_at
    else:
        recipient: Any = message.user or message.producer
        if not recipient.email.strip():
            raise ValidationError("Người nhận không còn địa chỉ thư điện tử: hãy gọi điện hoặc gửi văn bản.")
        message.mail, message.mail_to = Mail.WAITING, recipient.email.strip()
    with acting("settle_mail", by=by):
        message.save(update_fields=["mail", "mail_to", "sent_at"])
    return message


@transaction.atomic
def renew_calendar(*, by: Any) -> CalendarFeed:
    """Give the user's calendar a new secret address; the one before leads nowhere from now on."""
    with acting("renew_calendar", by=by):
        feed, _ = CalendarFeed.objects.update_or_create(
            user=by, defaults={"nonce": secrets.token_urlsafe(16), "renewed_at": timezone.now()}
        )
    return feed


@transaction.atomic
def end_calendar(*, by: Any) -> None:
    """Switch the user's calendar off: its address leads nowhere until a new one is made."""
    with acting("end_calendar", by=by):
        CalendarFeed.objects.filter(user=by).exclude(nonce="").update(nonce="", renewed_at=timezone.now())
