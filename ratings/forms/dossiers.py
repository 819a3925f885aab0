"""The desk's forms for a dossier: start, form 01, form 02, evidence, filing, form 03, advisory report, steps."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Max

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, OnceForm, UnitField, not_after, version_of
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Permission, has_permission
from ocop_portal.uploads import MAX_BYTES, DocumentField
from producers.forms import units_of
from producers.models import Producer, phone_validator
from products.models import Product
from ratings.models import AdvisoryReport, CommuneReview, Criterion, Dossier, Evidence, SelfScore
from ratings.rulesets import Scale

NONE = "none"


class StartForm(OnceForm):
    """Open a dossier for a product on record: the kinds that its certificates allow."""

    kind = forms.ChoiceField(
        label="Loại hồ sơ", widget=forms.RadioSelect, error_messages={"required": "Hãy chọn loại hồ sơ."}
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0][0]


def places_of(user: Any) -> list[AdministrativeUnit]:
    """The communes of today in which a new product may be made: the official's own, or any for a producer."""
    day = today()
    if has_permission(user, Permission.DESK_VIEW):
        found = units_of(user)
    else:
        found = list(AdministrativeUnit.objects.in_territory().communes().select_related("district"))
    return [u for u in found if u.level == AdministrativeUnit.Level.COMMUNE and u.stands_on(day)]


class NewProductForm(OnceForm, forms.ModelForm):
    """A product that the register does not know yet, with its first dossier."""

    place = UnitField(label="Nơi sản xuất", help_text="Gõ tên xã, phường rồi chọn. Xã này nhận hồ sơ.")
    summary = forms.CharField(
        label="Mô tả ngắn",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Một hai câu: làm từ gì, khác sản phẩm cùng loại ở điểm nào.",
    )

    class Meta:
        model = Product
        fields = ("name", "group", "place", "summary")
        labels = {"name": "Tên sản phẩm", "group": "Bộ sản phẩm"}
        help_texts = {"group": "Quyết định bộ tiêu chí dùng để chấm điểm."}

    def __init__(self, *args: Any, user: Any, producer: Producer, **kwargs: Any) -> None:
        super().__init__(*args, instance=Product(producer=producer), **kwargs)
        self.fields["place"].units = places_of(user)
        home = producer.place.current or producer.place
        self.initial["place"] = home.pk


