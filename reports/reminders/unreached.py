"""What did not reach its reader: producers without any address, mails in doubt. For officials who phone or write."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from ocop_portal.models import User
from ocop_portal.permissions import Role
from producers.models import Producer
from products.models import Certificate
from reports.reminders import planning
from reports.reminders.queueing import watched


@dataclass(frozen=True)
class Unreached:
    """A producer whom no reminder reaches, with its certificates that are about to end."""

    producer: Producer
    certificates: list[Certificate]


def producers_unreached(user: Any, day: date) -> list[Unreached]:
    """Of the producers in the user's scope, those with no account and no e-mail address of whose certificates a

    reminder stands on the day, the soonest end first. Two queries.
    """
    accounts = User.objects.filter(producers=OuterRef("pk"), is_active=True, role=Role.PRODUCER)
    mine = Producer.objects.visible_to(user).filter(email="").order_by().values("pk")
    silent = Producer.objects.filter(pk__in=mine).exclude(Exists(accounts)).values("pk")
    certificates = watched(day).filter(product__producer__in=silent).with_product()
    found: dict[int, Unreached] = {}
    for certificate, _ in planning.due(certificates, day):
        producer = certificate.product.producer
        found.setdefault(producer.pk, Unreached(producer, [])).certificates.append(certificate)
    return list(found.values())
