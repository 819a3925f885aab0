"""Score sheets at the desk: the list, saving choice by choice and by a button, conflicts, signing, scoring again, paper."""

import html
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from products.models import ProductGroup
from ratings.actions import dossiers as acts
from ratings.actions.rounds import close_round
from ratings.actions.sheets import reopen_sheets, save_choice, sign_sheet
from ratings.models import Choice, ConflictOfInterest, Dossier, Evidence, ScoreSheet
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import ProductFactory
from tests.products.desk import errors, opened, send
from tests.ratings import flow
from tests.ratings.flow import dossier_in, make_council, make_session, score

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    """A dossier being scored, its people, and the first member's sheet."""
    dossier, people = dossier_in(State.SCORING)
    sheet = dossier.sheets.select_related("member__user").order_by("member").first()
    return Case(dossier, people, sheet)


class Case:
    def __init__(self, dossier, people, sheet):
        self.dossier, self.people, self.sheet = dossier, people, sheet
        self.member, self.user = sheet.member, sheet.member.user
        self.table, self.rules = table_of(dossier.criteria_set)

    def url(self, name, *args):
        return reverse(f"desk:{name}", args=[self.sheet.pk, *args])

    def scales(self, part="A"):
        return [s for s in self.table.scales if s.part == part]

    def choose(self, scale, grade=-1, **kwargs):
        kept = self.sheet.choices.filter(criterion=scale.pk).first()
        option = scale.grades[grade].pk if grade is not None else None
        return save_choice(
            sheet=self.sheet,
            criterion=scale.pk,
            option=option,
            seen=kept.revision if kept else 0,
            by=self.user,
            **kwargs,
        )

    def fill(self):
        score(self.dossier, lambda place, scale: scale.grades[-1].points, sign=False, only=[self.sheet])


def text(response):
    page = response.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def post(client, case, scale, option, seen=0, **more):
    given = {"criterion": scale.pk, "option": option, "seen": seen, **more}
    return client.post(case.url("sheet-save"), given)


# --- the list ------------------------------------------------------------------------------------------------------


def test_the_list_tells_how_far_each_sheet_is(client, case):
    client.force_login(case.user)
    page = client.get("/can-bo/cham-diem/")
    assert "chưa bắt đầu" in text(page) and "0/32 tiêu chí" in text(page)
    assert case.url("sheet-part", "a") in page.content.decode()
    for scale in case.scales("A"):
        case.choose(scale)
    page = client.get("/can-bo/cham-diem/")
    assert "đang chấm" in text(page) and "16/32 tiêu chí" in text(page)
    assert f'<a class="button" href="{case.url("sheet-part", "b")}">Tiếp tục' in page.content.decode()
    case.fill()
    page = client.get("/can-bo/cham-diem/")
    assert "chấm xong, chưa ký" in text(page)
    sign_sheet(sheet=case.sheet, by=case.user)
    page = client.get("/can-bo/cham-diem/")
    assert "đã ký" in text(page) and "Bạn đã ký mọi phiếu được giao." in text(page)


def test_the_list_without_sheets_says_so(client, hd1):
    client.force_login(hd1)
    assert "Bạn chưa có phiếu nào" in text(client.get("/can-bo/cham-diem/"))


def test_the_list_tells_of_interests_without_a_link(client, case):
    session = case.dossier.session
    other = ProductFactory(name="Chè Shan tuyết Bằng Phúc")
    interest = {"member": case.member, "declared_on": "2026-08-01", "reason": "anh em ruột"}
    ConflictOfInterest.objects.create(producer=other.producer, **interest)
    barred, _ = dossier_in(State.SCORING, product=other, session=session)
    assert not barred.sheets.filter(member=case.member).exists()
    ConflictOfInterest.objects.create(producer=case.dossier.product.producer, **interest)
    client.force_login(case.user)
    page = client.get("/can-bo/cham-diem/")
    assert text(page).count("Bạn đã khai xung đột lợi ích với chủ thể này (anh em ruột)") == 2
    assert "Chè Shan tuyết Bằng Phúc" in text(page)
    assert not re.search(r'href="/can-bo/cham-diem/\d+', page.content.decode())


