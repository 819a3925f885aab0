"""What a search reads is what the register holds, whatever changes and in whatever order; and it finds the same."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.http import QueryDict

from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.models import Certificate, Product, ProductAlias, ProductGroup, SearchEntry
from products.reading import SORTS, Reading
from products.search_entries import wrong_entries
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.products.registers import TODAY, WORDS, random_register

pytestmark = pytest.mark.django_db

DAYS = [TODAY + timedelta(days=n) for n in (-1500, -700, -30, 0, 30, 400)]


def wrong():
    """The products whose row is missing or is not what it should be."""
    with connection.cursor() as cursor:
        cursor.execute(wrong_entries())
        return [product for (product,) in cursor.fetchall()]


def random_change(rng, kind, certificates, revocation):
    """One change of a kind to a product that is drawn."""
    product = rng.choice(certificates).product
    this, place = Product.objects.filter(pk=product.pk), product.place_id
    match kind:
        case "renamed":
            this.update(name=f"{' '.join(rng.sample(WORDS, 3))} {rng.random()}")
        case "named in English":
            this.update(name_en=f"Tea {rng.random()}")
        case "moved":
            this.update(place=rng.choice(AdministrativeUnit.objects.in_territory().communes()))
        case "regrouped":
            Product.objects.filter(producer=product.producer).update(
                group=rng.choice(ProductGroup.objects.all())
            )
        case "hidden":
            this.update(
                listed_only_while_standing=not Product.objects.get(pk=product.pk).listed_only_while_standing
            )
        case "of another producer":
            this.update(producer=rng.choice(Producer.objects.all()))
        case "former code":
            ProductAlias.objects.create(product=product, code=f"BK-{rng.randrange(10**9)}")
        case "producer renamed":
            Producer.objects.filter(pk=product.producer_id).update(name=f"HTX Tên mới {rng.random()}")
        case "unit renamed":
            AdministrativeUnit.objects.filter(pk=place).update(name=f"Xã Tên mới {rng.random()}")
        case "revoked":
            Certificate.objects.filter(product=product, revoked_on=None).update(
                revoked_on=F("valid_from") + 1,
                revocation_ground="misuse",
                revocation_reason="x",
                revocation_decision=revocation,
            )
        case "extended":
            open_ = Certificate.objects.filter(product=product, revoked_on=None, extended_to=None)
            open_.filter(superseded_on=None).update(extended_to=F("valid_to") + 90, extension_reason="x")
        case "earlier certificate":
            start = product.certificates.earliest("valid_from").valid_from - timedelta(days=1500)
            CertificateFactory(product=product, decision=DecisionFactory(signed_on=start))
        case "successor":
            last = product.certificates.latest("valid_from")
            start = last.valid_from + timedelta(days=rng.choice((1, 800, 1095)))
            kind = "upgrade" if rng.random() < 0.5 else "reissue"
            CertificateFactory(product=product, kind=kind, decision=DecisionFactory(signed_on=start))
        case "new product":
            ProductFactory(name=f"Trà {rng.random()}")


KINDS = (
    *("renamed", "named in English", "moved", "regrouped", "hidden", "of another producer", "former code"),
    *(
        "producer renamed",
        "unit renamed",
        "revoked",
        "extended",
        "earlier certificate",
        "successor",
        "new product",
    ),
)


def test_whatever_is_written_is_found():
    rng = random.Random(7)
    certificates = random_register(5, 40)
    revocation = DecisionFactory(revocation=True)
    assert wrong() == [] and SearchEntry.objects.count() == 40
    for kind in rng.sample(KINDS * 4, 4 * len(KINDS)):
        random_change(rng, kind, certificates, revocation)
        assert wrong() == [], kind
    for day in DAYS:
        entries = SearchEntry.objects.public(day).with_standing(day).values_list("certificate", "standing")
        all_ = Certificate.objects.public(day).with_standing(day)
        followed = all_.filter(superseded_on__gt=day).values_list("pk", "standing")
        assert sorted([*entries, *followed]) == sorted(all_.values_list("pk", "standing")), day


@pytest.mark.parametrize(
    ("trigger", "table", "kind"),
    [
        ("search_entry_new", "products_product", "new product"),
        ("search_entry_changed", "products_product", "moved"),
        ("search_entry_changed", "products_product", "renamed"),
        ("search_entry_certified", "products_certificate", "successor"),
        ("search_entry_recertified", "products_certificate", "revoked"),
    ],
)
def test_without_a_trigger_the_difference_is_told(trigger, table, kind):
    certificates = [CertificateFactory()]
    revocation = DecisionFactory(revocation=True)
    CertificateFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {trigger} ON {table}")
    random_change(random.Random(1), kind, certificates, revocation)
    assert wrong() != []


def test_a_search_gives_the_keys_and_counts_of_the_list():
    rng = random.Random(3)
    random_register(9, 50)
    for query in (
        "q=tra",
        "q=htx+so+1",
        "q=mien+dong&status=all&stars=3&stars=4",
        "q=gao&status=expired",
    ):
        totals = 0
        for day in DAYS:
            for sort in ("relevance", rng.choice(list(SORTS))):
                reading = Reading(QueryDict(f"{query}&as_of={day}&sort={sort}&per_page=48"))
                found = list(reading.found.values_list("pk", flat=True))
                assert (reading.total, reading.counting.keys) == (len(found), found), (query, day, sort)
                totals += len(found)
        assert totals, query
