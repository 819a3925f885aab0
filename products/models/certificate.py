"""The product's standing: decisions and certificates.

A certificate's printed columns never change once it is issued; what happens to it later (extension,
revocation, succession) is added once and stays. Triggers hold both.
"""

import secrets
from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, Value
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.languages import day_text
from ocop_portal.models import AdministrativeUnit
from ocop_portal.revision import records_change
from ocop_portal.uploads import private_path, private_storage
from products import triggers
from products.models.product import Product
from products.querysets import CertificateQuerySet, DecisionQuerySet
from products.standing import EXTENSION_DAYS, Standing, last_day, standing_on


@tracked()
class Decision(models.Model):
    """A numbered, dated decision of a competent body. Past issuers stay nameable after they are gone."""

    class Kind(models.TextChoices):
        RECOGNITION = "recognition", "công nhận kết quả"
        EXTENSION = "extension", "gia hạn"
        REVOCATION = "revocation", "thu hồi"

    class Level(models.TextChoices):
        DISTRICT = "district", "cấp huyện"
        PROVINCE = "province", "cấp tỉnh"
        CENTRE = "centre", "trung ương"

    class Ruleset(models.TextChoices):
        """The decision of the Prime Minister that the assessment rests on."""

        R1048 = "1048-2019", "1048/QĐ-TTg (2019)"
        R148 = "148-2023", "148/QĐ-TTg (2023)"
        R1489 = "148-2025", "148/QĐ-TTg, sửa đổi theo 1489/QĐ-TTg (2025)"
        R26 = "26-2026", "26/2026/QĐ-TTg"
        LOCAL = "local", "bộ tiêu chí của tỉnh trước 2019"

    number = models.CharField(
        "số quyết định",
        max_length=60,
        blank=True,
        help_text="Để trống nếu nguồn không ghi số (chỉ với hồ sơ cũ).",
    )
    signed_on = models.DateField("ngày ký")
    kind = models.CharField("loại", max_length=20, choices=Kind, default=Kind.RECOGNITION)
    issuer = models.CharField("cơ quan ban hành", max_length=120, help_text="Ví dụ: UBND huyện Na Rì.")
    issuer_level = models.CharField("cấp ban hành", max_length=10, choices=Level)
    issuer_unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="decisions",
        verbose_name="địa bàn của cơ quan ban hành",
        null=True,
        blank=True,
    )
    ruleset = models.CharField("căn cứ đánh giá", max_length=20, choices=Ruleset, blank=True)
    scan = models.FileField(
        "bản chụp có chữ ký", upload_to=private_path("decisions"), storage=private_storage, blank=True
    )
    note = models.CharField("ghi chú công khai", max_length=300, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "quyết định"
        verbose_name_plural = "quyết định"
        ordering = ["-signed_on", "-pk"]
        triggers = [
            *records_change(("decision", "id")),
            never_deleted(),
            triggers.decision_frozen_once_used(),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "issuer", "signed_on"],
                condition=~Q(number=""),
                name="decision_number_once",
                violation_error_message="Quyết định này đã có trong sổ bộ.",
            ),
            models.CheckConstraint(
                condition=~Q(number="") | ~Q(note=""),
                name="decision_without_number_is_explained",
                violation_error_message="Quyết định không ghi số phải có ghi chú vì sao.",
            ),
        ]

    def __str__(self) -> str:
        return (
            gettext("Quyết định {number}").format(number=self.number)
            if self.number
            else gettext("Quyết định năm {year} (chưa rõ số)").format(year=self.signed_on.year)
        )

    @property
    def is_used(self) -> bool:
        """Whether a certificate rests on it: granted, extended or revoked by it. The trigger asks the same."""
        resting = Q(decision=self) | Q(extension_decision=self) | Q(revocation_decision=self)
        return Certificate.objects.filter(resting).exists()

    @property
    def title(self) -> str:
        """The decision as cited: number, day and body."""
        return (
            gettext("{decision}, ngày {day}, {issuer}").format(
                decision=self, day=day_text(self.signed_on), issuer=self.issuer
            )
            if self.number
            else f"{self}, {self.issuer}"
        )


PUBLIC_ID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id() -> str:
    """An address that cannot be guessed from another: 12 characters without look-alikes (about 59 bits)."""
    return "".join(secrets.choice(PUBLIC_ID_LETTERS) for _ in range(12))


