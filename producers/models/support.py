"""How the programme helps producers: consulting and training campaigns, fairs and other events."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit
from ocop_portal.revision import raises_revision
from producers.models.producer import Producer
from producers.support_querysets import CampaignQuerySet, PromotionQuerySet


@tracked()
class Campaign(models.Model):
    """A campaign of consulting or training, from its first to its last day (both inclusive)."""

    class Kind(models.TextChoices):
        ON_SITE = "on_site", "tư vấn tại chỗ"
        TRAINING = "training", "tập huấn"
        DOSSIER_HELP = "dossier_help", "hướng dẫn hoàn thiện hồ sơ"

    name = models.CharField("tên đợt", max_length=200)
    kind = models.CharField("hình thức", max_length=20, choices=Kind)
    subject = models.CharField("nội dung", max_length=500, blank=True)
    organiser = models.CharField("đơn vị tổ chức", max_length=200)
    place = models.ForeignKey(
        AdministrativeUnit, models.PROTECT, related_name="campaigns", verbose_name="địa bàn"
    )
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    producers = models.ManyToManyField(
        Producer, through="CampaignParticipant", related_name="campaigns", verbose_name="chủ thể tham gia"
    )
    others = models.PositiveSmallIntegerField(
        "số người khác tham gia", default=0, help_text="Cán bộ xã, người dân: không thuộc chủ thể nào."
    )
    plan = models.CharField(
        "kế hoạch, văn bản",
        max_length=200,
        blank=True,
        help_text="Ví dụ: Kế hoạch số 12/KH-UBND ngày 05/03/2026.",
    )
    cost = models.DecimalField(
        "kinh phí (triệu đồng)",
        max_digits=10,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    outcome = models.CharField("đánh giá chung", max_length=1000, blank=True)
    cancelled_reason = models.CharField(
        "lý do hủy",
        max_length=300,
        blank=True,
        help_text="Để trống: đợt có diễn ra. Đã hủy thì vẫn giữ trong sổ nhưng không tính vào báo cáo nào.",
    )
    made_up = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = "đợt tư vấn, tập huấn"
        verbose_name_plural = "đợt tư vấn, tập huấn"
        ordering = ["-starts_on", "-pk"]
        triggers = [raises_revision(), never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="campaign_days_in_order",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="campaign_cost_not_negative",
                violation_error_message="Kinh phí không thể là số âm.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class CampaignParticipant(models.Model):
    """A producer's part in a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="participants", verbose_name="đợt")
    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="campaign_parts", verbose_name="chủ thể"
    )
    people = models.PositiveSmallIntegerField("số người", default=1, validators=[MinValueValidator(1)])
    result = models.CharField("kết quả", max_length=300, blank=True)

    class Meta:
        verbose_name = "chủ thể tham gia đợt tư vấn"
        verbose_name_plural = "chủ thể tham gia đợt tư vấn"
        ordering = ["campaign", "producer"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "producer"],
                name="campaignparticipant_once",
                violation_error_message="Chủ thể này đã có trong danh sách.",
            ),
            models.CheckConstraint(
                condition=Q(people__gte=1),
                name="campaignparticipant_has_people",
                violation_error_message="Số người phải từ 1 trở lên.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.campaign}"


@tracked()
class Promotion(models.Model):
    """A fair, a meeting of buyers and makers or another event that promotes products; days inclusive.

    Without a place it is held outside the territory or on line, and only the province keeps it.
    """

    class Kind(models.TextChoices):
        FAIR = "fair", _("hội chợ, triển lãm")
        CONNECTION = "connection", _("kết nối cung cầu")
        FESTIVAL = "festival", _("lễ hội, tuần lễ sản phẩm")
        ONLINE = "online", _("bán hàng trực tuyến")

    name = models.CharField("tên sự kiện", max_length=200)
    kind = models.CharField("hình thức", max_length=20, choices=Kind)
    organiser = models.CharField("đơn vị tổ chức", max_length=200)
    venue = models.CharField("nơi tổ chức", max_length=200, help_text="Có thể ngoài tỉnh.")
    place = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="promotions",
        verbose_name="địa bàn",
        null=True,
        blank=True,
        help_text="Xã, phường nơi tổ chức; để trống nếu ngoài tỉnh hoặc trên mạng.",
    )
    starts_on = models.DateField("từ ngày")
    ends_on = models.DateField("đến ngày")
    summary = models.CharField("giới thiệu", max_length=500, blank=True)
    producers = models.ManyToManyField(
        Producer, through="PromotionParticipant", related_name="promotions", verbose_name="chủ thể tham gia"
    )
    plan = models.CharField(
        "kế hoạch, văn bản",
        max_length=200,
        blank=True,
        help_text="Ví dụ: Kế hoạch số 12/KH-UBND ngày 05/03/2026.",
    )
    cost = models.DecimalField(
        "kinh phí (triệu đồng)",
        max_digits=10,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    outcome = models.CharField("đánh giá chung", max_length=1000, blank=True)
    cancelled_reason = models.CharField(
        "lý do hủy",
        max_length=300,
        blank=True,
        help_text="Để trống: sự kiện có diễn ra. Đã hủy thì vẫn giữ trong sổ nhưng không tính vào báo cáo nào.",
    )
    made_up = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = "sự kiện xúc tiến"
        verbose_name_plural = "sự kiện xúc tiến"
        ordering = ["-starts_on", "-pk"]
        triggers = [raises_revision(), never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="promotion_days_in_order",
                violation_error_message="Ngày kết thúc phải từ ngày bắt đầu trở đi.",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0),
                name="promotion_cost_not_negative",
                violation_error_message="Kinh phí không thể là số âm.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class PromotionParticipant(models.Model):
    """A producer's stand at an event, and what came of it."""

    promotion = models.ForeignKey(
        Promotion, models.CASCADE, related_name="participants", verbose_name="sự kiện"
    )
    producer = models.ForeignKey(
        Producer, models.PROTECT, related_name="promotion_parts", verbose_name="chủ thể"
    )
    sales = models.DecimalField(
        "doanh số (triệu đồng)",
        max_digits=10,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    contracts = models.PositiveSmallIntegerField("hợp đồng, biên bản ghi nhớ", default=0)

    class Meta:
        verbose_name = "chủ thể tham gia sự kiện"
        verbose_name_plural = "chủ thể tham gia sự kiện"
        ordering = ["promotion", "producer"]
        triggers = [raises_revision()]
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "producer"],
                name="promotionparticipant_once",
                violation_error_message="Chủ thể này đã có trong danh sách.",
            ),
            models.CheckConstraint(
                condition=Q(sales__isnull=True) | Q(sales__gte=0),
                name="promotionparticipant_sales_not_negative",
                violation_error_message="Doanh số không thể là số âm.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer}: {self.promotion}"
