"""Fairs and other events at the desk. Who may see reports reads them; who keeps support writes them."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.lists import paged
from ocop_portal.permissions import Permission, requires
from producers.actions.support import save_promotion
from producers.desk.common import (
    copied,
    filter_context,
    held_page,
    roster_page,
    source_of,
    table_file,
)
from producers.desk.papers import paper_file
from producers.desk.scope import ensure_keeps, keeps, promotion_of, with_parts
from producers.exports import PROMOTION_HEADER, promotion_rows
from producers.filters import Asked
from producers.forms.support import PromotionForm
from producers.involvement import PROMOTION
from producers.models import Promotion, PromotionParticipant
from producers.papers import promotion_report
from producers.querysets import scope_of
from producers.support_words import promotions_told

COPIED = ("name", "kind", "summary", "organiser", "plan", "venue", "place", "cost")


def _found(request: HttpRequest) -> tuple[Asked, QuerySet[Any]]:
    """What was asked, and the events in scope that answer it, the latest first."""
    asked = Asked(request.GET, kinds=Promotion.Kind.choices, day=today())
    return asked, asked.narrowed(Promotion.objects.visible_to(request.user)).latest_first()


def totals(found: QuerySet[Any], asked: Asked, user: Any) -> str:
    """What the events come to, in a sentence. Two queries."""
    held = Q(cancelled_reason="")
    rows = (
        found.order_by()
        .values("kind")
        .annotate(
            held=Count("pk", filter=held),
            coming=Count("pk", filter=held & Q(starts_on__gt=asked.day)),
            cancelled=Count("pk", filter=~held),
        )
    )
    by_kind = {row["kind"]: row for row in rows}
    parts = PromotionParticipant.objects.filter(promotion__in=found.held().order_by().values("pk"))
    parts = parts.filter(scope_of(user, place="producer__place", own="producer__accounts"))
    summed = parts.aggregate(
        parts=Count("pk"), told=Count("sales"), sales=Sum("sales"), contracts=Sum("contracts")
    )
    return promotions_told(
        [
            (label, by_kind[kind]["held"])
            for kind, label in Promotion.Kind.choices
            if by_kind.get(kind, {}).get("held")
        ],
        parts=summed["parts"],
        told=summed["told"],
        sales=summed["sales"],
        contracts=summed["contracts"] or 0,
        coming=sum(row["coming"] for row in by_kind.values()),
        cancelled=sum(row["cancelled"] for row in by_kind.values()),
        year=asked.year,
        place=asked.place,
    )


@require_safe
@requires(Permission.REPORT_VIEW)
def promotion_list(request: HttpRequest) -> HttpResponse:
    """Events in scope, the latest first, with what they come to."""
    asked, found = _found(request)
    mine = Promotion.objects.visible_to(request.user)
    years = [day.year for day in mine.dates("starts_on", "year")]
    context = filter_context(request, asked, years) | paged(request, found.with_place().counted(request.user))
    context |= {
        "totals": "" if asked.faults else totals(found, asked, request.user),
        "last": Promotion.objects.kept_by(request.user).latest_first().first(),
        "day": asked.day,
    }
    return render(request, "producers/desk/promotions.html", context)


@require_safe
@requires(Permission.REPORT_VIEW)
def promotion_file(request: HttpRequest, ending: str) -> Any:
    """The rows of the list, all of them, as a file."""
    _, found = _found(request)
    found = with_parts(found.with_place().counted(request.user), PROMOTION, request.user)
    return table_file(ending, "xuc-tien", PROMOTION_HEADER, promotion_rows(found), "Xúc tiến thương mại")


@require_safe
@requires(Permission.REPORT_VIEW, of=promotion_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with the producers of the user's scope that took part, and what came of it."""
    promotion = promotion_of(request.user, pk)
    parts = list(PROMOTION.parts_for(promotion, request.user))
    sales = [part.sales for part in parts if part.sales is not None]
    context = {
        "promotion": promotion,
        "parts": parts,
        "sales": sum(sales) if sales else None,
        "told": len(sales),
        "contracts": sum(part.contracts for part in parts),
        "elsewhere": promotion.participants.count() - len(parts),
        "keeps": keeps(request.user, promotion),
        "coming": promotion.starts_on > today(),
    }
    return render(request, "producers/desk/promotion.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Enter an event; `?tu=` begins with what an earlier one says, and offers its list of producers."""
    source = source_of(request, promotion_of)
    return _form(request, None, source)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=promotion_of)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an event that the user keeps."""
    promotion = promotion_of(request.user, pk)
    ensure_keeps(request.user, promotion)
    return _form(request, promotion, None)


def _form(request: HttpRequest, promotion: Promotion | None, source: Promotion | None) -> HttpResponse:
    form = PromotionForm(
        request.POST or None,
        user=request.user,
        instance=promotion,
        source=source,
        initial=copied(source, COPIED),
    )
    back = reverse("desk:promotion", args=[promotion.pk]) if promotion else reverse("desk:promotions")

    def save() -> str:
        saved = save_promotion(promotion=form.instance, joining=form.joining(), by=request.user)
        return reverse("desk:promotion" if promotion else "desk:promotion-participants", args=[saved.pk])

    return held_page(request, form, save, nouns=("sự kiện xúc tiến", "sự kiện"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=promotion_of)
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Who took part, and what came of it, on one page."""
    return roster_page(request, PROMOTION, promotion_of(request.user, pk), name="promotion")


@require_safe
@requires(Permission.REPORT_VIEW, of=promotion_of)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The event's report for signature, of the producers in the user's scope."""
    promotion = promotion_of(request.user, pk)
    parts = list(PROMOTION.parts_for(promotion, request.user))
    return paper_file(promotion_report(promotion, parts, request.user), f"bao cao {promotion.name}")
