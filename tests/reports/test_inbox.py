"""The inbox and the calendar: whose they are, what writes, what a stranger's address answers."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate
from ratings.models import Dossier
from ratings.transitions import State
from reports.desk.inbox_urls import urlpatterns
from reports.feeds import token_of
from reports.models import CalendarFeed, Message
from reports.reminders.actions import end_calendar, renew_calendar
from reports.reminders.queueing import queue
from tests.conftest import DAY
from tests.factories import BANG_PHUC, CertificateFactory, DecisionFactory, ProducerFactory, UserFactory, unit
from tests.products.desk import errors, opened, send
from tests.ratings.flow import dossier_in
from tests.reports.constraint_cases_reminders import message

pytestmark = pytest.mark.django_db
Mail = Message.Mail
READERS = ("anonymous", "council", "producer", "signatory", "commune", "elsewhere", "province", "admin")
# name: by reader, as READERS; the letter is the producer's, the mail in doubt to a producer of Côn Minh.
TABLE = {
    "inbox": (302, 403, 200, 200, 200, 200, 200, 200),
    "inbox-message": (302, 404, 200, 404, 404, 404, 404, 404),
    "calendar-feed": (302, 403, 200, 200, 200, 200, 200, 200),
    "unreached": (302, 403, 403, 403, 200, 200, 200, 200),
    "mail-settle": (302, 404, 403, 403, 200, 404, 200, 200),
}


@pytest.fixture
def letter():
    """A letter in doubt to the account of a producer of Côn Minh."""
    producer = ProducerFactory()
    account = UserFactory(username="chuthe", email="chuthe@example.vn")
    producer.accounts.add(account)
    CertificateFactory(
        product__producer=producer, decision__signed_on=date(2023, 9, 14), valid_to=DAY + timedelta(days=30)
    )
    queue(DAY)
    found = Message.objects.get(user=account)
    Message.objects.filter(pk=found.pk).update(mail=Mail.UNCERTAIN)
    return found


@pytest.fixture
def reader(client, letter):
    def sign_in(who):
        if who == "anonymous":
            return client
        if who == "elsewhere":
            user = UserFactory(commune=True, unit=unit(BANG_PHUC))
        elif who == "producer":
            user = letter.user
        else:
            user = UserFactory(**{who: True})
        client.force_login(user)
        return client

    return sign_in


def address(name, letter):
    return reverse(f"desk:{name}", args=[letter.pk] if name in ("inbox-message", "mail-settle") else [])


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in urlpatterns}


@pytest.mark.parametrize("who", READERS)
def test_role_by_address(reader, letter, who):
    client, place = reader(who), READERS.index(who)
    for name, answers in TABLE.items():
        path = address(name, letter)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == answers[place], (who, name)
        writes = [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "WITH"))]
        assert not [w for w in writes if "django_session" not in w and "SAVEPOINT" not in w], (
            "a GET never writes"
        )
        if answers[place] != 200:
            assert client.post(path, {"act": "again"}).status_code in (302, 403, 404, 405), (who, name)
    letter.refresh_from_db()
    assert (letter.read_at, letter.mail) == (None, Mail.UNCERTAIN)


def test_a_letter_is_seen_by_its_button_alone(client, letter):
    client.force_login(letter.user)
    path = address("inbox-message", letter)
    page = client.get(path).content.decode()
    assert "Đã xem" in page and "Việc cần làm:" in page
    assert "1 thư chưa xem" in client.get(reverse("desk:inbox")).content.decode()
    send(client, path)
    letter.refresh_from_db()
    seen = letter.read_at
    assert seen and letter.events.last().pgh_context["actor"] == "chuthe"
    page = client.get(path).content.decode()
    assert "đã xem lúc" in page and 'method="post" novalidate' not in page
    assert "Bạn đã xem hết thư." in client.get(reverse("desk:inbox")).content.decode()
    client.post(path, {"token": "5b2a6a70-7a39-4a7c-a0bb-6a4f1c1f2f11"})
    letter.refresh_from_db()
    assert letter.read_at == seen


def test_all_seen_are_those_that_were_on_the_page(client, letter):
    client.force_login(letter.user)
    others = message()
    data = opened(client, reverse("desk:inbox"))
    late = message(user=letter.user)
    client.post(reverse("desk:inbox"), data)
    assert set(Message.objects.unread()) == {late, others}


def test_unread_letters_come_first(client, letter):
    for n in range(3):
        message(user=letter.user, subject=f"Đã xem {n}", read_at="2026-08-01T00:00:00Z")
    client.force_login(letter.user)
    page = client.get(reverse("desk:inbox")).content.decode()
    assert page.index(letter.subject) < page.index("Đã xem 2") < page.index("Đã xem 0")


def test_what_was_typed_is_shown_as_text(client, letter):
    bad = message(
        user=letter.user, subject="<script>x</script>", text="Kính gửi <img src=x> http://a.vn/?q=%22<b>"
    )
    client.force_login(letter.user)
    page = client.get(reverse("desk:inbox-message", args=[bad.pk])).content.decode()
    assert "<script>x" not in page and "<img src=x>" not in page and "&lt;b&gt;" in page


@pytest.mark.parametrize("name", TABLE)
def test_garbage_is_answered(client, tinh, letter, name):
    client.force_login(letter.user if name == "inbox-message" else tinh)
    path = address(name, letter)
    for query in ("page=-1", "page=x", "page=%00", "page=99999999999999999999", "q=%FF", "act=x" * 300):
        assert client.get(f"{path}?{query}").status_code == 200, query
    for data in (
        {},
        {"token": "x"},
        {"token": "5b2a6a70-7a39-4a7c-a0bb-6a4f1c1f2f11", "act": "x" * 500},
        {"token": "\x00", "act": "\x00", "up_to": "9" * 40},
        {"token": "5b2a6a70-7a39-4a7c-a0bb-6a4f1c1f2f12", "up_to": "-1"},
    ):
        assert client.post(path, data).status_code in (200, 302, 405), data
    assert client.get(reverse("desk:inbox") + "99999999999999999999999/").status_code == 404
    letter.refresh_from_db()
    assert letter.mail == Mail.UNCERTAIN


def test_lists_do_not_grow_in_queries(client, tinh, letter):
    client.force_login(tinh)

    def count(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    own = message(user=tinh)
    CertificateFactory(valid_to=DAY, decision__signed_on=date(2023, 8, 20))
    paths = [reverse("desk:inbox"), reverse("desk:unreached"), reverse("desk:inbox-message", args=[own.pk])]
    before = [count(path) for path in paths]
    for n in range(9):
        message(user=tinh)
        message(producer=ProducerFactory(), mail="uncertain", mail_to="a@example.vn")
        CertificateFactory(valid_to=DAY + timedelta(days=n), decision__signed_on=date(2023, 8, 20))
    assert [count(path) for path in paths] == before
    assert max(before) <= 8


# --- what did not arrive -----------------------------------------------------------------------------------------


def test_producers_whom_nothing_reaches_are_listed_for_those_who_phone(client, tinh, xa, letter):
    end = DAY + timedelta(days=60)
    silent = ProducerFactory(name="HTX Im Lặng", phone="0209 123 456", representative="Bà Sao")
    far = ProducerFactory(name="HTX Xa Xôi", place=unit(BANG_PHUC))
    mailed = ProducerFactory(name="HTX Có Thư", email="a@example.vn")
    calm = ProducerFactory(name="HTX Yên Tâm")
    for producer, last in ((silent, end), (far, end), (mailed, end), (calm, DAY + timedelta(days=300))):
        CertificateFactory(product__producer=producer, valid_to=last, decision__signed_on=date(2024, 2, 1))
    off = ProducerFactory(name="HTX Khóa")
    off.accounts.add(UserFactory(is_active=False))
    CertificateFactory(product__producer=off, valid_to=DAY, decision__signed_on=date(2024, 2, 1))
    told = {}
    for user in (tinh, xa):
        client.force_login(user)
        page = client.get(reverse("desk:unreached")).content.decode()
        told[user.username] = {
            name
            for name in ("HTX Im Lặng", "HTX Xa Xôi", "HTX Có Thư", "HTX Yên Tâm", "HTX Khóa")
            if name in page
        }
        assert "0209 123 456" in page and "Bà Sao" in page
    assert told == {"tinh": {"HTX Im Lặng", "HTX Xa Xôi", "HTX Khóa"}, "xa": {"HTX Im Lặng", "HTX Khóa"}}


def test_a_mail_in_doubt_is_settled_at_the_desk(client, xa, letter):
    client.force_login(xa)
    assert letter.subject in client.get(reverse("desk:unreached")).content.decode()
    path = address("mail-settle", letter)
    page = client.get(path).content.decode()
    assert letter.message_id.strip("<>") in page and "Thư đã đến" in page
    elsewhere = opened(client, path)
    send(client, path, act="again")
    letter.refresh_from_db()
    assert letter.mail == Mail.WAITING
    answer = client.post(path, elsewhere | {"act": "arrived"})
    assert "không còn gì phải xử lý" in errors(answer)


def test_a_refusal_cannot_have_arrived(client, tinh, letter):
    Message.objects.filter(pk=letter.pk).update(mail=Mail.REFUSED)
    client.force_login(tinh)
    path = address("mail-settle", letter)
    assert "Thư đã đến" not in client.get(path).content.decode()
    assert "không thể đã đến" in errors(send(client, path, act="arrived"))


# --- the calendar ------------------------------------------------------------------------------------------------


def feed(user):
    return reverse("reports:calendar", args=[token_of(renew_calendar(by=user))])


def events(client, path):
    return {str(e["uid"]): e for e in Calendar.from_ical(client.get(path).content).walk("VEVENT")}


def test_an_address_is_made_renewed_and_switched_off(client, tinh):
    client.force_login(tinh)
    path = reverse("desk:calendar-feed")

    def shown():
        feed = CalendarFeed.objects.exclude(nonce="").filter(user=tinh).first()
        address = reverse("reports:calendar", args=[token_of(feed)]) if feed else ""
        assert bool(address) == (
            "/lich/" in client.get(path).content.decode().partition("<main")[2].replace(path, "")
        )
        return address

    assert shown() == ""
    send(client, path, act="renew")
    first = shown()
    send(client, path, act="renew")
    second = shown()
    client.logout()
    assert first != second
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    client.force_login(tinh)
    send(client, path, act="end")
    assert shown() == ""
    assert client.get(second).status_code == 404
    renew_calendar(by=tinh)
    verbs = [e.pgh_context["verb"] for e in CalendarFeed.objects.get().events.order_by("pgh_id")]
    assert verbs == ["renew_calendar", "renew_calendar", "end_calendar", "renew_calendar"]
    assert not hasattr(CalendarFeed.objects.get().events.first(), "nonce"), "the trail knows no secret"


def test_strangers_find_nothing(client, tinh, settings):
    path = feed(tinh)
    token = path.removeprefix("/lich/").removesuffix(".ics")
    nonce = CalendarFeed.objects.get().nonce
    for wrong in (
        nonce,
        f"{nonce}.",
        f"{nonce}.x",
        f".{token}",
        token[:-1],
        token + "A",
        "%00",
        "a" * 3000,
        ".",
        "x.y",
    ):
        assert client.get(f"/lich/{wrong}.ics").status_code == 404, wrong
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
    for changes in ({"is_active": False}, {"role": "council"}):
        for name, value in changes.items():
            setattr(tinh, name, value)
        tinh.save()
        assert client.get(path).status_code == 404, changes
        tinh.is_active, tinh.role = True, "province"
        tinh.save()
    end_calendar(by=tinh)
    assert client.get(path).status_code == 404
    assert client.get(f"/lich/{'.'.join(['', token.partition('.')[2]])}.ics").status_code == 404
    settings.SECRET_KEY = "khác" * 20
    assert client.get(feed(tinh)).status_code == 200


def test_an_empty_nonce_opens_nothing(client, tinh):
    """Feeds that are switched off all have the same: signed or not, it leads nowhere."""
    path = feed(tinh)
    end_calendar(by=tinh)
    off = CalendarFeed.objects.get()
    assert off.nonce == ""
    assert client.get(reverse("reports:calendar", args=[token_of(off)])).status_code == 404
    assert client.get(path).status_code == 404


def test_the_calendar_has_the_deadlines_of_a_certificate(client, tinh, settings):
    settings.SITE_URL = "https://ocop.example.vn"
    name = "Miến; dong, “Tài” \\ Hoan " + "dài " * 30
    end = DAY + timedelta(days=200)
    certificate = CertificateFactory(
        product__name=name.strip()[:150], valid_to=end, decision__signed_on=date(2024, 3, 1)
    )
    path = feed(tinh)
    response = client.get(path)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = response.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-1] == b""
    assert max(len(line) for line in lines) <= 75 and b"\n" not in b"".join(lines)
    found = events(client, path)
    key = certificate.public_id
    assert {uid: e["dtstart"].dt for uid, e in found.items()} == {
        f"het-han-{key}@so-bo-ocop": end,
        f"thong-bao-{key}@so-bo-ocop": end - timedelta(days=30),
        f"mo-nop-{key}@so-bo-ocop": end - timedelta(days=180),
        f"dong-nop-{key}@so-bo-ocop": end - timedelta(days=120),
    }
    event = found[f"het-han-{key}@so-bo-ocop"]
    assert str(event["summary"]) == f"Hết hạn OCOP: {certificate.product.name}"
    assert event["dtend"].dt == end + timedelta(days=1) and event["transp"] == "TRANSPARENT"
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert str(event["url"]) == f"https://ocop.example.vn/can-bo/giay-chung-nhan/{certificate.pk}/"
    assert event["dtstamp"].dt.tzinfo is not None


def test_an_extension_moves_the_day_and_keeps_the_uid(client, tinh):
    certificate = CertificateFactory(valid_to=DAY + timedelta(days=5), decision__signed_on=date(2024, 3, 1))
    path = feed(tinh)
    uid = f"het-han-{certificate.public_id}@so-bo-ocop"
    assert events(client, path)[uid]["dtstart"].dt == certificate.valid_to
    later = certificate.valid_to + timedelta(days=90)
    Certificate.objects.filter(pk=certificate.pk).update(extended_to=later, extension_reason="Chờ")
    found = events(client, path)
    assert found[uid]["dtstart"].dt == later
    assert not any(name.startswith(("mo-nop", "dong-nop")) for name in found)
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=DAY,
        revocation_ground="misuse",
        revocation_reason="Sai",
        revocation_decision=DecisionFactory(revocation=True),
    )
    assert events(client, path) == {}


def test_each_sees_the_deadlines_of_their_own_scope(client):
    end = DAY + timedelta(days=20)
    here = CertificateFactory(valid_to=end, decision__signed_on=date(2024, 3, 1))
    there = CertificateFactory(
        valid_to=end, decision__signed_on=date(2024, 3, 1), product__producer__place=unit(BANG_PHUC)
    )
    CertificateFactory(
        valid_to=end, decision__signed_on=date(2024, 3, 1), product__listed_only_while_standing=True
    )
    own = UserFactory()
    here.product.producer.accounts.add(own)
    today = AdministrativeUnit.objects.get(pk=here.product.place.current_id)
    both = {here.public_id, there.public_id}
    for user, seen in (
        (UserFactory(province=True), both),
        (UserFactory(signatory=True), both),
        (UserFactory(admin=True), both),
        (UserFactory(commune=True, unit=today), {here.public_id}),
        (UserFactory(commune=True, unit=unit(BANG_PHUC)), {there.public_id}),
        (own, {here.public_id}),
        (UserFactory(), set()),
    ):
        found = events(client, feed(user))
        assert {uid.split("@")[0].rsplit("-", 1)[1] for uid in found} == seen, user.role
    (event,) = [e for uid, e in events(client, feed(own)).items() if uid.startswith("het-han")]
    assert "/can-bo/" not in str(event["url"]), "a producer has no such page"


def test_the_commune_s_term_of_a_dossier_is_a_deadline(client):
    dossier, people = dossier_in(State.SUBMITTED)
    for user, told in ((people.commune, 1), (people.owner, 1), (people.province, 1), (UserFactory(), 0)):
        found = {uid: e for uid, e in events(client, feed(user)).items() if uid.startswith("ho-so-")}
        assert len(found) == told, user.role
        for uid, event in found.items():
            assert uid == f"ho-so-{dossier.pk}@so-bo-ocop"
            assert event["dtstart"].dt == dossier.commune_due_on
    Dossier.objects.filter(pk=dossier.pk).update(state=State.FORWARDED)
    assert not any(uid.startswith("ho-so-") for uid in events(client, feed(people.commune)))


def test_an_unchanged_calendar_is_not_sent_again(client, tinh, settings):
    certificate = CertificateFactory(valid_to=DAY + timedelta(days=20), decision__signed_on=date(2024, 3, 1))
    path = feed(tinh)
    first = client.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(path, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    # Something else in the register moves the stamps, and nothing that is told.
    ProducerFactory()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    later = certificate.valid_to + timedelta(days=90)
    Certificate.objects.filter(pk=certificate.pk).update(extended_to=later, extension_reason="Chờ")
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
    settings.TODAY = date(2099, 1, 1)
    midnight = client.get(path)["Last-Modified"]
    assert midnight == "Wed, 31 Dec 2098 17:00:00 GMT", "the day itself moves the span"


def test_a_calendar_asks_as_much_for_many_certificates(client, tinh):
    path = feed(tinh)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    CertificateFactory(valid_to=DAY, decision__signed_on=date(2024, 3, 1))
    before = count()
    for n in range(8):
        CertificateFactory(valid_to=DAY + timedelta(days=n), decision__signed_on=date(2024, 3, 1))
    assert count() == before <= 5


# --- the admin ---------------------------------------------------------------------------------------------------


def test_admins_look_reminders_up_and_change_nothing(client, admin_account, letter):
    client.force_login(admin_account)
    for name, record in (("reminder", letter.reminders.first()), ("message", letter)):
        base = f"/admin/reports/{name}/"
        assert client.get(base).status_code == 200
        assert client.get(f"{base}?q=miến").status_code == 200
        assert client.get(f"{base}{record.pk}/change/").status_code == 200
        assert client.get(f"{base}{record.pk}/history/").status_code == 200
        assert client.get(f"{base}add/").status_code == 403
        assert client.post(f"{base}{record.pk}/change/", {"subject": "khác"}).status_code == 403
        assert client.post(f"{base}{record.pk}/delete/").status_code == 403
