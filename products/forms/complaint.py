"""The citizen's form, made to be easy for people and tiresome for programs."""

import re
import time
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

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
    return f"{office}{f', điện thoại {phone}' if phone else ''}, hoặc UBND xã, phường"


class ComplaintForm(OnceForm):
    """What a citizen reports of a product, or of a pack whose product is not known."""

    kind = forms.ChoiceField(
        label="Việc cần phản ánh",
        choices=[(k.value, capfirst(k.label)) for k in Complaint.Kind],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Hãy chọn một việc.",
            "invalid_choice": "Hãy chọn một việc trong danh sách.",
        },
    )
    pack = forms.CharField(
        label="Tên sản phẩm, mã hoặc số ghi trên bao bì",
        max_length=200,
        help_text="Chép đúng như bạn thấy, kể cả tên nơi sản xuất nếu có.",
        error_messages={"required": "Hãy ghi tên hoặc mã trên bao bì để biết là sản phẩm nào."},
    )
    seen = forms.CharField(
        label="Bạn đã thấy gì",
        min_length=SHORTEST,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Ví dụ: bao bì in 4 sao nhưng sổ bộ ghi 3 sao; hạn sử dụng ghi trên bao bì. Tối đa 2.000 chữ. "
        "Chủ thể sản phẩm có thể đọc phần này, nên đừng ghi tên hay số điện thoại của bạn ở đây.",
        error_messages={
            "required": "Hãy viết bạn đã thấy gì.",
            "min_length": "Hãy viết rõ hơn một chút để cán bộ xác minh được.",
            "max_length": "Phần này dài hơn 2.000 chữ. Hãy viết gọn hơn.",
        },
    )
    where_bought = forms.CharField(label="Nơi mua hoặc thấy", max_length=200, required=False)
    bought_on = DayInput(label="Ngày mua hoặc thấy", required=False, help_text="Ví dụ: 31/12/2026.")
    photo = PhotoField(
        label="Ảnh chụp",
        required=False,
        help_text="JPEG, PNG hoặc WebP, tối đa 10 MB. Vị trí chụp và thông tin máy ảnh được bỏ đi.",
    )
    contact_phone = forms.CharField(
        label="Điện thoại",
        max_length=20,
        required=False,
        validators=[phone_validator],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    contact_email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": "Địa chỉ thư chưa đúng, ví dụ đúng: ten@vidu.vn."},
    )
    # A field that people do not see. Its name is one that programs like to fill in.
    homepage = forms.CharField(
        label="Để trống ô này",
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
            raise ValidationError("Hãy bỏ bớt đường dẫn: phản ánh chỉ nhận nhiều nhất một đường dẫn.")
        return text

    def clean_bought_on(self) -> Any:
        if day := self.cleaned_data["bought_on"]:
            not_after(day, today(), "Ngày mua hoặc thấy")
        return day

    def clean_homepage(self) -> str:
        if self.cleaned_data["homepage"]:
            raise ValidationError(
                f"Phiếu trông như do máy điền nên chưa được nhận. Hãy để trống ô ẩn, hoặc gọi {whom_to_call()}."
            )
        return ""

    def clean_stamp(self) -> str:
        """How long ago the page was opened, by our own signature."""
        try:
            opened = signing.loads(self.cleaned_data["stamp"], salt=SALT)
            age = time.time() - int(opened)
        except (signing.BadSignature, TypeError, ValueError):
            raise ValidationError(
                "Phiếu này không còn dùng được. Hãy bấm gửi lại một lần nữa.", code="stale"
            ) from None
        if age < MIN_SECONDS:
            raise ValidationError("Phiếu được gửi quá nhanh. Hãy xem lại nội dung rồi bấm gửi lần nữa.")
        if age > MAX_SECONDS:
            raise ValidationError("Trang đã mở quá lâu. Nội dung vẫn còn: hãy bấm gửi lần nữa.", code="stale")
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
