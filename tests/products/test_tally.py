"""The counts that the database keeps are those that counting gives, whatever changes and in whatever order."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import Count, F
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate, Product, ProductGroup, Tally
from products.standing import STANDS, Dates, standing_on
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.products.lists import page_codes
from tests.products.registers import TODAY, random_register

pytestmark = pytest.mark.django_db


def kept():
    """{cell: products} and the day of which they speak."""
    rows = Tally.objects.exclude(products=0).values_list("place", "group", "stars", "standing", "products")
    days = set(Tally.objects.values_list("day", flat=True))
    return Counter({row[:4]: row[4] for row in rows}), days


def counted(day):
    keys = ("product__place", "product__group", "stars", "standing")
    rows = Certificate.objects.public(day).with_standing(day).order_by().values_list(*keys)
    return Counter({row[:4]: row[4] for row in rows.annotate(n=Count("pk"))})


def assert_kept(day=TODAY):
    assert kept() == (counted(day), {day})


def on_the_day(day):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ocop_portal.today', %s, true)", [day.isoformat()])


def test_standing_is_the_same_in_the_tally_and_in_python():
    rng = random.Random(3)
    near = lambda: TODAY + timedelta(days=rng.choice((-181, -180, -179, -1, 0, 1, 179, 180, 181, -900, 900)))
    longer = lambda end: end + timedelta(days=rng.choice((1, 60, 180))) if rng.random() < 0.4 else None
    maybe = lambda: near() if rng.random() < 0.4 else None
    rows = [(rng.random() < 0.3, near(), end := near(), longer(end), maybe(), maybe()) for _ in range(4_000)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT products_tally_standing(%s, quiet, a, b, c, d, e) FROM"
            " unnest(%s::bool[], %s::date[], %s::date[], %s::date[], %s::date[], %s::date[]) AS row(quiet, a, b, c, d, e)",
            [TODAY, *map(list, zip(*rows, strict=True))],
        )
        told = [standing for (standing,) in cursor.fetchall()]
    for (quiet, start, end, extended, revoked, followed), standing in zip(rows, told, strict=True):
        governs = start <= TODAY and (followed is None or followed > TODAY)
        # A governing certificate was not followed yet, so it is never told as replaced.
        expected = standing_on(Dates(start, end, extended, revoked, None), TODAY) if governs else None
        shown = expected if not quiet or expected in STANDS else None
        assert standing == shown, (quiet, start, end, extended, revoked, followed)
    assert len(set(told)) == 6


def test_whatever_is_written_is_counted():
    """Succession, history filled in backwards, extension, revocation; products moved, regrouped, hidden."""
    rng = random.Random(11)
    certificates = random_register(5, 60)
    assert_kept()
    revocation = DecisionFactory(revocation=True)
    communes = list(AdministrativeUnit.objects.in_territory().communes())
    groups = list(ProductGroup.objects.all())
    for _ in range(40):
        product = rng.choice(certificates).product
        match rng.randrange(5):
            case 0:
                Product.objects.filter(pk=product.pk).update(place=rng.choice(communes))
            case 1:
                Product.objects.filter(producer=product.producer).update(group=rng.choice(groups))
            case 2:
                hidden = product.listed_only_while_standing
                Product.objects.filter(pk=product.pk).update(listed_only_while_standing=not hidden)
            case 3:
                Certificate.objects.filter(product=product, revoked_on=None).update(
                    revoked_on=F("valid_from") + 1,
                    revocation_ground="misuse",
                    revocation_reason="x",
                    revocation_decision=revocation,
                )
            case 4:
                first = product.certificates.order_by("valid_from").first()
                start = first.valid_from - timedelta(days=1500)
                CertificateFactory(product=product, decision=DecisionFactory(signed_on=start))
        assert_kept()
    assert counted(TODAY).total() > 30


def test_many_rows_of_one_statement_on_a_new_day():
    """The day's first change counts anew, also where its rows tell others that they are followed."""
    first = [CertificateFactory() for _ in range(3)]
    tomorrow = TODAY + timedelta(days=1)
    on_the_day(tomorrow)
    assert kept()[1] == {TODAY}
    decision = DecisionFactory(signed_on=TODAY)
    later = [
        CertificateFactory.build(product=p, decision=decision, kind="reassessment", number="")
        for p in [*(c.product for c in first), *(ProductFactory() for _ in range(3))]
    ]
    Certificate.objects.bulk_create(later)
    assert_kept(tomorrow)
    assert counted(tomorrow).total() == 6


def test_a_product_renamed_on_a_new_day_counts_anew_too():
    certificate = CertificateFactory(decision__signed_on=date(2023, 8, 15))
    on_the_day(later := TODAY + timedelta(days=400))
    Product.objects.update(name="Tên khác")
    assert_kept(later)
    assert kept()[0].keys() == {
        (certificate.product.place_id, certificate.product.group_id, 3, "expired"),
    }


def test_the_catalogue_reads_the_counts_of_its_own_day_alone(client):
    CertificateFactory()
    Tally.objects.update(products=7)  # no one counts here any more
    read = lambda address: page_codes(client, address)[1]
    with CaptureQueriesContext(connection) as queries:
        assert read("") == 7
    assert not any("GROUP BY 1" in q["sql"] for q in queries)
    assert read("stars=3&group=06&status=all") == 7
    assert read("stars=4") == 0
    for asked in ("q=mien", "as_of=2026-08-14", "expires_after=2026-01-01", "stars=3&q=mien"):
        assert read(asked) == 1, asked
    Tally.objects.update(day=TODAY - timedelta(days=1))
    assert read("") == 1
