"""Acts told in sentences: who did what to which record, when and why, and what changed in it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import number_format

from ocop_portal.journal import Act, Event, Source, read_acts
from ocop_portal.models import User
from ocop_portal.names import Names, columns_of, instance, relations_of, shown, value_of
from ocop_portal.trail import LABELS, PRIVATE, SECRET, TECHNICAL, TOLD, UNSPOKEN, VERBS

LONG = 90
"""Characters from which a value is told below the sentence rather than in it."""
MOST_CLAUSES = 3
SYSTEM = "hệ thống"
Address = Callable[[type[Model], dict[str, Any]], str]


@dataclass(frozen=True)
class Change:
    """What differs between two versions of a row in one column. `hidden`: that it changed is all that is told."""

    label: str
    old: str
    new: str
    hidden: bool = False

    @property
    def words(self) -> str:
        """The change inside a sentence."""
        if self.hidden or max(len(self.old), len(self.new)) > LONG or "\n" in self.old + self.new:
            return self.label
        if self.old and self.new:
            return f"{self.label} từ “{self.old}” thành “{self.new}”"
        return f"{self.label} “{self.new}”" if self.new else f"bỏ {self.label} “{self.old}”"


@dataclass(frozen=True)
class Part:
    """What an act did to one row."""

    words: str
    url: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Story:
    """An act in words. `sentence` begins after the person: "đã gia hạn …"; `reason` stands apart."""

    at: datetime
    who: str
    account: str
    verb: str
    sentence: str
    reason: str
    kind: str
    """What the act was about, in words."""
    url: str
    parts: tuple[Part, ...]
    more: int
    """How many rows were written beside those in `parts`."""

    @property
    def total(self) -> int:
        return len(self.parts) + self.more

    @property
    def when(self) -> str:
        """The moment as a sentence begins."""
        local = timezone.localtime(self.at)
        return f"Ngày {local:%d/%m/%Y} lúc {local:%H:%M}"

    @property
    def whole(self) -> str:
        """The whole sentence, for lists in which nothing stands beside it."""
        reason = f", lý do: {self.reason}" if self.reason else ""
        return f"{self.when}, {self.who} {self.sentence}{reason}."


# --- Values and changes --------------------------------------------------------------------------------------------


def _told_columns(model: type[Model]) -> list[Any]:
    silent = TECHNICAL.get(model._meta.label_lower, ())
    return [f for f in columns_of(model) if not f.primary_key and f.name not in silent]


def _hidden(model: type[Model], *, private: bool) -> tuple[str, ...]:
    """Columns whose values are not told here."""
    label = model._meta.label_lower
    return SECRET.get(label, ()) + (() if private else PRIVATE.get(label, ()))


def _changed(event: Event) -> list[Any]:
    """The columns in which a version differs from the one before it; of a first version, those with something in."""
    before = event.before
    found = []
    for column in _told_columns(event.model):
        new = event.row.get(column.column)
        old = before.get(column.column) if before else None
        if new != old and not (before is None and new in ("", False, [])):
            found.append(column)
    return found


def _changes(event: Event, names: Names, *, private: bool) -> tuple[Change, ...]:
    hidden = _hidden(event.model, private=private)
    told = []
    for column in _changed(event):
        if column.name in hidden:
            told.append(Change(f"{column.verbose_name} (không hiện ở đây)", "", "", hidden=True))
            continue
        old = value_of(column, event.before.get(column.column)) if event.before else None
        new = value_of(column, event.row.get(column.column))
        told.append(Change(str(column.verbose_name), shown(column, old, names), shown(column, new, names)))
    return tuple(told)


# --- Sentences -----------------------------------------------------------------------------------------------------


def tell(
    acts: Sequence[Act], *, address: Address, first: Sequence[type[Model]] = (), private: bool = False
) -> list[Story]:
    """The acts in words, in their order. Three queries at most, for all names together.

    `first` are the models that an act is about before all others; `private`: contacts may be told.
    """
    names, own = Names(), {}
    wanted: list[tuple[type[Model], Any]] = []
    for act in acts:
        for event in act.events:
            record = own[id(event)] = instance(event.model, event.row)
            leans = names.leaning(record)
            named = _named(event) if event.label != "delete" else set()
            for column in relations_of(event.model):
                if leans or column.name in named or column in _changed(event):
                    versions = filter(None, (event.row, event.before))
                    wanted += [
                        (column.related_model, value_of(column, v.get(column.column))) for v in versions
                    ]
            if isinstance(user := event.context.get("user"), int):
                wanted.append((User, user))
    names.fetch(wanted)
    for _ in range(2):  # a part is named by its whole, and that by its producer
        names.fetch(
            (column.related_model, getattr(record, column.attname))
            for record in list(names.known.values())
            if names.leaning(record)
            for column in relations_of(type(record))
        )
    order = {model: place for place, model in enumerate(first)}
    return [_story(act, own, names, address, order, private) for act in acts]


_FIELD = re.compile(r"\{(\w+)\}")


def _named(event: Event) -> set[str]:
    """The columns that the words for the event's verb name."""
    return set(_FIELD.findall(_words_for(event, event.context.get("verb", ""))))


def _words_for(event: Event, verb: str) -> str:
    """The words of `TOLD` for an event; empty where there are none."""
    label = event.model._meta.label_lower
    return TOLD.get((label, f"{verb}:{event.label}")) or TOLD.get((label, verb), "")


