"""The register-wide trail: who did what, when and why, over every tracked table, with filters in the address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.folding import fold
from ocop_portal.journal import NO_CONTEXT, Key, Source, read_acts, tracked_models
from ocop_portal.params import parse_day
from ocop_portal.permissions import Permission, requires
from ocop_portal.records import KINDS, address
from ocop_portal.sheets import CSV_TYPE, XLSX_TYPE, csv_stream, xlsx_bytes
from ocop_portal.telling import Story, tell
from ocop_portal.trail import VERBS
from products.desk.history import asked_key, key_text
from ratings.models import Choice, NumberSeries
from reports.models import Message

PER_PAGE = 50
AT_ONCE = 500
"""Acts that an export reads at a time."""
MOST_EXPORTED = 20_000
LAST_KEY = 2**63 - 1
MOST_MEANT = 200
"""Records of a table that a name or number may mean."""
QUIET = (Choice, NumberSeries, Message)
"""Written by the machine at every tick and every try of the post: told when asked for, and as parts of acts."""
NAMED_BY = ("name", "code", "number", "receipt_number", "title", "username")
"""Columns in which a record is searched for."""
HEADER = (
    "Lúc",
    "Người",
    "Tài khoản",
    "Việc",
    "Nội dung",
    "Lý do",
    "Loại bản ghi",
    "Địa chỉ",
    "Số dòng đã ghi",
)


@dataclass(frozen=True)
class Asked:
    """The filters of an address. Garbage is as if it had not been given."""

    who: str
    verb: str
    kind: str
    record: str
    reason: str
    since: date | None
    until: date | None
    every: bool
    unread: bool
    """A day was given and could not be read."""

    @classmethod
    def read(cls, params: QueryDict) -> "Asked":
        def text(name: str) -> str:
            return params.get(name, "").replace("\x00", "").strip()[:100]

        days = {name: (text(name), parse_day(text(name))) for name in ("since", "until")}
        return cls(
            who=text("who"),
            verb=text("verb") if text("verb") in VERBS else "",
            kind=text("kind") if text("kind") in kinds() else "",
            record=text("record"),
            reason=text("reason"),
            since=days["since"][1],
            until=days["until"][1],
            every=params.get("every") == "1",
            unread=any(given and day is None for given, day in days.values()),
        )

    def sources(self) -> list[Source]:
        """The tables to read, each with its condition. Empty where no table can hold what is asked for."""
        if self.kind:
            models: list[type[Model]] = [kinds()[self.kind]]
        else:
            quiet = () if self.every or self.verb == "save_choice" else QUIET
            models = [m for m in tracked_models() if m not in quiet]
        keys = self._keys(models) if self.record else {}
        common = self._conditions()
        found = []
        for model in models:
            conditions = list(common)
            if self.record:
                if model not in keys:
                    continue
                conditions.append(("e.pgh_obj_id = ANY(%s)", (keys[model],)))
            where = " AND ".join(sql for sql, _ in conditions)
            found.append(Source(model, where, tuple(p for _, params in conditions for p in params)))
        return found

    def _conditions(self) -> list[tuple[str, tuple[Any, ...]]]:
        """What holds of the events of every table."""
        found: list[tuple[str, tuple[Any, ...]]] = []
        if self.who:
            found.append(("e.pgh_context->>'actor' = %s", (self.who,)))
        if self.verb:
            found.append(("e.pgh_context->>'verb' = %s", (self.verb,)))
        if self.since:
            found.append(("e.pgh_created_at >= %s", (_midnight(self.since),)))
        if self.reason:
            told = "e.pgh_context ? 'reason' AND vi_fold(e.pgh_context->>'reason') LIKE %s"
            found.append((told, (_like(self.reason),)))
        return found

    def _keys(self, models: list[type[Model]]) -> dict[type[Model], list[int]]:
        """The records that are meant: by key, where their kind is chosen too, or by name, code or number. One query."""
        if self.kind and self.record.isdecimal():
            return {models[0]: [min(int(self.record), LAST_KEY)]}
        quote, sql, params = connection.ops.quote_name, [], []
        for place, model in enumerate(models):
            fields = model._meta.concrete_fields
            columns = [f.column for f in fields if f.name in NAMED_BY and isinstance(f, CharField)]
            if columns:
                named = " OR ".join(f"vi_fold({quote(c)}) LIKE %s" for c in columns)
                table = quote(model._meta.db_table)
                sql.append(f"(SELECT {place}, id FROM {table} WHERE {named} LIMIT {MOST_MEANT})")
                params += [_like(self.record)] * len(columns)
        found: dict[type[Model], list[int]] = {}
        if sql:
            with connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join(sql), params)
                for place, key in cursor.fetchall():
                    found.setdefault(models[place], []).append(key)
        return found

    def start(self, before: Key | None) -> Key | None:
        """Where reading begins: at the key of the page, or at the end of the last day asked for."""
        if self.until is None:
            return before
        end: Key = (_midnight(self.until + timedelta(days=1)), NO_CONTEXT)
        return min(before, end) if before else end

    def applied(self, params: QueryDict) -> list[dict[str, str]]:
        """The filters in force, each with the address without it."""
        told = {
            "who": self.who and f"Tài khoản {self.who}",
            "verb": self.verb and VERBS[self.verb][:1].upper() + VERBS[self.verb][1:],
            "kind": self.kind and str(kinds()[self.kind]._meta.verbose_name).capitalize(),
            "record": self.record and f"Bản ghi {self.record}",
            "since": self.since and f"Từ {self.since:%d/%m/%Y}",
            "until": self.until and f"Đến {self.until:%d/%m/%Y}",
            "reason": self.reason and f"Lý do có “{self.reason}”",
            "every": self.every and "Cả từng lần chấm tiêu chí",
        }
        chips = []
        for name, label in told.items():
            if label:
                rest = params.copy()
                for gone in (name, "before"):
                    rest.pop(gone, None)
                chips.append({"label": label, "remove_url": f"?{rest.urlencode()}"})
        return chips


def kinds() -> dict[str, type[Model]]:
    """{value in the address: model} of everything that is tracked."""
    return {m._meta.label_lower: m for m in tracked_models()}


def _midnight(day: date) -> datetime:
    """The beginning of a day here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _like(text: str) -> str:
    escaped = fold(text).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def stories_of(
    request: HttpRequest, asked: Asked, before: Key | None, count: int
) -> tuple[list[Story], Key | None]:
    """A page of the trail in sentences, and the key of the next one. Three queries at most."""
    acts, onward = read_acts(asked.sources(), before=asked.start(before), count=count)
    wanted = [kinds()[asked.kind]] if asked.kind else []
    first = [*wanted, *(kind.model for kind in KINDS.values())]
    told = tell(acts, address=lambda model, row: address(model, row, request.user), first=first)
    return told, onward


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit(request: HttpRequest) -> HttpResponse:
    """What was done in the whole register, newest first, each act in a sentence."""
    asked, before = Asked.read(request.GET), asked_key(request.GET.get("before", ""))
    stories, onward = stories_of(request, asked, before, PER_PAGE)
    params = request.GET.copy()
    params.pop("before", None)
    return render(
        request,
        "reports/audit.html",
        {
            "asked": asked,
            "stories": stories,
            "older": key_text(onward) if onward else "",
            "first": before is None,
            "query": params.urlencode(),
            "linked": True,
            "applied": asked.applied(request.GET),
            "verbs": sorted(VERBS.items(), key=lambda item: fold(item[1])),
            "kinds": sorted(
                ((value, str(m._meta.verbose_name)) for value, m in kinds().items()),
                key=lambda item: fold(item[1]),
            ),
            "most": MOST_EXPORTED,
        },
    )


