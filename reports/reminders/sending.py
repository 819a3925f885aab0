"""The mails of queued letters, each handed over at most once without a person's word.

SMTP knows no exactly-once: between the moment when the server takes a mail and the moment when we have written that
down, a crash leaves us not knowing. So an attempt is committed before the mail is handed over and its outcome after.
An attempt without an outcome, or one whose connection broke in the middle, is *uncertain*: it is shown to officials,
who look the Message-ID up in the mail server's log and settle it. Only where the mail system is known to drop a
second mail of the same Message-ID (`MAIL_DEDUPLICATES=1`) is it simply sent again.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from ocop_portal.history import acting
from reports.models import Message

log = structlog.get_logger(__name__)
Mail = Message.Mail
PERMANENT = 500
INTERRUPTED = "Lần gửi bị ngắt giữa chừng: không rõ máy chủ thư đã nhận chưa."


class NotTakenError(Exception):
    """The mail backend returned without sending: nothing was handed over."""


@dataclass
class Delivered:
    """What became of the mails in one run."""

    sent: int = 0
    failed: int = 0
    refused: int = 0
    uncertain: int = 0
    waiting: int = 0
    error: str = ""
    """Why mails wait, where the server could not be reached at all."""


class Mailer:
    """One connection to the mail server, asked before each mail whether it still lives."""

    def __init__(self) -> None:
        self.backend = get_connection(fail_silently=False)

    def ready(self) -> None:
        """Raises whatever opening the connection raises; nothing is handed over here."""
        smtp = getattr(self.backend, "connection", None)
        if smtp is not None:
            try:
                alive = smtp.noop()[0] == 250
            except (smtplib.SMTPException, OSError):
                alive = False
            if not alive:
                self.close()
        self.backend.open()

    def send(self, message: Message) -> None:
        """Raises NotTakenError, or whatever the backend raises."""
        if self.backend.send_messages([mail_of(message)]) != 1:
            raise NotTakenError("Máy gửi thư không nhận thư.")

    def close(self) -> None:
        with suppress(Exception):
            self.backend.close()


def mail_of(message: Message) -> EmailMultiAlternatives:
    """The mail of a letter: its text, the same as simple HTML, and the Message-ID that it keeps for ever."""
    blocks = [block.split("\n") for block in message.text.strip().split("\n\n")]
    html = render_to_string("mail/reminder.html", {"subject": message.subject, "blocks": blocks})
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.mail_to],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def mail_leaves() -> bool:
    """Whether mails really leave: in production a console is no mail server, so mails wait there."""
    return not (
        settings.PRODUCTION
        and settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))
    )


def deliver(*, by: Any = None) -> Delivered:
    """Send what waits. To be run by one process at a time (`running.run` holds the lock), outside any transaction."""
    done = Delivered()
    if not Message.objects.filter(mail__in=(Mail.TRYING, Mail.WAITING)).exists():
        return done
    with acting("send_reminders", by=by):
        _settle_interrupted(done)
        waiting = list(Message.objects.to_send())
        if waiting and mail_leaves():
            _send_all(waiting, done)
        elif waiting:
            done.waiting, done.error = len(waiting), "Chưa cấu hình máy chủ thư (EMAIL_URL)."
    return done


def _send_all(waiting: list[Message], done: Delivered) -> None:
    """One after the other; where the server cannot be reached, all the rest wait for the next run."""
    mailer = Mailer()
    try:
        for index, message in enumerate(waiting):
            try:
                mailer.ready()
            except Exception as error:
                done.error, done.waiting = told(error), len(waiting) - index
                _not_reached(waiting[index:], done.error)
                log.warning("reminders.server_unreachable", error=done.error, waiting=done.waiting)
                return
            if _claim(message):
                _attempt(mailer, message, done)
    finally:
        mailer.close()


def _settle_interrupted(done: Delivered) -> None:
    """Attempts that a killed run left without an outcome. Under the lock nobody else can be at them."""
    for message in Message.objects.filter(mail=Mail.TRYING):
        outcome = Mail.WAITING if settings.MAIL_DEDUPLICATES else Mail.UNCERTAIN
        _mark(message, outcome, INTERRUPTED)
        done.uncertain += outcome == Mail.UNCERTAIN
        log.warning("reminders.interrupted", message_id=message.message_id, outcome=str(outcome))


def _claim(message: Message) -> bool:
    """Commit that an attempt begins, before anything is handed over. False: no longer waiting."""
    with transaction.atomic(durable=True):
        return bool(
            Message.objects.filter(pk=message.pk, mail=Mail.WAITING).update(
                mail=Mail.TRYING, tries=F("tries") + 1, tried_at=timezone.now()
            )
        )


def _mark(message: Message, outcome: str, error: str = "") -> None:
    """Commit what an attempt came to."""
    sent_at = timezone.now() if outcome == Mail.SENT else None
    with transaction.atomic(durable=True):
        Message.objects.filter(pk=message.pk, mail=Mail.TRYING).update(
            mail=outcome, sent_at=sent_at, last_error=error
        )


def _not_reached(messages: list[Message], error: str) -> None:
    with transaction.atomic(durable=True):
        Message.objects.filter(pk__in=[m.pk for m in messages], mail=Mail.WAITING).update(
            tries=F("tries") + 1, tried_at=timezone.now(), last_error=error
        )


def _attempt(mailer: Mailer, message: Message, done: Delivered) -> None:
    """Hand one claimed mail over and write down the outcome."""
    try:
        mailer.send(message)
    except Exception as error:
        mailer.close()
        outcome = judged(error)
        if outcome == Mail.UNCERTAIN and settings.MAIL_DEDUPLICATES:
            outcome = Mail.WAITING
        _mark(message, outcome, told(error))
        done.failed += outcome == Mail.WAITING
        done.refused += outcome == Mail.REFUSED
        done.uncertain += outcome == Mail.UNCERTAIN
        log.warning(
            "reminders.mail_failed",
            message_id=message.message_id,
            outcome=str(outcome),
            tries=message.tries + 1,
            error=type(error).__name__,
        )
    else:
        _mark(message, Mail.SENT)
        done.sent += 1
        log.info("reminders.mail_sent", message_id=message.message_id, tries=message.tries + 1)


def judged(error: Exception) -> str:
    """What a failed attempt means: tried again by itself, not before the address is put right, or not known.

    A server that answered has not taken the mail. One that fell silent may have.
    """
    if isinstance(error, NotTakenError):
        return Mail.WAITING
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        permanent = all(code >= PERMANENT for code, _ in error.recipients.values())
        return Mail.REFUSED if permanent else Mail.WAITING
    if isinstance(error, smtplib.SMTPDataError):
        return Mail.REFUSED if error.smtp_code >= PERMANENT else Mail.WAITING
    if isinstance(error, smtplib.SMTPResponseException):
        return Mail.WAITING
    # An address or a header that cannot be written, found before the first word to the server.
    if isinstance(error, ValueError | smtplib.SMTPNotSupportedError):
        return Mail.REFUSED
    return Mail.UNCERTAIN


def told(error: Exception) -> str:
    """The error as it is kept for officials: kind and words, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
