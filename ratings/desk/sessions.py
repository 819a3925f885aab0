"""The council's sessions at the desk: calling one, its agenda and conclusion, who sat, what came before it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ratings.actions.rounds import save_attendance, save_session, set_session
from ratings.desk.rounds import round_of, shut
from ratings.forms.rounds import AttendanceForm, SessionDossiersForm, SessionForm
from ratings.models import AssessmentRound, CouncilSession


def sessions_of(user: Any) -> QuerySet[CouncilSession]:
    """The sessions of the rounds in a user's scope."""
    rounds = AssessmentRound.objects.visible_to(user).order_by().values("pk")  # type: ignore[attr-defined]
    return CouncilSession.objects.filter(round__in=rounds)


def session_of(user: Any, pk: int) -> CouncilSession:
    return get_object_or_404(sessions_of(user).select_related("round__council"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=round_of)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a session; the council's members of that day are put on its list."""
    round = round_of(request.user, pk)
    if answer := shut(request, round):
        return answer
    form = SessionForm(request.POST or None, instance=CouncilSession(round=round))

    def save() -> str:
        session = save_session(session=form.instance, by=request.user)
        return reverse("desk:session", args=[session.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập phiên họp."):
            return answer
    context = {
        "form": form,
        "title": f"Lập phiên họp, {str(round).lower()}",
        "lede": "Mọi thành viên Hội đồng còn nhiệm kỳ vào ngày họp được đưa vào danh sách dự họp.",
        "button": "Lập phiên họp",
        "back": reverse("desk:round", args=[pk]),
    }
    return render(request, "ratings/rounds/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_VIEW, of=session_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A session; those who keep rounds also change its agenda and conclusion, and place dossiers in it."""
    session = session_of(request.user, pk)
    keeps = has_permission(request.user, Permission.ROUND_KEEP)
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied("Tài khoản của bạn không có quyền thực hiện việc này.")
        if answer := shut(request, session.round):
            return answer
    title, round = str(session), session.round
    placing = request.method == "POST" and "xep-token" in request.POST
    form = SessionForm(None if placing else request.POST or None, instance=session)
    place = SessionDossiersForm(request.POST if placing else None, session=CouncilSession(pk=pk, round=round))
    address = reverse("desk:session", args=[pk])

    def save() -> str:
        save_session(session=form.instance, by=request.user)
        return address

    @transaction.atomic
    def put() -> str:
        for dossier in place.cleaned_data["dossiers"]:
            set_session(dossier=dossier, session=session, by=request.user)
        return address

    sent, act, done = (
        (place, put, "Đã xếp hồ sơ vào phiên.") if placing else (form, save, "Đã lưu phiên họp.")
    )
    if request.method == "POST" and sent.is_valid():
        if answer := send_once(request, sent, act, done):
            return answer
    attendances = list(session.attendances.select_related("member").order_by("member"))
    here = [a for a in attendances if a.present and a.member.scores]
    context = {
        "session": session,
        "title": title,
        "round": round,
        "form": form,
        "place": place,
        "forms": [form, place],
        "keeps": keeps and not round.closed_on,
        "attendances": attendances,
        "here": len(here),
        "scoring": sum(a.member.scores for a in attendances),
        "quorum": round.council.quorum_on(session.held_on) if session.held_on else 0,
        "dossiers": session.dossiers.with_line().order_by("product__name_key", "pk"),
        "movable": len(place["dossiers"]),
    }
    return render(request, "ratings/rounds/session.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ROUND_KEEP, of=session_of)
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sat: present, or absent for a reason. Absent members' sheets are not waited for."""
    session = session_of(request.user, pk)
    if answer := shut(request, session.round):
        return answer
    form = AttendanceForm(request.POST or None, session=session)

    def save() -> str:
        save_attendance(session=session, present=form.present(), by=request.user)
        return reverse("desk:session", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lưu điểm danh."):
            return answer
    return render(request, "ratings/rounds/attendance.html", {"form": form, "session": session})
