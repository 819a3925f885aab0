"""The lapse desk: what ends, what is owed before it does, what was done; each number a list, each list a file."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.models import AdministrativeUnit
from ocop_portal.permissions import Permission, has_permission, requires
from ocop_portal.sheets import CSV_TYPE, XLSX_TYPE, csv_stream, xlsx_bytes
from products.actions.certificates import RowErrors
from products.catalogue import told_standing
from products.desk.scope import paged
from products.filters import STARS
from products.models import Certificate
from ratings.actions.bulk import open_reassessments, reasons_not_to_open
from reports.desk.files import download
from reports.desk.selection import MOST_CHOSEN, by_key, chosen, keys
from reports.lapse_reading import LapseReading
from reports.lapse_rows import HEADER, LapseRow, export_rows, lapse_row
from reports.lapses import AFTER, BANDS, BUCKETS, ENDING, FILING, NOTICES, SHARE, Bucket

SECTIONS = (
    ("sap-het", "Sắp hết hạn", ENDING),
    ("nop-ho-so", "Nộp hồ sơ phân hạng lại", FILING),
    ("thong-bao", "Thông báo bằng văn bản", NOTICES),
    ("sau-han", "Gia hạn, hết hạn, thu hồi", AFTER),
)
TABLE = tuple(
    BUCKETS[key] for key in ("30", "90", "180", "missed", "notice-owed", "notice-overdue", "expired")
)
TABLE_HEADS = (
    "Trong 30 ngày",
    "Trong 90 ngày",
    "Trong 180 ngày",
    "Quá hạn nộp hồ sơ",
    "Phải gửi thông báo",
    "Quá hạn thông báo",
    "Hết hạn, chưa đánh giá lại",
)


@require_safe
@requires(Permission.DESK_VIEW)
def lapses(request: HttpRequest) -> HttpResponse:
    """The user's scope as of a day: figures, the list asked for, tables per commune and per set."""
    reading = LapseReading(request.user, request.GET)
    context = paged(request, reading.found.with_product())  # type: ignore[attr-defined]
    communes, groups = _tables(reading)
    return render(
        request,
        "reports/lapses/desk.html",
        context
        | {
            "reading": reading,
            "rows": rows_of(reading, list(context["page"])),
            "sections": [
                (slug, title, [_tile(reading, b) for b in found]) for slug, title, found in SECTIONS
            ],
            "bands": [_tile(reading, b) for b in BANDS],
            "bands_total": sum(reading.counted[b.key] for b in BANDS),
            "share": [_tile(reading, b) for b in SHARE],
            "communes": communes,
            "groups": groups,
            "table_heads": TABLE_HEADS,
            "form": reading.filter.form,
            "choices": _choices(reading),
            "downloads": _downloads(reading),
            "chips": reading.chips(),
            "selectable": reading.current and not reading.bucket.every and _may_act(request.user),
            "clear_url": reverse("desk:lapses"),
        },
    )


def rows_of(reading: LapseReading, certificates: list[Certificate]) -> list[LapseRow]:
    """The certificates in words. Three queries, however many there are."""
    return [lapse_row(c, reading.day, reading.user) for c in reading.with_what_was_done(certificates)]


def _may_act(user: Any) -> bool:
    return has_permission(user, Permission.NOTICE_KEEP) or has_permission(user, Permission.DOSSIER_FILE)


def _tile(reading: LapseReading, bucket: Bucket) -> dict[str, Any]:
    """A figure with its list, under the other filters in force."""
    return {
        "key": bucket.key,
        "label": bucket.label,
        "value": reading.counted[bucket.key],
        "url": f"{reading.address(bucket=bucket.key)}#danh-sach",
        "tone": bucket.tone if reading.counted[bucket.key] else "",
        "current": bucket.key == reading.bucket.key,
    }


def _downloads(reading: LapseReading) -> list[tuple[str, str]]:
    query = reading.address().partition("?")[2]
    query = f"?{query}" if query else ""
    return [
        (label, reverse("desk:lapses-file", args=[ending]) + query)
        for label, ending in (("Excel", "xlsx"), ("CSV", "csv"))
    ]


