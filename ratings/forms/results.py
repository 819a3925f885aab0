"""The desk's forms for the council's result and the decision on it. No total and no star is ever taken from them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, OnceForm, not_after, version_of
from ocop_portal.uploads import DocumentField
from ratings.findings import NO_OPTION, Finding
from ratings.models import CouncilMember, Dossier, ScoreSheet
from ratings.rulesets import Rules, Scale, Table

SCAN_HINT = "PDF, JPEG hoặc PNG, tối đa 20 MB. Chỉ cán bộ xem được."


def _text(label: str, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def _past_day(form: forms.Form, name: str, what: str) -> Any:
    not_after(form.cleaned_data[name], today(), what)
    return form.cleaned_data[name]


def result_version(dossier: Dossier) -> str:
    """The state of a dossier with its sheets."""
    return version_of(dossier, ScoreSheet.pgh_event_model.objects.filter(dossier=dossier.pk))


class ProposeForm(EditForm):
    """The council's conclusion to a result that the server computes."""

    conclusion = _text(
        "Kết luận của Hội đồng",
        required=False,
        max_length=2000,
        help_text="In vào biên bản. Bắt buộc khi sau chấm lại vẫn còn chênh lệch quá mức.",
    )


class ReopenForm(OnceForm):
    """Whose sheets are scored again, and what the discussion came to."""

    members = forms.ModelMultipleChoiceField(
        CouncilMember.objects.none(),
        label="Mở chấm lại cho",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một thành viên."},
    )
    reason = _text(
        "Kết luận thảo luận, lý do chấm lại",
        rows=3,
        max_length=300,
        help_text="Lưu cùng phiếu mới. Phiếu cũ giữ nguyên trong hồ sơ.",
    )

    def __init__(self, *args: Any, members: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = members
        self.fields["members"].label_from_instance = lambda m: f"{m.name} ({m.get_role_display()})"


class AveragesForm(OnceForm):
    """The averages of a paper record, with the agreed option of each criterion that has star marks."""

    sheets = forms.IntegerField(label="Số phiếu", min_value=1, max_value=50)
    concluded_on = DayInput(label="Ngày kết luận")
    conclusion = _text("Kết luận của Hội đồng", rows=3, required=False, max_length=2000)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, table: Table, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maxima = rules.maxima
        for part, maximum in rules.maxima.items():
            self.fields[f"part_{part.lower()}"] = forms.DecimalField(
                label=f"Phần {part} (tối đa {maximum})",
                min_value=0,
                max_value=maximum,
                max_digits=5,
                decimal_places=2,
                localize=True,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8}),
            )
        self.marked = [scale for scale in table.scales if scale.marked]
        for scale in self.marked:
            self.fields[_agreed(scale)] = forms.TypedChoiceField(
                label=f"{scale.code} {scale.name}",
                choices=_choices(scale),
                coerce=int,
                error_messages={"required": f"Chưa chọn mức chung của tiêu chí {scale.code}."},
            )

    def clean_concluded_on(self) -> Any:
        return _past_day(self, "concluded_on", "Ngày kết luận")

    @property
    def part_fields(self) -> list[Any]:
        return [self[f"part_{part.lower()}"] for part in self.maxima]

    @property
    def agreed_fields(self) -> list[Any]:
        return [self[_agreed(scale)] for scale in self.marked]

    def values(self) -> dict[str, Any]:
        """What `propose_from_averages` takes beside dossier and user."""
        cleaned = self.cleaned_data
        return {
            "averages": {part: Decimal(cleaned[f"part_{part.lower()}"]) for part in self.maxima},
            "agreed": {scale.pk: cleaned[_agreed(scale)] or None for scale in self.marked},
            "sheets": cleaned["sheets"],
            "conclusion": cleaned["conclusion"],
            "concluded_on": cleaned["concluded_on"],
        }


def _agreed(scale: Scale) -> str:
    return f"agreed_{scale.pk}"


def _choices(scale: Scale) -> list[tuple[str | int, str]]:
    """The options of a criterion, the points first: a digit typed on the keyboard finds its option."""
    graded = [
        (g.pk, f"{g.points} điểm{f' (tối thiểu {g.star} sao)' if g.star else ''}: {g.label}"[:160])
        for g in sorted(scale.grades, key=lambda g: g.points)
    ]
    return [("", "Chọn mức chung"), (0, f"0 điểm: {NO_OPTION}"), *graded]


class ApproveForm(OnceForm):
    """The chairman's decision on proposals. The signed scan comes with the confirmation."""

    dossiers = forms.TypedMultipleChoiceField(
        label="Sản phẩm được công nhận",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Hãy chọn ít nhất một sản phẩm.",
            "invalid_choice": "Có hồ sơ không còn trong danh sách được công nhận. Hãy mở lại trang.",
        },
    )
    number = forms.CharField(label="Số quyết định", max_length=60, help_text="Ví dụ: 2417/QĐ-UBND.")
    signed_on = DayInput(label="Ngày ký")
    issuer = forms.CharField(label="Cơ quan ban hành", max_length=120)
    scan = DocumentField(label="Bản chụp quyết định có chữ ký", required=False, help_text=SCAN_HINT)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, findings: Sequence[Finding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dossiers"].choices = [(f.dossier.pk, f.dossier.product.name) for f in findings]
        self.fields["issuer"].initial = settings.SITE["committee_name"]
        self.fields["signed_on"].initial = today
        self.initial["dossiers"] = [f.dossier.pk for f in findings]

    def clean_signed_on(self) -> Any:
        return _past_day(self, "signed_on", "Ngày ký")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("confirmed") and not cleaned.get("scan") and "scan" not in self.errors:
            self.add_error("scan", "Hãy chọn bản chụp quyết định có chữ ký.")
        return cleaned

    def values(self) -> dict[str, Any]:
        """The decision's own fields for `approve`."""
        return {name: self.cleaned_data[name] for name in ("number", "signed_on", "issuer")}


class RefuseForm(OnceForm):
    """The reasoned notice to a producer whose product is below 3 stars."""

    number = forms.CharField(label="Số thông báo", max_length=60, help_text="Ví dụ: 412/TB-UBND.")
    reason = _text(
        "Lý do không công nhận",
        rows=8,
        max_length=8000,
        help_text="Mỗi dòng một lý do. Chủ thể và xã đọc được nguyên văn.",
    )


class SendBackForm(OnceForm):
    """Back to the council, with what it should look at again."""

    reason = _text("Nội dung Hội đồng cần xem lại", rows=4, max_length=2000)


class ReferForm(OnceForm):
    """The submission to the ministry."""

    number = forms.CharField(label="Số tờ trình", max_length=60)
    sent_on = DayInput(label="Ngày trình", initial=today)

    def clean_sent_on(self) -> Any:
        return _past_day(self, "sent_on", "Ngày trình")


class MinistryForm(OnceForm):
    """What the ministry found."""

    total = forms.DecimalField(
        label="Điểm của Bộ",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text="Hai chữ số thập phân, ví dụ 91,25. Từ 90 điểm thì cấp giấy chứng nhận 5 sao.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8}),
    )
    answered_on = DayInput(label="Ngày có kết quả", help_text="Ngày ký quyết định của Bộ, nếu được 5 sao.")
    number = forms.CharField(
        label="Số quyết định của Bộ",
        required=False,
        max_length=60,
        help_text="Bắt buộc khi từ 90 điểm.",
    )
    scan = DocumentField(label="Bản chụp văn bản của Bộ", required=False, help_text=SCAN_HINT)

    def clean_answered_on(self) -> Any:
        return _past_day(self, "answered_on", "Ngày có kết quả")
