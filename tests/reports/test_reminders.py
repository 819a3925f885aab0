"""Reminders: which fall due, whom they reach, what they say, and how a mail's fate is told. Crashes: test_four_years."""

import smtplib
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default as policy
from io import StringIO

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ocop_portal import clock
from products.models import Certificate
from products.standing import Dates
from ratings.actions.dossiers import start_dossier
from ratings.transitions import State
from reports.models import Message, Reminder
from reports.reminders import planning, running, sending, wording
from reports.reminders.actions import settle_mail
from reports.reminders.queueing import plan, queue
from tests.conftest import DAY
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)
from tests.reports.constraint_cases_reminders import message, reminder

pytestmark = pytest.mark.django_db
Mail = Message.Mail


def ends_in(days, **fields):
    """A certificate whose last day lies so many days ahead."""
    end = DAY + timedelta(days=days)
    fields.setdefault("decision__signed_on", end - timedelta(days=1090))
    return CertificateFactory(valid_to=end, **fields)


def call(*args, **options):
    out = StringIO()
    call_command("send_reminders", *args, stdout=out, **options)
    return out.getvalue()


# --- what falls due ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "threshold"),
    [
        (181, None),
        (180, 180),
        (121, 180),
        (120, 120),
        (91, 120),
        (90, 90),
        (31, 90),
        (30, 30),
        (1, 30),
        (0, 0),
        (-1, 0),
        (-30, 0),
        (-31, None),
    ],
)
def test_a_reminder_stands_until_the_next_one_does(left, threshold):
    assert planning.threshold_on(DAY + timedelta(days=left), DAY) == threshold


@pytest.mark.parametrize(
    ("facts", "watched"),
    [
        ({}, [30]),
        ({"superseded_on": DAY - timedelta(days=1)}, []),
        ({"superseded_on": DAY + timedelta(days=11)}, []),
        ({"revoked_on": DAY}, []),
        ({"revoked_on": DAY + timedelta(days=5)}, []),
        ({"extended_to": DAY + timedelta(days=100)}, [120]),
        ({"extended_to": DAY + timedelta(days=181)}, []),
        ({"valid_from": DAY + timedelta(days=1)}, []),
    ],
)
def test_what_is_succeeded_revoked_or_extended_owes_nothing_for_the_old_end(facts, watched):
    dates = Dates(**{"valid_from": date(2024, 1, 1), "valid_to": DAY + timedelta(days=10)} | facts)
    assert [n for _, n in planning.due([dates], DAY)] == watched


def test_the_database_looks_at_no_other_certificates_than_the_rule():
    UserFactory(province=True)
    told = {n: ends_in(n) for n in (-31, -30, 0, 180, 181)}
    extended = ends_in(-60)
    later = {"extended_to": DAY + timedelta(days=90), "extension_reason": "Chờ"}
    Certificate.objects.filter(pk=extended.pk).update(**later)
    ends_in(30, product__listed_only_while_standing=True)
    queue(DAY)
    found = set(Reminder.objects.values_list("certificate", "threshold"))
    assert found == {(told[-30].pk, 0), (told[0].pk, 0), (told[180].pk, 180), (extended.pk, 90)}


def test_an_extension_begins_a_series_of_its_own():
    UserFactory(province=True)
    certificate = ends_in(30)
    queue(DAY)
    later = {"extended_to": certificate.valid_to + timedelta(days=180), "extension_reason": "Chờ"}
    Certificate.objects.filter(pk=certificate.pk).update(**later)
    for n in (30, 60, 90, 120, 180, 210):
        queue(DAY + timedelta(days=n))
    told = Reminder.objects.order_by("pk").values_list("threshold", "ends_on")
    assert (
        list(told)
        == [(30, certificate.valid_to), *((n, later["extended_to"]) for n in (180, 120, 90, 30, 0))][
            : len(told)
        ]
    )
    assert len(told) == 6


