"""Addresses of the inbox, in the namespace `desk`."""

from django.urls import path

from reports.desk import inbox

urlpatterns = [
    path("hop-thu/", inbox.inbox, name="inbox"),
    path("hop-thu/lich/", inbox.calendar_feed, name="calendar-feed"),
    path("hop-thu/chua-den/", inbox.unreached, name="unreached"),
    path("hop-thu/chua-den/<int:pk>/", inbox.settle, name="mail-settle"),
    path("hop-thu/<int:pk>/", inbox.message, name="inbox-message"),
]
