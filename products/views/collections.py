"""Collections in public: all of them, one of them, its cover, the picture it is shared with."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from ocop_portal import conditional
from ocop_portal.clock import today
from ocop_portal.languages import in_english
from ocop_portal.lists import paged
from ocop_portal.pages import by_revision
from ocop_portal.permissions import Permission, has_permission
from ocop_portal.structured import breadcrumbs, json_ld
from products import cards
from products.collections import Shown, shown
from products.models import Collection, CollectionImage
from products.structured import collection_data, collections_data
from products.views.cards import PNG_TYPE
from products.views.media import rendition


@require_safe
@by_revision
@login_not_required
def collection_list(request: HttpRequest) -> HttpResponse:
    """All that are published, the latest first, each with how many of its products stand today."""
    context = paged(request, Collection.objects.standing().latest_first().with_cover())
    rows = shown(context["page"], today())
    context |= {"rows": rows, "noindex": context["page"].number > 1}
    context["structured"] = json_ld(collections_data(request, rows), breadcrumbs(request, _trail()))
    return render(request, "products/collections.html", context)


@require_safe
@by_revision
@login_not_required
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them with the products whose star may be used today; withdrawn, the reason in their place."""
    found = get_object_or_404(Collection.objects.in_public().with_cover(), slug=slug)
    if found.withdrawn_on:
        context = {"item": found, "noindex": True, "is_vietnamese": in_english() and not found.title_en}
        return render(request, "products/collection_withdrawn.html", context)
    read = shown([found], today())[0]
    trail = [*_trail(), (read.title, found.get_absolute_url())]
    context = page_context(read) | {
        "card": {"url": reverse("products:collection-card", args=[slug]), "alt": read.title},
        "structured": json_ld(collection_data(request, read), breadcrumbs(request, trail)),
    }
    return render(request, "products/collection.html", context)


def page_context(read: Shown) -> dict[str, Any]:
    """What the page of a collection reads, in public and where the desk looks at it beforehand."""
    hints = [gettext("Sản phẩm trở lại trang này khi được công nhận lại.")]
    return {"shown": read, "item": read.collection, "hints": hints}


def _trail() -> list[tuple[str, str]]:
    return [
        (gettext("Trang đầu"), reverse("home")),
        (gettext("Bộ sưu tập"), reverse("products:collections")),
    ]


@require_safe
@login_not_required
def cover(request: HttpRequest, name: str) -> FileResponse:
    """One rendition of the cover of what is published; whoever keeps collections sees those of drafts too."""
    covers = CollectionImage.objects.all()
    try:
        return rendition(covers.filter(collection__in=Collection.objects.standing()), name)
    except Http404:
        if not has_permission(request.user, Permission.CONTENT_KEEP):
            raise
    response = rendition(covers, name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@by_revision
@login_not_required
def collection_card(request: HttpRequest, slug: str) -> HttpResponse:
    """The card of what is published and was not withdrawn, as it stands at the request."""
    found = get_object_or_404(Collection.objects.standing().with_cover(), slug=slug)
    card = cards.collection_card(shown([found], today())[0], today())
    made = conditional.answer(
        request, card.etag, lambda: HttpResponse(cards.collection_png(card), content_type=PNG_TYPE)
    )
    return conditional.everywhere(made)
