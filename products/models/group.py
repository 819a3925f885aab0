from django.db import models

from ocop_portal.history import tracked
from ocop_portal.languages import in_english
from ocop_portal.revision import records_change


@tracked()
class ProductGroup(models.Model):
    """One of the 26 product sets of decision 26/2026/QĐ-TTg, in 6 sectors. Each has its own criteria table."""

    class Sector(models.TextChoices):
        FOOD = "I", "Thực phẩm"
        DRINK = "II", "Đồ uống"
        HERBAL = "III", "Dược liệu và sản phẩm từ dược liệu"
        CRAFT = "IV", "Thủ công mỹ nghệ"
        ORNAMENTAL = "V", "Sinh vật cảnh"
        TOURISM = "VI", "Du lịch cộng đồng, du lịch sinh thái và điểm du lịch"

    code = models.CharField("mã bộ", max_length=2, unique=True)
    name = models.CharField("tên bộ sản phẩm", max_length=120)
    name_en = models.CharField("tên tiếng Anh", max_length=120, blank=True, default="", db_default="")
    group_name = models.CharField("nhóm", max_length=80)
    sector = models.CharField("ngành", max_length=3, choices=Sector)

    class Meta:
        verbose_name = "bộ sản phẩm"
        verbose_name_plural = "bộ sản phẩm"
        ordering = ["code"]
        triggers = [*records_change(("group", "id"))]

    def __str__(self) -> str:
        return f"{self.code}. {self.name}"

    @property
    def shown_name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if self.name_en and in_english() else self.name
