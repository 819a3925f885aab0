"""What ends, what is owed before it does, and what was done: each list of the lapse desk defined once.

A bucket is a named condition on certificates as the register knew them on a day. Page, export, counts, tables, calendar
and tests read the same bucket, so a number is always the length of its list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from products.actions.notices import followed_on
from products.models import Certificate, NoticeLine
from products.models.notices import NOTICE_DAYS
from products.standing import EXPIRING_DAYS, STANDS, Standing, standing_condition
from ratings.calendar import CLOSING_DAYS, FILE_FROM_DAYS, FILE_UNTIL_DAYS
from ratings.models import Dossier
from ratings.transitions import OPEN

SHARE_DAYS = 365
"""The share of notices sent in time is taken over those that fell due in so many days before."""


@dataclass(frozen=True)
class Facts:
    """Conditions on governing certificates, as known on the day: what was signed, sent or filed later is left out."""

    day: date

    def after(self, days: int) -> date:
        return self.day + timedelta(days=days)

    @cached_property
    def stands(self) -> Q:
        """The star may be used on the day."""
        return standing_condition(self.day, STANDS)

    @cached_property
    def printed(self) -> Q:
        """It stands by its printed term, without an extension."""
        return standing_condition(self.day, (Standing.IN_FORCE, Standing.EXPIRING))

    def ends_within(self, first: int, last: int) -> Q:
        """The printed last day lies so many days ahead, both inclusive."""
        return self.printed & Q(valid_to__range=(self.after(first), self.after(last)))

    @cached_property
    def followed(self) -> Q:
        """A certificate that is still to begin was already signed."""
        return Q(product__in=followed_on(self.day))

    @cached_property
    def told(self) -> Q:
        """A notice had gone out."""
        return Q(pk__in=NoticeLine.objects.told_by(self.day).order_by().values("certificate"))

    @cached_property
    def told_in_time(self) -> Q:
        """A notice had gone out at least 30 days before the printed last day."""
        return Q(pk__in=NoticeLine.objects.told_by(self.day).in_time().order_by().values("certificate"))

    @cached_property
    def in_progress(self) -> Q:
        """A follow-up dossier was open: from the day of filing (of a draft: of its last step)."""
        return Q(product__in=self._renewals().order_by().values("product"))

    @cached_property
    def filed(self) -> Q:
        """A follow-up dossier was open and filed."""
        return Q(product__in=self._renewals().filter(filed_on__lte=self.day).order_by().values("product"))

    def _renewals(self) -> QuerySet[Dossier]:
        return renewals(self.day)

    @cached_property
    def awaits_filing(self) -> Q:
        """It stands by its printed term, and nothing was filed or signed to follow it."""
        return self.printed & ~self.filed & ~self.followed

    @cached_property
    def awaits_notice(self) -> Q:
        """It stands by its printed term, and its producer was not told that it ends."""
        return self.printed & ~self.told & ~self.followed

    @cached_property
    def falls_out(self) -> Q:
        """It stands, and when it ends nothing signed by then takes its place the next day."""
        next_day = ExpressionWrapper(
            Coalesce(OuterRef("extended_to"), OuterRef("valid_to")) + Value(1), output_field=DateField()
        )
        goes_on = Certificate.objects.filter(
            product=OuterRef("product"),
            decision__signed_on__lte=self.day,
            valid_from__gt=self.day,
            valid_from__lte=next_day,
        )
        return self.stands & ~Q(Exists(goes_on))

    @cached_property
    def notice_fell_due(self) -> Q:
        """The last day for a notice lay in the year before the day, and on it the certificate still was to end.

        Products known from a public source alone are left out: nobody claims a whole record of them.
        """
        due = ExpressionWrapper(F("valid_to") - Value(NOTICE_DAYS), output_field=DateField())
        renewed = Certificate.objects.filter(
            product=OuterRef("product"),
            valid_from__gt=OuterRef("valid_from"),
            decision__signed_on__lte=ExpressionWrapper(
                OuterRef("valid_to") - Value(NOTICE_DAYS), output_field=DateField()
            ),
        )
        return (
            Q(valid_to__gte=self.after(NOTICE_DAYS - SHARE_DAYS), valid_to__lt=self.after(NOTICE_DAYS))
            & (Q(revoked_on__isnull=True) | Q(revoked_on__gt=due))
            & (Q(superseded_on__isnull=True) | Q(superseded_on__gt=due))
            & Q(product__listed_only_while_standing=False)
            & ~Q(Exists(renewed))
        )


def renewals(day: date) -> QuerySet[Dossier]:
    """Follow-up dossiers (upgrade, re-assessment) that were open on the day."""
    found = Dossier.objects.exclude(kind=Dossier.Kind.FIRST).filter(
        Q(state__in=OPEN) | Q(state_since__gt=day)
    )
    return found.annotate(began=Coalesce("filed_on", "state_since")).filter(began__lte=day)


@dataclass(frozen=True)
class Bucket:
    """A list of the lapse desk: what it is called, which certificates it holds, how urgent it is.

    `every`: taken from all certificates, those succeeded since included; else from the governing ones.
    """

    key: str
    label: str
    condition: Callable[[Facts], Q]
    tone: str = ""
    newest_first: bool = False
    every: bool = False


def _ends(key: str, label: str, first: int, last: int, tone: str = "") -> Bucket:
    return Bucket(key, label, lambda f: f.ends_within(first, last), tone)


def _standing(key: str, label: str, standing: Standing, tone: str, *, newest_first: bool = True) -> Bucket:
    return Bucket(key, label, lambda f: standing_condition(f.day, (standing,)), tone, newest_first)


FAR = 100 * 366
"""Days beyond which no certificate runs."""
_LAST_OPEN = FILE_UNTIL_DAYS + CLOSING_DAYS
ENDING = (
    _ends("30", "hết hạn trong 30 ngày", 0, 30, "bad"),
    _ends("90", "hết hạn trong 90 ngày", 0, 90, "warn"),
    _ends("120-180", "còn 120 đến 180 ngày", FILE_UNTIL_DAYS, FILE_FROM_DAYS),
    _ends("180", "sắp hết hạn (180 ngày)", 0, EXPIRING_DAYS, "warn"),
    _ends("365", "hết hạn trong 365 ngày", 0, 365),
)
FILING = (
    Bucket(
        "open",
        "đang nhận hồ sơ, chưa nộp",
        lambda f: f.awaits_filing & f.ends_within(_LAST_OPEN, FILE_FROM_DAYS),
    ),
    Bucket(
        "closing",
        f"chỉ còn dưới {CLOSING_DAYS} ngày để nộp hồ sơ",
        lambda f: f.awaits_filing & f.ends_within(FILE_UNTIL_DAYS, _LAST_OPEN - 1),
        "warn",
    ),
    Bucket(
        "missed",
        "quá hạn nộp, chưa có hồ sơ nộp",
        lambda f: f.awaits_filing & f.ends_within(0, FILE_UNTIL_DAYS - 1),
        "bad",
    ),
    Bucket("dossier", "có hồ sơ đang xử lý", lambda f: f.in_progress, "good"),
)
NOTICES = (
    Bucket(
        "notice-owed",
        "phải gửi thông báo, còn trong hạn",
        lambda f: f.awaits_notice & f.ends_within(NOTICE_DAYS, EXPIRING_DAYS),
        "warn",
    ),
    Bucket(
        "notice-overdue",
        "quá hạn gửi thông báo mà chưa gửi",
        lambda f: f.awaits_notice & f.ends_within(0, NOTICE_DAYS - 1),
        "bad",
    ),
    Bucket(
        "notice-sent",
        "đã gửi thông báo đúng hạn",
        lambda f: f.told_in_time & f.ends_within(0, EXPIRING_DAYS),
        "good",
    ),
    Bucket(
        "notice-late",
        "đã gửi thông báo nhưng muộn",
        lambda f: f.told & ~f.told_in_time & f.ends_within(0, EXPIRING_DAYS),
    ),
)
AFTER = (
    _standing("extended", "đang được gia hạn", Standing.EXTENDED, "info", newest_first=False),
    _standing("expired", "đã hết hạn, chưa đánh giá lại", Standing.EXPIRED, "bad"),
    _standing("revoked", "đã thu hồi", Standing.REVOKED, ""),
)
SHARE = (
    Bucket(
        "notice-due",
        "đến hạn phải thông báo trong 365 ngày qua",
        lambda f: f.notice_fell_due,
        every=True,
        newest_first=True,
    ),
    Bucket(
        "notice-in-time",
        "được thông báo trước ít nhất 30 ngày",
        lambda f: f.notice_fell_due & f.told_in_time,
        "good",
        every=True,
        newest_first=True,
    ),
    Bucket(
        "notice-missed",
        "thông báo muộn hoặc không thông báo",
        lambda f: f.notice_fell_due & ~f.told_in_time,
        "bad",
        every=True,
        newest_first=True,
    ),
)
BANDS = (
    ENDING[0],
    _ends("31-90", "còn 31 đến 90 ngày", 31, 90),
    _ends("91-119", "còn 91 đến 119 ngày", 91, 119),
    ENDING[2],
    _ends("181-365", "còn 181 đến 365 ngày", 181, 365),
    _ends("later", "còn hơn 365 ngày", 366, FAR),
    AFTER[0],
)
"""Every standing certificate once, by the time it has left."""
AHEAD = (
    Bucket("standing", "đang được dùng sao", lambda f: f.stands),
    Bucket("unnotified", "chưa được thông báo", lambda f: f.awaits_notice),
    Bucket("unfiled", "chưa nộp hồ sơ phân hạng lại", lambda f: f.awaits_filing),
    Bucket("falling", "hết hạn mà chưa có giấy mới", lambda f: f.falls_out),
)
"""What calendar and forecast point at, narrowed by days."""
TOLD = (*ENDING, *FILING, *NOTICES, *AFTER, *BANDS)
"""What the desk tells in figures, beside the share."""
BUCKETS = {b.key: b for b in (*TOLD, *SHARE, *AHEAD)}
DEFAULT = "180"


def in_bucket(found: QuerySet[Certificate], bucket: Bucket, day: date) -> QuerySet[Certificate]:
    """The certificates of the bucket, what ends first on top; of lists that look back, what ended last."""
    order = ("-valid_to", "-pk") if bucket.newest_first else ("ends_on", "pk")
    return with_end(found).filter(bucket.condition(Facts(day))).order_by(*order)


def with_end(found: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """With `ends_on`, the last day, extension included."""
    return found.annotate(ends_on=Coalesce(F("extended_to"), F("valid_to")))


def counts(found: QuerySet[Certificate], buckets: Iterable[Bucket], day: date) -> dict[str, int]:
    """{key: certificates in the bucket}. One query."""
    facts, asked = Facts(day), {b.key: b for b in buckets}
    counted = with_end(found).aggregate(
        **{f"n{n}": Count("pk", filter=b.condition(facts)) for n, b in enumerate(asked.values())}
    )
    return {key: counted[f"n{n}"] for n, key in enumerate(asked)}


@dataclass(frozen=True)
class Cell:
    """Certificates of one place on record and one product set, by bucket."""

    place: int
    group: int
    counts: tuple[int, ...]


def cells(found: QuerySet[Certificate], buckets: Iterable[Bucket], day: date) -> list[Cell]:
    """What the tables per commune and per set add up. One query; cells without any are absent."""
    facts = Facts(day)
    counted: dict[str, Any] = {f"n{n}": Count("pk", filter=b.condition(facts)) for n, b in enumerate(buckets)}
    rows = found.order_by().values_list("product__place", "product__group").annotate(**counted)
    return [Cell(place, group, tuple(n)) for place, group, *n in rows if any(n)]


def added(found: Iterable[Cell], key: Callable[[Cell], Any]) -> dict[Any, list[int]]:
    """{what `key` makes of a cell: sums by bucket}."""
    sums: dict[Any, list[int]] = {}
    for cell in found:
        held = sums.setdefault(key(cell), [0] * len(cell.counts))
        for n, count in enumerate(cell.counts):
            held[n] += count
    return sums
