"""The products of a collection at the desk, and its cover."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ocop_portal.clock import today
from ocop_portal.forms import OnceForm, send_once
from ocop_portal.lists import asked_text
from ocop_portal.permissions import Permission, requires
from products.actions.collections import (
    WITHDRAWN,
    add_collection_item,
    move_collection_item,
    remove_collection_item,
    remove_cover,
    save_collection_item,
    set_cover,
)
from products.desk.collections import collection_form
from products.desk.products import with_standing_text
from products.forms.collection import CoverForm, ItemEditForm, ItemForm
from products.models import Certificate, Collection, CollectionImage, CollectionItem, Product

SEEN = 20
"""Products found that are shown: whoever finds more writes more of the name."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Find a product by name, code, producer or place (`?q=`), choose it (`?product=`), say why it belongs.

    What stands today is found first.
    """
    collection = get_object_or_404(Collection, pk=pk)
    text, chosen = asked_text(request), _chosen(request)
    form = ItemForm(request.POST or None)

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("line", "line_en")}
        item = add_collection_item(collection=collection, product=chosen, by=request.user, **given)  # type: ignore[arg-type]
        return f"{reverse('desk:collection', args=[pk])}#muc-{item.pk}"

    if request.method == "POST" and chosen and form.is_valid():
        if answer := send_once(request, form, save, f"Đã thêm “{chosen}” vào bộ sưu tập."):
            return answer
    context = {"item": collection, "text": text, "chosen": chosen, "form": form}
    context["closed"] = WITHDRAWN if collection.withdrawn_on else ""
    if chosen:
        product = Product.objects.filter(pk=chosen.pk).with_place()
        context["standing"] = with_standing_text(product, today())[0]
    elif text:
        # Only what was recognised once: the public register knows nothing else.
        found = Product.objects.filter(certificates__isnull=False).search(text).order_by().values("pk")
        known = Product.objects.filter(pk__in=found)
        context |= {"count": known.count(), "most": SEEN}
        stands = Certificate.objects.standing(today()).filter(product=OuterRef("pk"))
        first = known.with_place().order_by(Exists(stands).desc(), "name_key", "pk")[:SEEN]
        context["found"] = with_standing_text(first, today())
        context["held"] = set(collection.items.values_list("product", flat=True))
    return render(request, "products/desk/collection_add.html", context)


def _chosen(request: HttpRequest) -> Product | None:
    number = _number(request.GET.get("product"))
    return Product.objects.filter(pk=number).first() if number else None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the lines of a product, or its place."""
    item = _item(pk)
    form = ItemEditForm(request.POST or None, item=item)

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("line", "line_en", "place")}
        return _place(save_collection_item(item=item, by=request.user, **given))

    title = f"Sửa lời giới thiệu “{item.product}”"
    return collection_form(
        request, form, save, item.collection, title=title, button="Lưu", done="Đã lưu.", lede=_lede(item)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a product out."""
    item = _item(pk)

    def save() -> str:
        return reverse("desk:collection", args=[remove_collection_item(item=item, by=request.user).pk])

    return collection_form(
        request,
        OnceForm(request.POST or None),
        save,
        item.collection,
        title=f"Bỏ “{item.product}” khỏi bộ sưu tập",
        button="Bỏ khỏi bộ sưu tập",
        done="Đã bỏ sản phẩm khỏi bộ sưu tập.",
        lede=f"{_lede(item)} Lời giới thiệu “{item.line}” bỏ theo; sản phẩm vẫn ở trong sổ bộ như trước.",
        danger=True,
    )


@require_POST
@requires(Permission.CONTENT_KEEP)
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a product at the place that the button names: sent twice, it is there already."""
    item = _item(pk)
    place = _number(request.POST.get("place"))
    if place is None:
        messages.error(request, "Chưa rõ chuyển đến thứ mấy, nên chưa có gì thay đổi.")
        return redirect("desk:collection", item.collection_id)
    try:
        move_collection_item(item=item, place=place, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return HttpResponseRedirect(_place(item))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the cover, in place of the one before."""
    collection = get_object_or_404(Collection, pk=pk)
    form = CoverForm(request.POST or None, request.FILES or None)

    def save() -> str:
        given = form.cleaned_data
        set_cover(collection=collection, photo=given["photo"], alt=given["alt"], by=request.user)
        return reverse("desk:collection", args=[pk])

    return collection_form(
        request,
        form,
        save,
        collection,
        title="Ảnh bìa",
        button="Đặt làm ảnh bìa",
        done="Đã đặt ảnh bìa.",
        lede=f"{collection.title}. Chỉ tải ảnh mà cơ quan được phép dùng và người trong ảnh đồng ý.",
    )


@require_POST
@requires(Permission.CONTENT_KEEP)
def cover_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the cover away; sent twice, the second time finds nothing to do."""
    image = CollectionImage.objects.filter(pk=pk).select_related("collection").first()
    if image is None:
        messages.info(request, "Ảnh này đã được bỏ trước đó.")
        return redirect("desk:collections")
    try:
        remove_cover(image=image, by=request.user)
        messages.success(request, "Đã bỏ ảnh bìa.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("desk:collection", image.collection_id)


def _number(asked: str | None) -> int | None:
    """What a parameter counts or points at; None for garbage."""
    return int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def _item(pk: int) -> CollectionItem:
    return get_object_or_404(CollectionItem.objects.select_related("collection", "product"), pk=pk)


def _place(item: CollectionItem) -> str:
    """The collection's page, where the product stands in it."""
    return f"{reverse('desk:collection', args=[item.collection_id])}#muc-{item.pk}"


def _lede(item: CollectionItem) -> str:
    return f"Trong bộ sưu tập “{item.collection}”."
