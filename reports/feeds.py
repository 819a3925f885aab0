"""A user's deadlines, and the secret address under which a calendar programme fetches them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from ocop_portal.links import public_address
from ocop_portal.models import RegisterRevision, User
from ocop_portal.permissions import Permission, has_permission
from products.desk.scope import certificates_of
from products.models import Certificate
from ratings.calendar import filing_window
from ratings.desk.scope import dossiers_of
from ratings.models import Dossier
from ratings.transitions import State
from reports.models import CalendarFeed
from reports.reminders.wording import WRITTEN_NOTICE_DAYS

PAST_DAYS, AHEAD_DAYS = 60, 400
"""The deadlines that a feed carries, from the day it is read: our own choice."""
SHOWN_AGAIN_HOURS = 12


def token_of(feed: CalendarFeed) -> str:
    """The secret part of the feed's address: its nonce, signed with the portal's key."""
    return _signer().sign(feed.nonce)


def feed_of(token: str) -> CalendarFeed | None:
    """The feed that a secret opens; None for a forged or renewed one and for an account that lost the right to it."""
    try:
        nonce = _signer().unsign(token)
    except signing.BadSignature:
        return None
    feed = CalendarFeed.objects.select_related("user__unit").filter(nonce=nonce).exclude(nonce="").first()
    return feed if feed and has_permission(feed.user, Permission.INBOX) else None


def _signer() -> signing.Signer:
    return signing.Signer(salt="reports.calendar", sep=".")


@dataclass(frozen=True)
class Deadline:
    """A day to keep. `uid` names it for ever, so that a moved day moves in the calendar."""

    uid: str
    day: date
    title: str
    text: str
    url: str


def deadlines(user: User, day: date) -> list[Deadline]:
    """The user's deadlines around the day, in order: ends of certificates, filing windows, notices, dossiers' terms."""
    first, last = day - timedelta(days=PAST_DAYS), day + timedelta(days=AHEAD_DAYS)
    found = [d for c in _certificates(user, first, last) for d in _of_certificate(c, user)]
    found += [_of_dossier(d) for d in _dossiers(user, first, last)]
    return sorted((d for d in found if first <= d.day <= last), key=lambda d: (d.day, d.uid))


def _certificates(user: User, first: date, last: date) -> Any:
    """Those that a deadline can still concern: neither revoked nor succeeded, and known from more than a source."""
    # A filing window opens half a year before the end that it belongs to.
    horizon = last + timedelta(days=200)
    running = certificates_of(user).filter(
        revoked_on=None, superseded_on=None, product__listed_only_while_standing=False
    )
    return running.filter(valid_to__range=(first - timedelta(days=200), horizon)).select_related(
        "product__producer"
    )


def _of_certificate(certificate: Certificate, user: User) -> list[Deadline]:
    product, end = certificate.product, certificate.last_day
    official = has_permission(user, Permission.DESK_VIEW)
    if official:
        url = public_address() + reverse("desk:certificate", args=[certificate.pk])
    else:
        url = public_address() + product.get_absolute_url()
    text = f"{product.name} ({certificate.stars} sao), {product.producer.name}. {certificate}."

    def on(kind: str, day: date, title: str) -> Deadline:
        return Deadline(
            f"{kind}-{certificate.public_id}@so-bo-ocop", day, f"{title}: {product.name}", text, url
        )

    notice = "Hạn thông báo bằng văn bản" if official else f"Còn {WRITTEN_NOTICE_DAYS} ngày là hết hạn"
    found = [
        on("het-han", end, "Hết hạn gia hạn OCOP" if certificate.extended_to else "Hết hạn OCOP"),
        on("thong-bao", end - timedelta(days=WRITTEN_NOTICE_DAYS), notice),
    ]
    if certificate.extended_to is None:
        window = filing_window(certificate.valid_to)
        found += [
            on("mo-nop", window.first, "Bắt đầu nhận hồ sơ phân hạng lại"),
            on("dong-nop", window.last, "Ngày cuối nộp hồ sơ phân hạng lại"),
        ]
    return found


def _dossiers(user: User, first: date, last: date) -> Any:
    """Dossiers that lie with a commune, of those that the user may see."""
    if not has_permission(user, Permission.DOSSIER_VIEW):
        return []
    mine = dossiers_of(user).filter(state=State.SUBMITTED, commune_due_on__range=(first, last))
    return mine.select_related("product__producer", "unit")


def _of_dossier(dossier: Dossier) -> Deadline:
    product = dossier.product
    return Deadline(
        f"ho-so-{dossier.pk}@so-bo-ocop",
        dossier.commune_due_on,  # type: ignore[arg-type]
        f"Hạn xã xử lý hồ sơ: {product.name}",
        f"Hồ sơ {dossier.get_kind_display()} {dossier}, {product.producer.name}. Nơi nhận: {dossier.unit.name}.",
        public_address() + reverse("desk:dossier", args=[dossier.pk]),
    )


def as_ical(user: User, found: list[Deadline], stamp: datetime) -> bytes:
    """The deadlines as an iCalendar file of all-day events. `stamp` is when the register last changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//So bo OCOP//Lich han//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Hạn OCOP {settings.SITE['province_name']}: {user.get_username()}")
    calendar.add("refresh-interval", timedelta(hours=SHOWN_AGAIN_HOURS), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{SHOWN_AGAIN_HOURS}H")
    for deadline in found:
        event = Event()
        event.add("uid", deadline.uid)
        event.add("dtstamp", stamp)
        event.add("dtstart", deadline.day)
        event.add("dtend", deadline.day + timedelta(days=1))
        event.add("summary", deadline.title)
        event.add("description", deadline.text)
        event.add("url", deadline.url)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def last_change(feed: CalendarFeed, day: date) -> datetime:
    """When the feed may last have changed: by register, dossiers, its address, or the day, which moves its span."""
    moments = [feed.renewed_at, datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())]
    moments += RegisterRevision.objects.values_list("raised_at", flat=True)
    events: Any = Dossier.pgh_event_model.objects  # type: ignore[attr-defined]
    moments += events.order_by("-pgh_id").values_list("pgh_created_at", flat=True)[:1]
    return max(moments).astimezone(UTC).replace(microsecond=0)
