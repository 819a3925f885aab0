"""The desk's forms for the steps of a citizen's report, and the producer's reply."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import capfirst

from ocop_portal.clock import today
from ocop_portal.forms import EditForm, UnitField, version_of
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.permissions import Role
from products.complaint_steps import Holder, State
from products.forms.decision import ProductField
from products.models import Complaint, PublishedComplaint

MOST_DUPLICATES = 100


def long_text(**kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(widget=forms.Textarea(attrs={"rows": kwargs.pop("rows", 5)}), **kwargs)


class ComplaintStepForm(EditForm):
    """A step that asks nothing; the others add their fields. Refused where the report changed meanwhile."""

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, version=version_of(complaint), **kwargs)
        self.complaint = complaint

    @property
    def units(self) -> list[AdministrativeUnit]:
        """The units to suggest, where the form asks for one."""
        return self.fields["unit"].units if "unit" in self.fields else []

    def given(self) -> dict[str, Any]:
        """The fields for the step's action."""
        return {n: v for n, v in self.cleaned_data.items() if n not in ("token", "version")}


class ReasonForm(ComplaintStepForm):
    reason = long_text(label="Lý do", max_length=300, rows=3)


class AnswerForm(ComplaintStepForm):
    outcome = forms.ChoiceField(
        label="Kết quả xác minh",
        choices=[(o.value, capfirst(o.label)) for o in Complaint.Outcome],
        widget=forms.RadioSelect,
    )
    answer = long_text(
        label="Trả lời người dân",
        max_length=4000,
        rows=7,
        help_text="Đã xác minh thế nào, kết quả ra sao, đã xử lý gì. Người gửi đọc được ngay bằng mã phản ánh. "
        "Không ghi dữ liệu cá nhân của ai.",
    )


class IdentifyForm(ComplaintStepForm):
    product = ProductField(
        label="Sản phẩm (mã hoặc tên)",
        help_text="Phản ánh sẽ thuộc xã của sản phẩm này; chủ thể đọc được nội dung, không đọc được liên hệ.",
    )


class AssigneeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.get_full_name() or obj.username} ({obj.unit or obj.get_role_display()})"


class AssignForm(ComplaintStepForm):
    assignee = AssigneeField(User.objects.none(), label="Người xử lý", empty_label="Chọn cán bộ")

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, complaint=complaint, user=user, **kwargs)
        self.fields["assignee"].queryset = officials_for(complaint)
        self.initial["assignee"] = complaint.assignee_id


def officials_for(complaint: Complaint) -> Any:
    """The accounts that may deal with a report where it lies: the agency's, or those of its commune."""
    found = User.objects.filter(is_active=True).select_related("unit").order_by("last_name", "username")
    if complaint.holder == Holder.PROVINCE:
        return found.filter(role=Role.PROVINCE)
    here = Q(unit=complaint.unit_id) | Q(unit__current=complaint.unit_id)
    return found.filter(here, role=Role.COMMUNE)


class HandDownForm(ReasonForm):
    unit = UnitField(
        label="Xã, phường", required=False, help_text="Để trống nếu chuyển về xã của sản phẩm hoặc xã đã ghi."
    )
    field_order = ["unit", "reason"]

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, complaint=complaint, user=user, **kwargs)
        communes = AdministrativeUnit.objects.in_territory().communes().standing(today())
        self.fields["unit"].units = list(communes.select_related("district"))


class OriginalField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Complaint) -> str:
        return f"Số {obj.pk}, {obj.received_on:%d/%m/%Y}: {obj.about}, {obj.get_kind_display()}"


class DuplicateForm(ComplaintStepForm):
    original = OriginalField(
        Complaint.objects.none(),
        label="Trùng với phản ánh",
        empty_label="Chọn phản ánh đã nhận trước",
        help_text="Người gửi sẽ đọc được câu trả lời của phản ánh ấy.",
    )

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, complaint=complaint, user=user, **kwargs)
        others = Complaint.objects.visible_to(user).exclude(pk=complaint.pk)
        others = others.exclude(state__in=(State.DUPLICATE, State.SET_ASIDE))
        if complaint.product_id:
            others = others.filter(Q(product=complaint.product_id) | Q(product=None))
        keys = list(others.order_by("-pk").values_list("pk", flat=True)[:MOST_DUPLICATES])
        self.fields["original"].queryset = Complaint.objects.filter(pk__in=keys).select_related("product")


class PublishForm(ComplaintStepForm):
    summary = long_text(
        label="Tóm tắt để công bố",
        max_length=1000,
        help_text="Hiện trên trang sản phẩm. Viết lại bằng lời của cơ quan: không chép lời người gửi, không có dữ liệu "
        "cá nhân.",
    )

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, complaint=complaint, user=user, **kwargs)
        if shown := PublishedComplaint.objects.filter(complaint=complaint).first():
            self.initial["summary"] = shown.summary


class ReplyForm(ComplaintStepForm):
    """The producer's word."""

    reply = long_text(
        label="Trả lời của bạn",
        max_length=2000,
        rows=6,
        help_text="Được công bố trên trang sản phẩm cùng tóm tắt của cán bộ, sau khi cán bộ đã đọc. "
        "Không ghi dữ liệu cá nhân của ai.",
    )

    def __init__(self, *args: Any, complaint: Complaint, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, complaint=complaint, user=user, **kwargs)
        self.initial["reply"] = complaint.reply


FORMS: dict[str, type[ComplaintStepForm]] = {
    "check": ComplaintStepForm,
    "answer": AnswerForm,
    "identify": IdentifyForm,
    "assign": AssignForm,
    "forward": ReasonForm,
    "hand-down": HandDownForm,
    "duplicate": DuplicateForm,
    "set-aside": ReasonForm,
    "reopen": ReasonForm,
    "publish": PublishForm,
    "withdraw": ReasonForm,
}
"""The steps of an official, each with what it asks."""
