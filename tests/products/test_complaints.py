"""Citizens' reports at the desk: state × role × step, what each step does, and what nobody is shown."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from ocop_portal.clock import on
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Role
from products.actions import complaints as acts
from products.complaint_steps import CLOSED, OPEN, SHOWN_TO_PRODUCER, STEPS, Holder, State
from products.desk.complaint_words import LOOKS, TONES, WORDS
from products.desk.complaints import ACTIONS
from products.forms.complaint_desk import FORMS
from products.models import Certificate, Complaint, Inspection, PublishedComplaint
from products.views.complaints import STORY
from tests.conftest import DAY
from tests.factories import BANG_PHUC, UserFactory, unit
from tests.products.desk import opened, send
from tests.products.oversight import certified, official, own_producer, report, report_in, revocation_decision

pytestmark = pytest.mark.django_db

# What an official finds on the page of a report that the office holds. A new state fails until it is placed here.
EITHER = {
    State.RECEIVED: {"check", "assign", "duplicate", "set-aside"},
    State.CHECKING: {"answer", "assign", "duplicate", "set-aside"},
    State.ANSWERED: {"publish", "reopen"},
    State.DUPLICATE: {"reopen"},
    State.SET_ASIDE: {"reopen"},
}
PRODUCER_READS = {State.CHECKING, State.ANSWERED}
# reader: (page of officials, page of producers); None: by state
READERS = {
    "province": (200, 403),
    "admin": (200, 403),
    "commune": (200, 403),
    "merged": (200, 403),
    "elsewhere": (404, 404),
    "signatory": (403, 403),
    "council": (404, 404),
    "own": (None, None),
    "other": (404, 404),
}


def reader(who, product):
    match who:
        case "elsewhere":
            return UserFactory(commune=True, unit=unit(BANG_PHUC))
        case "merged":
            return UserFactory(commune=True, unit=AdministrativeUnit.objects.get(pk=product.place.current_id))
        case "own":
            return own_producer(product)
        case "other":
            return UserFactory()
    return UserFactory(**{who: True})


def steps_on(page):
    return set(re.findall(r"/can-bo/phan-anh/\d+/([a-z-]+)/", page)) - {"anh", "kiem-tra", "canh-bao"}


def test_every_state_and_step_is_placed():
    assert set(EITHER) == set(State) == set(TONES) == set(STORY) == {*OPEN, *CLOSED}
    assert set(SHOWN_TO_PRODUCER) == PRODUCER_READS
    assert set(STEPS) - {"reply"} == set(FORMS) == set(ACTIONS) == set(WORDS) == set(LOOKS)
    assert {who for who in READERS if who in Role.values} >= {
        "province",
        "admin",
        "commune",
        "signatory",
        "council",
    }


@pytest.mark.parametrize("state", State)
def test_state_by_role(client, state):
    complaint = report_in(state)
    pages = [reverse(f"desk:{n}", args=[complaint.pk]) for n in ("complaint", "own-complaint")]
    for who, answers in READERS.items():
        user = reader(who, complaint.product)
        client.force_login(user)
        if who == "own":
            answers = (403, 200) if state in PRODUCER_READS else (404, 404)
        for holder in Holder:
            Complaint.objects.filter(pk=complaint.pk).update(holder=holder)
            got = [client.get(page) for page in pages]
            assert tuple(r.status_code for r in got) == answers, (who, holder)
            if answers[0] != 200:
                continue
            moved = {Holder.COMMUNE: {"forward"}, Holder.PROVINCE: {"hand-down"}}[holder]
            wanted = EITHER[state] | (moved if state in OPEN else set())
            only_reads = holder == Holder.PROVINCE and user.role == Role.COMMUNE
            assert steps_on(got[0].content.decode()) == (set() if only_reads else wanted), (who, holder)


@pytest.mark.parametrize("state", State)
def test_a_step_that_does_not_start_here_changes_nothing(client, tinh, state):
    complaint = report_in(state, by=tinh)
    client.force_login(tinh)
    given = {
        "reason": "Vì sao",
        "outcome": "upheld",
        "answer": "Đúng",
        "summary": "Tóm tắt",
        "original": report().pk,
    }
    given |= {"assignee": tinh.pk, "product": complaint.product.code}
    for name in set(FORMS) - EITHER[state] - ({"forward"} if state in OPEN else set()):
        data = opened(client, reverse("desk:complaint", args=[complaint.pk])) if state in OPEN else {}
        form = FORMS[name](complaint=complaint, user=tinh)
        data |= given | {"version": form.current_version, "token": str(form["token"].value())}
        response = client.post(reverse("desk:complaint-step", args=[complaint.pk, name]), data)
        assert response.status_code == 200, (state, name)
    complaint.refresh_from_db()
    assert complaint.state == state


@pytest.mark.usefixtures("statuses_alone")
def test_posts_are_kept_shut(client):
    """Every step and page × who may not, by POST."""
    complaint = report_in(State.CHECKING, holder=Holder.PROVINCE)
    paths = [reverse("desk:complaint-step", args=[complaint.pk, name]) for name in FORMS]
    for who, status in (
        ("commune", 403),
        ("elsewhere", 404),
        ("signatory", 403),
        ("council", 404),
        ("other", 404),
        ("own", 403),
    ):
        client.force_login(reader(who, complaint.product))
        assert {client.post(p, {"reason": "x"}).status_code for p in paths} == {status}, who
        if who not in ("own", "commune"):
            assert (
                client.post(reverse("desk:own-complaint", args=[complaint.pk]), {"reply": "x"}).status_code
                == status
            )
    complaint.refresh_from_db()
    assert complaint.state == State.CHECKING and complaint.reply == ""


def test_the_way_of_a_report(client, tinh):
    """Received → checked → answered → replied → published, and read by each in their place."""
    complaint = report(
        contact_email="lan@example.vn", seen="In sai sao. Gọi tôi 0987 654 321, a.b@example.vn nhé."
    )
    xa = UserFactory(commune=True)
    assert complaint.holder == Holder.COMMUNE and complaint.unit.name == "Xã Côn Minh"
    assert complaint.due_on == date(2026, 9, 8)  # 15 working days around Independence Day
    client.force_login(xa)
    step = lambda name: reverse("desk:complaint-step", args=[complaint.pk, name])
    page = client.get(reverse("desk:complaint", args=[complaint.pk])).content.decode()
    assert "0912 345 678" in page and "lan@example.vn" in page
    assert send(client, step("check")).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == State.CHECKING and complaint.assignee == xa
    empty = send(client, step("answer"), outcome="upheld", answer="  ")
    assert empty.status_code == 200
    assert send(client, step("answer"), outcome="upheld", answer="Đúng như phản ánh.").status_code == 302
    own = own_producer(complaint.product)
    client.force_login(own)
    assert client.get("/can-bo/phan-anh-ve-san-pham/").content.decode().count(complaint.product.name) == 1
    mine = reverse("desk:own-complaint", args=[complaint.pk])
    page = client.get(mine).content.decode()
    for secret in ("0912", "lan@example.vn", "0987 654 321", "a.b@example.vn", complaint.code):
        assert secret not in page, secret
    assert send(client, mine, reply="Chúng tôi đã in lại bao bì.").status_code == 302
    public = complaint.product.get_absolute_url()
    assert 'phan-anh"' not in client.get(public).content.decode()
    client.force_login(xa)
    assert send(client, step("publish"), summary="Bao bì in sai hạng sao.").status_code == 302
    client.logout()
    page = client.get(public).content.decode()
    assert "Bao bì in sai hạng sao." in page and "Chúng tôi đã in lại bao bì." in page
    assert "In sai sao" not in page and "Đúng như phản ánh" not in page
    receipt = client.get(complaint.get_absolute_url()).content.decode()
    assert "Đúng như phản ánh." in receipt and "0912" not in receipt and "lan@" not in receipt


def test_a_reply_is_published_only_as_an_official_has_read_it(client, tinh):
    complaint = report_in(State.ANSWERED, by=tinh)
    public = complaint.product.get_absolute_url()
    own = own_producer(complaint.product)
    acts.publish_complaint(complaint=complaint, summary="Tóm tắt một.", by=tinh)
    acts.reply_complaint(complaint=complaint, reply="Lời chưa ai đọc.", by=own)
    assert "Lời chưa ai đọc." not in client.get(public).content.decode()
    acts.publish_complaint(complaint=complaint, summary="Tóm tắt một.", by=tinh)
    assert "Lời chưa ai đọc." in client.get(public).content.decode()
    acts.reply_complaint(complaint=complaint, reply="Lời sửa sau.", by=own)
    page = client.get(public).content.decode()
    assert "Lời chưa ai đọc." in page and "Lời sửa sau." not in page
    acts.reopen_complaint(complaint=complaint, reason="Có tình tiết mới", by=tinh)
    assert "Tóm tắt một." not in client.get(public).content.decode()
    complaint.refresh_from_db()
    assert (complaint.state, complaint.answer, complaint.answered_on) == (State.CHECKING, "", None)
    assert PublishedComplaint.objects.get().withdrawn_because.startswith("Đang xác minh lại")


def test_between_commune_and_province(client, tinh):
    complaint, xa = report(), UserFactory(commune=True)
    client.force_login(xa)
    path = reverse("desk:complaint-step", args=[complaint.pk, "forward"])
    assert send(client, path, reason="").status_code == 200
    assert send(client, path, reason="Cơ sở đóng gói ở xã khác").status_code == 302
    complaint.refresh_from_db()
    assert complaint.holder == Holder.PROVINCE
    assert client.get(reverse("desk:complaint-step", args=[complaint.pk, "check"])).status_code == 403
    client.force_login(tinh)
    path = reverse("desk:complaint-step", args=[complaint.pk, "hand-down"])
    assert send(client, path, reason="Xã xác minh tại chỗ").status_code == 302
    complaint.refresh_from_db()
    assert complaint.holder == Holder.COMMUNE and complaint.unit.name == "Xã Côn Minh"
    path = reverse("desk:complaint-step", args=[complaint.pk, "assign"])
    assert xa.username in client.get(path).content.decode() and tinh.username not in str(
        FORMS["assign"](complaint=complaint, user=tinh).fields["assignee"].queryset
    )
    assert send(client, path, assignee=tinh.pk).status_code == 200
    assert send(client, path, assignee=xa.pk).status_code == 302
    # Handed to the commune where the shop is: the product's own reads on, and acts no more.
    acts.forward_complaint(complaint=complaint, reason="Bán ở nơi khác", by=tinh)
    shop = unit(BANG_PHUC).current
    acts.hand_down_complaint(complaint=complaint, unit=shop, reason="Cửa hàng ở đây", by=tinh)
    for user, status in ((xa, 403), (UserFactory(commune=True, unit=shop), 200)):
        client.force_login(user)
        assert client.get(reverse("desk:complaint", args=[complaint.pk])).status_code == 200
        assert client.get(reverse("desk:complaint-step", args=[complaint.pk, "check"])).status_code == status


def test_a_pack_of_unknown_product_is_identified_or_handed_down(client, tinh):
    complaint = report(pack="Miến không rõ")
    xa = UserFactory(commune=True)
    assert complaint.holder == Holder.PROVINCE and not Complaint.objects.visible_to(xa).exists()
    with pytest.raises(ValidationError, match="Hãy chọn một xã"):
        acts.hand_down_complaint(complaint=complaint, reason="x", by=tinh)
    client.force_login(tinh)
    path = reverse("desk:complaint-step", args=[complaint.pk, "identify"])
    product = certified().product
    assert send(client, path, product="KHONG-CO").status_code == 200
    assert send(client, path, product=product.code).status_code == 302
    complaint.refresh_from_db()
    assert complaint.product == product and Complaint.objects.visible_to(xa).exists()
    with pytest.raises(ValidationError, match="không đổi được"):
        acts.identify_product(complaint=report(product), product=product, by=tinh)


def test_duplicates_share_the_answer(client, tinh):
    first, second = report_in(State.ANSWERED, by=tinh), report()
    acts.link_duplicate(complaint=second, original=first, by=tinh)
    assert "Đã xác minh, đúng như phản ánh." in client.get(second.get_absolute_url()).content.decode()
    third = report()
    with pytest.raises(ValidationError, match="phản ánh khác"):
        acts.link_duplicate(complaint=third, original=second, by=tinh)
    with pytest.raises(ValidationError, match="phản ánh khác"):
        acts.link_duplicate(complaint=third, original=third, by=tinh)
    fourth = report()
    acts.link_duplicate(complaint=fourth, original=third, by=tinh)
    with pytest.raises(ValidationError, match="chiều ngược lại"):
        acts.link_duplicate(complaint=third, original=first, by=tinh)
    with pytest.raises(ValidationError, match="phải trả lời"):
        acts.set_aside(complaint=third, reason="x", by=tinh)


def test_someone_else_was_quicker(client, tinh):
    complaint = report_in(State.CHECKING, by=tinh)
    client.force_login(tinh)
    path = reverse("desk:complaint-step", args=[complaint.pk, "answer"])
    data = opened(client, path) | {"outcome": "upheld", "answer": "Đúng."}
    acts.assign_complaint(complaint=complaint, assignee=official(), by=tinh)
    assert "người khác thay đổi" in client.post(path, data).content.decode()
    data = opened(client, path) | {"outcome": "upheld", "answer": "Đúng."}
    assert client.post(path, data).status_code == 302
    assert client.post(path, data).status_code == 302  # sent twice: led to the report, saved once
    assert complaint.events.filter(pgh_context__verb="complaint_answer").count() == 1


def test_one_press_plans_an_inspection(client, tinh):
    complaint = report()
    client.force_login(tinh)
    page = client.get(reverse("desk:complaint", args=[complaint.pk])).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    path = reverse("desk:complaint-plan", args=[complaint.pk])
    assert client.post(path, {"token": token}).status_code == 302
    assert client.post(path, {"token": token}).status_code == 302
    inspection = Inspection.objects.get()
    assert inspection.kind == "complaint" and inspection.complaint == complaint
    assert list(inspection.products.all()) == [complaint.product]
    assert inspection.planned_on == DAY + timedelta(days=6)
    again = client.post(path, {"token": "3f0f0b9e-3a52-4c6b-9a57-000000000001"})
    assert again.status_code == 200 and "Đã có kế hoạch" in again.content.decode()
    assert client.get(path).status_code == 405
    complaint.refresh_from_db()
    assert complaint.state == State.RECEIVED  # the producer is not told of a visit by it


def test_an_upheld_report_leads_to_a_warning_or_a_revocation(client, tinh):
    complaint = report_in(State.ANSWERED, by=tinh)
    certificate = Certificate.objects.get(product=complaint.product)
    client.force_login(tinh)
    page = client.get(reverse("desk:complaint", args=[complaint.pk])).content.decode()
    address = re.search(r'href="(/can-bo/giay-chung-nhan/\d+/thu-hoi/\?[^"]+)"', page)[1].replace(
        "&amp;", "&"
    )
    first = opened(client, address)
    assert first["ground"] == "misuse" and first["reason"].startswith("Theo kết quả xác minh phản ánh")
    decision = revocation_decision()
    confirm = client.post(address, first | {"decision": decision.pk, "reason": "In sai hạng sao."})
    certificate.refresh_from_db()
    assert certificate.revoked_on is None and "Phản ánh của người dân" in confirm.content.decode()
    data = first | {"decision": decision.pk, "reason": "In sai hạng sao.", "confirmed": "1"}
    assert client.post(address, data).status_code == 302
    certificate.refresh_from_db()
    assert certificate.revoked_on == DAY and certificate.revocation_basis.complaint == complaint
    warn = reverse("desk:complaint-warn", args=[complaint.pk])
    given = {"number": "7/CV", "requirement": "Thu hồi bao bì.", "due_on": "30/08/2026"}
    assert send(client, warn, **given).status_code == 302
    assert complaint.warnings.get().product == complaint.product
    other = report_in(State.CHECKING, by=tinh)
    assert "Chỉ cảnh báo khi" in client.get(reverse("desk:complaint-warn", args=[other.pk])).content.decode()


def test_the_queue(client, tinh, django_assert_max_num_queries):
    with on(DAY - timedelta(days=40)):
        late = report()
    report_in(State.CHECKING, by=tinh)
    report_in(State.SET_ASIDE, by=tinh)
    report(pack="=HYPERLINK(1)", seen="Mười chữ trở lên.")
    client.force_login(tinh)
    with django_assert_max_num_queries(9):
        page = client.get("/can-bo/phan-anh/").content.decode()
    assert "Quá hạn" in page and "3 phản ánh" in page
    assert page.index(f"/can-bo/phan-anh/{late.pk}/") < page.index(f"/can-bo/phan-anh/{late.pk + 1}/")
    for query in (
        "show=late",
        "show=mine",
        "show=all",
        "show=set_aside",
        "kind=mark&holder=commune",
        f"q={late.shown_code}",
    ):
        assert client.get(f"/can-bo/phan-anh/?{query}").status_code == 200
    assert "1 phản ánh" in client.get(f"/can-bo/phan-anh/?q={late.shown_code}").content.decode()
    for query in ("q=%00", "page=-1", "page=x", "show=zzz", "kind=zzz", "q=" + "x" * 3000, "holder=%FF"):
        assert client.get(f"/can-bo/phan-anh/?{query}").status_code == 200, query
    book = load_workbook(BytesIO(client.get("/can-bo/phan-anh/danh-sach.xlsx?show=all").content))
    cells = [cell for row in book.active.iter_rows(min_row=2) for cell in row]
    assert book.active.max_row == 5
    assert all(c.data_type != "f" for c in cells)
    told = " ".join(str(c.value) for c in cells)
    assert "0912" not in told and late.seen not in told and late.code not in told


def test_what_was_sent_stays_as_it_was_sent(tinh):
    complaint = report()
    rows = Complaint.objects.filter(pk=complaint.pk)
    for change in (
        {"seen": "khác hẳn"},
        {"kind": "other"},
        {"code": "a" * 16},
        {"where_bought": "chợ"},
        {"contact_phone": "0900 000 000"},
        {"product": None, "pack": "x"},
        {"received_on": DAY - timedelta(days=1)},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_contacts_are_erased_in_time_and_are_in_no_event(tinh, settings):
    settings.COMPLAINT_CONTACT_DAYS = 30
    with on(DAY - timedelta(days=40)):
        closed = report_in(State.ANSWERED, by=tinh)
    with on(DAY - timedelta(days=29)):
        fresh = report_in(State.ANSWERED, by=tinh)
    with on(DAY - timedelta(days=119)):
        still_open = report()
    with on(DAY - timedelta(days=120)):
        too_long = report()
    call_command("erase_complaint_contacts", "--dry-run")
    assert Complaint.objects.exclude(contact_phone="").count() == 4
    call_command("erase_complaint_contacts")
    assert set(Complaint.objects.exclude(contact_phone="")) == {fresh, still_open}
    assert set(Complaint.objects.filter(contact_erased_on=DAY)) == {closed, too_long}
    before = Complaint.pgh_event_model.objects.count()
    assert acts.erase_complaint_contacts() == 0
    assert Complaint.pgh_event_model.objects.count() == before
    event = closed.events.order_by("-pgh_id").first()
    assert event.pgh_context["verb"] == "erase_complaint_contacts"
    columns = {f.name for f in Complaint.pgh_event_model._meta.fields}
    assert not {"contact_phone", "contact_email"} & columns
    assert "0912" not in str(list(Complaint.pgh_event_model.objects.values()))


def test_history_and_photo_in_scope(client, tinh):
    complaint = report()
    client.force_login(tinh)
    history = client.get(f"/can-bo/lich-su/phan-anh/{complaint.pk}/")
    assert history.status_code == 200 and "0912" not in history.content.decode()
    assert client.get(reverse("desk:complaint-photo", args=[complaint.pk])).status_code == 404
    client.force_login(UserFactory(commune=True, unit=unit(BANG_PHUC)))
    assert client.get(f"/can-bo/lich-su/phan-anh/{complaint.pk}/").status_code == 404
    assert client.get(reverse("desk:complaint-photo", args=[complaint.pk])).status_code == 404


def test_the_desk_shows_each_their_entry(client, tinh):
    client.force_login(tinh)
    assert 'href="/can-bo/phan-anh/"' in client.get("/can-bo/").content.decode()
    own = own_producer(certified().product)
    client.force_login(own)
    page = client.get("/can-bo/phan-anh-ve-san-pham/").content.decode()
    assert 'href="/can-bo/phan-anh-ve-san-pham/"' in page and 'href="/can-bo/phan-anh/"' not in page
    assert client.get("/can-bo/phan-anh/").status_code == 403
