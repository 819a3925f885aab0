"""Assessment rounds, the council's sessions in them, and who sat there."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ratings.models.councils import Council, CouncilMember
from ratings.querysets import RoundQuerySet


@tracked()
class AssessmentRound(models.Model):
    """One of the (at least two) yearly rounds, or an extra one where the council's regulation allows it.

    The days are proposed by `ratings.calendar.statutory` and kept as planned.
    """

    council = models.ForeignKey(Council, models.PROTECT, related_name="rounds", verbose_name="Hội đồng")
    year = models.PositiveSmallIntegerField(
        "năm", validators=[MinValueValidator(2018), MaxValueValidator(2100)]
    )
    number = models.PositiveSmallIntegerField("đợt", validators=[MinValueValidator(1), MaxValueValidator(12)])
    extra_reason = models.CharField(
        "lý do tổ chức đợt bổ sung",
        max_length=300,
        blank=True,
        help_text="Chỉ khi đây là đợt thứ ba trở đi trong năm.",
    )
    propose_until = models.DateField("xã đề nghị trước ngày")
    assess_until = models.DateField("đánh giá xong trước ngày")
    plan = models.TextField("kế hoạch", blank=True, help_text="Số kế hoạch, nội dung chính, phân công.")
    closed_on = models.DateField("kết thúc ngày", null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "đợt đánh giá"
        verbose_name_plural = "đợt đánh giá"
        ordering = ["-year", "-number"]
        triggers = [never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"],
                name="assessmentround_number_once",
                violation_error_message="Năm này đã có đợt mang số đó.",
            ),
            models.CheckConstraint(
                condition=Q(propose_until__lte=F("assess_until")),
                name="assessmentround_days_in_order",
                violation_error_message="Hạn đề nghị phải trước hạn đánh giá.",
            ),
            models.CheckConstraint(
                condition=Q(number__lte=2, extra_reason="") | (Q(number__gt=2) & ~Q(extra_reason="")),
                name="assessmentround_extra_has_reason",
                violation_error_message="Đợt thứ ba trở đi trong năm là đợt bổ sung và phải ghi lý do.",
            ),
        ]

    def __str__(self) -> str:
        return f"Đợt {self.number} năm {self.year}"

    @property
    def extra(self) -> bool:
        """Whether the round is beyond the two that the decision asks for."""
        return self.number > 2


@tracked()
class CouncilSession(models.Model):
    """A meeting of the council within a round."""

    round = models.ForeignKey(AssessmentRound, models.PROTECT, related_name="sessions", verbose_name="đợt")
    held_on = models.DateField("ngày họp")
    starts_at = models.TimeField("bắt đầu lúc", null=True, blank=True)
    place = models.CharField("địa điểm", max_length=200)
    agenda = models.TextField("nội dung", blank=True)
    conclusion = models.TextField("kết luận", blank=True)

    class Meta:
        verbose_name = "phiên họp"
        verbose_name_plural = "phiên họp"
        ordering = ["held_on", "pk"]
        triggers = [never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "held_on", "place"],
                name="councilsession_once",
                violation_error_message="Phiên họp này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"Phiên họp ngày {self.held_on:%d/%m/%Y}"


@tracked()
class Attendance(models.Model):
    """Whether a member sat in a session."""

    session = models.ForeignKey(
        CouncilSession, models.PROTECT, related_name="attendances", verbose_name="phiên họp"
    )
    member = models.ForeignKey(
        CouncilMember, models.PROTECT, related_name="attendances", verbose_name="thành viên"
    )
    present = models.BooleanField("dự họp", default=True)
    reason = models.CharField("lý do vắng", max_length=200, blank=True)

    class Meta:
        verbose_name = "dự họp"
        verbose_name_plural = "dự họp"
        ordering = ["session", "member"]
        triggers = [never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"],
                name="attendance_once",
                violation_error_message="Thành viên đã được điểm danh trong phiên này.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {'có mặt' if self.present else 'vắng'}"
