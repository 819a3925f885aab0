"""Rounds at the desk: the list, and one round's cockpit with the next step of every dossier in it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, has_permission, requires
from products.desk.scope import paged
from ratings.actions.rounds import admit, close_round, open_scoring, save_round
from ratings.calendar import CLOSING_DAYS
from ratings.findings import HEADER, findings_of, table_rows
from ratings.forms.rounds import AdmitForm, OpenScoringForm, RoundForm
from ratings.models import AssessmentRound, Attendance, CouncilSession, Dossier, ScoreSheet
from ratings.transitions import State

SHOWN = (
    State.SCORING,
    State.ADMITTED,
    State.PROPOSED,
    State.MINISTRY,
    State.RECOGNISED,
    State.NOT_RECOGNISED,
    State.WITHDRAWN,
    State.EXCLUDED,
)
"""States in the order in which a round's dossiers are shown: the council's work first."""


def round_of(user: Any, pk: int) -> AssessmentRound:
    found = AssessmentRound.objects.visible_to(user).select_related("council")  # type: ignore[attr-defined]
    return get_object_or_404(found, pk=pk)


def days_told(until: date, day: date, what: str) -> tuple[str, str]:
    """(tone, words) of how a day lies to a time limit."""
    left = (until - day).days
    if left < 0:
        return "bad", f"quá hạn {what} {-left} ngày"
    if not left:
        return "warn", f"hôm nay đến hạn {what}"
    return ("warn" if left <= CLOSING_DAYS else "info"), f"còn {left} ngày đến hạn {what}"


def deadline(round: AssessmentRound, day: date) -> tuple[str, str]:
    """(tone, words) of where a round stands in its calendar today."""
    if round.closed_on:
        return "quiet", f"đã kết thúc ngày {round.closed_on:%d/%m/%Y}"
    if day < round.propose_until:
        return days_told(round.propose_until, day, "xã đề nghị")
    return days_told(round.assess_until, day, "đánh giá")


@require_safe
@requires(Permission.ROUND_VIEW)
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds, the open ones first."""
    day = today()
    found = AssessmentRound.objects.visible_to(request.user).with_counts()  # type: ignore[attr-defined]
    found = found.select_related("council").order_by(
        F("closed_on").desc(nulls_first=True), "-year", "-number"
    )
    context = paged(request, found)
    context["rows"] = [(r, *deadline(r, day)) for r in context["page"]]
    return render(request, "ratings/rounds/list.html", context)


@dataclass(frozen=True)
class Line:
    """A dossier in the cockpit: how far its signing is, and what is to be done next."""

    dossier: Dossier
    progress: str
    ready: bool
    """All sheets that are waited for are signed."""
    label: str
    url: str


def _progress(round: AssessmentRound) -> dict[int, tuple[int, int, int]]:
    """{dossier: (signed, sheets, waited for)}; absent members are not waited for. No numbers of points."""
    absent = set(
        Attendance.objects.filter(session__round=round, present=False).values_list("session", "member")
    )
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    current = ScoreSheet.objects.filter(dossier__round=round).current()  # type: ignore[attr-defined]
    for dossier, session, member, signed_at in current.values_list(
        "dossier", "dossier__session", "member", "signed_at"
    ):
        count = counts[dossier]
        count[0] += signed_at is not None
        count[1] += 1
        count[2] += signed_at is None and (session, member) not in absent
    return {dossier: (a, b, c) for dossier, (a, b, c) in counts.items()}


def _line(dossier: Dossier, count: tuple[int, int, int], user: Any) -> Line:
    signed, sheets, waiting = count
    ready = dossier.state == State.SCORING and bool(signed) and not waiting
    progress = ""
    if dossier.state == State.ADMITTED and not dossier.session_id:
        progress = "chưa xếp phiên họp"
    elif dossier.state == State.SCORING:
        absent = sheets - signed - waiting
        progress = f"{signed}/{sheets} phiếu đã ký" + (f", {absent} vắng mặt" if absent else "")
    label, name = _action(dossier, ready, user)
    pk = dossier.round_id if name.startswith("round") else dossier.pk
    return Line(dossier, progress, ready, label, reverse(f"desk:{name}", args=[pk]) if name else "")


