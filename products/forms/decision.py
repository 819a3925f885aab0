"""The desk's forms for decisions and what they do to certificates."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from ocop_portal.clock import today
from ocop_portal.folding import fold
from ocop_portal.forms import DayInput, EditForm, NumberedRows, OnceForm, UnitField, not_after, version_of
from ocop_portal.models import AdministrativeUnit
from ocop_portal.uploads import DocumentField
from products.actions.certificates import FREE_ONCE_USED, Recognition
from products.models import Certificate, Decision, Product
from products.standing import VALIDITY_MONTHS


class DecisionForm(OnceForm, forms.ModelForm):
    """A decision as it was signed."""

    signed_on = DayInput(label="Ngày ký")
    issuer_unit = UnitField(
        label="Địa bàn của cơ quan ban hành", required=False, help_text="Huyện hoặc tỉnh, kể cả huyện cũ."
    )
    scan = DocumentField(
        label="Bản chụp có chữ ký",
        required=False,
        help_text="PDF, JPEG hoặc PNG, tối đa 20 MB. Chỉ cán bộ xem được.",
    )

    class Meta:
        model = Decision
        fields = (
            "kind",
            "number",
            "signed_on",
            "issuer",
            "issuer_level",
            "issuer_unit",
            "ruleset",
            "scan",
            "note",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = (AdministrativeUnit.Level.DISTRICT, AdministrativeUnit.Level.PROVINCE)
        self.fields["issuer_unit"].units = list(
            AdministrativeUnit.objects.in_territory().filter(level__in=levels).select_related("district")
        )

    def clean_signed_on(self) -> Any:
        not_after(self.cleaned_data["signed_on"], today(), "Ngày ký")
        return self.cleaned_data["signed_on"]

    def values(self) -> dict[str, Any]:
        """The fields for `record_decision`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class DecisionEditForm(EditForm, DecisionForm):
    """The same over a decision on record. Once certificates rest on it, only what may still be added is offered."""

    def __init__(self, *args: Any, instance: Decision, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=version_of(instance), **kwargs)
        if instance.is_used:
            for name in set(self.Meta.fields) - set(FREE_ONCE_USED):
                del self.fields[name]
        if instance.scan:
            self.fields["scan"].help_text = "Đã có bản chụp; chọn tệp khác nếu muốn thay."

    def values(self) -> dict[str, Any]:
        """The fields for `correct_decision`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


class ProductField(forms.CharField):
    """A product by its code (old codes too) or by its exact name; a name borne twice asks for the code."""

    def clean(self, value: Any) -> Product | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        if product := Product.objects.bearing(text):
            return product
        named = list(Product.objects.filter(Q(name=text) | Q(name_fold=fold(text)))[:4])
        if len(named) == 1:
            return named[0]
        if named:
            raise ValidationError(
                f"Có {len(named)} sản phẩm tên này, mã: {', '.join(p.code for p in named)}. Hãy ghi mã."
            )
        raise ValidationError(f"Không có sản phẩm nào mang mã hoặc tên “{text}”.")


class RecognitionForm(forms.Form):
    """One line of a decision's result table."""

    product = ProductField(
        label="Sản phẩm (mã hoặc tên)",
        widget=forms.TextInput(attrs={"list": "danh-sach-san-pham", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="Loại", choices=Certificate.Kind.choices)
    stars = forms.TypedChoiceField(label="Hạng sao", coerce=int, choices=[(n, f"{n} sao") for n in (3, 4, 5)])
    total = forms.DecimalField(
        label="Tổng điểm",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
    )
    number = forms.CharField(label="Số giấy chứng nhận", required=False, max_length=60)
    valid_from = DayInput(label="Có giá trị từ ngày", required=False)
    valid_to = DayInput(label="Đến hết ngày", required=False)

    def has_changed(self) -> bool:
        """A line counts once it names a product or a number: the choices are filled in from the start."""
        return bool({"product", "number", "total", "valid_from", "valid_to"} & set(self.changed_data))

    def recognition(self, line: int) -> Recognition:
        """The line for `record_recognitions`; `line` is its number in the table."""
        return Recognition(**self.cleaned_data, line=line)


class RecognitionRows(NumberedRows, forms.BaseFormSet):
    """The lines of a result table."""


MOST_ROWS, ROWS_AT_ONCE = 300, 5


def recognition_rows(data: Any, rows: int) -> RecognitionRows:
    """The result table, bound when there is data, else with that many blank lines."""
    factory = forms.formset_factory(
        RecognitionForm, formset=RecognitionRows, extra=rows, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )
    return factory(data, prefix="rows")


RECOGNITION_HINT = (
    f"Để trống hai ngày thì giấy có giá trị từ ngày ký, trong {VALIDITY_MONTHS} tháng. "
    "Dòng bỏ trống không được tính. Có một dòng sai thì chưa dòng nào được lưu."
)


class ExtensionForm(OnceForm):
    """Keep a certificate alive while a late re-assessment is decided."""

    until = DayInput(label="Gia hạn đến hết ngày")
    reason = forms.CharField(label="Lý do", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    decision = forms.ModelChoiceField(
        Decision.objects.of_kind(Decision.Kind.EXTENSION),
        label="Quyết định gia hạn",
        required=False,
        help_text="Bắt buộc khi hạn in trên giấy đã qua. Ghi quyết định trước ở mục Quyết định, loại “gia hạn”.",
    )


class RevocationForm(OnceForm):
    """Revoke on one of the six legal grounds, by a decision, with a reason that the public reads."""

    decision = forms.ModelChoiceField(
        Decision.objects.of_kind(Decision.Kind.REVOCATION),
        label="Quyết định thu hồi",
        help_text="Ghi quyết định trước ở mục Quyết định, loại “thu hồi”.",
    )
    ground = forms.ChoiceField(
        label="Căn cứ thu hồi", choices=Certificate.Ground.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Lý do công khai",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Người dân đọc được câu này trên trang sản phẩm. Không ghi dữ liệu cá nhân.",
    )
    revoked_on = DayInput(label="Thu hồi từ ngày")
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_revoked_on(self) -> Any:
        not_after(self.cleaned_data["revoked_on"], today(), "Ngày thu hồi")
        return self.cleaned_data["revoked_on"]
