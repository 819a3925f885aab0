"""Certificates at the desk: what happened to one, its extension, its revocation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from products.actions.certificates import ensure_extendable, extend_certificate, revoke_certificate
from products.actions.inspections import revoke_on_basis
from products.catalogue import told_standing
from products.desk.scope import certificate_of
from products.desk.warnings import basis_asked
from products.forms.decision import ExtensionForm, RevocationForm
from products.models import Certificate
from products.standing import STANDS
from products.verdict import is_silent, silent, verdict


@require_safe
@requires(Permission.DESK_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate in scope, with what may be done to it today."""
    certificate, day = certificate_of(request.user, pk), today()
    governing = Certificate.objects.filter(product=certificate.product).governing(day).first()
    hidden = is_silent(certificate, governing, day)
    status, label = told_standing(certificate, day)
    return render(
        request,
        "desk/certificate.html",
        {
            "certificate": certificate,
            "verdict": silent(certificate.product) if hidden else verdict(certificate, day),
            "status": status,
            "status_label": label,
            "stands": status in STANDS,
            "extendable": not _unextendable(certificate),
        },
    )


def _unextendable(certificate: Certificate) -> str:
    """What speaks against an extension today, in a sentence; the action has the last word."""
    try:
        ensure_extendable(certificate)
    except ValidationError as error:
        return error.messages[0]
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CERTIFICATE_EXTEND)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Extend a certificate while its re-assessment is decided (decision 26/2026/QĐ-TTg, art. 12.3)."""
    certificate = certificate_of(request.user, pk)
    form = ExtensionForm(request.POST or None)

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("until", "reason", "decision")}
        extend_certificate(certificate=certificate, by=request.user, **given)
        return reverse("desk:certificate", args=[pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã ghi gia hạn."):
            return answer
    context = {"form": form, "certificate": certificate, "refusal": _unextendable(certificate)}
    return render(request, "desk/extend.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CERTIFICATE_REVOKE)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke in two steps: the form, then what will happen in words; nothing is written before the second."""
    certificate = certificate_of(request.user, pk)
    if certificate.revoked_on:
        messages.info(request, f"Giấy chứng nhận đã bị thu hồi từ ngày {certificate.revoked_on:%d/%m/%Y}.")
        return redirect("desk:certificate", pk)
    basis, initial = basis_asked(request, certificate)
    form = RevocationForm(request.POST or None, initial={"revoked_on": today(), **initial})

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("decision", "ground", "reason", "revoked_on")}
        act = revoke_on_basis if basis else revoke_certificate
        act(certificate=certificate, by=request.user, **basis, **given)
        return reverse("desk:certificate", args=[pk])

    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["confirmed"]:
            given = {
                **form.cleaned_data,
                "ground_text": dict(Certificate.Ground.choices)[form.cleaned_data["ground"]],
            }
            context = {"form": form, "given": given, "certificate": certificate, **basis}
            return render(request, "desk/revoke_confirm.html", context)
        if answer := send_once(
            request, form, save, "Đã ghi thu hồi. Trang công khai đổi ngay từ lần xem kế tiếp."
        ):
            return answer
    return render(request, "desk/revoke.html", {"form": form, "certificate": certificate, **basis})
