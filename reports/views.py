"""Public pages that read the whole register: the first page and the figures as of a day."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.languages import day_text, percent_text
from ocop_portal.pages import by_revision
from ocop_portal.params import asked_day
from ocop_portal.structured import json_ld
from products.catalogue import line
from products.collections import newest_collections
from products.models import Certificate
from products.standing import STANDS, Standing, add_months
from reports.atom import addresses
from reports.charts import month_columns, star_columns, star_rows
from reports.news import newest_news
from reports.statistics import STARS, StarCount, Statistics
from reports.structured import office_data, site_data

SHOWN_ON_HOME = 6


@require_safe
@by_revision
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Search, the figures of the day, the newest recognitions and what is about to lapse."""
    day = today()
    certificates = Certificate.objects.standing(day).with_product()
    newest = certificates.order_by("-valid_from", "-pk")[:SHOWN_ON_HOME]
    ending = certificates.filter(superseded_on__isnull=True).order_by("valid_to", "pk")
    ending = ending.filter(valid_to__gte=day)[:SHOWN_ON_HOME]
    figures = Statistics(day)
    return render(
        request,
        "reports/home.html",
        {
            "tiles": _tiles(figures, day, current=True),
            "newest": [line(c, day) for c in newest],
            "ending": [line(c, day) for c in ending],
            "feeds": addresses(),
            "structured": json_ld(site_data(request), office_data(request)),
            "collections": newest_collections(day),
            "news": newest_news(),
        },
    )


@require_safe
@by_revision
@login_not_required
def statistics(request: HttpRequest) -> HttpResponse:
    """The register's figures as of a day, each with the list behind it."""
    day, unread = asked_day(request.GET, today())
    figures = Statistics(day)
    current = day == today()
    return render(
        request,
        "reports/statistics.html",
        {
            "day": day,
            "current": current,
            "noindex": not current,
            "unread": unread,
            "figures": figures,
            "tiles": _tiles(figures, day, current=current),
            "standings": _standings(figures, day, current=current),
            "stars": STARS,
            "years": [
                (end, _cells(count, gettext("ngày {day}").format(day=day_text(end)), end, end == today()))
                for end, count in figures.over_years
            ],
            "years_chart": star_columns([(_year_label(d, day), c.by_stars) for d, c in figures.over_years]),
            "districts": (districts := _districts(figures, day, current=current)),
            "districts_chart": star_rows(
                [(r["short"], r["count"].by_stars, r["url"]) for r in districts if r["url"]]
            ),
            "months": (months := _months(figures, day, current=current)),
            "months_told": _months_told(months, figures, day, current=current),
            "months_chart": month_columns([(m["label"], m["count"], m["url"]) for m in months]),
            "trade": _trade(figures, day, current=current),
            "groups": [
                {"group": g, "count": c, "url": _list(day, current, group=g.code)}
                for g, c in figures.by_group
            ],
            "communes": _communes(figures, day, current=current),
        },
    )


def _list(day: date, current: bool, **params: Any) -> str:
    """Address of the catalogue behind a number; the day is told only where it is not today."""
    query = {**params, **({} if current else {"as_of": day.isoformat()})}
    return reverse("products:list") + (f"?{urlencode(query, doseq=True)}" if query else "")


def _year_label(end: date, day: date) -> str:
    """A year's end by its year; the day itself, where it is not a year's end, by its month (11/26)."""
    return str(end.year) if (end.month, end.day) == (12, 31) else f"{day:%m/%y}"


