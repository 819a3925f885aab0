"""Public addresses of the assessment."""

from django.urls import path

from ratings.views.self_assessment import self_assessment

app_name = "ratings"

urlpatterns = [
    path("tu-danh-gia/", self_assessment, name="self-assessment"),
]
