"""Figures for people; the open data stand in `reports.api`."""

from django.urls import path

from reports import calendar, map_views, views

app_name = "reports"

urlpatterns = [
    path("thong-ke/", views.statistics, name="statistics"),
    path("ban-do/", map_views.places_map, name="map"),
    path("lich/<str:token>.ics", calendar.calendar, name="calendar"),
]
