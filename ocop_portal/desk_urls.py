"""The officials' desk, put together from the apps that keep each part."""

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("products.desk_urls")),
    path("", include("ratings.desk.dossier_urls")),
    path("", include("ratings.desk.sheet_urls")),
    path("", include("ratings.desk.round_urls")),
    path("", include("ratings.desk.result_urls")),
    path("", include("reports.desk.lapse_urls")),
]
