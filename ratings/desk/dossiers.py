"""Dossiers at the desk: the list, one dossier on one page, its history."""

from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.permissions import Permission, Role, requires
from ocop_portal.records import KINDS
from ocop_portal.workdays import work_calendar
from products.desk.history import tell_history
from products.desk.scope import asked_text, paged
from products.models import Product
from ratings.actions.dossiers import window_of
from ratings.changes import changes_since
from ratings.desk.dossier_page import current_result, evidence_by_kind, story_of
from ratings.desk.dossier_start import producers_of, product_lines
from ratings.desk.scope import dossier_of, dossiers_of, may_read_report
from ratings.desk.self_scores import self_assessment
from ratings.desk.turns import line_of, may_write, steps_for, waiting_for
from ratings.models import AdvisoryReport, CommuneReview, Dossier
from ratings.transitions import OPEN, State

ALL, OPEN_ONES, MINE = "all", "open", "mine"
GROUPS = {OPEN_ONES: "Đang mở", MINE: "Chờ tôi xử lý", ALL: "Tất cả"}


@require_safe
@requires(Permission.DOSSIER_VIEW)
def dossier_list(request: HttpRequest) -> HttpResponse:
    """Dossiers in scope, what waits for the user first. A producer without a question is shown its products too."""
    if request.user.role == Role.PRODUCER and not request.GET:
        return _producer_home(request)
    day, text, kind = today(), asked_text(request), request.GET.get("kind", "")
    kind = kind if kind in Dossier.Kind.values else ""
    late = request.GET.get("late") == "1"
    state = request.GET.get("state", "")
    state = state if state in GROUPS or state in State.values else OPEN_ONES
    found = _asked(dossiers_of(request.user), text=text, kind=kind)
    overdue = found.late_at_commune(day)
    late_count = overdue.count()
    if late:
        found = overdue
    counts = dict(found.order_by().values_list("state").annotate(n=Count("pk")))
    waiting = waiting_for(request.user)
    shown = _ordered(_in_state(found, state, waiting), waiting)
    context = paged(request, shown.with_line())
    calendar = work_calendar()
    context |= {
        "lines": [line_of(d, day, calendar) for d in context["page"]],
        "text": text,
        "kind": kind,
        "kinds": Dossier.Kind.choices,
        "late": late,
        "late_count": late_count,
        "state": state,
        "groups": _tabs(request, state, counts, waiting),
        "states": _state_links(request, state, counts),
    }
    return render(request, "ratings/dossiers/list.html", context)


def _asked(found: QuerySet[Dossier], *, text: str, kind: str) -> Any:
    if text:
        products = Product.objects.search(text).order_by().values("pk")
        found = found.filter(Q(product__in=products) | Q(receipt_number__icontains=text))
    return found.filter(kind=kind) if kind else found


def _in_state(found: Any, state: str, waiting: list[str]) -> Any:
    if state == ALL:
        return found
    if state == OPEN_ONES:
        return found.open()
    return found.filter(state__in=waiting) if state == MINE else found.filter(state=state)


def _ordered(found: Any, waiting: list[str]) -> Any:
    """What waits for the user first, by the commune's term where there is one, then the newest."""
    first = Case(
        When(state__in=waiting, then=Value(0)), When(state__in=OPEN, then=Value(1)), default=Value(2)
    )
    due = Case(When(state=State.SUBMITTED, then=F("commune_due_on")), default=None)
    return found.order_by(first, due.asc(nulls_last=True), "-pk")


def _tabs(
    request: HttpRequest, state: str, counts: dict[str, int], waiting: list[str]
) -> list[dict[str, Any]]:
    totals = {
        OPEN_ONES: sum(n for s, n in counts.items() if s in OPEN),
        MINE: sum(n for s, n in counts.items() if s in waiting),
        ALL: sum(counts.values()),
    }
    return [_link(request, value, GROUPS[value], totals[value], state) for value in GROUPS]


def _state_links(request: HttpRequest, state: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Each state that has a dossier, and the one that is asked for."""
    found = [s for s in State if counts.get(s) or s == state]
    return [_link(request, s.value, s.label, counts.get(s, 0), state) for s in found]


def _link(request: HttpRequest, value: str, label: str, count: int, state: str) -> dict[str, Any]:
    params = request.GET.copy()
    params.pop("page", None)
    params["state"] = value
    url = f"?{params.urlencode()}"
    return {"label": label, "count": count, "url": url, "current": value == state}


def _producer_home(request: HttpRequest) -> HttpResponse:
    """A producer's first page: its dossiers with the next step, its products with what may be filed for them."""
    day, calendar = today(), work_calendar()
    found = list(_ordered(dossiers_of(request.user), waiting_for(request.user)).with_line()[:100])
    lines = [line_of(d, day, calendar) for d in found]
    producers = list(producers_of(request.user).order_by("name_key", "pk"))
    products = Product.objects.filter(producer__in=producers).with_place()
    return render(
        request,
        "ratings/dossiers/producer_home.html",
        {
            "producers": producers,
            "open": [line for line in lines if not line.dossier.closed],
            "closed": [line for line in lines if line.dossier.closed],
            "products": product_lines(products, day),
        },
    )


@require_safe
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One dossier: where it stands, who acts, what it says, and the steps that the user may take."""
    dossier, day, user = dossier_of(request.user, pk), today(), request.user
    review = CommuneReview.objects.filter(dossier=dossier).first()
    report = AdvisoryReport.objects.filter(dossier=dossier).first()
    return render(
        request,
        "ratings/dossiers/detail.html",
        {
            "dossier": dossier,
            "line": line_of(dossier, day, work_calendar()),
            "may_write": may_write(user, dossier),
            "steps": steps_for(user, dossier, reviewed=bool(review and review.complete)),
            "assessment": self_assessment(dossier),
            "evidence": evidence_by_kind(dossier),
            "review": review,
            "report": report if may_read_report(user, dossier) else None,
            "result": current_result(user, dossier),
            "changes": changes_since(dossier),
            "story": story_of(dossier),
            "window": _window(dossier, day),
        },
    )


def _window(dossier: Dossier, day: date) -> str:
    """The filing window, as long as it matters: before the dossier is filed."""
    return "" if dossier.filed_on else window_of(dossier, day)


@require_safe
@requires(Permission.HISTORY_VIEW, of=dossier_of)
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who wrote what on the dossier, its forms, its evidence and the reports on it, when and why."""
    dossier = dossier_of(request.user, pk)
    return tell_history(request, KINDS["ho-so"], dossier, "ratings/dossiers/history.html", dossier=dossier)
