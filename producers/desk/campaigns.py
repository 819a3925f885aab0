"""Campaigns of consulting and training at the desk. Who may see reports reads them; who keeps support writes them."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.clock import today
from ocop_portal.lists import paged
from ocop_portal.permissions import Permission, requires
from producers.actions.support import save_campaign
from producers.desk.common import (
    copied,
    filter_context,
    held_page,
    roster_page,
    source_of,
    table_file,
)
from producers.desk.papers import paper_file
from producers.desk.scope import campaign_of, ensure_keeps, keeps, with_parts
from producers.exports import CAMPAIGN_HEADER, campaign_rows
from producers.filters import Asked
from producers.forms.support import CampaignForm
from producers.involvement import CAMPAIGN
from producers.models import Campaign, CampaignParticipant
from producers.papers import campaign_report
from producers.querysets import scope_of
from producers.support_words import campaigns_told

COPIED = ("name", "kind", "subject", "organiser", "plan", "place", "cost")


def _found(request: HttpRequest) -> tuple[Asked, QuerySet[Any]]:
    """What was asked, and the campaigns in scope that answer it, the latest first."""
    asked = Asked(request.GET, kinds=Campaign.Kind.choices, day=today())
    return asked, asked.narrowed(Campaign.objects.visible_to(request.user)).latest_first()


def totals(found: QuerySet[Any], asked: Asked, user: Any) -> str:
    """What the campaigns come to, in a sentence. Two queries."""
    held = Q(cancelled_reason="")
    counts = found.order_by().values("kind")
    rows = counts.annotate(
        held=Count("pk", filter=held),
        coming=Count("pk", filter=held & Q(starts_on__gt=asked.day)),
        cancelled=Count("pk", filter=~held),
        # Guests of a campaign held elsewhere are not a commune's to count.
        guests=Sum("others", filter=held & scope_of(user, place="place", own="producers__accounts")),
    )
    by_kind = {row["kind"]: row for row in rows}
    parts = CampaignParticipant.objects.filter(campaign__in=found.held().order_by().values("pk"))
    parts = parts.filter(scope_of(user, place="producer__place", own="producer__accounts"))
    summed = parts.aggregate(parts=Count("pk"), people=Sum("people"))
    return campaigns_told(
        [
            (label, by_kind[kind]["held"])
            for kind, label in Campaign.Kind.choices
            if by_kind.get(kind, {}).get("held")
        ],
        parts=summed["parts"],
        people=summed["people"] or 0,
        others=sum(row["guests"] or 0 for row in by_kind.values()),
        coming=sum(row["coming"] for row in by_kind.values()),
        cancelled=sum(row["cancelled"] for row in by_kind.values()),
        year=asked.year,
        place=asked.place,
    )


@require_safe
@requires(Permission.REPORT_VIEW)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns in scope, the latest first, with what they come to."""
    asked, found = _found(request)
    mine = Campaign.objects.visible_to(request.user)
    years = [day.year for day in mine.dates("starts_on", "year")]
    context = filter_context(request, asked, years) | paged(request, found.with_place().counted(request.user))
    context |= {
        "totals": "" if asked.faults else totals(found, asked, request.user),
        "last": Campaign.objects.kept_by(request.user).latest_first().first(),
        "day": asked.day,
    }
    return render(request, "producers/desk/campaigns.html", context)


@require_safe
@requires(Permission.REPORT_VIEW)
def campaign_file(request: HttpRequest, ending: str) -> Any:
    """The rows of the list, all of them, as a file."""
    _, found = _found(request)
    found = with_parts(found.with_place().counted(request.user), CAMPAIGN, request.user)
    return table_file(ending, "tu-van-tap-huan", CAMPAIGN_HEADER, campaign_rows(found), "Tư vấn, tập huấn")


@require_safe
@requires(Permission.REPORT_VIEW, of=campaign_of)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign with the producers of the user's scope that took part."""
    campaign = campaign_of(request.user, pk)
    parts = list(CAMPAIGN.parts_for(campaign, request.user))
    context = {
        "campaign": campaign,
        "parts": parts,
        "people": sum(part.people for part in parts),
        "elsewhere": campaign.participants.count() - len(parts),
        "keeps": keeps(request.user, campaign),
        "coming": campaign.starts_on > today(),
    }
    return render(request, "producers/desk/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Enter a campaign; `?tu=` begins with what an earlier one says, and offers its list of producers."""
    source = source_of(request, campaign_of)
    return _form(request, None, source)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=campaign_of)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a campaign that the user keeps."""
    campaign = campaign_of(request.user, pk)
    ensure_keeps(request.user, campaign)
    return _form(request, campaign, None)


def _form(request: HttpRequest, campaign: Campaign | None, source: Campaign | None) -> HttpResponse:
    form = CampaignForm(
        request.POST or None,
        user=request.user,
        instance=campaign,
        source=source,
        initial=copied(source, COPIED),
    )
    back = reverse("desk:campaign", args=[campaign.pk]) if campaign else reverse("desk:campaigns")

    def save() -> str:
        saved = save_campaign(campaign=form.instance, joining=form.joining(), by=request.user)
        return reverse("desk:campaign" if campaign else "desk:campaign-participants", args=[saved.pk])

    return held_page(request, form, save, nouns=("đợt tư vấn, tập huấn", "đợt"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SUPPORT_KEEP, of=campaign_of)
def participants(request: HttpRequest, pk: int) -> HttpResponse:
    """Who took part, on one page."""
    return roster_page(request, CAMPAIGN, campaign_of(request.user, pk), name="campaign")


@require_safe
@requires(Permission.REPORT_VIEW, of=campaign_of)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The campaign's report for signature, of the producers in the user's scope."""
    campaign = campaign_of(request.user, pk)
    parts = list(CAMPAIGN.parts_for(campaign, request.user))
    return paper_file(campaign_report(campaign, parts, request.user), f"bao cao {campaign.name}")