@require_safe
@requires(Permission.AUDIT_VIEW)
def audit_file(request: HttpRequest, ending: str) -> HttpResponse | StreamingHttpResponse:
    """The same acts as a table, the newest `MOST_EXPORTED` of them; a last line says so where more are left."""
    rows = _rows(request, Asked.read(request.GET))
    name = f"nhat-ky-{today():%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    if ending == "csv":
        return StreamingHttpResponse(csv_stream(HEADER, rows), content_type=CSV_TYPE, headers=headers)
    if ending == "xlsx":
        return HttpResponse(xlsx_bytes(HEADER, rows, "Nhật ký"), content_type=XLSX_TYPE, headers=headers)
    raise Http404("Chỉ có bản CSV và Excel.")


def _rows(request: HttpRequest, asked: Asked) -> Iterator[tuple[Any, ...]]:
    before, left = asked_key(request.GET.get("before", "")), MOST_EXPORTED
    while left:
        stories, before = stories_of(request, asked, before, min(AT_ONCE, left))
        for story in stories:
            yield (
                story.at,
                story.who,
                story.account,
                VERBS.get(story.verb, ""),
                f"{story.who} {story.sentence}",
                story.reason,
                story.kind,
                request.build_absolute_uri(story.url) if story.url else "",
                story.total,
            )
        left -= len(stories)
        if before is None:
            return
    told = f"Chỉ xuất {MOST_EXPORTED} việc mới nhất: hãy thu hẹp khoảng ngày để xuất phần còn lại."
    yield (None, "", "", "", told, "", "", "", None)
