"""Figures for people; the open data stand in `reports.api`."""

from django.urls import path

from reports import views

app_name = "reports"

urlpatterns = [path("thong-ke/", views.statistics, name="statistics")]
