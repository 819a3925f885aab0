"""Forms 01 and 02 at the desk."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from ratings.actions.dossiers import save_registration, save_self_scores, window_of
from ratings.desk.scope import dossier_of, ensure
from ratings.desk.self_scores import SelfAssessment, self_assessment
from ratings.desk.turns import may_write
from ratings.forms.dossiers import RegistrationForm, SelfScoreForm
from ratings.models import Dossier, Evidence
from ratings.rulesets import PART_NAMES, Grade, Scale, SectionHead

NOTES = {
    "excluded_if": ("Loại hồ sơ", "danger"),
    "stop_if": ("Dừng đánh giá", "danger"),
    "applies_when": ("Điều kiện áp dụng", "info"),
    "requirement": ("Yêu cầu", "warn"),
    "note": ("Giải thích", "info"),
    "remark": ("Cách đọc", "info"),
}
"""Kinds of notes on a criterion: (words, tone), as they are shown."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_FILE, of=dossier_of)
def registration(request: HttpRequest, pk: int) -> HttpResponse:
    """Form 01. Once the dossier is filed it is shown why nothing can be changed."""
    dossier = dossier_of(request.user, pk)
    form = RegistrationForm(request.POST or None, instance=dossier)

    def save() -> str:
        save_registration(dossier=dossier, values=form.values(), by=request.user)
        if "onward" in request.POST:
            return reverse("desk:dossier-self-score", args=[pk, "A"])
        return reverse("desk:dossier", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lưu mẫu 01."):
            return answer
    context = {"dossier": dossier, "form": form, "window": window_of(dossier, today())}
    return render(request, "ratings/dossiers/registration.html", context)


@dataclass(frozen=True)
class Choice:
    """One answer on the page: its radio button, its words, the case it belongs to if that begins here."""

    radio: Any
    grade: Grade | None
    case: str = ""


@dataclass(frozen=True)
class Question:
    """A criterion on the page of its part."""

    scale: Scale
    answer: Any
    note: Any
    choices: tuple[Choice, ...]
    told: tuple[tuple[str, str, str], ...]
    """(words, tone, text) of its notes."""
    evidence: list[Evidence]
    kept: Any
    """The answer on record, a `Chosen`; None while there is none."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def self_score(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One part of form 02: to be filled in by who files, to be read by everybody else."""
    dossier = dossier_of(request.user, pk)
    if request.method == "POST":
        ensure(request.user, Permission.DOSSIER_FILE)
    assessment = self_assessment(dossier)
    parts = list(assessment.rules.maxima)
    if part not in parts:
        raise Http404("Bộ tiêu chí không có phần này.")
    scales = [s for s in assessment.table.scales if s.part == part]
    form = SelfScoreForm(
        request.POST or None, dossier=dossier, part=part, scales=scales, chosen=assessment.chosen
    )
    place = parts.index(part)
    onward = parts[place + 1] if place + 1 < len(parts) else ""

    def save() -> str:
        save_self_scores(dossier=dossier, chosen=form.chosen(), by=request.user)
        if "onward" in request.POST:
            if not onward:
                return reverse("desk:dossier-evidence", args=[pk])
            return reverse("desk:dossier-self-score", args=[pk, onward])
        return reverse("desk:dossier-self-score", args=[pk, part])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, f"Đã lưu phần {part} của mẫu 02."):
            return answer
    return render(
        request,
        "ratings/dossiers/self_score.html",
        {
            "dossier": dossier,
            "assessment": assessment,
            "part": next(p for p in assessment.parts if p.code == part),
            "part_name": PART_NAMES[part],
            "sections": _sections(form, dossier, assessment, part),
            "form": form,
            "writing": may_write(request.user, dossier),
            "previous": parts[place - 1] if place else "",
            "onward": onward,
        },
    )


def _sections(
    form: SelfScoreForm, dossier: Dossier, assessment: SelfAssessment, part: str
) -> list[tuple[SectionHead, list[Question]]]:
    """The part's sections with their questions, evidence beside them. One query."""
    proofs: dict[int, list[Evidence]] = {}
    for piece in dossier.evidence.filter(criterion__part=part).order_by("pk"):
        proofs.setdefault(piece.criterion_id, []).append(piece)
    return [
        (head, [_question(form, s, assessment, proofs.get(s.pk, [])) for s in scales])
        for head, scales in assessment.table.of_part(part)
    ]


def _question(
    form: SelfScoreForm, scale: Scale, assessment: SelfAssessment, evidence: list[Evidence]
) -> Question:
    answer = form[f"c{scale.pk}"]
    choices, case = [], ""
    for radio, grade in zip(answer, [*scale.grades, None], strict=True):
        begins = grade.case if grade and grade.case != case else ""
        case = grade.case if grade else case
        choices.append(Choice(radio, grade, begins))
    told = tuple((*NOTES[name], text) for name, text in scale.notes if name in NOTES)
    kept = assessment.chosen.get(scale.pk)
    return Question(scale, answer, form[f"n{scale.pk}"], tuple(choices), told, evidence, kept)
