"""The gallery of products and events, and the page of one event."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ocop_portal.clock import today
from ocop_portal.lists import page_context
from ocop_portal.pages import by_revision
from producers.models import Promotion, PromotionImage, PromotionParticipant
from products.gallery import Gallery
from products.models import Certificate
from products.views.media import rendition


@require_safe
@by_revision
@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Photos of products that may use their star today, or of events, by district and product set."""
    reading = Gallery(request.GET)
    context = page_context(request, reading.page) | {"gallery": reading, "photos": reading.shown}
    return render(request, "producers/gallery.html", context)


@require_safe
@by_revision
@login_not_required
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with its photos and who of the register takes part. One called off is told until it would be over."""
    day = today()
    shown = Promotion.objects.filter(Q(cancelled_reason="") | Q(ends_on__gte=day)).with_place()
    found = get_object_or_404(shown, pk=pk)
    listed = Certificate.objects.public(day).order_by().values("product__producer")
    parts = PromotionParticipant.objects.filter(promotion=found, producer__in=listed)
    context = {
        "event": found,
        "day": day,
        "photos": [] if found.cancelled_reason else list(found.images.all()),
        "parts": list(parts.select_related("producer").order_by("producer__name_key", "pk")),
    }
    return render(request, "producers/event.html", context)


@require_safe
@login_not_required
def event_photo(request: HttpRequest, name: str) -> FileResponse:
    """One rendition of an event's photo that is still shown. 404 for anything else."""
    return rendition(PromotionImage.objects.filter(promotion__cancelled_reason=""), name)