def _story(
    act: Act,
    own: dict[int, Model],
    names: Names,
    address: Address,
    order: dict[type[Model], int],
    private: bool,
) -> Story:
    events = sorted(act.events, key=lambda e: order.get(e.model, len(order)))
    context = next((e.context for e in events if e.context.get("verb")), events[0].context if events else {})
    head = events[0] if events else None
    who, account = _person(context, names)
    reasons = list(dict.fromkeys(e.context["reason"] for e in events if e.context.get("reason")))
    parts = tuple(_part(e, own[id(e)], names, address, private=private) for e in events)
    return Story(
        at=act.at,
        who=who,
        account=account,
        verb=context.get("verb", ""),
        sentence="đã " + _clauses(act, events, own, names, private=private),
        reason=reasons[0].rstrip(". ") if len(reasons) == 1 else "",
        kind=str(head.model._meta.verbose_name) if head else "",
        url=address(head.model, head.row) if head else "",
        parts=parts,
        more=sum(act.counts.values()) - len(parts),
    )


def _person(context: dict[str, Any], names: Names) -> tuple[str, str]:
    """(the person's name with the role, the account's name); the account's name alone once it is gone."""
    user = names.known.get((User, context.get("user")))
    account = context.get("actor") or (user.get_username() if isinstance(user, User) else "")
    if not isinstance(user, User):
        return account or SYSTEM, account
    full = f"{user.last_name} {user.first_name}".strip()
    return f"{full or user.get_username()} ({user.get_role_display()})", account


def _clauses(act: Act, events: list[Event], own: dict[int, Model], names: Names, *, private: bool) -> str:
    """What the act did, one clause a verb: "ghi Quyết định 12/QĐ-UBND và công nhận 3 hồ sơ"."""
    by_verb: dict[str, list[Event]] = {}
    spoken = [e for e in events if e.model._meta.label_lower not in UNSPOKEN]
    for event in spoken or events:
        by_verb.setdefault(event.context.get("verb", ""), []).append(event)
    clauses = [_clause(act, verb, group, own, names, private=private) for verb, group in by_verb.items()]
    if len(clauses) > MOST_CLAUSES:
        left = len(clauses) - MOST_CLAUSES
        clauses = [*clauses[:MOST_CLAUSES], f"{left} việc khác"]
    *others, last = clauses or ["ghi dữ liệu"]
    return f"{', '.join(others)} và {last}" if others else last


def _clause(
    act: Act, verb: str, events: list[Event], own: dict[int, Model], names: Names, *, private: bool
) -> str:
    head = events[0]
    same = [e for e in events if e.model is head.model]
    ours = {e.record for e in same}
    written = act.counts.get(head.model, 0)
    words, kind = VERBS.get(verb, "") if verb != "admin" else "", str(head.model._meta.verbose_name)
    if written > sum(e.model is head.model for e in act.events):
        told = f"{number_format(written, force_grouping=True)} lần ghi {kind}"
        return f"{words} ({told})" if words else told
    if len(ours) > 1:
        return f"{words} ({len(ours)} {kind})" if words else f"{_did(head)} {len(ours)} {kind}"
    # The version that says most: of a row inserted and then completed in one act, the last.
    event = same[-1]
    if told := _template(event, verb, own[id(event)], names):
        return told
    name = _quoted(event, own[id(event)], names)
    if event.label == "update":
        changes = "; ".join(c.words for c in _changes(event, names, private=private))
        named = (
            f"{_did(event)} {name}" if not words or _did(event) == words.split()[0] else f"{words}, {name}"
        )
        named = f"{words} “{names.of(own[id(event)])}”" if words.endswith(kind) else named
        return named + (f": {changes}" if changes else "")
    if words.endswith(kind):
        return f"{words} “{names.of(own[id(event)])}”"
    return f"{words}: {_did(event)} {name}" if words else f"{_did(event)} {name}"


def _template(event: Event, verb: str, record: Model, names: Names) -> str:
    """The words of `TOLD` for the event, filled in; empty where there are none or something is missing."""
    template = _words_for(event, verb)
    if not template:
        return ""
    values = {"name": names.of(record)}
    for name in set(_FIELD.findall(template)) - {"name"}:
        column: Any = event.model._meta.get_field(name)
        values[name] = shown(column, getattr(record, column.attname), names)
    return template.format(**values) if all(values.values()) else ""


def _did(event: Event) -> str:
    return LABELS.get(event.label, event.label)


def _quoted(event: Event, record: Model, names: Names) -> str:
    """The record as a sentence names it: its kind and its name, not said twice."""
    kind, name = str(event.model._meta.verbose_name), names.of(record)
    return name[:1].lower() + name[1:] if name.lower().startswith(kind) else f"{kind} “{name}”"


def _part(event: Event, record: Model, names: Names, address: Address, *, private: bool) -> Part:
    words = f"{_did(event)} {_quoted(event, record, names)}"
    changes = () if event.label == "delete" else _changes(event, names, private=private)
    return Part(words[:1].upper() + words[1:], address(event.model, event.row), changes)


def history_of(record: Model, count: int = 100) -> list[Story]:
    """The acts on one row alone, newest first: for pages that know nothing of kinds, as those of the admin."""
    sources = [Source(type(record), "e.pgh_obj_id = %s", (record.pk,))]
    acts, _ = read_acts(sources, count=count, shown=sources)
    return tell(acts, address=lambda model, row: "", private=True)
