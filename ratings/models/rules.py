"""Rulesets as data: a decision's sets, parts, sections, criteria and options, with points and star marks.

An edition never changes (triggers refuse UPDATE and DELETE): dossiers rest on it. A correction or a province's own
copy of the official wording is loaded as the next edition of the same code.
"""

import pgtrigger
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from ocop_portal.history import tracked
from ocop_portal.revision import records_change
from products.models import Decision
from ratings.querysets import RulesetQuerySet

PARTS = (("A", "A"), ("B", "B"), ("C", "C"))


def never_changed() -> pgtrigger.Trigger:
    """Trigger for `Meta.triggers` of a table whose rows are written once."""
    return pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)


def _points(name: str, **kwargs: object) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, validators=[MaxValueValidator(100)], **kwargs)


@tracked()
class Ruleset(models.Model):
    """One edition of a decision's criteria. Keyed by code and edition; the newest edition is the one in use."""

    code = models.CharField("mã", max_length=20)
    edition = models.PositiveSmallIntegerField("bản", default=1)
    name = models.CharField("tên", max_length=120)
    issued_on = models.DateField("ngày ban hành")
    in_force_from = models.DateField("có hiệu lực từ ngày")
    in_force_to = models.DateField("đến hết ngày", null=True, blank=True)
    part_a = _points("điểm tối đa phần A")
    part_b = _points("điểm tối đa phần B")
    part_c = _points("điểm tối đa phần C")
    remarks = models.TextField("ghi chú", blank=True, help_text="Lỗi in của văn bản và cách đọc đã dùng.")
    digest = models.CharField("dấu nội dung", max_length=64)

    objects = RulesetQuerySet.as_manager()

    class Meta:
        verbose_name = "bộ quy tắc đánh giá"
        verbose_name_plural = "bộ quy tắc đánh giá"
        ordering = ["-in_force_from", "code", "-edition"]
        triggers = [*records_change(("ruleset", "id")), never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "edition"],
                name="ruleset_edition_once",
                violation_error_message="Bản này của bộ quy tắc đã có.",
            ),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="ruleset_dates_in_order",
                violation_error_message="Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(part_a=100 - F("part_b") - F("part_c")),
                name="ruleset_parts_make_100",
                violation_error_message="Ba phần phải cộng lại thành 100 điểm.",
            ),
        ]

    def __str__(self) -> str:
        return self.name if self.edition == 1 else f"{self.name}, bản {self.edition}"