def test_the_list_does_not_grow_in_queries_and_keeps_closed_rounds_apart(client, case):
    client.force_login(case.user)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/can-bo/cham-diem/").status_code == 200
        return len(queries)

    before = count()
    for _ in range(3):
        dossier_in(State.SCORING, session=case.dossier.session)
    assert count() == before <= 8
    for dossier in Dossier.objects.all():
        acts.give_reason_and_move(dossier=dossier, name="exclude", reason="Vi phạm", by=case.people.province)
    assert "hết thời gian chấm" in text(client.get("/can-bo/cham-diem/"))
    close_round(round=case.dossier.round, by=case.people.province)
    assert "Bạn chưa có phiếu nào" in text(client.get("/can-bo/cham-diem/"))
    assert "hết thời gian chấm" in text(client.get("/can-bo/cham-diem/?rounds=all"))


# --- a part --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["06", "13", "25", "26"])
def test_a_part_costs_a_dozen_queries_in_every_set(client, group):
    product = ProductFactory(group=ProductGroup.objects.get(code=group))
    dossier, _ = dossier_in(State.SCORING, product=product)
    case = Case(dossier, None, dossier.sheets.order_by("member").first())
    client.force_login(case.user)
    client.get(case.url("sheet-part", "a"))
    counts = set()
    for part in "abc":
        with CaptureQueriesContext(connection) as queries:
            page = client.get(case.url("sheet-part", part))
        counts.add(len(queries))
        assert all(q["sql"].startswith("SELECT") for q in queries), "a GET never writes"
        boxes = re.findall(r"<fieldset class=\"sheet-criterion", page.content.decode())
        assert len(boxes) == len(case.scales(part.upper()))
    assert counts == {7}, "the same for every set and part"


def test_evidence_and_claim_stand_under_their_criterion(client):
    product = ProductFactory()
    people = flow.cast(product)
    dossier = acts.start_dossier(product=product, kind="first", by=people.owner)
    table, _ = table_of(dossier.criteria_set)
    scale = table.scales[1]
    piece = Evidence(kind="raw_material", title="Chứng nhận VietGAP số 12", criterion_id=scale.pk)
    piece.file.save("x.pdf", ContentFile(b"%PDF-1.4"), save=False)
    acts.add_evidence(dossier=dossier, evidence=piece, by=people.owner)
    for step in flow.steps(dossier, people, None, None)[:-1]:
        step()
    dossier.refresh_from_db()
    case = Case(dossier, people, dossier.sheets.order_by("member").first())
    client.force_login(case.user)
    page = client.get(case.url("sheet-part", "a")).content.decode()
    box = re.search(rf'<fieldset[^>]*data-criterion="{scale.pk}".*?</fieldset>', page, re.S)[0]
    assert reverse("desk:evidence-file", args=[piece.pk]) in box and "Chứng nhận VietGAP số 12" in box
    best = max(scale.grades, key=lambda g: g.points)
    assert f"Chủ thể tự chấm: {best.label}" in html.unescape(box)
    assert "Không có mức nào" in box and "tối đa" in box
    assert reverse("desk:dossier", args=[dossier.pk]) in page
    everything = "".join(client.get(case.url("sheet-part", p)).content.decode() for p in "abc")
    told = html.unescape(everything)
    for heading in {
        "excluded_if": "Bị loại nếu",
        "stop_if": "Dừng đánh giá nếu",
        "applies_when": "Chỉ áp dụng khi",
        "requirement": "Yêu cầu",
    }.items():
        used = any(n == heading[0] for s in table.scales for n, _ in s.notes)
        assert (heading[1] + ":" in told) == used, heading
    assert "tối thiểu cho 3 sao" in told


