"""Written notice that certificates end: a letter to one producer, and the certificates it tells of.

One outgoing number is one letter, and one letter tells a producer of all its products at once; so the letter is a row
and what it tells of are its lines. Whether a certificate was told of in time is a matter of the line.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.db.models.functions import ExtractYear
from django.utils import timezone

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit, User
from producers.models import Producer
from products import triggers
from products.models.certificate import Certificate
from products.models.product import Product

NOTICE_DAYS = 30
"""Written notice goes out at least so many days before the printed last day."""


def notice_due(valid_to: date) -> date:
    """The last day on which a notice goes out in time: 30 days before the printed last day."""
    return valid_to - timedelta(days=NOTICE_DAYS)


class NoticeQuerySet(models.QuerySet[Any]):
    """Letters that tell of certificates about to end."""

    def visible_to(self, user: Any) -> Self:
        """Those that tell of a product in the user's scope at the desk."""
        mine = Product.objects.visible_to(user).order_by().values("pk")
        lines = NoticeLine.objects.filter(certificate__product__in=mine)
        return self.filter(pk__in=lines.order_by().values("notice"))

    def with_lines(self) -> Self:
        """With producer, unit and all that the lines tell, in two queries."""
        lines = NoticeLine.objects.with_certificate()
        return self.select_related("producer__place", "issuer_unit", "recorded_by").prefetch_related(
            models.Prefetch("lines", lines)
        )


class NoticeLineQuerySet(models.QuerySet[Any]):
    """Certificates told of in letters."""

    def told_by(self, day: date) -> Self:
        """Those whose letter had gone out by the day and was not void then."""
        sent = self.filter(notice__sent_on__lte=day)
        return sent.filter(Q(notice__voided_on__isnull=True) | Q(notice__voided_on__gt=day))

    def in_time(self) -> Self:
        """Those told of at least 30 days before the printed last day."""
        due = ExpressionWrapper(F("certificate__valid_to") - Value(NOTICE_DAYS), models.DateField())
        return self.filter(notice__sent_on__lte=due)

    def with_certificate(self) -> Self:
        """With certificate and product, in one query, by the day on which they end."""
        found = self.select_related("certificate__product__place__current")
        return found.order_by("certificate__valid_to", "pk")


@tracked(exclude=["year"])
class Notice(models.Model):
    """A letter that tells a producer in writing which of its certificates end, and how it went out."""

    class Channel(models.TextChoices):
        POST = "post", "bưu điện"
        HAND = "hand", "trao tận tay"
        EMAIL = "email", "thư điện tử"
        NETWORK = "network", "phần mềm quản lý văn bản"
        MESSAGE = "message", "Zalo, tin nhắn điện thoại"
        OTHER = "other", "cách khác"

    producer = models.ForeignKey(Producer, models.PROTECT, related_name="notices", verbose_name="chủ thể")
    issuer = models.CharField("cơ quan ban hành", max_length=150)
    issuer_unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="notices",
        verbose_name="xã, phường ban hành",
        null=True,
        blank=True,
        help_text="Để trống là cấp tỉnh.",
    )
    serial = models.PositiveIntegerField("số", validators=[MinValueValidator(1)])
    symbol = models.CharField("ký hiệu", max_length=30)
    dated_on = models.DateField("ngày văn bản")
    sent_on = models.DateField("ngày gửi")
    recipient = models.CharField("nơi nhận", max_length=200)
    address = models.CharField("địa chỉ nhận", max_length=300, blank=True)
    channel = models.CharField("cách gửi", max_length=10, choices=Channel)
    capacity = models.CharField("thẩm quyền ký", max_length=200)
    signer = models.CharField("người ký", max_length=100, blank=True)
    batch = models.UUIDField("lần lập", default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField("ghi lúc", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        User, models.PROTECT, related_name="notices_recorded", verbose_name="người ghi"
    )
    voided_on = models.DateField("hủy ngày", null=True, blank=True, editable=False)
    void_reason = models.CharField("lý do hủy", max_length=300, blank=True, editable=False)
    year = models.GeneratedField(
        expression=ExtractYear("dated_on"), output_field=models.IntegerField(), db_persist=True
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "thông báo hết hạn"
        verbose_name_plural = "thông báo hết hạn"
        ordering = ["-sent_on", "-pk"]
        triggers = [never_deleted(), triggers.notice_stays_as_sent(), triggers.void_for_ever("voided_on")]
        indexes = [models.Index(fields=["batch"], name="notice_by_batch")]
        constraints = [
            models.UniqueConstraint(
                fields=["issuer_unit", "year", "symbol", "serial"],
                condition=Q(voided_on__isnull=True),
                nulls_distinct=False,
                name="notice_number_once_a_year",
                violation_error_message="Số văn bản này đã dùng trong năm.",
            ),
            models.CheckConstraint(
                condition=Q(serial__gte=1),
                name="notice_serial_from_1",
                violation_error_message="Số văn bản phải từ 1 trở lên.",
            ),
            models.CheckConstraint(
                condition=Q(sent_on__gte=F("dated_on")),
                name="notice_sent_once_dated",
                violation_error_message="Ngày gửi không thể trước ngày văn bản.",
            ),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, void_reason="")
                | (Q(voided_on__isnull=False) & ~Q(void_reason__regex=r"^\s*$")),
                name="notice_void_has_reason",
                violation_error_message="Hủy thông báo phải có lý do.",
            ),
        ]

    def __str__(self) -> str:
        return f"Thông báo số {self.number}"

    @property
    def number(self) -> str:
        """The outgoing number as decree 30/2020/NĐ-CP writes it: `07/UBND-KT`."""
        return f"{self.serial:02d}/{self.symbol}"


@tracked()
class NoticeLine(models.Model):
    """A certificate told of in a notice. The product's name stays as the letter wrote it."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines", verbose_name="thông báo")
    certificate = models.ForeignKey(
        Certificate, models.PROTECT, related_name="notice_lines", verbose_name="giấy chứng nhận"
    )
    product_name = models.CharField("tên sản phẩm", max_length=200)
    voided = models.BooleanField("đã hủy", default=False, editable=False)

    objects = NoticeLineQuerySet.as_manager()

    class Meta:
        verbose_name = "giấy chứng nhận được thông báo"
        verbose_name_plural = "giấy chứng nhận được thông báo"
        ordering = ["notice", "pk"]
        triggers = [never_deleted(), triggers.notice_line_stays(), triggers.void_for_ever("voided")]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(voided=False),
                name="noticeline_once_per_certificate",
                violation_error_message="Giấy chứng nhận này đã có thông báo hết hạn.",
            )
        ]

    def __str__(self) -> str:
        return self.product_name

    @property
    def in_time(self) -> bool:
        """Whether the letter went out at least 30 days before the certificate's printed last day."""
        return self.notice.sent_on <= notice_due(self.certificate.valid_to)
