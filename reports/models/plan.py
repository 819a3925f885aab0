"""What the plan of a span of years asks."""

from django.db import models
from django.db.models import F, Q

from ocop_portal.history import tracked
from ocop_portal.revision import raises_revision


@tracked()
class PlanTarget(models.Model):
    """What the province's plan sets itself for a span of years."""

    name = models.CharField("tên kế hoạch", max_length=150)
    from_year = models.PositiveSmallIntegerField("từ năm")
    to_year = models.PositiveSmallIntegerField("đến năm")
    products = models.PositiveIntegerField("số sản phẩm từ 3 sao")
    stars_5 = models.PositiveIntegerField("trong đó 5 sao", default=0)

    class Meta:
        verbose_name = "chỉ tiêu kế hoạch"
        verbose_name_plural = "chỉ tiêu kế hoạch"
        ordering = ["from_year"]
        triggers = [raises_revision()]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_year__gte=F("from_year")),
                name="plantarget_years_in_order",
                violation_error_message="Năm cuối phải từ năm đầu trở đi.",
            )
        ]

    def __str__(self) -> str:
        return self.name
