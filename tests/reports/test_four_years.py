"""Four years, day by day: each reminder queued once and each mail sent once, with a mail server that fails at random,

a process that is killed at random before or after any statement and any delivery, and days on which nothing ran.
"""

import random
import smtplib
from collections import Counter, defaultdict
from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from ocop_portal import clock
from ocop_portal.models import User
from products.models import Certificate
from products.standing import proposed_end
from reports.models import Message, Reminder
from reports.reminders.actions import settle_mail
from reports.reminders.running import run
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)

pytestmark = pytest.mark.django_db
START, FOUR_YEARS = date(2026, 1, 1), 4 * 365 + 1
Mail = Message.Mail


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Server:
    """The mail server: what it took, by Message-ID, in order; and how it fails."""

    def __init__(self, rng, *, drops_doubles):
        self.rng, self.drops_doubles = rng, drops_doubles
        self.taken, self.handed = [], 0

    def take(self, message_id):
        self.handed += 1
        if not (self.drops_doubles and message_id in self.taken):
            self.taken.append(message_id)


class Backend(BaseEmailBackend):
    """Fails before anything is handed over, answers no, breaks off before or after, or is killed before or after."""

    server: Server

    def open(self):
        if self.server.rng.random() < 0.05:
            raise ConnectionRefusedError("không kết nối được")

    def send_messages(self, mails):
        (mail,) = mails
        message_id = mail.message()["Message-ID"]
        chance = self.server.rng.random()
        if chance < 0.04:
            raise smtplib.SMTPDataError(451, b"thu lai sau")
        if chance < 0.06:
            raise smtplib.SMTPServerDisconnected("ngắt trước khi nhận")
        if chance < 0.08:
            raise Killed
        self.server.take(message_id)
        if chance < 0.10:
            raise smtplib.SMTPServerDisconnected("ngắt sau khi nhận")
        if chance < 0.12:
            raise Killed
        return 1


class Killer:
    """Kills at one statement, before or after it; then stays quiet, as what is dead sends no more statements."""

    def __init__(self, at, *, after):
        self.left, self.after = at, after

    def __call__(self, execute, sql, params, many, context):
        # The end of a transaction is no kill of its own: whatever it was, it is done or undone as a whole.
        if sql.startswith(("ROLLBACK", "SAVEPOINT")):
            return execute(sql, params, many, context)
        self.left -= 1
        if self.left == 0 and not (self.after or sql.startswith("RELEASE")):
            raise Killed
        result = execute(sql, params, many, context)
        if self.left == 0:
            raise Killed
        return result


class Register:
    """Some dozens of certificates, and what happens to them in four years: {day: [what]}."""

    def __init__(self, rng):
        self.rng = rng
        self.happens = defaultdict(list)
        UserFactory(province=True, email="tinh@example.vn")
        UserFactory(commune=True, email="xa@example.vn")
        UserFactory(commune=True, unit=unit(BANG_PHUC))
        self.revocation = DecisionFactory(revocation=True, signed_on=date(2025, 1, 2))
        both, own = UserFactory(email="chuthe@example.vn"), UserFactory()
        makers = [ProducerFactory(email="htx@example.vn"), *(ProducerFactory() for _ in range(3))]
        makers.append(ProducerFactory(place=unit(BANG_PHUC), email="bang@example.vn"))
        makers[0].accounts.add(both)
        makers[1].accounts.add(both, own)
        makers[2].accounts.add(own)
        makers[3].accounts.add(UserFactory())
        for n in range(20):
            self.begin(ProductFactory(producer=makers[n % 5]), START - timedelta(days=rng.randrange(1090)), n)

    def begin(self, product, start, n):
        certificate = CertificateFactory(
            product=product,
            decision__signed_on=start,
            kind="first" if n < 100 else "reassessment",
        )
        end, chance = certificate.valid_to, n % 6
        if chance == 1:
            self.happens[end - timedelta(days=self.rng.randrange(-20, 150))].append(
                (self.extend, certificate, n)
            )
        elif chance == 2:
            self.happens[end - timedelta(days=self.rng.randrange(200))].append((self.revoke, certificate, n))
        elif chance in (3, 4):
            self.happens[end - timedelta(days=self.rng.randrange(-5, 170))].append(
                (self.renew, certificate, n)
            )

    def extend(self, certificate, n, day):
        until = certificate.valid_to + timedelta(days=self.rng.choice((60, 120, 180)))
        Certificate.objects.filter(pk=certificate.pk).update(
            extended_to=until, extension_reason="Chờ kết quả"
        )

    def revoke(self, certificate, n, day):
        facts = {
            "revocation_ground": "misuse",
            "revocation_reason": "Sai",
            "revocation_decision": self.revocation,
        }
        Certificate.objects.filter(pk=certificate.pk).update(revoked_on=day, **facts)

    def renew(self, certificate, n, day):
        """An upgrade from today, or a re-assessment that begins when the old certificate ends."""
        start = day if n % 2 else max(day, certificate.valid_to + timedelta(days=1))
        self.happens[start].append((lambda c, m, d: self.begin(c.product, d, 100 + n), certificate, n))


def alive(certificate, day):
    return certificate.valid_from <= day and not certificate.revoked_on and not certificate.superseded_on


def standing_threshold(end, day):
    """The rule said once more, from the other side: which of five spans of days the day lies in."""
    left = (end - day).days
    for threshold, until in ((180, 121), (120, 91), (90, 31), (30, 1), (0, -30)):
        if until <= left <= threshold:
            return threshold
    return None


