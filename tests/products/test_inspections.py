"""Inspections and warnings: planned, recorded, corrected aloud, followed up; and every address × every role."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from products.actions import inspections as acts
from products.desk.inspections import SHOWS, TONES
from products.desk.oversight_urls import urlpatterns
from products.models import Certificate, InspectedProduct, Inspection, InspectionFinding, WrittenWarning
from products.standing import Standing
from tests.conftest import DAY
from tests.factories import BANG_PHUC, ProductFactory, UserFactory, unit
from tests.products.desk import opened, send
from tests.products.oversight import (
    certified,
    elsewhere,
    findings,
    on,
    own_producer,
    planned,
    recorded,
    report_in,
    revocation_decision,
    warned,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
SOON = f"{DAY + timedelta(days=9):%d/%m/%Y}"


def of(name, *args):
    return reverse(f"desk:{name}", args=args)


# --- who may open what -------------------------------------------------------------------------------------------

WHO = ("anonymous", "council", "producer", "signatory", "commune", "elsewhere", "province", "admin")
LIST = (302, 403, 403, 403, 200, 200, 200, 200)
ONE = (302, 404, 403, 403, 200, 404, 200, 200)
POST_ONLY = (302, 405, 405, 405, 405, 405, 405, 405)
TABLE = {
    "inspections": LIST,
    "inspections-xlsx": LIST,
    "inspection-plan": LIST,
    "inspection": ONE,
    "inspection-record": ONE,
    "inspection-edit": ONE,
    "inspection-cancel": ONE,
    "inspection-follow-up": ONE,
    "inspection-again": ONE,
    "inspection-add-file": ONE,
    "inspection-minutes": ONE,
    "inspection-warn": ONE,
    "inspection-file": ONE,
    "inspection-plan-producer": (302, 403, 403, 403, 200, 404, 200, 200),
    "warnings": LIST,
    "warning": ONE,
    "complaints": LIST,
    "complaints-xlsx": LIST,
    "complaint": ONE,
    "complaint-photo": (302, 404, 403, 403, 404, 404, 404, 404),  # this one has none
    "complaint-plan": POST_ONLY,
    "complaint-warn": ONE,
    "complaint-step": ONE,
    "own-complaints": (302, 403, 200, 403, 403, 403, 403, 403),
    "own-complaint": (302, 404, 200, 403, 403, 404, 403, 403),
}


@pytest.fixture
def things(tinh):
    inspection = recorded(by=tinh)
    file = acts.add_inspection_file(
        inspection=inspection, title="Biên bản", file=SimpleUploadedFile("zz.pdf", PDF), by=tinh
    )
    complaint = report_in("answered", by=tinh)
    return {"kiem-tra": inspection, "tai-lieu-kiem-tra": file, "canh-bao": warned(inspection)} | {
        "phan-anh": complaint,
        "phan-anh-ve-san-pham": complaint,
        "chu-the": inspection.producer,
    }


def address(pattern, things):
    route = str(pattern.pattern)
    args = [things[route.split("/")[0]].pk] if "<int:pk>" in route else []
    return of(pattern.name, *args, *(["reopen"] if "<slug:name>" in route else []))


@pytest.mark.usefixtures("statuses_alone")
def test_role_by_address(client, things):
    assert set(TABLE) == {p.name for p in urlpatterns}
    product = certified().product
    for place, who in enumerate(WHO):
        if who == "elsewhere":
            client.force_login(UserFactory(commune=True, unit=unit(BANG_PHUC)))
        elif who == "producer":
            client.force_login(own_producer(product))
        elif who != "anonymous":
            client.force_login(UserFactory(**{who: True}))
        for pattern in urlpatterns:
            status = client.get(address(pattern, things)).status_code
            assert status == TABLE[pattern.name][place], (who, pattern.name)
            if who in ("elsewhere", "producer") and status in (403, 404):
                post = client.post(address(pattern, things), {}).status_code
                assert post in (status, 405), (who, pattern.name)


# --- planning ------------------------------------------------------------------------------------------------------


def test_many_products_are_planned_at_once_one_visit_to_a_producer(client, tinh):
    first, second = (
        certified().product,
        certified("06-PA-2", product__producer=certified().product.producer).product,
    )
    other = certified("06-PA-3").product
    client.force_login(tinh)
    path = of("inspection-plan")
    page = client.get(f"{path}?product={other.pk}").content.decode()
    assert page.index(other.name) < page.index(first.name) and "chưa kiểm tra lần nào" in page
    given = {"planned_on": SOON, "inspectors": "Bà Lan", "kind": "unannounced"}
    assert "ít nhất một sản phẩm" in send(client, path, **given, products=[]).content.decode()
    assert (
        "đã qua"
        in send(client, path, **given | {"planned_on": "01/08/2026"}, products=[first.pk]).content.decode()
    )
    answer = send(client, path, **given, products=[first.pk, second.pk, other.pk])
    assert answer["Location"].endswith("?show=planned")
    visits = {i.producer: {p.name for p in i.products.all()} for i in Inspection.objects.all()}
    assert visits == {first.producer: {first.name, second.name}, other.producer: {other.name}}
    assert not any(p in page for p in (" onclick", "style="))


def test_a_commune_plans_only_its_own(client):
    mine, other = certified().product, certified("06-BP-1", product__producer=elsewhere()).product
    client.force_login(UserFactory(commune=True))
    page = client.get(of("inspection-plan")).content.decode()
    assert mine.name in page and other.name not in page
    given = {"planned_on": SOON, "inspectors": "Bà Lan"}
    assert "phạm vi" in send(client, of("inspection-plan"), **given, products=[other.pk]).content.decode()
    assert not Inspection.objects.exists()
    for query in (
        "product=x",
        f"product={other.pk}",
        "product=" + "9" * 40,
        "q=%00",
        "status=zzz",
        "old=1",
        "status=",
    ):
        assert client.get(f"{of('inspection-plan')}?{query}").status_code == 200, query


def test_a_producer_as_a_whole_and_a_change_of_plan(client, tinh):
    product = certified().product
    client.force_login(tinh)
    path = of("inspection-plan-producer", product.producer_id)
    assert send(client, path, planned_on=SOON, inspectors="Bà Lan").status_code == 302
    inspection = Inspection.objects.get()
    assert inspection.producer == product.producer and not inspection.products.exists()
    edit = of("inspection-edit", inspection.pk)
    assert send(client, edit, inspectors="Ông Hùng", products=[product.pk]).status_code == 302
    assert send(client, edit, products=[ProductFactory().pk]).status_code == 200
    inspection.refresh_from_db()
    assert inspection.inspectors == "Ông Hùng" and inspection.products.get() == product
    stale = opened(client, edit)
    assert send(client, edit, purpose="Nhãn", products=[product.pk]).status_code == 302
    assert "người khác thay đổi" in client.post(edit, stale).content.decode()
    cancel = of("inspection-cancel", inspection.pk)
    assert send(client, cancel, reason=" ").status_code == 200
    assert send(client, cancel, reason="Mưa lũ").status_code == 302
    for name in ("inspection-edit", "inspection-record", "inspection-cancel"):
        page = client.get(of(name, inspection.pk)).content.decode()
        assert '<form method="post"' not in page.partition("<main")[2], name
    with pytest.raises(ValidationError, match="đã hủy"):
        recorded(inspection)


# --- recording -----------------------------------------------------------------------------------------------------


def test_what_was_found_is_recorded_heading_by_heading(client, tinh):
    inspection = planned(by=tinh)
    client.force_login(tinh)
    path = of("inspection-record", inspection.pk)
    good = {f"{h}_result": "good" for h in InspectionFinding.Heading}
    base = good | {"summary": "Cơ sở sạch.", "conclusion": "passed"}
    refused = {
        "Hãy chọn một mức": {"label_result": ""},
        "Chưa đạt thì phải ghi rõ": {"label_result": "bad", "conclusion": "breach", "measures": "Sửa"},
        "không thể là “đạt”": {"label_result": "bad", "label_note": "Thiếu hạn dùng"},
        "nội dung nào chưa đạt": {"conclusion": "breach", "measures": "Sửa"},
        "Hãy ghi biện pháp": {"label_result": "bad", "label_note": "Thiếu", "conclusion": "breach"},
        "hẹn ngày kiểm tra lại": {
            "label_result": "bad",
            "label_note": "Thiếu",
            "conclusion": "to_remedy",
            "measures": "Sửa",
        },
        "không thể sau hôm nay": {"done_on": "16/08/2026"},
        "Không thể trước ngày kiểm tra": {"follow_up_on": "14/08/2026"},
    }
    for told, change in refused.items():
        page = send(client, path, **base | change)
        assert page.status_code == 200 and told in page.content.decode(), told
    faulty = {
        "mark_result": "bad",
        "mark_note": "In 4 sao thay vì 3 sao",
        "conclusion": "breach",
        "measures": "Thu hồi",
    }
    assert send(client, path, **base | faulty).status_code == 302
    inspection.refresh_from_db()
    assert (
        inspection.done_on == DAY and inspection.conclusion == "breach" and inspection.findings.count() == 7
    )
    page = client.get(of("inspection", inspection.pk)).content.decode()
    assert "In 4 sao thay vì 3 sao" in page and "ground=misuse" in page


def test_a_correction_keeps_what_was_written_before(client, tinh):
    inspection = recorded(by=tinh)
    client.force_login(tinh)
    path = of("inspection-record", inspection.pk)
    assert "Vì sao đính chính" in send(client, path, label_note="Khác", correction_reason="").content.decode()
    answer = send(client, path, label_note="Nhãn thiếu nơi sản xuất.", correction_reason="Ghi nhầm nội dung")
    assert answer.status_code == 302
    inspection.refresh_from_db()
    assert inspection.corrections == 1 and inspection.correction_reason == "Ghi nhầm nội dung"
    notes = {f.turn: f.note for f in inspection.findings.filter(heading="label")}
    assert notes == {0: "Nhãn thiếu hạn sử dụng.", 1: "Nhãn thiếu nơi sản xuất."}
    assert [f.note for f in inspection.findings_now if f.note] == ["Nhãn thiếu nơi sản xuất."]
    history = client.get(f"/can-bo/lich-su/kiem-tra/{inspection.pk}/").content.decode()
    assert "đính chính kết quả kiểm tra" in history and "Ghi nhầm nội dung" in history


@pytest.mark.parametrize(
    "change",
    [
        {"conclusion": "passed", "measures": ""},
        {"summary": "khác"},
        {"done_on": DAY - timedelta(days=1)},
        {"state": "planned", "done_on": None, "conclusion": "", "follow_up_on": None},
        {
            "state": "cancelled",
            "cancelled_because": "x",
            "done_on": None,
            "conclusion": "",
            "follow_up_on": None,
        },
        {"corrections": 2, "correction_reason": "nhảy số"},
        {"inspectors": "người khác"},
    ],
)
def test_nothing_recorded_changes_silently(change):
    inspection = recorded()
    with pytest.raises(DatabaseError), transaction.atomic():
        Inspection.objects.filter(pk=inspection.pk).update(**change)


def test_other_facts_are_kept_as_well():
    inspection, warning = recorded(), warned()
    closed = acts.record_follow_up(inspection=recorded(), day=DAY, note="Đã in lại nhãn.", by=None)
    remedied = acts.record_remedy(warning=warned(number="13/CV"), day=DAY, note="Xong.", by=None)
    cancelled = acts.cancel_inspection(inspection=planned(), reason="Mưa", by=None)
    finding = inspection.findings.first()
    acting = (
        lambda: Inspection.objects.filter(pk=closed.pk).update(follow_up_note="khác"),
        lambda: Inspection.objects.filter(pk=cancelled.pk).update(purpose="khác"),
        lambda: InspectionFinding.objects.filter(pk=finding.pk).update(note="khác"),
        lambda: InspectionFinding.objects.create(
            inspection=inspection, turn=7, heading="label", result="good"
        ),
        lambda: InspectedProduct.objects.filter(inspection=inspection).delete(),
        lambda: InspectedProduct.objects.create(inspection=inspection, product=ProductFactory()),
        lambda: WrittenWarning.objects.filter(pk=warning.pk).update(requirement="khác"),
        lambda: WrittenWarning.objects.filter(pk=remedied.pk).update(remedy_note="khác"),
    )
    for act in acting:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# --- what follows --------------------------------------------------------------------------------------------------


def test_a_second_look_closes_the_first(client, tinh):
    first = recorded(by=tinh)
    client.force_login(tinh)
    path = of("inspection-again", first.pk)
    assert send(client, path, products=list(first.products.values_list("pk", flat=True))).status_code == 302
    second = Inspection.objects.get(kind="follow_up")
    assert second.follows == first and second.planned_on == first.follow_up_on
    assert list(second.products.all()) == list(first.products.all())
    recorded(second, conclusion="passed", by=tinh)
    first.refresh_from_db()
    assert first.followed_up_on == DAY and "đạt" in first.follow_up_note
    with pytest.raises(ValidationError, match="không chờ"):
        acts.record_follow_up(inspection=first, day=DAY, note="x", by=tinh)
    assert client.get(of("inspection-again", planned(by=tinh).pk)).status_code == 404


def test_reminders_of_what_is_late(client, tinh):
    with on(40):
        late = planned(planned_on=DAY - timedelta(days=30), by=tinh)
        overdue = recorded(done_on=DAY - timedelta(days=40), follow_up_on=DAY - timedelta(days=1), by=tinh)
        warned(overdue, warned_on=DAY - timedelta(days=39), due_on=DAY - timedelta(days=2))
    recorded(by=tinh)
    client.force_login(tinh)
    page = client.get(of("inspections")).content.decode()
    assert "1 đợt quá hạn kiểm tra lại" in page and "1 đợt quá ngày dự kiến" in page
    assert "1 cảnh báo quá hạn khắc phục" in page
    for show, inspection in (("late", late), ("overdue", overdue)):
        page = client.get(f"{of('inspections')}?show={show}").content.decode()
        assert "1 đợt kiểm tra" in page and of("inspection", inspection.pk) in page
    assert "quá hạn" in client.get(f"{of('warnings')}?show=overdue").content.decode()


def test_an_inspection_with_faults_leads_to_a_warning(client, tinh):
    inspection = recorded(by=tinh)
    client.force_login(tinh)
    path = of("inspection-warn", inspection.pk)
    first = opened(client, path)
    assert first["requirement"] == "In lại nhãn." and first["product"] == str(inspection.products.get().pk)
    assert send(client, path, number="12/CV", due_on="14/08/2026").status_code == 200
    answer = send(client, path, number="12/CV", due_on=SOON)
    warning = WrittenWarning.objects.get()
    assert answer["Location"] == of("warning", warning.pk) and warning.producer == inspection.producer
    assert "đã có" in send(client, path, number="12/CV", due_on=SOON).content.decode()
    assert send(client, of("warning", warning.pk), note="").status_code == 200
    assert send(client, of("warning", warning.pk), note="Đã in lại 500 nhãn.").status_code == 302
    assert (
        '<form method="post"'
        not in client.get(of("warning", warning.pk)).content.decode().partition("<main")[2]
    )
    passed = recorded(planned(by=tinh), conclusion="passed", by=tinh)
    assert "Chỉ cảnh báo sau" in client.get(of("inspection-warn", passed.pk)).content.decode()
    with pytest.raises(ValidationError, match="không có căn cứ"):
        warned(passed, number="14/CV")


def test_a_breach_leads_to_the_two_steps_of_revocation(client, tinh):
    inspection = recorded(conclusion="breach", findings=findings(quality="Dư lượng vượt mức."), by=tinh)
    certificate = Certificate.objects.get(product__in=inspection.products.all())
    client.force_login(tinh)
    page = client.get(of("inspection", inspection.pk)).content.decode()
    link = re.search(r'href="(/can-bo/giay-chung-nhan/\d+/thu-hoi/\?[^"]+)"', page)[1].replace("&amp;", "&")
    data = opened(client, link)
    assert data["ground"] == "breach_of_law" and "kết luận kiểm tra ngày 15/08/2026" in data["reason"]
    data |= {"decision": revocation_decision().pk, "reason": "Dư lượng vượt mức."}
    assert "Đợt kiểm tra ngày 15/08/2026" in client.post(link, data).content.decode()
    certificate.refresh_from_db()
    assert certificate.revoked_on is None
    assert client.post(link, data | {"confirmed": "1"}).status_code == 302
    certificate.refresh_from_db()
    assert certificate.standing_on(DAY) == Standing.REVOKED
    assert certificate.revocation_basis.inspection == inspection
    assert "Thu hồi: " in client.get(of("inspection", inspection.pk)).content.decode()
    xa = UserFactory(commune=True)
    client.force_login(xa)
    assert "thu-hoi" not in client.get(of("inspection", inspection.pk)).content.decode()


def test_a_basis_of_another_producer_is_none(client, tinh):
    inspection, other = recorded(by=tinh), certified("06-BP-1", product__producer=elsewhere())
    client.force_login(tinh)
    path = of("revoke", other.pk)
    assert client.get(f"{path}?inspection={inspection.pk}").status_code == 404
    assert client.get(f"{path}?inspection={planned(by=tinh).pk}").status_code == 404
    assert client.get(f"{path}?inspection=999999&ground=zzz").status_code == 404
    for query in ("inspection=x", "inspection=" + "9" * 30, "complaint=", "ground=zzz"):
        assert client.get(f"{path}?{query}").status_code == 200, query


# --- lists, files, prints ------------------------------------------------------------------------------------------


def test_the_list_filters_pages_and_exports(client, tinh, django_assert_max_num_queries):
    inspection = recorded(by=tinh)
    producer = elsewhere(name="HTX Suối Xanh")
    acts.plan_inspections(products=[], producer=producer, planned_on=DAY, inspectors="=cmd", by=tinh)
    for _ in range(8):
        planned(by=tinh)
    client.force_login(tinh)
    path = of("inspections")
    with django_assert_max_num_queries(10):
        assert "10 đợt kiểm tra" in client.get(path).content.decode()
    assert "1 đợt kiểm tra" in client.get(f"{path}?conclusion=to_remedy").content.decode()
    assert "1 đợt kiểm tra" in client.get(f"{path}?q={producer.name}").content.decode()
    assert set(TONES) == set(Inspection.Conclusion)
    for show in SHOWS:
        assert client.get(f"{path}?show={show}").status_code == 200
    for query in ("q=%00", "page=-1", "page=x", "show=zzz", "kind=%FF", "q=" + "x" * 3000):
        assert client.get(f"{path}?{query}").status_code == 200, query
        assert client.get(f"{of('inspections-xlsx')}?{query}").status_code == 200, query
    sheet = load_workbook(BytesIO(client.get(f"{of('inspections-xlsx')}?show=all").content)).active
    assert sheet.max_row == 11 and all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    assert inspection.producer.name in [row[0].value for row in sheet.iter_rows()]
    client.force_login(UserFactory(commune=True, unit=unit(BANG_PHUC)))
    assert "1 đợt kiểm tra" in client.get(path).content.decode()


def test_files_are_told_by_content_and_kept_private(client, tinh):
    inspection = planned(by=tinh)
    client.force_login(tinh)
    path = of("inspection-add-file", inspection.pk)
    fake = SimpleUploadedFile("bien-ban.pdf", b"MZ\x90\x00" + b"x" * 99)
    assert "không phải là PDF" in send(client, path, title="Biên bản", file=fake).content.decode()
    assert (
        send(client, path, title="Biên bản", file=SimpleUploadedFile("../../zz.pdf", PDF)).status_code == 302
    )
    kept = inspection.files.get()
    assert kept.filename == "zz.pdf" and "zz" not in kept.file.name
    answer = client.get(of("inspection-file", kept.pk))
    assert (
        answer["Content-Disposition"].startswith("attachment")
        and answer["X-Content-Type-Options"] == "nosniff"
    )
    client.force_login(UserFactory(commune=True, unit=unit(BANG_PHUC)))
    assert client.get(of("inspection-file", kept.pk)).status_code == 404


def test_minutes_are_printed_before_and_after(client, tinh):
    inspection = planned(by=tinh)
    client.force_login(tinh)
    path = of("inspection-minutes", inspection.pk)
    for record in (False, True):
        if record:
            recorded(inspection, by=tinh)
        answer = client.get(path)
        text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        text = " ".join(text.split())
        assert answer["Content-Type"] == "application/pdf"
        assert "BIÊN BẢN KIỂM TRA" in text and inspection.producer.name in text and "3 sao" in text
        assert ("Nhãn thiếu hạn sử dụng." in text) == record
        assert ("dự kiến" in text) != record
        assert "VĂN PHÒNG" in text and "XÃ CÔN MINH" not in text
    of_the_commune = planned(by=UserFactory(commune=True))
    text = (
        PdfReader(BytesIO(client.get(of("inspection-minutes", of_the_commune.pk)).content))
        .pages[0]
        .extract_text()
    )
    assert "XÃ CÔN MINH" in text and "VĂN PHÒNG" not in text


def test_the_product_tells_its_time_after_certification(client, tinh):
    inspection = recorded(by=tinh)
    warned(inspection, product=inspection.products.get())
    report_in("received")
    client.force_login(tinh)
    page = client.get(of("product", inspection.products.get().pk)).content.decode()
    assert "Kiểm tra định kỳ" in page and "Phản ánh: dùng sai" in page and page.count("Văn bản cảnh báo") == 1
    client.logout()
    public = client.get(inspection.products.get().get_absolute_url()).content.decode()
    assert "Kiểm tra định kỳ" not in public and "cảnh báo" not in public and "In lại nhãn" not in public
