"""What citizens report of a product, and what of it is published once an official has released it."""

import re
import secrets
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ocop_portal.db import never_deleted
from ocop_portal.history import tracked
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.revision import raises_revision
from ocop_portal.uploads import private_path, private_storage
from producers.models.producer import phone_validator
from products import oversight_triggers as triggers
from products.complaint_steps import Holder, State
from products.models.certificate import PUBLIC_ID_LETTERS
from products.models.product import Product
from products.oversight_querysets import ComplaintQuerySet, PublishedQuerySet

CODE_LENGTH = 16
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|\+?\d(?:[\s.-]?\d){8,13}")


def new_code() -> str:
    """A receipt code that cannot be guessed: 16 characters without look-alikes (about 79 bits)."""
    return "".join(secrets.choice(PUBLIC_ID_LETTERS) for _ in range(CODE_LENGTH))


@tracked(exclude=["contact_phone", "contact_email"])
class Complaint(models.Model):
    """A citizen's report on a product or a pack, as it was sent, with what was done about it.

    The contact is for officials alone, is erased in time, and is in no event of the trail.
    """

    class Kind(models.TextChoices):
        MARK = "mark", _("dùng sai biểu trưng hoặc hạng sao")
        QUALITY = "quality", _("chất lượng, an toàn thực phẩm")
        LABEL = "label", _("nhãn hàng, nguồn gốc")
        OTHER = "other", _("việc khác")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("phản ánh đúng")
        NOT_UPHELD = "not_upheld", _("phản ánh chưa đúng")
        NO_CASE = "no_case", _("không đủ căn cứ để kết luận")

    State = State
    Holder = Holder

    code = models.CharField(
        "mã phản ánh", max_length=CODE_LENGTH, unique=True, default=new_code, editable=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="complaints", verbose_name="sản phẩm", null=True, blank=True
    )
    pack = models.CharField("tên, mã ghi trên bao bì", max_length=200, blank=True)
    kind = models.CharField("về việc", max_length=10, choices=Kind)
    seen = models.TextField("bạn đã thấy gì", max_length=2000)
    where_bought = models.CharField("mua hoặc thấy ở đâu", max_length=200, blank=True)
    bought_on = models.DateField("ngày mua hoặc thấy", null=True, blank=True)
    photo = models.FileField(
        "ảnh", upload_to=private_path("complaints"), storage=private_storage, max_length=150, blank=True
    )
    contact_phone = models.CharField("điện thoại", max_length=20, blank=True, validators=[phone_validator])
    contact_email = models.EmailField("thư điện tử", blank=True)
    received_on = models.DateField("ngày nhận")

    unit = models.ForeignKey(
        AdministrativeUnit,
        models.PROTECT,
        related_name="complaints",
        verbose_name="địa bàn",
        null=True,
        blank=True,
    )
    holder = models.CharField("cấp đang xử lý", max_length=10, choices=Holder)
    due_on = models.DateField("trả lời trước hết ngày")
    state = models.CharField("trạng thái", max_length=12, choices=State, default=State.RECEIVED)
    state_since = models.DateField("từ ngày")
    state_reason = models.CharField("lý do", max_length=500, blank=True)
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="complaints_assigned",
        verbose_name="người xử lý",
        null=True,
        blank=True,
    )
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, related_name="duplicates", verbose_name="trùng với", null=True, blank=True
    )
    outcome = models.CharField("kết quả xác minh", max_length=12, choices=Outcome, blank=True)
    answer = models.TextField("trả lời", max_length=4000, blank=True)
    answered_on = models.DateField("ngày trả lời", null=True, blank=True)
    reply = models.TextField("trả lời của chủ thể", max_length=2000, blank=True)
    replied_on = models.DateField("ngày chủ thể trả lời", null=True, blank=True)
    contact_erased_on = models.DateField("ngày xóa liên hệ", null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "phản ánh"
        verbose_name_plural = "phản ánh"
        ordering = ["-pk"]
        triggers = [never_deleted(), triggers.complaint_kept()]
        indexes = [
            # The queue: what an office holds, the most pressing first.
            models.Index(fields=["state", "due_on"], name="complaint_by_term"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(seen__regex=r"^\s*$"),
                name="complaint_says_something",
                violation_error_message="Hãy viết bạn đã thấy gì.",
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=False) | ~Q(pack__regex=r"^\s*$"),
                name="complaint_names_its_pack",
                violation_error_message="Hãy ghi tên hoặc mã trên bao bì để biết là sản phẩm nào.",
            ),
            models.CheckConstraint(
                condition=~Q(holder="commune") | Q(unit__isnull=False),
                name="complaint_commune_is_known",
                violation_error_message="Phản ánh do xã xử lý thì phải biết là xã nào.",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_on__isnull=False)
                & ~Q(outcome="")
                & ~Q(answer__regex=r"^\s*$")
                | ~Q(state="answered") & Q(answered_on__isnull=True, outcome="", answer=""),
                name="complaint_answered_whole",
                violation_error_message="Trả lời phải có kết quả xác minh và lời trả lời cho người dân.",
            ),
            models.CheckConstraint(
                condition=~Q(state="set_aside") | ~Q(state_reason__regex=r"^\s*$"),
                name="complaint_set_aside_because",
                violation_error_message="Xếp riêng một phản ánh thì phải ghi lý do.",
            ),
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of__isnull=False) & ~Q(duplicate_of=F("id"))
                | ~Q(state="duplicate") & Q(duplicate_of__isnull=True),
                name="complaint_duplicate_of_another",
                violation_error_message="Phản ánh trùng thì phải gắn với một phản ánh khác.",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_on__isnull=True)
                | Q(replied_on__isnull=False) & ~Q(reply__regex=r"^\s*$"),
                name="complaint_reply_whole",
                violation_error_message="Trả lời của chủ thể phải có nội dung và ngày.",
            ),
            models.CheckConstraint(
                condition=Q(contact_erased_on__isnull=True) | Q(contact_phone="", contact_email=""),
                name="complaint_contact_erased",
                violation_error_message="Liên hệ đã xóa thì không còn điện thoại và thư điện tử.",
            ),
        ]

    def __str__(self) -> str:
        return f"Phản ánh {self.shown_code}"

    def get_absolute_url(self) -> str:
        """The citizen's page. Officials' pages never link to it: whoever knows it can read the answer."""
        return reverse("products:complaint", args=[self.code])

    @property
    def shown_code(self) -> str:
        """The code in groups of four, as it is told and typed: `abcd-efgh-jkmn-pqrs`."""
        return "-".join(self.code[i : i + 4] for i in range(0, len(self.code), 4))

    @property
    def about(self) -> str:
        """What it speaks of: the product's name, or what stood on the pack."""
        return self.product.name if self.product else f"“{self.pack}” (chưa rõ sản phẩm)"

    @property
    def seen_without_contacts(self) -> str:
        """What was seen, with anything that looks like a telephone number or an e-mail address left out."""
        return _CONTACT.sub("[đã ẩn]", self.seen)

    @property
    def has_contact(self) -> bool:
        return bool(self.contact_phone or self.contact_email)

    def is_overdue(self, day: date) -> bool:
        """Whether an answer is owed and its term has passed."""
        return self.state in (State.RECEIVED, State.CHECKING) and self.due_on < day


