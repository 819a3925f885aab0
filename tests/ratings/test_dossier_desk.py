"""The dossiers' room: every form and every step as the person who does it, and what each refuses."""

import io
import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook
from pypdf import PdfReader

from ocop_portal.models import PublicHoliday
from products.models import Product
from ratings.actions import dossiers as acts
from ratings.changes import Answer, Proof, changes_since, compare_answers, compare_evidence
from ratings.models import CommuneReview, Dossier, Evidence, SelfScore
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)
from tests.products.desk import errors
from tests.ratings.flow import cast, dossier_in, fill, review

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
ZERO = "00000000-0000-4000-8000-000000000000"


def page_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def hidden(page):
    """The hidden fields of a page's form over a record."""
    found = dict(re.findall(r'name="(token|version)" value="([^"]*)"', page))
    assert "token" in found
    return found


def send(client, path, **fields):
    """Open a form and post it, as a browser does."""
    return client.post(path, {**hidden(page_of(client, path)), **fields})


def to(name, *args):
    return reverse(f"desk:{name}", args=args)


def part_answers(dossier, part, **notes):
    table, _ = table_of(dossier.criteria_set)
    return {
        f"c{s.pk}": str(max(s.grades, key=lambda g: g.points).pk) for s in table.scales if s.part == part
    } | notes


def token():
    import uuid

    return str(uuid.uuid4())


# --- The whole way, by forms alone -----------------------------------------------------------------------------


def test_from_a_new_product_to_the_council_by_forms_alone(client):
    producer = ProducerFactory(representative="Lý Thị Sao", phone="0209 123 456")
    owner = UserFactory()
    producer.accounts.add(owner)
    client.force_login(owner)
    home = page_of(client, to("dossiers"))
    assert "Đăng ký sản phẩm mới" in home and "Chưa có sản phẩm nào" in home
    start = f"{to('dossier-start')}?producer={producer.pk}&product=new"
    page = page_of(client, start)
    group = re.search(r'<option value="(\d+)">[^<]*gạo', page)[1]
    place = re.search(r'name="place" value="([^"]+)"', page)[1]
    answer = send(client, start, name="Miến dong Nà Sao", group=group, place=place, summary="Làm từ củ dong.")
    dossier = Dossier.objects.get()
    assert answer.url == to("dossier", dossier.pk)
    assert dossier.product.producer == producer and dossier.product.code.endswith("-2026")
    assert (dossier.contact_name, dossier.contact_phone) == ("Lý Thị Sao", "0209 123 456")

    page = page_of(client, to("dossier-submit", dossier.pk))
    assert "Còn thiếu" in page and "Chấm tiếp phần A" in page and "Nộp hồ sơ</button>" not in page
    send(
        client,
        to("dossier-registration", dossier.pk),
        stars_sought="4",
        contact_name="Lý Thị Sao",
        contact_phone="0209 123 456",
        production_address="Thôn Nà Sao",
        workers="12",
        local_workers="10",
        output="12 tấn",
        markets="Trong tỉnh",
    )
    for part in "ABC":
        answer = send(
            client, to("dossier-self-score", dossier.pk, part), **part_answers(dossier, part), onward="1"
        )
    assert answer.url == to("dossier-evidence", dossier.pk)
    criterion = SelfScore.objects.first().criterion_id
    evidence = f"{to('dossier-evidence', dossier.pk)}?criterion={criterion}"
    assert f'<option value="{criterion}" selected>' in page_of(client, evidence)
    send(
        client,
        evidence,
        kind="test_report",
        title="Phiếu kiểm nghiệm",
        criterion=criterion,
        issued_on="1/8/2026",
        file=SimpleUploadedFile("phiếu: kiểm nghiệm.pdf", PDF),
    )
    piece = Evidence.objects.get()
    assert (piece.filename, piece.issued_on) == ("phiếu_ kiểm nghiệm.pdf", date(2026, 8, 1))
    assert re.fullmatch(r"evidence/[0-9a-f]{32}\.pdf", piece.file.name)

    assert send(client, to("dossier-submit", dossier.pk)).status_code == 200, "the declaration is asked for"
    answer = client.get(send(client, to("dossier-submit", dossier.pk), truthful="on").url)
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    page = answer.content.decode()
    assert dossier.receipt_number in page and "08/09/2026" in page and "Đã nộp hồ sơ." in page

    unit_ = dossier.unit
    client.force_login(UserFactory(commune=True, unit=unit_))
    page = page_of(client, to("dossiers"))
    assert "còn 15 ngày làm việc" in page
    assert "Kiểm tra và ghi mẫu 03" in page_of(client, to("dossier", dossier.pk))
    answer = send(client, to("dossier-review", dossier.pk), **REVIEW, complete="on")
    assert answer.url == to("dossier-step", dossier.pk, "forward")
    assert send(client, answer.url).url == to("dossier", dossier.pk)
    dossier.refresh_from_db()
    assert dossier.state == State.FORWARDED

    client.force_login(UserFactory(province=True))
    assert "5 mẫu sản phẩm" in page_of(client, to("dossier-step", dossier.pk, "receive"))
    send(client, to("dossier-step", dossier.pk, "receive"))
    assert "yêu cầu 5 mẫu" in page_of(client, to("dossier-report", dossier.pk))
    send(client, to("dossier-report", dossier.pk), **REPORT)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.samples) == (State.CHECKED, 5)
    page = page_of(client, to("dossier", dossier.pk))
    for told in (
        "Nộp hồ sơ",
        "Chuyển hồ sơ lên tỉnh",
        "Tiếp nhận hồ sơ",
        "Ghi báo cáo của Tổ tư vấn",
        "cán bộ cấp xã",
    ):
        assert told in page, told


