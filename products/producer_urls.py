"""Producers as the public sees them: with their products, so they live above the producers app."""

from django.urls import path

from products.views import gallery, points, producers

app_name = "producers"

urlpatterns = [
    path("chu-the/", producers.producer_list, name="list"),
    path("chu-the/<int:pk>/", producers.detail, name="detail"),
    path("diem-ban/", points.point_list, name="points-of-sale"),
    path("diem-ban/<int:pk>/", points.point, name="point-of-sale"),
    path("su-kien/", points.events, name="events"),
    path("su-kien/<int:pk>/", gallery.event, name="event"),
    path("thu-vien-anh/", gallery.gallery, name="gallery"),
    path("media/events/<str:name>", gallery.event_photo, name="event-photo"),
]
