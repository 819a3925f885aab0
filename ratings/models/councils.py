"""Who assesses: councils with the regulation they work by, their members for a term, and advisory teams.

Sizes, quorum, spread and the rule of minimums are not fixed by law but by each council's regulation (domain §3),
so they stand on the council. Nobody is deleted: a membership ends by its last day, inclusive.
"""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import User
from producers.models import Producer
from products.models import Decision

FAR = date(9999, 12, 30)
"""An open end, for ranges: PostgreSQL steps one day past an inclusive bound."""


def number_format_validator(value: str) -> None:
    """A format that names the serial number and nothing unknown. Raises ValidationError."""
    try:
        one, other = (value.format(serial=n, year=2026) for n in (1, 2))
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise ValidationError(
            "Mẫu số chỉ dùng {serial} và {year}, ví dụ {serial:03d}/{year}/GCN-OCOP."
        ) from error
    if one == other:
        raise ValidationError("Mẫu số phải có {serial}, nếu không mọi giấy sẽ mang cùng một số.")


def _same(field: str) -> tuple[Func, str]:
    """ "The same row is pointed at", for an exclusion constraint that needs no extension."""
    return (
        Func(F(field), F(field), Value("[]"), function="int8range", output_field=BigIntegerRangeField()),
        RangeOperators.EQUAL,
    )


def _term() -> tuple[Func, str]:
    """ "The terms share a day", both ends inclusive."""
    end = Coalesce(F("valid_to"), Value(FAR), output_field=models.DateField())
    return (
        Func(F("valid_from"), end, Value("[]"), function="daterange", output_field=DateRangeField()),
        RangeOperators.OVERLAPS,
    )


def _check_order(row: Any) -> None:
    """Days in order, told before a constraint makes a range of them, which the database would refuse outright."""
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        raise ValidationError({"valid_to": "Ngày kết thúc phải từ ngày bắt đầu trở đi."})


def _in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        name=name,
        violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
    )


