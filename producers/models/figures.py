"""What a producer reports of a year."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.revision import raises_revision
from producers.figures_querysets import YearlyFiguresQuerySet
from producers.models.producer import Producer

FIRST_YEAR, LAST_YEAR = 2015, 2100


@tracked()
class YearlyFigures(models.Model):
    """Revenue and workers of a producer in one calendar year, as the programme asks for them.

    A figure left empty is not known; nought is a figure. Never shown of a single producer in public: only sums and
    shares are.
    """

    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="yearly_figures", verbose_name="chủ thể"
    )
    year = models.PositiveSmallIntegerField(
        "năm", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    revenue = models.DecimalField(
        "doanh thu từ sản phẩm OCOP (triệu đồng)",
        max_digits=12,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    workers = models.PositiveIntegerField(
        "số lao động", null=True, blank=True, validators=[MaxValueValidator(100_000)]
    )
    women = models.PositiveIntegerField("trong đó nữ", null=True, blank=True)
    members = models.PositiveIntegerField(
        "số hộ liên kết", null=True, blank=True, help_text="Hộ cung cấp nguyên liệu hoặc cùng sản xuất."
    )
    note = models.CharField("ghi chú", max_length=200, blank=True)

    objects = YearlyFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = "số liệu năm của chủ thể"
        verbose_name_plural = "số liệu năm của chủ thể"
        ordering = ["-year", "producer"]
        triggers = [raises_revision(), never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["producer", "year"],
                name="yearlyfigures_once_a_year",
                violation_error_message="Chủ thể này đã có số liệu của năm này.",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST_YEAR, LAST_YEAR)),
                name="yearlyfigures_year_of_the_programme",
                violation_error_message=f"Năm phải từ {FIRST_YEAR} trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(revenue__isnull=True) | Q(revenue__gte=0),
                name="yearlyfigures_revenue_not_negative",
                violation_error_message="Doanh thu không thể là số âm.",
            ),
            models.CheckConstraint(
                condition=Q(women__isnull=True) | Q(workers__isnull=False, women__lte=F("workers")),
                name="yearlyfigures_women_among_workers",
                violation_error_message="Số lao động nữ không thể nhiều hơn số lao động.",
            ),
        ]

    def __str__(self) -> str:
        return f"Số liệu năm {self.year} của {self.producer}"

    def clean(self) -> None:
        """Women among the workers, told at the field before the constraint tells it of the row."""
        super().clean()
        if self.women is not None and (self.workers is None or self.women > self.workers):
            raise ValidationError({"women": "Số lao động nữ không thể nhiều hơn số lao động."})
