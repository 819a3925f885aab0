"""The desk's forms for collections: what they say, their products, their cover."""

from typing import Any

from django import forms
from django.db.models import Q

from ocop_portal.forms import EditForm, OnceForm, version_of
from ocop_portal.photos import PhotoForm
from products.actions.collections import MOST_ITEMS
from products.models import Collection, CollectionItem

ENGLISH = "Hiện ở trang tiếng Anh; bỏ trống thì trang ấy hiện lời tiếng Việt."


class CollectionForm(EditForm, forms.ModelForm):
    """What a collection says of itself. Its address is made of its title until it is published."""

    class Meta:
        model = Collection
        fields = ("title", "introduction", "title_en", "introduction_en")
        widgets = {
            "introduction": forms.Textarea(attrs={"rows": 5}),
            "introduction_en": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "title": "Ngắn, nói rõ chủ đề. Ví dụ: Quà Tết từ vùng hồ Ba Bể.",
            "introduction": "Vài câu: vì sao các sản phẩm này đứng cùng nhau, dành cho ai. Chữ thường, không dùng mã "
            "HTML; dòng trống ngăn các đoạn. Phải có mới đăng được.",
            "title_en": ENGLISH,
            "introduction_en": ENGLISH,
        }

    def __init__(self, *args: Any, instance: Collection | None = None, **kwargs: Any) -> None:
        version = version_of(instance) if instance and instance.pk else ""
        super().__init__(*args, instance=instance, version=version, **kwargs)


def _lines() -> tuple[forms.CharField, forms.CharField]:
    """The editor's line about a product, and the same in English."""
    return (
        forms.CharField(
            label="Lời giới thiệu một dòng",
            max_length=200,
            help_text="Vì sao chọn sản phẩm này. Ví dụ: Nước xanh, vị chát dịu; hộp 100 g vừa làm quà.",
        ),
        forms.CharField(label="Lời giới thiệu tiếng Anh", max_length=200, required=False, help_text=ENGLISH),
    )


class ItemForm(OnceForm):
    """The line about a product that is put into a collection."""

    line, line_en = _lines()


class ItemEditForm(EditForm):
    """The line about a product in a collection, and its place there."""

    line, line_en = _lines()
    place = forms.IntegerField(
        label="Đứng thứ",
        min_value=1,
        max_value=MOST_ITEMS,
        help_text="Các sản phẩm khác dồn lại; số lớn hơn số sản phẩm thì đứng cuối.",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, item: CollectionItem, **kwargs: Any) -> None:
        kept = {"line": item.line, "line_en": item.line_en, "place": _place_of(item)}
        super().__init__(*args, version=version_of(item), initial=kept, **kwargs)


def _place_of(item: CollectionItem) -> int:
    """Where it stands among the others, counted from 1."""
    before = Q(position__lt=item.position) | Q(position=item.position, pk__lt=item.pk)
    return item.collection.items.filter(before).count() + 1


class CoverForm(PhotoForm):
    """The cover of a collection."""

    example = "hộp trà và ấm chén trên bàn gỗ"
