"""The demo's inboxes: what the real planner would have put there on some days of the past year. No mail is owed.

Products known from sources alone are never reminded of, so every letter speaks of made-up ones.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone

from ocop_portal import clock
from ocop_portal.models import User
from reports.models import Message
from reports.reminders.queueing import queue

Say = Callable[[str], object]
DAYS_AGO = (330, 270, 210, 150, 90, 30, 0)
READ_AFTER_DAYS = 45


def load_reminders(by: User, say: Say) -> None:
    """Letters to accounts alone, the older ones seen; nothing where letters are on record."""
    if Message.objects.exists():
        return
    say("Thư nhắc hạn …")
    today = clock.today()
    for ago in DAYS_AGO:
        with clock.on(today - timedelta(days=ago)):
            queue(clock.today(), mail=False, by=by)
    for message in Message.objects.filter(day__lt=today - timedelta(days=READ_AFTER_DAYS)):
        seen = datetime.combine(message.day + timedelta(days=1), time(8, 30))
        message.read_at = timezone.make_aware(seen)
        message.save(update_fields=["read_at"])
