"""Running numbers: receipts, product codes, certificates."""

from django.core.validators import MinLengthValidator
from django.db import models

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked


@tracked()
class NumberSeries(models.Model):
    """The last number given out in a series. Its row is held until the transaction that used the number commits."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "phiếu đăng ký"
        PRODUCT = "product", "mã sản phẩm"
        CERTIFICATE = "certificate", "giấy chứng nhận"

    kind = models.CharField("loại", max_length=12, choices=Kind)
    scope = models.CharField("phạm vi", max_length=40, validators=[MinLengthValidator(1)])
    year = models.PositiveSmallIntegerField("năm")
    last = models.PositiveIntegerField("số cuối", default=0)

    class Meta:
        verbose_name = "dãy số"
        verbose_name_plural = "dãy số"
        triggers = [never_deleted()]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "scope", "year"],
                name="numberseries_once",
                violation_error_message="Dãy số này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.scope} {self.year}"
