"""Figures and open data."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from reports import views
from reports.api import api

app_name = "reports"

urlpatterns = [path("thong-ke/", views.statistics, name="statistics")]

_api_patterns, _api_app, _api_namespace = api.urls
for pattern in _api_patterns:
    # Open data needs no account; the API has no other kind of endpoint.
    pattern.callback = login_not_required(pattern.callback)
urlpatterns.append(path("api/v1/", (_api_patterns, _api_app, _api_namespace)))
