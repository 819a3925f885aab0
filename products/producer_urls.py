"""Producers as the public sees them: with their products, so they live above the producers app."""

from django.urls import path

from products.views import points, producers

app_name = "producers"

urlpatterns = [
    path("chu-the/", producers.producer_list, name="list"),
    path("chu-the/<int:pk>/", producers.detail, name="detail"),
    path("diem-ban/", points.point_list, name="points-of-sale"),
    path("diem-ban/<int:pk>/", points.point, name="point-of-sale"),
    path("su-kien/", points.events, name="events"),
]
