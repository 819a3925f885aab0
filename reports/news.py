"""News and announcements in public: the list, one of them, its attachments."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from ocop_portal.conditional import answer
from ocop_portal.lists import paged
from ocop_portal.pages import by_revision
from reports.attachments import serve_attachment
from reports.models import News, NewsFile

KINDS = {
    News.Kind.NEWS: _("Tin tức"),
    News.Kind.NOTICE: _("Thông báo"),
    News.Kind.PLAN: pgettext_lazy("loại tin", "Kế hoạch"),
}
"""How a kind is called in public."""
ON_HOME = 3


def told(item: News) -> dict[str, Any]:
    """A piece of news as a row of a list."""
    return {"item": item, "kind": KINDS[News.Kind(item.kind)]}


def newest_news() -> list[dict[str, Any]]:
    """What the first page shows. One query."""
    return [told(item) for item in News.objects.standing().latest_first()[:ON_HOME]]


@require_safe
@by_revision
@login_not_required
def news_list(request: HttpRequest) -> HttpResponse:
    """All that is published, the latest first; `?kind=` narrows it."""
    kind = request.GET.get("kind", "")
    found = News.objects.standing().latest_first()
    if kind in KINDS:
        found = found.filter(kind=kind)
    context = paged(request, found)
    context |= {
        "rows": [told(item) for item in context["page"]],
        "kinds": [(value, label, value == kind) for value, label in KINDS.items()],
        "asked": kind in KINDS,
    }
    return render(request, "reports/news.html", context)


@require_safe
@by_revision
@login_not_required
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news with its attachments; withdrawn, the reason in their place."""
    item = get_object_or_404(News.objects.in_public().with_files(), slug=slug)
    return render(request, "reports/news_item.html", {**told(item), "files": item.files.all()})


@require_safe
@login_not_required
def news_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """An attachment of what is published; anything else answers 404."""
    files = NewsFile.objects.filter(removed_on__isnull=True, news__in=News.objects.standing())
    kept = get_object_or_404(files, pk=pk)
    return answer(request, f"tep-{kept.pk}", lambda: serve_attachment(kept.file, kept.filename))  # type: ignore[arg-type, return-value]