class EffectiveRange(Func):
    """The days on which the certificate is *the* certificate of its product, half-open for PostgreSQL.

    From its start to the earliest of end (extension included), succession and revocation; empty where it was
    replaced or revoked before it began. LEAST and GREATEST skip NULLs.
    """

    template = (
        "daterange(%(valid_from)s, GREATEST(%(valid_from)s,"
        " LEAST(COALESCE(%(extended_to)s, %(valid_to)s) + 1, %(superseded_on)s, %(revoked_on)s)), '[)')"
    )
    output_field = DateRangeField()
    COLUMNS = ("valid_from", "valid_to", "extended_to", "superseded_on", "revoked_on")

    def __init__(self) -> None:
        super().__init__(*(F(name) for name in self.COLUMNS))

    def as_sql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        columns = {}
        for name, expression in zip(self.COLUMNS, self.source_expressions, strict=True):
            columns[name], _ = compiler.compile(expression)
        return self.template % columns, []


@tracked(exclude=["effective"])
class Certificate(models.Model):
    """What a citizen checks: one product, its stars, from when to when, by which decision."""

    class Kind(models.TextChoices):
        FIRST = "first", _("công nhận lần đầu")
        UPGRADE = "upgrade", _("nâng hạng sao")
        REASSESSMENT = "reassessment", _("đánh giá, phân hạng lại")
        REISSUE = "reissue", _("cấp lại")

    class Ground(models.TextChoices):
        """The six grounds of revocation of decision 26/2026/QĐ-TTg (domain §3.7)."""

        FALSE_DOSSIER = "false_dossier", _("hồ sơ không trung thực")
        CRITERIA_NO_LONGER_MET = (
            "criteria_no_longer_met",
            _("không còn đáp ứng tiêu chí theo kết luận kiểm tra"),
        )
        BREACH_OF_LAW = (
            "breach_of_law",
            _("vi phạm pháp luật về chất lượng, an toàn thực phẩm, môi trường, sở hữu trí tuệ hoặc ghi nhãn"),
        )
        MISUSE = "misuse", _("sử dụng sai biểu trưng, hạng sao OCOP")
        PRODUCTION_STOPPED = "production_stopped", _("đã ngừng sản xuất")
        OTHER_CONCLUSION = "other_conclusion", _("kết luận khác của cơ quan có thẩm quyền")

    product = models.ForeignKey(
        Product,
        models.PROTECT,
        related_name="certificates",
        verbose_name="sản phẩm",
        db_index=False,  # `certificate_of_product` begins with it
    )
    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="certificates", verbose_name="quyết định"
    )
    number = models.CharField(
        "số giấy chứng nhận", max_length=60, blank=True, help_text="Để trống nếu hồ sơ cũ không ghi số."
    )
    public_id = models.CharField(
        "mã tra cứu", max_length=12, unique=True, default=new_public_id, editable=False
    )
    kind = models.CharField("loại", max_length=20, choices=Kind, default=Kind.FIRST)
    stars = models.PositiveSmallIntegerField("hạng sao", choices=[(n, f"{n} sao") for n in (3, 4, 5)])
    total = models.DecimalField(
        "tổng điểm",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Điểm trung bình của Hội đồng, nếu biết.",
    )
    valid_from = models.DateField("có giá trị từ ngày")
    valid_to = models.DateField("đến hết ngày", help_text="Ngày cuối cùng còn giá trị, như in trên giấy.")
    note = models.CharField("ghi chú công khai", max_length=300, blank=True)

    superseded_on = models.DateField("có giấy mới từ ngày", null=True, editable=False)
    extended_to = models.DateField("gia hạn đến hết ngày", null=True, editable=False)
    extension_reason = models.CharField("lý do gia hạn", max_length=300, blank=True, editable=False)
    extension_decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        related_name="extended_certificates",
        verbose_name="quyết định gia hạn",
        null=True,
        editable=False,
    )
    revoked_on = models.DateField("thu hồi từ ngày", null=True, editable=False)
    revocation_ground = models.CharField(
        "căn cứ thu hồi", max_length=30, choices=Ground, blank=True, editable=False
    )
    revocation_reason = models.CharField(
        "lý do thu hồi công khai", max_length=500, blank=True, editable=False
    )
    revocation_decision = models.ForeignKey(
        Decision,
        models.PROTECT,
        related_name="revoked_certificates",
        verbose_name="quyết định thu hồi",
        null=True,
        editable=False,
    )
    effective = models.GeneratedField(
        expression=EffectiveRange(), output_field=DateRangeField(), db_persist=True
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "giấy chứng nhận"
        verbose_name_plural = "giấy chứng nhận"
        ordering = ["valid_from", "pk"]
        triggers = [
            *records_change(("certificate", "id"), ("product", "product_id")),
            never_deleted(),
            triggers.certificate_succession(),
            triggers.certificate_printed_columns_frozen(),
            triggers.certificate_facts_written_once(),
        ]
        indexes = [
            # The catalogue: which certificate governs each product on a day, told by the index alone; which end soon.
            models.Index(
                fields=["product", "valid_from"],
                include=["id", "stars", "valid_to", "extended_to", "revoked_on", "superseded_on"],
                name="certificate_of_product",
            ),
            models.Index(
                fields=["valid_to"], name="certificate_by_end", condition=Q(superseded_on__isnull=True)
            ),
            # A search of today: what is followed by another after this day.
            models.Index(
                fields=["superseded_on"],
                name="certificate_followed",
                condition=Q(superseded_on__isnull=False),
            ),
            # The first page: what was recognised last.
            models.Index(fields=["-valid_from", "-id"], name="certificate_newest"),
            GistIndex(fields=["effective"], name="certificate_effective"),
            # The check of a certificate: its number is typed in any case.
            models.Index(Upper("number"), name="certificate_number_any_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__range=(3, 5)),
                name="certificate_stars_3_to_5",
                violation_error_message="Chỉ sản phẩm từ 3 đến 5 sao có giấy chứng nhận.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="certificate_dates_in_order",
                violation_error_message="Ngày hết hạn phải từ ngày bắt đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__range=(0, 100)),
                name="certificate_total_0_to_100",
                violation_error_message="Tổng điểm phải từ 0 đến 100.",
            ),
            models.CheckConstraint(
                condition=Q(superseded_on__isnull=True) | Q(superseded_on__gte=F("valid_from")),
                name="certificate_succeeded_after_start",
                violation_error_message="Giấy mới không thể bắt đầu trước giấy cũ.",
            ),
            models.CheckConstraint(
                condition=Q(extended_to__isnull=True, extension_reason="", extension_decision__isnull=True)
                | (
                    Q(extended_to__isnull=False, extended_to__gt=F("valid_to"))
                    & Q(
                        extended_to__lte=ExpressionWrapper(
                            F("valid_to") + Value(EXTENSION_DAYS), models.DateField()
                        )
                    )
                    & ~Q(extension_reason="")
                ),
                name="certificate_extension_whole",
                violation_error_message=f"Gia hạn phải có lý do và không quá {EXTENSION_DAYS} ngày sau ngày hết hạn.",
            ),
            models.CheckConstraint(
                condition=Q(
                    revoked_on__isnull=True,
                    revocation_ground="",
                    revocation_reason="",
                    revocation_decision__isnull=True,
                )
                | (
                    Q(revoked_on__isnull=False, revocation_decision__isnull=False)
                    & ~Q(revocation_ground="")
                    & ~Q(revocation_reason__regex=r"^\s*$")
                ),
                name="certificate_revocation_whole",
                violation_error_message="Thu hồi phải có quyết định, căn cứ và lý do công khai.",
            ),
            models.UniqueConstraint(
                fields=["number"],
                # A certificate replaced on its first day was a slip of the pen: its number goes to its correction.
                condition=~Q(number="")
                & (Q(superseded_on__isnull=True) | Q(superseded_on__gt=F("valid_from"))),
                name="certificate_number_once",
                violation_error_message="Số giấy chứng nhận này đã có trong sổ bộ.",
            ),
            models.UniqueConstraint(
                fields=["decision", "product"],
                condition=~Q(kind="reissue"),
                name="certificate_once_per_decision",
                violation_error_message="Quyết định này đã có kết quả của sản phẩm này.",
            ),
            ExclusionConstraint(
                name="certificate_no_overlap",
                expressions=[
                    (
                        Func(
                            F("product"),
                            F("product"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.EQUAL,
                    ),
                    ("effective", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Sản phẩm đã có giấy chứng nhận còn hiệu lực trong khoảng thời gian này.",
            ),
        ]

    def __str__(self) -> str:
        return (
            gettext("Giấy chứng nhận {number}").format(number=self.number)
            if self.number
            else gettext("Giấy chứng nhận ngày {day}").format(day=day_text(self.valid_from))
        )

    def get_absolute_url(self) -> str:
        return reverse("products:certificate", args=[self.public_id])

    def standing_on(self, day: date) -> Standing:
        """The standing on the day; no query."""
        return standing_on(self, day)

    @property
    def last_day(self) -> date:
        """The last day it would run, extension included."""
        return last_day(self)
