"""What the made-up producers report of each year since 2021. Real producers report nothing here.

For 2023 the shares are the province's: 70 of the 74 producers with both years on record have at least 1.1 times the
revenue of the year before, which are 94,6 %. Later years come out plausibly lower.
"""

import random
from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.demo.plan import REPORTED
from ocop_portal.history import acting
from ocop_portal.models import User
from producers.models import YearlyFigures
from products.models import Certificate

FIRST_YEAR = 2021
BOTH_YEARS, GROWN = 74, 70
"""Producers with revenue of 2022 and 2023 on record, and those of them that grew 1.1 times: 94,6 % (domain §6)."""
LATER_GROWN, LATER_TOLD = 0.78, 0.85
"""Later years: how many grow 1.1 times, and how many have sent in the figures of the last year so far."""


def load_yearly(by: User, say: Callable[[str], object]) -> None:
    """All figures, or nothing; nothing where some are on record."""
    if YearlyFigures.objects.exists():
        return
    say("Số liệu năm của chủ thể …")
    with transaction.atomic(), acting("load_demo", by=by):
        YearlyFigures.objects.bulk_create(_all(today().year - 1), 1_000)


def _all(last: int) -> list[YearlyFigures]:
    """The figures of every year up to `last`, in the order of the producers."""
    firsts = _first_years()
    reported = set(
        Certificate.objects.standing(REPORTED)
        .filter(product__producer__made_up=True)
        .values_list("product__producer", flat=True)
    )
    early = [pk for pk, year in firsts.items() if pk in reported and year <= REPORTED.year - 1]
    early += [pk for pk in firsts if pk in reported and pk not in early]
    both = early[:BOTH_YEARS]
    rows: list[YearlyFigures] = []
    for n, pk in enumerate(firsts):
        rng = random.Random(f"số liệu {n}")
        if pk in both:
            start, slow = FIRST_YEAR, both.index(pk) >= GROWN
        else:
            start, slow = max(firsts[pk], REPORTED.year + (pk not in reported)), False
        rows += _of_producer(rng, pk, start, last, slow=slow)
    return rows


def _first_years() -> dict[int, int]:
    """{made-up producer: year of its first certificate}, oldest producer first."""
    found = Certificate.objects.filter(product__producer__made_up=True, valid_from__lte=today())
    firsts: dict[int, int] = {}
    for pk, day in found.order_by("product__producer", "valid_from").values_list(
        "product__producer", "valid_from"
    ):
        firsts.setdefault(pk, day.year)
    return firsts


def _of_producer(rng: random.Random, pk: int, start: int, last: int, *, slow: bool) -> list[YearlyFigures]:
    revenue = Decimal(rng.randrange(1_200, 24_000)) / 10
    workers = rng.randrange(3, 24)
    members = rng.choice((0, 0, rng.randrange(4, 60)))
    rows = []
    for year in range(start, last + 1):
        if year > start:
            revenue = max((revenue * _factor(rng, year, slow=slow)).quantize(Decimal("0.1")), Decimal("20"))
            workers = max(2, workers + rng.choice((-1, 0, 0, 1, 2)))
        if year == last and year > REPORTED.year and rng.random() > LATER_TOLD:
            continue
        rows.append(
            YearlyFigures(
                producer_id=pk,
                year=year,
                revenue=revenue,
                workers=workers,
                women=round(workers * rng.uniform(0.35, 0.75)),
                members=members or None,
            )
        )
    return rows


def _factor(rng: random.Random, year: int, *, slow: bool) -> Decimal:
    """By how much the revenue changes: in 2023 as the province reported, in other years as luck has it."""
    grows = not slow if year == REPORTED.year else rng.random() < LATER_GROWN
    return Decimal(str(round(rng.uniform(1.11, 1.32) if grows else rng.uniform(0.86, 1.08), 3)))
