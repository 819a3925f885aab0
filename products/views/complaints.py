"""A citizen reports what is wrong with a product, and reads what became of it. No account, no script needed."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal import limits
from ocop_portal.clock import today
from ocop_portal.forms import send_once
from products.actions.complaints import receive_complaint
from products.catalogue import place_text
from products.complaint_steps import State
from products.forms.complaint import ComplaintForm, whom_to_call
from products.models import Complaint, Product
from products.views.products import public_product

SENDINGS_PER_REPORT = 4
"""How often a page may be sent for each report that an address may make: corrections are human."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def complain(request: HttpRequest, code: str) -> HttpResponse:
    """The form of one product of the public register. An old code leads to the one in use."""
    product = public_product(code)
    if product.code != code:
        return redirect("products:complain", product.code)
    product = Product.objects.with_place().get(pk=product.pk)
    return _form(request, product)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def complain_of_a_pack(request: HttpRequest) -> HttpResponse:
    """The form for a pack whose product the register does not know; with `?code=` the way to one's own report."""
    if asked := request.GET.get("code", ""):
        code = "".join(letter for letter in asked.lower() if letter.isalnum())[:40]
        if Complaint.objects.filter(code=code).exists():
            return redirect("products:complaint", code)
        return _form(request, None, unknown=asked[:40].replace("\x00", ""))
    return _form(request, None)


def _form(request: HttpRequest, product: Product | None, unknown: str = "") -> HttpResponse:
    reader = limits.reader_of(request) if request.method == "POST" else ""
    refusal = _refusal(reader, product) if reader else ""
    if reader and not refusal:
        form = ComplaintForm(request.POST, request.FILES, product=product)
    else:
        # Refused, what was typed is shown again, and the file is not even looked at.
        form = ComplaintForm(product=product, initial=request.POST.dict() or _asked(request))

    def save() -> str:
        address = limits.take(f"complaint:{reader}", settings.COMPLAINTS_PER_ADDRESS)
        if not (address and limits.take(_of_product(product), settings.COMPLAINTS_PER_PRODUCT)):
            raise ValidationError(TOO_MANY.format(office=whom_to_call()))
        complaint = receive_complaint(product=product, by=None, **form.sent())
        return reverse("products:complaint", args=[complaint.code])

    if form.is_bound and form.is_valid():
        if answer := send_once(request, form, save, gettext("Đã nhận phản ánh. Xin cảm ơn bạn.")):
            return answer
    context = {"form": form.refreshed(), "product": product, "refusal": refusal, "unknown": unknown}
    context |= {"days": settings.COMPLAINT_ANSWER_DAYS, "kept_days": settings.COMPLAINT_CONTACT_DAYS}
    context |= {"place": place_text(product.place, today()) if product else ""}
    return render(request, "products/complain.html", context, status=429 if refusal else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the page that led here already knows of the pack."""
    return {"pack": request.GET.get("pack", "").replace("\x00", "").strip()[:200]}


def _of_product(product: Product | None) -> str:
    return f"complaint-of:{product.pk if product else 'unknown'}"


TOO_MANY = _(
    "Hôm nay cổng đã nhận nhiều phản ánh từ nơi bạn đang kết nối hoặc về việc này, nên tạm dừng nhận đến ngày mai. "
    "Việc gấp, xin gọi {office}."
)


def _refusal(reader: str, product: Product | None) -> str:
    """Why nothing more is taken today, in a sentence; empty where it is. Asked before a file is looked at."""
    most = settings.COMPLAINTS_PER_ADDRESS
    may_send = limits.take(f"complaint-sending:{reader}", most * SENDINGS_PER_REPORT)
    full = limits.is_full(f"complaint:{reader}", most)
    if not may_send or full or limits.is_full(_of_product(product), settings.COMPLAINTS_PER_PRODUCT):
        return TOO_MANY.format(office=whom_to_call())
    return ""


STORY: dict[str, Any] = {
    State.RECEIVED: _("Phản ánh đã đến nơi và đang chờ cán bộ đọc."),
    State.CHECKING: _("Cán bộ đang xác minh."),
    State.ANSWERED: _("Phản ánh đã được trả lời."),
    State.DUPLICATE: _("Phản ánh này cùng nội dung với một phản ánh đã nhận trước, nên được xử lý chung."),
    State.SET_ASIDE: _("Phản ánh này không được xử lý."),
}
TONES: dict[str, str] = {State.ANSWERED: "good", State.SET_ASIDE: "warn"}


@require_safe
@never_cache
@login_not_required
def complaint(request: HttpRequest, code: str) -> HttpResponse:
    """What became of a report, for whoever holds its code: the state and the answer, and no contact."""
    found = Complaint.objects.with_line().select_related("duplicate_of__product").filter(code=code).first()
    if found is None:
        raise Http404("Không có phản ánh nào mang mã này. Hãy so lại từng chữ của mã.")
    answered: Any = found.duplicate_of if found.state == State.DUPLICATE else found
    day = today()
    return render(
        request,
        "products/complaint.html",
        {
            "complaint": found,
            "told": STORY[found.state],
            "tone": TONES.get(found.state, "info"),
            "answered": answered if answered.state == State.ANSWERED else None,
            "late": answered.is_overdue(day),
            "waiting": answered.due_on if answered.state in (State.RECEIVED, State.CHECKING) else None,
            "office": whom_to_call(),
        },
    )
