"""Signing in: no public sign-up, accounts are made in the admin, everything said in Vietnamese.

allauth carries no Vietnamese, so its sentences and labels stand here.
"""

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from ocop_portal.context import first_desk_page


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
        """Where the user's work begins; the public home page for who has none."""
        return reverse(first_desk_page(request.user) or "home")

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

    def encrypt(self, text: str) -> str:
        """Secrets of authenticators lie encrypted in the database, under a key made from SECRET_KEY."""
        return _sealer().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """What `encrypt` gave, under today's key or one of SECRET_KEY_FALLBACKS.

        A secret kept before encryption was introduced is read as it is.
        """
        try:
            return _sealer().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return encrypted_text


def _sealer() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac("ocop_portal.mfa", "", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


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
