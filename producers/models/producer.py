"""Who makes it."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.folding import Fold, Key
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.revision import records_change
from producers.querysets import ProducerQuerySet

phone_validator = RegexValidator(
    r"^[+0][0-9 .]{8,14}$", _("Số điện thoại gồm 9 đến 14 chữ số, bắt đầu bằng 0 hoặc +.")
)


@tracked(exclude=["name_fold", "name_key"])
class Producer(models.Model):
    """A producer (chủ thể OCOP): the legal or natural person to whom stars are granted."""

    class LegalForm(models.TextChoices):
        """The forms that decision 26/2026/QĐ-TTg admits; tourism also knows associations."""

        COOPERATIVE = "cooperative", _("hợp tác xã")
        COOPERATIVE_GROUP = "cooperative_group", _("tổ hợp tác")
        COMPANY = "company", _("doanh nghiệp")
        FARM = "farm", _("trang trại")
        HOUSEHOLD = "household", _("hộ kinh doanh")
        ASSOCIATION = "association", _("hội, hiệp hội")
        UNRECORDED = "unrecorded", _("chưa ghi nhận")

    # Contacts of these are personal data: the producer is one person or family, or a few of them by contract.
    PERSONAL_FORMS = (
        LegalForm.HOUSEHOLD,
        LegalForm.FARM,
        LegalForm.COOPERATIVE_GROUP,
        LegalForm.UNRECORDED,
    )

    name = models.CharField("tên chủ thể", max_length=200)
    name_en = models.CharField(
        "tên tiếng Anh",
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="Tên giao dịch nếu có; hiện bên tên tiếng Việt ở trang tiếng Anh.",
    )
    legal_form = models.CharField("loại hình", max_length=20, choices=LegalForm)
    registration_number = models.CharField("số đăng ký kinh doanh", max_length=30, blank=True)
    representative = models.CharField("người đại diện", max_length=100, blank=True)
    phone = models.CharField("điện thoại", max_length=20, blank=True, validators=[phone_validator])
    email = models.EmailField("thư điện tử", blank=True)
    website = models.URLField("trang web", blank=True)
    address = models.CharField("địa chỉ", max_length=200, blank=True, help_text="Số nhà, thôn, tổ dân phố.")
    place = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="producers",
        verbose_name="địa bàn",
        help_text="Xã, phường theo hồ sơ: đơn vị cũ nếu biết, để tìm được cả theo huyện trước 1/7/2025.",
    )
    contact_consent = models.BooleanField(
        "đồng ý công khai liên hệ",
        default=False,
        help_text="Hộ, tổ hợp tác và trang trại: chỉ công khai điện thoại, thư điện tử, địa chỉ khi có văn bản đồng ý.",
    )
    contact_consent_on = models.DateField("ngày đồng ý", null=True, blank=True)
    accounts = models.ManyToManyField(User, related_name="producers", verbose_name="tài khoản", blank=True)
    made_up = models.BooleanField(
        "dữ liệu minh họa", default=False, help_text="Tên đặt ra để trình diễn, không phải chủ thể có thật."
    )
    name_fold = models.GeneratedField(
        expression=Fold(F("name")), output_field=models.TextField(), db_persist=True
    )
    name_key = models.GeneratedField(
        expression=Key(F("name")), output_field=models.TextField(db_collation="C"), db_persist=True
    )

    objects = ProducerQuerySet.as_manager()

    class Meta:
        verbose_name = "chủ thể"
        verbose_name_plural = "chủ thể"
        ordering = ["name_key", "pk"]
        triggers = [*records_change(("producer", "id")), never_deleted()]
        indexes = [models.Index(fields=["name_key", "id"], name="producer_name_order")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name__regex=r"^\s*$"),
                name="producer_has_name",
                violation_error_message="Chủ thể phải có tên.",
            ),
            models.CheckConstraint(
                condition=Q(contact_consent=True, contact_consent_on__isnull=False)
                | Q(contact_consent=False, contact_consent_on__isnull=True),
                name="producer_consent_is_dated",
                violation_error_message="Đồng ý công khai liên hệ phải ghi kèm ngày đồng ý, và ngược lại.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def contact_is_public(self) -> bool:
        """Whether phone, e-mail and house address may be shown to anybody.

        Organisations publish theirs; those of one person or family need recorded consent.
        """
        return self.contact_consent or self.legal_form not in self.PERSONAL_FORMS
