"""Photos of an event at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from ocop_portal.photos import PhotoForm
from producers.actions.photos import add_event_photo, remove_event_photo
from producers.desk.scope import ensure_keeps, promotion_of
from producers.models import PromotionImage


class EventPhotoForm(PhotoForm):
    example = "gian hàng miến dong tại hội chợ"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=promotion_of)
def photos(request: HttpRequest, pk: int) -> HttpResponse:
    """See the photos of an event that the user keeps and add one."""
    promotion = promotion_of(request.user, pk)
    ensure_keeps(request.user, promotion)
    form = EventPhotoForm(request.POST or None, request.FILES or None)

    def save() -> str:
        given = form.cleaned_data
        add_event_photo(promotion=promotion, photo=given["photo"], alt=given["alt"], by=request.user)
        return reverse("desk:promotion-photos", args=[promotion.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã thêm ảnh."):
            return answer
    context = {"promotion": promotion, "form": form, "photos": promotion.images.all()}
    return render(request, "producers/desk/photos.html", context)


@require_POST
@requires(Permission.SUPPORT_KEEP)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a photo away; sent twice, the second time finds nothing to do."""
    image = PromotionImage.objects.filter(pk=pk).first()
    if image is None:
        messages.info(request, "Ảnh này đã được bỏ trước đó.")
        return redirect("desk:promotions")
    promotion = promotion_of(request.user, image.promotion_id)
    ensure_keeps(request.user, promotion)
    image = get_object_or_404(PromotionImage, pk=pk, promotion=promotion)
    remove_event_photo(image=image, by=request.user)
    messages.success(request, "Đã bỏ ảnh.")
    return redirect("desk:promotion-photos", promotion.pk)
