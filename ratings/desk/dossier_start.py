"""Opening a dossier: choose the producer, then the product, then the kind that its certificates allow."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ocop_portal.clock import today
from ocop_portal.forms import send_once
from ocop_portal.permissions import Permission, Role, requires
from producers.models import Producer
from products.catalogue import told_standing
from products.desk.scope import asked_text, paged
from products.models import Certificate, Product
from products.standing import STANDS
from ratings.actions.dossiers import start_dossier, start_with_new_product
from ratings.calendar import Window, filing_window
from ratings.desk.scope import asked_number
from ratings.forms.dossiers import NewProductForm, StartForm
from ratings.models import Dossier

NEW = "new"
MOST_STARS = 5
KIND_WORDS = {
    Dossier.Kind.FIRST: "Đánh giá lần đầu",
    Dossier.Kind.UPGRADE: "Nâng hạng",
    Dossier.Kind.REASSESSMENT: "Phân hạng lại",
}


def producers_of(user: Any) -> QuerySet[Producer]:
    """The producers for which the user may open dossiers."""
    mine = Producer.objects.visible_to(user).order_by().values("pk")  # type: ignore[attr-defined]
    return Producer.objects.filter(pk__in=mine).with_place()  # type: ignore[attr-defined]


@dataclass(frozen=True)
class ProductLine:
    """A product with its standing, what may be filed for it, and the dossier that is open, if any."""

    product: Product
    status: str
    label: str
    kinds: tuple[Dossier.Kind, ...]
    window: str
    open: Dossier | None

    @property
    def suggested(self) -> Dossier.Kind:
        """What is most likely meant: the first kind offered."""
        return self.kinds[0]

    @property
    def suggested_label(self) -> str:
        return KIND_WORDS[self.suggested]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(kind.value), KIND_WORDS[kind]) for kind in self.kinds]

    @property
    def url(self) -> str:
        query = urlencode({"producer": self.product.producer_id, "product": self.product.pk})
        return f"{reverse('desk:dossier-start')}?{query}"


def product_lines(products: Any, day: date) -> list[ProductLine]:
    """Each product with what may be filed for it. Three queries, however many there are."""
    certificates = Prefetch(
        "certificates", Certificate.objects.order_by("-valid_from", "-pk"), to_attr="newest_first"
    )
    dossiers = Prefetch("dossiers", Dossier.objects.open(), to_attr="open_ones")  # type: ignore[attr-defined]
    return [_line(product, day) for product in products.prefetch_related(certificates, dossiers)]


def _line(product: Any, day: date) -> ProductLine:
    opened = next(iter(product.open_ones), None)
    certificate = next(iter(product.newest_first), None)
    if certificate is None:
        return ProductLine(product, "none", "Chưa có giấy chứng nhận", (Dossier.Kind.FIRST,), "", opened)
    certificate.product = product
    status, label = told_standing(certificate, day)
    window = filing_window(certificate.valid_to)
    told = "" if certificate.revoked_on else window.told(day)
    kinds = _kinds(certificate, window.on(day), status in STANDS)
    return ProductLine(product, status, f"{certificate.stars} sao. {label}", kinds, told, opened)


def _kinds(certificate: Certificate, window: Window, stands: bool) -> tuple[Dossier.Kind, ...]:
    """An upgrade rests on a star that stands; a re-assessment comes first once its window has opened."""
    upgrade = (Dossier.Kind.UPGRADE,) if stands and certificate.stars < MOST_STARS else ()
    again = (Dossier.Kind.REASSESSMENT,)
    return upgrade + again if window is Window.EARLY else again + upgrade


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DOSSIER_FILE)
def start(request: HttpRequest) -> HttpResponse:
    """?producer= and ?product= say how far the choice has come; nothing is written before the last step."""
    chosen, mine = request.GET.get("producer", ""), producers_of(request.user)
    if not chosen:
        owned = list(mine[:2]) if request.user.role == Role.PRODUCER else []
        if len(owned) != 1:
            return _choose_producer(request, mine)
        producer = owned[0]
    else:
        producer = get_object_or_404(mine, pk=asked_number(chosen))
    product = request.GET.get("product", "")
    if not product:
        return _choose_product(request, producer)
    if product == NEW:
        return _new_product(request, producer)
    products = Product.objects.filter(producer=producer).with_place()  # type: ignore[attr-defined]
    lines = product_lines(products.filter(pk=asked_number(product)), today())
    if not lines:
        raise Http404("Chủ thể này không có sản phẩm như vậy.")
    return _choose_kind(request, producer, lines[0])


def _choose_producer(request: HttpRequest, mine: Any) -> HttpResponse:
    text = asked_text(request)
    context = {"text": text, **paged(request, mine.search(text).order_by("name_key", "pk"))}
    return render(request, "ratings/dossiers/start_producer.html", context)


def _choose_product(request: HttpRequest, producer: Producer) -> HttpResponse:
    products = Product.objects.filter(producer=producer).with_place()  # type: ignore[attr-defined]
    context = {"producer": producer, "products": product_lines(products, today())}
    return render(request, "ratings/dossiers/start_product.html", context)


def _choose_kind(request: HttpRequest, producer: Producer, line: ProductLine) -> HttpResponse:
    form = StartForm(request.POST or None, kinds=line.choices, initial={"kind": line.suggested})

    def save() -> str:
        dossier = start_dossier(product=line.product, kind=form.cleaned_data["kind"], by=request.user)
        return reverse("desk:dossier", args=[dossier.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập hồ sơ. Hãy điền mẫu 01, mẫu 02 và minh chứng."):
            return answer
    context = {"producer": producer, "line": line, "form": form}
    return render(request, "ratings/dossiers/start_kind.html", context)


def _new_product(request: HttpRequest, producer: Producer) -> HttpResponse:
    form = NewProductForm(request.POST or None, user=request.user, producer=producer)

    def save() -> str:
        dossier = start_with_new_product(producer=producer, product=form.instance, by=request.user)
        return reverse("desk:dossier", args=[dossier.pk])

    if request.method == "POST" and form.is_valid():
        if answer := send_once(request, form, save, "Đã lập hồ sơ. Hãy điền mẫu 01, mẫu 02 và minh chứng."):
            return answer
    context = {"producer": producer, "form": form, "units": form.fields["place"].units}
    return render(request, "ratings/dossiers/start_new.html", context)
