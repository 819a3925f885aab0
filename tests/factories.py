"""Factories with traits. What a test does not say is ordinary: a cooperative of Côn Minh with a 3-star product."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.permissions import Role
from producers.models import Producer
from products.models import Certificate, Decision, Product, ProductGroup
from products.standing import proposed_end

CON_MINH, VAN_LANG, BANG_PHUC = "02173", "02140", "02041"


def unit(code: str, day: date = date(2024, 1, 1)) -> AdministrativeUnit:
    """The unit that bore the code on the day (by default before 1/7/2025)."""
    found = AdministrativeUnit.objects.bearing(code, day)
    assert found is not None, f"no unit {code}"
    return found


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        admin = factory.Trait(role=Role.ADMIN)
        province = factory.Trait(role=Role.PROVINCE)
        commune = factory.Trait(role=Role.COMMUNE, unit=factory.LazyFunction(lambda: unit(CON_MINH)))
        signatory = factory.Trait(role=Role.SIGNATORY)
        council = factory.Trait(role=Role.COUNCIL)

    username = factory.Sequence(lambda n: f"user{n}")
    role = Role.PRODUCER
    password = factory.django.Password("mật khẩu thử nghiệm 1")


class ProducerFactory(DjangoModelFactory):
    class Meta:
        model = Producer

    class Params:
        household = factory.Trait(legal_form=Producer.LegalForm.HOUSEHOLD)

    name = factory.Sequence(lambda n: f"HTX Thử nghiệm {n}")
    legal_form = Producer.LegalForm.COOPERATIVE
    place = factory.LazyFunction(lambda: unit(CON_MINH))


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"06-02173-{n:04d}-2021")
    name = factory.Sequence(lambda n: f"Miến dong thử nghiệm {n}")
    producer = factory.SubFactory(ProducerFactory)
    group = factory.LazyFunction(lambda: ProductGroup.objects.get(code="06"))
    place = factory.SelfAttribute("producer.place")


class DecisionFactory(DjangoModelFactory):
    class Meta:
        model = Decision

    class Params:
        revocation = factory.Trait(kind=Decision.Kind.REVOCATION)

    number = factory.Sequence(lambda n: f"{n + 1}/QĐ-UBND")
    signed_on = date(2025, 1, 15)
    issuer = "UBND tỉnh Bắc Kạn"
    issuer_level = Decision.Level.PROVINCE
    ruleset = Decision.Ruleset.R148


class CertificateFactory(DjangoModelFactory):
    """A certificate of 36 months from its decision; `refresh_from_db` shows what the triggers wrote."""

    class Meta:
        model = Certificate

    product = factory.SubFactory(ProductFactory)
    decision = factory.SubFactory(DecisionFactory)
    number = factory.Sequence(lambda n: f"{n + 1:03d}/GCN-OCOP")
    stars = 3
    valid_from = factory.SelfAttribute("decision.signed_on")
    valid_to = factory.LazyAttribute(lambda c: proposed_end(c.valid_from))