def test_a_part_by_its_button(client, case):
    """Without JavaScript: one form, one button; what was not answered stays unanswered."""
    client.force_login(case.user)
    first, second, third = case.scales()[:3]
    path = case.url("sheet-part", "a")
    answer = send(
        client,
        path,
        **{f"c-{first.pk}": first.grades[-1].pk, f"c-{second.pk}": "0", f"note-{second.pk}": "Chưa có giấy"},
    )
    assert answer.status_code == 302 and answer["Location"] == path
    assert "Đã lưu 2 lựa chọn của phần A." in text(client.get(path))
    kept = {c.criterion_id: c for c in case.sheet.choices.all()}
    assert kept[first.pk].option_id == first.grades[-1].pk
    assert (kept[second.pk].option_id, kept[second.pk].note) == (None, "Chưa có giấy")
    assert third.pk not in kept
    # The same page sent twice, or sent unchanged, writes nothing.
    events = Choice.pgh_event_model.objects.count()
    assert send(client, path).status_code == 302
    assert Choice.pgh_event_model.objects.count() == events
    assert send(client, path, next="b")["Location"] == case.url("sheet-part", "b")
    assert send(client, path, next="sheet")["Location"] == case.url("sheet")
    assert send(client, path, next="//evil.example")["Location"] == path


def test_by_button_conflicts_are_told_one_by_one_and_the_rest_is_saved(client, case):
    client.force_login(case.user)
    first, second, third = case.scales()[:3]
    case.choose(first, 0)
    case.choose(third, 0)
    path = case.url("sheet-part", "a")
    page = opened(client, path)
    case.choose(first, 1)  # another tab
    case.choose(third, 1)  # another tab, and this page leaves it as it was
    page |= {f"c-{first.pk}": "0", f"c-{second.pk}": second.grades[0].pk}
    answer = client.post(path, page)
    told = text(answer)
    assert answer.status_code == 200 and "1 tiêu chí chưa lưu được" in told
    assert "Bạn vừa chọn: Không có mức nào (0 điểm)" in told
    standing = f"{first.grades[1].label} ({first.grades[1].points} điểm)"
    assert f"Đang được lưu, và đánh dấu dưới đây: {standing}" in told
    assert "1 lựa chọn khác đã được lưu" in told
    kept = dict(case.sheet.choices.values_list("criterion", "option"))
    assert kept == {
        first.pk: first.grades[1].pk,
        second.pk: second.grades[0].pk,
        third.pk: third.grades[1].pk,
    }


def test_by_button_a_note_needs_a_level_and_foreign_levels_are_refused(client, case):
    client.force_login(case.user)
    first, second = case.scales()[:2]
    path = case.url("sheet-part", "a")
    told = text(send(client, path, **{f"note-{first.pk}": "Xem lại"}))
    assert "Hãy chọn một mức trước khi ghi chú." in told
    told = text(send(client, path, **{f"c-{first.pk}": second.grades[0].pk}))
    assert "Mức điểm không thuộc tiêu chí này." in told
    told = text(send(client, path, **{f"c-{first.pk}": "0", f"note-{first.pk}": "x" * 301}))
    assert "300" in told
    assert not case.sheet.choices.exists()


def test_garbage_never_breaks_a_part_or_a_saving(client, case):
    client.force_login(case.user)
    for scale, bad in zip(case.scales(), ("", "x", "-1", "1e9", "9" * 40, "\x00", "١"), strict=False):
        fields = {f"c-{scale.pk}": bad, f"seen-{scale.pk}": bad, f"note-{scale.pk}": bad, "next": bad}
        assert client.post(case.url("sheet-part", "a"), fields).status_code in (200, 302), bad
        for name in ("criterion", "option", "seen", "note"):
            given = {"criterion": scale.pk, "option": "0", "seen": "0", name: bad}
            answer = client.post(case.url("sheet-save"), given)
            assert answer.status_code in (200, 409, 422), (name, bad, answer.status_code)
            assert answer.status_code != 422 or answer.json()["message"]
    assert client.get(case.url("sheet") + "x/").status_code == 404
    assert client.get(reverse("desk:sheet-part", args=[case.sheet.pk, "d"])).status_code == 404
    assert client.post(case.url("sheet-save"), {}).status_code == 422


# --- choice by choice ------------------------------------------------------------------------------------------------


