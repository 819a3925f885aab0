"""Points of sale at the desk. Who may see reports reads them; who keeps support writes them."""

from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.lists import paged
from ocop_portal.params import asked_day
from ocop_portal.permissions import Permission, requires
from producers.actions.support import close_point_of_sale, save_point_of_sale
from producers.desk.common import filter_context, record_page, roster_page, table_file
from producers.desk.scope import ensure_keeps, keeps, point_of, with_parts
from producers.exports import POINT_HEADER, point_rows
from producers.filters import Asked
from producers.forms.support import ClosingForm, PointOfSaleForm
from producers.involvement import POINT
from producers.models import PointOfSale, Supply
from producers.support_words import points_told

OPEN, CLOSED, ALL = "open", "closed", "all"
STATUSES = ((OPEN, "Đang mở"), (CLOSED, "Đã đóng"), (ALL, "Tất cả"))


class _Found:
    """The points in scope that answer what was asked: those open on the day, unless `status` says otherwise."""

    def __init__(self, request: HttpRequest) -> None:
        self.day, self.unread = asked_day(request.GET, today())
        self.asked = Asked(request.GET, kinds=PointOfSale.Kind.choices, day=self.day)
        self.status = request.GET.get("status", "").strip() or OPEN
        if self.status not in dict(STATUSES):
            self.asked.faults.append(f"Không có tình trạng “{self.status[:40]}”.")
        if self.asked.year:
            self.asked.faults.append("Điểm bán không lọc theo năm; hãy dùng ngày xem.")
        self.matching: QuerySet[Any] = self.asked.narrowed(PointOfSale.objects.visible_to(request.user))
        self.open = self.matching.open_on(self.day)

    @property
    def rows(self) -> QuerySet[Any]:
        if self.status == OPEN:
            return self.open
        return self.matching.filter(closed_on__lte=self.day) if self.status == CLOSED else self.matching

    def totals(self) -> str:
        """How many are open on the day, in a sentence. Two queries."""
        counted = self.open.order_by().values("kind").annotate(count=Count("pk"))
        counts = {row["kind"]: row["count"] for row in counted}
        sold = Supply.objects.filter(point__in=self.open.order_by().values("pk"))
        return points_told(
            [(label, counts[kind]) for kind, label in PointOfSale.Kind.choices if kind in counts],
            producers=sold.aggregate(count=Count("producer", distinct=True))["count"],
            day=self.day,
            place=self.asked.place,
        )


@require_safe
@requires(Permission.REPORT_VIEW)
def point_list(request: HttpRequest) -> HttpResponse:
    """Points in scope by name, with how many are open on the day."""
    found = _Found(request)
    context = filter_context(request, found.asked)
    context |= paged(request, found.rows.with_place().counted())
    context |= {
        "totals": "" if found.asked.faults else found.totals(),
        "status": found.status,
        "statuses": STATUSES,
        "day": found.day,
        "today": today(),
        "unread": found.unread,
    }
    return render(request, "producers/desk/points.html", context)


@require_safe
@requires(Permission.REPORT_VIEW)
def point_file(request: HttpRequest, ending: str) -> Any:
    """The rows of the list, all of them, as a file."""
    found = with_parts(_Found(request).rows.with_place().counted(), POINT, request.user)
    return table_file(ending, "diem-ban", POINT_HEADER, point_rows(found), "Điểm bán")


@require_safe
@requires(Permission.REPORT_VIEW, of=point_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One point with the producers whose goods are sold there."""
    point, day = point_of(request.user, pk), today()
    context = {
        "point": point,
        "parts": list(POINT.parts(point)),
        "mine": set(POINT.parts_for(point, request.user).values_list("producer", flat=True)),
        "keeps": keeps(request.user, point),
        "open": point.is_open_on(day),
        "day": day,
    }
    return render(request, "producers/desk/point.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a point of sale."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=point_of)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a point of sale that the user keeps."""
    point = point_of(request.user, pk)
    ensure_keeps(request.user, point)
    return _form(request, point)


def _form(request: HttpRequest, point: PointOfSale | None) -> HttpResponse:
    title = f"Sửa điểm bán “{point}”" if point else "Thêm điểm bán"
    back = reverse("desk:point-of-sale", args=[point.pk]) if point else reverse("desk:points-of-sale")
    form = PointOfSaleForm(
        request.POST or None,
        user=request.user,
        instance=point,
        initial={} if point else {"opened_on": today()},
    )

    def save() -> str:
        saved = save_point_of_sale(point=form.instance, by=request.user)
        return reverse("desk:point-of-sale" if point else "desk:point-of-sale-participants", args=[saved.pk])

    return record_page(request, form, save, title=title, back=back, done="Đã lưu điểm bán.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=point_of)
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Whose goods are sold there, on one page."""
    return roster_page(request, POINT, point_of(request.user, pk), name="point-of-sale")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=point_of)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down from which day the point is shut. It stays on record, with who sold there."""
    point = point_of(request.user, pk)
    ensure_keeps(request.user, point)
    back = reverse("desk:point-of-sale", args=[pk])
    form = ClosingForm(request.POST or None)

    def save() -> str:
        close_point_of_sale(point=point, closed_on=form.cleaned_data["closed_on"], by=request.user)
        return back

    return record_page(
        request,
        form,
        save,
        title=f"Đóng điểm bán “{point}”",
        back=back,
        done="Đã ghi ngày đóng. Trang công khai không còn giới thiệu điểm bán này từ ngày đó.",
        button="Ghi ngày đóng",
        lede="Điểm bán vẫn được giữ trong sổ, xem lại được theo từng ngày; danh sách chủ thể được giữ nguyên.",
    )
