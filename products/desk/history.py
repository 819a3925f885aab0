"""The history of one record in sentences, for officials. Which records have one: `ocop_portal.records`."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from ocop_portal.journal import Key, Source, read_acts
from ocop_portal.permissions import Permission, requires
from ocop_portal.records import KINDS, Kind, address, register
from ocop_portal.telling import tell
from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Producer,
    Promotion,
    PromotionImage,
    PromotionParticipant,
    Supply,
    YearlyFigures,
)
from producers.querysets import scope_of
from products.desk.scope import certificates_of
from products.models import (
    Certificate,
    Complaint,
    Decision,
    ExportMarket,
    InspectedProduct,
    Inspection,
    InspectionFile,
    InspectionFinding,
    Notice,
    NoticeLine,
    Packaging,
    Product,
    ProductAlias,
    ProductImage,
    ProductMark,
    PublishedComplaint,
    RawMaterialArea,
    SalesChannel,
    WrittenWarning,
)

PER_PAGE = 50
DESCRIPTION = (
    Packaging,
    SalesChannel,
    ProductMark,
    RawMaterialArea,
    ExportMarket,
    ProductImage,
    ProductAlias,
)


def _mine(model: type[Model], place: str, own: str) -> Any:
    """The rows of a model that lie in a user's scope by their place or by the producer's accounts."""

    def scope(user: Any) -> QuerySet[Any]:
        mine = model._default_manager.filter(scope_of(user, place=place, own=own))
        return model._default_manager.filter(pk__in=mine.order_by().values("pk"))

    return scope


register(
    Kind(
        "chu-the",
        Producer,
        lambda user: Producer.objects.visible_to(user),
        "desk:producer",
        ((YearlyFigures, "producer_id"),),
    ),
    Kind(
        "san-pham",
        Product,
        lambda user: Product.objects.visible_to(user),
        "desk:product",
        ((Certificate, "product_id"), *((part, "product_id") for part in DESCRIPTION)),
    ),
    Kind("quyet-dinh", Decision, lambda user: Decision.objects.all(), "desk:decision"),
    Kind(
        "thong-bao",
        Notice,
        lambda user: Notice.objects.visible_to(user),
        parts=((NoticeLine, "notice_id"),),
    ),
    Kind("giay-chung-nhan", Certificate, certificates_of, "desk:certificate"),
    Kind("so-lieu-nam", YearlyFigures, _mine(YearlyFigures, "producer__place", "producer__accounts")),
    Kind(
        "diem-ban",
        PointOfSale,
        lambda user: PointOfSale.objects.visible_to(user),
        "desk:point-of-sale",
        ((Supply, "point_id"),),
    ),
    Kind(
        "tu-van",
        Campaign,
        lambda user: Campaign.objects.visible_to(user),
        "desk:campaign",
        ((CampaignParticipant, "campaign_id"),),
    ),
    Kind(
        "xuc-tien",
        Promotion,
        lambda user: Promotion.objects.visible_to(user),
        "desk:promotion",
        ((PromotionParticipant, "promotion_id"), (PromotionImage, "promotion_id")),
    ),
    Kind(
        "kiem-tra",
        Inspection,
        lambda user: Inspection.objects.visible_to(user),
        "desk:inspection",
        tuple((part, "inspection_id") for part in (InspectedProduct, InspectionFinding, InspectionFile)),
    ),
    Kind(
        "thong-bao",
        Notice,
        lambda user: Notice.objects.visible_to(user),
        parts=((NoticeLine, "notice_id"),),
    ),
    Kind("canh-bao", WrittenWarning, lambda user: WrittenWarning.objects.visible_to(user), "desk:warning"),
    Kind(
        "phan-anh",
        Complaint,
        lambda user: Complaint.objects.visible_to(user),
        "desk:complaint",
        ((PublishedComplaint, "complaint_id"),),
    ),
)


@require_safe
@requires(Permission.HISTORY_VIEW)
def history(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Who did what to a record in scope and to its parts, when and why."""
    if kind not in KINDS:
        raise Http404("Không có lịch sử của loại này.")
    found = KINDS[kind]
    return tell_history(request, found, get_object_or_404(found.scope(request.user), pk=pk))


def tell_history(
    request: HttpRequest, kind: Kind, record: Model, template: str = "desk/history.html", **context: Any
) -> HttpResponse:
    """The page of a record's history. The caller has found the record in the user's scope. Three queries at most."""
    sources = [Source(kind.model, "e.pgh_obj_id = %s", (record.pk,))]
    sources += [Source(part, f"e.{column} = %s", (record.pk,)) for part, column in kind.parts]
    before = asked_key(request.GET.get("before", ""))
    acts, onward = read_acts(sources, before=before, count=PER_PAGE, shown=sources)
    stories = tell(
        acts,
        address=lambda model, row: address(model, row, request.user),
        first=[kind.model, *(part for part, _ in kind.parts)],
        private=True,
    )
    here = address(kind.model, {"id": record.pk}, request.user) if kind.page else ""
    context |= {"record": record, "kind": kind, "stories": stories, "here": here}
    context |= {"older": key_text(onward) if onward else "", "first": before is None}
    context |= {"audit_kind": kind.model._meta.label_lower}
    return render(request, template, context)


def key_text(key: Key) -> str:
    """Where a list of acts goes on, as it stands in an address."""
    return f"{key[0].isoformat()}_{key[1].hex}"


def asked_key(text: str) -> Key | None:
    """The key out of an address; None for anything else, which shows the newest acts."""
    at, _, context = text[:80].partition("_")
    try:
        moment, key = parse_datetime(at.replace(" ", "+")), uuid.UUID(hex=context)
    except ValueError:
        return None
    return (moment, key) if isinstance(moment, datetime) and moment.tzinfo else None