def recipients_of(certificate):
    """Whom the reminder of a certificate must reach, as (user's or producer's key)."""
    producer = certificate.product.producer
    accounts = {("user", u.pk) for u in producer.accounts.all()}
    direct = {("producer", producer.pk)} if producer.email else set()
    officials = User.objects.filter(role="province") | User.objects.filter(
        role="commune", unit=producer.place
    )
    return accounts | direct | {("user", u.pk) for u in officials}


def settle_as_an_official(server):
    """Looks each uncertain mail up in the server's log, as the desk asks officials to."""
    for message in Message.objects.filter(mail=Mail.UNCERTAIN):
        settle_mail(message=message, arrived=message.message_id in server.taken, by=None)


def live_through(rng, register, server, days):
    """Each day: what happens in the register, then runs until one ends. Returns the spans in which runs fell.

    {(certificate, end, threshold): [days of whole runs, days of runs that were killed as well]}
    """
    spans = defaultdict(lambda: ([], []))
    off = 0
    for day in (START + timedelta(days=n) for n in range(days)):
        for act, certificate, n in register.happens.pop(day, ()):
            act(certificate, n, day)
            register.watched = None
        if register.watched is None:
            register.watched = [c for c in Certificate.objects.all() if not (c.revoked_on or c.superseded_on)]
        off = off - 1 if off else rng.choice((0,) * 60 + (1, 3, 12))
        if off:
            continue
        whole, touched = one_day(rng, day)
        for certificate in register.watched:
            threshold = standing_threshold(certificate.last_day, day) if alive(certificate, day) else None
            if threshold is not None:
                key = (certificate.pk, certificate.last_day, threshold)
                spans[key][0].extend([day] * whole)
                spans[key][1].extend([day] * touched)
        if day.day == 1:
            settle_as_an_official(server)
    return spans


def one_day(rng, day):
    """(whether a run came to its end, whether any began). A killed one is started again, or not before tomorrow."""
    for _ in range(4):
        at = rng.randrange(1, 40) if rng.random() < 0.2 else 0
        killer = connection.execute_wrapper(Killer(at, after=rng.random() < 0.5)) if at else nullcontext()
        try:
            with clock.on(day), killer:
                assert run(day) is not None
            return True, True
        except Killed:
            with connection.cursor() as cursor:  # the session of a dead process ends, and its locks with it
                cursor.execute("SELECT pg_advisory_unlock_all()")
            if rng.random() < 0.3:
                break
    return False, True


@pytest.mark.parametrize(("seed", "drops_doubles", "days"), [(1, False, FOUR_YEARS), (2, True, 200)])
def test_each_reminder_is_queued_once_and_each_mail_sent_once(settings, seed, drops_doubles, days):
    rng = random.Random(seed)
    settings.EMAIL_BACKEND = f"{__name__}.Backend"
    settings.MAIL_DEDUPLICATES = drops_doubles
    Backend.server = server = Server(rng, drops_doubles=drops_doubles)
    register = Register(rng)
    register.watched = None
    spans = live_through(rng, register, server, days)
    last = START + timedelta(days=days)
    while Message.objects.exclude(mail__in=(Mail.SENT, Mail.NONE)).exists():
        settle_as_an_official(server)
        one_day(rng, last)

    queued = defaultdict(list)
    for r in Reminder.objects.select_related("message"):
        who = ("user", r.user_id) if r.user_id else ("producer", r.producer_id)
        assert (r.message.user_id, r.message.producer_id) == (r.user_id, r.producer_id)
        queued[r.certificate_id, r.ends_on, r.threshold].append((who, r.message.day))
    certificates = {c.pk: c for c in Certificate.objects.select_related("product__producer__place")}
    for key, (whole, touched) in spans.items():
        rows = queued.pop(key, [])
        assert len({who for who, _ in rows}) == len(rows), f"{key} twice to one recipient"
        assert {day for _, day in rows} <= set(touched), f"{key} outside its span"
        if whole or rows:
            assert {who for who, _ in rows} == recipients_of(certificates[key[0]]), key
    for (_, _, threshold), rows in queued.items():
        assert threshold == 180 and all(day == last for _, day in rows), "owed to nobody"

    mailed = Message.objects.exclude(mail=Mail.NONE)
    assert not mailed.exclude(mail=Mail.SENT).exists()
    assert Counter(server.taken) == Counter(mailed.values_list("message_id", flat=True)), (
        "each mail exactly once"
    )
    assert (server.handed > len(server.taken)) == drops_doubles
    assert Reminder.objects.count() > days / 5 and mailed.count() > days / 8
    assert {r[2] for r in spans} == {180, 120, 90, 30, 0}


def test_the_end_of_a_certificate_in_five_reminders(settings):
    """On a quiet path: each threshold on its very day."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    UserFactory(province=True)
    certificate = CertificateFactory(decision__signed_on=date(2024, 3, 10))
    assert certificate.valid_to == proposed_end(date(2024, 3, 10)) == date(2027, 3, 10)
    for n in (181, 180, 179, 121, 120, 119, 91, 90, 89, 31, 30, 29, 1, 0, -1, -30, -31):
        with clock.on(certificate.valid_to - timedelta(days=n)):
            run(clock.today())
    sent = Reminder.objects.order_by("pk").values_list("threshold", "message__day")
    assert list(sent) == [(n, certificate.valid_to - timedelta(days=n)) for n in (180, 120, 90, 30, 0)]
