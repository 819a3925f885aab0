"""Figures for people; the open data stand in `reports.api`."""

from django.urls import path

from reports import calendar, map_views, views
from reports.open_data.views import data_dictionary, open_data

app_name = "reports"

urlpatterns = [
    path("thong-ke/", views.statistics, name="statistics"),
    path("du-lieu-mo/", open_data, name="open-data"),
    path("du-lieu-mo/tu-dien/", data_dictionary, name="data-dictionary"),
    path("ban-do/", map_views.places_map, name="map"),
    path("lich/<str:token>.ics", calendar.calendar, name="calendar"),
]
