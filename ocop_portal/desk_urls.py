"""The officials' desk, put together from the apps that keep each part."""

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("products.desk_urls")),
    path("", include("producers.desk_urls")),
    path("", include("products.desk.oversight_urls")),
    path("", include("products.desk.import_urls")),
    path("", include("products.desk.collection_urls")),
    path("", include("ratings.desk.dossier_urls")),
    path("", include("ratings.desk.sheet_urls")),
    path("", include("ratings.desk.round_urls")),
    path("", include("ratings.desk.result_urls")),
    path("", include("reports.desk_urls")),
    path("", include("reports.desk.inbox_urls")),
    path("", include("reports.desk.trail_urls")),
    path("", include("reports.desk.lapse_urls")),
    path("", include("reports.desk.news_urls")),
]
