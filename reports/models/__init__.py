from reports.models.plan import PlanTarget
from reports.models.reminders import CalendarFeed, Message, Reminder

__all__ = [
    "CalendarFeed",
    "Message",
    "PlanTarget",
    "Reminder",
]