REVIEW = {
    "origin": "Củ dong trồng tại xã.",
    "labour": "12 người, 10 của xã.",
    "idea": "Nghề truyền thống.",
    "identity": "Tráng tay.",
    "opinion": "Thiếu phiếu kiểm nghiệm.",
    "reviewer": "Hoàng Văn Xã",
    "reviewed_on": "15/8/2026",
}
REPORT = {
    "file_findings": "Đủ.",
    "site_findings": "Sạch.",
    "visited_on": "14/8/2026",
    "samples": "5",
    "recommended": "on",
    "reporter": "Tổ trưởng",
    "reported_on": "15/8/2026",
}


def test_an_official_files_for_a_producer_in_scope(client, xa):
    product = ProductFactory()
    ProductFactory(producer=ProducerFactory(place=unit(BANG_PHUC), name="HTX Nơi khác"))
    client.force_login(xa)
    page = page_of(client, to("dossier-start"))
    assert product.producer.name in page and "HTX Nơi khác" not in page
    page = page_of(client, f"{to('dossier-start')}?producer={product.producer_id}")
    assert product.name in page and "Đánh giá lần đầu" in page
    path = f"{to('dossier-start')}?producer={product.producer_id}&product={product.pk}"
    assert send(client, path, kind="first").status_code == 302
    assert Dossier.objects.get().created_by == xa


# --- Steps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "who", "target"),
    [
        ("return", State.SUBMITTED, "commune", State.RETURNED),
        ("ask_more", State.FORWARDED, "province", State.SUPPLEMENT),
        ("ask_more", State.RECEIVED, "province", State.SUPPLEMENT),
        ("ask_more", State.CHECKED, "province", State.SUPPLEMENT),
        ("withdraw", State.DRAFT, "owner", State.WITHDRAWN),
        ("withdraw", State.SUBMITTED, "owner", State.WITHDRAWN),
        ("withdraw", State.SCORING, "owner", State.WITHDRAWN),
        ("exclude", State.RECEIVED, "province", State.EXCLUDED),
        ("exclude", State.SCORING, "province", State.EXCLUDED),
    ],
)
def test_a_step_with_its_reason(client, name, state, who, target):
    dossier, people = dossier_in(state)
    client.force_login(getattr(people, who))
    path = to("dossier-step", dossier.pk, name)
    assert path in page_of(client, to("dossier", dossier.pk)), "the page offers the step"
    form = hidden(page_of(client, path))
    for empty in ("", "   \n"):
        answer = client.post(path, {**form, "reason": empty})
        assert answer.status_code == 200 and "Hãy ghi lý do" in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.state == state
    answer = client.post(path, {**form, "reason": "Thiếu <b>phiếu</b> kiểm nghiệm."})
    assert answer.url == to("dossier", dossier.pk)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.state_reason) == (target, "Thiếu <b>phiếu</b> kiểm nghiệm.")
    client.force_login(people.owner)
    page = page_of(client, to("dossier", dossier.pk))
    assert "Thiếu &lt;b&gt;phiếu&lt;/b&gt; kiểm nghiệm." in page


def test_returned_and_supplemented_dossiers_come_back(client):
    dossier, people = dossier_in(State.SUBMITTED)
    number = dossier.receipt_number
    acts.give_reason_and_move(dossier=dossier, name="return", reason="Thiếu.", by=people.commune)
    client.force_login(people.owner)
    send(client, to("dossier-submit", dossier.pk), truthful="on")
    dossier.refresh_from_db()
    assert (dossier.state, dossier.receipt_number) == (State.SUBMITTED, number)
    review(dossier, people.commune)
    acts.forward(dossier=dossier, by=people.commune)
    acts.give_reason_and_move(dossier=dossier, name="ask_more", reason="Thêm nhãn.", by=people.province)
    assert "Nộp bổ sung" in page_of(client, to("dossier-submit", dossier.pk))
    send(client, to("dossier-submit", dossier.pk), truthful="on")
    dossier.refresh_from_db()
    assert dossier.state == State.FORWARDED
    acts.give_reason_and_move(dossier=dossier, name="ask_more", reason="Thêm nữa.", by=people.province)
    send(client, to("dossier-step", dossier.pk, "resubmit"))
    dossier.refresh_from_db()
    assert dossier.state == State.FORWARDED