def test_a_choice_is_saved_and_answered_with_the_sums(client, case):
    client.force_login(case.user)
    scale = case.scales()[0]
    grade = scale.grades[-1]
    answer = post(client, case, scale, grade.pk, note="Đủ hợp đồng")
    assert answer.status_code == 200
    assert answer.json() == {
        "saved": True,
        "revision": 1,
        "points": {"A": grade.points, "B": 0, "C": 0, "total": grade.points},
        "answered": 1,
        "answered_by_part": {"A": 1, "B": 0, "C": 0},
    }
    again = post(client, case, scale, grade.pk, note="Đủ hợp đồng")
    assert (again.status_code, again.json()["revision"]) == (200, 1), "a retry is no conflict"
    assert Choice.pgh_event_model.objects.count() == 1
    later = post(client, case, scale, 0, seen=1)
    assert (later.status_code, later.json()["revision"], later.json()["points"]["total"]) == (200, 2, 0)
    choice = case.sheet.choices.get()
    assert (choice.option, choice.note) == (None, "Đủ hợp đồng"), "a note that is not sent stays"


def test_what_another_tab_changed_is_answered_with_what_stands(client, case):
    client.force_login(case.user)
    scale = case.scales()[0]
    case.choose(scale, 0)
    case.choose(scale, 1, note="Tab khác")
    answer = post(client, case, scale, scale.grades[-1].pk, seen=1)
    assert answer.status_code == 409
    told = answer.json()
    assert (told["saved"], told["revision"], told["option"]) == (False, 2, scale.grades[1].pk)
    assert told["words"] == f"{scale.grades[1].label} ({scale.grades[1].points} điểm), ghi chú: Tab khác"
    assert case.sheet.choices.get().option_id == scale.grades[1].pk


def test_saving_is_lean(client, case):
    client.force_login(case.user)
    first, second = case.scales()[:2]
    post(client, case, first, first.grades[0].pk)
    for scale, seen in ((second, 0), (second, 1)):
        with CaptureQueriesContext(connection) as queries:
            assert post(client, case, scale, scale.grades[seen].pk, seen=seen).status_code == 200
        asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
        assert len(asked) <= 9, asked


def test_an_option_of_another_criterion_or_set_is_refused_in_words(client, case):
    client.force_login(case.user)
    first, second = case.scales()[:2]
    answer = post(client, case, first, second.grades[0].pk)
    assert (answer.status_code, answer.json()["message"]) == (422, "Mức điểm không thuộc tiêu chí này.")
    other = case.rules.sets["25"].scales[0]
    answer = post(client, case, other, other.grades[0].pk)
    assert (answer.status_code, "bộ tiêu chí của hồ sơ" in answer.json()["message"]) == (422, True)


# --- overview, signing -----------------------------------------------------------------------------------------------


def test_the_overview_lists_what_is_open_with_links(client, case):
    client.force_login(case.user)
    for scale in case.table.scales[:-1]:
        case.choose(scale)
    last = case.table.scales[-1]
    page = client.get(case.url("sheet"))
    anchor = "tc-" + last.code.replace(".", "-")
    assert f"{case.url('sheet-part', last.part.lower())}#{anchor}" in page.content.decode()
    assert "Còn 1 tiêu chí chưa chấm" in text(page) and "31/32" in text(page)
    assert "Tạm tính" in text(page) and "Ký phiếu" not in text(page)
    told = text(
        client.post(case.url("sheet-sign"), {"token": "8c5ce8a0-1d1c-4ac2-b4ab-8a0f7a9f2a00", "version": ""})
    )
    assert case.sheet.choices.count() == 31 and "Phiếu vừa thay đổi" in told
    case.sheet.refresh_from_db()
    assert case.sheet.signed_at is None


def test_minimums_that_are_missed_are_told(client, case):
    for scale in case.table.scales:
        worst = min(range(len(scale.grades)), key=lambda n: scale.grades[n].points)
        case.choose(scale, worst if scale.marked else -1)
    client.force_login(case.user)
    told = text(client.get(case.url("sheet")))
    assert "mức tối thiểu chưa đạt" in told and "3 sao cần ít nhất" in told
    assert "chưa đạt hạng sao" in told


