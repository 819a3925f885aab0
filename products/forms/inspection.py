"""The desk's forms for inspections, what they found, and warnings."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, OnceForm, not_after, version_of
from ocop_portal.uploads import DocumentField
from products.models import Inspection, InspectionFinding, Product, WrittenWarning

MOST_AT_ONCE = 200
Kind = Inspection.Kind


def _area(label: str, rows: int = 3, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ProductPicks(forms.ModelMultipleChoiceField):
    """Products to tick; the page writes the boxes itself, with standing and place beside the name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Product) -> str:
        return f"{obj.name} ({obj.producer.name})"


class PlanForm(OnceForm):
    """A visit on one day to the producers of the ticked products."""

    planned_on = DayInput(label="Ngày dự kiến")
    kind = forms.ChoiceField(
        label="Hình thức", choices=[(k, capfirst(k.label)) for k in (Kind.PERIODIC, Kind.UNANNOUNCED)]
    )
    inspectors = forms.CharField(
        label="Người, đoàn kiểm tra",
        max_length=300,
        help_text="Họ tên, chức vụ, cơ quan; cách nhau bằng dấu chấm phẩy.",
    )
    purpose = _area("Nội dung kiểm tra", rows=2, max_length=500, required=False)
    products = ProductPicks(
        Product.objects.none(),
        label="Sản phẩm",
        required=False,
        error_messages={"invalid_choice": "Có sản phẩm không thuộc phạm vi của bạn."},
    )

    def __init__(
        self, *args: Any, products: Any, must_pick: bool = True, fixed_kind: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["products"].queryset = products
        self.must_pick = must_pick
        if fixed_kind:
            del self.fields["kind"]

    def clean_planned_on(self) -> Any:
        if self.cleaned_data["planned_on"] < today():
            raise ValidationError(
                "Ngày dự kiến đã qua. Đã kiểm tra rồi thì vẫn ghi hôm nay, rồi ghi kết quả với ngày thật."
            )
        return self.cleaned_data["planned_on"]

    def clean_products(self) -> list[Product]:
        picked = list(self.cleaned_data["products"])
        if self.must_pick and not picked:
            raise ValidationError("Hãy chọn ít nhất một sản phẩm.")
        if len(picked) > MOST_AT_ONCE:
            raise ValidationError(f"Mỗi lần lập kế hoạch cho nhiều nhất {MOST_AT_ONCE} sản phẩm.")
        return picked

    def given(self) -> dict[str, Any]:
        """The fields for the action."""
        return {n: v for n, v in self.cleaned_data.items() if n not in ("token", "version")}


class PlanEditForm(EditForm, PlanForm):
    """The same over a plan on record: its producer and kind stay."""

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        version = version_of(inspection)
        mine = Product.objects.filter(producer=inspection.producer_id).select_related("producer")
        super().__init__(*args, version=version, products=mine, must_pick=False, fixed_kind=True, **kwargs)
        for name in ("planned_on", "inspectors", "purpose"):
            self.initial[name] = getattr(inspection, name)
        self.initial["products"] = list(inspection.inspected.values_list("product", flat=True))


class FindingPair:
    """The two fields of one heading, for the page."""

    def __init__(self, label: str, result: Any, note: Any) -> None:
        self.label, self.result, self.note = label, result, note


class RecordForm(EditForm):
    """What was found, heading by heading; over a recorded inspection, its correction with the reason."""

    done_on = DayInput(label="Ngày kiểm tra")
    inspectors = forms.CharField(label="Người, đoàn kiểm tra", max_length=300)
    summary = _area("Nhận xét chung", max_length=4000)
    conclusion = forms.ChoiceField(
        label="Kết luận",
        choices=[(c.value, capfirst(c.label)) for c in Inspection.Conclusion],
        widget=forms.RadioSelect,
    )
    measures = _area(
        "Biện pháp, yêu cầu đối với chủ thể",
        max_length=4000,
        required=False,
        help_text="Bắt buộc khi cần khắc phục hoặc vi phạm.",
    )
    follow_up_on = DayInput(
        label="Kiểm tra lại vào ngày", required=False, help_text="Bắt buộc khi cần khắc phục."
    )
    correction_reason = forms.CharField(
        label="Vì sao đính chính", max_length=300, help_text="Bản ghi trước được giữ nguyên trong lịch sử."
    )

    def __init__(self, *args: Any, inspection: Inspection, **kwargs: Any) -> None:
        super().__init__(*args, version=version_of(inspection), **kwargs)
        self.correcting = inspection.state == Inspection.State.DONE
        if not self.correcting:
            del self.fields["correction_reason"]
        known = {f.heading: f for f in inspection.findings_now}
        Result = InspectionFinding.Result
        for heading in InspectionFinding.Heading:
            found = known.get(heading)
            self.fields[f"{heading}_result"] = forms.ChoiceField(
                label=capfirst(heading.label),
                choices=[(r.value, capfirst(r.label)) for r in Result],
                widget=forms.RadioSelect,
                initial=found.result if found else None,
                error_messages={"required": "Hãy chọn một mức."},
            )
            self.fields[f"{heading}_note"] = forms.CharField(
                label=f"Ghi nhận về {heading.label}",
                max_length=500,
                required=False,
                initial=found.note if found else "",
            )
        for name in ("inspectors", "summary", "conclusion", "measures", "follow_up_on"):
            self.initial[name] = getattr(inspection, name)
        self.initial["done_on"] = inspection.done_on or today()

    @property
    def pairs(self) -> list[FindingPair]:
        return [
            FindingPair(capfirst(h.label), self[f"{h}_result"], self[f"{h}_note"])
            for h in InspectionFinding.Heading
        ]

    @property
    def rest(self) -> list[Any]:
        """What stands after the headings."""
        names = ("summary", "conclusion", "measures", "follow_up_on", "correction_reason")
        return [self[name] for name in names if name in self.fields]

    def clean_done_on(self) -> Any:
        not_after(self.cleaned_data["done_on"], today(), "Ngày kiểm tra")
        return self.cleaned_data["done_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        done, again = cleaned.get("done_on"), cleaned.get("follow_up_on")
        if done and again and again < done:
            self.add_error("follow_up_on", "Không thể trước ngày kiểm tra.")
        for heading in InspectionFinding.Heading:
            bad = cleaned.get(f"{heading}_result") == InspectionFinding.Result.BAD
            if bad and not (cleaned.get(f"{heading}_note") or "").strip():
                self.add_error(f"{heading}_note", "Chưa đạt thì phải ghi rõ điều gì.")
        return cleaned

    def given(self) -> dict[str, Any]:
        """The fields for `record_inspection`."""
        names = (
            "done_on",
            "inspectors",
            "summary",
            "conclusion",
            "measures",
            "follow_up_on",
            "correction_reason",
        )
        values = {name: self.cleaned_data[name] for name in names if name in self.fields}
        values["findings"] = {
            h.value: (self.cleaned_data[f"{h}_result"], self.cleaned_data[f"{h}_note"])
            for h in InspectionFinding.Heading
        }
        return values


class CancelForm(OnceForm):
    reason = _area("Lý do hủy", max_length=300)


class OutcomeForm(OnceForm):
    """Faults put right: of an inspection or of a warning."""

    day = DayInput(label="Ngày")
    note = _area("Kết quả khắc phục", max_length=500)

    def clean_day(self) -> Any:
        not_after(self.cleaned_data["day"], today(), "Ngày này")
        return self.cleaned_data["day"]


class FileForm(OnceForm):
    title = forms.CharField(
        label="Tên tài liệu", max_length=150, help_text="Ví dụ: biên bản đã ký, phiếu kiểm nghiệm."
    )
    file = DocumentField(label="Tệp", help_text="PDF, JPEG hoặc PNG, tối đa 20 MB. Chỉ cán bộ xem được.")


class WarningForm(OnceForm, forms.ModelForm):
    """A written warning as it was sent."""

    warned_on = DayInput(label="Ngày văn bản")
    due_on = DayInput(label="Phải khắc phục xong trước hết ngày")

    class Meta:
        model = WrittenWarning
        fields = ("number", "warned_on", "product", "requirement", "due_on")
        widgets = {"requirement": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = products
        self.fields["product"].empty_label = "Chủ thể nói chung"

    def clean_warned_on(self) -> Any:
        not_after(self.cleaned_data["warned_on"], today(), "Ngày văn bản")
        return self.cleaned_data["warned_on"]

    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
