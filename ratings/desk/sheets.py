"""A council member's sheets at the desk: the list, a part to score, what it comes to, and the signature."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ratings.actions.sheets import Stale, save_choice, sign_sheet
from ratings.desk.sheet_reading import (
    PARTS,
    SHUT_SIGNED,
    Tally,
    own_sheet,
    readable_sheet,
    reads_dossier,
    rows_of,
    sheet_in_sight,
    shut,
    told,
)
from ratings.forms.sheets import PartForm, SaveForm, SignForm, sheet_version
from ratings.models import Choice, ConflictOfInterest, CouncilSession, Dossier, ScoreSheet
from ratings.querysets import seat_condition
from ratings.reading import table_of
from ratings.transitions import State


@dataclass(frozen=True)
class Line:
    """A sheet in the list: how far it is, its state in words, and where to go on."""

    sheet: ScoreSheet
    answered: int
    asked: int
    state: str
    tone: str
    icon: str
    go_on: str = ""
    url: str = ""
    barred: str = ""
    """The interest that the member has declared in the producer."""


@dataclass
class Group:
    """What a member scores, or does not score, in one session."""

    session: CouncilSession | None
    lines: list[Line] = field(default_factory=list)
    barred: list[tuple[Dossier, str]] = field(default_factory=list)
    """(dossier, reason) of producers in whom the member has declared an interest."""

    @property
    def waiting(self) -> int:
        """Sheets that wait for the member."""
        return sum(bool(line.go_on) for line in self.lines)


@require_safe
@requires(Permission.SCORE)
def sheet_list(request: HttpRequest) -> HttpResponse:
    """The member's sheets by session. `rounds=all` shows those of closed rounds too."""
    everything = request.GET.get("rounds") == "all"
    mine = ScoreSheet.objects.of(request.user).current()
    if not everything:
        mine = mine.filter(dossier__round__closed_on__isnull=True)
    sheets = list(mine.for_list().select_related("dossier__criteria_set"))
    interests = {
        (i.member_id, i.producer_id): i.reason
        for i in ConflictOfInterest.objects.filter(member__user=request.user)
    }
    counts: dict[int, dict[str, int]] = {}
    open_ones = [s.pk for s in sheets if s.signed_at is None]
    answered = Choice.objects.filter(sheet__in=open_ones).order_by().values_list("sheet", "criterion__part")
    for pk, letter, number in answered.annotate(number=Count("pk")):
        counts.setdefault(pk, {})[letter] = number
    groups: dict[int | None, Group] = {}
    for one in sheets:
        barred = interests.get((one.member_id, one.dossier.product.producer_id), "")
        group = groups.setdefault(one.dossier.session_id, Group(one.dossier.session))
        group.lines.append(_line(one, counts.get(one.pk, {}), barred))
    for dossier in _barred_dossiers(request.user):
        reason = next(r for (_, producer), r in interests.items() if producer == dossier.product.producer_id)
        group = groups.setdefault(dossier.session_id, Group(dossier.session))
        group.barred.append((dossier, reason))
    ordered = sorted(groups.values(), key=lambda g: not g.waiting)
    waiting = sum(group.waiting for group in ordered)
    context = {"groups": ordered, "waiting": waiting, "everything": everything}
    return render(request, "ratings/sheets/list.html", context)


def _barred_dossiers(user: Any) -> Any:
    """Dossiers before the member's councils of whose producers the member has declared an interest."""
    members = "round__council__members"
    return (
        Dossier.objects.filter(
            seat_condition(user),
            **{
                f"{members}__user": user,
                f"{members}__interests__producer": F("product__producer"),
                "round__closed_on__isnull": True,
            },
        )
        .exclude(sheets__member__user=user)
        .select_related("product__producer", "session")
        .order_by("session__held_on", "product__name_key", "pk")
        .distinct()
    )


def _line(sheet: ScoreSheet, answered: dict[str, int], barred: str) -> Line:
    table, _ = table_of(sheet.dossier.criteria_set)
    asked, done = len(table.scales), sum(answered.values())
    overview = reverse("desk:sheet", args=[sheet.pk])
    if sheet.signed_at:
        return Line(sheet, asked, asked, "đã ký", "good", "lock", url=overview)
    if barred:
        return Line(sheet, done, asked, "không chấm", "quiet", "lock", barred=barred)
    if sheet.dossier.state != State.SCORING:
        return Line(sheet, done, asked, "hết thời gian chấm", "quiet", "clock", url=overview)
    open_part = next(
        (
            letter.lower()
            for letter in ("A", "B", "C")
            if answered.get(letter, 0) < sum(s.part == letter for s in table.scales)
        ),
        "",
    )
    first = reverse("desk:sheet-part", args=[sheet.pk, open_part or PARTS[0]])
    if sheet.turn > 1:
        return Line(sheet, done, asked, "chấm lại", "warn", "refresh", "Chấm lại", first)
    if not open_part:
        return Line(sheet, done, asked, "chấm xong, chưa ký", "warn", "alert", "Xem lại và ký", overview)
    if not done:
        return Line(sheet, done, asked, "chưa bắt đầu", "quiet", "info", "Bắt đầu chấm", first)
    return Line(sheet, done, asked, "đang chấm", "info", "pencil", "Tiếp tục", first)


