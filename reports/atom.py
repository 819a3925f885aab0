"""Atom feeds (RFC 4287): what became of stars, as it is true today.

An entry is one event of one certificate: it was recognised, its last half year began, it ran out, it was revoked. Which
events there are is a function of the certificates and the day; no job writes a feed. An entry leaves when it is no
longer true: a product that was assessed again is not told as expired.
"""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ocop_portal.links import absolute
from products.catalogue import place_text
from products.filters import DEFAULT_STATUS, STATUSES
from products.models import Certificate
from products.reading import Reading
from products.standing import EXPIRING_DAYS, Standing, standing_condition

ENTRIES = 100
"""The most entries of a feed: the newest. Whoever wants all of them takes the list as CSV, Excel or JSON."""

RECOGNISED, EXPIRING, EXTENDED, EXPIRED, REVOKED = (
    "recognised",
    "expiring",
    "extended",
    "expired",
    "revoked",
)
"""What happened. Part of an entry's identity: never renamed."""

_NAMES = uuid.UUID("6f1f5cbe-7f0e-5a57-9d1c-0a3c3c1f7a2e")
"""The space in which entries are named (RFC 4122, version 5). Changing it makes every entry new to every reader."""

_DONE = {
    Certificate.Kind.FIRST: "được công nhận",
    Certificate.Kind.UPGRADE: "được nâng hạng lên",
    Certificate.Kind.REASSESSMENT: "được phân hạng lại,",
    Certificate.Kind.REISSUE: "được cấp lại giấy chứng nhận",
}


@dataclass(frozen=True)
class Event:
    """What happened to a certificate, and on which day."""

    what: str
    day: date
    certificate: Certificate

    @property
    def urn(self) -> str:
        """The entry's name for ever, whatever the portal's address."""
        return uuid.uuid5(_NAMES, f"{self.certificate.public_id} {self.what}").urn

    @property
    def title(self) -> str:
        """One line: `Miến dong Tài Hoan: hết hiệu lực 4 sao OCOP từ 02/09/2026`."""
        certificate = self.certificate
        stars, end = f"{certificate.stars} sao OCOP", f"{certificate.last_day:%d/%m/%Y}"
        told = {
            RECOGNISED: f"{_DONE[Certificate.Kind(certificate.kind)]} {stars}",
            EXPIRING: f"{stars} sắp hết hạn, dùng đến hết {end}",
            EXTENDED: f"{stars} được gia hạn đến {end}",
            EXPIRED: f"hết hiệu lực {stars} từ {self.day:%d/%m/%Y}",
            REVOKED: f"bị thu hồi {stars} từ {self.day:%d/%m/%Y}",
        }[self.what]
        return f"{certificate.product.name}: {told}"

    @property
    def text(self) -> str:
        """Who made it and where, by which decision, from when to when. No query after `with_facts`."""
        certificate, product = self.certificate, self.certificate.product
        ground: Any = certificate.decision
        reason = ""
        if self.what == REVOKED:
            ground = certificate.revocation_decision
            said = certificate.get_revocation_ground_display()  # type: ignore[attr-defined]
            reason = f" Căn cứ: {said}. {certificate.revocation_reason}"
        elif self.what == EXTENDED and certificate.extension_decision:
            ground = certificate.extension_decision
        return (
            f"{'Dữ liệu minh họa. ' if product.made_up else ''}"
            f"{product.producer.name}, {place_text(product.place, self.day)}. {ground.title}."
            f" {certificate}: {certificate.valid_from:%d/%m/%Y} – {certificate.valid_to:%d/%m/%Y}.{reason}"
        ).strip()


def last_event(certificate: Certificate, day: date) -> Event:
    """The event by which a governing certificate came to its standing of the day."""
    match certificate.standing_on(day):
        case Standing.EXPIRING:
            opens = certificate.valid_to - timedelta(days=EXPIRING_DAYS)
            return Event(EXPIRING, max(opens, certificate.valid_from), certificate)
        case Standing.EXTENDED:
            return Event(EXTENDED, certificate.valid_to + timedelta(days=1), certificate)
        case Standing.EXPIRED:
            return Event(EXPIRED, certificate.last_day + timedelta(days=1), certificate)
        case Standing.REVOKED:
            return Event(REVOKED, certificate.revoked_on or day, certificate)
    return recognition(certificate)


def recognition(certificate: Certificate) -> Event:
    """The event that every certificate begins with."""
    return Event(RECOGNISED, certificate.valid_from, certificate)


# By what the certificates of one standing are in the order of their last events, newest first.
_ORDER: dict[Standing, Any] = {
    Standing.IN_FORCE: F("valid_from"),
    Standing.EXPIRING: F("valid_to"),
    Standing.EXTENDED: F("valid_to"),
    Standing.EXPIRED: Coalesce(F("extended_to"), F("valid_to")),
    Standing.REVOKED: F("revoked_on"),
}


def last_events(found: QuerySet[Certificate], standings: Iterable[Standing], day: date) -> list[Event]:
    """The newest last events of governing certificates, of the standings named. A query for each standing:

    within one the events follow one column, so that the database sorts no more than it must.
    """
    events: list[Event] = []
    for standing in standings:
        rows = found.filter(standing_condition(day, (standing,)))
        newest = _with_facts(rows).order_by(_ORDER[standing].desc(), "-pk")[:ENTRIES]
        events += [last_event(certificate, day) for certificate in newest]
    return _newest(events)


