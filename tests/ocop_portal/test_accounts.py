"""Signing in, closed sign-up, limits, second factor."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.urls import reverse

from tests.factories import UserFactory

PASSWORD = "mật khẩu thử nghiệm 1"


def sign_in(client, username: str, password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": username, "password": password})


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def test_each_role_lands_on_its_first_page(client, tinh, hd1):
    assert sign_in(client, "tinh").url == reverse("desk:home")
    client.post(reverse("account_logout"))
    assert sign_in(client, "hd1").url == reverse("desk:sheets")


def test_wrong_password_and_unknown_name_read_the_same(client, tinh):
    answers = [sign_in(client, name, "không đúng mật khẩu").content.decode() for name in ("tinh", "ai-do")]
    for answer in answers:
        assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer


def test_failed_attempts_are_limited(client, tinh):
    for _ in range(6):
        response = sign_in(client, "tinh", "sai")
    assert "Sai quá nhiều lần" in response.content.decode()
    assert "Sai quá nhiều lần" in sign_in(client, "tinh").content.decode(), "the right password waits as well"


@pytest.mark.parametrize("next_url", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_next_never_leaves_the_portal(client, tinh, next_url):
    response = client.post(
        reverse("account_login"), {"login": "tinh", "password": PASSWORD, "next": next_url}
    )
    assert response.url == reverse("desk:home")


def test_inactive_account_does_not_sign_in(client, tinh):
    tinh.is_active = False
    tinh.save(update_fields=["is_active"])
    sign_in(client, "tinh")
    assert client.get(reverse("desk:home")).status_code == 302


def test_there_is_no_sign_up(client, db):
    """An address of allauth that would open an account is not one of ours."""
    for path in ("/tai-khoan/dang-ky/", "/tai-khoan/signup/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


def test_desk_needs_second_factor_where_required(client, tinh, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(tinh)
    assert client.get(reverse("desk:home")).url == reverse("mfa_activate_totp")
    TOTP.activate(tinh, "A" * 32)
    assert client.get(reverse("desk:home")).status_code == 200


def test_signing_in_asks_for_the_code(client, tinh):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(tinh, secret)
    RecoveryCodes.activate(tinh)
    assert sign_in(client, "tinh").url == reverse("mfa_authenticate")
    assert client.get(reverse("desk:home")).status_code == 302, "a password alone opens nothing"
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Mã không đúng" in wrong.content.decode()
    code = format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[-1]))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).url == reverse("desk:home")


def test_admin_signs_in_at_the_same_door(client, db):
    response = client.get("/admin/login/", follow=True)
    assert response.request["PATH_INFO"] == reverse("account_login")


def test_admin_is_shut_to_officials(client, tinh, admin_account):
    client.force_login(tinh)
    assert client.get("/admin/").status_code in (302, 403)
    client.force_login(admin_account)
    assert client.get("/admin/").status_code == 200


def test_flags_of_the_admin_site_follow_the_role(db):
    user = UserFactory(admin=True)
    assert user.is_staff and user.is_superuser
    user.role = "province"
    user.save(update_fields=["role"])
    user.refresh_from_db()
    assert not user.is_staff and not user.is_superuser
