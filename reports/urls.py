"""Figures for people; the open data stand in `reports.api`."""

from django.urls import path

from reports import calendar, map_views, views
from reports.news import news_file, news_item, news_list
from reports.open_data.views import data_dictionary, open_data
from reports.visits_page import visits

app_name = "reports"

urlpatterns = [
    path("thong-ke/", views.statistics, name="statistics"),
    path("du-lieu-mo/", open_data, name="open-data"),
    path("du-lieu-mo/tu-dien/", data_dictionary, name="data-dictionary"),
    path("tin-tuc/", news_list, name="news"),
    path("tin-tuc/<slug:slug>/", news_item, name="news-item"),
    path("tin-tuc/tep/<int:pk>", news_file, name="news-file"),
    path("luot-xem/", visits, name="visits"),
    path("ban-do/", map_views.places_map, name="map"),
    path("lich/<str:token>.ics", calendar.calendar, name="calendar"),
]
