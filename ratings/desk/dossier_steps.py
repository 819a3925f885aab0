"""Steps of a dossier at the desk: filing, form 03, the advisory report, and the steps that need only a reason."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.workdays import work_calendar
from ratings.actions import dossiers as acts
from ratings.calendar import COMMUNE_WORKING_DAYS
from ratings.desk.scope import dossier_of, ensure
from ratings.desk.self_scores import SelfAssessment, self_assessment
from ratings.desk.turns import committee
from ratings.forms.dossiers import ReportForm, ReviewForm, StepForm, SubmitForm
from ratings.models import AdvisoryReport, CommuneReview, Dossier
from ratings.transitions import MOVES, Move, State


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_FILE, of=dossier_of)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be filed and what is still missing; then the filing itself, to the commune or back to the province."""
    dossier = dossier_of(request.user, pk)
    form = SubmitForm(request.POST or None)
    again = dossier.state == State.SUPPLEMENT

    def save() -> str:
        act = acts.resubmit if again else acts.submit
        filed = act(dossier=dossier, by=request.user)
        if not again:
            messages.info(request, _receipt(filed))
        return reverse("desk:dossier", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã nộp bổ sung." if again else "Đã nộp hồ sơ."):
            return answer
    assessment, day = self_assessment(dossier), today()
    missing = [(told, _where(told, dossier, assessment)) for told in acts.missing_for_filing(dossier)]
    return render(
        request,
        "ratings/dossiers/submit.html",
        {
            "dossier": dossier,
            "form": form,
            "again": again,
            "missing": missing if dossier.editable else [],
            "assessment": assessment,
            "pieces": dossier.evidence.count(),
            "window": acts.window_of(dossier, day),
            "committee": committee(dossier),
            "due": work_calendar().after(day, COMMUNE_WORKING_DAYS),
            "days": COMMUNE_WORKING_DAYS,
        },
    )


def _receipt(dossier: Dossier) -> str:
    return (
        f"Số phiếu đăng ký: {dossier.receipt_number}. {committee(dossier)} xử lý đến hết ngày "
        f"{dossier.commune_due_on:%d/%m/%Y}."
    )


def _where(told: str, dossier: Dossier, assessment: SelfAssessment) -> tuple[str, str]:
    """(address, words) of the page on which something missing is put right; empty where only waiting helps."""
    if "mẫu 01" in told.lower():
        return reverse("desk:dossier-registration", args=[dossier.pk]), "Điền mẫu 01"
    if "Mẫu 02" in told:
        part = next((p.code for p in assessment.parts if p.answered < p.asked), "A")
        return reverse("desk:dossier-self-score", args=[dossier.pk, part]), f"Chấm tiếp phần {part}"
    if "minh chứng" in told:
        return reverse("desk:dossier-evidence", args=[dossier.pk]), "Thêm minh chứng"
    return "", ""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_CHECK, of=dossier_of)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Form 03; a complete dossier goes on to be forwarded, an incomplete one to be returned."""
    dossier = dossier_of(request.user, pk)
    kept = CommuneReview.objects.filter(dossier=dossier).first() or CommuneReview(dossier=dossier)
    form = ReviewForm(request.POST or None, instance=kept, user=request.user)

    def save() -> str:
        saved = acts.save_commune_review(dossier=dossier, review=form.instance, by=request.user)
        return reverse("desk:dossier-step", args=[pk, "forward" if saved.complete else "return"])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lưu mẫu 03."):
            return answer
    context = {"dossier": dossier, "form": form, "open": dossier.state == State.SUBMITTED}
    return render(request, "ratings/dossiers/review.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_INTAKE, of=dossier_of)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The advisory team's report with the samples taken in."""
    dossier = dossier_of(request.user, pk)
    kept = AdvisoryReport.objects.filter(dossier=dossier).first() or AdvisoryReport(dossier=dossier)
    form = ReportForm(request.POST or None, instance=kept, dossier=dossier)

    def save() -> str:
        samples = form.cleaned_data["samples"]
        acts.save_advisory_report(dossier=dossier, report=form.instance, samples=samples, by=request.user)
        return reverse("desk:dossier", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi báo cáo của Tổ tư vấn."):
            return answer
    context = {"dossier": dossier, "form": form, "open": dossier.state == State.RECEIVED}
    return render(request, "ratings/dossiers/report.html", context)


@dataclass(frozen=True)
class Words:
    """How a step is asked about and what is said once it is taken."""

    ask: str
    done: str
    hint: str = ""
    danger: bool = False


STEPS: dict[str, Words] = {
    "return": Words(
        "Chủ thể sửa hồ sơ rồi nộp lại cho xã. Thời hạn 15 ngày làm việc tính lại từ ngày nộp lại.",
        "Đã trả lại hồ sơ.",
        "Ghi rõ còn thiếu gì, cần sửa gì. Chủ thể đọc được câu này.",
    ),
    "forward": Words(
        "Hồ sơ cùng mẫu 03 được chuyển lên cơ quan OCOP cấp tỉnh. Xã không sửa được mẫu 03 nữa.",
        "Đã chuyển hồ sơ lên tỉnh.",
    ),
    "receive": Words(
        "Tỉnh tiếp nhận hồ sơ; Tổ tư vấn kiểm tra hồ sơ và cơ sở.",
        "Đã tiếp nhận hồ sơ.",
    ),
    "ask_more": Words(
        "Chủ thể bổ sung rồi nộp lại thẳng cho tỉnh.",
        "Đã yêu cầu bổ sung.",
        "Ghi rõ tài liệu cần bổ sung. Chủ thể đọc được câu này.",
    ),
    "resubmit": Words("Hồ sơ được gửi lại cho tỉnh.", "Đã nộp bổ sung."),
    "withdraw": Words(
        "Hồ sơ dừng tại đây và không mở lại được. Sản phẩm có thể lập hồ sơ mới bất cứ lúc nào.",
        "Đã rút hồ sơ.",
        "Vì sao rút hồ sơ.",
        danger=True,
    ),
    "exclude": Words(
        "Hồ sơ bị loại khỏi đánh giá và không mở lại được.",
        "Đã loại hồ sơ.",
        "Ghi căn cứ: giả mạo hồ sơ, không tuân thủ quy định… Chủ thể đọc được câu này.",
        danger=True,
    ),
}
"""The steps of this page. All others have pages of their own."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Say what a step does, ask for its reason where it needs one, take it."""
    if name not in STEPS:
        raise Http404("Không có bước này.")
    dossier, move, words = dossier_of(request.user, pk), MOVES[name], STEPS[name]
    ensure(request.user, move.permission)
    form = StepForm(
        request.POST or None,
        needs_reason=move.needs_reason,
        hint=words.hint,
        initial=_proposed(dossier, name),
    )

    def save() -> str:
        _take(dossier, name, form.cleaned_data.get("reason", ""), request.user)
        return reverse("desk:dossier", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, words.done):
            return answer
    context = {"dossier": dossier, "form": form, "move": move, "words": words}
    context |= {"possible": dossier.state in move.sources, "samples": _samples(dossier, move)}
    return render(request, "ratings/dossiers/step.html", context)


def _take(dossier: Dossier, name: str, reason: str, by: Any) -> None:
    plain = {"forward": acts.forward, "receive": acts.receive, "resubmit": acts.resubmit}
    if name in plain:
        plain[name](dossier=dossier, by=by)
    else:
        acts.give_reason_and_move(dossier=dossier, name=name, reason=reason, by=by)


def _proposed(dossier: Dossier, name: str) -> dict[str, str]:
    """What the commune wrote as its opinion is the likely reason of a return."""
    if name != "return" or dossier.state != State.SUBMITTED:
        return {}
    kept = CommuneReview.objects.filter(dossier=dossier, complete=False).first()
    return {"reason": kept.opinion} if kept and kept.opinion else {}


def _samples(dossier: Dossier, move: Move) -> int:
    """How many samples the producer hands in, told at the intake."""
    return dossier.criteria_set.samples if move.target == State.RECEIVED else 0
