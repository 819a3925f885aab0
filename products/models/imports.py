"""Workbooks brought to the register: what their columns mean, and uploads waiting to be entered."""

from django.db import models
from django.db.models import Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import User
from ocop_portal.uploads import private_path, private_storage


@tracked()
class ImportMapping(models.Model):
    """What the columns of workbooks with these headings hold, as an official once said."""

    signature = models.CharField("dấu của tiêu đề", max_length=64, unique=True)
    columns = models.JSONField("các cột", help_text="Tiêu đề đã bỏ dấu và trường của sổ bộ.")

    class Meta:
        verbose_name = "cách ghép cột"
        verbose_name_plural = "cách ghép cột"

    def __str__(self) -> str:
        return f"Cách ghép {len(self.columns)} cột"


@tracked()
class ImportUpload(models.Model):
    """A workbook that an official has uploaded. Its files go after a day or once it is entered; this row stays."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="import_uploads", verbose_name="người tải lên"
    )
    name = models.CharField("tên tệp", max_length=120)
    digest = models.CharField("SHA-256", max_length=64)
    file = models.FileField("tệp", upload_to=private_path("imports"), storage=private_storage, blank=True)
    report = models.FileField(
        "kết quả kiểm tra", upload_to=private_path("imports"), storage=private_storage, blank=True
    )
    sheet = models.CharField("trang tính", max_length=60, blank=True)
    uploaded_at = models.DateTimeField("tải lên lúc", auto_now_add=True)
    applied_at = models.DateTimeField("nhập lúc", null=True, blank=True)
    counts = models.JSONField("số bản ghi đã thêm", default=dict, blank=True)

    class Meta:
        verbose_name = "tệp Excel nhập vào"
        verbose_name_plural = "tệp Excel nhập vào"
        ordering = ["-uploaded_at", "-pk"]
        triggers = [never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | ~Q(counts={}),
                name="importupload_applied_is_counted",
                violation_error_message="Tệp đã nhập phải ghi số bản ghi đã thêm.",
            )
        ]

    def __str__(self) -> str:
        return self.name