class Band(models.Model):
    """From how many points on a product is of so many stars, and which body certifies it."""

    ruleset = models.ForeignKey(Ruleset, models.PROTECT, related_name="bands", verbose_name="bộ quy tắc")
    stars = models.PositiveSmallIntegerField("hạng sao")
    least = _points("từ số điểm")
    certified_by = models.CharField(
        "cấp công nhận",
        max_length=10,
        choices=Decision.Level,
        blank=True,
        help_text="Để trống: không có quyết định và giấy chứng nhận.",
    )

    class Meta:
        verbose_name = "ngưỡng hạng sao"
        verbose_name_plural = "ngưỡng hạng sao"
        ordering = ["ruleset", "-stars"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["ruleset", "stars"],
                name="band_once_per_ruleset",
                violation_error_message="Hạng sao này đã có ngưỡng.",
            ),
            models.CheckConstraint(
                condition=Q(stars__range=(1, 5), least__lte=100),
                name="band_sane",
                violation_error_message="Hạng từ 1 đến 5 sao, ngưỡng không quá 100 điểm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stars} sao từ {self.least} điểm"


class CriteriaSet(models.Model):
    """The criteria table of one product set, keyed by (ruleset, code): other decisions number their sets otherwise."""

    ruleset = models.ForeignKey(Ruleset, models.PROTECT, related_name="sets", verbose_name="bộ quy tắc")
    code = models.CharField("mã bộ", max_length=2)
    name = models.CharField("tên bộ sản phẩm", max_length=200)
    disqualify = models.TextField("hồ sơ bị loại khi", blank=True)
    samples = models.PositiveSmallIntegerField("số mẫu sản phẩm nộp kèm", default=0)

    class Meta:
        verbose_name = "bộ tiêu chí"
        verbose_name_plural = "bộ tiêu chí"
        ordering = ["ruleset", "code"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["ruleset", "code"],
                name="criteriaset_once_per_ruleset",
                violation_error_message="Bộ tiêu chí này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.name}"


class Section(models.Model):
    """A heading within a part, with the points it is worth."""

    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, related_name="sections", verbose_name="bộ tiêu chí"
    )
    part = models.CharField("phần", max_length=1, choices=PARTS)
    code = models.CharField("mã mục", max_length=10)
    name = models.CharField("tên mục", max_length=200)
    maximum = _points("điểm tối đa")
    position = models.PositiveSmallIntegerField("thứ tự")

    class Meta:
        verbose_name = "mục tiêu chí"
        verbose_name_plural = "mục tiêu chí"
        ordering = ["criteria_set", "position"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "part", "code"],
                name="section_once_per_set",
                violation_error_message="Mục này đã có.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}. {self.name}"


class Criterion(models.Model):
    """A choose-one criterion. "None of these", worth 0 points, is always possible and needs no row."""

    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, related_name="criteria", verbose_name="bộ tiêu chí"
    )
    section = models.ForeignKey(Section, models.PROTECT, related_name="criteria", verbose_name="mục")
    part = models.CharField("phần", max_length=1, choices=PARTS)
    code = models.CharField("mã tiêu chí", max_length=10)
    name = models.CharField("tên tiêu chí", max_length=300)
    parent_name = models.CharField("thuộc", max_length=200, blank=True)
    maximum = _points("điểm tối đa")
    position = models.PositiveSmallIntegerField("thứ tự")
    excluded_if = models.TextField("bị loại nếu", blank=True)
    stop_if = models.TextField("dừng đánh giá nếu", blank=True)
    applies_when = models.TextField("chỉ áp dụng khi", blank=True)
    requirement = models.TextField("yêu cầu", blank=True)
    note = models.TextField("giải thích", blank=True)
    remark = models.TextField("lỗi in và cách đọc", blank=True)

    class Meta:
        verbose_name = "tiêu chí"
        verbose_name_plural = "tiêu chí"
        ordering = ["criteria_set", "position"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["criteria_set", "code"],
                name="criterion_once_per_set",
                violation_error_message="Tiêu chí này đã có trong bộ.",
            ),
            models.CheckConstraint(
                condition=Q(maximum__range=(1, 40)),
                name="criterion_maximum_sane",
                violation_error_message="Điểm tối đa của một tiêu chí từ 1 đến 40.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Option(models.Model):
    """One answer to a criterion: whole points, and the star for which at least this answer is needed, if any."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="options", verbose_name="tiêu chí")
    position = models.PositiveSmallIntegerField("thứ tự")
    label = models.CharField("nội dung", max_length=600)
    case = models.CharField("trường hợp", max_length=200, blank=True)
    points = _points("điểm")
    star = models.PositiveSmallIntegerField("tối thiểu cho hạng sao", null=True, blank=True)

    class Meta:
        verbose_name = "mức điểm"
        verbose_name_plural = "mức điểm"
        ordering = ["criterion", "position"]
        triggers = [never_changed()]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "position"],
                name="option_place_once",
                violation_error_message="Thứ tự này đã có trong tiêu chí.",
            ),
            models.CheckConstraint(
                condition=Q(points__lte=40),
                name="option_points_sane",
                violation_error_message="Điểm của một mức từ 0 đến 40.",
            ),
            models.CheckConstraint(
                condition=Q(star__isnull=True) | Q(star__isnull=False, star__range=(3, 5)),
                name="option_star_3_to_5",
                violation_error_message="Dấu sao từ 3 đến 5.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.points} điểm)"
