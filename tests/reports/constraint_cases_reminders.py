"""For each constraint of messages, reminders and calendars, a write that only it refuses."""

from datetime import date
from itertools import count

from django.utils import timezone

from reports.models import CalendarFeed, Message, Reminder
from tests.factories import CertificateFactory, ProducerFactory, UserFactory

DAY = date(2026, 8, 15)
numbers = count()


def message(**fields):
    given = {"day": DAY, "subject": "OCOP", "text": "Kính gửi", "message_id": f"<{next(numbers)}@thu>"}
    if "user" not in fields and "producer" not in fields:
        given["user"] = UserFactory()
    return Message.objects.create(**given | fields)


def reminder(**fields):
    letter = fields.pop("message", None) or message()
    given = {
        "certificate": fields.pop("certificate", None) or CertificateFactory(),
        "ends_on": DAY,
        "threshold": 30,
        "audience": "producer",
        "message": letter,
        "user": letter.user,
    }
    return Reminder.objects.create(**given | fields)


def twice():
    first = reminder()
    reminder(certificate=first.certificate, message=first.message)


def two_feeds_alike():
    for _ in range(2):
        CalendarFeed.objects.create(user=UserFactory(), nonce="x", renewed_at=timezone.now())


CASES = {
    "message_one_recipient": lambda: message(user=UserFactory(), producer=ProducerFactory()),
    "message_mail_has_address": lambda: message(mail="waiting"),
    "message_sent_is_dated": lambda: message(mail="sent", mail_to="a@example.vn"),
    "message_read_by_an_account": lambda: message(producer=ProducerFactory(), read_at=timezone.now()),
    "reminder_one_recipient": lambda: reminder(user=None),
    "reminder_once": twice,
    "reminder_threshold_known": lambda: reminder(threshold=60),
    "calendarfeed_nonce_once": two_feeds_alike,
}
NEVER_DELETED = {Message: message, Reminder: reminder}
