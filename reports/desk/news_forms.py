"""The desk's forms for news."""

from typing import Any

from django import forms

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, OnceForm, version_of
from reports.attachments import ACCEPTED, AttachmentField
from reports.models import News


class NewsForm(EditForm, forms.ModelForm):
    """What a piece of news says. Its address is made of the title when it is first saved, and stays."""

    day = DayInput(
        label="Ngày của tin", help_text="Ngày/tháng/năm; của văn bản thì ghi ngày ký. Hiện ở đầu tin."
    )

    class Meta:
        model = News
        fields = ("kind", "title", "day", "summary", "text")
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "text": forms.Textarea(attrs={"rows": 14}),
        }
        help_texts = {
            "title": "Ngắn, nói rõ việc gì, cho ai. Ví dụ: Kế hoạch đánh giá sản phẩm OCOP đợt 2 năm 2026.",
            "summary": "Một, hai câu; hiện ở danh sách và trang đầu.",
            "text": "Chữ thường, không dùng mã HTML. Dòng trống ngăn các đoạn; địa chỉ trang web tự thành đường dẫn.",
        }

    def __init__(self, *args: Any, instance: News | None = None, **kwargs: Any) -> None:
        version = version_of(instance) if instance and instance.pk else ""
        super().__init__(*args, instance=instance, version=version, **kwargs)
        if instance is None:
            self.initial.setdefault("day", today())


class NewsFileForm(OnceForm):
    title = forms.CharField(
        label="Tên tài liệu", max_length=150, help_text="Ví dụ: Mẫu phiếu đăng ký tham gia (Word)."
    )
    file = AttachmentField(label="Tệp", help_text=ACCEPTED)