def test_the_page_offers_no_step_that_the_state_or_role_does_not_allow(client):
    dossier, people = dossier_in(State.FORWARDED)
    client.force_login(people.commune)
    page = page_of(client, to("dossier", dossier.pk))
    assert re.findall(r"/buoc/(\w+)/", page) == ["withdraw"]
    client.force_login(people.signatory)
    assert "/buoc/" not in page_of(client, to("dossier", dossier.pk))
    client.force_login(people.province)
    found = re.findall(r"/buoc/(\w+)/", page_of(client, to("dossier", dossier.pk)))
    assert found == ["receive", "ask_more", "withdraw", "exclude"]


def test_a_step_out_of_turn_is_refused_in_words(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.province)
    path = to("dossier-step", dossier.pk, "receive")
    assert "không thực hiện được bước này" in page_of(client, path)
    page = client.post(path, {"token": token()}).content.decode()
    assert "không thể “tiếp nhận”" in page
    for name in ("admit", "recognise", "submit", "report", "nope", "return_"):
        assert client.get(to("dossier-step", dossier.pk, name)).status_code == 404, name


def test_forwarding_needs_a_complete_form_03(client):
    dossier, people = dossier_in(State.SUBMITTED)
    client.force_login(people.commune)
    path = to("dossier-step", dossier.pk, "forward")
    assert "Chưa có mẫu 03" in client.post(path, {"token": token()}).content.decode()
    answer = send(client, to("dossier-review", dossier.pk), **REVIEW)
    assert answer.url == to("dossier-step", dossier.pk, "return")
    assert "Thiếu phiếu kiểm nghiệm." in page_of(client, answer.url), "the opinion is the likely reason"
    assert "chưa đầy đủ" in client.post(path, {"token": token()}).content.decode()
    faults = send(
        client, to("dossier-review", dossier.pk), **(REVIEW | {"origin": "", "reviewed_on": "1/1/2027"})
    )
    page = faults.content.decode()
    assert "1. Nguồn gốc và nguyên liệu địa phương" in page and "không thể sau hôm nay" in page


def test_the_report_asks_for_samples_and_days(client):
    dossier, people = dossier_in(State.RECEIVED)
    client.force_login(people.province)
    path = to("dossier-report", dossier.pk)
    form = hidden(page_of(client, path))
    for bad in ({"samples": ""}, {"samples": "-1"}, {"samples": "x"}, {"reported_on": "31/12/2026"}):
        assert client.post(path, form | REPORT | bad).status_code == 200, bad
    dossier.refresh_from_db()
    assert dossier.state == State.RECEIVED


# --- The commune's term ----------------------------------------------------------------------------------------


def test_the_term_counts_working_days_and_is_told_when_late(client, settings):
    dossier, people = dossier_in(State.SUBMITTED)
    client.force_login(people.commune)
    assert dossier.commune_due_on == date(2026, 9, 8)
    for day, told in (
        (date(2026, 8, 15), "còn 15 ngày làm việc"),
        (date(2026, 9, 7), "còn 1 ngày làm việc"),
        (date(2026, 9, 8), "hôm nay là ngày cuối"),
        (date(2026, 9, 9), "Quá hạn 1 ngày làm việc"),
        (date(2026, 9, 12), "Quá hạn 3 ngày làm việc"),
    ):
        settings.TODAY = day
        for path in (to("dossiers"), to("dossier", dossier.pk)):
            assert told in page_of(client, path), (day, path)
    assert dossier.product.name in page_of(client, to("dossiers") + "?late=1")
    settings.TODAY = date(2026, 9, 7)
    PublicHoliday.objects.create(day=date(2026, 9, 8), name="Nghỉ bù", working=False)
    assert "hôm nay là ngày cuối" in page_of(client, to("dossier", dossier.pk))
    settings.TODAY = date(2026, 9, 8)
    assert dossier.product.name not in page_of(client, to("dossiers") + "?late=1")


# --- Starting: kinds, window, one at a time --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "told", "first"),
    [
        (date(2027, 1, 1), "Nhận hồ sơ phân hạng lại từ 19/07/2027 đến hết 17/09/2027.", "Nâng hạng"),
        (date(2027, 7, 19), "Đang nhận hồ sơ phân hạng lại", "Phân hạng lại"),
        (date(2027, 9, 17), "hôm nay là ngày cuối", "Phân hạng lại"),
        (date(2027, 9, 18), "Đã quá hạn nộp hồ sơ phân hạng lại", "Phân hạng lại"),
        (date(2028, 2, 1), "Giấy chứng nhận đã hết hạn", "Phân hạng lại"),
    ],
)
def test_the_filing_window_is_computed_and_shown(client, settings, day, told, first):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    assert certificate.valid_to == date(2028, 1, 15)
    owner = cast(certificate.product).owner
    settings.TODAY = day
    client.force_login(owner)
    page = page_of(client, to("dossiers"))
    assert told in page and f"Lập hồ sơ: {first}" in page
    path = (
        f"{to('dossier-start')}?producer={certificate.product.producer_id}&product={certificate.product_id}"
    )
    page = page_of(client, path)
    assert told in page and "Đánh giá lần đầu" not in page
    assert ("Nâng hạng" in page) == (day <= certificate.valid_to)
    form = hidden(page)
    assert client.post(path, form | {"kind": "first"}).status_code == 200, "not offered"
    assert client.post(path, form | {"kind": "reassessment"}).status_code == 302
    early = day < date(2027, 7, 19)
    dossier = Dossier.objects.get()
    fill(dossier, owner)
    assert ("chỉ nhận từ 19/07/2027" in page_of(client, to("dossier-submit", dossier.pk))) == early


