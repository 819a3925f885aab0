from django.db import models

from ocop_portal.history import tracked


@tracked()
class PublicHoliday(models.Model):
    """A day on which offices are shut (or, `working`, a weekend day worked instead). Deadlines in working days read it.

    The labour code fixes the holidays; which days they fall on, and the swaps, are announced each year.
    """

    day = models.DateField("ngày", unique=True, error_messages={"unique": "Ngày này đã có trong lịch."})
    name = models.CharField("tên", max_length=100)
    working = models.BooleanField(
        "làm bù", default=False, help_text="Ngày thứ bảy, chủ nhật đi làm bù cho ngày nghỉ hoán đổi."
    )

    class Meta:
        verbose_name = "ngày nghỉ lễ"
        verbose_name_plural = "ngày nghỉ lễ"
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"