# --- One part --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SCORE, of=sheet_in_sight)
def part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Score a part of one's own sheet: with the script choice by choice, without it by one button."""
    found = own_sheet(request.user, pk)
    if part not in PARTS:
        raise Http404("Phiếu chỉ có phần A, B và C.")
    if words := shut(found):
        messages.warning(request, words)
        return redirect("desk:sheet", pk)
    if request.method == "POST":
        return _save_part(request, found, part)
    return _part_page(request, found, part, _choices(found))


def _choices(sheet: ScoreSheet) -> dict[int, Choice]:
    return {c.criterion_id: c for c in sheet.choices.all()}


def _save_part(request: HttpRequest, sheet: ScoreSheet, part: str) -> HttpResponse:
    """Keep all that the form changes; what another tab changed meanwhile is shown with both values."""
    table, _ = table_of(sheet.dossier.criteria_set)
    by_key = {s.pk: s for s in table.scales if s.part == part.upper()}
    form = PartForm(request.POST, scales=list(by_key.values()))
    given, faults = form.answers()
    standing, saved = _choices(sheet), 0
    clashes: dict[int, tuple[str, str]] = {}
    for pk, answer in given.items():
        if _says(standing.get(pk), answer):
            continue
        try:
            save_choice(sheet=sheet, criterion=pk, by=request.user, **answer)
            saved += 1
        except Stale as clash:
            if not _untouched(clash.choice, answer):
                clashes[pk] = (_words(by_key[pk], answer), _words(by_key[pk], _answer_of(clash.choice)))
        except ValidationError as error:
            faults[pk] = error.messages[0]
    if not clashes and not faults:
        if saved:
            messages.success(request, f"Đã lưu {saved} lựa chọn của phần {part.upper()}.")
        return redirect(_after(request.POST.get("next", ""), sheet, part))
    context = {"clashes": clashes, "faults": faults, "saved": saved}
    return _part_page(request, sheet, part, _choices(sheet), **context)


def _answer_of(choice: Choice) -> dict[str, Any]:
    """The choice as a form would send it."""
    return {"option": choice.option_id, "note": choice.note}


def _says(choice: Choice | None, answer: dict[str, Any]) -> bool:
    """Whether the choice already is what the form sends."""
    if choice is None:
        return False
    return choice.option_id == answer["option"] and answer["note"] in (None, choice.note)


def _untouched(choice: Choice, answer: dict[str, Any]) -> bool:
    """Whether the form only sends back what its page showed: then there is nothing to clash about."""
    shown = Choice.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        sheet=choice.sheet_id, criterion=choice.criterion_id, revision=answer["seen"]
    ).first()
    return _says(shown, answer)


def _words(scale: Any, answer: dict[str, Any]) -> str:
    grade = next((g for g in scale.grades if g.pk == answer["option"]), None)
    return f"{told(grade)}, ghi chú: {answer['note']}" if answer["note"] else told(grade)


def _after(wanted: str, sheet: ScoreSheet, part: str) -> str:
    """Where the button leads: another part, the overview, or the same part again."""
    if wanted == "sheet":
        return reverse("desk:sheet", args=[sheet.pk])
    return reverse("desk:sheet-part", args=[sheet.pk, wanted if wanted in PARTS else part])


def _part_page(
    request: HttpRequest,
    sheet: ScoreSheet,
    part: str,
    choices: dict[int, Choice],
    *,
    clashes: dict[int, tuple[str, str]] | None = None,
    faults: dict[int, str] | None = None,
    saved: int = 0,
) -> HttpResponse:
    table, rules = table_of(sheet.dossier.criteria_set)
    tally = Tally(table, rules, {pk: c.option_id for pk, c in choices.items()})
    here = next(p for p in tally.parts if p.slug == part)
    sections = rows_of(sheet, choices, clashes=clashes, errors=faults)[here.letter]
    rows = [row for _, rows in sections for row in rows]
    following = next(iter(PARTS[PARTS.index(part) + 1 :]), "")
    return render(
        request,
        "ratings/sheets/part.html",
        {
            "sheet": sheet,
            "dossier": sheet.dossier,
            "tally": tally,
            "part": here,
            "sections": sections,
            "following": following,
            "next_open": next((r for r in rows if r.choice is None), None),
            "trouble": [r for r in rows if r.clash or r.error],
            "saved": saved,
        },
    )


