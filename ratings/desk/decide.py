"""The decision at the desk: certificates for 3 and 4 stars, the ministry's step, refusals, back to the council."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, requires
from products.models import Certificate, Decision
from ratings.actions.decisions import approve, record_ministry_result, refer_to_ministry, refuse
from ratings.actions.dossiers import give_reason_and_move
from ratings.desk.results import dossier_of, rehearsed
from ratings.desk.rounds import round_of
from ratings.findings import Finding, findings_of
from ratings.forms.results import ApproveForm, MinistryForm, ReferForm, RefuseForm, SendBackForm
from ratings.models import AssessmentRound, Dossier
from ratings.transitions import State


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_SIGN, of=round_of)
def round_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposals of a round before the chairman, and the approval in two steps: choose, then confirm by name."""
    round = round_of(request.user, pk)
    found = findings_of(round.dossiers.all())
    proposed = [f for f in found if f.dossier.state == State.PROPOSED]
    here = [f for f in proposed if f.certified_by == Decision.Level.PROVINCE]
    form = ApproveForm(request.POST or None, request.FILES or None, findings=here)

    def chosen() -> list[Finding]:
        return [f for f in here if f.dossier.pk in form.cleaned_data["dossiers"]]

    def act(**scan: Any) -> Decision:
        dossiers = [f.dossier for f in chosen()]
        return approve(dossiers=dossiers, by=request.user, **form.values(), **scan)

    def save() -> str:
        act(scan=form.cleaned_data["scan"])
        return reverse("desk:round-decide", args=[pk]) + "#da-quyet-dinh"

    def numbers() -> dict[int, str]:
        issued = Certificate.objects.filter(decision=act())
        return dict(issued.values_list("product", "number"))

    if request.method == "POST":
        valid = form.is_valid()
        if valid and not form.cleaned_data["confirmed"]:
            if expected := rehearsed(form, numbers):
                return _confirm(request, round, form, chosen(), expected)
        elif valid:
            done = "Đã ghi quyết định và cấp giấy chứng nhận. Trang công khai đổi ngay từ lần xem kế tiếp."
            if answer := send_once(request, form, save, done):
                return answer
        elif set(form.errors) == {"scan"}:
            if expected := rehearsed(form, numbers):
                return _confirm(request, round, form, chosen(), expected)
    return render(request, "ratings/results/decide.html", _decide_context(round, form, found, here))


def _confirm(
    request: HttpRequest,
    round: AssessmentRound,
    form: ApproveForm,
    chosen: list[Finding],
    numbers: dict[int, str],
) -> HttpResponse:
    """Step two: every product and star by name, the numbers they would bear, and the signed scan to add."""
    rows = [(f, numbers.get(f.dossier.product_id, "")) for f in chosen]
    context = {"form": form, "given": form.cleaned_data, "round": round, "rows": rows}
    return render(request, "ratings/results/decide_confirm.html", context)


def _decide_context(
    round: AssessmentRound, form: ApproveForm, found: list[Finding], here: list[Finding]
) -> dict[str, Any]:
    proposed = [f for f in found if f.dossier.state == State.PROPOSED]
    decided = [f for f in found if f.dossier.state == State.RECOGNISED]
    decided.sort(key=lambda f: (f.dossier.decision_id or 0, f.dossier.pk), reverse=True)
    return {
        "round": round,
        "form": form,
        "here": list(zip(here, form["dossiers"], strict=True)),
        "above": [f for f in proposed if f.certified_by == Decision.Level.CENTRE],
        "below": [f for f in proposed if not f.stars],
        "sent": [f for f in found if f.dossier.state == State.MINISTRY],
        "decided": decided,
        "refused": [f for f in found if f.dossier.state == State.NOT_RECOGNISED],
    }


def _proposal(request: HttpRequest, pk: int, *states: State) -> tuple[Dossier, Finding | None]:
    """A dossier in scope, with its finding where it is in one of the states; else the reader is told so."""
    dossier = dossier_of(request.user, pk)
    if dossier.state in states:
        if found := findings_of(Dossier.objects.filter(pk=pk)):
            return dossier, found[0]
    messages.info(
        request,
        f"Hồ sơ đang ở trạng thái “{dossier.get_state_display()}” nên không còn chờ việc này.",
    )
    return dossier, None


