"""Producers as the public sees them: with their products, so they live above the producers app."""

from django.urls import path

from products.views import producers

app_name = "producers"

urlpatterns = [
    path("", producers.producer_list, name="list"),
    path("<int:pk>/", producers.detail, name="detail"),
]
