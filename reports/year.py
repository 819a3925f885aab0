"""One year of the register as the yearly report reads it: each part is one query, made when it is first asked for."""

from functools import cached_property
from typing import Any

from django.db.models import Sum

from producers.models import Campaign, CampaignParticipant, Producer, PromotionParticipant
from products.models import Certificate, ProductMark, SalesChannel
from reports.asking import Asked
from reports.statistics import Statistics
from reports.tables.economy import figures_of
from reports.tables.register import begun_in
from reports.tables.support import campaigns_of, promotions_of
from reports.tables.territory import statistics_of
from reports.tables.traits import markets_of, marks_of


class YearReading:
    """A year of the register for one user: read on its last day, the current one today."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.year, self.day = asked, asked.year, asked.day

    @cached_property
    def statistics(self) -> Statistics:
        return statistics_of(self.asked)

    @property
    def target(self) -> Any:
        """The plan's target where the whole register is read; a part of it has none."""
        return self.statistics.target if self.asked.whole else None

    @cached_property
    def recognised(self) -> dict[str, int]:
        """{kind: certificates that began in the year}."""
        found = self.asked.certificates(Certificate.objects.filter(begun_in(self.asked)))
        kinds = list(found.order_by().values_list("kind", flat=True))
        return {kind: kinds.count(kind) for kind in Certificate.Kind}

    @cached_property
    def revoked(self) -> int:
        found = Certificate.objects.filter(revoked_on__year=self.year, revoked_on__lte=self.day)
        return self.asked.certificates(found).count()

    @cached_property
    def producers_by_form(self) -> dict[str, int]:
        """{legal form: producers of products that stand}."""
        found = Producer.objects.filter(pk__in=self.asked.standing().order_by().values("product__producer"))
        forms = list(found.order_by().values_list("legal_form", flat=True))
        return {form: forms.count(form) for form in Producer.LegalForm}

    @cached_property
    def communes_with_product(self) -> int:
        return sum(unit.pk in self.statistics.by_commune for unit in self.asked.communes)

    @cached_property
    def compared(self) -> tuple[int, int]:
        """(producers with revenue of both years on record, those of them that grew 1.1 times)."""
        told: tuple[int, int] = figures_of(self.asked).compared()
        return told

    @property
    def comparable(self) -> int:
        return self.compared[0]

    @property
    def grown(self) -> int:
        return self.compared[1]

    @cached_property
    def sums(self) -> dict[str, Any]:
        """Sums over the producers' figures of the year; None where nobody told."""
        names = ("revenue", "workers", "women", "members")
        return figures_of(self.asked).aggregate(**{name: Sum(name) for name in names})

    @cached_property
    def marks(self) -> dict[str, int]:
        """{kind: protected names}, each name once."""
        names = set(marks_of(self.asked).order_by().values_list("kind", "name"))
        return {kind: sum(k == kind for k, _ in names) for kind in ProductMark.Kind}

    @cached_property
    def channels(self) -> dict[str, int]:
        """{channel: products sold there}."""
        found = self.asked.of_standing_products(SalesChannel.objects.all())
        pairs = set(found.order_by().values_list("kind", "product"))
        return {kind: sum(k == kind for k, _ in pairs) for kind in SalesChannel.Kind}

    @cached_property
    def markets(self) -> list[str]:
        """The markets, each once, in the order in which they were written down."""
        return list(dict.fromkeys(markets_of(self.asked).order_by("pk").values_list("market", flat=True)))

    @cached_property
    def exported(self) -> int:
        return markets_of(self.asked).order_by().values("product").distinct().count()

    @cached_property
    def campaigns(self) -> dict[str, int]:
        """{kind: campaigns of the year}."""
        kinds = list(campaigns_of(self.asked).order_by().values_list("kind", flat=True))
        return {kind: kinds.count(kind) for kind in Campaign.Kind}

    @cached_property
    def campaign_parts(self) -> dict[str, Any]:
        """Producers' parts in the year's campaigns, and the people that came."""
        found = campaigns_of(self.asked).order_by().values("pk")
        parts = CampaignParticipant.objects.filter(self.asked.own("producer__"), campaign__in=found)
        return {"parts": parts.count(), "people": parts.aggregate(n=Sum("people"))["n"] or 0}

    @cached_property
    def promotion_parts(self) -> dict[str, Any]:
        """Producers' parts in the year's events, what they sold and signed."""
        found = promotions_of(self.asked).order_by().values("pk")
        parts = PromotionParticipant.objects.filter(self.asked.own("producer__"), promotion__in=found)
        sums = parts.aggregate(sales=Sum("sales"), contracts=Sum("contracts"))
        return {"parts": parts.count(), "sales": sums["sales"], "contracts": sums["contracts"] or 0}