def test_a_reissue_carries_on_the_series():
    UserFactory(province=True)
    first = ends_in(85)
    queue(DAY)
    CertificateFactory(
        product=first.product,
        kind="reissue",
        valid_to=first.valid_to,
        decision=DecisionFactory(signed_on=DAY + timedelta(days=1)),
    )
    assert not queue(DAY + timedelta(days=2)).letters
    assert queue(first.valid_to - timedelta(days=30)).reminders == 1


# --- whom it reaches ---------------------------------------------------------------------------------------------


def test_each_reaches_its_producer_its_commune_and_the_province_once():
    maker = ProducerFactory(email="htx@example.vn")
    own, also, gone = UserFactory(email="HTX@example.vn"), UserFactory(), UserFactory(is_active=False)
    maker.accounts.add(own, also, gone)
    here, merged = UserFactory(commune=True), UserFactory(commune=True, unit=maker.place.current)
    elsewhere = UserFactory(commune=True, unit=unit(BANG_PHUC))
    province, off = (
        UserFactory(province=True, email="tinh@example.vn"),
        UserFactory(province=True, is_active=False),
    )
    others = [UserFactory(admin=True), UserFactory(signatory=True), UserFactory(council=True)]
    for n in (30, 100):
        ends_in(n, product__producer=maker)
    queue(DAY)
    assert {m.user for m in Message.objects.all()} == {own, also, here, merged, province}
    assert not Message.objects.filter(user__in=[elsewhere, gone, off, *others]).exists()
    assert all(m.reminders.count() == 2 for m in Message.objects.all()), "one digest each"
    mailed = dict(Message.objects.exclude(mail=Mail.NONE).values_list("user", "mail_to"))
    assert mailed == {own.pk: "HTX@example.vn", province.pk: "tinh@example.vn"}, (
        "its address is its account's"
    )


def test_a_producer_without_account_is_written_to_at_its_own_address(mailoutbox):
    certificate = ends_in(30, product__producer__email="htx@example.vn")
    running.run(DAY)
    (letter,) = Message.objects.all()
    assert (letter.user, letter.producer, letter.mail) == (None, certificate.product.producer, Mail.SENT)
    (mail,) = mailoutbox
    assert mail.to == ["htx@example.vn"]
    assert certificate.product.get_absolute_url() in mail.body and "/can-bo/" not in mail.body


def test_two_accounts_behind_one_address_read_the_letter_once(mailoutbox):
    for _ in range(2):
        UserFactory(commune=True, email="xa@example.vn")
    ends_in(30)
    running.run(DAY)
    assert Message.objects.count() == 2 and len(mailoutbox) == 1


def test_whoever_comes_later_gets_what_still_stands():
    certificate = ends_in(30)
    assert [p.pk for p in queue(DAY).unreached] == [certificate.product.producer_id]
    certificate.product.producer.accounts.add(UserFactory())
    after = queue(DAY + timedelta(days=3))
    assert (after.reminders, after.unreached) == (1, [])
    certificate.product.producer.accounts.add(UserFactory())
    assert not queue(DAY + timedelta(days=4)).letters, "told once; a new colleague finds the rest at the desk"


# --- what it says ------------------------------------------------------------------------------------------------


def item(days, **fields):
    end = DAY + timedelta(days=days)
    given = {"product": "Miến dong", "producer": "HTX Nà Sao", "place": "Xã Côn Minh", "stars": 3}
    given |= {
        "certificate": "Giấy chứng nhận 1",
        "valid_to": end,
        "ends_on": end,
        "url": "https://ocop.example.vn/x",
    }
    return wording.Item(**given | fields)


DRAFT = wording.Renewal("phân hạng lại", State.DRAFT, "đang soạn")
SCORING = wording.Renewal("phân hạng lại", State.SCORING, "Hội đồng đang chấm")


