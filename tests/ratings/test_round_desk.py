"""Rounds and sessions by their forms: the calendar, the agenda, all or none, attendance, closing."""

import re
from datetime import date
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ocop_portal.clock import today
from ratings.actions.sheets import sign_sheet
from ratings.calendar import statutory
from ratings.desk.rounds import days_told
from ratings.models import AssessmentRound, Attendance, CouncilSession, Dossier, ScoreSheet
from ratings.transitions import State
from tests.ratings.flow import dossier_in, make_council, make_session, score
from tests.scenes import rotated

pytestmark = pytest.mark.django_db


def hidden(html: str) -> dict[str, str]:
    """The hidden inputs of a page's forms."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = unescape(value[1]) if value else ""
    return found


def opened(client, name, pk=None):
    return client.get(reverse(f"desk:{name}", args=[pk] if pk else [])).content.decode()


def send(client, name, pk=None, *, seen=None, prefix="", **data):
    """Open the page of an address and send its form: `(answer, its text)`."""
    url = reverse(f"desk:{name}", args=[pk] if pk else [])
    page = seen or opened(client, name, pk)
    kept = {k: v for k, v in hidden(page).items() if k.startswith(prefix) or not prefix}
    if not prefix:
        kept = {k: v for k, v in kept.items() if not k.startswith("xep-")}
    answer = client.post(url, {**kept, **data})
    return answer, unescape(answer.content.decode())


@pytest.fixture
def keeper(client, tinh):
    client.force_login(tinh)
    return client


def test_the_days_are_proposed_and_follow_the_number(keeper):
    council = make_council()
    page = keeper.get(reverse("desk:round-add")).content.decode()
    assert 'value="30/10/2026"' in page
    assert 'value="30/12/2026"' in page
    answer, _ = send(
        keeper,
        "round-add",
        council=council.pk,
        year=2026,
        number=2,
        propose_until="",
        assess_until="",
        plan="Kế hoạch 12/KH-UBND",
    )
    round = AssessmentRound.objects.get()
    assert answer["Location"] == reverse("desk:round", args=[round.pk])
    assert (round.propose_until, round.assess_until) == (date(2026, 10, 30), date(2026, 12, 30))
    # Another number on the days that were proposed for the next one: the days follow.
    answer, _ = send(
        keeper,
        "round-add",
        council=make_council(2027).pk,
        year=2027,
        number=2,
        propose_until="30/04/2027",
        assess_until="30/06/2027",
    )
    assert AssessmentRound.objects.get(year=2027).assess_until == statutory(2027, 2)[1]


def test_an_extra_round_needs_the_regulation_and_a_reason(keeper):
    council = make_council()
    given = {"council": council.pk, "year": 2026, "number": 3, "propose_until": "", "assess_until": ""}
    answer, text = send(keeper, "round-add", **given, extra_reason="Nhiều hồ sơ")
    assert answer.status_code == 200
    assert "không cho phép đợt bổ sung" in text
    council.extra_rounds = True
    council.save()
    answer, text = send(keeper, "round-add", **given)
    assert "phải ghi lý do" in text
    assert not AssessmentRound.objects.exists()
    answer, _ = send(keeper, "round-add", **given, extra_reason="Nhiều hồ sơ")
    assert AssessmentRound.objects.get().extra_reason == "Nhiều hồ sơ"


def test_a_councils_year_is_the_rounds_year(keeper):
    _answer, text = send(keeper, "round-add", council=make_council(2027).pk, year=2026, number=2)
    assert "Hội đồng này của năm 2027" in text
    assert not AssessmentRound.objects.exists()


def test_a_form_opened_before_another_change_is_refused(keeper):
    round = make_session().round
    url = reverse("desk:round-edit", args=[round.pk])
    old = keeper.get(url).content.decode()
    given = {"council": round.council_id, "year": 2026, "number": 2}
    given |= {"propose_until": "30/10/2026", "assess_until": "30/12/2026"}
    assert send(keeper, "round-edit", round.pk, plan="Mới", **given)[0].status_code == 302
    _answer, text = send(keeper, "round-edit", round.pk, seen=old, plan="Cũ", **given)
    assert "vừa được người khác thay đổi" in text
    round.refresh_from_db()
    assert round.plan == "Mới"


@pytest.mark.parametrize(
    ("until", "told"),
    [
        (date(2026, 9, 19), ("info", "còn 35 ngày đến hạn đánh giá")),
        (date(2026, 8, 20), ("warn", "còn 5 ngày đến hạn đánh giá")),
        (date(2026, 8, 15), ("warn", "hôm nay đến hạn đánh giá")),
        (date(2026, 8, 12), ("bad", "quá hạn đánh giá 3 ngày")),
    ],
)
def test_the_calendar_is_told_in_words(until, told):
    assert days_told(until, date(2026, 8, 15), "đánh giá") == told


def test_the_list_puts_open_rounds_first(keeper):
    council = make_council()
    days = {"propose_until": date(2026, 4, 30), "assess_until": date(2026, 6, 30)}
    AssessmentRound.objects.create(council=council, year=2026, number=1, **days)
    AssessmentRound.objects.create(council=council, year=2026, number=2, closed_on=date(2026, 8, 1), **days)
    page = unescape(keeper.get(reverse("desk:rounds")).content.decode())
    assert page.index("Đợt 1 năm 2026") < page.index("Đợt 2 năm 2026")
    assert "quá hạn đánh giá 46 ngày" in page
    assert "đã kết thúc ngày 01/08/2026" in page


def test_from_checked_to_scoring_by_forms(keeper):
    session = make_session()
    round = session.round
    dossiers = [dossier_in(State.CHECKED)[0] for _ in range(2)]
    pks = [d.pk for d in dossiers]
    answer, _ = send(keeper, "round-admit", round.pk, dossiers=pks, session=session.pk)
    assert answer.status_code == 302
    assert set(round.dossiers.values_list("state", "session")) == {(State.ADMITTED, session.pk)}
    page = unescape(keeper.get(reverse("desk:round", args=[round.pk])).content.decode())
    assert "2 hồ sơ đã xếp phiên, chờ mở chấm" in page
    answer, _ = send(keeper, "round-open-scoring", round.pk, dossiers=pks)
    assert answer.status_code == 302
    assert ScoreSheet.objects.count() == 14
    page = unescape(keeper.get(reverse("desk:round", args=[round.pk])).content.decode())
    assert page.count("0/7 phiếu đã ký") == 2
    score(dossiers[0])
    page = unescape(keeper.get(reverse("desk:round", args=[round.pk])).content.decode())
    assert "7/7 phiếu đã ký" in page
    assert "1 hồ sơ đã đủ phiếu" in page


def test_admitting_is_all_or_none_with_each_fault_named(keeper):
    session = make_session()
    dossiers = [dossier_in(State.CHECKED)[0] for _ in range(5)]
    short = dossiers[3]
    Dossier.objects.filter(pk=short.pk).update(samples=0)
    needed = short.criteria_set.samples
    answer, text = send(
        keeper, "round-admit", session.round_id, dossiers=[d.pk for d in dossiers], session=session.pk
    )
    assert answer.status_code == 200
    if needed:
        assert f"{short.product}: mới nhận 0 mẫu, cần {needed}" in text
        assert not session.round.dossiers.exists()


def test_scoring_is_opened_only_with_a_session(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.ADMITTED, session=session)
    Dossier.objects.filter(pk=dossier.pk).update(session=None)
    answer, text = send(keeper, "round-open-scoring", session.round_id, dossiers=[dossier.pk])
    assert "chưa xếp phiên họp" in text
    answer, _ = send(keeper, "session", session.pk, prefix="xep-", **{"xep-dossiers": [dossier.pk]})
    assert answer.status_code == 302
    dossier.refresh_from_db()
    assert dossier.session == session
    answer, _ = send(keeper, "round-open-scoring", session.round_id, dossiers=[dossier.pk])
    assert answer.status_code == 302


def test_a_session_lists_the_members_of_its_day(keeper):
    round = make_session().round
    given = {"held_on": "20/08/2026", "starts_at": "08:30", "place": "Phòng họp số 2", "agenda": "Chấm điểm."}
    answer, _ = send(keeper, "session-add", round.pk, **given)
    session = CouncilSession.objects.get(place="Phòng họp số 2")
    assert answer["Location"] == reverse("desk:session", args=[session.pk])
    assert session.attendances.filter(present=True).count() == 7
    answer, text = send(keeper, "session-add", round.pk, **given)
    assert "đã có" in text, "one session a day and place"
    for wrong in ({"held_on": "31/02/2026"}, {"starts_at": "25:00"}, {"place": ""}):
        assert send(keeper, "session-add", round.pk, **{**given, **wrong})[0].status_code == 200


def test_conclusion_and_agenda_are_kept(keeper):
    session = make_session()
    given = {"held_on": "15/08/2026", "starts_at": "08:00", "place": session.place}
    answer, _ = send(keeper, "session", session.pk, **given, conclusion="Thống nhất.\nTrình Chủ tịch.")
    assert answer.status_code == 302
    session.refresh_from_db()
    assert session.conclusion.splitlines() == ["Thống nhất.", "Trình Chủ tịch."]


def attendance_data(session, absent=(), reason="Đi công tác"):
    data = {}
    for row in session.attendances.all():
        if row.member_id in absent:
            data[f"reason_{row.member_id}"] = reason
        else:
            data[f"here_{row.member_id}"] = "on"
    return data


def test_attendance_asks_for_a_reason_and_unblocks_the_rest(keeper):
    session = make_session()
    _dossier, _ = dossier_in(State.SCORING, session=session)
    away = session.attendances.last().member
    answer, text = send(
        keeper, "session-attendance", session.pk, **attendance_data(session, [away.pk], reason="")
    )
    assert f"lý do vắng của {away.name}" in text
    answer, _ = send(keeper, "session-attendance", session.pk, **attendance_data(session, [away.pk]))
    assert answer.status_code == 302
    row = Attendance.objects.get(session=session, member=away)
    assert (row.present, row.reason) == (False, "Đi công tác")
    page = unescape(keeper.get(reverse("desk:round", args=[session.round_id])).content.decode())
    assert "0/7 phiếu đã ký, 1 vắng mặt" in page


def test_who_signed_was_there(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    score(dossier)
    member = dossier.sheets.first().member
    _answer, text = send(keeper, "session-attendance", session.pk, **attendance_data(session, [member.pk]))
    assert "đã ký phiếu trong phiên này" in text
    assert Attendance.objects.filter(session=session, present=True).count() == 7


def test_a_round_is_closed_when_all_is_decided(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.ADMITTED, session=session)
    _answer, text = send(keeper, "round-close", session.round_id)
    told = "còn 1 hồ sơ chưa có kết quả (1 đã đưa vào đợt)"
    assert told in text and 'name="token"' not in text
    close = reverse("desk:round-close", args=[session.round_id])
    page = keeper.get(reverse("desk:round", args=[session.round_id])).content.decode()
    assert told in page and close not in page
    Dossier.objects.filter(pk=dossier.pk).update(state=State.WITHDRAWN, state_reason="Rút")
    assert send(keeper, "round-close", session.round_id)[0].status_code == 302
    session.round.refresh_from_db()
    assert session.round.closed_on == today()
    page = keeper.get(reverse("desk:session", args=[session.pk])).content.decode()
    assert 'href="/can-bo/dot-danh-gia/" aria-current="page"' in page
    for name in ("round-edit", "round-admit", "round-open-scoring", "session-add", "round-close"):
        url = reverse(f"desk:{name}", args=[session.round_id])
        assert keeper.get(url)["Location"] == reverse("desk:round", args=[session.round_id]), name
    page = keeper.get(reverse("desk:session", args=[session.pk])).content.decode()
    assert "Lưu phiên họp" not in page


def test_a_form_sent_twice_is_saved_once(keeper):
    council = make_council()
    data = {"council": council.pk, "year": 2026, "number": 2, "propose_until": "", "assess_until": ""}
    page = keeper.get(reverse("desk:round-add")).content.decode()
    first, _ = send(keeper, "round-add", seen=page, **data)
    second, _ = send(keeper, "round-add", seen=page, **data)
    assert second.status_code == 302, unescape(second.content.decode())[4000:7000]
    assert first["Location"] == second["Location"]
    assert AssessmentRound.objects.count() == 1


GARBAGE = ("", "x", "-1", "0", "99999999999999999999", "\x00", "<b>", "31/02/2026", "x" * 5000)
FIELDS = {
    "round-add": ("council", "year", "number", "propose_until", "assess_until", "extra_reason", "plan"),
    "round-edit": ("council", "year", "number", "propose_until", "version"),
    "round-admit": ("dossiers", "session", "token"),
    "round-open-scoring": ("dossiers",),
    "session-add": ("held_on", "starts_at", "place", "agenda"),
    "session": ("held_on", "starts_at", "place", "xep-token", "xep-dossiers"),
    "session-attendance": ("here_1", "version"),
    "round-close": ("token",),
}


def filled_with_garbage(fields, values):
    """Forms with every value in every field: all fields at once, and each alone with one of those that get furthest."""
    yield from rotated(fields, values)
    for place, field in enumerate(fields):
        yield {field: ("99999999999999999999", "\x00")[place % 2]}


@pytest.mark.parametrize("name", FIELDS)
def test_garbage_gets_an_answer(keeper, name):
    session = make_session()
    dossier_in(State.CHECKED)
    dossier_in(State.ADMITTED, session=session)
    pk = (
        None
        if name == "round-add"
        else session.pk
        if name.startswith("session") and name != "session-add"
        else session.round_id
    )
    page = ""
    for data in filled_with_garbage(FIELDS[name], GARBAGE):
        page = page or opened(keeper, name, pk)
        answer, _ = send(keeper, name, pk, seen=page, **data)
        assert answer.status_code in (200, 302), (name, {field: value[:30] for field, value in data.items()})
        page = page if answer.status_code == 200 else ""  # what was accepted is not sent again


def test_garbage_in_addresses_gets_an_answer(keeper):
    for query in ("page=x", "page=-1", "page=99999999999999999999", "q=%00"):
        assert keeper.get(f"{reverse('desk:rounds')}?{query}").status_code == 200
    assert keeper.get("/can-bo/dot-danh-gia/99999999999999999999/").status_code == 404


def test_pages_do_not_grow_in_queries(keeper):
    session = make_session()

    def count(name, pk=None):
        with CaptureQueriesContext(connection) as queries:
            assert keeper.get(reverse(f"desk:{name}", args=[pk] if pk else [])).status_code == 200
        return len(queries)

    pages = [
        ("rounds", None),
        ("round", session.round_id),
        ("session", session.pk),
        ("round-admit", session.round_id),
        ("round-open-scoring", session.round_id),
    ]
    for _ in range(2):
        dossier_in(State.SCORING, session=session)
        dossier_in(State.ADMITTED, session=session)
        dossier_in(State.CHECKED)
    keeper.get(reverse("desk:rounds"))
    before = [count(*page) for page in pages]
    for _ in range(2):
        dossier_in(State.SCORING, session=session)
        dossier_in(State.ADMITTED, session=session)
        dossier_in(State.CHECKED)
    assert [count(*page) for page in pages] == before
    assert max(before) <= 22


def test_a_signatory_sees_and_changes_nothing(client, chutich):
    session = make_session()
    client.force_login(chutich)
    page = client.get(reverse("desk:session", args=[session.pk])).content.decode()
    assert "Lưu phiên họp" not in page
    answer = client.post(reverse("desk:session", args=[session.pk]), {"place": "Khác"})
    assert answer.status_code == 403
    page = client.get(reverse("desk:round", args=[session.round_id])).content.decode()
    assert "Đưa hồ sơ vào đợt" not in page


def test_members_scores_are_nowhere_before_all_have_signed(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    sheet = dossier.sheets.first()
    score(dossier, sign=False)
    signed = sign_sheet(sheet=sheet, by=sheet.member.user)
    page = keeper.get(reverse("desk:round", args=[session.round_id])).content.decode()
    assert "1/7 phiếu đã ký" in unescape(page)
    assert f">{signed.total}<" not in page
