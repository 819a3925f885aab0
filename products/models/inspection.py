"""What happens to a product after certification: inspections, what they found, and the warnings that follow."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import User
from ocop_portal.uploads import private_path, private_storage
from producers.models import Producer
from products import oversight_triggers as triggers
from products.models.certificate import Certificate
from products.models.complaint import Complaint
from products.models.product import Product
from products.oversight_querysets import InspectionQuerySet, WarningQuerySet


@tracked()
class Inspection(models.Model):
    """A visit to a producer and its products: planned, then recorded with what was found, or cancelled."""

    class Kind(models.TextChoices):
        PERIODIC = "periodic", "định kỳ"
        UNANNOUNCED = "unannounced", "đột xuất"
        COMPLAINT = "complaint", "theo phản ánh"
        FOLLOW_UP = "follow_up", "kiểm tra lại việc khắc phục"

    class State(models.TextChoices):
        PLANNED = "planned", "đã lên kế hoạch"
        DONE = "done", "đã kiểm tra"
        CANCELLED = "cancelled", "đã hủy kế hoạch"

    class Conclusion(models.TextChoices):
        PASSED = "passed", "đạt"
        TO_REMEDY = "to_remedy", "cần khắc phục"
        BREACH = "breach", "vi phạm"

    producer = models.ForeignKey(Producer, models.PROTECT, related_name="inspections", verbose_name="chủ thể")
    products = models.ManyToManyField(
        Product, through="InspectedProduct", related_name="inspections", verbose_name="sản phẩm được kiểm tra"
    )
    kind = models.CharField("hình thức", max_length=12, choices=Kind, default=Kind.PERIODIC)
    planned_on = models.DateField("ngày dự kiến")
    inspectors = models.CharField(
        "người, đoàn kiểm tra",
        max_length=300,
        help_text="Họ tên, chức vụ, cơ quan; cách nhau bằng dấu chấm phẩy.",
    )
    purpose = models.CharField("nội dung kiểm tra", max_length=500, blank=True)
    complaint = models.ForeignKey(
        Complaint,
        models.PROTECT,
        related_name="inspections",
        verbose_name="theo phản ánh",
        null=True,
        blank=True,
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="followers",
        verbose_name="kiểm tra lại sau lần",
        null=True,
        blank=True,
    )
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.PLANNED)
    cancelled_because = models.CharField("lý do hủy", max_length=300, blank=True)

    done_on = models.DateField("ngày kiểm tra", null=True, blank=True)
    conclusion = models.CharField("kết luận", max_length=12, choices=Conclusion, blank=True)
    summary = models.TextField("nhận xét chung", blank=True)
    measures = models.TextField("biện pháp, yêu cầu", blank=True)
    follow_up_on = models.DateField("ngày kiểm tra lại", null=True, blank=True)
    followed_up_on = models.DateField("đã kiểm tra lại ngày", null=True, blank=True)
    follow_up_note = models.CharField("kết quả khắc phục", max_length=500, blank=True)
    corrections = models.PositiveSmallIntegerField("số lần đính chính", default=0)
    correction_reason = models.CharField("lý do đính chính", max_length=300, blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="inspections_planned", verbose_name="người lập"
    )

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "đợt kiểm tra"
        verbose_name_plural = "đợt kiểm tra"
        ordering = ["-planned_on", "-pk"]
        triggers = [never_deleted(), triggers.inspection_corrected_aloud(), triggers.cancelled_stays()]
        indexes = [models.Index(fields=["state", "planned_on"], name="inspection_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False)
                & ~Q(conclusion="")
                & ~Q(summary__regex=r"^\s*$")
                | ~Q(state="done") & Q(done_on__isnull=True, conclusion="", follow_up_on__isnull=True),
                name="inspection_recorded_whole",
                violation_error_message="Đã kiểm tra thì phải có ngày kiểm tra, nhận xét và kết luận.",
            ),
            models.CheckConstraint(
                condition=Q(conclusion__in=("", "passed")) | ~Q(measures__regex=r"^\s*$"),
                name="inspection_faults_have_measures",
                violation_error_message="Cần khắc phục hoặc vi phạm thì phải ghi biện pháp, yêu cầu.",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_on__isnull=True) | Q(follow_up_on__gte=F("done_on")),
                name="inspection_follow_up_after",
                violation_error_message="Ngày kiểm tra lại không thể trước ngày kiểm tra.",
            ),
            models.CheckConstraint(
                condition=Q(followed_up_on__isnull=True, follow_up_note="")
                | Q(followed_up_on__isnull=False, done_on__isnull=False, followed_up_on__gte=F("done_on"))
                & ~Q(follow_up_note__regex=r"^\s*$"),
                name="inspection_follow_up_told",
                violation_error_message="Đã kiểm tra lại thì phải ghi ngày và kết quả khắc phục.",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_because__regex=r"^\s*$"),
                name="inspection_cancelled_because",
                violation_error_message="Hủy kế hoạch thì phải ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(corrections=0) | ~Q(correction_reason__regex=r"^\s*$"),
                name="inspection_corrected_because",
                violation_error_message="Đính chính thì phải ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(kind="complaint", complaint__isnull=False)
                | ~Q(kind="complaint") & Q(complaint__isnull=True),
                name="inspection_of_a_complaint",
                violation_error_message="Kiểm tra theo phản ánh thì phải gắn với một phản ánh.",
            ),
            models.CheckConstraint(
                condition=Q(kind="follow_up", follows__isnull=False)
                | ~Q(kind="follow_up") & Q(follows__isnull=True),
                name="inspection_follows_one",
                violation_error_message="Kiểm tra lại thì phải gắn với lần kiểm tra trước.",
            ),
        ]

    def __str__(self) -> str:
        return f"Kiểm tra {self.producer} ngày {self.done_on or self.planned_on:%d/%m/%Y}"

    def get_absolute_url(self) -> str:
        return reverse("desk:inspection", args=[self.pk])

    @property
    def findings_now(self) -> list["InspectionFinding"]:
        """The findings as they stand: those of the last recording or correction, in the order of the headings."""
        order = list(InspectionFinding.Heading.values)
        now = [f for f in self.findings.all() if f.turn == self.corrections]
        return sorted(now, key=lambda f: order.index(f.heading))

    def is_late(self, day: date) -> bool:
        """Planned for a day that has passed."""
        return self.state == self.State.PLANNED and self.planned_on < day

    def awaits_follow_up(self) -> bool:
        """Whether faults were to be seen to by a day and nobody has recorded that they were."""
        return self.follow_up_on is not None and self.followed_up_on is None


@tracked()
class InspectedProduct(models.Model):
    """A product that an inspection covers; none: the producer's work as a whole."""

    inspection = models.ForeignKey(
        Inspection,
        models.CASCADE,  # a part of the plan
        related_name="inspected",
        verbose_name="đợt kiểm tra",
    )
    product = models.ForeignKey(Product, models.PROTECT, related_name="inspected", verbose_name="sản phẩm")

    class Meta:
        verbose_name = "sản phẩm được kiểm tra"
        verbose_name_plural = "sản phẩm được kiểm tra"
        ordering = ["product__name_key"]
        triggers = [triggers.of_a_planned_inspection()]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "product"],
                name="inspectedproduct_once",
                violation_error_message="Sản phẩm này đã có trong đợt kiểm tra.",
            )
        ]

    def __str__(self) -> str:
        return str(self.product)


