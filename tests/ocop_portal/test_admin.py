"""The admin site: database errors in words, second factors taken off with a reason, and no secret to be seen."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.db import DataError

from ocop_portal.models import AdministrativeUnit
from ratings.models import AdvisoryMember, CouncilMember
from tests.factories import unit

pytestmark = pytest.mark.django_db
USERS = "/admin/ocop_portal/user/"


@pytest.fixture
def desk(client, admin_account):
    client.force_login(admin_account)
    return client


def unit_form(**changes):
    inlines = {
        f"{name}-{part}_FORMS": "0"
        for name in ("other_names", "successions")
        for part in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
    }
    return {"code": "99991", "name": "Xã Thử", "level": "commune", "parent": ""} | inlines | changes


def test_a_unit_that_ends_before_it_begins_is_refused_in_a_sentence(desk):
    given = unit_form(valid_from="02/01/2025", valid_to="01/01/2025")
    response = desk.post("/admin/ocop_portal/administrativeunit/add/", given)
    assert response.status_code == 200
    assert "Ngày kết thúc phải từ ngày bắt đầu trở đi." in response.content.decode()
    assert not AdministrativeUnit.objects.filter(code="99991").exists()


@pytest.mark.parametrize("model", [CouncilMember, AdvisoryMember])
def test_terms_of_councils_are_refused_alike(model):
    row = model(name="Lan", valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))
    with pytest.raises(Exception, match="Ngày kết thúc phải từ ngày bắt đầu trở đi") as caught:
        row.full_clean(exclude=["council", "team", "user"])
    assert "valid_to" in caught.value.message_dict


def test_what_only_the_database_sees_is_told_in_words(desk, monkeypatch):
    from django.contrib.admin import ModelAdmin

    def refuse(self, request, obj, form, change):
        raise DataError("range lower bound must be less than or equal to range upper bound")

    monkeypatch.setattr(ModelAdmin, "save_model", refuse)
    response = desk.post("/admin/ocop_portal/administrativeunit/add/", unit_form(), follow=True)
    assert response.status_code == 200
    assert "Chưa lưu: có ngày, số hoặc chữ mà sổ bộ không ghi được" in response.content.decode()


def test_units_are_never_deleted_in_the_admin_either(desk):
    assert desk.post(f"/admin/ocop_portal/administrativeunit/{unit('02173').pk}/delete/").status_code == 403


def test_no_page_of_the_admin_shows_secrets(desk):
    registered = {model._meta.label for model in admin.site._registry}
    assert not registered & {"mfa.Authenticator", "account.EmailAddress", "auth.Group"}
    assert desk.get("/admin/mfa/authenticator/").status_code == 404


def test_secrets_lie_encrypted_and_are_read_under_an_older_key(tinh, settings):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(tinh, secret)
    RecoveryCodes.activate(tinh)
    kept = [str(a.data) for a in Authenticator.objects.all()]
    assert len(kept) == 2
    assert not any(secret in text for text in kept)
    seed = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "một khóa mới " * 5, [settings.SECRET_KEY]
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == seed


def test_a_secret_kept_before_encryption_is_read_as_it_is():
    from allauth.mfa.adapter import get_adapter

    assert get_adapter().decrypt("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"


def test_a_second_factor_is_taken_off_with_a_reason_and_the_trail_knows(desk, tinh, xa):
    TOTP.activate(tinh, "A" * 32)
    chosen = {"action": "remove_factor", "_selected_action": [tinh.pk, xa.pk]}
    page = desk.post(USERS, chosen).content.decode()
    assert "Lý do" in page and Authenticator.objects.count() == 1
    page = desk.post(USERS, chosen | {"reason": "  "}, follow=True).content.decode()
    assert "Hãy ghi lý do" in page and Authenticator.objects.count() == 1
    page = desk.post(USERS, chosen | {"reason": "Mất điện thoại"}, follow=True).content.decode()
    assert "Đã gỡ xác thực hai lớp của tinh." in page
    assert "Tài khoản xa chưa bật xác thực hai lớp." in page
    assert not Authenticator.objects.exists()
    event = tinh.events.order_by("-pgh_id").first()
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("remove_second_factor", "admin")
    history = desk.get(f"{USERS}{tinh.pk}/history/").content.decode()
    assert "gỡ xác thực hai lớp" in history and "Mất điện thoại" in history
    assert xa.events.count() == 1


def test_the_admin_greets_by_name_and_leads_back(desk, admin_account):
    admin_account.last_name, admin_account.first_name = "Quản trị", "(trình diễn)"
    admin_account.save()
    page = desk.get("/admin/").content.decode()
    assert "<strong>Quản trị</strong> (admin)" in page
    for path in ("/can-bo/", "/tai-khoan/doi-mat-khau/", "/tai-khoan/hai-lop/"):
        assert f'href="{path}"' in page


def test_admins_keep_the_days_off_and_only_read_rulesets(client, admin_account):
    from ocop_portal.models import PublicHoliday
    from ratings.models import Ruleset

    client.force_login(admin_account)
    day = {"day": "26/11/2026", "name": "Nghỉ bù", "working": ""}
    assert client.post("/admin/ocop_portal/publicholiday/add/", day).status_code == 302
    added = PublicHoliday.objects.get(name="Nghỉ bù")
    assert added.events.get().pgh_context["actor"] == admin_account.username
    assert client.get(f"/admin/ocop_portal/publicholiday/{added.pk}/delete/").status_code == 200
    ruleset = Ruleset.objects.get(code="26-2026")
    page = client.get(f"/admin/ratings/ruleset/{ruleset.pk}/change/")
    assert page.status_code == 200 and 'name="_save"' not in page.content.decode()
    assert client.get("/admin/ratings/ruleset/add/").status_code == 403