class RegistrationForm(EditForm, forms.ModelForm):
    """Form 01."""

    class Meta:
        model = Dossier
        fields = (
            "stars_sought",
            "contact_name",
            "contact_phone",
            "production_address",
            "workers",
            "local_workers",
            "output",
            "markets",
            "changes",
        )
        widgets = {
            "changes": forms.Textarea(attrs={"rows": 4}),
            "contact_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        }
        help_texts = {
            "contact_name": "Cần có khi nộp.",
            "contact_phone": "Cần có khi nộp.",
            "production_address": "Cần có khi nộp: số nhà, thôn, tổ dân phố nơi làm ra sản phẩm.",
            "output": "Kèm đơn vị tính, ví dụ 12 tấn.",
            "markets": "Ví dụ: chợ huyện, siêu thị ở Hà Nội, bán trên mạng.",
        }

    def __init__(self, *args: Any, instance: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=version_of(instance), **kwargs)
        self.fields["contact_phone"].validators.append(phone_validator)
        if instance.kind == Dossier.Kind.FIRST:
            del self.fields["changes"]
        elif instance.kind == Dossier.Kind.REASSESSMENT:
            self.fields["changes"].help_text = "Ghi những gì đã cập nhật, nếu có."
        else:
            self.fields["changes"].help_text = "Cần có khi nộp: điều gì đã khác, đủ để lên hạng."
        needed = {"contact_name", "contact_phone", "production_address"}
        if instance.kind == Dossier.Kind.UPGRADE:
            needed.add("changes")
        for name, field in self.fields.items():
            # May be saved empty for now, yet is not "optional": the template leaves that word out.
            field.needed_to_file = name in needed

    def values(self) -> dict[str, Any]:
        """The columns for `save_registration`."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


def part_version(dossier: Dossier, part: str) -> str:
    """The state of one part of form 02: another part, or form 01, may be written at the same time."""
    events = SelfScore.pgh_event_model.objects.filter(dossier=dossier.pk, criterion__part=part)  # type: ignore[attr-defined]
    return str(events.aggregate(last=Max("pgh_id"))["last"] or 0)


class SelfScoreForm(EditForm):
    """One part of form 02: an answer and a note for each criterion; unanswered ones may wait."""

    def __init__(
        self, *args: Any, dossier: Dossier, part: str, scales: list[Scale], chosen: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, version=part_version(dossier, part), **kwargs)
        self.scales = scales
        for scale in scales:
            kept = chosen.get(scale.pk)
            options = [(str(g.pk), g.label) for g in scale.grades] + [(NONE, "Không có mức nào")]
            self.fields[f"c{scale.pk}"] = forms.ChoiceField(
                label=f"{scale.code} {scale.name}",
                required=False,
                choices=options,
                widget=forms.RadioSelect,
                initial=(str(kept.grade.pk) if kept.grade else NONE) if kept else None,
                error_messages={"invalid_choice": "Mức này không có trong bộ tiêu chí. Hãy chọn lại."},
            )
            self.fields[f"n{scale.pk}"] = forms.CharField(
                label="Thuyết minh",
                required=False,
                max_length=500,
                initial=kept.note if kept else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for scale in self.scales:
            if cleaned.get(f"n{scale.pk}") and not cleaned.get(f"c{scale.pk}"):
                if f"c{scale.pk}" not in self.errors:
                    self.add_error(f"c{scale.pk}", "Hãy chọn một mức: thuyết minh đi kèm mức đã chọn.")
        return cleaned

    def chosen(self) -> dict[int, tuple[int | None, str]]:
        """The answers for `save_self_scores`."""
        given = {s.pk: (self.cleaned_data[f"c{s.pk}"], self.cleaned_data[f"n{s.pk}"]) for s in self.scales}
        return {
            pk: (None if answer == NONE else int(answer), note)
            for pk, (answer, note) in given.items()
            if answer
        }


class EvidenceForm(OnceForm, forms.ModelForm):
    """A document or a link."""

    issued_on = DayInput(label="Ngày cấp", required=False)
    file = DocumentField(
        label="Tệp", required=False, help_text="PDF, JPEG hoặc PNG, tối đa 20 MB. Cần tệp hoặc đường dẫn."
    )

    class Meta:
        model = Evidence
        fields = ("kind", "title", "criterion", "issued_on", "file", "url")
        labels = {"kind": "Loại minh chứng", "title": "Tên tài liệu", "url": "Hoặc đường dẫn"}
        help_texts = {
            "title": "Ví dụ: Phiếu kiểm nghiệm số 12/2026.",
            "url": "Trang mà Hội đồng mở xem được, bắt đầu bằng https://",
        }

    def __init__(self, *args: Any, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, instance=Evidence(dossier=dossier), **kwargs)
        kinds = [(value, label[:1].upper() + label[1:]) for value, label in Evidence.Kind.choices]
        self.fields["kind"].choices = [("", "Chọn một loại"), *kinds]
        self.fields["criterion"].label = "Cho tiêu chí"
        self.fields["criterion"].queryset = Criterion.objects.filter(criteria_set=dossier.criteria_set_id)
        self.fields["criterion"].empty_label = "Cho cả hồ sơ"
        self.fields["file"].widget.attrs["data-max-bytes"] = str(MAX_BYTES)
        self.fields["url"].assume_scheme = "https"

    def clean_issued_on(self) -> Any:
        if day := self.cleaned_data["issued_on"]:
            not_after(day, today(), "Ngày cấp")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("file") or cleaned.get("url") or {"file", "url"} & set(self.errors)):
            self.add_error("file", "Hãy chọn một tệp hoặc ghi đường dẫn.")
        return cleaned

    def evidence(self) -> Evidence:
        """The piece for `add_evidence`, its file under the name it came with, made safe."""
        if file := self.cleaned_data.get("file"):
            self.instance.filename = file.name
        return self.instance


class SubmitForm(OnceForm):
    """File the dossier, with the declaration of form 01."""

    truthful = forms.BooleanField(
        label="Chủ thể cam kết thông tin và tài liệu trong hồ sơ là đúng sự thật",
        error_messages={"required": "Cần cam kết này trước khi nộp."},
    )


class ReviewForm(EditForm, forms.ModelForm):
    """Form 03: completeness and the commune's four assessments."""

    reviewed_on = DayInput(label="Ngày kiểm tra")

    class Meta:
        model = CommuneReview
        fields = ("complete", "origin", "labour", "idea", "identity", "opinion", "reviewer", "reviewed_on")
        widgets = {
            name: forms.Textarea(attrs={"rows": 4})
            for name in ("origin", "labour", "idea", "identity", "opinion")
        }
        labels = {
            "complete": "Hồ sơ đầy đủ theo quy định",
            "origin": "1. Nguồn gốc và nguyên liệu địa phương",
            "labour": "2. Sử dụng lao động địa phương",
            "idea": "3. Nguồn gốc ý tưởng sản phẩm",
            "identity": "4. Bản sắc và tri thức địa phương",
            "opinion": "Ý kiến đề nghị",
            "reviewer": "Người kiểm tra",
        }
        help_texts = {
            "complete": "Bỏ trống nếu còn thiếu: hồ sơ sẽ được trả lại kèm lý do.",
            "origin": "Bao nhiêu phần nguyên liệu làm ra tại xã, tại tỉnh; có vùng nguyên liệu không.",
            "labour": "Số lao động, bao nhiêu người của xã.",
        }

    def __init__(self, *args: Any, instance: CommuneReview, user: Any, **kwargs: Any) -> None:
        version = version_of(instance)
        super().__init__(*args, instance=instance, version=version, **kwargs)
        if not instance.pk:
            self.initial |= {"reviewer": user.get_full_name(), "reviewed_on": today()}

    def clean_reviewed_on(self) -> Any:
        not_after(self.cleaned_data["reviewed_on"], today(), "Ngày kiểm tra")
        return self.cleaned_data["reviewed_on"]


class ReportForm(EditForm, forms.ModelForm):
    """The advisory team's report, and the samples taken in."""

    visited_on = DayInput(label="Ngày kiểm tra thực tế", required=False)
    reported_on = DayInput(label="Ngày báo cáo")
    samples = forms.IntegerField(
        label="Số mẫu sản phẩm đã nhận",
        min_value=0,
        validators=[MaxValueValidator(1000)],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = AdvisoryReport
        fields = ("file_findings", "site_findings", "visited_on", "recommended", "reporter", "reported_on")
        widgets = {name: forms.Textarea(attrs={"rows": 5}) for name in ("file_findings", "site_findings")}
        labels = {
            "file_findings": "Kiểm tra hồ sơ",
            "site_findings": "Kiểm tra thực tế tại cơ sở",
            "recommended": "Đề nghị đưa ra Hội đồng",
            "reporter": "Người báo cáo",
        }

    field_order = (
        "file_findings",
        "site_findings",
        "visited_on",
        "samples",
        "recommended",
        "reporter",
        "reported_on",
    )

    def __init__(self, *args: Any, instance: AdvisoryReport, dossier: Dossier, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=version_of(instance), **kwargs)
        needed = dossier.criteria_set.samples
        self.fields["samples"].help_text = (
            f"Quyết định yêu cầu {needed} mẫu với bộ sản phẩm này."
            if needed
            else "Bộ sản phẩm này không nộp mẫu: ghi 0."
        )
        if dossier.samples is not None:
            self.initial["samples"] = dossier.samples
        if not instance.pk:
            self.initial["reported_on"] = today()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, what in (("visited_on", "Ngày kiểm tra thực tế"), ("reported_on", "Ngày báo cáo")):
            if day := cleaned.get(name):
                try:
                    not_after(day, today(), what)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return cleaned


class StepForm(OnceForm):
    """A step with its reason, which the producer reads."""

    reason = forms.CharField(
        label="Lý do",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, needs_reason: bool, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_reason:
            self.fields["reason"].required = True
            self.fields["reason"].help_text = hint
            self.fields["reason"].error_messages["required"] = (
                "Hãy ghi lý do để chủ thể biết vì sao và cần làm gì."
            )
        else:
            del self.fields["reason"]
