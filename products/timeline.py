"""What happened to a product's star, newest first, as known on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from ocop_portal.languages import day_text, in_english, quoted, told
from products.models import Certificate, Decision


@dataclass(frozen=True)
class Event:
    """One line of the timeline, as the component of that name reads it."""

    on: date
    title: str
    text: str = ""
    url: str = ""
    tone: str = ""
    current: bool = False

    @property
    def date(self) -> str:
        return day_text(self.on)


def timeline(certificates: Iterable[Certificate], day: date) -> list[Event]:
    """Recognitions, extensions, lapses and revocations decided by the day. Needs `decision` and its kin loaded."""
    known = [c for c in certificates if c.decision.signed_on <= day or c.valid_from <= day]
    return sorted(
        (event for certificate in known for event in _events(certificate, day)),
        key=lambda e: e.on,
        reverse=True,
    )


def _events(certificate: Certificate, day: date) -> Iterator[Event]:
    yield _recognised(certificate, day)
    extension = certificate.extension_decision
    if certificate.extended_to and (extension.signed_on if extension else certificate.valid_to) <= day:
        yield Event(
            certificate.valid_to,
            gettext("Gia hạn đến hết ngày {day}").format(day=day_text(certificate.extended_to)),
            _said(f"{certificate.extension_reason}.", extension),
            tone="warn",
        )
    revocation = certificate.revocation_decision
    if certificate.revoked_on and revocation and certificate.revoked_on <= day:
        yield Event(
            certificate.revoked_on,
            gettext("Thu hồi: {ground}").format(ground=certificate.get_revocation_ground_display()),
            _said(certificate.revocation_reason, revocation),
            tone="bad",
        )
        return
    lapse = certificate.last_day + timedelta(days=1)
    if lapse <= day and (certificate.superseded_on is None or certificate.superseded_on > lapse):
        yield Event(
            lapse,
            gettext("Hết hiệu lực"),
            gettext("Không có kết quả đánh giá lại vào ngày này."),
            tone="bad",
        )


def _said(reason: str, decision: Decision | None) -> str:
    """A reason on record and the decision that gave it."""
    return told("{} {}.", quoted(reason), decision.title) if decision else quoted(reason)


def _followed(text: str, remark: str) -> str:
    """The text, and what an official remarked on it."""
    return told("{} {}", text, quoted(remark)) if remark else text


def _points(total: Decimal | None) -> str:
    """A total without needless noughts: `72,5`."""
    points = f"{total:n}" if total is not None else ""
    return points if in_english() else points.replace(".", ",")


def _recognised(certificate: Certificate, day: date) -> Event:
    number = (
        gettext("Giấy chứng nhận số {number}").format(number=certificate.number)
        if certificate.number
        else gettext("Không ghi số giấy chứng nhận")
    )
    valid = gettext("{certificate}, có giá trị đến hết ngày {day}.")
    if certificate.total is not None:
        valid = gettext("{certificate}, có giá trị đến hết ngày {day}, tổng điểm {total}.")
    governs = certificate.valid_from <= day and not (
        certificate.superseded_on and certificate.superseded_on <= day
    )
    notes = [
        valid.format(
            certificate=number, day=day_text(certificate.valid_to), total=_points(certificate.total)
        ),
        f"{certificate.decision.title}.",
    ]
    remarks = [
        certificate.decision.note,
        certificate.note if certificate.note != certificate.decision.note else "",
    ]
    stars = ngettext("{kind}: {n} sao", "{kind}: {n} sao", certificate.stars)
    return Event(
        certificate.valid_from,
        stars.format(kind=certificate.get_kind_display().capitalize(), n=certificate.stars),
        _followed(" ".join(notes), " ".join(filter(None, remarks))),
        url=certificate.get_absolute_url(),
        tone="good" if governs else "muted",
        current=governs,
    )
