"""What the desk pages of campaigns, promotions and points of sale have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.lists import asked_text
from ocop_portal.sheets import CSV_TYPE, XLSX_TYPE, csv_stream, xlsx_bytes
from ocop_portal.territory import Territory
from producers.actions.support import add_participants, change_participants, ensure_open
from producers.desk.scope import ensure_keeps
from producers.filters import Asked
from producers.forms.support import HeldForm, JoinForm, RosterForm
from producers.involvement import Involvement
from producers.models import Producer

FOUND_AT_ONCE = 40
"""Producers offered by one search; more asks for a closer one."""


def filter_context(request: HttpRequest, asked: Asked, years: Iterable[int] = ()) -> dict[str, Any]:
    """What the template `_filters` shows: the choices, and files of the same rows."""
    communes = list(asked.territory.communes)
    if asked.commune and asked.commune not in communes:
        communes.append(asked.commune)
    query = request.GET.copy()
    query.pop("page", None)
    return {
        "asked": asked,
        "years": sorted({*years, *([asked.year] if asked.year else [])}, reverse=True),
        "communes": communes,
        "everywhere": request.user.sees_whole_territory,  # type: ignore[union-attr]
        "query": query.urlencode(),
    }


def table_file(
    ending: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]], title: str
) -> HttpResponse | StreamingHttpResponse:
    """The table as CSV or XLSX, under a name that carries the day; never kept by a browser."""
    headers = {
        "Content-Disposition": content_disposition_header(True, f"{name}-{today():%Y-%m-%d}.{ending}") or "",
        "Cache-Control": "private, no-store",
    }
    if ending == "csv":
        return StreamingHttpResponse(csv_stream(header, rows), content_type=CSV_TYPE, headers=headers)
    return HttpResponse(xlsx_bytes(header, rows, title), content_type=XLSX_TYPE, headers=headers)


def record_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[], str],
    *,
    title: str,
    back: str,
    done: str,
    button: str = "Lưu",
    lede: str = "",
) -> HttpResponse:
    """A page with one form: bind, save once, go on; or the form again with its faults."""
    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, done):
            return answer
    units = form.fields["place"].units if "place" in form.fields else []
    context = {"form": form, "units": units, "title": title, "back": back, "button": button, "lede": lede}
    return render(request, "producers/desk/form.html", context)


def source_of(request: HttpRequest, find: Callable[[Any, int], Any]) -> Any:
    """The earlier record that `?tu=` names, in scope; None without one. A record out of scope answers 404."""
    asked = request.GET.get("tu", "")
    return find(request.user, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def copied(source: Any, names: Sequence[str]) -> dict[str, Any]:
    """Initial values of a new record's form, from an earlier record. Days are not among them."""
    if source is None:
        return {}
    return {name: source.place_id if name == "place" else getattr(source, name) for name in names}


def held_page(
    request: HttpRequest, form: HeldForm, save: Callable[[], str], *, nouns: tuple[str, str], back: str
) -> HttpResponse:
    """Add or edit what takes place on days. `nouns`: in the title and in the answer."""
    record = form.instance
    title = f"Sửa {nouns[0]} “{record}”" if record.pk else f"Thêm {nouns[0]}"
    return record_page(request, form, save, title=title, back=back, done=f"Đã lưu {nouns[1]}.")


def roster_page(request: HttpRequest, involvement: Involvement, whole: Any, *, name: str) -> HttpResponse:
    """Who takes part, on one page: search, tick many, enter them; correct figures, take lines away.

    `name` is the address of the record; this page is `<name>-participants`.
    """
    ensure_keeps(request.user, whole)
    parts = list(involvement.parts_for(whole, request.user))
    allowed = Producer.objects.filter(
        pk__in=Producer.objects.visible_to(request.user).order_by().values("pk")
    ).with_place()
    search = _Search(
        request, whole, allowed.exclude(pk__in=involvement.parts(whole).order_by().values("producer"))
    )
    adding = request.method == "POST" and request.POST.get("what") == "add"
    changing = request.method == "POST" and not adding
    join = JoinForm(
        request.POST if adding else None,
        involvement=involvement,
        found=search.shown,
        allowed=allowed,
        auto_id="them_%s",
    )
    roster = RosterForm(
        request.POST if changing else None, involvement=involvement, whole=whole, parts=parts, auto_id="ds_%s"
    )
    if adding and join.is_valid():
        if answer := _add(request, join, whole):
            return answer
    if changing and roster.is_valid():
        if answer := _change(request, roster, whole):
            return answer
    context = {
        "whole": whole,
        "noun": involvement.noun,
        "join": join,
        "roster": roster,
        "forms": [join, roster],
        "search": search,
        "shut": _shut(whole),
        "back": reverse(f"desk:{name}", args=[whole.pk]),
        "gone": involvement.taken_away(whole, request.user),
        "elsewhere": involvement.parts(whole).count() - len(parts),
    }
    return render(request, "producers/desk/participants.html", context)


def _add(request: HttpRequest, join: JoinForm, whole: models.Model) -> HttpResponse | None:
    joining = join.joining()

    def save() -> str:
        add_participants(whole=whole, joining=joining, by=request.user)
        return request.get_full_path()

    return send_once(request, join, save, f"Đã thêm {len(joining)} chủ thể.")


def _change(request: HttpRequest, roster: RosterForm, whole: models.Model) -> HttpResponse | None:
    figures, gone = roster.changes()

    def save() -> str:
        change_participants(whole=whole, figures=figures, removed=gone, by=request.user)
        return request.get_full_path()

    taken = f", bỏ {len(gone)} chủ thể" if gone else ""
    return send_once(request, roster, save, f"Đã lưu danh sách{taken}.")


def _shut(whole: models.Model) -> str:
    """Why nothing is entered any more, in a sentence; empty while it is."""
    try:
        ensure_open(whole)
    except ValidationError as error:
        return str(error.messages[0])
    return ""


class _Search:
    """Producers to choose from: by name and place, and before anything is asked those of the record's own place."""

    def __init__(self, request: HttpRequest, whole: Any, free: models.QuerySet[Any]) -> None:
        self.territory = Territory(today())
        self.text = asked_text(request)
        self.wanted = request.GET.get("commune", "").strip()[:100]
        self.unit = self.territory.named(self.wanted) if self.wanted else None
        self.fault = (
            f"Không có xã, phường nào mang mã “{self.wanted[:40]}”." if self.wanted and not self.unit else ""
        )
        self.suggested = not self.text and not self.wanted and bool(whole.place_id)
        found = free.search(self.text)  # type: ignore[attr-defined]
        if self.fault:
            found = found.none()
        elif self.unit:
            found = found.filter(place__in=self.territory.places_in(self.unit))
        elif self.suggested:
            found = found.filter(place__in=self.territory.places_in(self._today(whole)))
        rows = list(found.order_by("name_key", "pk")[: FOUND_AT_ONCE + 1])
        self.shown, self.more = rows[:FOUND_AT_ONCE], len(rows) > FOUND_AT_ONCE

    def _today(self, whole: Any) -> Any:
        """The record's place as the commune of today, which holds what merged into it."""
        here = self.territory.units.get(whole.place_id, whole.place)
        return self.territory.units.get(here.current_id or 0, here)

    @property
    def communes(self) -> list[Any]:
        return self.territory.communes