def test_signing_takes_two_steps_and_freezes(client, case):
    client.force_login(case.user)
    case.fill()
    form = opened(client, case.url("sheet")) | {"comment": "Sợi dai, nước trong."}
    step = client.post(case.url("sheet-sign"), form)
    assert step.status_code == 200 and "Sau khi ký không sửa được" in text(step)
    case.sheet.refresh_from_db()
    assert case.sheet.signed_at is None, "nothing is signed at the first step"
    back = client.post(case.url("sheet-sign"), form | {"confirmed": "1", "back": "1"})
    assert "Sợi dai, nước trong." in back.content.decode() and "Bước 1/2" in text(back)
    done = client.post(case.url("sheet-sign"), form | {"confirmed": "1"})
    assert (done.status_code, done["Location"]) == (302, case.url("sheet"))
    case.sheet.refresh_from_db()
    assert case.sheet.signed_at and case.sheet.total == 100
    assert case.sheet.comment == "Sợi dai, nước trong."
    page = text(client.get(case.url("sheet")))
    assert "Đã ký phiếu" in page and "Sợi dai, nước trong." in page and "Nguồn nguyên liệu" in page
    twice = client.post(case.url("sheet-sign"), form | {"confirmed": "1"}, follow=True)
    assert "Phiếu đã ký nên không sửa được nữa." in text(twice)


def test_the_remark_is_kept_long_before_signing(client, case):
    client.force_login(case.user)
    url, script = case.url("sheet-comment"), {"headers": {"accept": "application/json"}}
    page = client.get(case.url("sheet")).content.decode()
    assert f'data-comment-url="{url}"' in page and "Lưu nhận xét" in page, "also while criteria are open"
    sent = client.post(url, {"comment": "Sợi dai.\r\nThơm.", "seen": ""}, **script).json()
    case.sheet.refresh_from_db()
    assert sent["saved"] and case.sheet.comment == "Sợi dai.\nThơm." and not case.sheet.signed_at
    event = case.sheet.events.order_by("pgh_id").last()
    assert event.pgh_context["verb"] == "save_comment"
    again = client.post(url, {"comment": "Sợi dai.\nThơm.", "seen": ""}, **script)
    assert again.status_code == 200, "an answer that got lost is no conflict"
    clash = client.post(url, {"comment": "Khác", "seen": ""}, **script)
    assert (clash.status_code, clash.json()["comment"]) == (409, "Sợi dai.\nThơm.")
    told = text(client.post(url, {"comment": "Khác", "seen": ""}))
    assert "vừa được sửa ở tab hoặc máy khác" in told and "Khác" in told
    assert client.post(url, {"comment": "x" * 2001, "seen": ""}, **script).status_code == 422
    moved = client.post(url, {"comment": "Khác", "seen": "Sợi dai.\nThơm."})
    assert moved["Location"] == case.url("sheet")
    case.sheet.refresh_from_db()
    assert case.sheet.comment == "Khác"


def test_the_remark_moves_the_version_that_is_signed_and_freezes_with_it(client, case):
    client.force_login(case.user)
    case.fill()
    form = opened(client, case.url("sheet"))
    url, script = case.url("sheet-comment"), {"headers": {"accept": "application/json"}}
    sent = client.post(url, {"comment": "Sợi dai.", "seen": ""}, **script).json()
    assert "vừa thay đổi ở tab" in text(client.post(case.url("sheet-sign"), form | {"confirmed": "1"}))
    form |= {"comment": "Sợi dai.", "version": sent["version"], "confirmed": "1"}
    assert client.post(case.url("sheet-sign"), form).status_code == 302
    late = client.post(url, {"comment": "Muộn", "seen": "Sợi dai."}, **script)
    assert (late.status_code, late.json()["message"]) == (422, "Phiếu đã ký nên không sửa được nữa.")
    assert "Phiếu đã ký" in text(client.post(url, {"comment": "Muộn", "seen": "Sợi dai."}, follow=True))
    case.sheet.refresh_from_db()
    assert case.sheet.comment == "Sợi dai."
    (turn,) = reopen_sheets(dossier=case.dossier, members=[case.member], reason="Chênh quá mức", by=None)
    assert turn.comment == "Sợi dai.", "carried over as the choices are"