def _page(request: HttpRequest, form: OnceForm, save: Any, finding: Finding, **told: Any) -> HttpResponse:
    """A form over one proposal."""
    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, told["done"]):
            return answer
    return render(request, "ratings/results/step.html", {"form": form, "finding": finding, **told})


def _decide_url(dossier: Dossier) -> str:
    return reverse("desk:round-decide", args=[dossier.round_id])


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_SIGN, of=dossier_of)
def refuse_dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a dossier below 3 stars with a numbered, reasoned notice."""
    dossier, finding = _proposal(request, pk, State.PROPOSED)
    if finding is None:
        return redirect("desk:result", pk)
    form = RefuseForm(request.POST or None, initial={"reason": finding.refusal})

    def save() -> str:
        refuse(dossier=dossier, by=request.user, **_given(form, "number", "reason"))
        return _decide_url(dossier) + "#da-quyet-dinh"

    return _page(
        request,
        form,
        save,
        finding,
        done="Đã ghi thông báo không công nhận.",
        title="Không công nhận",
        lede="Hồ sơ kết thúc tại đây; chủ thể có thể nộp hồ sơ mới ở đợt sau.",
        button="Ghi không công nhận",
        danger=True,
        back=_decide_url(dossier),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_SIGN, of=dossier_of)
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a proposal back to the council with what it should look at again."""
    dossier, finding = _proposal(request, pk, State.PROPOSED)
    if finding is None:
        return redirect("desk:result", pk)
    form = SendBackForm(request.POST or None)

    def save() -> str:
        give_reason_and_move(
            dossier=dossier, name="send_back", reason=form.cleaned_data["reason"], by=request.user
        )
        return _decide_url(dossier)

    return _page(
        request,
        form,
        save,
        finding,
        done="Đã trả lại Hội đồng.",
        title="Trả lại Hội đồng",
        lede="Kết quả lần này vẫn lưu. Hội đồng mở chấm lại cho thành viên liên quan rồi đề nghị lần nữa.",
        button="Trả lại Hội đồng",
        danger=False,
        back=_decide_url(dossier),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_SIGN, of=dossier_of)
def refer(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a result of 90 points or more, with all minimums of five stars, to the ministry."""
    dossier, finding = _proposal(request, pk, State.PROPOSED)
    if finding is None:
        return redirect("desk:result", pk)
    form = ReferForm(request.POST or None)

    def save() -> str:
        refer_to_ministry(dossier=dossier, by=request.user, **_given(form, "number", "sent_on"))
        return _decide_url(dossier)

    return _page(
        request,
        form,
        save,
        finding,
        done="Đã ghi tờ trình Bộ.",
        title="Trình Bộ công nhận 5 sao",
        lede=f"5 sao do {settings.SITE['ministry_name']} công nhận. Kết quả của Bộ được ghi khi có.",
        button="Ghi tờ trình",
        danger=False,
        back=_decide_url(dossier),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESULT_KEEP, of=dossier_of)
def ministry(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the ministry's answer: a five-star certificate, or back to the province."""
    dossier, finding = _proposal(request, pk, State.MINISTRY)
    if finding is None:
        return redirect("desk:result", pk)
    form = MinistryForm(request.POST or None, request.FILES or None)

    def save() -> str:
        given = _given(form, "total", "answered_on", "number", "scan")
        record_ministry_result(dossier=dossier, by=request.user, **given)
        return reverse("desk:result", args=[pk])

    return _page(
        request,
        form,
        save,
        finding,
        done="Đã ghi kết quả của Bộ.",
        title="Ghi kết quả của Bộ",
        lede="Từ 90 điểm: cấp ngay giấy chứng nhận 5 sao theo quyết định của Bộ. "
        "Dưới 90 điểm: hồ sơ trở về tỉnh để xét 3 hoặc 4 sao. Kết quả chỉ ghi một lần.",
        button="Ghi kết quả của Bộ",
        danger=False,
        back=reverse("desk:round", args=[dossier.round_id]),
    )


def _given(form: OnceForm, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}
