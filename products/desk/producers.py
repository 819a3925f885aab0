"""Producers at the desk."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, requires
from producers.actions import save_producer
from producers.desk.sections import support_of
from producers.forms import ProducerForm
from producers.models import Producer
from products.catalogue import place_text
from products.desk.products import with_standing_text
from products.desk.scope import asked_text, paged, producer_of


@require_safe
@requires(Permission.DESK_VIEW)
def producer_list(request: HttpRequest) -> HttpResponse:
    """Producers in scope, by name."""
    text = asked_text(request)
    mine = Producer.objects.visible_to(request.user).search(text).order_by().values("pk")
    found = Producer.objects.filter(pk__in=mine).with_place()
    found = found.annotate(count=Count("products")).order_by("name_key", "pk")
    return render(request, "desk/producers.html", {"text": text, **paged(request, found)})


@require_safe
@requires(Permission.DESK_VIEW)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One producer with its products."""
    producer = producer_of(request.user, pk)
    products = with_standing_text(producer.products.with_place(), today())
    context = {"producer": producer, "place": place_text(producer.place, today()), "products": products}
    context |= {"support": support_of(producer), "day": today()}
    return render(request, "desk/producer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRODUCER_EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a producer."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRODUCER_EDIT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a producer in scope."""
    return _form(request, producer_of(request.user, pk))


def _form(request: HttpRequest, producer: Producer | None) -> HttpResponse:
    name = str(producer or "")
    form = ProducerForm(request.POST or None, user=request.user, instance=producer)

    def save() -> str:
        saved = save_producer(producer=form.instance, by=request.user)
        return reverse("desk:producer", args=[saved.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, f"Đã lưu chủ thể “{form.instance}”."):
            return answer
    context = {"form": form, "units": form.fields["place"].units, "name": name, "record": producer}
    return render(request, "desk/producer_form.html", context)
