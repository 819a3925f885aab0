"""The page that tells how often the portal is read."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Min, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.languages import ENGLISH, VIETNAMESE
from products.models import Product
from products.standing import add_months
from reports.charts import month_columns
from reports.models import VisitDay

RECENT_DAYS = 30
MONTHS = 12
MOST_READ = 20
WIDEST_VALUE = 100_000
"""From here on a number is wider than its column, and stands in the table alone."""


@dataclass(frozen=True)
class ReadProduct:
    """A product and how often its page was read in the last days."""

    product: Product
    count: int


@require_safe
@login_not_required
def visits(request: HttpRequest) -> HttpResponse:
    """Totals of the last 30 days and 12 months, by month, and the products that are read most."""
    day = today()
    months = by_month(day)
    recent = VisitDay.objects.filter(day__gt=day - timedelta(days=RECENT_DAYS), day__lte=day)
    by_language = dict(recent.order_by().values_list("language").annotate(Sum("count")))
    context = {
        "tiles": _tiles(sum(by_language.values()), by_language.get(ENGLISH, 0), sum(n for _, n in months)),
        "months": [(f"{month:%m/%Y}", count) for month, count in months],
        "chart": _chart(months),
        "values_fit": max(n for _, n in months) < WIDEST_VALUE,
        "products": most_read(recent),
        "since": VisitDay.objects.aggregate(first=Min("day"))["first"],
        "days": RECENT_DAYS,
    }
    return render(request, "reports/visits.html", context)


def by_month(day: date) -> list[tuple[date, int]]:
    """(first day of the month, pages read in it) of the last twelve months, this one included."""
    first = add_months(day.replace(day=1), 1 - MONTHS)
    rows = VisitDay.objects.filter(day__gte=first, day__lte=day).order_by()
    found = dict(rows.annotate(month=TruncMonth("day")).values_list("month").annotate(Sum("count")))
    return [(month, found.get(month, 0)) for month in (add_months(first, n) for n in range(MONTHS))]


def most_read(rows: QuerySet[VisitDay]) -> list[ReadProduct]:
    """The products whose pages were read most, both languages together. Two queries."""
    with translation.override(VIETNAMESE):
        there = reverse("products:detail", args=["xxx"]).removesuffix("xxx/")
    pages = rows.filter(path__regex=f"^{there}[^/]+/$").order_by()
    counted = pages.values_list("path").annotate(total=Sum("count")).order_by("-total", "path")[:MOST_READ]
    counts = {path.removeprefix(there).removesuffix("/"): total for path, total in counted}
    found = {p.code: p for p in Product.objects.filter(code__in=counts).select_related("producer")}
    return [ReadProduct(found[code], count) for code, count in counts.items() if code in found]


def _tiles(recent: int, english: int, year: int) -> list[dict[str, Any]]:
    """The totals told first."""
    return [
        {
            "label": ngettext("lượt xem trang trong 30 ngày qua", "lượt xem trang trong 30 ngày qua", recent),
            "value": recent,
        },
        {"label": gettext("trong đó đọc bằng tiếng Anh"), "value": english},
        {
            "label": ngettext("lượt xem trang trong 12 tháng qua", "lượt xem trang trong 12 tháng qua", year),
            "value": year,
        },
    ]


def _chart(months: list[tuple[date, int]]) -> Any:
    def title(label: str, n: int) -> str:
        told = ngettext("Tháng {month}: {n} lượt xem", "Tháng {month}: {n} lượt xem", n)
        return told.format(month=label, n=n)

    chart = month_columns([(f"{month:%m/%Y}", n, "") for month, n in months], every=True, title=title)
    return replace(chart, grid=())  # its labels have no room for such numbers