def _action(dossier: Dossier, ready: bool, user: Any) -> tuple[str, str]:
    """(button, view) of what the user does next with a dossier; empty where there is nothing."""
    match State(dossier.state):
        case State.ADMITTED if dossier.session_id and has_permission(user, Permission.ROUND_KEEP):
            return "Mở chấm điểm", "round-open-scoring"
        case State.SCORING if not ready:
            return "Xem tiến độ", "result"
        case State.SCORING if has_permission(user, Permission.RESULT_KEEP):
            return "Tổng hợp và đề nghị", "result"
        case State.PROPOSED if has_permission(user, Permission.DECISION_SIGN):
            return "Quyết định", "round-decide"
        case State.MINISTRY if has_permission(user, Permission.RESULT_KEEP):
            return "Ghi kết quả của Bộ", "result-ministry"
        case State.ADMITTED | State.WITHDRAWN | State.EXCLUDED:
            return "", ""
    return "Xem kết quả", "result"


@require_safe
@requires(Permission.ROUND_VIEW, of=round_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A round's calendar, plan, sessions, dossiers by state, and what is to be done next."""
    round, day, user = round_of(request.user, pk), today(), request.user
    counts = _progress(round)
    dossiers = round.dossiers.with_line().select_related("issued").order_by("product__name_key", "pk")
    lines = [_line(d, counts.get(d.pk, (0, 0, 0)), user) for d in dossiers]
    groups = [(s, [line for line in lines if line.dossier.state == s]) for s in SHOWN]
    findings = findings_of(round.dossiers.all())
    waiting = Dossier.objects.filter(state=State.CHECKED).count()
    sessions = _sessions(round)
    context = {
        "round": round,
        "deadline": deadline(round, day),
        "limits": [
            (
                "Xã đề nghị trước ngày",
                round.propose_until,
                *days_told(round.propose_until, day, "xã đề nghị"),
            ),
            ("Đánh giá xong trước ngày", round.assess_until, *days_told(round.assess_until, day, "đánh giá")),
        ],
        "sessions": sessions,
        "groups": [(s.label, found) for s, found in groups if found],
        "lines": lines,
        "waiting": waiting,
        "header": HEADER,
        "table": table_rows(findings),
        "steps": _next_steps(round, lines, waiting, bool(sessions), user),
        "unfinished": unfinished(round),
    }
    return render(request, "ratings/rounds/detail.html", context)


def unfinished(round: AssessmentRound) -> str:
    """Which dossiers keep a round from being closed, in a sentence; empty where none does."""
    found = dict(round.dossiers.open().order_by().values_list("state").annotate(n=Count("pk")))  # type: ignore[attr-defined]
    if not found:
        return ""
    told = ", ".join(f"{found[s]} {s.label}" for s in State if s in found)
    return f"Chưa kết thúc đợt được: còn {sum(found.values())} hồ sơ chưa có kết quả ({told})."


def _sessions(round: AssessmentRound) -> list[CouncilSession]:
    """With `dossier_count`, `here` and `listed`."""
    return list(
        round.sessions.annotate(
            dossier_count=Count("dossiers", distinct=True),
            here=Count("attendances", filter=Q(attendances__present=True), distinct=True),
            listed=Count("attendances", distinct=True),
        )
    )


def _next_steps(
    round: AssessmentRound, lines: list[Line], waiting: int, called: bool, user: Any
) -> list[tuple[str, str, str]]:
    """(sentence, button, address) of what the round waits for; the button is empty for who may not press it."""
    if round.closed_on:
        return []

    def number(state: State, holds: Callable[[Line], Any] = bool) -> int:
        return sum(line.dossier.state == state and bool(holds(line)) for line in lines)

    placed = number(State.ADMITTED, lambda line: line.dossier.session_id)
    ready = number(State.SCORING, lambda line: line.ready)
    unplaced, unsigned = number(State.ADMITTED) - placed, number(State.SCORING) - ready
    proposed, sent = number(State.PROPOSED), number(State.MINISTRY)
    done = bool(lines) and all(line.dossier.closed for line in lines)
    found = (
        (not called, "Chưa có phiên họp nào của Hội đồng.", "Lập phiên họp", "session-add"),
        (
            waiting,
            f"{waiting} hồ sơ Tổ tư vấn đã báo cáo đang chờ đưa vào đợt.",
            "Đưa hồ sơ vào đợt",
            "round-admit",
        ),
        (unplaced, f"{unplaced} hồ sơ chưa xếp phiên họp: mở trang phiên họp để xếp.", "", ""),
        (placed, f"{placed} hồ sơ đã xếp phiên, chờ mở chấm.", "Mở chấm điểm", "round-open-scoring"),
        (unsigned, f"{unsigned} hồ sơ đang chờ thành viên ký phiếu.", "", ""),
        (ready, f"{ready} hồ sơ đã đủ phiếu, chờ tổng hợp và đề nghị.", "", ""),
        (proposed, f"{proposed} hồ sơ Hội đồng đã đề nghị, chờ quyết định.", "Quyết định", "round-decide"),
        (sent, f"{sent} hồ sơ đã trình Bộ, chờ kết quả.", "", ""),
        (done, "Mọi hồ sơ của đợt đã có kết quả.", "Kết thúc đợt", "round-close"),
    )
    may_press = {
        name: has_permission(
            user, Permission.DECISION_SIGN if name == "round-decide" else Permission.ROUND_KEEP
        )
        for _, _, _, name in found
    }
    return [
        (sentence, label if may_press[name] else "", reverse(f"desk:{name}", args=[round.pk]) if name else "")
        for holds, sentence, label, name in found
        if holds
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Open a round, on the days that the decision sets unless others are given."""
    return _form(request, AssessmentRound())


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=round_of)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a round's calendar and plan."""
    round = round_of(request.user, pk)
    return shut(request, round) or _form(request, round)


def shut(request: HttpRequest, round: AssessmentRound) -> HttpResponse | None:
    """Back to the round with the reason, where it is closed and nothing of it changes any more."""
    if not round.closed_on:
        return None
    messages.info(request, f"{round} đã kết thúc ngày {round.closed_on:%d/%m/%Y} nên không thay đổi nữa.")
    return redirect("desk:round", round.pk)


def _form(request: HttpRequest, round: AssessmentRound) -> HttpResponse:
    title = f"Sửa {str(round).lower()}" if round.pk else "Lập đợt đánh giá"
    form = RoundForm(request.POST or None, instance=round)

    def save() -> str:
        saved = save_round(round=form.instance, by=request.user)
        return reverse("desk:round", args=[saved.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lưu đợt đánh giá."):
            return answer
    back = reverse("desk:round", args=[pk]) if (pk := round.pk) else reverse("desk:rounds")
    context = {"form": form, "title": title, "lede": "", "button": "Lưu", "back": back}
    return render(request, "ratings/rounds/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=round_of)
def admit_dossiers(request: HttpRequest, pk: int) -> HttpResponse:
    """Put checked dossiers on the round's agenda, all or none."""
    round = round_of(request.user, pk)
    if answer := shut(request, round):
        return answer
    form = AdmitForm(request.POST or None, round=round)

    def save() -> str:
        given = form.cleaned_data
        admit(dossiers=given["dossiers"], round=round, session=given["session"], by=request.user)
        return reverse("desk:round", args=[pk])

    return _choose(
        request,
        form,
        save,
        done="Đã đưa hồ sơ vào đợt.",
        title=f"Đưa hồ sơ vào {str(round).lower()}",
        button="Đưa vào đợt",
        none="Chưa có hồ sơ nào được Tổ tư vấn báo cáo xong.",
        back=reverse("desk:round", args=[pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=round_of)
def open_the_scoring(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the members their sheets for the dossiers that are chosen, all or none."""
    round = round_of(request.user, pk)
    if answer := shut(request, round):
        return answer
    form = OpenScoringForm(request.POST or None, round=round)

    def save() -> str:
        open_scoring(dossiers=form.cleaned_data["dossiers"], by=request.user)
        return reverse("desk:round", args=[pk])

    return _choose(
        request,
        form,
        save,
        done="Đã mở chấm điểm: các thành viên thấy phiếu của mình ngay.",
        title=f"Mở chấm điểm, {str(round).lower()}",
        button="Mở chấm điểm",
        none="Đợt này không có hồ sơ nào chờ mở chấm.",
        back=reverse("desk:round", args=[pk]),
    )


def _choose(
    request: HttpRequest, form: Any, save: Any, *, done: str, none: str, **context: Any
) -> HttpResponse:
    """A page on which dossiers are ticked."""
    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, done):
            return answer
    empty = none if not len(form["dossiers"]) else ""
    return render(request, "ratings/rounds/choose.html", {"form": form, "empty": empty, **context})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=round_of)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a round whose dossiers all have their result; before that the page says which have none."""
    round = round_of(request.user, pk)
    if answer := shut(request, round):
        return answer
    form = OnceForm(request.POST or None)

    def save() -> str:
        close_round(round=round, by=request.user)
        return reverse("desk:round", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã kết thúc đợt đánh giá."):
            return answer
    title, back = f"Kết thúc {str(round).lower()}", reverse("desk:round", args=[pk])
    if left := unfinished(round):
        return render(
            request, "ratings/rounds/choose.html", {"form": form, "title": title, "empty": left, "back": back}
        )
    context = {
        "form": form,
        "title": title,
        "lede": "Đợt đã kết thúc thì kế hoạch, phiên họp và điểm danh không thay đổi nữa. Kết quả vẫn xem và in được.",
        "button": "Kết thúc đợt",
        "back": back,
    }
    return render(request, "ratings/rounds/form.html", context)