def _tables(reading: LapseReading) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows per commune, in Vietnamese order, and per set, each number with the list behind it."""
    by_unit, by_group = reading.tables(TABLE)
    communes = [
        _table_row(reading, unit.name, by_unit[pk], commune=reading.value_of(unit))
        for pk, unit in reading.territory.units.items()
        if pk in by_unit
    ]
    if None in by_unit:
        communes.append(_table_row(reading, "Chỉ ghi đến huyện hoặc tỉnh", by_unit[None]))
    groups = [
        _table_row(reading, group.name, by_group[group.pk], group=group.code)
        for group in reading.groups
        if group.pk in by_group
    ]
    return communes, groups


def _table_row(reading: LapseReading, name: str, sums: list[int], **params: str) -> dict[str, Any]:
    return {
        "name": name,
        "cells": [
            {
                "value": n,
                "head": head,
                "url": f"{reading.address(bucket=b.key, **params)}#danh-sach" if n and params else "",
                "label": f"{n} sản phẩm, {name}: {b.label}",
            }
            for b, head, n in zip(TABLE, TABLE_HEADS, sums, strict=True)
        ],
    }


def _choices(reading: LapseReading) -> dict[str, Any]:
    """What the filter form offers, the chosen ones marked."""
    territory, chosen_ones = reading.territory, reading.filter.chosen
    user = reading.user
    if user.sees_whole_territory:
        communes = territory.communes
    else:
        within = territory.places_in(user.unit) if user.unit else set()
        level = AdministrativeUnit.Level.COMMUNE
        communes = [u for u in territory.units.values() if u.pk in within and u.level == level]
    picked = {name: {u.pk for u in chosen_ones.get(name) or ()} for name in ("district", "commune", "group")}

    def units(name: str, found: list[AdministrativeUnit]) -> list[tuple[str, str, bool]]:
        others = [u for u in chosen_ones.get(name) or () if u not in found]
        return [(reading.value_of(u), u.name, u.pk in picked[name]) for u in [*found, *others]]

    return {
        "buckets": [
            (title, [(b.key, b.label, b.key == reading.bucket.key) for b in found])
            for title, found in (
                *((title, found) for _, title, found in SECTIONS),
                ("Tỷ lệ thông báo", SHARE),
            )
        ],
        "hidden_bucket": reading.bucket.key
        if reading.bucket not in (*ENDING, *FILING, *NOTICES, *AFTER, *SHARE)
        else "",
        "districts": units("district", territory.districts) if user.sees_whole_territory else [],
        "communes": units("commune", communes),
        "groups": [(g.code, g.name, g.pk in picked["group"]) for g in reading.groups],
        "stars": [(n, n in (chosen_ones.get("stars") or ())) for n in STARS],
    }


@require_safe
@requires(Permission.DESK_VIEW)
def lapses_file(request: HttpRequest, ending: str) -> HttpResponse | StreamingHttpResponse:
    """The list as XLSX or CSV: the same rows in the same order, all of them."""
    reading = LapseReading(request.user, request.GET)
    found = list(reading.found.with_product())  # type: ignore[attr-defined]
    rows = rows_of(reading, found)
    name = f"theo doi han {reading.bucket.key} {reading.day}"
    if ending == "xlsx":
        title = f"{reading.bucket.label}"[:31]
        return download(xlsx_bytes(HEADER, export_rows(rows), title), XLSX_TYPE, f"{name}.xlsx")
    if ending == "csv":
        return download(b"".join(csv_stream(HEADER, export_rows(rows))), CSV_TYPE, f"{name}.csv")
    raise Http404("Chỉ có xlsx và csv.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_FILE)
@requires(Permission.DESK_VIEW)
def open_dossiers(request: HttpRequest) -> HttpResponse:
    """Re-assessments for a selection: those in their window are opened together, the others told with why not."""
    form = OnceForm(request.POST or None)
    posted = request.method == "POST"
    if posted:
        certificates = by_key(request.user, keys(request.POST.getlist("certificate")))
    else:
        certificates = chosen(request)[:MOST_CHOSEN]
    why = {} if posted else reasons_not_to_open(certificates, today())
    faults: dict[int, str] = {}

    def save() -> str:
        try:
            open_reassessments(certificates=certificates, by=request.user)
        except RowErrors as errors:
            faults.update({certificates[n].pk: " ".join(e.messages) for n, e in errors.rows.items()})
            raise ValidationError("Có sản phẩm không lập được hồ sơ nên chưa hồ sơ nào được lập.") from None
        return f"{reverse('desk:dossiers')}?state=draft"

    if posted and form.is_valid():
        done = f"Đã lập {len(certificates)} hồ sơ phân hạng lại, điền sẵn từ hồ sơ gần nhất."
        if answer := send_once(request, form, save, done):
            return answer
    day = today()
    context = {
        "form": form,
        "offered": [
            (c, told_standing(c, day), faults.get(c.pk, "")) for c in certificates if c.pk not in why
        ],
        "refused": [(c, why[c.pk]) for c in certificates if c.pk in why],
        "most": MOST_CHOSEN,
    }
    return render(request, "reports/lapses/open_dossiers.html", context)
