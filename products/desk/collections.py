"""Collections at the desk: drafts, what is published and what was withdrawn."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm
from ocop_portal.languages import ENGLISH, VIETNAMESE
from ocop_portal.lists import asked_text, paged
from ocop_portal.models.publication import STATES
from ocop_portal.permissions import Permission, requires
from ocop_portal.publishing import WithdrawForm, form_page
from ocop_portal.records import Kind, register
from products.actions.collections import (
    MOST_ITEMS,
    WITHDRAWN,
    publish_collection,
    save_collection,
    withdraw_collection,
)
from products.collections import shown
from products.desk.products import with_standing_text
from products.forms.collection import CollectionForm
from products.models import Collection, CollectionImage, CollectionItem, Product
from products.standing import STANDS
from products.views.collections import page_context


def _all(user: Any) -> QuerySet[Collection]:
    """Collections belong to the whole office: whoever keeps them keeps all."""
    return Collection.objects.all()


register(
    Kind(
        "bo-suu-tap",
        Collection,
        _all,
        "desk:collection",
        ((CollectionItem, "collection_id"), (CollectionImage, "collection_id")),
    )
)


@require_safe
@requires(Permission.CONTENT_KEEP)
def collection_list(request: HttpRequest) -> HttpResponse:
    """All of them by state and words of the title: drafts first, then the latest."""
    text, state = asked_text(request), request.GET.get("state", "")
    found = _all(request.user).filter(title__icontains=text) if text else _all(request.user)
    found = found.in_state(state)  # type: ignore[attr-defined]
    context = paged(request, found.annotate(held=Count("items")).order_by("-published_on", "-pk"))
    seen = {s.collection.pk: len(s.items) for s in shown(context["page"], today())}
    context |= {"rows": [(c, seen[c.pk]) for c in context["page"]]}
    context |= {"text": text, "state": state, "states": STATES}
    return render(request, "products/desk/collections.html", context)


@require_safe
@requires(Permission.CONTENT_KEEP)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with its products in order, those that the public does not see today with the reason."""
    item = get_object_or_404(Collection.objects.with_cover(), pk=pk)
    rows = _rows(item)
    context = {"item": item, "rows": rows, "total": len(rows), "full": len(rows) >= MOST_ITEMS}
    context["unseen"] = sum(not row["seen"] for row in rows)
    return render(request, "products/desk/collection.html", context)


def _rows(collection: Collection) -> list[dict[str, Any]]:
    """The products in order: item, product, standing in words, whether the public sees it, places before and after."""
    items = list(collection.items.order_by("position", "pk"))
    products = Product.objects.filter(pk__in=[item.product_id for item in items]).with_place()
    told = {product.pk: (product, *rest) for product, *rest in with_standing_text(products, today())}
    rows = []
    for n, item in enumerate(items, 1):
        product, status, label = told[item.product_id]
        row = {"item": item, "product": product, "status": status, "label": label, "seen": status in STANDS}
        row["place"] = n
        rows.append(row | {"before": n - 1, "after": n + 1 if n < len(items) else 0})
    return rows


@require_safe
@requires(Permission.CONTENT_KEEP)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as readers will see it, in either language. What is published has its page in public."""
    item = get_object_or_404(Collection.objects.with_cover(), pk=pk)
    if not item.is_draft:
        return redirect(item)
    back = _page(item)
    with override(ENGLISH if request.GET.get("language") == ENGLISH else VIETNAMESE):
        spoken = get_language()
        languages = [(VIETNAMESE, "Tiếng Việt"), (ENGLISH, "English")]
        context = page_context(shown([item], today())[0])
        context["preview"] = {
            "languages": [(code, label, code == spoken) for code, label in languages],
            "back": back,
        }
        return render(request, "products/collection.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or what is published: readers see it at once."""
    return _written(request, get_object_or_404(Collection, pk=pk))


def _written(request: HttpRequest, item: Collection | None) -> HttpResponse:
    form = CollectionForm(request.POST or None, instance=item)
    title = f"Sửa “{item.title}”" if item else "Lập bộ sưu tập"

    def save() -> str:
        return _page(save_collection(collection=form.instance, by=request.user))

    return collection_form(request, form, save, item, title=title, button="Lưu", done="Đã lưu bộ sưu tập.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft public."""
    item = get_object_or_404(Collection, pk=pk)

    def save() -> str:
        return _page(publish_collection(collection=item, by=request.user))

    lede = (
        f"Sau khi đăng, địa chỉ /bo-suu-tap/{item.slug}/ giữ mãi; bộ sưu tập có thể sửa hoặc gỡ, không xóa được. "
        "Người xem chỉ thấy sản phẩm còn hiệu lực vào ngày họ xem."
    )
    return collection_form(
        request,
        OnceForm(request.POST or None),
        save,
        item,
        title=f"Đăng “{item.title}”",
        button="Đăng công khai",
        done="Đã đăng bộ sưu tập.",
        lede=lede,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what is published, with a reason that readers see."""
    item = get_object_or_404(Collection, pk=pk)
    form = WithdrawForm(request.POST or None)

    def save() -> str:
        reason = form.cleaned_data["reason"]
        return _page(withdraw_collection(collection=item, reason=reason, by=request.user))

    return collection_form(
        request,
        form,
        save,
        item,
        title=f"Gỡ “{item.title}”",
        button="Gỡ bộ sưu tập",
        done="Đã gỡ bộ sưu tập.",
        lede="Địa chỉ của bộ sưu tập vẫn mở được và cho biết đã gỡ, vì sao; sản phẩm và ảnh bìa không còn hiện ở đó.",
        danger=True,
    )


def _page(item: Collection) -> str:
    return reverse("desk:collection", args=[item.pk])


def collection_form(
    request: HttpRequest, form: Any, save: Callable[[], str], item: Collection | None, **words: Any
) -> HttpResponse:
    """A page with one form about a collection; see `form_page`."""
    back = _page(item) if item else reverse("desk:collections")
    closed = WITHDRAWN if item and item.withdrawn_on else ""
    return form_page(request, form, save, back=back, closed=closed, **words)