@tracked()
class Council(models.Model):
    """A council set up by a decision for a term, with the regulation it works by."""

    class MinimumRule(models.TextChoices):
        """How the council's agreed option of a marked criterion follows from its members' choices."""

        MEDIAN_LOW = "median_low", "trung vị, số chẵn thì lấy mức thấp hơn"
        MEDIAN_HIGH = "median_high", "trung vị, số chẵn thì lấy mức cao hơn"
        LOWEST = "lowest", "mức thấp nhất được chọn"

    name = models.CharField("tên Hội đồng", max_length=150)
    level = models.CharField("cấp", max_length=10, choices=Decision.Level, default=Decision.Level.PROVINCE)
    year = models.PositiveSmallIntegerField(
        "năm", validators=[MinValueValidator(2018), MaxValueValidator(2100)]
    )
    decision_number = models.CharField(
        "số quyết định thành lập",
        max_length=60,
        blank=True,
        help_text="Để trống khi quyết định chưa ban hành.",
    )
    decided_on = models.DateField("ngày quyết định", null=True, blank=True)
    valid_from = models.DateField("nhiệm kỳ từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    size = models.PositiveSmallIntegerField(
        "số thành viên theo quy chế", default=9, validators=[MinValueValidator(3), MaxValueValidator(50)]
    )
    quorum_percent = models.PositiveSmallIntegerField(
        "tỷ lệ dự họp tối thiểu (%)", default=75, validators=[MinValueValidator(50), MaxValueValidator(100)]
    )
    chair_required = models.BooleanField("phiên họp phải có Chủ tịch", default=True)
    spread_limit = models.DecimalField(
        "chênh lệch tối đa giữa hai thành viên (điểm)",
        max_digits=5,
        decimal_places=2,
        default=10,
        help_text="Vượt mức này thì thảo luận và chấm lại.",
    )
    minimum_rule = models.CharField(
        "cách lấy mức chung cho tiêu chí có dấu sao",
        max_length=20,
        choices=MinimumRule,
        default=MinimumRule.MEDIAN_LOW,
    )
    extra_rounds = models.BooleanField(
        "cho phép đợt bổ sung", default=False, help_text="Ngoài hai đợt trong năm."
    )
    certificate_format = models.CharField(
        "mẫu số giấy chứng nhận",
        max_length=60,
        default="{serial:03d}/{year}/GCN-OCOP",
        validators=[number_format_validator],
        help_text="{serial} là số thứ tự trong năm, {year} là năm; ví dụ {serial:03d}/{year}/GCN-OCOP.",
    )
    copied_from = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="copies",
        verbose_name="sao chép từ",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        verbose_name = "hội đồng"
        verbose_name_plural = "hội đồng"
        ordering = ["-year", "level", "name"]
        triggers = [never_deleted()]
        constraints = [
            _in_order("council_term_in_order"),
            models.UniqueConstraint(
                fields=["decision_number", "decided_on"],
                condition=~Q(decision_number=""),
                name="council_decision_once",
                violation_error_message="Quyết định này đã thành lập một Hội đồng trong danh sách.",
            ),
            models.CheckConstraint(
                condition=Q(decision_number="", decided_on__isnull=True)
                | (~Q(decision_number="") & Q(decided_on__isnull=False)),
                name="council_decision_whole",
                violation_error_message="Số và ngày quyết định thành lập phải ghi cùng nhau.",
            ),
            models.CheckConstraint(
                condition=Q(size__range=(3, 50), quorum_percent__range=(50, 100), spread_limit__gt=0),
                name="council_regulation_sane",
                violation_error_message="Quy chế: 3–50 thành viên, dự họp 50–100 %, chênh lệch trên 0 điểm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.year}"

    def members_on(self, day: date) -> models.QuerySet["CouncilMember"]:
        """Those whose term covers the day, the chair first."""
        return self.members.filter(valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def quorum_on(self, day: date) -> int:
        """How many scoring members a meeting of that day needs: the share of the regulation, rounded up."""
        scoring = self.members_on(day).filter(scores=True).count()
        return -(-scoring * self.quorum_percent // 100)


@tracked()
class CouncilMember(models.Model):
    """A person in a council for a term. The same person may serve again; each term is a row."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chủ tịch"
        VICE_CHAIR = "vice_chair", "Phó Chủ tịch"
        SECRETARY = "secretary", "Thư ký"
        MEMBER = "member", "Ủy viên"
        EXPERT = "expert", "Chuyên gia"

    council = models.ForeignKey(Council, models.PROTECT, related_name="members", verbose_name="Hội đồng")
    name = models.CharField("họ tên", max_length=100)
    department = models.CharField("cơ quan, đơn vị", max_length=150, blank=True)
    role = models.CharField("vai trò", max_length=12, choices=Role, default=Role.MEMBER)
    scores = models.BooleanField("có chấm điểm", default=True)
    user = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="council_memberships",
        verbose_name="tài khoản",
        null=True,
        blank=True,
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "thành viên Hội đồng"
        verbose_name_plural = "thành viên Hội đồng"
        ordering = ["council", "pk"]
        triggers = [never_deleted()]
        constraints = [
            _in_order("councilmember_term_in_order"),
            ExclusionConstraint(
                name="councilmember_one_chair_at_a_time",
                expressions=[_same("council"), _term()],
                condition=Q(role="chair"),
                violation_error_message="Trong cùng thời gian Hội đồng chỉ có một Chủ tịch.",
            ),
            ExclusionConstraint(
                name="councilmember_one_secretary_at_a_time",
                expressions=[_same("council"), _term()],
                condition=Q(role="secretary"),
                violation_error_message="Trong cùng thời gian Hội đồng chỉ có một Thư ký.",
            ),
            ExclusionConstraint(
                name="councilmember_account_once_at_a_time",
                expressions=[_same("council"), _same("user"), _term()],
                condition=Q(user__isnull=False),
                violation_error_message="Tài khoản này đã thuộc một thành viên khác trong cùng thời gian.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

    def clean(self) -> None:
        super().clean()
        _check_order(self)

    def may_score(self, producer: Producer, day: date) -> bool:
        """Whether the member scores that producer's products on the day: in term, scoring, and without interest."""
        in_term = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return self.scores and in_term and not self.interests.filter(producer=producer).exists()


@tracked()
class ConflictOfInterest(models.Model):
    """A member's declared interest in a producer: the member does not score its products (domain §4)."""

    member = models.ForeignKey(
        CouncilMember, models.PROTECT, related_name="interests", verbose_name="thành viên"
    )
    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="council_interests", verbose_name="chủ thể"
    )
    declared_on = models.DateField("ngày khai")
    reason = models.CharField("lý do", max_length=200)

    class Meta:
        verbose_name = "xung đột lợi ích"
        verbose_name_plural = "xung đột lợi ích"
        ordering = ["member", "producer"]
        triggers = [never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "producer"],
                name="conflictofinterest_once",
                violation_error_message="Xung đột lợi ích này đã được khai.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.producer}"


@tracked()
class AdvisoryTeam(models.Model):
    """The team that checks file and site before a council meets."""

    council = models.ForeignKey(
        Council, models.PROTECT, related_name="advisory_teams", verbose_name="giúp việc cho Hội đồng"
    )
    name = models.CharField("tên Tổ tư vấn", max_length=150)
    decision_number = models.CharField("số quyết định thành lập", max_length=60, blank=True)

    class Meta:
        verbose_name = "tổ tư vấn"
        verbose_name_plural = "tổ tư vấn"
        ordering = ["council", "name"]
        triggers = [never_deleted()]

    def __str__(self) -> str:
        return self.name


@tracked()
class AdvisoryMember(models.Model):
    """A person in an advisory team for a term."""

    team = models.ForeignKey(AdvisoryTeam, models.PROTECT, related_name="members", verbose_name="Tổ tư vấn")
    name = models.CharField("họ tên", max_length=100)
    department = models.CharField("cơ quan, đơn vị", max_length=150, blank=True)
    leads = models.BooleanField("tổ trưởng", default=False)
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    class Meta:
        verbose_name = "thành viên Tổ tư vấn"
        verbose_name_plural = "thành viên Tổ tư vấn"
        ordering = ["team", "pk"]
        triggers = [never_deleted()]
        constraints = [
            _in_order("advisorymember_term_in_order"),
            ExclusionConstraint(
                name="advisorymember_one_leader_at_a_time",
                expressions=[_same("team"), _term()],
                condition=Q(leads=True),
                violation_error_message="Trong cùng thời gian Tổ tư vấn chỉ có một tổ trưởng.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        _check_order(self)
