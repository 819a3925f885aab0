"""The desk's forms for rounds and the council's sessions."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.db.models import QuerySet

from ocop_portal.clock import today
from ocop_portal.forms import DayInput, EditForm, OnceForm, version_of
from ratings.calendar import statutory
from ratings.models import AssessmentRound, Attendance, Council, CouncilSession, Dossier, ScoreSheet
from ratings.transitions import State

DAYS = ("propose_until", "assess_until")


def proposed_place() -> tuple[int, int]:
    """(year, number) of the next round that is not on record and whose days are not over."""
    day = today()
    taken = set(AssessmentRound.objects.filter(year__gte=day.year).values_list("year", "number"))
    coming = ((year, number) for year in (day.year, day.year + 1) for number in (1, 2))
    for year, number in coming:
        if (year, number) not in taken and statutory(year, number)[1] >= day:
            return year, number
    return day.year, max((n for y, n in taken if y == day.year), default=0) + 1


class RecordForm(EditForm, forms.ModelForm):
    """An edit form whose constraints are told by the action: a form sent twice then leads to what the first saved."""

    def _get_validation_exclusions(self) -> set[str]:
        return {field.name for field in self.instance._meta.fields}


class RoundForm(RecordForm):
    """A round with its calendar and plan. Days left as proposed follow the year and number that are chosen."""

    propose_until = DayInput(
        label="Xã đề nghị trước ngày",
        required=False,
        help_text="Theo Quyết định 26/2026/QĐ-TTg: đợt 1 trước 30/4, đợt 2 trước 30/10. Để trống thì lấy ngày này.",
    )
    assess_until = DayInput(
        label="Đánh giá xong trước ngày",
        required=False,
        help_text="Theo Quyết định 26/2026/QĐ-TTg: đợt 1 trước 30/6, đợt 2 trước 30/12. Để trống thì lấy ngày này.",
    )

    class Meta:
        model = AssessmentRound
        fields = ("council", "year", "number", "propose_until", "assess_until", "extra_reason", "plan")
        widgets = {
            "extra_reason": forms.Textarea(attrs={"rows": 2}),
            "plan": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {
            "number": "Mỗi năm ít nhất hai đợt; đợt thứ ba trở đi chỉ khi quy chế của Hội đồng cho phép."
        }

    def __init__(self, *args: Any, instance: AssessmentRound, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=version_of(instance), **kwargs)
        councils = Council.objects.filter(level="province")
        if instance.pk is None:
            year, number = proposed_place()
            self.initial |= {"year": year, "number": number}
            self.initial |= dict(zip(DAYS, statutory(year, number), strict=True))
            councils = councils.filter(year__gte=today().year)
            self.initial["council"] = councils.filter(year=year).values_list("pk", flat=True).first()
        self.fields["council"].queryset = councils
        if instance.pk and instance.dossiers.exists():
            # Sheets and quorum rest on them.
            for name in ("council", "year", "number"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        year, number, council = (cleaned.get(n) for n in ("year", "number", "council"))
        if year and number:
            moved = {"year", "number"} & set(self.changed_data)
            for name, day in zip(DAYS, statutory(year, number), strict=True):
                as_proposed = self.instance.pk is None and moved and name not in self.changed_data
                if name in cleaned and (cleaned[name] is None or as_proposed):
                    cleaned[name] = day
        if council and year and council.year != year:
            self.add_error("council", f"Hội đồng này của năm {council.year}, đợt đánh giá thuộc năm {year}.")
        if number and number <= 2:
            cleaned["extra_reason"] = ""
        return cleaned


class DossierChoice(forms.ModelMultipleChoiceField):
    """Dossiers to tick, each told by product, producer, commune and kind."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"required": "Hãy chọn ít nhất một hồ sơ."}

    def label_from_instance(self, dossier: Dossier) -> str:  # type: ignore[override]
        return (
            f"{dossier.product.name} – {dossier.product.producer.name}, {dossier.unit.name}, "
            f"{dossier.get_kind_display()}"
        )


class CheckedChoice(DossierChoice):
    """Also how many samples have come in of how many."""

    def label_from_instance(self, dossier: Dossier) -> str:  # type: ignore[override]
        needed = dossier.criteria_set.samples
        return f"{super().label_from_instance(dossier)} ({dossier.samples or 0}/{needed} mẫu)"


def in_name_order(dossiers: Any) -> QuerySet[Dossier]:
    return dossiers.with_line().order_by("product__name_key", "pk")


