"""What happened to a product's star, newest first, as known on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from products.models import Certificate


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
        return f"{self.on:%d/%m/%Y}"


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
            f"Gia hạn đến hết ngày {certificate.extended_to:%d/%m/%Y}",
            f"{certificate.extension_reason}." + (f" {extension.title}." if extension else ""),
            tone="warn",
        )
    revocation = certificate.revocation_decision
    if certificate.revoked_on and revocation and certificate.revoked_on <= day:
        yield Event(
            certificate.revoked_on,
            f"Thu hồi: {certificate.get_revocation_ground_display()}",
            f"{certificate.revocation_reason} {revocation.title}.",
            tone="bad",
        )
        return
    lapse = certificate.last_day + timedelta(days=1)
    if lapse <= day and (certificate.superseded_on is None or certificate.superseded_on > lapse):
        yield Event(lapse, "Hết hiệu lực", "Không có kết quả đánh giá lại vào ngày này.", tone="bad")


def _recognised(certificate: Certificate, day: date) -> Event:
    number = (
        f"Giấy chứng nhận số {certificate.number}" if certificate.number else "Không ghi số giấy chứng nhận"
    )
    total = f", tổng điểm {certificate.total:n}".replace(".", ",") if certificate.total is not None else ""
    governs = certificate.valid_from <= day and not (
        certificate.superseded_on and certificate.superseded_on <= day
    )
    notes = [
        f"{number}, có giá trị đến hết ngày {certificate.valid_to:%d/%m/%Y}{total}.",
        f"{certificate.decision.title}.",
        certificate.decision.note,
        certificate.note if certificate.note != certificate.decision.note else "",
    ]
    return Event(
        certificate.valid_from,
        f"{certificate.get_kind_display().capitalize()}: {certificate.stars} sao",
        " ".join(filter(None, notes)),
        url=certificate.get_absolute_url(),
        tone="good" if governs else "muted",
        current=governs,
    )
