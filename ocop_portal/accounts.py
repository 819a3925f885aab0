"""Signing in: there is no public sign-up; accounts are made in the admin."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from ocop_portal.permissions import Permission, has_permission


class StaffAccountAdapter(DefaultAccountAdapter):
    """Closes sign-up and sends each role to its first page."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk for those who work there, the public home page for the others."""
        return reverse("desk:home" if has_permission(request.user, Permission.DESK_VIEW) else "home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Accounts need no e-mail address, so notices are left to the trail of events."""