def test_a_signed_sheet_refuses_every_write_in_words(client, case):
    client.force_login(case.user)
    case.fill()
    sign_sheet(sheet=case.sheet, by=case.user)
    scale, words = case.scales()[0], "Phiếu đã ký nên không sửa được nữa."
    answer = post(client, case, scale, 0, seen=1)
    assert (answer.status_code, answer.json()["message"]) == (422, words)
    for path, fields in (
        (case.url("sheet-part", "a"), {f"c-{scale.pk}": "0", f"seen-{scale.pk}": "1"}),
        (case.url("sheet-sign"), {"confirmed": "1"}),
    ):
        assert words in text(client.post(path, fields, follow=True))
    assert words in text(client.get(case.url("sheet-part", "b"), follow=True))
    assert case.sheet.choices.get(criterion=scale.pk).option_id == scale.grades[-1].pk


def test_nothing_is_signed_that_changed_after_it_was_shown(client, case):
    client.force_login(case.user)
    case.fill()
    form = opened(client, case.url("sheet"))
    case.choose(case.scales()[0], 0)  # another tab
    answer = client.post(case.url("sheet-sign"), form | {"confirmed": "1"})
    assert "Phiếu vừa thay đổi ở tab hoặc máy khác" in errors(answer)
    case.sheet.refresh_from_db()
    assert case.sheet.signed_at is None
    assert opened_from(answer)["version"] != form["version"], "the page shows what is new, and may be signed"


def opened_from(response):
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', response.content.decode()))


def test_an_interest_declared_after_opening_shuts_the_sheet(client, case):
    client.force_login(case.user)
    case.fill()
    ConflictOfInterest.objects.create(
        member=case.member, producer=case.dossier.product.producer, declared_on="2026-08-14", reason="góp vốn"
    )
    words = "Bạn đã khai xung đột lợi ích"
    assert words in post(client, case, case.scales()[0], 0, seen=1).json()["message"]
    assert words in text(client.get(case.url("sheet-part", "a"), follow=True))
    assert words in text(client.post(case.url("sheet-sign"), {"confirmed": "1"}, follow=True))
    page = client.get(case.url("sheet"))
    assert words in text(page) and "Ký phiếu" not in text(page)


def test_scoring_again_tells_why_and_what_was_chosen_before(client, case):
    score(case.dossier)
    reopen_sheets(
        dossier=case.dossier,
        members=[case.member],
        reason="Mùi: hai thành viên chênh 12 điểm",
        by=case.people.province,
    )
    sheet = ScoreSheet.objects.get(member=case.member, turn=2)
    client.force_login(case.user)
    listed = text(client.get("/can-bo/cham-diem/"))
    assert (
        "chấm lại" in listed
        and "Mùi: hai thành viên chênh 12 điểm" in listed
        and listed.count("tiêu chí") == 1
    )
    page = text(client.get(reverse("desk:sheet-part", args=[sheet.pk, "a"])))
    assert "Lý do: Mùi: hai thành viên chênh 12 điểm" in page and "Lần trước bạn chọn:" in page
    old = text(client.get(case.url("sheet")))
    assert "Hồ sơ này đã mở chấm lại cho bạn" in old
    scale = case.scales()[0]
    again = Case(case.dossier, case.people, sheet)
    again.choose(scale, 0)
    sign_sheet(sheet=sheet, by=case.user)
    read = text(client.get(reverse("desk:sheet", args=[sheet.pk])))
    assert f"Lần trước: {scale.grades[-1].label}" in read


