from django.db import models


class RegisterRevision(models.Model):
    """One row: how often the published register has changed. Raised by triggers only (see `revision.py`)."""

    number = models.BigIntegerField("số hiệu phiên bản", default=0)
    raised_at = models.DateTimeField("lúc thay đổi", auto_now=True)
    whole_from = models.BigIntegerField(
        "ghi thay đổi từ phiên bản",
        default=0,
        help_text="Từ số này, mọi thay đổi đều có trong nhật ký thay đổi.",
    )

    class Meta:
        verbose_name = "phiên bản sổ bộ"
        verbose_name_plural = "phiên bản sổ bộ"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="registerrevision_single_row",
                violation_error_message="Sổ bộ chỉ có một số hiệu phiên bản.",
            )
        ]

    def __str__(self) -> str:
        return str(self.number)
