"""The day on which the register is read.

Standing is a function of the day in Viet Nam, never of a stored flag, so everything that needs "today"
asks here. Pages that look back take `as_of` instead.
"""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The current day in Asia/Ho_Chi_Minh, or `settings.TODAY` where a rehearsal fixes the day."""
    return settings.TODAY or timezone.localdate()