def test_the_print_states_the_sheet(client, case):
    client.force_login(case.user)
    case.fill()
    draft = client.get(case.url("sheet-print"))
    assert draft["Content-Type"] == "application/pdf" and "Phiếu chưa ký" in pdf_text(draft)
    sign_sheet(sheet=case.sheet, comment="Sợi dai", by=case.user)
    printed = pdf_text(client.get(case.url("sheet-print")))
    for words in (
        case.member.name,
        case.dossier.product.name,
        "100 / 100",
        "Sợi dai",
        "Quyết định số 26/2026/QĐ-TTg",
    ):
        assert words in printed, words


def pdf_text(response):
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# --- paper -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, case):
    client.force_login(case.people.province)
    return client


def paper(case, sheet=None):
    return reverse("desk:sheet-paper", args=[case.dossier.pk, (sheet or case.sheet).member_id])


def typed(case, **changes):
    """The best points everywhere, as they stand on a paper sheet."""
    fields = {f"p-{s.pk}": s.maximum for s in case.table.scales}
    return fields | {f"sum-{part}": most for part, most in case.rules.maxima.items()} | changes


def test_a_paper_sheet_is_typed_in_and_signed_at_once(desk, case, media):
    scan = io.BytesIO(b"%PDF-1.4\nstartxref\n0\n%%EOF")
    scan.name = "phieu.pdf"
    answer = send(desk, paper(case), **typed(case, comment="Ngon", scan=scan))
    assert answer.status_code == 302
    case.sheet.refresh_from_db()
    assert (case.sheet.source, case.sheet.total, case.sheet.comment) == ("paper", 100, "Ngon")
    assert case.sheet.scan and case.sheet.signed_at
    following = case.dossier.sheets.order_by("member")[1]
    assert answer["Location"] == paper(case, following), "on to the next member"
    page = text(desk.get(answer["Location"]))
    assert f"Đã nhập phiếu của {case.member.name}." in page and "đã nhập từ giấy" in page
    assert "đã ký nên không nhập lại được" in text(desk.get(paper(case)))


def test_wrong_points_are_told_at_their_line_and_nothing_is_saved(desk, case):
    scale = next(s for s in case.table.scales if s.choices == (0, 1, 3) or 2 not in s.choices)
    wrong = next(n for n in range(9) if n not in scale.choices)
    answer = send(desk, paper(case), **typed(case, **{f"p-{scale.pk}": wrong}))
    offered = ", ".join(map(str, scale.choices))
    assert f"{scale.code} {scale.name}: Chỉ nhận {offered} điểm." in " ".join(errors(answer).split())
    blank = send(desk, paper(case), **typed(case, **{f"p-{scale.pk}": ""}))
    assert "Chưa ghi điểm." in errors(blank)
    form = opened(desk, paper(case))
    for bad in ("x", "-1", "1,5", "9" * 30, "\x00"):
        given = typed(case, **{f"p-{scale.pk}": bad, "sum-A": bad})
        assert desk.post(paper(case), form | given).status_code == 200
    assert not case.sheet.choices.exists()


def test_sums_that_differ_from_the_paper_are_told_and_nothing_is_saved(desk, case):
    first = case.scales()[0]
    less = first.choices[-2]
    answer = send(desk, paper(case), **typed(case, **{f"p-{first.pk}": less}))
    added = 40 - first.maximum + less
    assert f"Các dòng phần A cộng được {added} điểm, phiếu ghi 40." in " ".join(errors(answer).split())
    assert f"các dòng cộng được {added}" in text(answer) and "các dòng cộng được 25" in text(answer)
    assert not case.sheet.choices.exists()
    right = send(desk, paper(case), **typed(case, **{f"p-{first.pk}": less, "sum-A": added}))
    assert right.status_code == 302


def test_zero_means_the_zero_level_where_there_is_one_and_none_elsewhere(desk, case):
    zeroed = next(s for s in case.scales() if any(g.points == 0 for g in s.grades))
    bare = next(s for s in case.scales() if all(g.points for g in s.grades))
    left = 40 - zeroed.maximum - bare.maximum
    send(desk, paper(case), **typed(case, **{f"p-{zeroed.pk}": 0, f"p-{bare.pk}": "0", "sum-A": left}))
    kept = dict(case.sheet.choices.values_list("criterion", "option"))
    assert kept[zeroed.pk] == next(g.pk for g in zeroed.grades if g.points == 0)
    assert kept[bare.pk] is None