@pytest.mark.parametrize(
    ("days", "renewal", "own", "official"),
    [
        (
            180,
            None,
            "Đang nhận hồ sơ phân hạng lại, đến hết 14/10/2026. Xin lập hồ sơ",
            "hướng dẫn chủ thể lập",
        ),
        (120, None, "hôm nay là ngày cuối", "Đề nghị hướng dẫn"),
        (90, None, "Đã quá hạn nộp hồ sơ phân hạng lại (16/07/2026)", "chậm nhất ngày 14/10/2026"),
        (30, None, "Xin liên hệ ngay cán bộ xã", "bằng văn bản cho chủ thể chậm nhất ngày 15/08/2026"),
        (0, None, "Từ ngày 16/08/2026 không in", "Chưa có hồ sơ đánh giá lại"),
        (90, DRAFT, "đang ở bước “đang soạn”: xin hoàn thiện và nộp", "giúp chủ thể hoàn thiện"),
        (30, SCORING, "“Hội đồng đang chấm”, xin theo dõi", "cần có kết quả trước ngày 14/09/2026"),
        (-3, SCORING, "Hồ sơ phân hạng lại đang ở bước", "không được dùng hạng sao"),
    ],
)
def test_what_to_do_next(days, renewal, own, official):
    assert own in wording.what_next(item(days, renewal=renewal), DAY, "producer")
    for audience in ("commune", "province"):
        assert official in wording.what_next(item(days, renewal=renewal), DAY, audience)


def test_an_extended_certificate_is_told_as_such():
    given = item(60, valid_to=DAY - timedelta(days=100))
    told = wording.letter(
        [given], DAY, name="HTX", audience="producer", office=wording.Office("Văn phòng"), desk=""
    )
    assert "gia hạn đến hết ngày 14/10/2026: còn 60 ngày" in told
    assert "chưa có hồ sơ nào đang xử lý" in told and "thời gian này" not in told


def test_the_letter_as_a_whole():
    office = wording.Office("Văn phòng", "0209 000 000", "Số 1")
    items = [item(90, product="Trà"), item(0), item(25, product="Gạo\nnếp")]
    told = wording.letter(
        items, DAY, name="HTX Nà Sao", audience="producer", office=office, desk="https://a.vn/x"
    )
    assert told.startswith("Kính gửi HTX Nà Sao,\n\nVăn phòng xin nhắc")
    assert (
        "Trong thư này: 1 giấy hết hạn hôm nay; 1 giấy còn từ 1 đến 30 ngày; 1 giấy còn từ 31 đến 90" in told
    )
    assert told.index("1. Miến dong") < told.index("2. Gạo nếp") < told.index("3. Trà"), (
        "soonest first, one line"
    )
    assert "Văn phòng (điện thoại 0209 000 000; Số 1)" in told
    assert wording.subject(items, DAY) == "OCOP: 3 giấy chứng nhận đến mốc nhắc hạn, sớm nhất 15/08/2026"
    assert wording.subject(items[:1], DAY) == "OCOP: “Trà” còn 90 ngày là hết hạn"
    assert wording.subject(items[1:2], DAY) == "OCOP: “Miến dong” hết hạn hôm nay"
    assert wording.subject([item(-2, product="a\r\nBcc: x")], DAY).startswith(
        "OCOP: “a Bcc: x” đã hết hạn từ sau"
    )


def test_a_very_long_letter_counts_the_rest():
    many = [item(30, product=f"Miến {n}") for n in range(wording.MOST_TOLD + 7)]
    told = wording.letter(
        many, DAY, name="A", audience="province", office=wording.Office("B"), desk="https://a.vn"
    )
    assert "Và 7 giấy chứng nhận khác" in told and f"{wording.MOST_TOLD + 1}." not in told