@tracked()
class InspectionFinding(models.Model):
    """What an inspection found under one heading. A correction writes a new turn; earlier turns stay."""

    class Heading(models.TextChoices):
        CONDITIONS = "conditions", "điều kiện sản xuất, cơ sở vật chất"
        QUALITY = "quality", "chất lượng, an toàn thực phẩm"
        MATERIAL = "material", "nguyên liệu, truy xuất nguồn gốc"
        LABEL = "label", "nhãn, bao bì, ghi hạn sử dụng"
        MARK = "mark", "sử dụng biểu trưng và hạng sao OCOP"
        CRITERIA = "criteria", "duy trì tiêu chí đã được công nhận"
        ENVIRONMENT = "environment", "bảo vệ môi trường"

    class Result(models.TextChoices):
        GOOD = "good", "đạt"
        BAD = "bad", "chưa đạt"
        NOT_SEEN = "not_seen", "không kiểm tra"

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="findings", verbose_name="đợt kiểm tra"
    )
    turn = models.PositiveSmallIntegerField("lần ghi", default=0)
    heading = models.CharField("nội dung", max_length=12, choices=Heading)
    result = models.CharField("kết quả", max_length=10, choices=Result)
    note = models.CharField("ghi nhận", max_length=500, blank=True)

    class Meta:
        verbose_name = "ghi nhận khi kiểm tra"
        verbose_name_plural = "ghi nhận khi kiểm tra"
        ordering = ["inspection", "turn", "pk"]
        triggers = [never_deleted(), triggers.never_changed(), triggers.finding_of_this_turn()]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "turn", "heading"],
                name="inspectionfinding_once",
                violation_error_message="Nội dung này đã được ghi.",
            ),
            models.CheckConstraint(
                condition=~Q(result="bad") | ~Q(note__regex=r"^\s*$"),
                name="inspectionfinding_fault_told",
                violation_error_message="Chưa đạt thì phải ghi rõ điều gì.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_heading_display()}: {self.get_result_display()}"


@tracked()
class InspectionFile(models.Model):
    """A scan or photo that belongs to an inspection: signed minutes, test results. For officials alone."""

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="files", verbose_name="đợt kiểm tra"
    )
    title = models.CharField("tên tài liệu", max_length=150)
    file = models.FileField(
        "tệp", upload_to=private_path("inspections"), storage=private_storage, max_length=150
    )
    filename = models.CharField("tên tệp", max_length=120)

    class Meta:
        verbose_name = "tài liệu kiểm tra"
        verbose_name_plural = "tài liệu kiểm tra"
        ordering = ["pk"]
        triggers = [never_deleted(), triggers.never_changed()]

    def __str__(self) -> str:
        return self.title