def test_a_second_open_dossier_is_refused_in_words(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    path = f"{to('dossier-start')}?producer={dossier.product.producer_id}&product={dossier.product_id}"
    assert "đã có một hồ sơ đang xử lý" in page_of(client, path)
    page = client.post(path, {"token": token(), "kind": "first"}).content.decode()
    assert "Sản phẩm này đã có một hồ sơ đang xử lý." in page
    assert Dossier.objects.count() == 1


def test_a_new_product_of_the_same_name_is_refused_at_the_form(client):
    product = ProductFactory()
    owner = cast(product).owner
    client.force_login(owner)
    path = f"{to('dossier-start')}?producer={product.producer_id}&product=new"
    page = page_of(client, path)
    place = re.search(r'name="place" value="([^"]+)"', page)[1]
    fields = {"name": product.name, "group": product.group_id, "place": place, "summary": "x"}
    assert "đã có sản phẩm cùng tên" in send(client, path, **fields).content.decode()
    assert (
        "Không có đơn vị hành chính"
        in send(client, path, **(fields | {"place": "Xã Không Có"})).content.decode()
    )
    assert Product.objects.count() == 1


# --- Forms 01 and 02 -------------------------------------------------------------------------------------------

REGISTRATION = {
    "stars_sought": "3",
    "contact_name": "A",
    "contact_phone": "0209 123 456",
    "production_address": "Thôn",
}


def told_at_the_form(client, path, good, wrong):
    """Each fault is told above the form, which is good without it."""
    form = hidden(page_of(client, path)) | good
    for bad, told in wrong:
        answer = client.post(path, form | bad)
        assert answer.status_code == 200, bad
        assert told in errors(answer), (bad, errors(answer))


def test_form_01_tells_what_is_wrong(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    told_at_the_form(
        client,
        to("dossier-registration", dossier.pk),
        REGISTRATION,
        [
            ({"stars_sought": "2"}, "Hạng sao đăng ký"),
            ({"contact_phone": "abc"}, "Số điện thoại gồm"),
            ({"workers": "3", "local_workers": "5"}, "Lao động địa phương không thể nhiều hơn"),
            ({"workers": "-1"}, "Số lao động"),
            ({"workers": "99999999999"}, "Số lao động"),
        ],
    )


def test_a_stale_form_01_overwrites_nothing(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    path = to("dossier-registration", dossier.pk)
    opened = hidden(page_of(client, path))
    acts.save_registration(dossier=dossier, values={"output": "9 tấn"}, by=people.commune)
    answer = client.post(path, {**opened, **REGISTRATION, "output": "1 tấn"})
    assert "vừa được người khác thay đổi" in answer.content.decode()
    dossier.refresh_from_db()
    assert dossier.output == "9 tấn"


def test_part_of_form_02_may_be_saved_and_finished_later(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    table, _ = table_of(dossier.criteria_set)
    first, second, third = [s for s in table.scales if s.part == "A"][:3]
    path = to("dossier-self-score", dossier.pk, "A")
    answer = send(
        client,
        path,
        **{
            f"c{first.pk}": str(first.grades[-1].pk),
            f"n{first.pk}": "Củ dong của xã.",
            f"c{second.pk}": "none",
        },
    )
    assert answer.url == path
    kept = {row.criterion_id: row for row in dossier.self_scores.all()}
    assert (kept[first.pk].option_id, kept[first.pk].note) == (first.grades[-1].pk, "Củ dong của xã.")
    assert kept[second.pk].option_id is None and third.pk not in kept
    page = page_of(client, path)
    assert f"<b>{first.grades[-1].points}</b>/40 điểm phần A" in page
    assert f'value="none" id="id_c{second.pk}_{len(second.grades)}" checked' in page
    # A note without an answer would silently mean 0 points.
    page = send(client, path, **{f"n{third.pk}": "Có hợp đồng."}).content.decode()
    assert "Hãy chọn một mức" in page and "Có hợp đồng." in page
    assert dossier.self_scores.count() == 2


def test_form_02_refuses_what_is_not_offered(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    table, _ = table_of(dossier.criteria_set)
    path = to("dossier-self-score", dossier.pk, "A")
    form = hidden(page_of(client, path))
    for value in ("999999999", "x", "-1", "none'", "\x00"):
        assert client.post(path, form | {f"c{table.scales[0].pk}": value}).status_code == 200, value
    assert SelfScore.objects.count() == 0


def test_two_people_on_one_part_and_on_two(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    path = to("dossier-self-score", dossier.pk, "A")
    opened, other = (
        hidden(page_of(client, path)),
        hidden(page_of(client, to("dossier-self-score", dossier.pk, "B"))),
    )
    table, _ = table_of(dossier.criteria_set)
    scale = table.scales[0]
    acts.save_self_scores(dossier=dossier, chosen={scale.pk: (None, "")}, by=people.commune)
    answer = client.post(path, {**opened, f"c{scale.pk}": str(scale.grades[0].pk)})
    assert "vừa được người khác thay đổi" in answer.content.decode()
    answer = client.post(to("dossier-self-score", dossier.pk, "B"), {**other, **part_answers(dossier, "B")})
    assert answer.status_code == 302, "another part is not stale"


def test_what_is_filed_is_read_only(client):
    dossier, people = dossier_in(State.SUBMITTED)
    client.force_login(people.owner)
    page = page_of(client, to("dossier-self-score", dossier.pk, "A"))
    assert "chỉ xem" in page and 'type="radio"' not in page
    posted = {"token": token(), "version": hidden_version(dossier, "A"), **part_answers(dossier, "A")}
    assert client.post(to("dossier-self-score", dossier.pk, "A"), posted).status_code == 200
    assert "không thực hiện được bước này" in page_of(client, to("dossier-registration", dossier.pk))
    assert "Thêm minh chứng</h2>" not in page_of(client, to("dossier-evidence", dossier.pk))
    link = {"token": token(), "kind": "label", "title": "x", "url": "https://x.vn"}
    assert client.post(to("dossier-evidence", dossier.pk), link).status_code == 200
    piece = dossier.evidence.get()
    assert client.post(to("evidence-remove", piece.pk), {"token": token()}).status_code == 200
    assert dossier.evidence.count() == 1


def hidden_version(dossier, part):
    from ratings.forms.dossiers import part_version

    return part_version(dossier, part)


def test_parts_that_do_not_exist(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    for part in ("D", "a", "AA", "1"):
        assert client.get(to("dossier-self-score", dossier.pk, part)).status_code == 404


# --- Evidence --------------------------------------------------------------------------------------------------


def workbook() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def test_hostile_files_are_refused_with_the_reason(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    hostile = [
        ("anh.jpg", workbook(), "không phải là PDF, JPEG hoặc PNG"),
        ("giay.pdf", b"%PDF-1.7 cut", "bị hỏng"),
        ("giay.jpg", PDF, "không kết thúc bằng"),
        ("giay.pdf", b"", "Tệp rỗng"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "không phải là PDF"),
    ]
    wrong = [({"file": SimpleUploadedFile(name, kept, "image/jpeg")}, told) for name, kept, told in hostile]
    told_at_the_form(client, to("dossier-evidence", dossier.pk), {"kind": "label", "title": "x"}, wrong)
    assert Evidence.objects.count() == 0


def test_evidence_tells_what_is_wrong(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    told_at_the_form(
        client,
        to("dossier-evidence", dossier.pk),
        {"kind": "label", "title": "Nhãn", "url": "https://example.vn/nhan"},
        [
            ({"url": ""}, "Hãy chọn một tệp hoặc ghi đường dẫn"),
            ({"url": "javascript:alert(1)"}, "Hoặc đường dẫn"),
            ({"kind": "nope"}, "Loại minh chứng"),
            ({"title": ""}, "Tên tài liệu"),
            ({"issued_on": "31/2/2026"}, "Không có ngày này"),
            ({"issued_on": "1/1/2027"}, "không thể sau hôm nay"),
            ({"criterion": "999999999"}, "Cho tiêu chí"),
        ],
    )
    assert Evidence.objects.count() == 0


def test_evidence_is_taken_away_after_asking(client):
    dossier, people = dossier_in(State.DRAFT)
    fill(dossier, people.owner)
    piece = dossier.evidence.get()
    client.force_login(people.owner)
    path = to("evidence-remove", piece.pk)
    assert "Bỏ minh chứng này?" in page_of(client, path)
    assert dossier.evidence.count() == 1, "a GET writes nothing"
    fields = hidden(page_of(client, path))
    assert client.post(path, fields).url == to("dossier-evidence", dossier.pk)
    assert client.post(path, fields).status_code == 302, "sent twice"
    assert client.get(path).status_code == 404


# --- Once only -------------------------------------------------------------------------------------------------


def test_forms_sent_twice_are_saved_once(client):
    product = ProductFactory()
    owner = cast(product).owner
    client.force_login(owner)
    start = f"{to('dossier-start')}?producer={product.producer_id}&product={product.pk}"
    fields = {**hidden(page_of(client, start)), "kind": "first"}
    assert client.post(start, fields).url == client.post(start, fields).url
    dossier = Dossier.objects.get()
    path = to("dossier-evidence", dossier.pk)
    fields = {**hidden(page_of(client, path)), "kind": "label", "title": "Nhãn", "url": "https://x.vn"}
    for _ in range(2):
        assert client.post(path, fields).status_code == 302
    assert dossier.evidence.count() == 1
    fill(dossier, owner)
    path = to("dossier-submit", dossier.pk)
    fields = {**hidden(page_of(client, path)), "truthful": "on"}
    for _ in range(2):
        assert client.post(path, fields).url == to("dossier", dossier.pk)
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    page = client.post(path, {"token": token(), "truthful": "on"}).content.decode()
    assert "nên không thể “nộp hồ sơ”" in page


# --- What changed ----------------------------------------------------------------------------------------------


def test_comparing_is_told_by_criterion_and_by_document():
    names = {"1.1": "Nguyên liệu", "1.2": "Lao động", "1.3": "Khác", "1.4": "Cũ"}
    low, high = Answer("Ít", 1), Answer("Nhiều", 3)
    before = {"1.1": low, "1.2": None, "1.4": high}
    after = {"1.1": high, "1.2": None, "1.3": low, "1.4": None}
    told = compare_answers(before, after, names)
    assert [(c.name, c.before, c.after, c.rise) for c in told] == [
        ("1.1 Nguyên liệu", "Ít (1 điểm)", "Nhiều (3 điểm)", 2),
        ("1.3 Khác", "chưa chấm", "Ít (1 điểm)", 1),
        ("1.4 Cũ", "Nhiều (3 điểm)", "không có mức nào", -3),
    ]
    a, b, c = Proof("nhãn", "A", "f1"), Proof("nhãn", "B", "f2"), Proof("nhãn", "A", "f3")
    assert compare_evidence([a, b], [a, c]) == ((c,), (b,))


def test_a_later_dossier_is_prefilled_and_shows_what_changed(client):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))
    people = cast(certificate.product)
    first = acts.start_dossier(product=certificate.product, kind="reassessment", by=people.owner)
    fill(first, people.owner)
    assert changes_since(first) is None
    first.refresh_from_db()
    acts.give_reason_and_move(dossier=first, name="withdraw", reason="Sai.", by=people.owner)
    again = acts.start_dossier(product=certificate.product, kind="upgrade", by=people.owner)
    assert again.previous is None, "a withdrawn dossier is nothing to build on"
    fill(again, people.owner)
    acts.submit(dossier=again, by=people.owner)
    review(again, people.commune)
    acts.forward(dossier=again, by=people.commune)
    acts.give_reason_and_move(dossier=again, name="exclude", reason="Giả mạo.", by=people.province)

    client.force_login(people.owner)
    path = (
        f"{to('dossier-start')}?producer={certificate.product.producer_id}&product={certificate.product_id}"
    )
    send(client, path, kind="upgrade")
    third = Dossier.objects.first()
    assert third.previous == again
    assert third.self_scores.count() == again.self_scores.count() > 20
    assert "Chưa có gì khác hồ sơ trước" in page_of(client, to("dossier", third.pk))
    table, _ = table_of(third.criteria_set)
    scale = table.scales[0]
    acts.save_self_scores(dossier=third, chosen={scale.pk: (scale.grades[0].pk, "")}, by=people.owner)
    acts.remove_evidence(evidence=third.evidence.get(), by=people.owner)
    new = Evidence(kind="label", title="Nhãn mới", url="https://x.vn")
    acts.add_evidence(dossier=third, evidence=new, by=people.owner)
    third.refresh_from_db()
    change = changes_since(third)
    assert [c.name for c in change.answers] == [f"{scale.code} {scale.name}"]
    assert [p.title for p in change.added + change.removed] == ["Nhãn mới", "Giấy đăng ký"]
    page = page_of(client, to("dossier", third.pk))
    assert "Minh chứng thêm" in page and "Nhãn mới" in page and scale.grades[0].label in page
    assert "Nâng hạng phải ghi nội dung thay đổi" in page_of(client, to("dossier-submit", third.pk))


# --- The list --------------------------------------------------------------------------------------------------


def test_search_folds_and_finds_receipts_and_producers(client, tinh):
    dossier, _ = dossier_in(State.SUBMITTED, product=ProductFactory(name="Bún ngô Sĩ Bình"))
    dossier_in(State.DRAFT, product=ProductFactory(name="Trà hoa vàng"))
    client.force_login(tinh)
    for text in (
        "bun ngo sy binh",
        dossier.receipt_number,
        dossier.receipt_number[:5],
        dossier.product.producer.name,
    ):
        page = client.get(to("dossiers"), {"q": text}).content.decode()
        assert "Bún ngô Sĩ Bình" in page and "Trà hoa vàng" not in page, text
    assert "Không có hồ sơ nào như vậy" in page_of(client, to("dossiers") + "?q=khong-co")


def test_groups_states_kinds_and_counts(client, tinh):
    dossier_in(State.DRAFT, product=ProductFactory(name="Gạo nếp"))
    _, people = dossier_in(State.FORWARDED, product=ProductFactory(name="Rượu men lá"))
    gone, _ = dossier_in(State.SUBMITTED, product=ProductFactory(name="Chè dây"))
    acts.give_reason_and_move(dossier=gone, name="withdraw", reason="Thôi.", by=people.province)
    client.force_login(tinh)

    def names(query):
        page = client.get(f"{to('dossiers')}?{query}").content.decode()
        return [n for n in ("Rượu men lá", "Gạo nếp", "Chè dây") if n in page], page

    found, page = names("")
    assert found == ["Rượu men lá", "Gạo nếp"]
    assert page.index("Rượu men lá") < page.index("Gạo nếp"), "what waits for the agency comes first"
    for label, count in (("Đang mở", 2), ("Chờ tôi xử lý", 1), ("Tất cả", 3), ("Đã chuyển lên tỉnh", 1)):
        assert f"{label} <b>{count}</b>" in page, label
    assert names("state=mine")[0] == ["Rượu men lá"]
    assert names("state=draft")[0] == ["Gạo nếp"]
    assert names("state=withdrawn")[0] == ["Chè dây"]
    assert len(names("state=all&kind=first")[0]) == 3
    assert names("state=all&kind=upgrade")[0] == []
    assert "state=draft&amp;" not in page or "page=" not in page


@pytest.mark.parametrize("role", ["owner", "commune", "province"])
def test_first_page_of_each_role(client, role):
    dossier, people = dossier_in(State.SUBMITTED)
    client.force_login(getattr(people, role))
    page = page_of(client, to("dossiers"))
    assert dossier.product.name in page
    assert ("Hồ sơ của tôi" in page) == (role == "owner")
    if role == "owner":
        assert "Xã kiểm tra hồ sơ" in page, "the next step in plain words"
        assert "<table" in page_of(client, to("dossiers") + "?state=all")


def test_a_producer_without_products_or_without_producer(client):
    client.force_login(UserFactory())
    assert "chưa gắn với chủ thể nào" in page_of(client, to("dossiers"))
    assert "Không có chủ thể nào" in page_of(client, to("dossier-start"))


# Each page gets what it reads; values that do not stand in each other's way come together.
GARBAGE = {
    "dossiers": (
        "q=%00&page=-1",
        "page=x&late=zzz",
        "page=99999999999999999999&kind=zzz",
        "q=" + "x" * 3000,
        "q=%FF&state=zzz",
        "q=%27%29%3B--&state=%00",
    ),
    "dossier": (),
    "dossier-evidence": ("criterion=zzz", "criterion=99999999999999999999"),
    "dossier-start": (
        "producer=zzz",
        "producer=99999999999999999999&product=1",
        "producer=1&product=zzz",
        "producer=²",
        "producer=%00",
    ),
}


@pytest.mark.parametrize("who", ["owner", "province"])
def test_garbage_is_answered(client, who):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(getattr(people, who))
    everything = "&".join(q for queries in GARBAGE.values() for q in queries)
    for name, queries in GARBAGE.items():
        path = to(name, *([] if name in ("dossiers", "dossier-start") else [dossier.pk]))
        for query in (*queries, everything):
            answer = client.get(f"{path}?{query}").status_code
            assert answer == 200 or (name == "dossier-start" and answer == 404), (name, query[:60])
    for path in ("ho-so/99999999999999999999/", "minh-chung/99999999999999999999/tep/"):
        assert client.get(f"/can-bo/{path}").status_code == 404


def test_lists_and_pages_do_not_grow_in_queries(client):
    producer = ProducerFactory()
    product = ProductFactory(producer=producer)
    dossier, people = dossier_in(State.SUBMITTED, product=product, told=True)
    paths = [
        to("dossiers"),
        to("dossiers") + "?state=all&q=mien",
        to("dossier", dossier.pk),
        to("dossier-self-score", dossier.pk, "A"),
        to("dossier-evidence", dossier.pk),
        to("dossier-start") + f"?producer={producer.pk}",
    ]

    def counted():
        numbers = {}
        for user in (people.owner, people.commune, people.province):
            client.force_login(user)
            for path in paths:
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(path).status_code == 200
                assert all(q["sql"].startswith(("SELECT", "WITH")) for q in queries), "a GET never writes"
                numbers[user.role, path] = len(queries)
        return numbers

    table_of(dossier.criteria_set)  # rules are read once per process
    before = counted()
    for _ in range(4):
        dossier_in(State.SUBMITTED, product=ProductFactory(producer=producer))
    acts.give_reason_and_move(dossier=dossier, name="return", reason="x", by=people.commune)
    table, _ = table_of(dossier.criteria_set)
    for scale in table.scales[:10]:
        piece = Evidence(kind="label", title=f"Nhãn {scale.code}", url="https://x.vn", criterion_id=scale.pk)
        acts.add_evidence(dossier=dossier, evidence=piece, by=people.owner)
    acts.submit(dossier=dossier, by=people.owner)
    assert counted() == before
    assert max(before.values()) <= 18, before


# --- Prints and history ----------------------------------------------------------------------------------------


def text_of(response):
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(p.extract_text() for p in pages).split())


def test_forms_are_printed(client):
    product = ProductFactory(name='Miến dong #let "x" $1')
    dossier, people = dossier_in(State.FORWARDED, product=product)
    client.force_login(people.owner)
    response = client.get(to("dossier-print", dossier.pk))
    text = text_of(response)
    for told in (
        dossier.receipt_number,
        "Giấy đăng ký",
        "Lý Thị Sao",
        "Thôn Nà Sao",
        'Miến dong #let "x" $1',
        "100 / 100",
    ):
        assert told in text, told
    assert 'filename="ho-so-mien-dong-let-x-1.pdf"' in response["Content-Disposition"]
    text = text_of(client.get(to("dossier-review-print", dossier.pk)))
    assert "12 lao động, 10 người của xã." in text and "đầy đủ" in text


def test_a_draft_prints_and_form_03_waits_for_the_commune(client):
    dossier, people = dossier_in(State.DRAFT)
    client.force_login(people.owner)
    assert dossier.product.name in text_of(client.get(to("dossier-print", dossier.pk)))
    assert client.get(to("dossier-review-print", dossier.pk)).status_code == 404


def test_history_tells_every_write(client):
    dossier, people = dossier_in(State.SUBMITTED, told=True)
    acts.give_reason_and_move(dossier=dossier, name="return", reason="Thiếu nhãn.", by=people.commune)
    client.force_login(people.commune)
    page = page_of(client, to("dossier-history", dossier.pk))
    for told in (
        f"đã lập hồ sơ đánh giá lần đầu cho “{dossier.product.name}”",
        f"đã ghi mẫu 01 của hồ sơ “{dossier.product.name}”",
        f"đã nộp hồ sơ của “{dossier.product.name}” tại {dossier.unit.name}",
        "thêm minh chứng “Giấy đăng ký” vào hồ sơ",
        "để hoàn thiện, lý do: Thiếu nhãn.",
        f"{people.commune.username} (cán bộ cấp xã)",
    ):
        assert told in page, told
    assert CommuneReview.objects.count() == 0


def test_the_star_that_form_02_comes_to_and_what_is_missing_for_the_one_sought(client):
    dossier, people = dossier_in(State.DRAFT)
    acts.save_registration(dossier=dossier, values={"stars_sought": 4}, by=people.owner)
    client.force_login(people.owner)
    page = page_of(client, to("dossier", dossier.pk))
    assert "chưa đạt 3 sao" in page and "Tổng điểm còn thiếu 70 điểm" in page
    assert re.search(r"cần ít nhất \d+ điểm cho 4 sao, đang 0", page)
    fill(dossier, people.owner)
    page = page_of(client, to("dossier", dossier.pk))
    assert "<b>100</b>/100 điểm" in page and "5 sao" in page and "Còn thiếu để đạt" not in page


def test_the_window_is_told_on_the_dossier_until_it_is_filed(client, settings):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2024, 1, 15)))
    people = cast(certificate.product)
    dossier = acts.start_dossier(product=certificate.product, kind="reassessment", by=people.owner)
    client.force_login(people.owner)
    assert "Đang nhận hồ sơ phân hạng lại, đến hết 17/09/2026." in page_of(client, to("dossier", dossier.pk))
    fill(dossier, people.owner)
    acts.submit(dossier=dossier, by=people.owner)
    settings.TODAY = date(2026, 8, 15) + timedelta(days=1)
    assert "Đang nhận hồ sơ phân hạng lại" not in page_of(client, to("dossier", dossier.pk))


def test_a_new_product_sent_twice_is_recorded_once(client):
    producer = ProducerFactory()
    owner = UserFactory()
    producer.accounts.add(owner)
    client.force_login(owner)
    path = f"{to('dossier-start')}?producer={producer.pk}&product=new"
    page = page_of(client, path)
    place = re.search(r'name="place" value="([^"]+)"', page)[1]
    group = re.search(r'<option value="(\d+)">[^<]*gạo', page)[1]
    fields = {**hidden(page), "name": "Miến", "group": group, "place": place, "summary": "x"}
    assert client.post(path, fields).url == client.post(path, fields).url
    assert (Product.objects.count(), Dossier.objects.count()) == (1, 1)


def test_overdue_dossiers_are_counted_for_all_to_see(client, settings):
    dossier, people = dossier_in(State.SUBMITTED)
    client.force_login(people.province)
    assert "quá hạn ở xã</a>" not in page_of(client, to("dossiers"))
    settings.TODAY = date(2026, 10, 1)
    assert "1 hồ sơ quá hạn ở xã" in page_of(client, to("dossiers"))
    assert dossier.product.name in page_of(client, to("dossiers") + "?state=submitted&late=1")


def test_every_kind_of_note_and_mark_is_shown_in_words(client):
    """Each set of criteria can be filled in by the page, with its cases, conditions and marks."""
    from products.models import ProductGroup

    for code, told in (
        ("26", "Trường hợp 1: cộng đồng"),
        ("07", "tối thiểu cho 4 sao"),
        ("06", "Loại hồ sơ:"),
    ):
        group = ProductGroup.objects.get(code=code)
        dossier, people = dossier_in(State.DRAFT, product=ProductFactory(group=group))
        client.force_login(people.owner)
        paths = {part: to("dossier-self-score", dossier.pk, part) for part in "ABC"}
        pages = {part: page_of(client, path) for part, path in paths.items()}
        assert told in "".join(pages.values()), code
        table, _ = table_of(dossier.criteria_set)
        assert sum(page.count("Không có mức nào") for page in pages.values()) == len(table.scales)
        for part, path in paths.items():
            answers = hidden(pages[part]) | part_answers(dossier, part)
            assert client.post(path, answers).status_code == 302
        assert dossier.self_scores.count() == len(table.scales)
