"""What the page of one dossier tells besides its own columns: its story, its evidence, the council's result."""

from dataclasses import dataclass
from typing import Any

from ocop_portal.models import User
from ocop_portal.trail import VERBS
from ratings.desk.scope import may_read_result
from ratings.models import CouncilResult, Dossier, Evidence
from ratings.transitions import CLOSED, REASONED, State
from ratings.written import mean


@dataclass(frozen=True)
class Happening:
    """A change of state, for the component `timeline`."""

    date: str
    title: str
    text: str
    tone: str
    current: bool
    url: str = ""


def story_of(dossier: Dossier) -> list[Happening]:
    """The steps taken, the first one first: when, by whom, why. Two queries."""
    told: list[Happening] = []
    state = ""
    events = list(dossier.events.order_by("pgh_id"))  # type: ignore[attr-defined]
    moved = []
    for event in events:
        if event.state != state:
            moved.append(event)
            state = event.state
    people = _people(moved)
    for event in moved:
        context = event.pgh_context or {}
        verb = VERBS.get(context.get("verb", ""), State(event.state).label)
        who = people.get(context.get("user"), context.get("actor", "")) or "hệ thống"
        told.append(
            Happening(
                date=f"{event.state_since:%d/%m/%Y} · {who}",
                title=f"{verb[:1].upper()}{verb[1:]}",
                text=f"Lý do: {event.state_reason}" if event.state_reason else "",
                tone=_tone(event.state),
                current=event is moved[-1],
            )
        )
    return told


def _tone(state: str) -> str:
    if state == State.RECOGNISED:
        return "good"
    if state in CLOSED:
        return "bad"
    return "warn" if state in REASONED else ""


def _people(events: list[Any]) -> dict[int, str]:
    """{account's key: name and role} of who acted."""
    keys = {(e.pgh_context or {}).get("user") for e in events} - {None}
    users = User.objects.filter(pk__in=keys) if keys else []
    return {u.pk: f"{u.get_full_name() or u.get_username()} ({u.get_role_display()})" for u in users}


def evidence_by_kind(dossier: Dossier) -> list[tuple[str, list[Evidence]]]:
    """[(kind in words, its pieces)] in the order of the kinds, empty kinds left out. One query."""
    found = list(dossier.evidence.select_related("criterion").order_by("pk"))
    grouped = [(str(label), [e for e in found if e.kind == kind]) for kind, label in Evidence.Kind.choices]
    return [(label, pieces) for label, pieces in grouped if pieces]


@dataclass(frozen=True)
class ToldResult:
    """The council's last result in words."""

    mean: str
    parts: tuple[tuple[str, str], ...]
    stars: int
    sheets: int
    conclusion: str


def current_result(user: Any, dossier: Dossier) -> ToldResult | None:
    """The result on which the dossier stands, where the user may read it."""
    if not may_read_result(user, dossier):
        return None
    last = CouncilResult.objects.filter(dossier=dossier).order_by("-attempt").first()
    if last is None:
        return None
    parts = tuple((part, mean(value)) for part, value in last.part_means.items())
    return ToldResult(mean(last.mean), parts, last.stars, last.sheets, last.conclusion)