@require_POST
@requires(Permission.SCORE, of=sheet_in_sight)
def save(request: HttpRequest, pk: int) -> JsonResponse:
    """One choice for static/js/sheet.js: 200 with the sums, 409 with the choice that stands, 422 with a sentence."""
    mine = ScoreSheet.objects.of(request.user).select_related("dossier__criteria_set")
    sheet = get_object_or_404(mine, pk=pk)
    form = SaveForm(request.POST)
    if not form.is_valid():
        message = next(iter(form.errors.values()))[0]
        return JsonResponse({"saved": False, "message": str(message)}, status=422)
    try:
        choice = save_choice(sheet=sheet, by=request.user, **form.values())
    except Stale as clash:
        return JsonResponse(_standing(sheet, clash.choice), status=409)
    except ValidationError as error:
        return JsonResponse({"saved": False, "message": " ".join(error.messages)}, status=422)
    return JsonResponse({"saved": True, "revision": choice.revision, **Tally.of(sheet).as_json()})


def _standing(sheet: ScoreSheet, choice: Choice) -> dict[str, Any]:
    table, _ = table_of(sheet.dossier.criteria_set)
    scale = next(s for s in table.scales if s.pk == choice.criterion_id)
    return {
        "saved": False,
        "revision": choice.revision,
        "option": choice.option_id or 0,
        "note": choice.note,
        "words": _words(scale, _answer_of(choice)),
        **Tally.of(sheet).as_json(),
    }


# --- The whole sheet -------------------------------------------------------------------------------------------------


@require_safe
@requires(Permission.SHEETS_VIEW, of=sheet_in_sight)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What a sheet comes to; open for signing while it is one's own, read-only once it is signed."""
    found = readable_sheet(request.user, pk)
    return overview(request, found, None)


def overview(request: HttpRequest, sheet: ScoreSheet, form: SignForm | None) -> HttpResponse:
    """The page of a whole sheet, with a form that was sent, if any."""
    own = sheet.member.user_id == request.user.pk and has_permission(request.user, Permission.SCORE)
    closed = shut(sheet)
    choices = _choices(sheet)
    table, rules = table_of(sheet.dossier.criteria_set)
    tally = Tally(table, rules, {pk: c.option_id for pk, c in choices.items()})
    sheets = ScoreSheet.objects.filter(dossier=sheet.dossier_id)
    if own and not closed and form is None:
        kept = {"comment": sheet.comment, "seen": sheet.comment}
        form = SignForm(version=sheet_version(sheet), initial=kept)
    others = []
    if ScoreSheet.objects.told_to(request.user, sheet.dossier):
        signed = sheets.current().signed().exclude(pk=sheet.pk)
        others = list(signed.select_related("member").order_by("member"))
    return render(
        request,
        "ratings/sheets/sheet.html",
        {
            "sheet": sheet,
            "dossier": sheet.dossier,
            "own": own,
            "closed": "" if closed == SHUT_SIGNED else closed,
            "tally": tally,
            "form": form,
            "parts": list(rows_of(sheet, choices).items()) if closed else [],
            "others": others,
            "newer": sheets.filter(member=sheet.member_id, turn__gt=sheet.turn).order_by("turn").last()
            if own
            else None,
            "reads_dossier": reads_dossier(sheet),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SCORE, of=sheet_in_sight)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in two steps; what is signed is what the page showed, or nothing."""
    found = own_sheet(request.user, pk)
    if words := shut(found):
        messages.warning(request, words)
        return redirect("desk:sheet", pk)
    if request.method != "POST":
        return redirect(reverse("desk:sheet", args=[pk]) + "#ky")
    form = SignForm(request.POST, version=sheet_version(found))

    def save() -> str:
        sign_sheet(sheet=found, comment=form.cleaned_data["comment"], by=request.user)
        return reverse("desk:sheet", args=[pk])

    if form.is_valid() and "back" not in request.POST:
        tally = Tally.of(found)
        if not tally.complete:
            form.add_error(None, f"Còn {len(tally.unanswered)} tiêu chí chưa chấm nên chưa ký được.")
        elif not form.cleaned_data["confirmed"]:
            context = {"sheet": found, "dossier": found.dossier, "tally": tally, "form": form}
            return render(request, "ratings/sheets/sign.html", context | {"given": form.cleaned_data})
        elif answer := send_once(request, form, save, "Đã ký phiếu. Cảm ơn bạn."):
            return answer
    return overview(request, found, form.renewed())
