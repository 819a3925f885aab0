"""Forms of score sheets. Points are added up by the server; from a browser comes nothing but the chosen options."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ocop_portal.forms import EditForm, OnceForm, version_of
from ocop_portal.uploads import DocumentField
from ratings.models import Choice, ScoreSheet
from ratings.rulesets import Grade, Rules, Scale, Table
from ratings.self_assessment import NONE_LABEL

LONGEST_NOTE = 300
LONGEST_COMMENT = 2000
NO_SUCH_LEVEL = "Mức điểm không thuộc tiêu chí này."
LEVEL_FIRST = "Hãy chọn một mức trước khi ghi chú."
MOVED_ON = (
    "Phiếu vừa thay đổi ở tab hoặc máy khác sau khi bạn mở trang nên chưa ký. "
    "Điểm dưới đây là điểm mới nhất: hãy xem lại rồi ký."
)


class SaveForm(forms.Form):
    """One choice as static/js/sheet.js sends it. Sent again it does no harm, so it carries no token."""

    criterion = forms.IntegerField(min_value=1)
    option = forms.IntegerField(min_value=0)
    seen = forms.IntegerField(min_value=0)
    note = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def values(self) -> dict[str, Any]:
        """What `save_choice` takes beside sheet and user; a note that was not sent stays as it is."""
        given = self.cleaned_data
        return {
            "criterion": given["criterion"],
            "option": given["option"] or None,
            "seen": given["seen"],
            "note": given["note"] if "note" in self.data else None,
        }


class PartForm(forms.Form):
    """A whole part, sent by a plain button: for each criterion the option, the note, and the revision seen.

    No token: an old page sent again changes nothing that has moved on since, and what has not moved on may be
    changed from it.
    """

    def __init__(self, *args: Any, scales: list[Scale], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scales = scales
        for scale in scales:
            choices = [(0, NONE_LABEL), *((g.pk, g.label) for g in scale.grades)]
            self.fields[f"c-{scale.pk}"] = forms.TypedChoiceField(
                choices=choices,
                coerce=int,
                required=False,
                empty_value=None,
                error_messages={"invalid_choice": NO_SUCH_LEVEL},
            )
            self.fields[f"seen-{scale.pk}"] = forms.IntegerField(required=False, min_value=0)
            self.fields[f"note-{scale.pk}"] = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def answers(self) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
        """({criterion: option, seen and note for `save_choice`}, {criterion: what is wrong with it})."""
        self.full_clean()
        found: dict[int, dict[str, Any]] = {}
        faults: dict[int, str] = {}
        for scale in self.scales:
            names = [f"{kind}-{scale.pk}" for kind in ("c", "seen", "note")]
            wrong = [message for name in names for message in self.errors.get(name, [])]
            option, seen, note = (
                self.cleaned_data.get(name) if name in self.data else None for name in names
            )
            if wrong:
                faults[scale.pk] = str(wrong[0])
            elif option is not None:
                found[scale.pk] = {"option": option or None, "seen": seen or 0, "note": note}
            elif note:
                faults[scale.pk] = LEVEL_FIRST
        return found, faults


def sheet_version(sheet: ScoreSheet) -> str:
    """The state of a sheet with all its choices."""
    return version_of(sheet, Choice.pgh_event_model.objects.filter(sheet=sheet.pk))  # type: ignore[attr-defined]


class RemarkField(forms.CharField):
    """The general remark of a sheet; line ends as the database keeps them."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


class CommentForm(forms.Form):
    """The remark alone, sent while it is written. `seen` is what it was before."""

    comment = RemarkField(required=False, max_length=LONGEST_COMMENT)
    seen = RemarkField(required=False, max_length=LONGEST_COMMENT, widget=forms.HiddenInput)


class SignForm(EditForm):
    """The general remark, and the confirmation of the second step. Refused when a choice changed in between."""

    comment = RemarkField(
        label="Nhận xét chung",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3, "data-comment-text": True}),
        help_text="In vào phiếu đánh giá.",
    )
    seen = RemarkField(required=False, max_length=LONGEST_COMMENT, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except forms.ValidationError as error:
            raise forms.ValidationError(MOVED_ON) from error

    def renewed(self) -> "SignForm":
        """The form with the version that its page shows now."""
        self.data = {**self.data.dict(), "version": self.current_version, "confirmed": ""}
        return self


class PointsField(forms.IntegerField):
    """The points of one criterion as they stand on paper; cleaned to the option they mean, 0 for none.

    Only for criteria of which no two options bear the same points.
    """

    def __init__(self, scale: Scale, **kwargs: Any) -> None:
        self.scale = scale
        self.offered = "·".join(map(str, scale.choices))
        only = f"Chỉ nhận {', '.join(map(str, scale.choices))} điểm."
        super().__init__(
            error_messages={"required": f"Chưa ghi điểm. {only}", "invalid": only},
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "size": 3, "maxlength": 3}
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        points = super().clean(value)
        if points not in self.scale.choices:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return next((g.pk for g in self.scale.grades if g.points == points), 0)


class SumField(forms.IntegerField):
    """A part's sum as the paper states it."""

    def __init__(self, part: str, maximum: int) -> None:
        super().__init__(
            label=f"Cộng phần {part}, ghi trên phiếu (tối đa {maximum})",
            min_value=0,
            max_value=maximum,
            error_messages={
                "required": f"Hãy ghi tổng phần {part} như trên phiếu.",
                "invalid": f"Tổng phần {part} là số nguyên từ 0 đến {maximum}.",
                "min_value": f"Tổng phần {part} là số nguyên từ 0 đến {maximum}.",
                "max_value": f"Tổng phần {part} là số nguyên từ 0 đến {maximum}.",
            },
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "size": 3, "maxlength": 3}
            ),
        )


