"""Every address of the score sheets × every role, before and after the last signature."""

import pytest
from django.test import Client
from django.urls import reverse

from ratings.actions.rounds import save_attendance
from ratings.actions.sheets import reopen_sheets, sign_sheet
from ratings.desk.sheet_urls import urlpatterns
from ratings.models import Choice, ConflictOfInterest, ScoreSheet
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import BANG_PHUC, UserFactory, unit
from tests.ratings.flow import dossier_in, make_council, score

pytestmark = pytest.mark.django_db

READERS = (
    "own",
    "fellow",
    "other council",
    "signatory",
    "province",
    "admin",
    "commune",
    "producer",
    "commune elsewhere",
    "other producer",
    "anonymous",
)
# address: answers to READERS while sheets are open, for the sheet (or the paper sheet) of "own"
OPEN = {
    "sheets": (200, 200, 200, 403, 403, 403, 403, 403, 403, 403, 302),
    "sheet": (200, 404, 404, 404, 404, 404, 403, 403, 404, 404, 302),
    "sheet-part": (200, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-save": (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 302),
    "sheet-comment": (405, 405, 405, 405, 405, 405, 405, 405, 405, 405, 302),
    "sheet-sign": (302, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-print": (200, 404, 404, 404, 404, 404, 403, 403, 404, 404, 302),
    "sheet-paper": (403, 403, 404, 403, 200, 200, 403, 403, 404, 404, 302),
    "sheet-scan": (404, 404, 404, 404, 404, 404, 403, 403, 404, 404, 302),  # this one has none
}
# after the last signature
SIGNED = OPEN | {
    "sheet": (200, 200, 404, 200, 200, 200, 403, 403, 404, 404, 302),
    "sheet-part": (302, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-print": (200, 200, 404, 200, 200, 200, 403, 403, 404, 404, 302),
}
# what may be sent: nobody but the member writes
POSTS = {
    "sheet-part": (302, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-save": (200, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-comment": (302, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-sign": (200, 404, 404, 403, 403, 403, 403, 403, 404, 404, 302),
    "sheet-paper": (403, 403, 404, 403, 200, 200, 403, 403, 404, 404, 302),
}


@pytest.fixture
def case():
    dossier, people = dossier_in(State.SCORING)
    sheets = list(dossier.sheets.select_related("member__user").order_by("member"))
    return dossier, people, sheets


def reader(who, case):
    _, people, sheets = case
    return {
        "own": lambda: sheets[0].member.user,
        "fellow": lambda: sheets[1].member.user,
        "other council": lambda: make_council().members.first().user,
        "signatory": lambda: people.signatory,
        "province": lambda: people.province,
        "admin": lambda: UserFactory(admin=True),
        "commune": lambda: people.commune,
        "producer": lambda: people.owner,
        "commune elsewhere": lambda: UserFactory(commune=True, unit=unit(BANG_PHUC)),
        "other producer": UserFactory,
    }[who]()


def address(name, sheet):
    if name == "sheets":
        return reverse("desk:sheets")
    if name == "sheet-paper":
        return reverse("desk:sheet-paper", args=[sheet.dossier_id, sheet.member_id])
    return reverse(f"desk:{name}", args=[sheet.pk, "a"] if name == "sheet-part" else [sheet.pk])


def test_the_table_names_every_address():
    assert set(OPEN) == {p.name for p in urlpatterns}


def each(client, case):
    """(place in the table, reader), each signed in."""
    for place, who in enumerate(READERS):
        client.logout()
        if who != "anonymous":
            client.force_login(reader(who, case))
        yield place, who


def test_role_by_address(client, case, statuses_alone):
    _, _, sheets = case
    scale_fields = {"criterion": 1, "option": 0, "seen": 0}
    for place, who in each(client, case):
        for name, answers in OPEN.items():
            assert client.get(address(name, sheets[0])).status_code == answers[place], (who, name)
        for name, answers in POSTS.items():
            got = client.post(address(name, sheets[0]), scale_fields).status_code
            # a criterion that is none is told in words to who may save
            expected = 422 if (who, name) == ("own", "sheet-save") else answers[place]
            assert got == expected, (who, name)
    assert not Choice.objects.exists() and not ScoreSheet.objects.signed().exists()


def test_role_by_address_once_all_have_signed(client, case, statuses_alone):
    dossier, _, sheets = case
    score(dossier)
    for place, who in each(client, case):
        for name, answers in SIGNED.items():
            assert client.get(address(name, sheets[0])).status_code == answers[place], (who, name)


def test_a_fellows_sheet_opens_with_the_last_signature_only(client, case):
    dossier, people, sheets = case
    fellow = sheets[1].member.user
    client.force_login(fellow)
    score(dossier, only=sheets[:-1])
    score(dossier, sign=False)
    assert client.get(address("sheet", sheets[0])).status_code == 404
    assert "thành viên khác" not in client.get(address("sheet", sheets[1])).content.decode()
    sign_sheet(sheet=sheets[-1], by=sheets[-1].member.user)
    page = client.get(address("sheet", sheets[0]))
    assert page.status_code == 200 and "Ký phiếu" not in page.content.decode()
    assert address("sheet", sheets[0]) in client.get(address("sheet", sheets[1])).content.decode()
    # Opened again for one: the numbers are told to nobody until it is signed.
    reopen_sheets(dossier=dossier, members=[sheets[2].member], reason="Chênh lệch", by=people.province)
    assert client.get(address("sheet", sheets[0])).status_code == 404


def test_an_absent_members_open_sheet_is_never_read_by_others(client, case):
    dossier, people, sheets = case
    absent = sheets[-1]
    score(dossier, lambda place, scale: None, only=sheets[:-1])
    save_attendance(
        session=dossier.session, present={absent.member_id: (False, "Đi công tác")}, by=people.province
    )
    client.force_login(people.province)
    assert client.get(address("sheet", sheets[0])).status_code == 200
    assert client.get(address("sheet", absent)).status_code == 404, "it is not signed"


def test_an_interest_declared_later_keeps_the_own_sheet_readable_and_shut(client, case):
    dossier, _, sheets = case
    ConflictOfInterest.objects.create(
        member=sheets[0].member,
        producer=dossier.product.producer,
        declared_on="2026-08-14",
        reason="góp vốn",
    )
    client.force_login(sheets[0].member.user)
    assert client.get(address("sheet", sheets[0])).status_code == 200
    assert client.get(address("sheet-part", sheets[0])).status_code == 302
    answer = client.post(address("sheet-save", sheets[0]), {"criterion": 1, "option": 0, "seen": 0})
    assert answer.status_code == 422 and "xung đột lợi ích" in answer.json()["message"]


def test_forms_are_guarded_against_foreign_sites(case):
    _, people, sheets = case
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(sheets[0].member.user)
    for name in ("sheet-save", "sheet-part", "sheet-sign"):
        assert strict.post(address(name, sheets[0]), {}).status_code == 403
    strict.force_login(people.province)
    assert strict.post(address("sheet-paper", sheets[0]), {}).status_code == 403


def test_a_scanned_paper_sheet_is_given_to_who_may_read_it(client, case):
    from django.core.files.base import ContentFile

    from ratings.actions.sheets import record_paper_sheet

    dossier, people, sheets = case
    member = sheets[0].member
    table, _ = table_of(dossier.criteria_set)
    scan = ContentFile(b"%PDF-1.7\nstartxref\n9\n%%EOF\n", name="phieu.pdf")
    chosen = {s.pk: s.grades[-1].pk for s in table.scales}
    sheet = record_paper_sheet(dossier=dossier, member=member, chosen=chosen, scan=scan, by=people.province)
    path = reverse("desk:sheet-scan", args=[sheet.pk])
    client.force_login(member.user)
    assert client.get(path)["Content-Type"] == "application/pdf"
    client.force_login(sheets[1].member.user)
    assert client.get(path).status_code == 404


def test_an_interest_declared_after_opening_is_not_waited_for(case):
    from ratings.actions.results import outcome_of

    dossier, _people, sheets = case
    ConflictOfInterest.objects.create(
        member=sheets[-1].member,
        producer=dossier.product.producer,
        declared_on="2026-08-15",
        reason="Họ hàng",
    )
    score(dossier, lambda place, scale: scale.grades[-1].points, only=sheets[:-1])
    assert outcome_of(dossier).obstacles == ()
    assert ScoreSheet.objects.told_to(sheets[0].member.user, dossier)
