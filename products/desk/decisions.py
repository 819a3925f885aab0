"""Decisions at the desk, and the recognitions of one decision on one page."""

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.uploads import serve_private
from products.actions.certificates import (
    RowErrors,
    correct_decision,
    record_decision,
    record_recognitions,
)
from products.catalogue import told_standing
from products.desk.scope import asked_text, certificates_of, paged
from products.forms.decision import (
    MOST_ROWS,
    RECOGNITION_HINT,
    ROWS_AT_ONCE,
    DecisionEditForm,
    DecisionForm,
    recognition_rows,
)
from products.models import Certificate, Decision, Product

SUGGESTED = 2_000


@require_safe
@requires(Permission.DESK_VIEW)
def decision_list(request: HttpRequest) -> HttpResponse:
    """All decisions, newest first: they are public acts, whatever the user's scope."""
    text, kind = asked_text(request), request.GET.get("kind", "")
    found = Decision.objects.annotate(count=Count("certificates")).order_by("-signed_on", "-pk")
    if text:
        found = found.filter(Q(number__icontains=text) | Q(issuer__icontains=text))
    if kind in Decision.Kind.values:
        found = found.of_kind(kind)
    context = {"text": text, "kind": kind, "kinds": Decision.Kind.choices, **paged(request, found)}
    return render(request, "desk/decisions.html", context)


@require_safe
@requires(Permission.DESK_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision with what rests on it, within the user's scope."""
    decision, day = get_object_or_404(Decision, pk=pk), today()
    mine = certificates_of(request.user).with_product()
    resting = mine.filter(
        Q(decision=decision) | Q(revocation_decision=decision) | Q(extension_decision=decision)
    )
    rows = [(c, *told_standing(c, day)) for c in resting.order_by("product__name_key")]
    return render(request, "desk/decision.html", {"decision": decision, "rows": rows})


@require_safe
@requires(Permission.DESK_VIEW)
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed scan, as a download."""
    decision = get_object_or_404(Decision, pk=pk)
    if not decision.scan:
        raise Http404("Quyết định này chưa có bản chụp.")
    ending = decision.scan.name.rsplit(".", 1)[-1]
    name = f"quyet-dinh-{decision.number or decision.signed_on.year}".replace("/", "-")
    return serve_private(decision.scan, f"{name}.{ending}")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_RECORD)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a decision; a recognition goes on to its result table."""
    form = DecisionForm(
        request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "")}
    )

    def save() -> str:
        decision = record_decision(by=request.user, **form.values())
        recognition = decision.kind == Decision.Kind.RECOGNITION
        return reverse("desk:recognise" if recognition else "desk:decision", args=[decision.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi quyết định."):
            return answer
    context = {"form": form, "units": form.fields["issuer_unit"].units, "record": None, "used": False}
    return render(request, "desk/decision_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DECISION_RECORD)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a decision right while nothing rests on it; afterwards only add its scan, its place and a note."""
    decision = get_object_or_404(Decision, pk=pk)
    title, used = str(decision), decision.is_used
    form = DecisionEditForm(request.POST or None, request.FILES or None, instance=decision)

    def save() -> str:
        correct_decision(decision=decision, by=request.user, **form.values())
        return reverse("desk:decision", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lưu quyết định."):
            return answer
    context = {"form": form, "units": form.fields["issuer_unit"].units, "record": decision, "title": title}
    return render(request, "desk/decision_form.html", context | {"used": used})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CERTIFICATE_RECORD)
def recognise(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter many recognitions of one decision; one faulty line and none is saved."""
    decision = get_object_or_404(Decision, pk=pk, kind=Decision.Kind.RECOGNITION)
    asked = request.GET.get("dong", "")
    blank = (
        min(max(int(asked), ROWS_AT_ONCE), MOST_ROWS)
        if asked.isdecimal() and len(asked) < 5
        else ROWS_AT_ONCE
    )
    form, rows = OnceForm(request.POST or None), recognition_rows(request.POST or None, blank)

    def save() -> str:
        filled = [(n, row) for n, row in enumerate(rows.forms, start=1) if row.has_changed()]
        if not filled:
            raise ValidationError("Chưa có dòng nào được điền.")
        try:
            lines = [row.recognition(n) for n, row in filled]
            record_recognitions(decision=decision, rows=lines, by=request.user)
        except RowErrors as errors:
            for index, error in errors.rows.items():
                _put(filled[index][1], error)
            raise ValidationError(
                "Có dòng chưa hợp lệ nên chưa dòng nào được lưu. Hãy xem lỗi ở từng dòng."
            ) from None
        return reverse("desk:decision", args=[decision.pk])

    if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
        if answer := send_once(request, form, save, "Đã ghi các kết quả công nhận của quyết định."):
            return answer
    suggested, more = _suggested()
    context = {"decision": decision, "form": form, "rows": rows, "forms": [form, *rows.forms]}
    context |= {"hint": RECOGNITION_HINT, "suggested": suggested, "more": more}
    context |= {"more_rows": min(blank + ROWS_AT_ONCE, MOST_ROWS) if blank < MOST_ROWS else 0}
    return render(request, "desk/recognise.html", context)


def _suggested() -> tuple[list[tuple[str, str]], bool]:
    """(code, name) of products to suggest, those never recognised first; and whether some are left out."""
    recognised = Exists(Certificate.objects.filter(product=OuterRef("pk")))
    found = Product.objects.annotate(recognised=recognised).order_by("recognised", "-pk")
    rows = list(found.values_list("code", "name")[: SUGGESTED + 1])
    return rows[:SUGGESTED], len(rows) > SUGGESTED


def _put(row: object, error: ValidationError) -> None:
    """An action's error at the fields of its line."""
    named = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
    for name, faults in named.items():
        row.add_error(name if name in row.fields else None, faults)  # type: ignore[attr-defined]
