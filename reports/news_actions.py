"""Writes on news: kept, published, withdrawn with a reason, documents attached and taken back."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal import publishing
from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from reports.models import News, NewsFile

MOST_FILES = 20
WITHDRAWN = "Tin này đã gỡ nên không sửa được nữa. Hãy viết tin mới."


@transaction.atomic
def save_news(*, news: News, by: Any) -> News:
    """Add a draft, under an address made of its title, or keep what was changed of a draft or of published news.

    Raises ValidationError at the field in fault, or where it was withdrawn meanwhile.
    """
    if news.pk:
        news.published_on = _open(news).published_on  # it may have been published meanwhile
    else:
        news.slug = publishing.free_slug(News, news.title, otherwise="tin")
    if news.published_on and news.day > today():
        raise ValidationError({"day": "Tin đã đăng nên ngày của tin không thể sau hôm nay."})
    news.full_clean()
    with acting("save_news", by=by), constraints_in_words(News):
        news.save()
    return news


@transaction.atomic
def publish_news(*, news: News, by: Any) -> News:
    """Make a draft public, for ever.

    Raises ValidationError where it has no text, its day is still to come, or it is no draft any more.
    """
    news = _open(news)
    publishing.publish(news, verb="publish_news", by=by)
    return news


@transaction.atomic
def withdraw_news(*, news: News, reason: str, by: Any) -> News:
    """Take published news back; its address says why from now on. Raises ValidationError for what is not published."""
    news = _open(news)
    publishing.withdraw(news, reason=reason, verb="withdraw_news", by=by)
    return news


@transaction.atomic
def add_news_file(*, news: News, title: str, file: Any, by: Any) -> NewsFile:
    """Attach a checked document. Raises ValidationError where the news is withdrawn or has enough of them."""
    news = _open(news)
    if news.files.filter(removed_on__isnull=True).count() >= MOST_FILES:
        raise ValidationError(f"Mỗi tin kèm tối đa {MOST_FILES} tài liệu.")
    kept = NewsFile(news=news, title=title.strip(), file=file, filename=file.name, size=file.size)
    kept.full_clean()
    with acting("add_news_file", by=by), constraints_in_words(NewsFile):
        kept.save()
    return kept


@transaction.atomic
def remove_news_file(*, kept: NewsFile, by: Any) -> NewsFile:
    """Take an attached document back: it is given out no longer, and stays on record."""
    _open(kept.news)
    kept = NewsFile.objects.select_for_update().get(pk=kept.pk)
    if kept.removed_on:
        raise ValidationError("Tài liệu này đã được bỏ.")
    kept.removed_on = today()
    with acting("remove_news_file", by=by):
        kept.save()
    return kept


def _open(news: News) -> News:
    return publishing.held(news, WITHDRAWN)
