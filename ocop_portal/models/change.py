import pgtrigger
from django.db import models


class RegisterChange(models.Model):
    """A published record that changed at a revision. Appended by triggers only (see `revision.py`), never pruned.

    `object_id` is the record's key, which outlives renamed codes; addresses are told when the log is read.
    """

    pk = models.CompositePrimaryKey("revision", "kind", "object_id")
    revision = models.BigIntegerField("số hiệu phiên bản")
    kind = models.CharField("loại", max_length=20)
    object_id = models.BigIntegerField("khóa")
    at = models.DateTimeField("lúc thay đổi")

    class Meta:
        verbose_name = "thay đổi của sổ bộ"
        verbose_name_plural = "thay đổi của sổ bộ"
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]
        indexes = [
            # Whether a record changed again later.
            models.Index(fields=["kind", "object_id", "revision"], name="registerchange_of_record")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.revision}"
