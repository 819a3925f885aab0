"""Photos of a product at the desk."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.photos import PhotoForm
from products.actions.products import add_photo, remove_photo
from products.desk.scope import product_of
from products.models import ProductImage


class ProductPhotoForm(PhotoForm):
    example = "gói miến dong 500 g"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRODUCT_EDIT)
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    """See the photos of a product in scope and add one."""
    product = product_of(request.user, pk)
    form = ProductPhotoForm(request.POST or None, request.FILES or None)
    address = reverse("desk:photos", args=[product.pk])

    def save() -> str:
        given = form.cleaned_data
        add_photo(product=product, photo=given["photo"], alt=given["alt"], by=request.user)
        return address

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã thêm ảnh."):
            return answer
    return render(
        request, "desk/photos.html", {"product": product, "form": form, "photos": product.images.all()}
    )


@require_POST
@requires(Permission.PRODUCT_EDIT)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photo away; sent twice, the second time finds nothing to do."""
    image = ProductImage.objects.filter(pk=pk).first()
    if image is None:
        messages.info(request, "Ảnh này đã được bỏ trước đó.")
        return redirect("desk:products")
    image = get_object_or_404(ProductImage, pk=pk, product=product_of(request.user, image.product_id))
    try:
        remove_photo(image=image, by=request.user)
        messages.success(request, "Đã bỏ ảnh.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("desk:photos", image.product_id)