def test_the_mail_is_plain_text_and_simple_html_with_whole_addresses(settings, mailoutbox):
    settings.SITE_URL = "https://ocop.example.vn/"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    maker = ProducerFactory(name="HTX <b>Nà</b> & con")
    maker.accounts.add(UserFactory(email="chuthe@example.vn"))
    product = ends_in(130, product__producer=maker).product
    dossier = start_dossier(product=product, kind="reassessment", by=maker.accounts.get())
    ends_in(30, product__producer=maker)
    running.run(DAY)
    sent = message_from_bytes(
        next(m for m in mailoutbox if m.to == ["chuthe@example.vn"]).message().as_bytes(), policy=policy
    )
    letter = Message.objects.get(user__email="chuthe@example.vn")
    assert sent["Message-ID"] == letter.message_id and letter.message_id.endswith("@ocop.example.vn>")
    assert sent["Auto-Submitted"] == "auto-generated"
    plain, html = (part.get_content() for part in sent.iter_parts())
    assert plain.strip() == letter.text.strip()
    assert f"https://ocop.example.vn/can-bo/ho-so/{dossier.pk}/" in plain
    assert "https://ocop.example.vn/can-bo/ho-so/moi/?producer=" in plain
    assert "HTX &lt;b&gt;Nà&lt;/b&gt; &amp; con" in html and "<b>Nà</b>" not in html
    assert (
        f'<a href="https://ocop.example.vn/can-bo/ho-so/{dossier.pk}/"' in html and '<html lang="vi">' in html
    )


# --- how it is sent ----------------------------------------------------------------------------------------------


class Faulty(BaseEmailBackend):
    """Raises what the test asks for, at opening or at sending."""

    opening = sending = None
    calls = 0

    def open(self):
        if self.opening:
            raise self.opening

    def send_messages(self, mails):
        type(self).calls += 1
        if self.sending:
            raise self.sending
        return 1


@pytest.fixture
def faulty(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Faulty"
    for name, value in {"opening": None, "sending": None, "calls": 0}.items():
        monkeypatch.setattr(Faulty, name, value)
    return Faulty


REFUSED_BY_SERVER = smtplib.SMTPRecipientsRefused({"a": (550, b"no such user")})


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (smtplib.SMTPDataError(451, b"later"), Mail.WAITING),
        (smtplib.SMTPSenderRefused(550, b"no", "x"), Mail.WAITING),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), Mail.WAITING),
        (REFUSED_BY_SERVER, Mail.REFUSED),
        (smtplib.SMTPDataError(554, b"spam"), Mail.REFUSED),
        (ValueError("header"), Mail.REFUSED),
        (smtplib.SMTPServerDisconnected("gone"), Mail.UNCERTAIN),
        (TimeoutError("silence"), Mail.UNCERTAIN),
    ],
)
def test_what_an_error_means(faulty, error, fate):
    letter = message(mail="waiting", mail_to="a@example.vn")
    faulty.sending = error
    sending.deliver()
    letter.refresh_from_db()
    assert (letter.mail, letter.tries) == (fate, 1)
    assert type(error).__name__ in letter.last_error
    faulty.sending = None
    sending.deliver()
    letter.refresh_from_db()
    assert (letter.mail == Mail.SENT) == (fate == Mail.WAITING), "nothing in doubt is sent again by itself"
    assert not letter.last_error or letter.mail != Mail.SENT


def test_a_server_out_of_reach_costs_one_try_each_and_loses_nothing(faulty):
    letters = [message(mail="waiting", mail_to=f"{n}@example.vn") for n in range(3)]
    faulty.opening = ConnectionRefusedError("không kết nối được")
    done = sending.deliver()
    assert (done.sent, done.waiting, faulty.calls) == (0, 3, 0)
    told = set(Message.objects.values_list("mail", "tries", "last_error"))
    assert told == {(Mail.WAITING, 1, "ConnectionRefusedError: không kết nối được")}
    faulty.opening = None
    assert sending.deliver().sent == len(letters)