class AdmitForm(OnceForm):
    """Which of the checked dossiers go into a round, and to which of its sessions."""

    dossiers = CheckedChoice(
        Dossier.objects.none(),
        label="Hồ sơ Tổ tư vấn đã báo cáo",
        help_text="Hồ sơ đủ mẫu được chọn sẵn. Một hồ sơ chưa đủ điều kiện thì chưa hồ sơ nào được đưa vào.",
    )
    session = forms.ModelChoiceField(
        CouncilSession.objects.none(),
        label="Xếp vào phiên họp",
        required=False,
        empty_label="Chưa xếp phiên",
    )

    def __init__(self, *args: Any, round: AssessmentRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = in_name_order(Dossier.objects.filter(state=State.CHECKED))
        self.fields["dossiers"].queryset = waiting
        self.fields["session"].queryset = round.sessions.all()
        if not self.is_bound:
            self.initial["dossiers"] = [d.pk for d in waiting if (d.samples or 0) >= d.criteria_set.samples]
            last = round.sessions.last()
            self.initial["session"] = last.pk if last else None


class OpenScoringForm(OnceForm):
    """Which of a round's admitted dossiers the members now score."""

    dossiers = DossierChoice(
        Dossier.objects.none(),
        label="Hồ sơ mở chấm",
        help_text="Mỗi thành viên chấm điểm nhận một phiếu; thành viên có xung đột lợi ích với chủ thể thì không.",
    )

    def __init__(self, *args: Any, round: AssessmentRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = in_name_order(round.dossiers.filter(state=State.ADMITTED))
        self.fields["dossiers"].queryset = waiting
        if not self.is_bound:
            self.initial["dossiers"] = [d.pk for d in waiting if d.session_id]


class SessionForm(RecordForm):
    """A session's day, place, agenda and, afterwards, its conclusion."""

    held_on = DayInput(label="Ngày họp")
    starts_at = forms.TimeField(
        label="Bắt đầu lúc",
        widget=forms.TimeInput(format="%H:%M", attrs={"size": 6, "autocomplete": "off"}),
        input_formats=["%H:%M", "%Hh%M", "%H.%M"],
        error_messages={"invalid": "Hãy viết giờ:phút, ví dụ 08:00."},
    )

    class Meta:
        model = CouncilSession
        fields = ("held_on", "starts_at", "place", "agenda", "conclusion")
        widgets = {
            "agenda": forms.Textarea(attrs={"rows": 5}),
            "conclusion": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "agenda": "Mỗi dòng một nội dung; in vào biên bản.",
            "conclusion": "Mỗi dòng một ý; in vào biên bản.",
        }

    def __init__(self, *args: Any, instance: CouncilSession, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, version=version_of(instance), **kwargs)
        if instance.pk is None:
            self.initial["starts_at"] = time(8, 0)
            del self.fields["conclusion"]
        elif instance.dossiers.exclude(state=State.ADMITTED).exists():
            # Who scores and the quorum go by the day.
            self.fields["held_on"].disabled = True
            self.fields["held_on"].help_text = "Đã mở chấm nên không đổi ngày họp."


class SessionDossiersForm(OnceForm):
    """Which admitted dossiers of the round come before this session instead."""

    dossiers = DossierChoice(Dossier.objects.none(), label="Chuyển hồ sơ vào phiên này")

    def __init__(self, *args: Any, session: CouncilSession, **kwargs: Any) -> None:
        super().__init__(*args, prefix="xep", **kwargs)
        others = session.round.dossiers.filter(state=State.ADMITTED)
        self.fields["dossiers"].queryset = in_name_order(others).exclude(session=session)


def attendance_version(session: CouncilSession) -> str:
    return version_of(session, Attendance.pgh_event_model.objects.filter(session=session.pk))


class AttendanceForm(EditForm):
    """Present or absent, with the reason, for every member on a session's list."""

    def __init__(self, *args: Any, session: CouncilSession, **kwargs: Any) -> None:
        super().__init__(*args, version=attendance_version(session), **kwargs)
        self.attendances: Sequence[Attendance] = list(
            session.attendances.select_related("member").order_by("member")
        )
        sheets = ScoreSheet.objects.filter(dossier__session=session, dossier__state=State.SCORING)
        self.signed = set(sheets.signed().values_list("member", flat=True))  # type: ignore[attr-defined]
        for row in self.attendances:
            name = row.member.name
            self.fields[f"here_{row.member_id}"] = forms.BooleanField(
                label=f"{name} có mặt", required=False, initial=row.present
            )
            self.fields[f"reason_{row.member_id}"] = forms.CharField(
                label=f"Lý do vắng của {name}", required=False, max_length=200, initial=row.reason
            )

    @property
    def rows(self) -> list[tuple[Attendance, Any, Any]]:
        """(attendance, its box, its reason) for the page."""
        return [(a, self[f"here_{a.member_id}"], self[f"reason_{a.member_id}"]) for a in self.attendances]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for row in self.attendances:
            here, reason = cleaned.get(f"here_{row.member_id}"), cleaned.get(f"reason_{row.member_id}", "")
            if here:
                cleaned[f"reason_{row.member_id}"] = ""
            elif row.member_id in self.signed:
                self.add_error(
                    f"here_{row.member_id}",
                    f"{row.member.name} đã ký phiếu trong phiên này nên không ghi vắng.",
                )
            elif not reason and f"reason_{row.member_id}" not in self.errors:
                self.add_error(f"reason_{row.member_id}", f"Hãy ghi lý do vắng của {row.member.name}.")
        return cleaned

    def present(self) -> dict[int, tuple[bool, str]]:
        """What `save_attendance` takes."""
        return {
            a.member_id: (
                self.cleaned_data[f"here_{a.member_id}"],
                self.cleaned_data[f"reason_{a.member_id}"],
            )
            for a in self.attendances
        }
