"""Councils in the admin: many members at once, terms, next year's copy, and who may score whom."""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from ratings.actions.councils import copy_council
from ratings.models import ConflictOfInterest, Council, CouncilMember
from tests.factories import ProducerFactory, UserFactory

pytestmark = pytest.mark.django_db
ADD = "/admin/ratings/council/add/"
BLANK = {
    "name": "Hội đồng OCOP tỉnh",
    "level": "province",
    "year": "2026",
    "decision_number": "9/QĐ-UBND",
    "decided_on": "05/01/2026",
    "valid_from": "05/01/2026",
    "valid_to": "31/12/2026",
    "size": "9",
    "quorum_percent": "75",
    "chair_required": "on",
    "spread_limit": "10",
    "minimum_rule": "median_low",
    "certificate_format": "{serial:03d}/{year}/GCN-OCOP",
    "advisory_teams-TOTAL_FORMS": "0",
    "advisory_teams-INITIAL_FORMS": "0",
}


@pytest.fixture
def admin(client, admin_account):
    client.force_login(admin_account)
    return client


def rows(*members):
    """The inline rows of members: (name, role[, account])."""
    data = {"members-TOTAL_FORMS": str(len(members)), "members-INITIAL_FORMS": "0"}
    for n, (name, role, *account) in enumerate(members):
        data |= {f"members-{n}-name": name, f"members-{n}-role": role, f"members-{n}-scores": "on"}
        data |= {f"members-{n}-valid_from": "05/01/2026", f"members-{n}-valid_to": "31/12/2026"}
        data |= {f"members-{n}-user": str(account[0].pk)} if account else {}
    return data


def seven():
    roles = ["chair", "secretary", "vice_chair", "member", "member", "member", "expert"]
    return [(f"Người {n}", role) for n, role in enumerate(roles, start=1)]


@pytest.fixture
def council(admin):
    response = admin.post(ADD, BLANK | rows(*seven()))
    assert response.status_code == 302, re.findall(
        r'class="errorlist.*?</ul>', response.content.decode(), re.S
    )
    return Council.objects.get()


def test_nine_blank_rows_wait_for_members(admin):
    assert 'name="members-TOTAL_FORMS" value="9"' in admin.get(ADD).content.decode()


def test_a_council_and_its_members_are_entered_at_once(council):
    assert council.members.count() == 7
    event = council.members.first().events.get()
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("admin", "admin")
    assert council.quorum_on(date(2026, 3, 1)) == 6, "75 % of 7, rounded up"
    assert council.quorum_on(date(2027, 1, 1)) == 0


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("A", "chair"), ("B", "chair")], "chỉ có một Chủ tịch"),
        ([("A", "secretary"), ("B", "secretary")], "chỉ có một Thư ký"),
    ],
)
def test_two_chairs_entered_together_are_refused_in_words(admin, members, sentence):
    response = admin.post(ADD, BLANK | rows(*members))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert not Council.objects.exists()


def test_one_account_cannot_sit_twice(admin):
    account = UserFactory(council=True)
    response = admin.post(ADD, BLANK | rows(("A", "member", account), ("B", "member", account)))
    assert "hai thành viên trong cùng thời gian" in response.content.decode()
    assert not Council.objects.exists()


def test_what_only_the_database_saw_is_told_in_words(admin, council, monkeypatch):
    """Somebody else entered a chair between the form's check and its save."""
    from ratings.admin import MemberFormSet

    monkeypatch.setattr(CouncilMember, "validate_constraints", lambda self, exclude=None: None)
    monkeypatch.setattr(MemberFormSet, "clean", lambda self: None)
    data = BLANK | rows(("Người mới", "chair"))
    response = admin.post(f"/admin/ratings/council/{council.pk}/change/", data, follow=True)
    assert "Trong cùng thời gian Hội đồng chỉ có một Chủ tịch" in response.content.decode()
    assert council.members.count() == 7


def test_a_chair_gives_way_by_the_last_day(council):
    chair = council.members.get(role="chair")
    CouncilMember.objects.filter(pk=chair.pk).update(valid_to=date(2026, 6, 30))
    CouncilMember.objects.create(
        council=council,
        name="Người kế nhiệm",
        role="chair",
        valid_from=date(2026, 7, 1),
        valid_to=date(2026, 12, 31),
    )
    assert council.members_on(date(2026, 6, 30)).get(role="chair") == chair
    assert council.members_on(date(2026, 7, 1)).get(role="chair").name == "Người kế nhiệm"


def test_next_years_copy_takes_members_in_term_and_the_regulation(admin, council):
    CouncilMember.objects.filter(name="Người 5").update(valid_to=date(2026, 6, 30))
    Council.objects.update(spread_limit=8)
    response = admin.post(
        "/admin/ratings/council/",
        {"action": "copy_to_next_year", "_selected_action": [council.pk]},
        follow=True,
    )
    assert "với 6 thành viên" in response.content.decode()
    copy = Council.objects.get(year=2027)
    assert (copy.spread_limit, copy.decision_number, copy.copied_from) == (8, "", council)
    assert {m.valid_from for m in copy.members.all()} == {date(2027, 1, 1)}
    assert copy.events.get().pgh_context["verb"] == "copy_council"
    again = admin.post(
        "/admin/ratings/council/",
        {"action": "copy_to_next_year", "_selected_action": [council.pk]},
        follow=True,
    )
    assert "đã được sao chép sang năm 2027" in again.content.decode()
    assert Council.objects.count() == 2
    with pytest.raises(ValidationError):
        copy_council(council=council, year=2027, by=None)


def test_an_interest_keeps_the_member_from_scoring(admin, council):
    member, producer, other = council.members.first(), ProducerFactory(), ProducerFactory()
    day = date(2026, 3, 1)
    assert member.may_score(producer, day)
    path = f"/admin/ratings/councilmember/{member.pk}/change/"
    data = {
        "council": str(council.pk),
        "name": member.name,
        "role": member.role,
        "scores": "on",
        "valid_from": "05/01/2026",
        "valid_to": "31/12/2026",
        "interests-TOTAL_FORMS": "1",
        "interests-INITIAL_FORMS": "0",
        "interests-0-producer": str(producer.pk),
        "interests-0-declared_on": "10/01/2026",
        "interests-0-reason": "Người thân là giám đốc",
    }
    assert admin.post(path, data).status_code == 302
    assert ConflictOfInterest.objects.count() == 1
    assert not member.may_score(producer, day)
    assert member.may_score(other, day)
    assert not member.may_score(other, date(2027, 1, 1))
    member.scores = False
    assert not member.may_score(other, day)


def test_officials_and_members_do_not_reach_the_councils(client, tinh, hd1):
    for user in (tinh, hd1):
        client.force_login(user)
        assert client.get("/admin/ratings/council/").status_code in (302, 403)
