"""For each constraint of visits and news, a write that only it refuses."""

from datetime import date

from reports.models import News, NewsFile, VisitDay
from tests.reports.news_rows import NewsFactory, attached, news_with_file

DAY = date(2026, 5, 1)
BEFORE = date(2026, 4, 30)


def visits(**fields):
    return VisitDay.objects.create(**{"path": "/", "language": "vi", "day": DAY, "count": 1} | fields)


def news(**fields):
    return NewsFactory(**{"day": DAY, "published_on": DAY} | fields)


def empty_file():
    kept = attached(news())
    type(kept).objects.create(news=kept.news, title="Trống", file=kept.file.name, filename="a.pdf", size=0)


CASES = {
    "visitday_once": lambda: [visits(), visits()],
    "visitday_counts_something": lambda: visits(count=0),
    "news_address_once": lambda: [news(slug="tin"), news(slug="tin")],
    "news_published_says_something": lambda: news(text=" \n"),
    "news_published_when_dated": lambda: news(published_on=BEFORE),
    "news_withdrawn_after_published": lambda: news(withdrawn_on=BEFORE, withdrawn_reason="Nhầm"),
    "news_withdrawn_with_reason": lambda: news(withdrawn_on=DAY, withdrawn_reason=" "),
    "newsfile_not_empty": empty_file,
}
NEVER_DELETED = {News: news, NewsFile: news_with_file}