class PaperForm(OnceForm):
    """A member's signed paper sheet, typed in: points of every criterion, and the paper's own sums to check them by."""

    def __init__(
        self,
        *args: Any,
        table: Table,
        rules: Rules,
        chosen: Mapping[int, int | None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table, self.rules = table, rules
        for scale in table.scales:
            field = _level_field(scale) if _ambiguous(scale) else PointsField(scale)
            field.label = f"{scale.code} {scale.name}"
            if chosen and scale.pk in chosen:
                grade = next((g for g in scale.grades if g.pk == chosen[scale.pk]), None)
                by_points = isinstance(field, PointsField)
                field.initial = (grade.points if grade else 0) if by_points else (chosen[scale.pk] or 0)
            self.fields[_name(scale)] = field
        for part, maximum in rules.maxima.items():
            self.fields[f"sum-{part}"] = SumField(part, maximum)
        self.fields["comment"] = forms.CharField(
            label="Nhận xét ghi trên phiếu",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields["scan"] = DocumentField(
            label="Bản chụp phiếu có chữ ký",
            required=False,
            help_text="PDF, JPEG hoặc PNG, tối đa 20 MB. Chỉ cán bộ xem được.",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for part in self.rules.maxima:
            stated, added = cleaned.get(f"sum-{part}"), self.added(part)
            if stated is not None and added is not None and stated != added:
                self.add_error(
                    f"sum-{part}",
                    f"Các dòng phần {part} cộng được {added} điểm, phiếu ghi {stated}. "
                    "Chưa lưu gì: hãy dò lại từng dòng với phiếu giấy.",
                )
        return cleaned

    def added(self, part: str) -> int | None:
        """The sum of the part's lines; None while one of them is not understood."""
        names = {s: _name(s) for s in self.table.scales if s.part == part}
        if any(name not in self.cleaned_data for name in names.values()):
            return None
        return sum(_points(s, self.cleaned_data[name]) for s, name in names.items())

    @property
    def parts(self) -> list[dict[str, Any]]:
        """For the page: each part's lines, its field for the sum, and the sum so far once the form was sent."""
        return [
            {
                "letter": part,
                "maximum": maximum,
                "lines": [(s, self[_name(s)]) for s in self.table.scales if s.part == part],
                "sum": self[f"sum-{part}"],
                "added": self.added(part) if self.is_bound and hasattr(self, "cleaned_data") else None,
            }
            for part, maximum in self.rules.maxima.items()
        ]

    def values(self) -> dict[str, Any]:
        """What `record_paper_sheet` takes beside dossier, member and user."""
        given = self.cleaned_data
        return {
            "chosen": {s.pk: given[_name(s)] or None for s in self.table.scales},
            "comment": given["comment"],
            "scan": given["scan"],
        }


def _name(scale: Scale) -> str:
    return f"p-{scale.pk}"


def _points(scale: Scale, option: int) -> int:
    return next((g.points for g in scale.grades if g.pk == option), 0)


def _ambiguous(scale: Scale) -> bool:
    """Whether points alone do not tell the option."""
    points = [g.points for g in scale.grades]
    return len(set(points)) < len(points)


def _level_field(scale: Scale) -> forms.TypedChoiceField:
    """The options by name, the points first: a digit typed on the keyboard finds its option."""

    def words(grade: Grade) -> str:
        case = f"{grade.case}: " if grade.case else ""
        return f"{grade.points} điểm – {case}{grade.label}"[:120]

    graded = [(g.pk, words(g)) for g in sorted(scale.grades, key=lambda g: g.points)]
    return forms.TypedChoiceField(
        choices=[("", "Chọn mức"), (0, f"0 điểm – {NONE_LABEL.lower()}"), *graded],
        coerce=int,
        error_messages={"required": "Chưa chọn mức.", "invalid_choice": NO_SUCH_LEVEL},
    )
