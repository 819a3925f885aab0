"""Reminders of certificates that end: what was owed to whom, in which message, and whether its mail went out."""

import pgtrigger
from django.db import models
from django.db.models import Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import User
from producers.models import Producer
from products.models import Certificate
from reports.querysets import MessageQuerySet
from reports.reminders.planning import THRESHOLDS


def _one_recipient(prefix: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(user__isnull=False, producer__isnull=True) | Q(user__isnull=True, producer__isnull=False),
        name=f"{prefix}_one_recipient",
        violation_error_message="Mỗi lời nhắc có đúng một người nhận: một tài khoản hoặc một chủ thể.",
    )


@tracked(exclude=["text"])
class Message(models.Model):
    """The reminders of one run to one recipient: a letter in the portal's inbox, and its e-mail where there is one.

    A recipient is an account, or a producer that has an e-mail address and no account. The mail is taken in two
    committed steps, *trying* before it is handed over and the outcome after, so that a crash leaves a trace.
    """

    class Mail(models.TextChoices):
        """Stored: values outlive code and are never renamed."""

        NONE = "none", "không gửi thư điện tử"
        WAITING = "waiting", "chờ gửi"
        TRYING = "trying", "đang gửi"
        SENT = "sent", "đã gửi"
        UNCERTAIN = "uncertain", "chưa rõ đã đến chưa"
        REFUSED = "refused", "bị từ chối"

    user = models.ForeignKey(
        User, models.PROTECT, related_name="inbox", verbose_name="tài khoản nhận", null=True, blank=True
    )
    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="letters", verbose_name="chủ thể nhận", null=True, blank=True
    )
    day = models.DateField("ngày")
    subject = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung")
    read_at = models.DateTimeField("lúc xem", null=True, blank=True)

    mail = models.CharField("thư điện tử", max_length=10, choices=Mail, default=Mail.NONE)
    mail_to = models.EmailField("địa chỉ", blank=True)
    message_id = models.CharField("mã thư (Message-ID)", max_length=120, unique=True)
    tries = models.PositiveIntegerField("số lần gửi", default=0)
    tried_at = models.DateTimeField("lần gửi cuối", null=True, blank=True)
    sent_at = models.DateTimeField("lúc gửi được", null=True, blank=True)
    last_error = models.CharField("lỗi lần cuối", max_length=300, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "thư nhắc"
        verbose_name_plural = "thư nhắc"
        ordering = ["-pk"]
        triggers = [
            never_deleted(),
            pgtrigger.Protect(
                name="stays_as_sent",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("user", "producer", "day", "subject", "text", "message_id"),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="message_of_user"),
            models.Index(
                fields=["id"], name="message_mail_open", condition=~Q(mail__in=("none", "sent"))
            ),  # what a run has to look at
        ]
        constraints = [
            _one_recipient("message"),
            models.CheckConstraint(
                condition=Q(mail="none", mail_to="") | (~Q(mail="none") & ~Q(mail_to="")),
                name="message_mail_has_address",
                violation_error_message="Thư điện tử phải có địa chỉ, và ngược lại.",
            ),
            models.CheckConstraint(
                condition=Q(mail="sent", sent_at__isnull=False) | (~Q(mail="sent") & Q(sent_at__isnull=True)),
                name="message_sent_is_dated",
                violation_error_message="Thư đã gửi phải ghi lúc gửi được, và ngược lại.",
            ),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(user__isnull=False),
                name="message_read_by_an_account",
                violation_error_message="Chỉ thư của một tài khoản mới được đánh dấu đã xem.",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Reminder(models.Model):
    """A certificate's reminder to one recipient, queued once for ever. Never changed: its message tells the rest.

    An extension moves the last day and so begins a series of its own; the key holds the day counted to.
    """

    class Audience(models.TextChoices):
        PRODUCER = "producer", "chủ thể"
        COMMUNE = "commune", "cán bộ cấp xã"
        PROVINCE = "province", "cơ quan OCOP cấp tỉnh"

    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="reminders", verbose_name="giấy chứng nhận"
    )
    ends_on = models.DateField("ngày cuối, kể cả gia hạn")
    threshold = models.PositiveSmallIntegerField(
        "mốc nhắc", choices=[(n, f"trước {n} ngày" if n else "ngày hết hạn") for n in THRESHOLDS]
    )
    audience = models.CharField("đối tượng", max_length=10, choices=Audience)
    user = models.ForeignKey(
        User, models.PROTECT, related_name="reminders", verbose_name="tài khoản nhận", null=True, blank=True
    )
    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="reminders", verbose_name="chủ thể nhận", null=True, blank=True
    )
    message = models.ForeignKey(Message, models.PROTECT, related_name="reminders", verbose_name="thư nhắc")

    class Meta:
        verbose_name = "lời nhắc hạn"
        verbose_name_plural = "lời nhắc hạn"
        ordering = ["-pk"]
        triggers = [
            never_deleted(),
            pgtrigger.Protect(name="written_once", operation=pgtrigger.Update),
        ]
        constraints = [
            _one_recipient("reminder"),
            models.UniqueConstraint(
                fields=["certificate", "ends_on", "threshold", "user", "producer"],
                nulls_distinct=False,
                name="reminder_once",
                violation_error_message="Mốc này đã được nhắc cho người nhận này.",
            ),
            models.CheckConstraint(
                condition=Q(threshold__in=THRESHOLDS),
                name="reminder_threshold_known",
                violation_error_message="Chỉ nhắc ở các mốc 180, 120, 90, 30 ngày và ngày hết hạn.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_threshold_display()}, đến hết {self.ends_on:%d/%m/%Y}"

    @property
    def sent(self) -> bool:
        """Whether it has reached the recipient: in the inbox of an account at once, by mail once that is accepted."""
        return self.user_id is not None or self.message.mail == Message.Mail.SENT


@tracked(exclude=["nonce"])
class CalendarFeed(models.Model):
    """The secret address of a user's calendar. A new nonce makes the former address worthless; empty: switched off.

    The address carries the nonce signed with the portal's key (`reports.feeds`), so a copy of this table opens nothing.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="calendar_feed", verbose_name="tài khoản")
    nonce = models.CharField("mã", max_length=32, blank=True)
    renewed_at = models.DateTimeField("lúc đổi")

    class Meta:
        verbose_name = "lịch riêng"
        verbose_name_plural = "lịch riêng"
        constraints = [
            models.UniqueConstraint(
                fields=["nonce"],
                condition=~Q(nonce=""),
                name="calendarfeed_nonce_once",
                violation_error_message="Mã lịch này đã được dùng.",
            )
        ]

    def __str__(self) -> str:
        return f"Lịch của {self.user}"
