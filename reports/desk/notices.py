"""Notices at the desk: making the letters of a selection, the letters made, their files, declaring one void."""

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ocop_portal.sheets import CSV_TYPE, XLSX_TYPE, csv_stream, xlsx_bytes
from products.actions.certificates import RowErrors
from products.actions.notices import record_notices, refusals, void_notice
from products.desk.scope import asked_text, paged
from products.models import Certificate, Notice, NoticeLine, Product
from products.models.notices import notice_due
from reports.desk.files import download
from reports.desk.notice_forms import LetterForm, SendingForm, VoidForm, issuer_of
from reports.desk.selection import MOST_CHOSEN, by_key, chosen, keys, per_producer
from reports.notice_letters import DOCX_TYPE, PDF_TYPE, letter_of, letters_docx, letters_pdf

MOST_LETTERS = 300
KINDS = {"pdf": (PDF_TYPE, letters_pdf), "docx": (DOCX_TYPE, letters_docx)}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NOTICE_KEEP)
def make(request: HttpRequest) -> HttpResponse:
    """The letters of a selection on one page: recorded together and made, or nothing is."""
    form = SendingForm(request.POST or None, user=request.user)
    if request.method == "POST":
        certificates, refused = by_key(request.user, keys(request.POST.getlist("offered"))), []
    else:
        certificates, refused = _offered(chosen(request))
    letters = [
        LetterForm(request.POST or None, producer=producer, certificates=own)
        for producer, own in per_producer(certificates)
    ]
    ticked = {*keys(request.POST.getlist("certificate"))} if request.method == "POST" else None
    for letter in letters:
        letter.ticked = [c for c in letter.offered if ticked is None or c.pk in ticked]
    written = [letter for letter in letters if letter.ticked]

    def save() -> str:
        sending = form.sending()
        try:
            record_notices(
                sending=sending,
                letters=[row.letter(form.cleaned_data["channel"]) for row in written],
                by=request.user,
            )
        except RowErrors as errors:
            for index, error in errors.rows.items():
                _put(written[index], error)
            raise ValidationError("Có văn bản chưa hợp lệ nên chưa văn bản nào được ghi.") from None
        return f"{reverse('desk:notices')}?lo={sending.batch}"

    if request.method == "POST" and all([form.is_valid(), *(row.is_valid() for row in written)]):
        done = f"Đã ghi {len(written)} thông báo. Tải văn bản ở dưới để in, ký và gửi."
        if answer := send_once(request, form, save, done):
            return answer
    context = {"form": form, "letters": letters, "forms": [form, *written], "refused": refused}
    context |= {"count": sum(len(row.offered) for row in letters), "most": MOST_CHOSEN, "day": today()}
    return render(request, "reports/lapses/notice_make.html", context)


def _offered(found: list[Certificate]) -> tuple[list[Certificate], list[tuple[Certificate, str]]]:
    """(those of which a letter may tell, those of which it may not and why); none beyond what a page deals with."""
    found = found[:MOST_CHOSEN]
    why = refusals(found, today())
    return [c for c in found if c.pk not in why], [(c, why[c.pk]) for c in found if c.pk in why]


def _put(row: LetterForm, error: ValidationError) -> None:
    named = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, faults in named.items():
        row.add_error(name if name in row.fields else None, faults)  # type: ignore[arg-type]


def notice_of(user: Any, pk: int, **_rest: object) -> Notice:
    """A letter in scope. Raises Http404."""
    return get_object_or_404(Notice.objects.visible_to(user).with_lines(), pk=pk)


STATES = {"": "Mọi thông báo", "late": "Có sản phẩm báo muộn", "void": "Đã hủy"}


def found_notices(request: HttpRequest) -> QuerySet[Notice]:
    """The letters that an address asks for, in scope, what was sent last on top."""
    found, text = Notice.objects.visible_to(request.user), asked_text(request)
    if batch := request.GET.get("lo", "").strip():
        try:
            found = found.filter(batch=uuid.UUID(batch))
        except ValueError:
            return found.none()
    if text:
        products = Product.objects.search(text).order_by().values("pk")
        lines = NoticeLine.objects.filter(certificate__product__in=products)
        named = Q(recipient__icontains=text) | Q(pk__in=lines.order_by().values("notice"))
        serial = text.partition("/")[0].strip()
        if serial.isdecimal() and len(serial) < 7:
            named |= Q(serial=int(serial))
        found = found.filter(named)
    match request.GET.get("state", ""):
        case "void":
            found = found.filter(voided_on__isnull=False)
        case "late":
            late = NoticeLine.objects.exclude(pk__in=NoticeLine.objects.in_time().values("pk"))
            found = found.filter(voided_on__isnull=True, pk__in=late.order_by().values("notice"))
    return found.with_lines().order_by("-sent_on", "-pk")  # type: ignore[no-any-return]


