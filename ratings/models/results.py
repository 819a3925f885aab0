"""What the council came to: one result each time a dossier is consolidated, never changed afterwards."""

from fractions import Fraction

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ratings import triggers
from ratings.models.dossiers import Dossier
from ratings.models.rules import Criterion, Option, never_changed


@tracked()
class CouncilResult(models.Model):
    """The council's result for a dossier, exact: each part is `sum / divisor` points.

    From members' sheets the divisor is their number; from the averages of a paper record it is 100, since those are
    printed with two decimals.
    """

    class Source(models.TextChoices):
        SHEETS = "sheets", "phiếu của các thành viên"
        AVERAGES = "averages", "điểm trung bình của biên bản giấy"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="results", verbose_name="hồ sơ")
    attempt = models.PositiveSmallIntegerField("lần tổng hợp")
    source = models.CharField("nguồn", max_length=10, choices=Source)
    sheets = models.PositiveSmallIntegerField("số phiếu")
    quorum = models.PositiveSmallIntegerField("số phiếu tối thiểu")
    divisor = models.PositiveSmallIntegerField("mẫu số")
    sum_a = models.PositiveIntegerField("tổng phần A")
    sum_b = models.PositiveIntegerField("tổng phần B")
    sum_c = models.PositiveIntegerField("tổng phần C")
    spread = models.PositiveSmallIntegerField("chênh lệch lớn nhất", null=True, blank=True)
    band = models.PositiveSmallIntegerField("khung điểm")
    stars = models.PositiveSmallIntegerField(
        "hạng sao đề nghị", help_text="0: dưới 3 sao hoặc chưa đạt mức tối thiểu."
    )
    conclusion = models.TextField("kết luận của Hội đồng", blank=True)
    concluded_on = models.DateField("ngày kết luận")

    class Meta:
        verbose_name = "kết quả của Hội đồng"
        verbose_name_plural = "kết quả của Hội đồng"
        ordering = ["dossier", "attempt"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "attempt"],
                name="councilresult_attempt_once",
                violation_error_message="Lần tổng hợp này đã có.",
            ),
            models.CheckConstraint(
                condition=Q(divisor__gt=0)
                & Q(sum_a__lte=100 * F("divisor") - F("sum_b") - F("sum_c"))
                & Q(band__range=(1, 5))
                & (Q(stars=0) | Q(stars__range=(3, 5), stars__lte=F("band"))),
                name="councilresult_sane",
                violation_error_message="Điểm trung bình từ 0 đến 100; hạng sao không vượt khung điểm.",
            ),
        ]

    def __str__(self) -> str:
        return f"Kết quả lần {self.attempt}: {self.stars or 'không xếp'} sao"

    @property
    def mean(self) -> Fraction:
        """The mean total, exact."""
        return Fraction(self.sum_a + self.sum_b + self.sum_c, self.divisor)

    @property
    def part_means(self) -> dict[str, Fraction]:
        """Mean points of each part, exact."""
        sums = {"A": self.sum_a, "B": self.sum_b, "C": self.sum_c}
        return {part: Fraction(points, self.divisor) for part, points in sums.items()}


class AgreedOption(models.Model):
    """The option that the council agrees on for a criterion with star marks: minimums are tested on it."""

    result = models.ForeignKey(CouncilResult, models.PROTECT, related_name="agreed", verbose_name="kết quả")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="agreed", verbose_name="tiêu chí")
    option = models.ForeignKey(
        Option, models.PROTECT, related_name="agreed", verbose_name="mức chung", null=True, blank=True
    )

    class Meta:
        verbose_name = "mức chung của Hội đồng"
        verbose_name_plural = "mức chung của Hội đồng"
        ordering = ["result", "criterion"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "criterion"],
                name="agreedoption_once",
                violation_error_message="Tiêu chí này đã có mức chung.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.option or 'không có mức nào'}"


@tracked()
class MinistryReferral(models.Model):
    """A result of 90 points or more, sent to the ministry for five stars, and what the ministry found."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="referral", verbose_name="hồ sơ")
    sent_number = models.CharField("số tờ trình", max_length=60)
    sent_on = models.DateField("ngày trình")
    total = models.DecimalField(
        "điểm của Bộ",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    answered_on = models.DateField("ngày có kết quả", null=True, blank=True)

    class Meta:
        verbose_name = "trình Bộ"
        verbose_name_plural = "trình Bộ"
        triggers = [never_deleted(), triggers.referral_answered_once()]
        constraints = [
            models.CheckConstraint(
                condition=Q(total__isnull=True, answered_on__isnull=True)
                | Q(total__isnull=False, answered_on__isnull=False, total__range=(0, 100)),
                name="ministryreferral_answer_whole",
                violation_error_message="Điểm của Bộ và ngày có kết quả phải ghi cùng nhau, điểm từ 0 đến 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"Tờ trình {self.sent_number}"
