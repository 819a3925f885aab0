"""The first page of the desk: what is about to lapse, and what is unfinished."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.permissions import Permission, requires
from products.catalogue import status_label
from products.desk.scope import certificates_of
from products.models import Product
from products.standing import STANDS, Standing

SHOWN = 15


def _tile(
    label: str, value: int, name: str, query: str, tone: str = "warn"
) -> tuple[str, int, str, str, str]:
    """A figure with the desk's list behind it: (label, value, view, parameters, tone)."""
    return label, value, f"desk:{name}", query, tone


@require_safe
@requires(Permission.DESK_VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """The user's scope on one page."""
    day = today()
    mine = certificates_of(request.user).public(day)  # type: ignore[attr-defined]
    standings = list(mine.with_standing(day).values_list("standing", flat=True))
    ending = mine.in_standing(day, (Standing.EXTENDED, Standing.EXPIRING)).with_product()
    lapsed = mine.in_standing(day, (Standing.EXPIRED,)).with_product().order_by("-valid_to", "pk")
    unfinished = Product.objects.visible_to(request.user).with_place().filter(certificates=None)
    return render(
        request,
        "desk/home.html",
        {
            "day": day,
            "tiles": [
                _tile(
                    "được dùng sao",
                    sum(s in STANDS for s in standings),
                    "products",
                    "status=standing",
                    "good",
                ),
                _tile("sắp hết hạn (180 ngày)", standings.count(Standing.EXPIRING), "lapses", "bucket=180"),
                _tile("đang được gia hạn", standings.count(Standing.EXTENDED), "lapses", "bucket=extended"),
                _tile(
                    "đã hết hạn, chưa đánh giá lại",
                    standings.count(Standing.EXPIRED),
                    "lapses",
                    "bucket=expired",
                    "bad",
                ),
            ],
            "ending": [
                (c, c.standing_on(day).value, status_label(c, day))
                for c in ending.order_by("valid_to", "pk")[:SHOWN]
            ],
            "lapsed": [(c, status_label(c, day)) for c in lapsed[:5]],
            "unfinished": unfinished[:SHOWN],
        },
    )
