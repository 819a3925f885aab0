"""Products at the desk."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from products.actions.products import ensure_editable, save_product
from products.catalogue import place_text, told_standing
from products.desk.scope import asked_text, paged, producer_of, product_of
from products.filters import STATUSES
from products.forms.product import ProductForm, alias_rows, part_formsets
from products.models import Certificate, Product

NONE = "none"
STATUS_CHOICES = [
    ("", "Mọi tình trạng"),
    *((value, label) for value, (label, _) in STATUSES.items() if value != "all"),
    (NONE, "Chưa có giấy chứng nhận"),
]


def with_standing_text(products: QuerySet[Any], day: date) -> list[tuple[Product, str, str]]:
    """(product, standing, standing in words) of each. One query more, however many there are."""
    governing = Prefetch("certificates", Certificate.objects.governing(day), to_attr="governing")
    told = []
    for product in products.prefetch_related(governing):
        certificate = next(iter(product.governing), None)
        if certificate is None:
            told.append((product, "none", "Chưa có giấy chứng nhận"))
        else:
            certificate.product = product
            status, label = told_standing(certificate, day)
            told.append((product, status, f"{certificate.stars} sao. {label}"))
    return told


@require_safe
@requires(Permission.DESK_VIEW)
def product_list(request: HttpRequest) -> HttpResponse:
    """Products in scope, by name; by standing too, drafts included."""
    day, text, status = today(), asked_text(request), request.GET.get("status", "")
    mine = Product.objects.visible_to(request.user).search(text).order_by().values("pk")
    found = Product.objects.filter(pk__in=mine).with_place()
    if status == NONE:
        found = found.filter(certificates=None)
    elif status in STATUSES:
        wanted = Certificate.objects.public(day).in_standing(day, STATUSES[status][1])
        found = found.filter(pk__in=wanted.order_by().values("product"))
    context = paged(request, found)
    rows = with_standing_text(found.filter(pk__in=[p.pk for p in context["page"]]), day)
    context |= {"text": text, "status": status, "choices": STATUS_CHOICES, "rows": rows}
    return render(request, "desk/products.html", context)


@require_safe
@requires(Permission.DESK_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One product with its certificates."""
    product, day = product_of(request.user, pk), today()
    certificates = product.certificates.select_related("decision", "product").order_by("-valid_from", "-pk")
    return render(
        request,
        "desk/product.html",
        {
            "product": product,
            "place": place_text(product.place, day),
            "certificates": [(c, *told_standing(c, day)) for c in certificates],
            "photos": product.images.all(),
            "aliases": product.aliases.all(),
            "inspections": product.inspections.order_by("-planned_on", "-pk"),
            "complaints": product.complaints.order_by("-pk"),
            "warnings": product.warnings.all(),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRODUCT_EDIT)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a product of a producer in scope."""
    return _form(request, Product(producer=producer_of(request.user, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRODUCT_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a product in scope. A revoked one is shown with the reason why it cannot be changed."""
    return _form(request, product_of(request.user, pk))


def _form(request: HttpRequest, product: Product) -> HttpResponse:
    name, producer = product.name, product.producer
    frozen = ""
    if product.pk:
        try:
            ensure_editable(product)
        except ValidationError as error:
            frozen = error.messages[0]
    form = ProductForm(request.POST or None, user=request.user, producer=producer, instance=product)
    parts, aliases = part_formsets(request.POST or None, product), alias_rows(request.POST or None)

    def save() -> str:
        kept, removed = [], []
        for _, formset in parts:
            kept += formset.save(commit=False)
            removed += formset.deleted_objects
        given = {"parts": kept, "removed": removed, "old_codes": [row.instance for row in aliases.filled]}
        saved = save_product(product=form.instance, **given, by=request.user)
        return reverse("desk:product", args=[saved.pk])

    formsets = [aliases, *(formset for _, formset in parts)]
    if request.method == "POST" and all([form.is_valid(), *(formset.is_valid() for formset in formsets)]):
        if answer := send_once(request, form, save, f"Đã lưu sản phẩm “{form.instance}”."):
            return answer
    rows = [row for formset in formsets for row in formset.forms]
    context = {"form": form, "parts": parts, "forms": [form, *rows], "frozen": frozen, "name": name}
    context |= {"product": product, "producer": producer, "units": form.fields["place"].units}
    context |= {"aliases": aliases, "old_codes": product.aliases.all() if product.pk else ()}
    return render(request, "desk/product_form.html", context)
