"""Dossiers: what a producer files for one product, and what commune and province write on it."""

from django.db import models
from django.db.models import Q

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.uploads import private_path, private_storage
from products.models import Certificate, Decision, Product
from ratings import triggers
from ratings.models.rounds import AssessmentRound, CouncilSession
from ratings.models.rules import CriteriaSet, Criterion, Option
from ratings.querysets import DossierQuerySet
from ratings.transitions import CLOSED, EDITABLE, IN_ROUND, OPEN, REASONED, State


@tracked()
class Dossier(models.Model):
    """What a producer files for one product, under the criteria in force that day. One is open at a time."""

    class Kind(models.TextChoices):
        FIRST = "first", "đánh giá lần đầu"
        UPGRADE = "upgrade", "nâng hạng"
        REASSESSMENT = "reassessment", "phân hạng lại"

    State = State

    product = models.ForeignKey(Product, models.PROTECT, related_name="dossiers", verbose_name="sản phẩm")
    kind = models.CharField("loại", max_length=12, choices=Kind)
    criteria_set = models.ForeignKey(
        CriteriaSet, models.PROTECT, related_name="dossiers", verbose_name="bộ tiêu chí"
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, related_name="followers", verbose_name="hồ sơ trước", null=True, blank=True
    )
    certificate = models.ForeignKey(
        Certificate,
        models.PROTECT,
        related_name="renewals",
        verbose_name="giấy chứng nhận đang có",
        null=True,
        blank=True,
    )
    unit = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="dossiers", verbose_name="xã tiếp nhận"
    )
    receipt_number = models.CharField("số phiếu đăng ký", max_length=60, blank=True)
    state = models.CharField("trạng thái", max_length=16, choices=State, default=State.DRAFT)
    state_reason = models.TextField("lý do", blank=True)
    state_since = models.DateField("từ ngày")

    # Form 01: registration.
    stars_sought = models.PositiveSmallIntegerField(
        "hạng sao đăng ký", choices=[(n, f"{n} sao") for n in (3, 4, 5)], default=3
    )
    contact_name = models.CharField("người liên hệ", max_length=100, blank=True)
    contact_phone = models.CharField("điện thoại liên hệ", max_length=20, blank=True)
    production_address = models.CharField("địa điểm sản xuất", max_length=200, blank=True)
    workers = models.PositiveIntegerField("số lao động", null=True, blank=True)
    local_workers = models.PositiveIntegerField("trong đó lao động địa phương", null=True, blank=True)
    output = models.CharField("sản lượng một năm", max_length=100, blank=True, help_text="Kèm đơn vị tính.")
    markets = models.CharField("thị trường tiêu thụ", max_length=300, blank=True)
    changes = models.TextField(
        "nội dung thay đổi so với lần trước", blank=True, help_text="Bắt buộc khi nâng hạng."
    )

    # The calendar of the procedure.
    filed_on = models.DateField("ngày nộp", null=True, blank=True)
    commune_due_on = models.DateField("xã xử lý đến hết ngày", null=True, blank=True)
    received_on = models.DateField("ngày tỉnh tiếp nhận", null=True, blank=True)

    # The province: samples, round, session, outcome.
    samples = models.PositiveSmallIntegerField("số mẫu đã nhận", null=True, blank=True)
    round = models.ForeignKey(
        AssessmentRound,
        models.PROTECT,
        related_name="dossiers",
        verbose_name="đợt đánh giá",
        null=True,
        blank=True,
    )
    session = models.ForeignKey(
        CouncilSession,
        models.PROTECT,
        related_name="dossiers",
        verbose_name="phiên họp",
        null=True,
        blank=True,
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="dossiers", verbose_name="quyết định", null=True, blank=True
    )
    issued = models.OneToOneField(
        Certificate,
        models.PROTECT,
        related_name="won_by",
        verbose_name="giấy chứng nhận được cấp",
        null=True,
        blank=True,
    )
    notice_number = models.CharField("số thông báo không công nhận", max_length=60, blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="dossiers_created", verbose_name="người lập"
    )

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        ordering = ["-pk"]
        triggers = [never_deleted(), triggers.frozen_once_closed()]
        indexes = [
            # The desk's lists: what waits in which state, and where.
            models.Index(fields=["state", "unit"], name="dossier_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state__in=OPEN),
                name="dossier_one_open_per_product",
                violation_error_message="Sản phẩm này đã có một hồ sơ đang xử lý.",
            ),
            models.UniqueConstraint(
                fields=["receipt_number"],
                condition=~Q(receipt_number=""),
                name="dossier_receipt_once",
                violation_error_message="Số phiếu đăng ký này đã được cấp.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=REASONED) | ~Q(state_reason__regex=r"^\s*$"),
                name="dossier_reason_given",
                violation_error_message="Phải ghi lý do để chủ thể biết vì sao.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT)
                | Q(state=State.WITHDRAWN)
                | (Q(filed_on__isnull=False) & ~Q(receipt_number="")),
                name="dossier_filed_has_receipt",
                violation_error_message="Hồ sơ đã nộp phải có ngày nộp và số phiếu đăng ký.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_ROUND) | Q(round__isnull=False),
                name="dossier_in_a_round",
                violation_error_message="Hồ sơ phải thuộc một đợt đánh giá.",
            ),
            models.CheckConstraint(
                condition=Q(state=State.RECOGNISED, decision__isnull=False, issued__isnull=False)
                | (~Q(state=State.RECOGNISED) & Q(issued__isnull=True)),
                name="dossier_recognised_has_certificate",
                violation_error_message="Được công nhận thì phải có quyết định và giấy chứng nhận.",
            ),
            models.CheckConstraint(
                condition=Q(kind="first", certificate__isnull=True)
                | (~Q(kind="first") & Q(certificate__isnull=False)),
                name="dossier_follows_a_certificate",
                violation_error_message="Nâng hạng và phân hạng lại phải dựa trên giấy chứng nhận đã có.",
            ),
            models.CheckConstraint(
                condition=Q(stars_sought__range=(3, 5)),
                name="dossier_seeks_3_to_5",
                violation_error_message="Hạng sao đăng ký từ 3 đến 5.",
            ),
            models.CheckConstraint(
                condition=Q(local_workers__isnull=True)
                | Q(workers__isnull=False, local_workers__lte=models.F("workers")),
                name="dossier_local_workers_within",
                violation_error_message="Lao động địa phương không thể nhiều hơn tổng số lao động.",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number or f"Hồ sơ {self.pk} (chưa nộp)"

    @property
    def editable(self) -> bool:
        """Whether forms 01 and 02 may be written now."""
        return self.state in EDITABLE

    @property
    def closed(self) -> bool:
        return self.state in CLOSED


def _of_dossier(related_name: str, **kwargs: object) -> models.ForeignKey:
    return models.ForeignKey(
        Dossier, models.PROTECT, related_name=related_name, verbose_name="hồ sơ", **kwargs
    )


@tracked()
class SelfScore(models.Model):
    """Form 02: the option that the producer claims for a criterion; no option is "none of these", 0 points."""

    dossier = _of_dossier("self_scores")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="self_scores", verbose_name="tiêu chí"
    )
    option = models.ForeignKey(
        Option,
        models.PROTECT,
        related_name="self_scores",
        verbose_name="mức tự chấm",
        null=True,
        blank=True,
    )
    note = models.CharField("thuyết minh", max_length=500, blank=True)

    class Meta:
        verbose_name = "tự chấm điểm"
        verbose_name_plural = "tự chấm điểm"
        ordering = ["dossier", "criterion"]
        triggers = [
            triggers.written_while("dossier_open_to_writing", EDITABLE),
            triggers.of_the_dossiers_set(),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "criterion"],
                name="selfscore_once_per_criterion",
                violation_error_message="Tiêu chí này đã được tự chấm.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.option or 'không có mức nào'}"


@tracked()
class Evidence(models.Model):
    """A document or link that proves something of the dossier, of one of fifteen kinds."""

    class Kind(models.TextChoices):
        """Fifteen kinds. The decision's annex names them by form; these labels follow its practice (domain §3.1)."""

        BUSINESS = "business", "đăng ký kinh doanh, quyết định thành lập"
        FOOD_SAFETY = "food_safety", "đủ điều kiện an toàn thực phẩm hoặc sản xuất"
        DECLARATION = "declaration", "công bố tiêu chuẩn, chất lượng sản phẩm"
        TEST_REPORT = "test_report", "phiếu kiểm nghiệm chỉ tiêu"
        LABEL = "label", "nhãn, bao bì, mã số mã vạch"
        TRACEABILITY = "traceability", "truy xuất nguồn gốc"
        INTELLECTUAL_PROPERTY = "intellectual_property", "sở hữu trí tuệ, nhãn hiệu, chỉ dẫn địa lý"
        RAW_MATERIAL = "raw_material", "nguồn gốc nguyên liệu, vùng nguyên liệu"
        CONTRACT = "contract", "hợp đồng liên kết, tiêu thụ"
        ENVIRONMENT = "environment", "bảo vệ môi trường"
        QUALITY_SYSTEM = "quality_system", "hệ thống quản lý, kế hoạch kiểm soát chất lượng"
        FINANCE = "finance", "kế toán, báo cáo tài chính, lao động"
        MARKET = "market", "phân phối, quảng bá, xuất khẩu"
        STORY = "story", "câu chuyện sản phẩm, bản sắc"
        AWARD = "award", "giải thưởng, giấy tờ khác"

    dossier = _of_dossier("evidence")
    criterion = models.ForeignKey(
        Criterion,
        models.PROTECT,
        related_name="evidence",
        verbose_name="cho tiêu chí",
        null=True,
        blank=True,
    )
    kind = models.CharField("loại minh chứng", max_length=24, choices=Kind)
    title = models.CharField("tên tài liệu", max_length=200)
    issued_on = models.DateField("ngày cấp", null=True, blank=True)
    file = models.FileField("tệp", upload_to=private_path("evidence"), storage=private_storage, blank=True)
    filename = models.CharField("tên tệp", max_length=120, blank=True, editable=False)
    url = models.URLField("đường dẫn", blank=True, max_length=500)

    class Meta:
        verbose_name = "minh chứng"
        verbose_name_plural = "minh chứng"
        ordering = ["dossier", "kind", "pk"]
        triggers = [
            triggers.written_while("dossier_open_to_writing", EDITABLE),
            triggers.of_the_dossiers_set(),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="") | ~Q(url=""),
                name="evidence_file_or_link",
                violation_error_message="Minh chứng phải có tệp hoặc đường dẫn.",
            )
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class CommuneReview(models.Model):
    """Form 03: what the commune checked, and its four assessments. It gives no score and no star."""

    dossier = models.OneToOneField(
        Dossier, models.PROTECT, related_name="commune_review", verbose_name="hồ sơ"
    )
    complete = models.BooleanField("hồ sơ đầy đủ", default=False)
    origin = models.TextField("nguồn gốc và nguyên liệu địa phương")
    labour = models.TextField("sử dụng lao động địa phương")
    idea = models.TextField("nguồn gốc ý tưởng sản phẩm")
    identity = models.TextField("bản sắc và tri thức địa phương")
    opinion = models.TextField("ý kiến đề nghị", blank=True)
    reviewer = models.CharField("người kiểm tra", max_length=100)
    reviewed_on = models.DateField("ngày kiểm tra")

    class Meta:
        verbose_name = "đánh giá của cấp xã"
        verbose_name_plural = "đánh giá của cấp xã"
        triggers = [triggers.written_while("dossier_with_the_commune", (State.SUBMITTED,))]

    def __str__(self) -> str:
        return f"Mẫu 03, ngày {self.reviewed_on:%d/%m/%Y}"


@tracked()
class AdvisoryReport(models.Model):
    """What the advisory team found in the file and on the site, before the council meets."""

    dossier = models.OneToOneField(
        Dossier, models.PROTECT, related_name="advisory_report", verbose_name="hồ sơ"
    )
    file_findings = models.TextField("kiểm tra hồ sơ")
    site_findings = models.TextField("kiểm tra thực tế")
    visited_on = models.DateField("ngày kiểm tra thực tế", null=True, blank=True)
    recommended = models.BooleanField("đề nghị đưa ra Hội đồng", default=True)
    reporter = models.CharField("người báo cáo", max_length=100)
    reported_on = models.DateField("ngày báo cáo")

    class Meta:
        verbose_name = "báo cáo của Tổ tư vấn"
        verbose_name_plural = "báo cáo của Tổ tư vấn"
        triggers = [triggers.written_while("dossier_with_the_team", (State.RECEIVED,))]

    def __str__(self) -> str:
        return f"Báo cáo ngày {self.reported_on:%d/%m/%Y}"
