"""The portal's addresses and one that does nothing: the yardstick."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from ocop_portal.urls import urlpatterns as portal


@login_not_required
def nothing(request: HttpRequest) -> HttpResponse:
    """As little as a view can do; everything around it is the portal's."""
    return HttpResponse("nothing", content_type="text/plain")


urlpatterns = [path("-/nothing", nothing), *portal]
