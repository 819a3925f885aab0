"""The officials' desk, put together from the apps that keep each part."""

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("products.desk_urls")),
]
