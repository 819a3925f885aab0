from reports.models.news import News, NewsFile
from reports.models.plan import PlanTarget
from reports.models.reminders import CalendarFeed, Message, Reminder
from reports.models.visits import VisitDay

__all__ = [
    "CalendarFeed",
    "Message",
    "News",
    "NewsFile",
    "PlanTarget",
    "Reminder",
    "VisitDay",
]
