"""The trail of one record, for officials."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ocop_portal.permissions import Permission, requires
from ocop_portal.trail import events_of
from producers.desk.scope import campaign_of, point_of, promotion_of
from products.desk.oversight import complaint_of, inspection_of, warning_of
from products.desk.scope import certificate_of, producer_of, product_of
from products.models import Decision

KINDS: dict[str, Callable[[Any, int], Any]] = {
    "chu-the": producer_of,
    "san-pham": product_of,
    "giay-chung-nhan": certificate_of,
    "kiem-tra": inspection_of,
    "canh-bao": warning_of,
    "phan-anh": complaint_of,
    "quyet-dinh": lambda user, pk: get_object_or_404(Decision, pk=pk),
    "tu-van": campaign_of,
    "xuc-tien": promotion_of,
    "diem-ban": point_of,
}


@require_safe
@requires(Permission.HISTORY_VIEW)
def history(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Who did what to a record in scope, when and why."""
    if kind not in KINDS:
        raise Http404("Không có lịch sử của loại này.")
    record = KINDS[kind](request.user, pk)
    return render(request, "desk/history.html", {"record": record, "events": events_of(record)})
