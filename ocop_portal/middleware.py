"""Middleware of the portal's own."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from ocop_portal.permissions import Permission, has_permission


class SecondFactorMiddleware:
    """Where a second factor is required, the desk and the admin stay shut until the user has one.

    Pages of the desk are never kept by a browser or a proxy.
    """

    GUARDED = ("/can-bo/", "/admin/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        guarded = request.path.startswith(self.GUARDED)
        if guarded and self._lacks_factor(request):
            messages.warning(request, "Hãy bật xác thực hai lớp trước khi vào bàn làm việc.")
            return redirect("mfa_activate_totp")
        response = self.get_response(request)
        if guarded:
            response.headers["Cache-Control"] = "no-store"
        return response

    @staticmethod
    def _lacks_factor(request: HttpRequest) -> bool:
        return (
            settings.SECOND_FACTOR_REQUIRED
            and has_permission(request.user, Permission.DESK_VIEW)
            and not is_mfa_enabled(request.user)
        )