def test_an_attempt_without_outcome_is_in_doubt_unless_the_mail_system_drops_doubles(faulty, settings):
    first = message(mail="trying", mail_to="a@example.vn")
    assert (sending.deliver().uncertain, faulty.calls) == (1, 0)
    second = message(mail="trying", mail_to="a@example.vn")
    settings.MAIL_DEDUPLICATES = True
    assert (sending.deliver().sent, faulty.calls) == (1, 1)
    assert [Message.objects.get(pk=m.pk).mail for m in (first, second)] == [Mail.UNCERTAIN, Mail.SENT]


def test_the_attempt_is_committed_before_the_mail_leaves(faulty, monkeypatch):
    letter, depth = message(mail="waiting", mail_to="a@example.vn"), len(connection.savepoint_ids)

    def send(self, mails):
        assert len(connection.savepoint_ids) == depth, "no transaction is open"
        assert Message.objects.get(pk=letter.pk).mail == Mail.TRYING
        return 1

    monkeypatch.setattr(Faulty, "send_messages", send)
    assert sending.deliver().sent == 1


def test_an_account_switched_off_is_written_to_no_more(faulty):
    message(mail="waiting", mail_to="a@example.vn", user=UserFactory(is_active=False))
    sending.deliver()
    assert faulty.calls == 0


def test_a_console_is_no_mail_server_in_production(settings):
    letter = message(mail="waiting", mail_to="a@example.vn")
    settings.PRODUCTION, settings.EMAIL_BACKEND = True, "django.core.mail.backends.console.EmailBackend"
    assert "EMAIL_URL" in sending.deliver().error
    letter.refresh_from_db()
    assert (letter.mail, letter.tries) == (Mail.WAITING, 0)


class Smtp:
    """As much of smtplib.SMTP as the mailer asks: it answers, or it is gone."""

    def __init__(self, answer):
        self.answer = answer

    def noop(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "kept"),
    [((250, b"ok"), True), ((421, b"bye"), False), (smtplib.SMTPServerDisconnected(), False)],
)
def test_a_connection_that_died_is_opened_anew_before_the_next_mail(faulty, answer, kept, monkeypatch):
    closed = []
    monkeypatch.setattr(Faulty, "close", lambda self: closed.append(1))
    mailer = sending.Mailer()
    mailer.backend.connection = Smtp(answer)
    mailer.ready()
    assert (not closed) == kept


# --- officials settle --------------------------------------------------------------------------------------------


def test_an_official_settles_what_is_in_doubt(tinh):
    arrived = message(mail="uncertain", mail_to="a@example.vn", tried_at="2026-08-01T00:00:00Z")
    settle_mail(message=arrived, arrived=True, by=tinh)
    arrived.refresh_from_db()
    assert (arrived.mail, arrived.sent_at) == (Mail.SENT, arrived.tried_at)
    assert arrived.events.last().pgh_context["verb"] == "settle_mail"
    with pytest.raises(ValidationError, match="không còn gì phải xử lý"):
        settle_mail(message=arrived, arrived=False, by=tinh)
    refused = message(mail="refused", mail_to="cu@example.vn", user=UserFactory(email="moi@example.vn"))
    with pytest.raises(ValidationError, match="không thể đã đến"):
        settle_mail(message=refused, arrived=True, by=tinh)
    settle_mail(message=refused, arrived=False, by=tinh)
    refused.refresh_from_db()
    assert (refused.mail, refused.mail_to) == (Mail.WAITING, "moi@example.vn")
    lost = message(mail="refused", mail_to="cu@example.vn")
    with pytest.raises(ValidationError, match="không còn địa chỉ"):
        settle_mail(message=lost, arrived=False, by=tinh)


@pytest.mark.parametrize(
    "change", [{"subject": "khác"}, {"text": "khác"}, {"message_id": "<x@y>"}, {"day": "2026-01-01"}]
)
def test_a_letter_stays_as_it_was_sent(change):
    letter = message()
    with pytest.raises(DatabaseError), transaction.atomic():
        Message.objects.filter(pk=letter.pk).update(**change)