def test_levels_of_the_same_points_are_chosen_by_name(client):
    product = ProductFactory(group=ProductGroup.objects.get(code="26"))
    dossier, people = dossier_in(State.SCORING, product=product)
    case = Case(dossier, people, dossier.sheets.order_by("member").first())
    client.force_login(people.province)
    twins = [s for s in case.table.scales if len({g.points for g in s.grades}) < len(s.grades)]
    assert len(twins) == 3
    page = client.get(paper(case)).content.decode()
    best = {}
    for scale in twins:
        assert re.search(rf'<select name="p-{scale.pk}"', page)
        best[f"p-{scale.pk}"] = max(scale.grades, key=lambda g: g.points).pk
    assert send(client, paper(case), **typed(case, **best)).status_code == 302
    case.sheet.refresh_from_db()
    assert case.sheet.total == 100


def test_paper_is_refused_where_the_member_began_on_screen(desk, case):
    token = opened(desk, paper(case))
    case.choose(case.scales()[0])
    page = desk.get(paper(case))
    assert "đã bắt đầu chấm trên máy nên không nhập phiếu giấy đè lên" in text(page)
    assert '<form method="post" enctype' not in page.content.decode()
    answer = desk.post(paper(case), token | typed(case))
    assert answer.status_code == 200 and "không nhập phiếu giấy đè lên" in errors(answer)
    case.sheet.refresh_from_db()
    assert case.sheet.signed_at is None and case.sheet.choices.count() == 1


def test_a_paper_form_sent_twice_saves_once(desk, case):
    form = opened(desk, paper(case)) | typed(case)
    assert desk.post(paper(case), form).status_code == 302
    again = desk.post(paper(case), form, follow=True)
    assert "đã được gửi trước đó" in text(again)
    assert ScoreSheet.objects.signed().count() == 1


def test_paper_for_who_has_no_sheet_or_sits_elsewhere(desk, case):
    stranger = make_council(2026).members.first()
    assert desk.get(reverse("desk:sheet-paper", args=[case.dossier.pk, stranger.pk])).status_code == 404
    early, _ = dossier_in(State.CHECKED)
    assert desk.get(reverse("desk:sheet-paper", args=[early.pk, case.member.pk])).status_code == 404
    waiting, _ = dossier_in(State.ADMITTED, session=case.dossier.session)
    page = desk.get(reverse("desk:sheet-paper", args=[waiting.pk, case.member.pk]))
    assert "Thành viên này không có phiếu cho hồ sơ" in text(page)


def test_paper_costs_the_same_for_any_number_of_members(desk, case):
    desk.get(paper(case))
    with CaptureQueriesContext(connection) as queries:
        desk.get(paper(case))
    assert len(queries) <= 12


def test_scoring_again_on_paper_begins_with_the_last_points(desk, case):
    send(desk, paper(case), **typed(case))
    score(case.dossier)
    reopen_sheets(dossier=case.dossier, members=[case.member], reason="Đã thảo luận", by=case.people.province)
    form = opened(desk, paper(case))
    first = case.scales()[0]
    assert form[f"p-{first.pk}"] == str(first.maximum)
    form |= {f"p-{first.pk}": "0", **{f"sum-{p}": m for p, m in case.rules.maxima.items()}}
    form["sum-A"] = 40 - first.maximum
    assert desk.post(paper(case), form).status_code == 302
    again = ScoreSheet.objects.get(member=case.member, turn=2)
    assert (again.total, again.source) == (100 - first.maximum, "paper")


def test_sessions_with_work_left_come_first(client, case):
    other = make_session(case.dossier.round.council)
    dossier, _ = dossier_in(State.SCORING, session=other)
    case.fill()
    sign_sheet(sheet=case.sheet, by=case.user)
    client.force_login(case.user)
    page = text(client.get("/can-bo/cham-diem/"))
    assert page.index(dossier.product.name) < page.index(case.dossier.product.name)
