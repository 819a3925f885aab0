"""Results, decisions and prints by their forms, each as the role that uses it."""

import io
import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from products.models import Certificate, Decision
from ratings.actions.decisions import stars_to_grant
from ratings.actions.results import propose_from_averages
from ratings.actions.sheets import reopen_sheets, sign_sheet
from ratings.findings import HEADER, findings_of, table_rows
from ratings.models import CouncilResult, Dossier, ScoreSheet
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import CertificateFactory, DecisionFactory
from tests.ratings.flow import dossier_in, make_council, make_session, score
from tests.ratings.test_round_desk import attendance_data, filled_with_garbage, hidden, opened, send

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def scan(content=PDF, name="quyet-dinh.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def best(dossier, **other):
    """{criterion: option} with the most points everywhere, but `other` gives fewer, {code: points}."""
    table, _ = table_of(dossier.criteria_set)
    chosen = {}
    for s in table.scales:
        if s.marked:
            points = other.get(s.code, s.maximum)
            chosen[s.pk] = next((g.pk for g in s.grades if g.points == points), None)
    return chosen


def averages(dossier, total, *, unmet="", keep=None):
    """The form's data of a paper record with the total; `unmet` names a criterion without any option."""
    total = Decimal(total)
    a = min(total, Decimal(40))
    c = min(total - a, Decimal(35))
    parts = {"part_a": a, "part_b": total - a - c, "part_c": c}
    agreed = best(dossier, **({unmet: 0} if unmet else {}))
    return {
        **{name: f"{points:.2f}".replace(".", ",") for name, points in parts.items()},
        **{f"agreed_{pk}": option or 0 for pk, option in agreed.items()},
        "sheets": 7,
        "concluded_on": "15/08/2026",
        "conclusion": "Theo biên bản giấy.",
        **(keep or {}),
    }


def proposed(total, *, session=None, unmet=""):
    """A dossier proposed on the averages of a paper record: `(dossier, people)`."""
    dossier, people = dossier_in(State.SCORING, session=session)
    total = Decimal(total)
    a = min(total, Decimal(40))
    c = min(total - a, Decimal(35))
    propose_from_averages(
        dossier=dossier,
        averages={"A": a, "B": total - a - c, "C": c},
        sheets=7,
        agreed=best(dossier, **({unmet: 0} if unmet else {})),
        conclusion="",
        concluded_on=date(2026, 8, 15),
        by=people.province,
    )
    return Dossier.objects.with_line().get(pk=dossier.pk), people


def minimum_of(dossier, stars):
    """The code of a criterion with a minimum for so many stars."""
    table, _ = table_of(dossier.criteria_set)
    return next(s.code for s in table.scales if any(g.star == stars and g.points for g in s.grades))


def page(client, name, pk):
    answer = client.get(reverse(f"desk:{name}", args=[pk]))
    assert answer.status_code == 200, (name, answer.status_code)
    return unescape(answer.content.decode())


@pytest.fixture
def keeper(client, tinh):
    client.force_login(tinh)
    return client


@pytest.fixture
def signer(client, chutich):
    client.force_login(chutich)
    return client


# --- consolidation -------------------------------------------------------------------------------------------


def test_no_number_shows_before_the_last_signature(keeper):
    dossier, _ = dossier_in(State.SCORING)
    text = page(keeper, "result", dossier.pk)
    assert "0/7 phiếu đã ký" in text
    score(dossier)
    last = dossier.sheets.last()
    reopen_sheets(dossier=dossier, members=[last.member], reason="Xem lại", by=None)
    text = page(keeper, "result", dossier.pk)
    assert "6/7 phiếu đã ký" in text
    assert "100,00" not in text
    assert "Ghi kết quả" not in text
    assert re.search(r">\s*100\s*<", text) is None


def test_the_result_and_its_proposal(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier)
    text = page(keeper, "result", dossier.pk)
    assert "100,00" in text
    assert "7 phiếu, quy chế cần ít nhất 6" in text
    assert "đã ký phiếu" in text, "the chair"
    assert "đề nghị 5 sao" in text
    table, _ = table_of(dossier.criteria_set)
    for scale in table.scales:
        assert f"{scale.code} {scale.name}" in text
        assert f"{scale.maximum} điểm: 7 phiếu" in text
    answer, _ = send(keeper, "result", dossier.pk, conclusion="Nhất trí.")
    assert answer["Location"] == reverse("desk:result", args=[dossier.pk])
    result = CouncilResult.objects.get()
    assert (result.stars, result.sheets, result.conclusion) == (5, 7, "Nhất trí.")
    text = page(keeper, "result", dossier.pk)
    assert "Hội đồng đã đề nghị" in text
    assert "Nhất trí." in text


def test_what_the_browser_sends_of_totals_changes_nothing(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier, lambda place, scale: scale.choices[0])
    send(keeper, "result", dossier.pk, total="100", stars="5", band="5", mean="100", sum_a="40")
    assert (CouncilResult.objects.get().stars, CouncilResult.objects.get().mean) == (0, 0)


def test_a_result_that_moved_on_meanwhile_is_not_proposed(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier)
    old = keeper.get(reverse("desk:result", args=[dossier.pk])).content.decode()
    reopen_sheets(dossier=dossier, members=[dossier.sheets.first().member], reason="Xem lại", by=None)
    score(dossier, lambda place, scale: 0)
    _answer, text = send(keeper, "result", dossier.pk, seen=old)
    assert "vừa được người khác thay đổi" in text
    assert not CouncilResult.objects.exists()


def wide(place, scale):
    """The first member gives nothing for part B (25 points less than the rest)."""
    return 0 if place == 0 and scale.part == "B" else scale.maximum


def test_a_spread_blocks_until_scored_again(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier, wide)
    first = dossier.sheets.order_by("member").first()
    text = page(keeper, "result", dossier.pk)
    assert "Có 6 cặp phiếu chênh nhau quá 10 điểm" in text
    assert "chênh 25 điểm" in text
    answer, text = send(keeper, "result", dossier.pk, conclusion="x")
    assert "chênh nhau quá 10 điểm" in text
    assert not CouncilResult.objects.exists()
    form = page(keeper, "result-reopen", dossier.pk)
    assert len(re.findall(r'name="members"[^>]*checked', form)) == 7, "each sits in a flagged pair"
    answer, text = send(keeper, "result-reopen", dossier.pk, members=[first.member_id], reason="")
    assert answer.status_code == 200
    assert ScoreSheet.objects.count() == 7
    answer, _ = send(
        keeper, "result-reopen", dossier.pk, members=[first.member_id], reason="Đã thống nhất cách hiểu."
    )
    assert answer.status_code == 302
    assert "6/7 phiếu đã ký" in page(keeper, "result", dossier.pk)
    score(dossier)
    text = page(keeper, "result", dossier.pk)
    assert "chấm lại vì" not in text or "Đã thống nhất cách hiểu." in text
    assert "75 điểm" in text, "the sheet of the first turn is listed"
    answer, _ = send(keeper, "result", dossier.pk)
    assert answer.status_code == 302
    assert CouncilResult.objects.get().spread == 0


def test_a_spread_that_stays_asks_for_a_conclusion(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier, wide)
    first = dossier.sheets.order_by("member").first()
    send(keeper, "result-reopen", dossier.pk, members=[first.member_id], reason="Xem lại.")
    score(dossier, lambda place, scale: wide(0, scale))
    assert "đã chấm lại" in page(keeper, "result", dossier.pk)
    answer, text = send(keeper, "result", dossier.pk, conclusion=" ")
    assert "hãy ghi kết luận của Hội đồng" in text
    answer, _ = send(keeper, "result", dossier.pk, conclusion="Giữ nguyên ý kiến khác nhau.")
    assert answer.status_code == 302
    assert CouncilResult.objects.get().spread == 25


def test_quorum_and_chair_block_and_absence_is_recorded(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    sheets = list(dossier.sheets.select_related("member").order_by("member"))
    score(dossier, only=sheets[1:])
    assert "6/7 phiếu đã ký" in page(keeper, "result", dossier.pk)
    chair = sheets[0].member
    send(keeper, "session-attendance", session.pk, **attendance_data(session, [chair.pk]))
    text = page(keeper, "result", dossier.pk)
    assert "Chưa có phiếu đã ký của Chủ tịch Hội đồng" in text
    _answer, text = send(keeper, "result", dossier.pk)
    assert "Chủ tịch Hội đồng" in text
    assert not CouncilResult.objects.exists()


def test_too_few_signed_sheets_are_no_quorum(keeper):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    sheets = list(dossier.sheets.select_related("member").order_by("member"))
    score(dossier, only=sheets[:5])
    score(dossier, sign=False)
    away = [s.member_id for s in sheets[5:]]
    send(keeper, "session-attendance", session.pk, **attendance_data(session, away))
    assert "Mới có 5 phiếu đã ký, quy chế cần ít nhất 6" in page(keeper, "result", dossier.pk)
    send(keeper, "session-attendance", session.pk, **attendance_data(session, away[1:]))
    sign_sheet(sheet=sheets[5], by=sheets[5].member.user)
    answer, _ = send(keeper, "result", dossier.pk)
    assert answer.status_code == 302
    assert CouncilResult.objects.get().sheets == 6


def test_a_member_with_an_open_sheet_is_told_nothing(client):
    """Also one who is recorded as absent: whoever may still score sees no other's numbers."""
    session = make_session()
    dossier, people = dossier_in(State.SCORING, session=session)
    sheets = list(dossier.sheets.select_related("member").order_by("member"))
    score(dossier, only=sheets[:6])
    score(dossier, sign=False)
    client.force_login(people.province)
    send(client, "session-attendance", session.pk, **attendance_data(session, [sheets[6].member_id]))
    assert "100,00" in page(client, "result", dossier.pk)
    client.force_login(sheets[0].member.user)
    assert "100,00" in page(client, "result", dossier.pk)
    client.force_login(sheets[6].member.user)
    assert "100,00" not in page(client, "result", dossier.pk)
    assert ScoreSheet.objects.readable_by(sheets[6].member.user, dossier).count() == 1
    assert ScoreSheet.objects.readable_by(people.province, dossier).count() == 7


# --- averages of a paper record ------------------------------------------------------------------------------


def test_averages_reach_their_band_exactly(keeper):
    """What the first step tells is what the action brought, taken back; the second step keeps it."""
    dossier, _ = dossier_in(State.SCORING)
    form = opened(keeper, "result-averages", dossier.pk)
    for total, stars in (("49.99", 0), ("50", 3), ("69.99", 3), ("70", 4), ("89.99", 4), ("90", 5)):
        data = averages(dossier, total)
        answer, text = send(keeper, "result-averages", dossier.pk, seen=form, **data)
        assert answer.status_code == 200
        assert not CouncilResult.objects.exists(), "nothing is written before it is confirmed"
        shown = f"{Decimal(total):.2f}".replace(".", ",")
        assert f"Ghi {shown} điểm, {f'{stars} sao' if stars else 'không đạt hạng sao'}" in text
    answer, _ = send(
        keeper, "result-averages", dossier.pk, seen=answer.content.decode(), **{**data, "confirmed": "1"}
    )
    assert answer.status_code == 302
    result = CouncilResult.objects.get()
    assert (result.stars, result.mean) == (5, Decimal("90"))
    assert "Hội đồng đã đề nghị" in page(keeper, "result", dossier.pk)


@pytest.mark.parametrize(("total", "stars"), [("49.99", 0), ("69.99", 3), ("89.99", 4)])
def test_averages_are_kept_unrounded(total, stars):
    dossier, _ = proposed(total)
    result = dossier.results.get()
    assert (result.stars, result.mean) == (stars, Fraction(total))


def test_the_confirming_page_sends_what_was_typed(keeper):
    """The hidden inputs alone carry everything: a browser only presses the button."""
    dossier, _ = dossier_in(State.SCORING)
    answer, _ = send(keeper, "result-averages", dossier.pk, **averages(dossier, "81.25"))
    url = reverse("desk:result-averages", args=[dossier.pk])
    kept = hidden(answer.content.decode())
    assert keeper.post(url, {**kept, "total": "100", "stars": "5"}).status_code == 302
    result = CouncilResult.objects.get()
    assert (result.mean, result.stars, result.conclusion) == (Decimal("81.25"), 4, "Theo biên bản giấy.")


def test_averages_out_of_bounds_are_refused(keeper):
    dossier, _ = dossier_in(State.SCORING)
    form = opened(keeper, "result-averages", dossier.pk)
    for wrong, told in (
        ({"part_a": "40,01"}, "Phần A (tối đa 40):"),
        ({"part_b": "20,125"}, "Phần B (tối đa 25):"),
        ({"part_c": "NaN"}, "số"),
        ({"part_c": "-1"}, "Phần C (tối đa 35):"),
        ({"sheets": "5"}, "Quy chế cần ít nhất 6 phiếu"),
        ({"concluded_on": "16/08/2026"}, "không thể sau hôm nay"),
    ):
        for confirmed in ({}, {"confirmed": "1"}):
            data = averages(dossier, "80", keep=wrong | confirmed)
            answer, text = send(keeper, "result-averages", dossier.pk, seen=form, **data)
            assert answer.status_code == 200, wrong
            assert "Có lỗi cần sửa" in text and told.lower() in text.lower(), wrong
    assert not CouncilResult.objects.exists()


def test_an_agreed_option_of_another_criterion_is_refused(keeper):
    dossier, _ = dossier_in(State.SCORING)
    data = averages(dossier, "80", keep={"confirmed": "1"})
    names = [n for n in data if n.startswith("agreed_")]
    data[names[0]] = data[names[1]]
    answer, _ = send(keeper, "result-averages", dossier.pk, **data)
    assert answer.status_code == 200
    del data[names[0]]
    send(keeper, "result-averages", dossier.pk, **data)
    assert not CouncilResult.objects.exists()


def test_averages_are_not_taken_once_a_member_has_signed(keeper):
    dossier, _ = dossier_in(State.SCORING)
    score(dossier)
    _answer, text = send(keeper, "result-averages", dossier.pk, **averages(dossier, "80"))
    assert "Đã có thành viên ký phiếu trên máy" in text


def test_the_page_names_the_minimum_that_is_missed(keeper):
    dossier, _ = dossier_in(State.SCORING)
    code = minimum_of(dossier, 3)
    data = averages(dossier, "95", unmet=code)
    _answer, text = send(keeper, "result-averages", dossier.pk, **data)
    table, _ = table_of(dossier.criteria_set)
    scale = table.by_code[code]
    assert "không đạt hạng sao" in text
    assert f"{code} {scale.name}" in text
    assert next(g.label for g in scale.grades if g.star == 3) in text


# --- the decision --------------------------------------------------------------------------------------------


def decide(client, round, chosen, *, number="2417/QĐ-UBND", confirm=True, file=None, **other):
    """Both steps of the approval: `(answer, text)` of the last one."""
    given = {"signed_on": "15/08/2026", "issuer": "UBND tỉnh Thái Nguyên"}
    given |= {"dossiers": [d.pk for d in chosen], "number": number, **other}
    answer, text = send(client, "round-decide", round.pk, **given)
    if not confirm or answer.status_code != 200 or "Bước 2/2" not in text:
        return answer, text
    kept = hidden(answer.content.decode())
    kept["dossiers"] = re.findall(r'name="dossiers" value="(\d+)"', answer.content.decode())
    if file is not False:
        kept["scan"] = file or scan()
    answer = client.post(reverse("desk:round-decide", args=[round.pk]), kept)
    return answer, unescape(answer.content.decode())


def test_approving_issues_certificates_that_the_public_sees_at_once(signer):
    session = make_session()
    dossiers = [proposed(total, session=session)[0] for total in ("69.99", "70", "82.5")]
    answer, text = decide(signer, session.round, dossiers, confirm=False)
    for dossier, star in zip(dossiers, (3, 4, 4), strict=True):
        assert re.search(rf"{re.escape(dossier.product.name)}.*?<b>{star} sao</b>", text, re.S)
    assert not Decision.objects.exists()
    assert not Certificate.objects.exists()
    answer, _ = decide(signer, session.round, dossiers)
    assert answer["Location"].endswith("#da-quyet-dinh")
    certificates = list(Certificate.objects.order_by("pk"))
    assert [c.number for c in certificates] == [f"{n:03d}/2026/GCN-OCOP" for n in (1, 2, 3)]
    assert [c.stars for c in certificates] == [3, 4, 4]
    assert [c.total for c in certificates] == [Decimal("69.99"), Decimal("70"), Decimal("82.5")]
    assert Decision.objects.get().scan.name.endswith(".pdf")
    text = page(signer, "round-decide", session.round_id)
    signer.logout()
    catalogue = unescape(signer.get("/san-pham/").content.decode())
    shown = {
        row["code"]: row["stars"] for row in json.loads(b"".join(signer.get("/san-pham.json")))["results"]
    }
    for certificate in certificates:
        assert certificate.number in text
        assert reverse("desk:certificate-print", args=[certificate.pk]) in text
        assert certificate.get_absolute_url() in text
        checked = signer.get("/giay-chung-nhan/", {"number": certificate.number}).content.decode()
        assert "Còn hiệu lực" in unescape(checked)
        assert certificate.product.name in catalogue
        assert shown[certificate.product.code] == certificate.stars


def test_a_second_decision_goes_on_with_the_numbers(signer):
    session = make_session()
    first = [proposed("75", session=session)[0] for _ in range(2)]
    decide(signer, session.round, first)
    second, _ = proposed("76", session=session)
    decide(signer, session.round, [second], number="2500/QĐ-UBND")
    numbers = list(Certificate.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"{n:03d}/2026/GCN-OCOP" for n in (1, 2, 3)]


def test_one_fault_in_five_leaves_nothing(signer):
    session = make_session()
    dossiers = [proposed("75", session=session)[0] for _ in range(5)]
    # Meanwhile one of the products has got a certificate by another way.
    CertificateFactory(product=dossiers[3].product, decision=DecisionFactory(signed_on=date(2026, 8, 1)))
    before = (Certificate.objects.count(), Decision.objects.count())
    answer, text = decide(signer, session.round, dossiers)
    assert answer.status_code == 200
    assert "đang có giấy chứng nhận còn hiệu lực" in text
    assert (Certificate.objects.count(), Decision.objects.count()) == before
    assert set(session.round.dossiers.values_list("state", flat=True)) == {State.PROPOSED}
    # What failed has used up no number.
    decide(signer, session.round, dossiers[:3])
    numbers = list(
        Certificate.objects.filter(decision__number="2417/QĐ-UBND").values_list("number", flat=True)
    )
    assert sorted(numbers) == [f"{n:03d}/2026/GCN-OCOP" for n in (1, 2, 3)]


def test_ninety_five_points_without_a_minimum_are_no_star(signer):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    code = minimum_of(dossier, 3)
    dossier, _ = proposed("95", session=session, unmet=code)
    assert stars_to_grant(dossier) == 0
    text = page(signer, "round-decide", session.round_id)
    assert "Dưới 3 sao (1)" in text
    assert f"Tiêu chí {code}" in text
    answer, text = decide(signer, session.round, [dossier])
    assert answer.status_code == 200
    assert not Certificate.objects.exists()
    answer, text = send(signer, "result-refer", dossier.pk, number="1/TTr", sent_on="15/08/2026")
    assert "Chỉ trình Bộ kết quả từ 90 điểm" in text


def test_a_scan_that_is_no_document_is_refused(signer):
    session = make_session()
    dossier, _ = proposed("75", session=session)
    answer, _text = decide(signer, session.round, [dossier], confirm=False)
    kept = {**hidden(answer.content.decode()), "dossiers": [dossier.pk]}
    for file, told in (
        (None, "Hãy chọn bản chụp quyết định có chữ ký"),
        (scan(b"MZ\x90 khong phai tai lieu"), "không phải là PDF, JPEG hoặc PNG"),
        (scan(b"%PDF-1.4 nua chung"), "bị hỏng hoặc chưa được tải lên đầy đủ"),
        (scan(PDF, "quyet-dinh.exe"), "không kết thúc bằng"),
    ):
        url = reverse("desk:round-decide", args=[session.round_id])
        answer = signer.post(url, {**kept, "scan": file} if file else kept)
        text = unescape(answer.content.decode())
        assert answer.status_code == 200
        assert told in text
        assert "Bước 2/2" in text, "one stays at the second step"
    assert not Certificate.objects.exists()


def test_the_decision_is_sent_once(signer):
    session = make_session()
    dossier, _ = proposed("75", session=session)
    answer, _ = decide(signer, session.round, [dossier], confirm=False)
    kept = hidden(answer.content.decode())
    kept["dossiers"] = [dossier.pk]
    url = reverse("desk:round-decide", args=[session.round_id])
    assert signer.post(url, {**kept, "scan": scan()}).status_code == 302
    signer.post(url, {**kept, "scan": scan()})
    assert Certificate.objects.count() == Decision.objects.count() == 1


def test_an_incomplete_decision_is_refused(signer):
    session = make_session()
    dossier, _ = proposed("75", session=session)
    for wrong in ({"number": ""}, {"signed_on": "16/08/2026"}, {"dossiers": []}, {"issuer": ""}):
        answer, text = decide(signer, session.round, [dossier], **wrong)
        assert answer.status_code == 200
        assert "Có lỗi cần sửa" in text, wrong
    assert not Decision.objects.exists()


def test_a_decision_cannot_be_signed_before_the_council_concluded(signer):
    session = make_session()
    dossier, _ = proposed("75", session=session)
    _answer, text = decide(signer, session.round, [dossier], signed_on="14/08/2026")
    assert "trước ngày Hội đồng kết luận" in text


def test_below_three_stars_gets_reasons(signer):
    session = make_session()
    code = minimum_of(dossier_in(State.SCORING, session=session)[0], 3)
    dossier, people = proposed("45", session=session, unmet=code)
    form = page(signer, "result-refuse", dossier.pk)
    assert "Tổng điểm trung bình 45,00 chưa đến mức 50 điểm của 3 sao." in form
    assert f"Tiêu chí {code}" in form
    answer, _text = send(signer, "result-refuse", dossier.pk, number="412/TB-UBND", reason=" ")
    assert answer.status_code == 200
    answer, _ = send(
        signer, "result-refuse", dossier.pk, number="412/TB-UBND", reason="Chưa đủ điểm.\nThiếu kiểm nghiệm."
    )
    assert answer.status_code == 302
    dossier.refresh_from_db()
    assert (dossier.state, dossier.notice_number) == (State.NOT_RECOGNISED, "412/TB-UBND")
    for who in (people.owner, people.commune, people.signatory):
        signer.force_login(who)
        letter = pdf(signer.get(reverse("desk:result-letter", args=[dossier.pk])))
        assert dossier.product.name in letter
        assert "Thiếu kiểm nghiệm." in letter


def test_what_reaches_a_star_is_not_refused(signer):
    dossier, _ = proposed("75")
    _answer, text = send(signer, "result-refuse", dossier.pk, number="1", reason="Không")
    assert "Hồ sơ đạt hạng sao" in text
    dossier.refresh_from_db()
    assert dossier.state == State.PROPOSED


def test_back_to_the_council_and_proposed_again(client, chutich, tinh):
    session = make_session()
    dossier, _ = dossier_in(State.SCORING, session=session)
    score(dossier, lambda place, scale: scale.maximum if scale.part != "B" else scale.choices[0])
    client.force_login(tinh)
    send(client, "result", dossier.pk)
    dossier.refresh_from_db()
    client.force_login(chutich)
    answer, _ = send(client, "result-send-back", dossier.pk, reason="Xem lại phần B.")
    assert answer.status_code == 302
    client.force_login(tinh)
    text = page(client, "result", dossier.pk)
    assert "Xem lại phần B." in text
    assert "Kết quả lần 1" in text
    member = dossier.sheets.first().member
    send(client, "result-reopen", dossier.pk, members=[member.pk], reason="Theo ý kiến người ký.")
    score(dossier)
    answer, _ = send(client, "result", dossier.pk, conclusion="Giữ kết quả.")
    assert answer.status_code == 302
    assert list(dossier.results.values_list("attempt", flat=True)) == [1, 2]


def to_ministry(client, session, total="93.4"):
    dossier, people = proposed(total, session=session)
    answer, _ = send(client, "result-refer", dossier.pk, number="55/TTr-UBND", sent_on="15/08/2026")
    assert answer.status_code == 302
    return Dossier.objects.with_line().get(pk=dossier.pk), people


def test_ninety_goes_to_the_ministry_and_comes_back_with_five_stars(signer, tinh):
    session = make_session()
    dossier, _ = to_ministry(signer, session)
    assert dossier.state == State.MINISTRY
    answer, _ = decide(signer, session.round, [dossier])
    assert not Certificate.objects.exists(), "the province does not grant five stars"
    signer.force_login(tinh)
    given = {"total": "91,25", "answered_on": "15/08/2026"}
    answer, text = send(signer, "result-ministry", dossier.pk, **given)
    assert "Hãy ghi số quyết định công nhận của Bộ" in text
    answer, text = send(signer, "result-ministry", dossier.pk, **given, number="9/QĐ-BNNMT", scan=scan(b"x"))
    assert "không phải là PDF" in text
    answer, _ = send(signer, "result-ministry", dossier.pk, **given, number="9/QĐ-BNNMT", scan=scan())
    assert answer.status_code == 302
    certificate = Certificate.objects.get()
    assert (certificate.stars, certificate.total) == (5, Decimal("91.25"))
    assert certificate.decision.issuer_level == Decision.Level.CENTRE
    text = page(signer, "result", dossier.pk)
    assert certificate.number in text
    assert "91,25" in text


def test_below_ninety_the_province_may_grant_four(signer, tinh, chutich):
    session = make_session()
    dossier, _ = to_ministry(signer, session)
    signer.force_login(tinh)
    answer, _ = send(signer, "result-ministry", dossier.pk, total="88,5", answered_on="15/08/2026")
    assert answer.status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == State.PROPOSED
    signer.force_login(chutich)
    text = page(signer, "round-decide", session.round_id)
    assert "Bộ: 88,50" in text
    assert "Điểm của Bộ 88,50 chưa đến mức 90 điểm của 5 sao." in text
    decide(signer, session.round, [dossier])
    certificate = Certificate.objects.get()
    assert (certificate.stars, certificate.total) == (4, Decimal("88.5"))


def test_findings_agree_with_what_the_actions_grant(signer, tinh):
    session = make_session()
    code = minimum_of(dossier_in(State.SCORING, session=session)[0], 4)
    for total, unmet in (("45", ""), ("69.99", ""), ("80", code), ("80", ""), ("96", code), ("96", "")):
        proposed(total, session=session, unmet=unmet)
    dossier, _ = to_ministry(signer, session)
    signer.force_login(tinh)
    send(signer, "result-ministry", dossier.pk, total="60", answered_on="15/08/2026")
    found = findings_of(session.round.dossiers.all())
    assert len(found) == 7
    for finding in found:
        assert finding.stars == stars_to_grant(finding.dossier)
        assert bool(finding.why) == (finding.stars < 5)


# --- prints --------------------------------------------------------------------------------------------------


def pdf(answer):
    """The text of a PDF answer; the file opens and is no web page."""
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    read = PdfReader(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    return " ".join(" ".join(p.extract_text() for p in read.pages).split())


def test_the_prints_say_what_the_pages_say(client, chutich, tinh, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    council = make_council()
    council.decision_number, council.decided_on = "215/QĐ-UBND", date(2026, 1, 20)
    council.save()
    session = make_session(council)
    session.starts_at, session.conclusion = "08:00", "Thống nhất đề nghị."
    session.save()
    good, people = proposed("82.5", session=session)
    poor, _ = proposed("40", session=session)
    client.force_login(chutich)
    decide(client, session.round, [good])
    good.refresh_from_db()
    client.force_login(tinh)
    minutes = pdf(client.get(reverse("desk:session-minutes", args=[session.pk])))
    table = pdf(client.get(reverse("desk:round-table-pdf", args=[session.round_id])))
    for dossier, total in ((good, "82,50"), (poor, "40,00")):
        for text in (minutes, table):
            assert dossier.product.name in text
            assert total in text
    assert "Thống nhất đề nghị." in minutes
    for who in (people.owner, people.commune, chutich):
        client.force_login(who)
        paper = pdf(client.get(reverse("desk:certificate-print", args=[good.issued_id])))
        assert good.product.name in paper
        assert good.issued.number in paper
        assert f"https://ocop.example.vn/p/{good.product.code}" in paper.replace(" ", "")
        assert "MINH HỌA" not in paper
        letter = pdf(client.get(reverse("desk:result-letter", args=[good.pk])))
        assert good.issued.number in letter
    good.product.made_up = True
    good.product.save()
    paper = pdf(client.get(reverse("desk:certificate-print", args=[good.issued_id])))
    assert "MINH HỌA" in paper


def test_minutes_without_their_basis_are_not_printed(keeper):
    session = make_session()
    answer = keeper.get(reverse("desk:session-minutes", args=[session.pk]), follow=True)
    assert "chưa ghi giờ bắt đầu" in unescape(answer.content.decode())


def test_the_workbook_is_the_page(keeper):
    session = make_session()
    for total in ("69.99", "82.5", "93"):
        proposed(total, session=session)
    book = openpyxl.load_workbook(
        io.BytesIO(keeper.get(reverse("desk:round-table-xlsx", args=[session.round_id])).content)
    )
    rows = [list(row) for row in book.active.iter_rows(values_only=True)]
    assert rows[0] == list(HEADER)
    expected = table_rows(findings_of(session.round.dossiers.all()))
    assert [["" if v is None else v for v in row] for row in rows[1:]] == [
        [float(v) if isinstance(v, Decimal) else v for v in row] for row in expected
    ]
    html = page(keeper, "round", session.round_id)
    shown = re.search(r"<table[^>]*data-results.*?<tbody>(.*?)</tbody>", html, re.S)[1]
    told = [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", shown, re.S)
    ]
    as_shown = [
        [f"{v:.2f}".replace(".", ",") if isinstance(v, Decimal) else v or "–" for v in row]
        for row in expected
    ]
    assert told == as_shown


def test_cells_never_start_a_formula(keeper):
    session = make_session()
    dossier, _ = proposed("80", session=session)
    dossier.product.name = '=HYPERLINK("http://x")'
    dossier.product.save()
    content = keeper.get(reverse("desk:round-table-xlsx", args=[session.round_id])).content
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A2"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')


def test_an_empty_round_prints_an_empty_table(keeper):
    session = make_session()
    for name in ("round-table-xlsx", "round-table-pdf"):
        assert keeper.get(reverse(f"desk:{name}", args=[session.round_id])).status_code == 200


# --- all pages -----------------------------------------------------------------------------------------------


def test_pages_do_not_grow_in_queries(client, tinh, chutich):
    session = make_session()
    session.starts_at = "08:00"
    session.save()
    type(session.round.council).objects.update(decision_number="1/QĐ", decided_on=date(2026, 1, 20))

    def count():
        found = {}
        for user, name, pk in (
            (tinh, "round", session.round_id),
            (tinh, "round-table-xlsx", session.round_id),
            (tinh, "round-table-pdf", session.round_id),
            (tinh, "session-minutes", session.pk),
            (chutich, "round-decide", session.round_id),
        ):
            client.force_login(user)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"desk:{name}", args=[pk])).status_code == 200
            found[name] = len(queries)
        return found

    def more():
        for total in ("45", "75", "93"):
            proposed(total, session=session)
        decided, _ = proposed("75", session=session)
        client.force_login(chutich)
        decide(client, session.round, [decided], number=f"{decided.pk}/QĐ-UBND")

    more()
    count()
    before = count()
    more()
    assert count() == before
    assert max(before.values()) <= 22


GARBAGE = ("", "x", "-1", "99999999999999999999", "\x00", "<b>", "31/02/2026", "1e999", "x" * 9000)
FIELDS = {
    "result": ("token", "version", "conclusion"),
    "result-reopen": ("members", "reason", "token"),
    "result-averages": ("part_a", "sheets", "concluded_on", "confirmed", "token"),
    "round-decide": ("dossiers", "number", "signed_on", "issuer", "confirmed", "scan"),
    "result-refuse": ("number", "reason"),
    "result-send-back": ("reason",),
    "result-refer": ("number", "sent_on"),
    "result-ministry": ("total", "answered_on", "number", "scan"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_garbage_gets_an_answer(client, tinh, chutich, name):
    session = make_session()
    client.force_login(chutich)
    if name == "result-ministry":
        dossier, _ = to_ministry(client, session)
    elif name in ("result", "result-averages", "result-reopen"):
        dossier, _ = dossier_in(State.SCORING, session=session)
        if name == "result-reopen":
            score(dossier)
    else:
        dossier, _ = proposed("95", session=session)
    signs = name in ("round-decide", "result-refuse", "result-send-back", "result-refer")
    client.force_login(chutich if signs else tinh)
    pk = session.round_id if name == "round-decide" else dossier.pk
    page = ""
    for data in filled_with_garbage(FIELDS[name], GARBAGE):
        page = page or opened(client, name, pk)
        answer, _ = send(client, name, pk, seen=page, **data)
        assert answer.status_code in (200, 302), (name, {field: value[:30] for field, value in data.items()})
        page = page if answer.status_code == 200 else ""  # what was accepted is not sent again