def test_a_reminder_is_written_once():
    made = reminder()
    with pytest.raises(DatabaseError), transaction.atomic():
        Reminder.objects.filter(pk=made.pk).update(threshold=90)


# --- the command -------------------------------------------------------------------------------------------------


def test_the_command_tells_what_it_did_and_does_it_once(mailoutbox):
    UserFactory(province=True, email="tinh@example.vn")
    maker = ProducerFactory(name="HTX Không Thư", phone="0209 123 456")
    ends_in(30, product__producer=maker)
    told = call()
    assert "Ngày 15/08/2026: 1 giấy chứng nhận đến mốc nhắc, 1 lời nhắc trong 1 thư." in told
    assert "Hộp thư trên cổng: 1 thư mới. Thư điện tử cần gửi: 1." in told
    assert "1 đã gửi, 0 chờ lần sau, 0 bị từ chối, 0 chưa rõ" in told
    assert "1 chủ thể không có tài khoản và thư điện tử" in told and "HTX Không Thư (0209 123 456)" in told
    again = call()
    assert "không có mốc nhắc mới" in again and "0 đã gửi" in again and "HTX Không Thư" in again
    assert len(mailoutbox) == 1


def test_a_dry_run_writes_nothing(mailoutbox):
    UserFactory(province=True, email="tinh@example.vn", username="tinh")
    ends_in(30)
    with CaptureQueriesContext(connection) as queries:
        told = call("--dry-run", day="16/08/2026")
    assert all(q["sql"].startswith("SELECT") for q in queries)
    assert "Ngày 16/08/2026" in told and "tài khoản tinh và thư điện tử tinh@example.vn: OCOP: “" in told
    assert "Chạy thử: chưa ghi và chưa gửi gì." in told
    assert not Message.objects.exists() and not mailoutbox


def test_days_are_read_strictly(settings):
    with pytest.raises(CommandError, match="không phải là ngày"):
        call(day="31/02/2026")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--dry-run"):
        call(day="2026-09-01")
    assert "Chạy thử" in call("--dry-run", day="2026-09-01")


def test_one_run_at_a_time(mailoutbox):
    UserFactory(province=True, email="tinh@example.vn")
    ends_in(30)
    given = connection.get_connection_params()
    login = {name: given[name] for name in ("dbname", "user", "host", "port", "password") if given.get(name)}
    with psycopg.connect(**login, autocommit=True) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [running.LOCK]).fetchone() == (True,)
        assert "Một lần chạy khác đang gửi thư" in call()
        assert not Message.objects.exists()
        other.execute("SELECT pg_advisory_unlock(%s)", [running.LOCK])
    assert "1 đã gửi" in call()
    with psycopg.connect(**login, autocommit=True) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [running.LOCK]).fetchone() == (True,), (
            "given back"
        )


def test_an_idle_day_asks_little_and_a_full_one_no_more_for_more_certificates():
    UserFactory(province=True)
    UserFactory(commune=True)
    ends_in(30)

    def queries(act):
        with CaptureQueriesContext(connection) as asked:
            act()
        return len(asked)

    with clock.on(DAY):
        one = queries(lambda: plan(DAY))
        for n in range(8):
            ends_in(100 + n, product=ProductFactory(producer=ProducerFactory(place=unit(BANG_PHUC))))
        assert queries(lambda: plan(DAY)) == one <= 8
        for producer in {c.product.producer for c in Certificate.objects.all()}:
            producer.accounts.add(UserFactory())
        UserFactory(commune=True, unit=unit(BANG_PHUC))
        running.run(DAY)
        assert queries(lambda: running.run(DAY)) <= 5


def test_the_message_id_is_the_same_for_the_same_reminders():
    UserFactory(province=True)
    ends_in(30)
    (first,), (second,) = ([m.message_id for m, _ in plan(DAY).letters] for _ in range(2))
    assert first == second
    ends_in(31)
    assert plan(DAY).letters[0][0].message_id != first
