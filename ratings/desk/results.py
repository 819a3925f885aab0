"""The council's result of one dossier at the desk: progress, then totals, spread, distribution, and the proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ratings.actions.results import outcome_of, propose, propose_from_averages, regulation_of, sheets_of
from ratings.actions.sheets import reopen_sheets
from ratings.consolidation import Distribution, Outcome
from ratings.findings import NO_OPTION, SETTLED, Finding, findings_of, label_of, missed, short_of, told
from ratings.forms.results import AveragesForm, ProposeForm, ReopenForm, result_version
from ratings.models import CouncilMember, CouncilResult, Dossier, ScoreSheet
from ratings.reading import table_of
from ratings.rulesets import Table
from ratings.transitions import State

BAR, GAP, TALL = 12, 4, 30
"""Width of a bar, space between bars, height of the tallest, in units of the drawing."""


def dossier_of(user: Any, pk: int) -> Dossier:
    """A dossier in scope that has come to a round."""
    found = get_object_or_404(Dossier.objects.visible_to(user).with_line(), pk=pk)  # type: ignore[attr-defined]
    if found.round_id is None:
        raise Http404("Hồ sơ chưa vào đợt đánh giá nào.")
    return found


@dataclass(frozen=True)
class Row:
    """A criterion in the table of distributions."""

    code: str
    name: str
    part: str
    counts: tuple[str, ...]
    """How many members chose what, in words; the same as the bars."""
    bars: tuple[tuple[int, int, int, bool], ...]
    """(x, y, height, agreed) of each choice that the criterion offers."""
    width: int
    agreed: str
    """The agreed option, of criteria with star marks only."""


def _row(one: Distribution, agreed: Mapping[str, int], most: int) -> Row:
    scale, counts = one.scale, dict(one.counts)
    chosen = agreed.get(scale.code)
    heights = [(n, TALL * counts.get(points, 0) // most) for n, points in enumerate(scale.choices)]
    bars = tuple(
        (n * (BAR + GAP), TALL - (high or 1), high or 1, scale.choices[n] == chosen) for n, high in heights
    )
    told_counts = [
        f"{points} điểm: {number} phiếu" for points, number in sorted(counts.items(), reverse=True)
    ]
    words = f"{label_of(scale, chosen)} ({chosen} điểm)" if chosen is not None else ""
    return Row(scale.code, scale.name, scale.part, told_counts, bars, len(bars) * (BAR + GAP), words)


def _distribution(outcome: Outcome, agreed: Mapping[str, int], sheets: int) -> list[tuple[str, list[Row]]]:
    """(part, its rows)."""
    rows = [_row(one, agreed, max(sheets, 1)) for one in outcome.distributions]
    return [(part, [row for row in rows if row.part == part]) for part in outcome.parts]


def _agreed_rows(points: Mapping[str, int], table: Table) -> list[tuple[str, str, str, int]]:
    """(code, name, agreed option, points), where there are no sheets to show a distribution of."""
    return [
        (s.code, s.name, label_of(s, points[s.code]), points[s.code])
        for s in table.scales
        if s.code in points
    ]


def _live(dossier: Dossier, outcome: Outcome, signed: Sequence[ScoreSheet]) -> dict[str, Any]:
    """What the signed sheets come to now, before the council proposes."""
    table, rules = table_of(dossier.criteria_set)
    regulation = regulation_of(dossier)
    chair = any(s.member.role == CouncilMember.Role.CHAIR for s in signed)
    short = short_of(outcome.mean, outcome.stars, rules)
    above = missed(outcome.agreed, table, above=outcome.stars, upto=max(outcome.band, 3))
    return {
        "total": told(outcome.mean),
        "parts": [(part, told(points), rules.maxima[part]) for part, points in outcome.parts.items()],
        "band": outcome.band,
        "stars": outcome.stars,
        "short": short,
        "missed": above,
        "spreads": outcome.spreads,
        "spread_limit": regulation.spread_limit,
        "sheets": len(signed),
        "quorum": regulation.quorum,
        "chair": chair,
        "chair_required": regulation.chair_required,
        "obstacles": outcome.obstacles,
        "distribution": _distribution(outcome, outcome.agreed, len(signed)),
        "flagged": {s.member for pair in outcome.spreads for s in (pair.one, pair.other)},
        "ministry": None,
    }


def _recorded(finding: Finding, outcome: Outcome | None, signed: Sequence[ScoreSheet]) -> dict[str, Any]:
    """What the council put on record, whatever has changed since."""
    result, (table, rules) = finding.result, table_of(finding.dossier.criteria_set)
    from_sheets = result.source == CouncilResult.Source.SHEETS and outcome is not None
    return {
        "total": finding.total,
        "parts": [(part, text, rules.maxima[part]) for part, text in finding.parts],
        "band": result.band,
        "stars": finding.stars,
        "short": finding.short,
        "missed": finding.missed,
        "spreads": outcome.spreads if from_sheets and outcome else (),
        "spread_limit": regulation_of(finding.dossier).spread_limit,
        "sheets": result.sheets,
        "quorum": result.quorum,
        "chair": None,
        "chair_required": False,
        "obstacles": (),
        "distribution": _distribution(outcome, finding.points, len(signed))
        if from_sheets and outcome
        else [],
        "agreed": [] if from_sheets else _agreed_rows(finding.points, table),
        "flagged": set(),
        "ministry": finding.ministry,
        "recorded": result,
    }


def _context(user: Any, dossier: Dossier) -> dict[str, Any]:
    """All that the page tells the user of the dossier; no number of points before all sheets are signed."""
    signed, waiting = sheets_of(dossier)
    open_to = ScoreSheet.objects.told_to(user, dossier)  # type: ignore[attr-defined]
    current = dossier.sheets.current().select_related("member").order_by("member")
    waited = {s.pk for s in waiting}
    context: dict[str, Any] = {
        "dossier": dossier,
        "told": open_to,
        "sheets": [(s, s.signed_at is None and s.pk not in waited) for s in current],
        "signed": len(signed),
        "may_propose": dossier.state == State.SCORING and has_permission(user, Permission.RESULT_KEEP),
        "finding": None,
        "history": [],
        "turns": [],
    }
    if not open_to:
        return context
    outcome = outcome_of(dossier)
    found = findings_of(Dossier.objects.filter(pk=dossier.pk)) if dossier.state in SETTLED else []
    if found:
        context["finding"] = _recorded(found[0], outcome, signed)
    elif outcome is not None:
        context["finding"] = {"agreed": [], "recorded": None, **_live(dossier, outcome, signed)}
    results = list(dossier.results.order_by("-attempt"))
    earlier = results[1:] if found else results
    context["history"] = [(r, told(r.mean)) for r in earlier]
    old = dossier.sheets.exclude(pk__in=[s.pk for s, _ in context["sheets"]]).select_related("member")
    context["turns"] = list(old.order_by("member", "turn"))
    return context


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SHEETS_VIEW, of=dossier_of)
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while members score; once no sheet is open, what they come to, and the proposal."""
    dossier = dossier_of(request.user, pk)
    if request.method == "POST" and not has_permission(request.user, Permission.RESULT_KEEP):
        raise PermissionDenied("Tài khoản của bạn không có quyền thực hiện việc này.")
    form = ProposeForm(request.POST or None, version=result_version(dossier))

    def save() -> str:
        propose(dossier=dossier, conclusion=form.cleaned_data["conclusion"], by=request.user)
        return reverse("desk:result", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi kết quả và đề nghị của Hội đồng."):
            return answer
    return render(request, "ratings/results/result.html", {"form": form, **_context(request.user, dossier)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESULT_KEEP, of=dossier_of)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Let members score again after a discussion; those of the pairs beyond the limit are ticked beforehand."""
    dossier = dossier_of(request.user, pk)
    if dossier.state != State.SCORING or not ScoreSheet.objects.told_to(request.user, dossier):  # type: ignore[attr-defined]
        messages.info(request, "Chỉ mở chấm lại khi hồ sơ đang chấm và mọi phiếu đã ký.")
        return redirect("desk:result", pk)
    signed, _ = sheets_of(dossier)
    outcome = outcome_of(dossier)
    pairs = [p for p in outcome.spreads if not p.scored_again] if outcome else []
    members = CouncilMember.objects.filter(pk__in=[s.member_id for s in signed])
    flagged = {s.member for p in pairs for s in (p.one, p.other)}
    form = ReopenForm(request.POST or None, members=members, initial={"members": sorted(flagged)})

    def save() -> str:
        given = form.cleaned_data
        reopen_sheets(dossier=dossier, members=given["members"], reason=given["reason"], by=request.user)
        return reverse("desk:result", args=[pk])

    if request.method == "POST" and form.is_valid():
        done = "Đã mở chấm lại: thành viên được chọn có phiếu mới, điền sẵn lựa chọn cũ."
        if answer := send_once(request, form, save, done):
            return answer
    context = {"form": form, "dossier": dossier, "pairs": pairs}
    return render(request, "ratings/results/reopen.html", context)


def rehearsed(form: OnceForm, act: Any) -> Any:
    """What the action would bring, taken back again; None when it refuses, with its errors in the form."""
    try:
        with transaction.atomic():
            brought = act()
            transaction.set_rollback(True)
    except ValidationError as error:
        form.add_errors(error)
        return None
    return brought


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RESULT_KEEP, of=dossier_of)
def averages(request: HttpRequest, pk: int) -> HttpResponse:
    """Type in the averages of a paper record in two steps: the form, then what the server makes of it."""
    dossier = dossier_of(request.user, pk)
    if dossier.state != State.SCORING:
        messages.info(request, "Chỉ nhập biên bản giấy khi hồ sơ đang chờ Hội đồng chấm.")
        return redirect("desk:result", pk)
    table, rules = table_of(dossier.criteria_set)
    day = dossier.session.held_on if dossier.session else None
    form = AveragesForm(request.POST or None, table=table, rules=rules, initial={"concluded_on": day})

    def act() -> CouncilResult:
        return propose_from_averages(dossier=dossier, by=request.user, **form.values())

    def save() -> str:
        act()
        return reverse("desk:result", args=[pk])

    context = {"form": form, "dossier": dossier, "regulation": regulation_of(dossier)}
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["confirmed"]:
            if brought := rehearsed(form, act):
                points = form.values()["agreed"]
                given = {
                    s.code: next((g.points for g in s.grades if g.pk == points[s.pk]), 0) for s in form.marked
                }
                context |= _preview(brought, given, table, rules)
                return render(request, "ratings/results/averages_confirm.html", context)
        elif answer := send_once(request, form, save, "Đã ghi kết quả theo biên bản giấy."):
            return answer
    return render(request, "ratings/results/averages.html", context)


def _preview(brought: CouncilResult, agreed: Mapping[str, int], table: Table, rules: Any) -> dict[str, Any]:
    """What would be put on record, in words."""
    return {
        "result": brought,
        "total": told(brought.mean),
        "parts": [(part, told(points)) for part, points in brought.part_means.items()],
        "short": short_of(brought.mean, brought.stars, rules),
        "missed": missed(agreed, table, above=brought.stars, upto=max(brought.band, 3)),
        "rows": _agreed_rows(agreed, table),
        "none": NO_OPTION,
    }
