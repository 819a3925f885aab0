"""Citizens' reports at the desk: the queue, one report on one page, its steps; and a producer's own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, has_permission, requires
from ocop_portal.sheets import XLSX_TYPE, xlsx_bytes
from ocop_portal.uploads import serve_private
from products.actions import complaints as acts
from products.actions.inspections import plan_for_complaint
from products.complaint_steps import OPEN, STEPS, Holder, State, possible
from products.desk.complaint_words import LOOKS, TONES, WORDS
from products.desk.oversight import chosen, complaint_of, download, revocable, tab
from products.desk.scope import asked_text, paged
from products.forms.complaint_desk import FORMS, ReplyForm
from products.models import Complaint, Product

SHOWS = {"open": "Cần trả lời", "late": "Quá hạn", "mine": "Giao cho tôi", "all": "Tất cả"}
ACTIONS: dict[str, Callable[..., Any]] = {
    "check": acts.start_checking,
    "answer": acts.answer_complaint,
    "identify": acts.identify_product,
    "assign": acts.assign_complaint,
    "forward": acts.forward_complaint,
    "hand-down": acts.hand_down_complaint,
    "duplicate": acts.link_duplicate,
    "set-aside": acts.set_aside,
    "reopen": acts.reopen_complaint,
    "publish": acts.publish_complaint,
    "withdraw": acts.withdraw_complaint,
}


def _found(request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    """The reports that the address asks for, before its tab is applied, and what it asked."""
    text = asked_text(request)
    kind, holder = chosen(request, "kind", Complaint.Kind.values), chosen(request, "holder", Holder.values)
    found = Complaint.objects.visible_to(request.user)
    if text:
        products = Product.objects.search(text).order_by().values("pk")
        code = "".join(letter for letter in text.lower() if letter.isalnum())
        found = found.filter(Q(product__in=products) | Q(pack__icontains=text) | Q(code=code))
    if kind:
        found = found.filter(kind=kind)
    if holder:
        found = found.filter(holder=holder)
    show = chosen(request, "show", {*SHOWS, *State.values}, "open")
    return found, {"text": text, "kind": kind, "holder": holder, "show": show}


def _shown(found: Any, show: str, user: Any, day: date) -> Any:
    conditions = {
        "open": Q(state__in=OPEN),
        "late": Q(state__in=OPEN, due_on__lt=day),
        "mine": Q(state__in=OPEN, assignee=user),
        "all": Q(),
    }
    return found.filter(conditions.get(show, Q(state=show))).with_line().pressing_first()


@require_safe
@requires(Permission.COMPLAINT_KEEP)
def complaint_list(request: HttpRequest) -> HttpResponse:
    """The queue of the user's scope, what presses first."""
    day, (found, asked) = today(), _found(request)
    counts = found.order_by().aggregate(
        open=Count("pk", Q(state__in=OPEN)),
        late=Count("pk", Q(state__in=OPEN, due_on__lt=day)),
        mine=Count("pk", Q(state__in=OPEN, assignee=request.user)),
        all=Count("pk"),
        **{state.value: Count("pk", Q(state=state)) for state in State},
    )
    context = paged(request, _shown(found, asked["show"], request.user, day))
    context |= asked
    context |= {
        "rows": [(c, TONES[c.state], c.is_overdue(day), reply_waits(c)) for c in context["page"]],
        "kinds": Complaint.Kind.choices,
        "holders": Holder.choices,
        "tabs": [tab(request, v, label, counts[v], asked["show"]) for v, label in SHOWS.items()],
        "states": [
            tab(request, s.value, capfirst(s.label), counts[s.value], asked["show"])
            for s in State
            if counts[s.value] or s == asked["show"]
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/oversight/complaints.html", context)


HEADER = (
    "Số", "Ngày nhận", "Sản phẩm", "Mã sản phẩm", "Chủ thể", "Về việc", "Địa bàn", "Cấp xử lý", "Trạng thái",
    "Trả lời trước hết ngày", "Kết quả xác minh", "Ngày trả lời", "Chủ thể trả lời ngày", "Công bố",
)  # fmt: skip


@require_safe
@requires(Permission.COMPLAINT_KEEP)
def complaint_xlsx(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook; no contact and no word of the citizen is in it."""
    found, asked = _found(request)
    rows = _lines(_shown(found, asked["show"], request.user, today()))
    return download(xlsx_bytes(HEADER, rows, "Phản ánh"), XLSX_TYPE, f"phan anh {today():%Y-%m-%d}.xlsx")


def _lines(found: Any) -> Iterator[tuple[Any, ...]]:
    for c in found:
        product = c.product
        shown = published_of(c)
        yield (
            c.pk, c.received_on, c.about, product.code if product else "", product.producer.name if product else "",
            c.get_kind_display(), c.unit.name if c.unit else "", c.get_holder_display(), c.get_state_display(),
            c.due_on, c.get_outcome_display(), c.answered_on, c.replied_on, "có" if shown else "không",
        )  # fmt: skip


def published_of(complaint: Complaint) -> Any:
    """What is published of the report now; None where nothing is. No query after `with_line()`."""
    shown = getattr(complaint, "published", None)
    return shown if shown and shown.withdrawn_on is None else None


def reply_waits(complaint: Complaint) -> bool:
    """Whether the producer's reply, or its last wording, waits to be released."""
    shown = published_of(complaint)
    return bool(
        complaint.reply
        and complaint.state == State.ANSWERED
        and (not shown or shown.reply != complaint.reply)
    )


@dataclass(frozen=True)
class Button:
    """A step as a button: its words, where it leads, how it looks."""

    label: str
    url: str
    look: str
    icon: str


def buttons(user: Any, complaint: Complaint) -> list[Button]:
    """The steps that state, holder and role allow, those that lead on first."""
    shown = published_of(complaint)
    found = []
    for name, (look, icon) in LOOKS.items():
        if not (possible(name, complaint) and acts.may_act(user, name, complaint)):
            continue
        if (name == "identify" and not complaint.pack) or (name == "withdraw" and not shown):
            continue
        label = "Công bố lại" if name == "publish" and shown else STEPS[name].label
        found.append(Button(label, reverse("desk:complaint-step", args=[complaint.pk, name]), look, icon))
    return found


@require_safe
@requires(Permission.COMPLAINT_KEEP, of=complaint_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: what was sent, where it stands, what may be done, what came of it."""
    complaint, day = complaint_of(request.user, pk), today()
    may_inspect = has_permission(request.user, Permission.INSPECTION_KEEP) and complaint.product
    upheld = complaint.outcome == Complaint.Outcome.UPHELD
    return render(
        request,
        "desk/oversight/complaint.html",
        {
            "complaint": complaint,
            "tone": TONES[complaint.state],
            "late": complaint.is_overdue(day),
            "open": complaint.state in OPEN,
            "buttons": buttons(request.user, complaint),
            "mine": acts.may_act(request.user, "check", complaint),
            "plan": OnceForm() if may_inspect and complaint.state in (*OPEN, State.ANSWERED) else None,
            "inspections": complaint.inspections.select_related("producer"),
            "warnings": complaint.warnings.all(),
            "may_warn": may_inspect and upheld,
            "revocable": revocable([complaint.product], day) if may_inspect and upheld else [],
            "ground": GROUNDS.get(complaint.kind, "other_conclusion"),
            "duplicates": complaint.duplicates.all(),
            "published": published_of(complaint),
            "reply_waits": reply_waits(complaint),
        },
    )


GROUNDS = {"mark": "misuse", "quality": "breach_of_law", "label": "breach_of_law"}
"""The legal ground that an upheld report of a kind speaks for, to begin with."""


@require_safe
@requires(Permission.COMPLAINT_KEEP, of=complaint_of)
def photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The citizen's photo, re-encoded when it was taken in."""
    complaint = complaint_of(request.user, pk)
    if not complaint.photo:
        raise Http404("Phản ánh này không có ảnh.")
    return serve_private(complaint.photo, f"phan-anh-{complaint.pk}.jpg")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMPLAINT_KEEP, of=complaint_of)
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Say what a step does, ask what it needs, take it."""
    complaint = complaint_of(request.user, pk)
    if name not in FORMS:
        raise Http404("Không có bước này.")
    if not acts.may_act(request.user, name, complaint):
        raise PermissionDenied("Phản ánh này do cấp tỉnh hoặc xã khác xử lý, nên bạn chỉ xem được.")
    form = FORMS[name](request.POST or None, complaint=complaint, user=request.user)

    def save() -> str:
        ACTIONS[name](complaint=complaint, by=request.user, **form.given())
        still = Complaint.objects.visible_to(request.user).filter(pk=pk).exists()
        return reverse("desk:complaint", args=[pk]) if still else reverse("desk:complaints")

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, WORDS[name].done):
            return answer
    context = {"complaint": complaint, "form": form, "step": STEPS[name], "words": WORDS[name]}
    context |= {"possible": possible(name, complaint), "units": form.units}
    return render(request, "desk/oversight/complaint_step.html", context)


@require_POST
@requires(Permission.INSPECTION_KEEP, of=complaint_of)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One press: a planned inspection about the report, whose day and people may then be changed."""
    complaint, form = complaint_of(request.user, pk), OnceForm(request.POST)

    def save() -> str:
        return reverse("desk:inspection", args=[plan_for_complaint(complaint=complaint, by=request.user).pk])

    if form.is_valid():
        done = "Đã lập kế hoạch kiểm tra. Hãy xem lại ngày và người kiểm tra."
        if answer := send_once(request, form, save, done):
            return answer
    return render(request, "desk/oversight/complaint_plan.html", {"complaint": complaint, "form": form})


@require_safe
@requires(Permission.COMPLAINT_REPLY)
def own_list(request: HttpRequest) -> HttpResponse:
    """The reports on a producer's own products, without who sent them."""
    found = Complaint.objects.visible_to(request.user).with_line().order_by("-pk")
    context = paged(request, found)
    context |= {"rows": [(c, TONES[c.state], published_of(c)) for c in context["page"]]}
    return render(request, "desk/oversight/own_complaints.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.COMPLAINT_REPLY, of=complaint_of)
def own_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, with the producer's reply."""
    complaint = complaint_of(request.user, pk)
    form = ReplyForm(request.POST or None, complaint=complaint, user=request.user)

    def save() -> str:
        acts.reply_complaint(complaint=complaint, by=request.user, **form.given())
        return reverse("desk:own-complaint", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã gửi trả lời. Cán bộ đọc rồi mới công bố."):
            return answer
    context = {"complaint": complaint, "form": form, "tone": TONES[complaint.state]}
    context |= {"published": published_of(complaint), "reply_waits": reply_waits(complaint)}
    return render(request, "desk/oversight/own_complaint.html", context)
