"""News at the desk: drafts, what is published and what was withdrawn; attachments."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ocop_portal.forms import OnceForm
from ocop_portal.lists import asked_text, paged
from ocop_portal.models.publication import STATES
from ocop_portal.permissions import Permission, requires
from ocop_portal.publishing import WithdrawForm, form_page
from ocop_portal.records import Kind, register
from ocop_portal.uploads import serve_private
from reports.desk.news_forms import NewsFileForm, NewsForm
from reports.models import News, NewsFile
from reports.news_actions import (
    WITHDRAWN,
    add_news_file,
    publish_news,
    remove_news_file,
    save_news,
    withdraw_news,
)


def _all(user: Any) -> QuerySet[News]:
    """News belong to the whole office: whoever keeps them keeps all."""
    return News.objects.all()


register(Kind("tin-tuc", News, _all, "desk:news-item", ((NewsFile, "news_id"),)))


@require_safe
@requires(Permission.CONTENT_KEEP)
def news_list(request: HttpRequest) -> HttpResponse:
    """All news by state and words of the title, the latest first."""
    text, state = asked_text(request), request.GET.get("state", "")
    found = _all(request.user).filter(title__icontains=text) if text else _all(request.user)
    found = found.in_state(state)  # type: ignore[attr-defined]
    counted = found.annotate(attached=Count("files", filter=Q(files__removed_on__isnull=True)))
    context = paged(request, counted.order_by("-day", "-pk"))
    context |= {"text": text, "state": state, "states": STATES}
    return render(request, "reports/desk/news.html", context)


@require_safe
@requires(Permission.CONTENT_KEEP)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them as readers will see it, with what may be done about it."""
    item = get_object_or_404(News.objects.with_files(), pk=pk)
    return render(request, "reports/desk/news_item.html", {"item": item, "files": item.files.all()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def add(request: HttpRequest) -> HttpResponse:
    """Write a draft."""
    return _written(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft, or what is published: readers see it at once."""
    return _written(request, get_object_or_404(News, pk=pk))


def _written(request: HttpRequest, item: News | None) -> HttpResponse:
    form = NewsForm(request.POST or None, instance=item)
    title = f"Sửa “{item.title}”" if item else "Viết tin, thông báo"

    def save() -> str:
        return _page(save_news(news=form.instance, by=request.user))

    return _form_page(request, form, save, item, title=title, button="Lưu", done="Đã lưu tin.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft public."""
    item = get_object_or_404(News, pk=pk)

    def save() -> str:
        return _page(publish_news(news=item, by=request.user))

    lede = f"Sau khi đăng, địa chỉ /tin-tuc/{item.slug}/ giữ mãi; tin có thể sửa hoặc gỡ, không xóa được."
    return _form_page(
        request,
        OnceForm(request.POST or None),
        save,
        item,
        title=f"Đăng “{item.title}”",
        button="Đăng công khai",
        done="Đã đăng tin.",
        lede=lede,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what is published, with a reason that readers see."""
    item = get_object_or_404(News, pk=pk)
    form = WithdrawForm(request.POST or None)

    def save() -> str:
        return _page(withdraw_news(news=item, reason=form.cleaned_data["reason"], by=request.user))

    lede = (
        "Địa chỉ của tin vẫn mở được và cho biết tin đã gỡ, vì sao; nội dung và tài liệu không còn xem được."
    )
    return _form_page(
        request,
        form,
        save,
        item,
        title=f"Gỡ “{item.title}”",
        button="Gỡ tin",
        done="Đã gỡ tin.",
        lede=lede,
        danger=True,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a document."""
    item = get_object_or_404(News, pk=pk)
    form = NewsFileForm(request.POST or None, request.FILES or None)

    def save() -> str:
        given = {name: form.cleaned_data[name] for name in ("title", "file")}
        add_news_file(news=item, by=request.user, **given)
        return _page(item)

    return _form_page(
        request,
        form,
        save,
        item,
        title="Đính kèm tài liệu",
        button="Đính kèm",
        done="Đã đính kèm tài liệu.",
        lede=item.title,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONTENT_KEEP)
def file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an attached document back."""
    kept = get_object_or_404(NewsFile.objects.select_related("news"), pk=pk, removed_on__isnull=True)

    def save() -> str:
        remove_news_file(kept=kept, by=request.user)
        return _page(kept.news)

    return _form_page(
        request,
        OnceForm(request.POST or None),
        save,
        kept.news,
        title=f"Bỏ tài liệu “{kept.title}”",
        button="Bỏ tài liệu",
        done="Đã bỏ tài liệu.",
        lede="Người xem không tải được tài liệu này nữa.",
        danger=True,
    )


@require_safe
@requires(Permission.CONTENT_KEEP)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """An attached document, also of a draft."""
    kept = get_object_or_404(NewsFile, pk=pk)
    return serve_private(kept.file, kept.filename)


def _page(item: News) -> str:
    return reverse("desk:news-item", args=[item.pk])


def _form_page(
    request: HttpRequest, form: Any, save: Callable[[], str], item: News | None, **words: Any
) -> HttpResponse:
    back = _page(item) if item else reverse("desk:news")
    closed = WITHDRAWN if item and item.withdrawn_on else ""
    return form_page(request, form, save, back=back, closed=closed, **words)