@tracked()
class WrittenWarning(models.Model):
    """A written warning to a producer: what must be put right by when, and whether it was."""

    number = models.CharField("số văn bản", max_length=60)
    warned_on = models.DateField("ngày văn bản")
    producer = models.ForeignKey(Producer, models.PROTECT, related_name="warnings", verbose_name="chủ thể")
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="warnings", verbose_name="sản phẩm", null=True, blank=True
    )
    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        related_name="warnings",
        verbose_name="theo đợt kiểm tra",
        null=True,
        blank=True,
    )
    complaint = models.ForeignKey(
        Complaint,
        models.PROTECT,
        related_name="warnings",
        verbose_name="theo phản ánh",
        null=True,
        blank=True,
    )
    requirement = models.TextField("nội dung phải khắc phục")
    due_on = models.DateField("khắc phục xong trước hết ngày")
    remedied_on = models.DateField("đã khắc phục ngày", null=True, blank=True)
    remedy_note = models.CharField("kết quả khắc phục", max_length=500, blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản cảnh báo"
        verbose_name_plural = "văn bản cảnh báo"
        ordering = ["-warned_on", "-pk"]
        triggers = [never_deleted(), triggers.warning_kept()]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "warned_on"],
                name="writtenwarning_number_once",
                violation_error_message="Văn bản mang số và ngày này đã có.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("warned_on")),
                name="writtenwarning_days_in_order",
                violation_error_message="Hạn khắc phục không thể trước ngày văn bản.",
            ),
            models.CheckConstraint(
                condition=Q(inspection__isnull=False) | Q(complaint__isnull=False),
                name="writtenwarning_has_basis",
                violation_error_message="Cảnh báo phải dựa trên một đợt kiểm tra hoặc một phản ánh.",
            ),
            models.CheckConstraint(
                condition=Q(remedied_on__isnull=True, remedy_note="")
                | Q(remedied_on__isnull=False, remedied_on__gte=F("warned_on"))
                & ~Q(remedy_note__regex=r"^\s*$"),
                name="writtenwarning_remedy_told",
                violation_error_message="Đã khắc phục thì phải ghi ngày và kết quả.",
            ),
        ]

    def __str__(self) -> str:
        return f"Văn bản cảnh báo {self.number}"

    def is_overdue(self, day: date) -> bool:
        """Whether its term has passed and nothing put right is on record."""
        return self.remedied_on is None and self.due_on < day


@tracked()
class RevocationBasis(models.Model):
    """What a revocation rests on besides its decision: an inspection, a citizen's report, or both."""

    certificate = models.OneToOneField(
        Certificate, models.PROTECT, related_name="revocation_basis", verbose_name="giấy chứng nhận"
    )
    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        related_name="revocations",
        verbose_name="đợt kiểm tra",
        null=True,
        blank=True,
    )
    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="revocations", verbose_name="phản ánh", null=True, blank=True
    )

    class Meta:
        verbose_name = "cơ sở thu hồi"
        verbose_name_plural = "cơ sở thu hồi"
        ordering = ["pk"]
        triggers = [never_deleted(), triggers.never_changed()]
        constraints = [
            models.CheckConstraint(
                condition=Q(inspection__isnull=False) | Q(complaint__isnull=False),
                name="revocationbasis_has_one",
                violation_error_message="Cơ sở thu hồi phải là một đợt kiểm tra hoặc một phản ánh.",
            )
        ]

    def __str__(self) -> str:
        return f"Cơ sở thu hồi {self.certificate}"