@require_safe
@requires(Permission.DESK_VIEW)
def notice_list(request: HttpRequest) -> HttpResponse:
    """Letters that went out, with what they told of and whether in time; their files again."""
    context = paged(request, found_notices(request))
    state, query = request.GET.get("state", ""), request.GET.copy()
    query.pop("page", None)
    context |= {
        "text": asked_text(request),
        "state": state,
        "states": STATES,
        "batch": request.GET.get("lo", ""),
    }
    context |= {
        "rows": [(n, _told(n), may_void(request.user, n)) for n in context["page"]],
        "query": query.urlencode(),
        "most": MOST_LETTERS,
    }
    return render(request, "reports/lapses/notices.html", context)


def _told(notice: Notice) -> list[tuple[NoticeLine, int]]:
    """The lines with how many days too late each was told of; 0: in time."""
    return [
        (line, max(0, (notice.sent_on - notice_due(line.certificate.valid_to)).days))
        for line in notice.lines.all()
    ]


@require_safe
@requires(Permission.DESK_VIEW, of=notice_of)
def notice_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """One letter as it was recorded, as PDF or DOCX."""
    notice = notice_of(request.user, pk)
    return _letters([notice], ending, f"thong bao {notice.serial} {notice.symbol} {notice.year}")


@require_safe
@requires(Permission.DESK_VIEW)
def notices_file(request: HttpRequest, ending: str) -> HttpResponse:
    """The letters of a list in one file, a letter to each recipient, in the order of their numbers."""
    found = list(found_notices(request).filter(voided_on__isnull=True)[: MOST_LETTERS + 1])
    if not found:
        raise Http404("Không có thông báo nào để in.")
    if len(found) > MOST_LETTERS:
        raise Http404(f"Danh sách có hơn {MOST_LETTERS} thông báo: hãy lọc bớt rồi tải.")
    found.sort(key=lambda n: (n.year, n.symbol, n.serial, n.pk))
    return _letters(found, ending, f"thong bao het han {today()}")


SHEET_HEADER = (
    "Số",
    "Ngày văn bản",
    "Ngày gửi",
    "Cơ quan ban hành",
    "Nơi nhận",
    "Địa chỉ nhận",
    "Cách gửi",
    "Sản phẩm",
    "Mã sản phẩm",
    "Hạn in trên giấy",
    "Số ngày muộn",
    "Người ghi",
    "Hủy ngày",
    "Lý do hủy",
)


@require_safe
@requires(Permission.DESK_VIEW)
def notices_sheet(request: HttpRequest, ending: str) -> HttpResponse:
    """The list of letters as XLSX or CSV, a row per product told of."""
    if ending not in ("xlsx", "csv"):
        raise Http404("Chỉ có xlsx và csv.")
    rows = [_sheet_row(n, line, late) for n in found_notices(request) for line, late in _told(n)]
    name = f"thong bao het han {today()}.{ending}"
    if ending == "xlsx":
        return download(xlsx_bytes(SHEET_HEADER, rows, "Thông báo hết hạn"), XLSX_TYPE, name)
    return download(b"".join(csv_stream(SHEET_HEADER, rows)), CSV_TYPE, name)


def _sheet_row(notice: Notice, line: NoticeLine, late: int) -> list[Any]:
    return [
        notice.number,
        notice.dated_on,
        notice.sent_on,
        notice.issuer,
        notice.recipient,
        notice.address,
        notice.get_channel_display(),
        line.product_name,
        line.certificate.product.code,
        line.certificate.valid_to,
        late,
        notice.recorded_by.get_username(),
        notice.voided_on,
        notice.void_reason,
    ]


def _letters(notices: list[Notice], ending: str, name: str) -> HttpResponse:
    if ending not in KINDS:
        raise Http404("Chỉ có PDF và DOCX.")
    media_type, make_file = KINDS[ending]
    made_at = max((n.made_at for n in notices), default=timezone.now())
    return download(
        make_file([letter_of(n) for n in notices], made_at=made_at), media_type, f"{name}.{ending}"
    )


def may_void(user: Any, notice: Notice) -> bool:
    """Whose letter it is declares it void: the commune its own, the province any."""
    unit, _ = issuer_of(user)
    own = unit is None or (notice.issuer_unit_id == unit.pk)
    return own and notice.voided_on is None and has_permission(user, Permission.NOTICE_KEEP)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.NOTICE_KEEP, of=notice_of)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a letter void: it stays on record, and its products are owed a notice again."""
    notice = notice_of(request.user, pk)
    if not may_void(request.user, notice):
        raise PermissionDenied("Chỉ cơ quan đã ban hành thông báo mới hủy được.")
    form = VoidForm(request.POST or None)

    def save() -> str:
        void_notice(notice=notice, reason=form.cleaned_data["reason"], by=request.user)
        return f"{reverse('desk:notices')}?lo={notice.batch}"

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, f"Đã hủy {str(notice).lower()}."):
            return answer
    return render(
        request, "reports/lapses/notice_void.html", {"form": form, "notice": notice, "told": _told(notice)}
    )
