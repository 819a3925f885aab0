"""Signing in: no public sign-up, accounts are made in the admin, everything said in Vietnamese.

allauth carries no Vietnamese, so its sentences and labels stand here.
"""

from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.http import HttpRequest
from django.urls import reverse

from ocop_portal.permissions import Permission, has_permission


class StaffAccountAdapter(DefaultAccountAdapter):
    """Closes sign-up and sends each role to its first page."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Tài khoản này đã ngừng hoạt động.",
        "enter_current_password": "Mật khẩu hiện tại không đúng.",
        "incorrect_code": "Mã không đúng.",
        "incorrect_password": "Mật khẩu không đúng.",
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "same_as_current": "Mật khẩu mới phải khác mật khẩu hiện tại.",
        "too_many_login_attempts": "Sai quá nhiều lần. Hãy thử lại sau ít phút.",
        "rate_limited": "Bạn thao tác quá nhanh. Hãy thử lại sau ít phút.",
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The desk for those who work there, the public home page for the others."""
        return reverse("desk:home" if has_permission(request.user, Permission.DESK_VIEW) else "home")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Accounts need no e-mail address, so notices are left to the trail of events."""


class StaffMFAAdapter(DefaultMFAAdapter):
    """Second factor, in Vietnamese."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Không thể tắt xác thực hai lớp.",
        "cannot_generate_recovery_codes": "Hãy bật xác thực hai lớp trước khi tạo mã dự phòng.",
        "incorrect_code": "Mã không đúng hoặc đã hết hạn.",
    }


def _label(form: forms.Form, **labels: str) -> None:
    """Name the fields in Vietnamese and drop placeholders, which vanish as soon as one types."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


class LoginForm(account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, login="Tên đăng nhập", password="Mật khẩu")
        self.fields["password"].help_text = ""


class ChangePasswordForm(account_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(
            self, oldpassword="Mật khẩu hiện tại", password1="Mật khẩu mới", password2="Nhập lại mật khẩu mới"
        )
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = "Ít nhất 12 ký tự, không phải mật khẩu phổ biến."


class PasswordReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, password="Mật khẩu")
        self.fields["password"].help_text = ""


class CodeActivateForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, code="Mã 6 chữ số trong ứng dụng")


class CodeAuthenticateForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, code="Mã trong ứng dụng hoặc mã dự phòng")


class CodeReauthenticateForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, code="Mã trong ứng dụng hoặc mã dự phòng")
