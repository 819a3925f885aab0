"""What is owed on a day, written as letters and queued: in one transaction, so that a crash leaves all or nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from ocop_portal.history import acting
from ocop_portal.links import public_address
from producers.models import Producer
from products.catalogue import place_text
from products.models import Certificate
from ratings.models import Dossier
from reports.models import Message, Reminder
from reports.reminders import planning, wording
from reports.reminders.recipients import Audience, Directory, Recipient

DATES = ("valid_from", "valid_to", "extended_to", "revoked_on", "superseded_on")
DEMO_NOTE = "Bản minh họa: dữ liệu tạo ra để trình diễn."


@dataclass
class Plan:
    """What one run queues: a letter for each recipient with the reminders in it, and whom it could not reach."""

    day: date
    letters: list[tuple[Message, list[Reminder]]] = field(default_factory=list)
    unreached: list[Producer] = field(default_factory=list)
    """Producers without an account and an e-mail address, of whose certificates a reminder stands."""

    @property
    def certificates(self) -> int:
        return len({(r.certificate_id, r.ends_on) for _, reminders in self.letters for r in reminders})

    @property
    def reminders(self) -> int:
        return sum(len(reminders) for _, reminders in self.letters)


def watched(day: date) -> Any:
    """The certificates whose reminder may stand on the day; `planning.due` has the last word.

    Products known from a source alone are left out: their days are approximate, and nobody recorded what followed.
    """
    first, last = planning.span(day)
    return Certificate.objects.filter(
        Q(extended_to=None, valid_to__range=(first, last)) | Q(extended_to__range=(first, last)),
        superseded_on=None,
        revoked_on=None,
        valid_from__lte=day,
        product__listed_only_while_standing=False,
    )


def _owed(day: date) -> list[tuple[int, int, str]]:
    """(certificate, threshold, audience) of what stands on the day and is not queued yet, the soonest end first.

    A re-issue carries on the series of the certificate that it replaces: it is told by product and end, not by paper.
    Two narrow queries, since on most days nothing is owed.
    """
    found = planning.due(watched(day).only("pk", "product", *DATES), day)
    queued = set(
        Reminder.objects.filter(certificate__product__in=[c.product_id for c, _ in found])
        .order_by()
        .values_list("certificate__product_id", "ends_on", "threshold", "audience")
    )
    return [
        (c.pk, n, audience)
        for c, n in found
        for audience in Audience.values
        if (c.product_id, c.last_day, n, audience) not in queued
    ]


def plan(day: date, *, mail: bool = True) -> Plan:
    """What is owed on the day and not queued yet, as letters. Writes nothing."""
    owed = _owed(day)
    if not owed:
        return Plan(day)
    certificates = Certificate.objects.with_product().in_bulk({pk for pk, _, _ in owed})
    directory = Directory(certificates.values(), mail=mail)
    by_recipient: dict[Recipient, list[tuple[Certificate, int]]] = defaultdict(list)
    unreached: dict[int, Producer] = {}
    for pk, threshold, audience in owed:
        certificate = certificates[pk]
        recipients = directory.of(certificate, audience)
        for recipient in recipients:
            by_recipient[recipient].append((certificate, threshold))
        if audience == Audience.PRODUCER and not recipients:
            unreached[certificate.product.producer_id] = certificate.product.producer
    renewals = _renewals(c.product_id for c in certificates.values())
    letters = [_written(recipient, rows, renewals, day) for recipient, rows in by_recipient.items()]
    _mail_once([message for message, _ in letters])
    return Plan(day, letters, sorted(unreached.values(), key=lambda p: (p.name, p.pk)))


def _mail_once(messages: list[Message]) -> None:
    """Two accounts behind one address read the same letter once."""
    mailed = set()
    for message in messages:
        if not message.mail_to:
            continue
        letter = (message.mail_to.casefold(), message.text)
        if letter in mailed:
            message.mail, message.mail_to = Message.Mail.NONE, ""
        mailed.add(letter)


def queue(day: date, *, mail: bool = True, by: Any = None) -> Plan:
    """Queue what is owed on the day, each reminder once for ever: all of it in one transaction, or nothing.

    `mail=False`: for accounts' inboxes alone.
    """
    planned = plan(day, mail=mail)
    if planned.letters:
        with transaction.atomic(), acting("send_reminders", by=by):
            Message.objects.bulk_create([message for message, _ in planned.letters])
            for message, reminders in planned.letters:
                for reminder in reminders:
                    reminder.message = message
            Reminder.objects.bulk_create([r for _, reminders in planned.letters for r in reminders])
    return planned


def _renewals(products: Iterable[int]) -> dict[int, tuple[int, wording.Renewal]]:
    """{product: (key of its open dossier, the dossier in words)}."""
    found = Dossier.objects.open().filter(product__in=set(products))  # type: ignore[attr-defined]
    return {
        d.product_id: (d.pk, wording.Renewal(d.get_kind_display(), d.state, d.get_state_display()))
        for d in found
    }


def _written(
    recipient: Recipient, rows: list[tuple[Certificate, int]], renewals: dict[int, Any], day: date
) -> tuple[Message, list[Reminder]]:
    """One letter and its reminders, unsaved."""
    items = [
        _item(certificate, recipient, renewals.get(certificate.product_id), day) for certificate, _ in rows
    ]
    office = wording.Office(*(settings.SITE[f"office_{part}"] for part in ("name", "phone", "address")))
    text = wording.letter(
        items,
        day,
        name=recipient.name,
        audience=recipient.audience,
        office=office,
        desk=public_address() + _list_path(recipient.audience) if recipient.user else "",
        note=DEMO_NOTE if settings.DEMO else "",
    )
    message = Message(
        user_id=recipient.user,
        producer_id=recipient.producer,
        day=day,
        subject=wording.subject(items, day),
        text=text,
        mail=Message.Mail.WAITING if recipient.address else Message.Mail.NONE,
        mail_to=recipient.address,
        message_id=_message_id(recipient, rows),
    )
    reminders = [
        Reminder(
            certificate=certificate,
            ends_on=certificate.last_day,
            threshold=threshold,
            audience=recipient.audience,
            user_id=recipient.user,
            producer_id=recipient.producer,
        )
        for certificate, threshold in rows
    ]
    return message, reminders


def _item(certificate: Certificate, recipient: Recipient, renewal: Any, day: date) -> wording.Item:
    product = certificate.product
    return wording.Item(
        product=product.name,
        producer=product.producer.name,
        place=place_text(product.place, day),
        stars=certificate.stars,
        certificate=str(certificate),
        valid_to=certificate.valid_to,
        ends_on=certificate.last_day,
        url=public_address() + _product_path(certificate, recipient, renewal),
        renewal=renewal[1] if renewal else None,
    )


def _product_path(certificate: Certificate, recipient: Recipient, renewal: Any) -> str:
    """Where the recipient goes on: the open dossier, a new one, the product; the public page without an account."""
    product = certificate.product
    if not recipient.user:
        return product.get_absolute_url()
    if renewal:
        return reverse("desk:dossier", args=[renewal[0]])
    if recipient.audience == Audience.PRODUCER:
        query = urlencode({"producer": product.producer_id, "product": product.pk})
        return f"{reverse('desk:dossier-start')}?{query}"
    return reverse("desk:product", args=[product.pk])


def _list_path(audience: str) -> str:
    """Where the recipient finds everything that is about to end."""
    if audience == Audience.PRODUCER:
        return reverse("desk:dossiers")
    try:
        return reverse("desk:lapses")
    except NoReverseMatch:
        return reverse("desk:products") + "?status=expiring"


def _message_id(recipient: Recipient, rows: list[tuple[Certificate, int]]) -> str:
    """The same for the same reminders to the same recipient, even after the database was restored from a backup."""
    told = sorted(f"{c.public_id}:{c.last_day}:{n}" for c, n in rows)
    digest = hashlib.sha256("|".join([recipient.key, *told]).encode()).hexdigest()
    return f"<nhac-han.{digest[:32]}@{urlsplit(public_address()).hostname}>"
