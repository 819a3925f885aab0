"""The desk's forms for a product, the parts of its description, and its photos."""

from typing import Any

from django import forms
from django.forms import BaseInlineFormSet, inlineformset_factory

from ocop_portal.forms import DayInput, EditForm, NumberedRows, UnitField, version_of
from producers.forms import units_of
from producers.models import Producer
from products.models import (
    ExportMarket,
    Packaging,
    Product,
    ProductAlias,
    ProductMark,
    RawMaterialArea,
    SalesChannel,
)

PARTS: tuple[tuple[str, type, tuple[str, ...], str], ...] = (
    ("packagings", Packaging, ("label", "barcode"), "Quy cách đóng gói được công nhận"),
    ("channels", SalesChannel, ("kind", "url"), "Kênh bán hàng trực tuyến"),
    ("marks", ProductMark, ("kind", "name", "number", "granted_on"), "Chỉ dẫn địa lý, nhãn hiệu"),
    (
        "raw_material_areas",
        RawMaterialArea,
        ("standard", "number", "issuer", "area_ha", "valid_from", "valid_to"),
        "Vùng nguyên liệu được chứng nhận",
    ),
    ("export_markets", ExportMarket, ("market", "since_year"), "Thị trường xuất khẩu"),
)


def product_version(product: Product) -> str:
    """The state of a product with all its parts."""
    if not product.pk:
        return ""
    parts = (*(model for _, model, _, _ in PARTS), ProductAlias)
    return version_of(product, *(m.pgh_event_model.objects.filter(product=product.pk) for m in parts))


class ProductForm(EditForm, forms.ModelForm):
    """A product of a given producer, within the user's scope."""

    place = UnitField(label="Nơi sản xuất")

    class Meta:
        model = Product
        fields = (
            "name",
            "name_en",
            "code",
            "group",
            "place",
            "summary",
            "summary_en",
            "story",
            "description",
            "ingredients",
            "traceability_code",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 4}) for name in ("story", "description", "ingredients")
        }

    def __init__(self, *args: Any, user: Any, producer: Producer, instance: Product, **kwargs: Any) -> None:
        instance.producer = producer
        super().__init__(*args, instance=instance, version=product_version(instance), **kwargs)
        self.fields["place"].units = units_of(user)
        if not instance.pk:
            self.initial["place"] = producer.place_id

    def _get_validation_exclusions(self) -> set[str]:
        """The producer is not in the form, but "one name once per producer" must be told at the form."""
        return super()._get_validation_exclusions() - {"producer"}


class AliasForm(forms.ModelForm):
    """A code that the product bore before. Added, never taken away: what was printed must go on resolving."""

    class Meta:
        model = ProductAlias
        fields = ("code", "note")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if holder := Product.objects.bearing(code):
            raise forms.ValidationError(f"Mã này đã là mã của sản phẩm “{holder}”.")
        return code


class AliasRows(NumberedRows, forms.BaseFormSet):
    """Old codes to add."""

    row_word = "Mã cũ, dòng"

    def clean(self) -> None:
        codes = [f.cleaned_data["code"].lower() for f in self.filled if f.is_valid()]
        if len(codes) != len(set(codes)):
            raise forms.ValidationError("Có hai dòng ghi cùng một mã cũ.")

    @property
    def filled(self) -> list[Any]:
        return [form for form in self.forms if form.has_changed()]


def alias_rows(data: Any) -> AliasRows:
    """Blank rows for old codes, bound when there is data."""
    return forms.formset_factory(AliasForm, formset=AliasRows, extra=1, max_num=20, absolute_max=20)(
        data, prefix="aliases"
    )


class PartFormSet(NumberedRows, BaseInlineFormSet):
    """Rows of one part, with dates and numbers as they are written here."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in list(form.fields.items()):
            if isinstance(field, forms.DateField):
                form.fields[name] = DayInput(label=field.label, required=field.required)
            elif isinstance(field, forms.DecimalField):
                form.fields[name] = forms.DecimalField(
                    label=field.label,
                    required=field.required,
                    max_digits=field.max_digits,
                    decimal_places=field.decimal_places,
                    localize=True,
                )
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Bỏ dòng này"


def part_formsets(data: Any, product: Product) -> list[tuple[str, Any]]:
    """(heading, formset) of each part, bound when there is data."""
    made = []
    for prefix, model, fields, heading in PARTS:
        factory = inlineformset_factory(Product, model, formset=PartFormSet, fields=fields, extra=1)
        formset = factory(data, instance=product, prefix=prefix)
        formset.row_word = f"{heading}, dòng"
        made.append((heading, formset))
    return made