def recognitions(day: date, kind: str) -> list[Event]:
    """The newest recognitions of a kind whose star may be used on the day."""
    found = Certificate.objects.standing(day).filter(kind=kind)
    return [recognition(c) for c in _with_facts(found).order_by("-valid_from", "-pk")[:ENTRIES]]


def _newest(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda e: (e.day, e.certificate.pk), reverse=True)[:ENTRIES]


def _with_facts(found: QuerySet[Certificate]) -> QuerySet[Certificate]:
    told = found.with_product()  # type: ignore[attr-defined]
    return told.select_related(*told.query.select_related, "extension_decision", "revocation_decision")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Feed:
    """One of the register's own feeds: its title, whom it serves, and the list of the catalogue beside it."""

    title: str | Promise
    told: str | Promise
    query: str
    kind: str = ""
    standing: Standing | None = None

    def events(self, day: date) -> list[Event]:
        """What it tells on the day, newest first."""
        if self.standing is None:
            return recognitions(day, self.kind)
        return last_events(Certificate.objects.public(day), (self.standing,), day)


FEEDS: dict[str, Feed] = {
    "moi-cong-nhan": Feed(
        _("Sản phẩm mới được công nhận"),
        _("Sản phẩm được công nhận lần đầu và đang được dùng sao."),
        "sort=-recognised",
        kind=Certificate.Kind.FIRST,
    ),
    "nang-hang": Feed(
        _("Sản phẩm được nâng hạng"),
        _("Sản phẩm đã lên hạng sao cao hơn và đang được dùng sao."),
        "sort=-recognised",
        kind=Certificate.Kind.UPGRADE,
    ),
    "sap-het-han": Feed(
        _("Sản phẩm sắp hết hạn"),
        format_lazy(_("Giấy chứng nhận còn không quá {n} ngày."), n=EXPIRING_DAYS),
        "status=expiring&sort=expires",
        standing=Standing.EXPIRING,
    ),
    "het-han": Feed(
        _("Sản phẩm đã hết hạn"),
        _("Giấy chứng nhận đã hết hiệu lực, chưa ghi nhận kết quả đánh giá lại."),
        "status=expired&sort=-expires",
        standing=Standing.EXPIRED,
    ),
    "thu-hoi": Feed(
        _("Sản phẩm bị thu hồi giấy chứng nhận"),
        _("Giấy chứng nhận đã bị thu hồi, kèm căn cứ."),
        "status=revoked",
        standing=Standing.REVOKED,
    ),
}
"""{end of the address: feed}. The addresses are for ever."""


def addresses() -> list[tuple[str, Feed]]:
    """The register's own feeds with their addresses, as a page lists them."""
    return [(reverse("reports:feed", args=[name]), feed) for name, feed in FEEDS.items()]


def named_feed(request: HttpRequest, name: str, day: date) -> bytes:
    """The document of one of `FEEDS`."""
    feed = FEEDS[name]
    path = reverse("reports:feed", args=[name])
    beside = f"{reverse('products:list')}?{feed.query}"
    return document(request, path, beside, str(feed.title), str(feed.told), feed.events(day), day)


def list_feed(request: HttpRequest, reading: Reading) -> bytes:
    """The document of a list of the catalogue: the last event of each of its products.

    A parameter in fault is told, and the list is empty, as in the page.
    """
    chips = ", ".join(str(chip["label"]) for chip in reading.chips())
    title = f"Sản phẩm OCOP: {chips}" if chips else "Sản phẩm OCOP đang được dùng sao"
    told = " ".join(reading.faults) or "Sự kiện mới nhất của từng sản phẩm trong danh sách."
    standings = STATUSES[reading.filter.chosen.get("status", DEFAULT_STATUS)][1]
    events = [] if reading.faults else last_events(reading.filter.narrowed(), standings, reading.day)
    beside = reading.address(page=None)
    return document(request, reading.feed_address, beside, title, told, events, reading.day)


def document(
    request: HttpRequest, path: str, beside: str, title: str, told: str, events: list[Event], day: date
) -> bytes:
    """The feed at the path as XML. `beside` is the page for people; `day` dates a feed without entries."""
    name = f"{settings.SITE['name']} {settings.SITE['province_name']}"
    here = absolute(request, path)
    feed = _Feed(
        title=f"{_readable(title)} – OCOP {settings.SITE['province_name']}",
        link=absolute(request, beside),
        description=told,
        subtitle=_readable(f"Bản minh họa. {told}" if settings.DEMO else told),
        language="vi",
        author_name=name,
        author_link=absolute(request, reverse("home")),
        feed_url=here,
        feed_guid=here,
        empty_since=moment(day),
    )
    for event in events:
        product = event.certificate.product
        feed.add_item(
            title=_readable(event.title),
            link=absolute(request, product.get_absolute_url()),
            description=escape(_readable(event.text)),  # Django writes it as HTML
            unique_id=event.urn,
            pubdate=moment(event.day),
            updateddate=moment(event.day),
            categories=(event.what, f"{event.certificate.stars} sao", product.group.name),
        )
    return feed.writeString("utf-8").encode()


def moment(day: date) -> datetime:
    """The beginning of the day in Viet Nam, when what is dated by a day comes to be true."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def _readable(text: str) -> str:
    """Without the control characters that XML does not know: a search may hold them, and so may a name."""
    return re.sub(r"[\x00-\x1f\ufffe\uffff]+", " ", text)


class _Feed(Atom1Feed):
    """Django's feed, with a date of its own while it has no entry: else it would be another at each request."""

    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else self.feed["empty_since"]  # type: ignore[no-any-return]
