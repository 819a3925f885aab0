"""Where OCOP products are shown and sold."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.folding import Key
from ocop_portal.geography import told_point
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit
from ocop_portal.models.place import OUTSIDE, latitude_field, longitude_field, within_viet_nam
from ocop_portal.revision import records_change
from producers.models.producer import Producer, phone_validator
from producers.support_querysets import PointOfSaleQuerySet


@tracked(exclude=["name_key"])
class PointOfSale(models.Model):
    """A point of display and sale: open from `opened_on` (inclusive) until the day before `closed_on`."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("trung tâm giới thiệu OCOP")
        SHOP = "shop", _("cửa hàng OCOP")
        COUNTER = "counter", _("quầy trong siêu thị, chợ")
        STOP = "stop", _("trạm dừng nghỉ, điểm du lịch")
        AT_PRODUCER = "at_producer", _("tại nơi sản xuất")

    name = models.CharField("tên điểm bán", max_length=200)
    kind = models.CharField("loại", max_length=20, choices=Kind)
    keeper = models.CharField("đơn vị quản lý", max_length=200, blank=True)
    place = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="points_of_sale", verbose_name="địa bàn"
    )
    address = models.CharField("địa chỉ", max_length=200)
    longitude = longitude_field(null=True, blank=True)
    latitude = latitude_field(null=True, blank=True)
    opening_hours = models.CharField(
        "giờ mở cửa", max_length=150, help_text="Ví dụ: 7 giờ 30 – 18 giờ, cả tuần."
    )
    phone = models.CharField("điện thoại", max_length=20, blank=True, validators=[phone_validator])
    website = models.URLField("trang web", blank=True)
    opened_on = models.DateField("mở từ ngày")
    closed_on = models.DateField("đóng từ ngày", null=True, blank=True, help_text="Để trống: đang mở.")
    producers = models.ManyToManyField(
        Producer,
        through="Supply",
        related_name="points_of_sale",
        verbose_name="bán sản phẩm của",
        blank=True,
    )
    made_up = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    name_key = models.GeneratedField(
        expression=Key(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = PointOfSaleQuerySet.as_manager()

    class Meta:
        verbose_name = "điểm bán"
        verbose_name_plural = "điểm bán"
        ordering = ["name_key", "pk"]
        triggers = [*records_change(("point_of_sale", "id")), never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("opened_on")),
                name="pointofsale_days_in_order",
                violation_error_message="Ngày đóng phải sau ngày mở.",
            ),
            models.UniqueConstraint(
                fields=["name", "place"],
                condition=Q(closed_on__isnull=True),
                name="pointofsale_once_in_place",
                violation_error_message="Địa bàn này đã có điểm bán đang mở mang tên này.",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | (Q(longitude__isnull=False, latitude__isnull=False) & within_viet_nam()),
                name="pointofsale_in_viet_nam",
                violation_error_message=OUTSIDE,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("producers:point-of-sale", args=[self.pk])

    @property
    def told_position(self) -> str:
        """The coordinates as maps take them, `22.1469, 105.8348`; empty where nobody entered them."""
        if self.longitude is None or self.latitude is None:
            return ""
        return told_point(self.longitude, self.latitude)

    def is_open_on(self, day: date) -> bool:
        """As `PointOfSaleQuerySet.open_on`, of a row at hand."""
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


@tracked()
class Supply(models.Model):
    """A producer whose goods a point of sale sells. Taken away when they are not sold there any more."""

    point = models.ForeignKey(
        PointOfSale,
        models.CASCADE,  # a part of what the point offers
        related_name="supplies",
        verbose_name="điểm bán",
    )
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="supplies", verbose_name="chủ thể")

    class Meta:
        verbose_name = "chủ thể có hàng ở điểm bán"
        verbose_name_plural = "chủ thể có hàng ở điểm bán"
        ordering = ["point", "producer"]
        triggers = [*records_change(("point_of_sale", "point_id"))]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "producer"],
                name="supply_once",
                violation_error_message="Chủ thể này đã có trong danh sách.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.point}"
