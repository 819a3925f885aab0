"""Administrative units as they stand in time.

On 1/7/2025 the districts ended, Bắc Kạn was merged into Thái Nguyên and 108 communes became 37. Codes were
reused for units of another name and size, so a unit is known by its code *and* its validity, never by the
code alone. End days are inclusive everywhere in the portal, as they are printed.
"""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, Concat

from ocop_portal.db import never_deleted
from ocop_portal.folding import Fold, Key
from ocop_portal.history import tracked
from ocop_portal.querysets import UnitQuerySet
from ocop_portal.revision import records_change


class CodeRange(Func):
    """`int8range` of a unit's code: equality in GiST without an extension. The leading 1 keeps the zeros apart."""

    function = "int8range"
    output_field = BigIntegerRangeField()

    def __init__(self) -> None:
        number = Cast(Concat(Value("1"), F("code")), models.BigIntegerField())
        super().__init__(number, number, Value("[]"))


@tracked(exclude=["name_fold", "name_key"])
class AdministrativeUnit(models.Model):
    """A province, district or commune for as long as it exists."""

    class Level(models.TextChoices):
        PROVINCE = "province", "cấp tỉnh"
        DISTRICT = "district", "cấp huyện"
        COMMUNE = "commune", "cấp xã"

    code = models.CharField(
        "mã", max_length=5, validators=[RegexValidator(r"^\d{2,5}$", "Mã đơn vị gồm 2 đến 5 chữ số.")]
    )
    name = models.CharField("tên", max_length=100, help_text="Tên đầy đủ, ví dụ: Xã Côn Minh.")
    level = models.CharField("cấp", max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="parts", verbose_name="trực thuộc", null=True, blank=True
    )
    valid_from = models.DateField(
        "có từ ngày", null=True, blank=True, help_text="Để trống: từ trước khi có số liệu."
    )
    valid_to = models.DateField("đến hết ngày", null=True, blank=True, help_text="Để trống: hiện còn.")
    in_territory = models.BooleanField(
        "thuộc địa bàn của sổ bộ", default=False, help_text="Sổ bộ giữ sản phẩm của đơn vị này."
    )
    # Resolved from parents and successions by `actions.resolve_succession`, so that a list needs no recursion.
    district = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="district_communes",
        null=True,
        editable=False,
        verbose_name="huyện",
    )
    current = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="former_communes",
        null=True,
        editable=False,
        verbose_name="xã hiện nay",
    )
    name_fold = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(), db_persist=True
    )
    name_key = models.GeneratedField(
        expression=Key(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị hành chính"
        verbose_name_plural = "đơn vị hành chính"
        ordering = ["name_key", "code", F("valid_from").asc(nulls_first=True)]
        triggers = [*records_change(("unit", "id")), never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{2,5}$"),
                name="administrativeunit_code_digits",
                violation_error_message="Mã đơn vị gồm 2 đến 5 chữ số.",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="administrativeunit_dates_in_order",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
            ExclusionConstraint(
                name="administrativeunit_code_once_a_day",
                expressions=[
                    (CodeRange(), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Đã có đơn vị khác mang mã này trong khoảng thời gian đó.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Days in order, told before a constraint makes a range of them, which the database would refuse outright."""
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": "Ngày kết thúc phải từ ngày bắt đầu trở đi."})

    def stands_on(self, day: date) -> bool:
        """Whether the unit exists on the day; the end day is inclusive."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def reference(self) -> str:
        """The unit in an address: its code, pinned to its last day once it has ended (`01840@2025-06-30`)."""
        return f"{self.code}@{self.valid_to.isoformat()}" if self.valid_to else self.code

    @property
    def short_name(self) -> str:
        """The name without its kind: `Côn Minh` for `Xã Côn Minh`."""
        for kind in ("Thành phố ", "Thị trấn ", "Huyện ", "Phường ", "Tỉnh ", "Xã "):
            if self.name.startswith(kind):
                return self.name.removeprefix(kind)
        return self.name


@tracked()
class UnitName(models.Model):
    """Another spelling under which a unit is written (Hoà/Hòa, Sĩ/Sỹ), found in lists and workbooks."""

    unit = models.ForeignKey(
        AdministrativeUnit,
        models.CASCADE,  # a spelling is a part of its unit
        related_name="other_names",
        verbose_name="đơn vị",
    )
    name = models.CharField("cách viết khác", max_length=100)

    class Meta:
        verbose_name = "cách viết khác của tên đơn vị"
        verbose_name_plural = "cách viết khác của tên đơn vị"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="unitname_once_per_unit",
                violation_error_message="Cách viết này đã được ghi cho đơn vị.",
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class UnitSuccession(models.Model):
    """What became of a unit: it went, whole or in part, into another on a day."""

    class Kind(models.TextChoices):
        WHOLE = "whole", "toàn bộ"
        PART = "part", "một phần"

    predecessor = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="successions", verbose_name="đơn vị cũ"
    )
    successor = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="precessions", verbose_name="đơn vị mới"
    )
    kind = models.CharField("phạm vi", max_length=10, choices=Kind)
    effective_on = models.DateField("từ ngày")

    class Meta:
        verbose_name = "kế thừa đơn vị hành chính"
        verbose_name_plural = "kế thừa đơn vị hành chính"
        triggers = records_change(("unit", "predecessor_id"), ("unit", "successor_id"))
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="unitsuccession_once",
                violation_error_message="Việc kế thừa này đã được ghi.",
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="unitsuccession_not_itself",
                violation_error_message="Một đơn vị không thể kế thừa chính nó.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
