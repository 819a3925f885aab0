"""The citizen's form, made to be easy for people and tiresome for programs."""

import re
import time
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, OnceForm, not_after
from ocop_portal.images import PhotoField
from producers.models.producer import phone_validator
from products.models import Complaint, Product

SALT = "products.complaint"
MIN_SECONDS, MAX_SECONDS = 4, 6 * 60 * 60
"""Nobody reads and fills the form quicker; a page left open longer is sent again, with everything still in it."""
MOST_LINKS, SHORTEST = 1, 10
_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.I)


def whom_to_call() -> str:
    """Where a citizen turns when the form does not take the report."""
    office, phone = settings.SITE["office_name"], settings.SITE["office_phone"]
    if not phone:
        return gettext("{office}, hoặc UBND xã, phường").format(office=office)
    return gettext("{office}, điện thoại {phone}, hoặc UBND xã, phường").format(office=office, phone=phone)


class ComplaintForm(OnceForm):
    """What a citizen reports of a product, or of a pack whose product is not known."""

    kind = forms.ChoiceField(
        label=_("Việc cần phản ánh"),
        choices=[(k.value, capfirst(k.label)) for k in Complaint.Kind],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Hãy chọn một việc."),
            "invalid_choice": _("Hãy chọn một việc trong danh sách."),
        },
    )
    pack = forms.CharField(
        label=_("Tên sản phẩm, mã hoặc số ghi trên bao bì"),
        max_length=200,
        help_text=_("Chép đúng như bạn thấy, kể cả tên nơi sản xuất nếu có."),
        error_messages={"required": _("Hãy ghi tên hoặc mã trên bao bì để biết là sản phẩm nào.")},
    )
    seen = forms.CharField(
        label=_("Bạn đã thấy gì"),
        min_length=SHORTEST,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "Ví dụ: bao bì in 4 sao nhưng sổ bộ ghi 3 sao; hạn sử dụng ghi trên bao bì. Tối đa 2.000 chữ. "
            "Chủ thể sản phẩm có thể đọc phần này, nên đừng ghi tên hay số điện thoại của bạn ở đây."
        ),
        error_messages={
            "required": _("Hãy viết bạn đã thấy gì."),
            "min_length": _("Hãy viết rõ hơn một chút để cán bộ xác minh được."),
            "max_length": _("Phần này dài hơn 2.000 chữ. Hãy viết gọn hơn."),
        },
    )
    where_bought = forms.CharField(label=_("Nơi mua hoặc thấy"), max_length=200, required=False)
    bought_on = DayInput(label=_("Ngày mua hoặc thấy"), required=False, help_text=_("Ví dụ: 31/12/2026."))
    photo = PhotoField(
        label=_("Ảnh chụp"),
        required=False,
        help_text=_("JPEG, PNG hoặc WebP, tối đa 10 MB. Vị trí chụp và thông tin máy ảnh được bỏ đi."),
    )
    contact_phone = forms.CharField(
        label=_("Điện thoại"),
        max_length=20,
        required=False,
        validators=[phone_validator],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    contact_email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Địa chỉ thư chưa đúng, ví dụ đúng: ten@vidu.vn.")},
    )
    # A field that people do not see. Its name is one that programs like to fill in.
    homepage = forms.CharField(
        label=_("Để trống ô này"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False)

    LEFT = ("kind", "pack", "seen", "where_bought", "bought_on", "photo")
    CONTACT = ("contact_phone", "contact_email")

    def __init__(self, *args: Any, product: Product | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if product is not None:
            del self.fields["pack"]
        self.fields["stamp"].initial = self._new_stamp

    @staticmethod
    def _new_stamp() -> str:
        return signing.dumps(int(time.time()), salt=SALT)

    @property
    def story(self) -> list[Any]:
        """The fields of the report itself, as the page shows them."""
        return [self[name] for name in self.LEFT if name in self.fields]

    @property
    def contact(self) -> list[Any]:
        return [self[name] for name in self.CONTACT]

    def clean_seen(self) -> str:
        text = self.cleaned_data["seen"]
        if len(_LINK.findall(text)) > MOST_LINKS:
            raise ValidationError(_("Hãy bỏ bớt đường dẫn: phản ánh chỉ nhận nhiều nhất một đường dẫn."))
        return text

    def clean_bought_on(self) -> Any:
        if day := self.cleaned_data["bought_on"]:
            not_after(day, today(), gettext("Ngày mua hoặc thấy"))
        return day

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(
                gettext(
                    "Phiếu trông như do máy điền nên chưa được nhận. Hãy để trống ô ẩn, hoặc gọi {office}."
                ).format(office=whom_to_call())
            )
        return ""

    def clean_stamp(self) -> str:
        """How long ago the page was opened, by our own signature."""
        try:
            opened = signing.loads(self.cleaned_data["stamp"], salt=SALT)
            age = time.time() - int(opened)
        except (signing.BadSignature, TypeError, ValueError):
            raise ValidationError(
                _("Phiếu này không còn dùng được. Hãy bấm gửi lại một lần nữa."), code="stale"
            ) from None
        if age < MIN_SECONDS:
            raise ValidationError(_("Phiếu được gửi quá nhanh. Hãy xem lại nội dung rồi bấm gửi lần nữa."))
        if age > MAX_SECONDS:
            raise ValidationError(
                _("Trang đã mở quá lâu. Nội dung vẫn còn: hãy bấm gửi lần nữa."), code="stale"
            )
        return ""

    def refreshed(self) -> "ComplaintForm":
        """For showing: a stamp that is spoilt or too old gives way to a new one; one that is too young may ripen."""
        if self.is_bound and any(error.code == "stale" for error in self.errors.as_data().get("stamp", ())):
            self.data = self.data.copy()
            self.data["stamp"] = self._new_stamp()
        return self

    def sent(self) -> dict[str, Any]:
        """The fields for `receive_complaint`."""
        names = ("kind", "pack", "seen", "where_bought", "bought_on", "photo", *self.CONTACT)
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
