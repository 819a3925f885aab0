"""What inspections and citizens' reports share at the desk: scope, tabs, downloads."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from ocop_portal.folding import fold
from products.models import Certificate, Complaint, Inspection, InspectionFile, Product, WrittenWarning
from products.standing import STANDS


def inspection_of(user: Any, pk: int, **_rest: object) -> Inspection:
    """The inspection in scope. Raises Http404."""
    found = Inspection.objects.visible_to(user).select_related(
        "producer__place", "complaint__product", "follows__producer", "created_by__unit"
    )
    return get_object_or_404(found, pk=pk)


def inspection_file_of(user: Any, pk: int) -> InspectionFile:
    found = get_object_or_404(InspectionFile, pk=pk)
    found.inspection = inspection_of(user, found.inspection_id)
    return found


def warning_of(user: Any, pk: int) -> WrittenWarning:
    return get_object_or_404(WrittenWarning.objects.visible_to(user).with_line(), pk=pk)


def complaint_of(user: Any, pk: int, **_rest: object) -> Complaint:
    """The report in scope; what else the address names is not asked here. Raises Http404."""
    found = Complaint.objects.visible_to(user).with_line()
    found = found.select_related("product__place__current", "product__producer__place__current")
    return get_object_or_404(found, pk=pk)


def revocable(products: QuerySet[Product] | list[Product], day: Any) -> list[Certificate]:
    """The certificates of the products that stand on the day, which alone may be revoked."""
    found = Certificate.objects.filter(product__in=products).governing(day).with_product()
    return [c for c in found if c.standing_on(day) in STANDS]


def tab(
    request: HttpRequest, value: str, label: str, count: int, chosen: str, name: str = "show"
) -> dict[str, Any]:
    """One link of a row of tabs; the other filters stay."""
    params = request.GET.copy()
    params.pop("page", None)
    params[name] = value
    return {"label": label, "count": count, "url": f"?{params.urlencode()}", "current": value == chosen}


def chosen(request: HttpRequest, name: str, choices: Any, otherwise: str = "") -> str:
    """A parameter among the choices; anything else is `otherwise`."""
    asked = request.GET.get(name, "")
    return asked if asked in choices else otherwise


def download(content: bytes, kind: str, name: str) -> HttpResponse:
    """A file that no browser interprets or keeps, under a plain name."""
    stem, _, ending = name.rpartition(".")
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(fold(stem))}.{ending}"),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
