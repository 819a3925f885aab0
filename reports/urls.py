"""Figures for people, feeds, and what searchers ask for; the open data stand in `reports.api`."""

from django.urls import path

from reports import calendar, crawlers, feed_views, map_views, views
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
    path("nguon-tin/", feed_views.feeds, name="feeds"),
    path("nguon-tin/<slug:name>.xml", feed_views.feed, name="feed"),
    path("san-pham.atom", feed_views.list_feed, name="list-feed"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("sitemap-trang.xml", crawlers.sitemap_pages, name="sitemap-pages"),
    path("sitemap-<slug:name>-<int:number>.xml", crawlers.sitemap_file, name="sitemap-file"),
]
