"""Evidence of a dossier: the list, adding a document or a link, the file, taking one away."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.forms import OnceForm, send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.uploads import serve_private
from ratings.actions.dossiers import add_evidence, remove_evidence
from ratings.desk.dossier_page import evidence_by_kind
from ratings.desk.scope import NUMBER, dossier_of, ensure, evidence_of
from ratings.desk.turns import may_write
from ratings.forms.dossiers import EvidenceForm
from ratings.models import Evidence


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_VIEW, of=dossier_of)
def evidence_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All evidence by kind, for whoever sees the dossier; who files may add to it."""
    dossier = dossier_of(request.user, pk)
    if request.method == "POST":
        ensure(request.user, Permission.DOSSIER_FILE)
    asked = request.GET.get("criterion", "")
    initial = {"criterion": int(asked)} if NUMBER.fullmatch(asked) else {}
    form = EvidenceForm(request.POST or None, request.FILES or None, dossier=dossier, initial=initial)

    def save() -> str:
        add_evidence(dossier=dossier, evidence=form.evidence(), by=request.user)
        return reverse("desk:dossier-evidence", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã thêm minh chứng."):
            return answer
    context = {
        "dossier": dossier,
        "evidence": evidence_by_kind(dossier),
        "form": form,
        "writing": may_write(request.user, dossier),
    }
    return render(request, "ratings/dossiers/evidence.html", context)


@require_safe
@requires(Permission.DOSSIER_VIEW, of=evidence_of)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The document, as a download, for whoever sees the dossier."""
    evidence = evidence_of(request.user, pk)
    if not evidence.file:
        raise Http404("Minh chứng này là một đường dẫn, không có tệp.")
    return serve_private(evidence.file, evidence.filename or evidence.title)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_FILE, of=evidence_of)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then take a piece away; sent twice, the second time finds nothing to do."""
    if request.method == "POST" and not Evidence.objects.filter(pk=pk).exists():
        messages.info(request, "Minh chứng này đã được bỏ trước đó.")
        return redirect("desk:dossiers")
    evidence = evidence_of(request.user, pk)
    form = OnceForm(request.POST or None)

    def save() -> str:
        remove_evidence(evidence=evidence, by=request.user)
        return reverse("desk:dossier-evidence", args=[evidence.dossier_id])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, f"Đã bỏ minh chứng “{evidence.title}”."):
            return answer
    context = {"evidence": evidence, "dossier": evidence.dossier, "form": form}
    return render(request, "ratings/dossiers/evidence_remove.html", context)
