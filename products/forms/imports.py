"""The desk's forms for workbooks: the upload, and what the columns hold."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ocop_portal.forms import OnceForm
from products.register_workbook.columns import FIELDS, IGNORED, Layout
from products.register_workbook.package import MAX_BYTES, BadWorkbook
from products.register_workbook.reading import Book
from products.register_workbook.values import clean

UNKNOWN = "?"
CHOICES = [
    (UNKNOWN, "— chưa rõ —"),
    (IGNORED, "Không dùng cột này"),
    *((name, item.label) for name, item in FIELDS.items()),
]


class WorkbookField(forms.FileField):
    """An .xlsx by its content, small enough to be read; every refusal says what to do."""

    def __init__(self, **kwargs: Any) -> None:
        limit = MAX_BYTES // 2**20
        widget = forms.FileInput(
            attrs={
                "accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "data-max-bytes": MAX_BYTES,
            }
        )
        messages = {
            "empty": "Tệp rỗng. Hãy chọn một tệp khác.",
            "required": "Hãy chọn một tệp Excel (.xlsx).",
        }
        super().__init__(
            label="Tệp Excel (.xlsx)",
            help_text=f"Tối đa {limit} MB. Tệp được kiểm tra trước; chưa có gì được ghi vào sổ bộ.",
            widget=widget,
            error_messages=messages,
            **kwargs,
        )

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        try:
            Book(file)
        except BadWorkbook as error:
            raise ValidationError(str(error)) from error
        file.seek(0)
        return file


class UploadForm(OnceForm):
    """A workbook to be compared with the register."""

    workbook = WorkbookField()


class ColumnsForm(OnceForm):
    """For each heading of a sheet, what its column holds. The answers are remembered for the same headings."""

    def __init__(self, *args: Any, layout: Layout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout = layout
        for column, label in sorted(layout.labels.items()):
            self.fields[_name(column)] = forms.ChoiceField(
                label=label, choices=CHOICES, initial=layout.fields.get(column, UNKNOWN), required=False
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = {column: cleaned.get(_name(column), UNKNOWN) for column in self.layout.labels}
        self.layout.fields = {column: name for column, name in chosen.items() if name != UNKNOWN}
        first: dict[str, int] = {}
        for column, name in self.layout.fields.items():
            if name != IGNORED and (other := first.setdefault(name, column)) != column:
                self.add_error(
                    _name(column),
                    f"Cột “{clean(self.layout.labels[other])}” cũng được ghép với {FIELDS[name].label}.",
                )
        if not self.errors and (missing := self.layout.missing):
            raise ValidationError(
                f"Còn thiếu cột: {', '.join(missing)}. Hãy chỉ ra cột nào giữ thông tin đó."
            )
        return cleaned


def _name(column: int) -> str:
    return f"column_{column}"