@tracked()
class PublishedComplaint(models.Model):
    """What the public reads of an answered report: an official's summary and the producer's reply, nothing else.

    A row of its own, so that a public page cannot show what was not released.
    """

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, related_name="published", verbose_name="phản ánh"
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="published_complaints", verbose_name="sản phẩm"
    )
    summary = models.TextField("tóm tắt công bố", max_length=1000)
    reply = models.TextField("trả lời của chủ thể được công bố", max_length=2000, blank=True)
    replied_on = models.DateField("ngày chủ thể trả lời", null=True, blank=True)
    released_on = models.DateField("công bố từ ngày")
    withdrawn_on = models.DateField("thôi công bố từ ngày", null=True, blank=True)
    withdrawn_because = models.CharField("lý do thôi công bố", max_length=300, blank=True)

    objects = PublishedQuerySet.as_manager()

    class Meta:
        verbose_name = "phản ánh được công bố"
        verbose_name_plural = "phản ánh được công bố"
        ordering = ["-released_on", "-pk"]
        triggers = [raises_revision(), never_deleted()]
        constraints = [
            models.CheckConstraint(
                condition=~Q(summary__regex=r"^\s*$"),
                name="publishedcomplaint_has_summary",
                violation_error_message="Hãy viết tóm tắt để công bố.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_because="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_because__regex=r"^\s*$"),
                name="publishedcomplaint_withdrawn_because",
                violation_error_message="Thôi công bố thì phải ghi lý do.",
            ),
        ]

    def __str__(self) -> str:
        return f"Công bố ngày {self.released_on:%d/%m/%Y}"
