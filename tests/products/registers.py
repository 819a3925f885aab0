"""A register of all standings, places, sets and stars, random but the same for a seed."""

import random
from datetime import date, timedelta

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate, Decision, ProductGroup
from products.standing import proposed_end
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory

TODAY = date(2026, 8, 15)
WORDS = (
    "Miến",
    "dong",
    "Trà",
    "hoa vàng",
    "Gạo",
    "nếp",
    "Mật",
    "ong",
    "Đậu",
    "Rượu",
    "men lá",
    "Thịt",
    "lợn",
)


def random_register(seed: int, products: int) -> list[Certificate]:
    """`products` products with one to three certificates each; some revoked, extended, replaced or to come."""
    rng = random.Random(seed)
    communes = list(AdministrativeUnit.objects.in_territory().communes())
    districts = list(AdministrativeUnit.objects.in_territory().districts())
    groups = list(ProductGroup.objects.all())
    producers = [
        ProducerFactory(name=f"HTX Số {n}", place=rng.choice(communes)) for n in range(products // 3)
    ]
    revocation = DecisionFactory(kind=Decision.Kind.REVOCATION, signed_on=date(2019, 1, 1))
    made = []
    for n in range(products):
        product = ProductFactory(
            name=f"{' '.join(rng.sample(WORDS, 2))} {n}",
            code=f"06-{n:05d}-2020",
            producer=rng.choice(producers),
            group=rng.choice(groups),
            place=rng.choice(communes if rng.random() < 0.9 else districts),
            listed_only_while_standing=rng.random() < 0.1,
        )
        start = TODAY - timedelta(days=rng.randrange(-40, 2200))
        for index in range(rng.choice((1, 1, 2, 3))):
            made.append(_certificate(rng, product, start, index, revocation))
            start = proposed_end(start) + timedelta(days=rng.choice((-100, -30, 1, 200)))
    return made


def _certificate(rng, product, start, index, revocation):  # type: ignore[no-untyped-def]
    end = proposed_end(start)
    certificate = CertificateFactory(
        product=product,
        decision=DecisionFactory(signed_on=start),
        stars=rng.choice((3, 3, 3, 4, 5)),
        kind="first" if index == 0 else rng.choice(("upgrade", "reassessment")),
        valid_from=start,
        valid_to=end,
    )
    fate = rng.random()
    facts = Certificate.objects.filter(pk=certificate.pk)
    if fate < 0.15:
        facts.update(
            extended_to=end + timedelta(days=rng.choice((60, 180))), extension_reason="Đang đánh giá lại"
        )
    elif fate < 0.3:
        facts.update(
            revoked_on=start + timedelta(days=rng.randrange(1, 1000)),
            revocation_ground="misuse",
            revocation_reason="In sai hạng sao",
            revocation_decision=revocation,
        )
    return certificate
