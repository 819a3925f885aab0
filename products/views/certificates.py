"""Checking a certificate: one sentence first, never a dead end."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.links import absolute
from ocop_portal.params import asked_day
from ocop_portal.qr import qr_svg
from products.catalogue import line, place_text, status_label
from products.models import Certificate, Product
from products.verdict import Verdict, is_silent, silent, verdict

SUGGESTIONS = 5


@require_safe
@login_not_required
def check(request: HttpRequest) -> HttpResponse:
    """Find a certificate by its number, its look-up code, or the product's code, and say what it is worth."""
    asked = " ".join(request.GET.get("number", "").replace("\x00", "").split())[:100]
    day, unread = asked_day(request.GET, today())
    if not asked:
        return render(request, "products/check.html", {"asked": "", "day": day, "unread": unread})
    if certificate := _find(asked, day):
        return _answer(request, certificate, asked=asked)
    found = Certificate.objects.public(day).search(asked).ranked(asked).with_product()
    near = found.order_by("-rank", "product__name_key")[:SUGGESTIONS]
    unknown = Verdict(
        "unknown",
        gettext("Sổ bộ không có giấy chứng nhận nào mang số “{number}”.").format(number=asked),
        gettext(
            "Hãy so lại từng chữ số với giấy hoặc bao bì. Nếu số đúng như in trên bao bì, sản phẩm có thể dùng sao "
            "không đúng quy định: {whom}"
        ).format(whom=_whom_to_tell()),
    )
    context = {"asked": asked, "day": day, "unread": unread, "verdict": unknown}
    context |= {"near": [line(c, day) for c in near]}
    return render(request, "products/check.html", context)


def _whom_to_tell() -> str:
    """Whom a citizen tells of a star that nobody granted, by what is known of the office."""
    office, phone = settings.SITE["office_name"], settings.SITE["office_phone"]
    if phone:
        return gettext("hãy báo {office}, điện thoại {phone}.").format(office=office, phone=phone)
    if address := settings.SITE["office_address"]:
        return gettext("hãy báo {office}, {address}.").format(office=office, address=address)
    return gettext("hãy báo {office} hoặc UBND xã, phường nơi bạn mua.").format(office=office)


def _find(asked: str, day: date) -> Certificate | None:
    """The certificate meant: by number (a correction before what it corrects), look-up code or product code."""
    certificates = Certificate.objects.with_product()
    by_number = certificates.filter(number__iexact=asked).order_by("-valid_from", "-pk").first()
    if by_number or (by_id := certificates.filter(public_id=asked.lower()).first()):
        return by_number or by_id
    product = Product.objects.bearing(asked)
    if product is None:
        return None
    own = certificates.filter(product=product)
    return own.governing(day).first() or own.order_by("valid_from").first()


@require_safe
@login_not_required
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """The certificate's own page, as of a day."""
    found = Certificate.objects.with_product().filter(public_id=public_id).first()
    if found is None:
        raise Http404("Không có giấy chứng nhận nào ở địa chỉ này. Hãy kiểm tra theo số giấy chứng nhận.")
    return _answer(request, found)


def _answer(request: HttpRequest, certificate: Certificate, *, asked: str = "") -> HttpResponse:
    """The verdict with what stands behind it, and the certificate in use where another one replaced this."""
    day, unread = asked_day(request.GET, today())
    product = certificate.product
    governing = Certificate.objects.filter(product=product).governing(day).with_product().first()
    hidden = is_silent(certificate, governing, day)
    address = absolute(request, certificate.get_absolute_url())
    in_use = governing if governing and governing.pk != certificate.pk and not hidden else None
    return render(
        request,
        "products/certificate.html",
        {
            "asked": asked,
            "day": day,
            "unread": unread,
            "current": day == today(),
            "checked_at": timezone.localtime(),
            "certificate": certificate,
            "product": product,
            "hidden": hidden,
            "verdict": silent(product) if hidden else verdict(certificate, day),
            "status": certificate.standing_on(day).value,
            "status_label": status_label(certificate, day),
            "place": place_text(product.place, day),
            "in_use": line(in_use, day) if in_use else None,
            "packagings": list(product.packagings.all()),
            "address": address,
            "qr": qr_svg(address, gettext("Mã QR của {name}").format(name=certificate)),
        },
    )
