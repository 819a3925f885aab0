"""Standing: every boundary in a table, and SQL and Python agreeing over random histories with a third telling."""

import random
from collections import defaultdict
from datetime import date, timedelta

import pytest

from products.models import Certificate, Product
from products.standing import STANDS, Dates, Standing, add_months, proposed_end, standing_on
from tests.factories import ProductFactory
from tests.products.registers import TODAY, random_register

START, END = date(2023, 8, 5), date(2026, 8, 5)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("dates", "day", "standing"),
    [
        ({}, START - DAY, Standing.NOT_YET_VALID),
        ({}, START, Standing.IN_FORCE),
        ({}, END - 181 * DAY, Standing.IN_FORCE),
        ({}, END - 180 * DAY, Standing.EXPIRING),
        ({}, END, Standing.EXPIRING),
        ({}, END + DAY, Standing.EXPIRED),
        ({"extended_to": END + 180 * DAY}, END, Standing.EXPIRING),
        ({"extended_to": END + 180 * DAY}, END + DAY, Standing.EXTENDED),
        ({"extended_to": END + 180 * DAY}, END + 180 * DAY, Standing.EXTENDED),
        ({"extended_to": END + 180 * DAY}, END + 181 * DAY, Standing.EXPIRED),
        ({"revoked_on": START + 9 * DAY}, START + 8 * DAY, Standing.IN_FORCE),
        ({"revoked_on": START + 9 * DAY}, START + 9 * DAY, Standing.REVOKED),
        ({"revoked_on": START + 9 * DAY}, END + 999 * DAY, Standing.REVOKED),
        ({"revoked_on": START + 9 * DAY, "superseded_on": START + 20 * DAY}, END, Standing.REVOKED),
        ({"superseded_on": END - 30 * DAY}, END - 31 * DAY, Standing.EXPIRING),
        ({"superseded_on": END - 30 * DAY}, END - 30 * DAY, Standing.REPLACED),
        ({"superseded_on": END}, END, Standing.REPLACED),
        ({"superseded_on": END + DAY}, END + DAY, Standing.EXPIRED),
        ({"superseded_on": END + DAY, "extended_to": END + 9 * DAY}, END + DAY, Standing.REPLACED),
        ({"superseded_on": START}, START, Standing.REPLACED),
    ],
)
def test_boundaries(dates, day, standing):
    assert standing_on(Dates(START, END, **dates), day) == standing


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 8, 5), 36, date(2029, 8, 5)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 12, 31), 1, date(2026, 1, 31)),
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2025, 12, 15), 12, date(2026, 12, 15)),
    ],
)
def test_months(start, months, end):
    assert add_months(start, months) == end
    if months == 36:
        assert proposed_end(start) == end


def oracle(certificates, day):
    """(standing by certificate, governing by product) told once more, from the rules alone and day by day."""
    told, governing, of_product = {}, {}, defaultdict(list)
    for c in certificates:
        of_product[c.product_id].append(c)
    for c in certificates:
        end = max(d for d in (c.valid_to, c.extended_to) if d)
        next_one = min(
            (o.valid_from for o in of_product[c.product_id] if (o.valid_from, o.pk) > (c.valid_from, c.pk)),
            default=date.max,
        )
        if c.revoked_on and day >= c.revoked_on:
            told[c.pk] = "revoked"
        elif next_one <= day and next_one <= end:
            told[c.pk] = "replaced"
        elif day < c.valid_from:
            told[c.pk] = "not_yet_valid"
        elif day > end:
            told[c.pk] = "expired"
        elif day > c.valid_to:
            told[c.pk] = "extended"
        else:
            told[c.pk] = "expiring" if (c.valid_to - day).days <= 180 else "in_force"
        if c.valid_from <= day < next_one:
            governing[c.product_id] = c.pk
    return told, governing


@pytest.mark.django_db
def test_sql_is_python_is_the_rule_over_random_histories():
    """200 products with up to three certificates, on days around every date that matters and at random."""
    certificates = random_register(11, 200)
    certificates = list(
        Certificate.objects.filter(pk__in=[c.pk for c in certificates]).select_related("product")
    )
    rng = random.Random(3)
    edges = [
        d
        for c in rng.sample(certificates, 12)
        for d in (c.valid_from, c.valid_to, c.extended_to, c.revoked_on)
        if d
    ]
    days = {d + n * DAY for d in edges for n in (-1, 0, 1)} | {
        TODAY + rng.randrange(-2000, 1500) * DAY for _ in range(20)
    }
    seen = set()
    for day in days:
        told, governing = oracle(certificates, day)
        assert {c.pk: c.standing_on(day).value for c in certificates} == told, day
        assert dict(Certificate.objects.with_standing(day).values_list("pk", "standing")) == told, day
        assert dict(Certificate.objects.governing(day).values_list("product", "pk")) == governing, day
        silent = {c.pk for c in certificates if c.product.listed_only_while_standing}
        stands = {s.value for s in STANDS}
        public = {pk for pk in governing.values() if pk not in silent or told[pk] in stands}
        assert set(Certificate.objects.public(day).values_list("pk", flat=True)) == public, day
        for standing in Standing:
            wanted = {pk for pk in governing.values() if told[pk] == standing}
            assert (
                set(Certificate.objects.in_standing(day, (standing,)).values_list("pk", flat=True)) == wanted
            ), (day, standing)
        assert set(Certificate.objects.standing(day).values_list("pk", flat=True)) == {
            pk for pk in governing.values() if told[pk] in stands
        }
        effective = set(Certificate.objects.filter(effective__contains=day).values_list("pk", flat=True))
        assert effective == {pk for pk in governing.values() if told[pk] in stands}, day
        seen |= set(told.values())
    assert seen == {s.value for s in Standing}


@pytest.mark.django_db
def test_no_two_certificates_of_a_product_stand_on_one_day():
    random_register(5, 60)
    for n in range(-1500, 900, 37):
        standing = Certificate.objects.filter(effective__contains=TODAY + n * DAY).values_list(
            "product", flat=True
        )
        assert len(standing) == len(set(standing))
    assert Product.objects.count() == 60
    assert not Certificate.objects.filter(product=ProductFactory()).exists()
