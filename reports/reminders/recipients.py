"""Whom a certificate's reminder goes to: its producer, the officials of its commune, the provincial agency."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from ocop_portal.clock import today
from ocop_portal.models import User
from ocop_portal.permissions import Role
from ocop_portal.territory import Territory
from producers.models import Producer
from products.models import Certificate
from reports.models import Reminder

Audience = Reminder.Audience


@dataclass(frozen=True)
class Recipient:
    """An account, or a producer's e-mail address; how the letter greets it and where mail goes ("": nowhere)."""

    audience: str
    user: int | None
    producer: int | None
    name: str
    address: str

    @property
    def key(self) -> str:
        """The recipient within Message-IDs: the same for ever."""
        return f"u{self.user}" if self.user else f"p{self.producer}"


class Directory:
    """The recipients of some certificates' reminders. Four queries at most, however many certificates.

    Without `mail` only accounts are recipients, and no mail is owed to them.
    """

    def __init__(self, certificates: Iterable[Certificate], *, mail: bool = True) -> None:
        self.producers = {c.product.producer_id: c.product.producer for c in certificates}
        self.mail = mail

    def of(self, certificate: Certificate, audience: str) -> list[Recipient]:
        """Its recipients of one kind; empty where there is nobody."""
        if audience == Audience.PRODUCER:
            return self.of_producer(certificate.product.producer)
        if audience == Audience.PROVINCE:
            return self._province
        places = {certificate.product.place_id, certificate.product.producer.place_id}
        return [recipient for within, recipient in self._communes if places & within]

    def of_producer(self, producer: Producer) -> list[Recipient]:
        """Its accounts, and its own e-mail address unless an account has the same."""
        accounts = self._accounts.get(producer.pk, [])
        found = list(accounts)
        own = producer.email.strip()
        if self.mail and own and own.casefold() not in {r.address.casefold() for r in accounts}:
            found.append(Recipient(Audience.PRODUCER, None, producer.pk, producer.name, own))
        return found

    def _account(self, user: User, audience: str, name: str) -> Recipient:
        return Recipient(audience, user.pk, None, name, user.email.strip() if self.mail else "")

    @cached_property
    def _officials(self) -> list[User]:
        roles = (Role.PROVINCE, Role.COMMUNE)
        return list(User.objects.filter(is_active=True, role__in=roles).select_related("unit").order_by("pk"))

    @cached_property
    def _province(self) -> list[Recipient]:
        name = "cán bộ cơ quan OCOP cấp tỉnh"
        return [self._account(u, Audience.PROVINCE, name) for u in self._officials if u.role == Role.PROVINCE]

    @cached_property
    def _communes(self) -> list[tuple[set[int], Recipient]]:
        """(places in the official's scope, the official)."""
        found = []
        territory = Territory(today())
        for user in self._officials:
            if user.role == Role.COMMUNE and user.unit:
                name = f"cán bộ phụ trách OCOP, {user.unit.name}"
                within = territory.places_in(user.unit) | {user.unit.pk}
                found.append((within, self._account(user, Audience.COMMUNE, name)))
        return found

    @cached_property
    def _accounts(self) -> dict[int, list[Recipient]]:
        """{producer: its active accounts}. An account of several producers is greeted by all their names."""
        rows = (
            User.producers.through.objects.filter(
                producer__in=self.producers, user__is_active=True, user__role=Role.PRODUCER
            )
            .select_related("user")
            .order_by("user", "producer")
        )
        users: dict[int, User] = {row.user_id: row.user for row in rows}
        own: dict[int, list[int]] = {}
        for row in rows:
            own.setdefault(row.user_id, []).append(row.producer_id)
        found: dict[int, list[Recipient]] = {}
        for key, producers in own.items():
            name = ", ".join(self.producers[p].name for p in producers)
            for producer in producers:
                found.setdefault(producer, []).append(self._account(users[key], Audience.PRODUCER, name))
        return found