def _tiles(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """The figures told first."""
    standing = figures.standing
    target = figures.target
    percent = percent_text(f"{figures.target_percent:.0f}") if target else ""
    return [
        {
            "label": gettext("sản phẩm còn hiệu lực"),
            "value": standing.total,
            "url": _list(day, current),
            "note": gettext("{percent} chỉ tiêu {products} sản phẩm ({plan})").format(
                percent=percent, products=target.products, plan=target
            )
            if target
            else gettext("từ 3 đến 5 sao"),
        },
        *(
            {
                "label": ngettext("đạt {n} sao", "đạt {n} sao", n).format(n=n),
                "value": standing[n],
                "url": _list(day, current, stars=n),
                "note": "",
            }
            for n in STARS
        ),
        {
            "label": gettext("sắp hết hạn trong 180 ngày"),
            "value": figures.in_standing(Standing.EXPIRING).total,
            "url": _list(day, current, status="expiring", sort="expires"),
            "note": "",
            "tone": "warn",
        },
        {
            "label": gettext("hết hạn, chưa đánh giá lại"),
            "value": figures.lapsed_not_reassessed,
            "url": _list(day, current, status="expired"),
            "note": gettext("tính riêng, không nằm trong số còn hiệu lực"),
            "tone": "bad",
        },
        {
            "label": gettext("xã, phường có sản phẩm"),
            "value": f"{len(figures.by_commune)}/{len(figures.territory.communes)}",
            "url": f"{reverse('reports:statistics')}{'' if current else f'?as_of={day.isoformat()}'}#xa-phuong",
            "note": "",
        },
    ]


def _cells(count: StarCount, label: str, day: date, current: bool, **params: Any) -> list[dict[str, Any]]:
    """A row's numbers, by star and in all, each with the list behind it."""
    cells = [
        {
            "value": count[n],
            "label": ngettext("{n} sao, {label}", "{n} sao, {label}", n).format(n=n, label=label),
            "url": _list(day, current, stars=n, **params),
        }
        for n in STARS
    ]
    return [*cells, {"value": count.total, "label": label, "url": _list(day, current, **params)}]


def _standings(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """Every standing that a list can be asked for."""
    return [
        {
            "standing": standing,
            "cells": _cells(
                figures.in_standing(standing), str(standing.label), day, current, status=standing.value
            ),
        }
        for standing in (*STANDS, Standing.EXPIRED, Standing.REVOKED)
    ]


def _districts(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """Standing products by district of before 1/7/2025; what lies in no single one comes last, without a list."""
    rows = [
        {
            "name": unit.name,
            "short": unit.short_name,
            "count": count,
            "url": _list(day, current, district=unit.code),
            "cells": _cells(count, unit.name, day, current, district=unit.code),
        }
        for unit in figures.territory.districts
        if (count := figures.by_district.get(unit.pk)) is not None
    ]
    if elsewhere := figures.by_district.get(None):
        cells = [{"value": n} for n in (*(elsewhere[n] for n in STARS), elsewhere.total)]
        rows.append({"name": gettext("Không thuộc riêng một huyện"), "short": "", "url": "", "cells": cells})
    return rows


TRADE = (
    ("area", "raw_material_area", _("Sản phẩm có vùng nguyên liệu được chứng nhận")),
    ("export", "exported", _("Sản phẩm xuất khẩu")),
    ("postmart", "on_postmart", _("Sản phẩm bán trên PostMart")),
    ("geographical", "geographical_indications", _("Chỉ dẫn địa lý")),
    ("collective", "collective_marks", _("Nhãn hiệu tập thể")),
)


def _trade(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """What the programme counts beside stars, each with the list behind it where it is public."""
    points = reverse("producers:points-of-sale") + ("" if current else f"?as_of={day.isoformat()}")
    told = [
        {"label": label, "value": figures.trade[name], "url": _list(day, current, has=trait)}
        for trait, name, label in TRADE
    ]
    told += [
        {"label": gettext("Điểm giới thiệu và bán sản phẩm"), "value": figures.points_of_sale, "url": points},
        {
            "label": gettext("Đợt tư vấn tại chỗ năm {year}").format(year=day.year),
            "value": figures.onsite_campaigns,
            "url": "",
        },
    ]
    if (grown := figures.revenue_grown_percent) is not None:
        shown = percent_text(number_format(grown, 1, use_l10n=True))
        label = gettext("Chủ thể có doanh thu năm {year} từ 1,1 lần năm trước").format(year=figures.full_year)
        told.append({"label": label, "value": shown, "url": ""})
    return told


def _months(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """Certificates that end in each month ahead."""
    return [
        {
            "label": f"{month:%m/%Y}",
            "count": count,
            "url": _list(
                day,
                current,
                expires_after=max(month, day).isoformat(),
                expires_before=(add_months(month, 1) - timedelta(days=1)).isoformat(),
            )
            if count
            else "",
        }
        for month, count in figures.ending_by_month
    ]


def _months_told(
    months: list[dict[str, Any]], figures: Statistics, day: date, *, current: bool
) -> list[tuple[str, int, str]]:
    """(label, certificates, list behind it): the year ahead, and its heaviest month."""
    ahead = sum(n for month, n in figures.ending_by_month if month < add_months(day.replace(day=1), 12))
    until = add_months(day.replace(day=1), 12) - timedelta(days=1)
    url = _list(day, current, expires_after=day.isoformat(), expires_before=until.isoformat())
    told = [(gettext("Đến hết ngày {day}").format(day=day_text(until)), ahead, url if ahead else "")]
    if heaviest := max((m for m in months if m["count"]), key=lambda m: m["count"], default=None):
        most = gettext("Nhiều nhất: tháng {month}").format(month=heaviest["label"])
        told.append((most, heaviest["count"], heaviest["url"]))
    return told


def _communes(figures: Statistics, day: date, *, current: bool) -> list[dict[str, Any]]:
    """Every commune of the day with its standing products, none left out."""
    return [
        {
            "unit": unit,
            "district": figures.territory.units.get(unit.district_id or 0),
            "count": (count := figures.by_commune.get(unit.pk)),
            "url": _list(day, current, commune=unit.code) if count else "",
        }
        for unit in figures.territory.communes
    ]
