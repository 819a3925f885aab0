"""The demo's notices that certificates end: sent in time, late, owed and one void, on made-up producers alone."""

import random
import uuid
from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings

from ocop_portal import clock
from ocop_portal.history import acting
from ocop_portal.models import User
from products.actions.notices import Letter, Sending, next_serial, record_notices, refusals, void_notice
from products.models import Certificate, Notice
from products.models.notices import NOTICE_DAYS
from products.standing import EXPIRING_DAYS

SYMBOL = "MH-UBND"
IN_TIME, LATE = 0.68, 0.82
"""Below the first a product was told of in time, below the second late; the rest not at all."""
DAY_OF_SENDING = 10


def load_notices(by: User, say: Callable[[str], object]) -> None:
    """Bring the notices of the last year on record, once."""
    if Notice.objects.exists():
        return
    say("Thông báo hết hạn …")
    rng, today = random.Random("thông báo"), clock.today()
    sendings: dict[date, list[Certificate]] = {}
    ending = Certificate.objects.filter(
        product__made_up=True,
        valid_to__range=(today - timedelta(days=365), today + timedelta(days=EXPIRING_DAYS)),
    )
    for certificate in ending.with_product().order_by("valid_to", "number"):
        if (day := _sent_on(rng, certificate.valid_to)) and day <= today:
            sendings.setdefault(day, []).append(certificate)
    with acting("load_demo", by=by):
        for day in sorted(sendings):
            _send(rng, day, sendings[day], by)
        if wrong := Notice.objects.order_by("sent_on", "pk").last():
            void_notice(notice=wrong, reason="Ghi nhầm ngày gửi (minh họa).", by=by)


def _sent_on(rng: random.Random, end: date) -> date | None:
    """The day on which an end is told of: a monthly sending in good time, a belated letter, or never."""
    fate, lead = rng.random(), rng.randrange(62, 150)
    if fate < IN_TIME:
        day = (end - timedelta(days=lead)).replace(day=DAY_OF_SENDING)
        return day if (end - day).days >= NOTICE_DAYS else None
    return end - timedelta(days=rng.randrange(4, NOTICE_DAYS - 2)) if fate < LATE else None


def _send(rng: random.Random, day: date, certificates: list[Certificate], by: User) -> None:
    """The letters of one day, one to each producer."""
    refused = refusals(certificates, day)
    told: dict[int, list[Certificate]] = {}
    for certificate in certificates:
        if certificate.pk not in refused:
            told.setdefault(certificate.product.producer_id, []).append(certificate)
    if not told:
        return
    letters = [
        Letter(
            producer=own[0].product.producer,
            certificates=own,
            recipient=own[0].product.producer.name,
            address=own[0].product.producer.address,
            channel=rng.choices(("post", "hand", "network", "message"), (5, 3, 1, 1))[0],
        )
        for own in told.values()
    ]
    with clock.on(day):
        record_notices(
            sending=Sending(
                issuer=settings.SITE["committee_name"],
                symbol=SYMBOL,
                first_serial=next_serial(None, day.year, SYMBOL),
                dated_on=day,
                sent_on=day,
                capacity="TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH",
                batch=uuid.UUID(int=rng.getrandbits(128), version=4),
            ),
            letters=letters,
            by=by,
        )
