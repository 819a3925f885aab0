"""Score sheets: one council member's choices for one dossier."""

from django.db import models
from django.db.models import F, Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.uploads import private_path, private_storage
from ratings import triggers
from ratings.models.councils import CouncilMember
from ratings.models.dossiers import Dossier
from ratings.models.rules import Criterion, Option
from ratings.querysets import SheetQuerySet


@tracked()
class ScoreSheet(models.Model):
    """A member's sheet for a dossier. Scoring again after a discussion is a new sheet of the next turn.

    `part_a` to `part_c` are points of the parts, written by the server when the sheet is signed.
    """

    class Source(models.TextChoices):
        ONLINE = "online", "chấm trên máy"
        PAPER = "paper", "nhập từ phiếu giấy"

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="sheets", verbose_name="hồ sơ")
    member = models.ForeignKey(
        CouncilMember, models.PROTECT, related_name="sheets", verbose_name="thành viên"
    )
    turn = models.PositiveSmallIntegerField("lần chấm", default=1)
    source = models.CharField("cách lập", max_length=8, choices=Source, default=Source.ONLINE)
    reopened_reason = models.CharField("lý do chấm lại", max_length=300, blank=True)
    comment = models.TextField("nhận xét chung", blank=True)
    scan = models.FileField(
        "bản chụp phiếu giấy", upload_to=private_path("sheets"), storage=private_storage, blank=True
    )
    opened_at = models.DateTimeField("mở lúc", auto_now_add=True)
    signed_at = models.DateTimeField("ký lúc", null=True, blank=True)
    part_a = models.PositiveSmallIntegerField("điểm phần A", null=True, editable=False)
    part_b = models.PositiveSmallIntegerField("điểm phần B", null=True, editable=False)
    part_c = models.PositiveSmallIntegerField("điểm phần C", null=True, editable=False)

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = "phiếu đánh giá"
        verbose_name_plural = "phiếu đánh giá"
        ordering = ["dossier", "member", "turn"]
        triggers = [never_deleted(), triggers.sheet_frozen_once_signed()]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "member", "turn"],
                name="scoresheet_once_per_member",
                violation_error_message="Thành viên này đã có phiếu cho hồ sơ.",
            ),
            models.CheckConstraint(
                condition=Q(
                    signed_at__isnull=True, part_a__isnull=True, part_b__isnull=True, part_c__isnull=True
                )
                | Q(
                    signed_at__isnull=False,
                    part_a__isnull=False,
                    part_b__isnull=False,
                    part_c__isnull=False,
                    part_a__lte=100 - F("part_b") - F("part_c"),
                ),
                name="scoresheet_signed_has_points",
                violation_error_message="Phiếu đã ký phải có điểm ba phần, cộng lại không quá 100.",
            ),
            models.CheckConstraint(
                condition=Q(turn=1, reopened_reason="") | (Q(turn__gt=1) & ~Q(reopened_reason="")),
                name="scoresheet_reopened_has_reason",
                violation_error_message="Chấm lại phải ghi lý do.",
            ),
        ]

    def __str__(self) -> str:
        return f"Phiếu của {self.member.name}"

    @property
    def total(self) -> int | None:
        """Points of a signed sheet; None before that."""
        if self.part_a is None or self.part_b is None or self.part_c is None:
            return None
        return self.part_a + self.part_b + self.part_c


@tracked()
class Choice(models.Model):
    """The option a member chose for a criterion; no option is "none of these", 0 points.

    `revision` rises with each change: a browser says which one it has seen, so that a second tab overwrites nothing
    silently.
    """

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="choices", verbose_name="phiếu")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="choices", verbose_name="tiêu chí")
    option = models.ForeignKey(
        Option, models.PROTECT, related_name="choices", verbose_name="mức", null=True, blank=True
    )
    note = models.CharField("ghi chú", max_length=300, blank=True)
    revision = models.PositiveIntegerField("lần sửa", default=1)

    class Meta:
        verbose_name = "lựa chọn"
        verbose_name_plural = "lựa chọn"
        ordering = ["sheet", "criterion"]
        triggers = [triggers.choice_of_an_open_sheet()]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"],
                name="choice_once_per_criterion",
                violation_error_message="Tiêu chí này đã có lựa chọn.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.option or 'không có mức nào'}"
