"""Writing the demo register: in bulk, through the same constraints and triggers as everything else."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from django.db import models, transaction

from ocop_portal.clock import today
from ocop_portal.demo import describe
from ocop_portal.demo.english import english_texts
from ocop_portal.demo.facts import Fact, recognitions
from ocop_portal.demo.plan import BEFORE_MERGER, MERGED, Award, Item, Maker, Plan
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit, User
from producers.models import Producer
from products.actions.certificates import extend_certificate, record_decision, revoke_certificate
from products.models import Certificate, Decision, Product, ProductAlias, ProductGroup
from products.models.certificate import PUBLIC_ID_LETTERS
from reports.models import PlanTarget

M = TypeVar("M", bound=models.Model)
Say = Callable[[str], object]
CHUNK = 1_000


class Loader:
    """One loading of the register, by the demo account of the provincial agency."""

    def __init__(self, by: User, say: Say) -> None:
        self.by, self.say = by, say
        self.rng = random.Random(f"ghi {Certificate.objects.count()}")
        self.groups = {g.code: g for g in ProductGroup.objects.all()}
        units = AdministrativeUnit.objects.in_territory()
        # Codes are reused, so the two lists are kept apart.
        self.old = {u.code: u for u in units if u.stands_on(BEFORE_MERGER)}
        self.new = {u.code: u for u in units if u.stands_on(max(today(), MERGED))}
        commune = AdministrativeUnit.Level.COMMUNE
        self.facts = recognitions()
        self.plan = Plan(
            today(),
            self.facts,
            [u.code for u in self.old.values() if u.level == commune],
            [u.code for u in self.new.values() if u.level == commune],
        )
        self.serials: dict[str, int] = defaultdict(int)
        self.decisions: dict[tuple[Any, ...], Decision] = {}
        self.numbers = 0

    def load(self) -> None:
        """The whole base register, or nothing."""
        with transaction.atomic(), acting("load_demo", by=self.by):
            PlanTarget.objects.create(
                name="Kế hoạch 2021–2025", from_year=2021, to_year=2025, products=200, stars_5=2
            )
            self.say("Sản phẩm có nguồn công khai …")
            self._write_facts()
            self.say("Sản phẩm minh họa …")
            self._write_items(self.plan.items)
            self.say("Gia hạn và thu hồi …")
            self._write_fates(self.plan.items)

    def fill(self, count: int) -> None:
        """Made-up products on top, a thousand at a time; each thousand whole or not at all."""
        known = set(Producer.objects.values_list("name", flat=True))
        items, done = iter(self.plan.fill(count, known)), 0
        self.numbers = Certificate.objects.count()
        self._go_on_with_serials()
        while batch := list(islice(items, CHUNK)):
            with transaction.atomic(), acting("load_demo", by=self.by):
                self._write_items(batch)
            done += len(batch)
            self.say(f"{done}/{count} sản phẩm thêm")

    def _go_on_with_serials(self) -> None:
        for code in Product.objects.values_list("code", flat=True):
            unit, serial = code.rsplit("-", 1)[0].rsplit("-", 1)
            self.serials[unit] = max(self.serials[unit], int(serial))

    def _code(self, unit: AdministrativeUnit, year: int) -> str:
        """(province)-(unit)-(serial)-(year) as the rules form it."""
        prefix = f"{'06' if unit.valid_to else '19'}-{unit.code}"
        self.serials[prefix] += 1
        return f"{prefix}-{self.serials[prefix]:03d}-{year}"

    def _public_id(self) -> str:
        return "".join(self.rng.choices(PUBLIC_ID_LETTERS, k=12))

    # --- sourced facts ---------------------------------------------------------------------------

    def _write_facts(self) -> None:
        makers: dict[str, Producer] = {}
        products: dict[tuple[str, str], Product] = {}
        for fact in self.facts:
            unit = self.old[fact.unit]
            if fact.producer not in makers:
                makers[fact.producer] = Producer.objects.create(
                    name=fact.producer, legal_form=fact.legal_form, place=unit
                )
            key = (fact.name, fact.producer)
            kind = Certificate.Kind.REASSESSMENT
            if key not in products:
                kind = Certificate.Kind.FIRST
                products[key] = Product.objects.create(
                    code=self._code(unit, fact.year),
                    name=fact.name,
                    producer=makers[fact.producer],
                    group=self.groups[fact.group],
                    place=unit,
                    listed_only_while_standing=True,
                )
            elif products[key].certificates.latest("valid_from").stars < fact.stars:
                kind = Certificate.Kind.UPGRADE
            self._write_fact(products[key], fact, kind)

    def _write_fact(self, product: Product, fact: Fact, kind: str) -> None:
        key = (fact.day, fact.level, fact.note)
        if key not in self.decisions:
            self.decisions[key] = Decision.objects.create(
                signed_on=fact.day,
                issuer="cơ quan có thẩm quyền (nguồn không ghi)",
                issuer_level=fact.level,
                note=fact.note,
            )
        Certificate.objects.create(
            product=product,
            decision=self.decisions[key],
            kind=kind,
            stars=fact.stars,
            valid_from=fact.day,
            valid_to=fact.last_day,
            public_id=self._public_id(),
        )

    # --- made-up part ----------------------------------------------------------------------------

    def _write_items(self, items: list[Item]) -> None:
        makers = self._write_makers(items)
        products = [self._product(item, makers[item.maker.name]) for item in items]
        Product.objects.bulk_create(products, CHUNK)
        for part in describe.parts(list(zip(items, products, strict=True))):
            type(part[0]).objects.bulk_create(part, CHUNK)
        aliases = [
            ProductAlias(
                product=p, code=f"BK-{p.code.rsplit('-', 1)[1]}-{p.pk:04d}", note="mã trước khi đổi cách ghi"
            )
            for n, (i, p) in enumerate(zip(items, products, strict=True))
            if i.reported and n % 9 == 0
        ]
        ProductAlias.objects.bulk_create(aliases)
        # Predecessors first: each certificate tells the one before it that it is succeeded.
        for turn in range(max(len(i.awards) for i in items)):
            rows = [
                self._certificate(item, product, item.awards[turn])
                for item, product in zip(items, products, strict=True)
                if turn < len(item.awards)
            ]
            Certificate.objects.bulk_create(rows, CHUNK)

    def _write_makers(self, items: Iterable[Item]) -> dict[str, Producer]:
        wanted = {item.maker.name: item.maker for item in items}
        known = {p.name: p for p in Producer.objects.filter(name__in=wanted)}
        missing = [self._producer(maker) for name, maker in wanted.items() if name not in known]
        return known | {p.name: p for p in Producer.objects.bulk_create(missing, CHUNK)}

    def _place(self, maker: Maker) -> AdministrativeUnit:
        return (self.new if maker.new else self.old)[maker.commune]

    def _producer(self, maker: Maker) -> Producer:
        contact = describe.contact(maker)
        return Producer(
            name=maker.name, legal_form=maker.form, place=self._place(maker), made_up=True, **contact
        )

    def _product(self, item: Item, producer: Producer) -> Product:
        place = self._place(item.maker)
        return Product(
            code=self._code(place, item.awards[0].start.year),
            name=item.name,
            producer=producer,
            group=self.groups[item.group],
            place=place,
            made_up=True,
            **describe.texts(item, place.short_name),
            **english_texts(item, place.short_name),
        )

    def _certificate(self, item: Item, product: Product, award: Award) -> Certificate:
        self.numbers += 1
        total = {3: 5000, 4: 7000, 5: 9000}[award.stars] + self.rng.randrange(
            100, 1000 if award.stars == 5 else 1950
        )
        return Certificate(
            product=product,
            decision=self._decision(award, self._place(item.maker)),
            number=f"MH-{self.numbers:05d}/GCN-OCOP",
            public_id=self._public_id(),
            kind=award.kind,
            stars=award.stars,
            total=Decimal(total) / 100,
            valid_from=award.start,
            valid_to=award.last,
        )

    def _decision(self, award: Award, place: AdministrativeUnit) -> Decision:
        """The decision of that day by the body that the rules of the day name, made at its first use."""
        signed = award.signed or award.start
        level, issuer = self._issuer(award.stars, signed, place)
        key = (signed, issuer)
        if key not in self.decisions:
            self.decisions[key] = Decision.objects.create(
                number=f"MH-{Decision.objects.count() + 1}/QĐ-{'BNNMT' if level == 'centre' else 'UBND'}",
                signed_on=signed,
                issuer=issuer,
                issuer_level=level,
                ruleset=ruleset(signed),
                note="Quyết định minh họa.",
            )
        return self.decisions[key]

    @staticmethod
    def _issuer(stars: int, day: date, place: AdministrativeUnit) -> tuple[str, str]:
        if stars == 5:
            return Decision.Level.CENTRE, "Bộ Nông nghiệp và Môi trường"
        if stars == 3 and date(2023, 2, 24) <= day < MERGED and place.district:
            return Decision.Level.DISTRICT, f"UBND {place.district.name[:1].lower()}{place.district.name[1:]}"
        return Decision.Level.PROVINCE, Loader._province(day)

    def _write_fates(self, items: list[Item]) -> None:
        for item in items:
            award = item.awards[-1]
            if not (award.extended_to or award.revoked_on):
                continue
            certificate = Certificate.objects.get(
                product__name=item.name, product__producer__name=item.maker.name, valid_from=award.start
            )
            if award.extended_to:
                self._extend(certificate, award)
            else:
                self._revoke(certificate, award, item.group)

    def _extend(self, certificate: Certificate, award: Award) -> None:
        """By a decision signed in the last days of the printed term."""
        signed = award.last - timedelta(days=9)
        decision = record_decision(
            number=f"MH-GH-{certificate.pk:05d}/QĐ-UBND",
            signed_on=signed,
            kind=Decision.Kind.EXTENSION,
            issuer=self._province(signed),
            issuer_level=Decision.Level.PROVINCE,
            note="Quyết định minh họa.",
            by=self.by,
        )
        extend_certificate(
            certificate=certificate,
            decision=decision,
            until=award.extended_to,  # type: ignore[arg-type]
            reason="Hồ sơ đánh giá lại đã nộp, đang chờ kết quả của Hội đồng",
            by=self.by,
        )

    @staticmethod
    def _province(day: date) -> str:
        return f"UBND tỉnh {'Thái Nguyên' if day >= MERGED else 'Bắc Kạn'}"

    def _revoke(self, certificate: Certificate, award: Award, group: str) -> None:
        signed = award.revoked_on - timedelta(days=2)  # type: ignore[operator]
        decision = record_decision(
            number=f"MH-TH-{self.rng.randrange(10**6):06d}/QĐ-UBND",
            signed_on=signed,
            kind=Decision.Kind.REVOCATION,
            issuer=self._province(signed),
            issuer_level=Decision.Level.PROVINCE,
            note="Quyết định minh họa.",
            by=self.by,
        )
        revoke_certificate(
            certificate=certificate,
            decision=decision,
            ground=award.ground,
            reason=describe.reason(award.ground, group),
            revoked_on=award.revoked_on,  # type: ignore[arg-type]
            by=self.by,
        )


def ruleset(day: date) -> str:
    """The decision of the Prime Minister in force on the day."""
    for since, value in (
        (date(2026, 5, 22), Decision.Ruleset.R26),
        (date(2025, 7, 6), Decision.Ruleset.R1489),
        (date(2023, 2, 24), Decision.Ruleset.R148),
        (date(2019, 8, 21), Decision.Ruleset.R1048),
    ):
        if day >= since:
            return value
    return Decision.Ruleset.LOCAL


__all__ = ["Loader", "ruleset"]
