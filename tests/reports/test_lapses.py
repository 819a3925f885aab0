"""The lists of the lapse desk against the same rules told in plain Python, one certificate at a time."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from django.http import QueryDict

from ocop_portal import clock
from products.actions.notices import Letter, Sending, record_notices, refusals
from products.models import Certificate, NoticeLine
from products.standing import STANDS, Standing, add_months
from ratings.actions.dossiers import start_dossier
from ratings.calendar import Window, filing_window
from ratings.models import Dossier
from reports.forecast import Event, ending_by_month, events, forecast
from reports.lapse_reading import LapseReading
from reports.lapses import BANDS, BUCKETS, counts, in_bucket
from reports.statistics import Statistics
from tests.factories import CertificateFactory, DecisionFactory, UserFactory
from tests.products.registers import TODAY, random_register
from tests.scenes import built_once

pytestmark = pytest.mark.django_db
DAYS = [TODAY, TODAY - timedelta(days=60), date(2023, 12, 31), TODAY + timedelta(days=200)]


def fill():
    """All standings, with followers signed ahead, notices in time, late and void, dossiers drafted and filed."""
    rng, by = random.Random(4), UserFactory(province=True)
    random_register(21, 70)
    for days in (*range(-20, 190, 7), 29, 30, 31, 119, 120, 133, 134, 180, 181, 365, 366):
        start = TODAY + timedelta(days=days - 1096)
        CertificateFactory(decision=DecisionFactory(signed_on=start), valid_to=TODAY + timedelta(days=days))
    late = Certificate.objects.filter(valid_to=TODAY - timedelta(days=20))
    late.update(extended_to=TODAY + timedelta(days=40), extension_reason="Đang đánh giá lại")
    ending = list(Certificate.objects.filter(valid_to__gt=TODAY - timedelta(days=400)).with_product())
    for n, certificate in enumerate(rng.sample(ending, len(ending) // 2)):
        day = certificate.valid_to - timedelta(days=rng.choice((20, 29, 30, 31, 90)))
        if day > TODAY or refusals([certificate], day):
            continue
        letter = Letter(certificate.product.producer, [certificate], "HTX", "post")
        shared = Sending("UBND tỉnh", "UBND", n + 1, day, day, "CHỦ TỊCH")
        with clock.on(day):
            record_notices(sending=shared, letters=[letter], by=by)
    standing = [c for c in ending if c.standing_on(TODAY) in (*STANDS, Standing.EXPIRED)]
    for n, certificate in enumerate(rng.sample(standing, 16)):
        with clock.on(TODAY - timedelta(days=9)):
            dossier = start_dossier(product=certificate.product, kind="reassessment", by=by)
        if n % 2:
            filed = {
                "state": "submitted",
                "filed_on": TODAY - timedelta(days=5),
                "receipt_number": f"{n}/PĐK",
            }
            Dossier.objects.filter(pk=dossier.pk).update(**filed)
    for certificate in rng.sample(ending, 8):
        if certificate.valid_to > TODAY and not certificate.superseded_on:
            CertificateFactory(
                product=certificate.product,
                kind="reassessment",
                decision=DecisionFactory(signed_on=TODAY - timedelta(days=3)),
                valid_from=certificate.last_day + timedelta(days=1),
            )


register = built_once(fill)


class Told:
    """What is known of every certificate on a day, for plain Python."""

    def __init__(self, day):
        self.day = day
        self.all = list(Certificate.objects.select_related("product", "decision"))
        self.public = set(Certificate.objects.public(day).values_list("pk", flat=True))
        self.sent = {n.certificate_id: n.notice.sent_on for n in NoticeLine.objects.select_related("notice")}
        self.dossiers = {d.product_id: d for d in Dossier.objects.all()}

    def expected(self, key):
        rule = getattr(self, f"is_{key.replace('-', '_')}")
        every = BUCKETS[key].every
        return {c.pk for c in self.all if (every or c.pk in self.public) and rule(c)}

    def printed(self, c):
        return c.standing_on(self.day) in (Standing.IN_FORCE, Standing.EXPIRING)

    def left(self, c):
        return (c.valid_to - self.day).days

    def between(self, c, first, last):
        return self.printed(c) and first <= self.left(c) <= last

    def followed(self, c):
        return any(
            o.product_id == c.product_id and o.valid_from > self.day and o.decision.signed_on <= self.day
            for o in self.all
        )

    def told(self, c):
        return c.pk in self.sent and self.sent[c.pk] <= self.day

    def in_time(self, c):
        return self.told(c) and (c.valid_to - self.sent[c.pk]).days >= 30

    def dossier(self, c):
        found = self.dossiers.get(c.product_id)
        return found if found and (found.filed_on or found.state_since) <= self.day else None

    def unfiled(self, c):
        filed = (d := self.dossier(c)) is not None and d.filed_on is not None and d.filed_on <= self.day
        return self.printed(c) and not filed and not self.followed(c)

    def window(self, c, *wanted):
        return self.unfiled(c) and filing_window(c.valid_to).on(self.day) in wanted

    is_30 = lambda self, c: self.between(c, 0, 30)
    is_90 = lambda self, c: self.between(c, 0, 90)
    is_120_180 = lambda self, c: self.between(c, 120, 180)
    is_180 = lambda self, c: self.between(c, 0, 180)
    is_365 = lambda self, c: self.between(c, 0, 365)
    is_31_90 = lambda self, c: self.between(c, 31, 90)
    is_91_119 = lambda self, c: self.between(c, 91, 119)
    is_181_365 = lambda self, c: self.between(c, 181, 365)
    is_later = lambda self, c: self.printed(c) and self.left(c) > 365
    is_open = lambda self, c: self.window(c, Window.OPEN)
    is_closing = lambda self, c: self.window(c, Window.CLOSING)
    is_missed = lambda self, c: self.window(c, Window.MISSED)
    is_dossier = lambda self, c: self.dossier(c) is not None
    is_unnotified = lambda self, c: self.printed(c) and not self.told(c) and not self.followed(c)
    is_notice_owed = lambda self, c: self.is_unnotified(c) and 30 <= self.left(c) <= 180
    is_notice_overdue = lambda self, c: self.is_unnotified(c) and self.left(c) < 30
    is_notice_sent = lambda self, c: self.is_180(c) and self.in_time(c)
    is_notice_late = lambda self, c: self.is_180(c) and self.told(c) and not self.in_time(c)
    is_extended = lambda self, c: c.standing_on(self.day) == Standing.EXTENDED
    is_expired = lambda self, c: c.standing_on(self.day) == Standing.EXPIRED
    is_revoked = lambda self, c: c.standing_on(self.day) == Standing.REVOKED
    is_standing = lambda self, c: c.standing_on(self.day) in STANDS
    is_unfiled = lambda self, c: self.unfiled(c)

    def is_falling(self, c):
        return self.is_standing(c) and not any(
            o.product_id == c.product_id
            and self.day < o.valid_from <= c.last_day + timedelta(days=1)
            and o.decision.signed_on <= self.day
            for o in self.all
        )

    def is_notice_due(self, c):
        due = c.valid_to - timedelta(days=30)
        renewed = any(
            o.product_id == c.product_id and o.valid_from > c.valid_from and o.decision.signed_on <= due
            for o in self.all
        )
        return (
            self.day - timedelta(days=365) <= due < self.day
            and not (c.revoked_on and c.revoked_on <= due)
            and not (c.superseded_on and c.superseded_on <= due)
            and not c.product.listed_only_while_standing
            and not renewed
        )

    is_notice_in_time = lambda self, c: self.is_notice_due(c) and self.in_time(c)
    is_notice_missed = lambda self, c: self.is_notice_due(c) and not self.in_time(c)


@pytest.mark.parametrize("day", DAYS)
def test_each_list_holds_what_its_rule_says_and_its_count_is_its_length(register, day):
    told, filled = Told(day), set()
    for key, bucket in BUCKETS.items():
        base = Certificate.objects.all() if bucket.every else Certificate.objects.public(day)
        found = list(in_bucket(base, bucket, day).values_list("pk", flat=True))
        assert set(found) == told.expected(key), key
        assert counts(base, [bucket], day) == {key: len(found)}, key
        filled |= {key} if found else set()
    if day == TODAY:
        assert filled == set(BUCKETS), "the register shows every list at work"


@pytest.mark.parametrize("day", DAYS)
def test_lists_sum_to_the_statistics(register, day):
    reading = LapseReading(UserFactory(province=True), QueryDict(f"as_of={day}"))
    figures, n = Statistics(day), reading.counted
    assert sum(n[b.key] for b in BANDS) == figures.standing.total
    assert n["180"] == figures.in_standing(Standing.EXPIRING).total
    for standing in (Standing.EXTENDED, Standing.EXPIRED, Standing.REVOKED):
        assert n[standing.value] == figures.in_standing(standing).total
    assert n["notice-in-time"] + n["notice-missed"] == n["notice-due"]
    assert reading.share is None or reading.share == pytest.approx(
        100 * n["notice-in-time"] / n["notice-due"]
    )
    communes, groups = reading.tables((BUCKETS["180"], BUCKETS["expired"]))
    for table in (communes, groups):
        assert sum(a for a, _ in table.values()) == n["180"]
        assert sum(b for _, b in table.values()) == n["expired"]


@pytest.mark.parametrize("day", [TODAY, date(2024, 3, 31)])
def test_forecast_is_what_each_product_will_be_by_what_is_signed(register, day):
    known = [c for c in Certificate.objects.select_related("decision") if c.decision.signed_on <= day]
    products: dict[int, list[Certificate]] = {}
    for c in known:
        if c.revoked_on and c.revoked_on > day:
            c.revoked_on = None
        products.setdefault(c.product_id, []).append(c)
    for own in products.values():
        starts = sorted(c.valid_from for c in own)
        for c in own:
            later = [s for s in starts if s > c.valid_from]
            if c.superseded_on and c.superseded_on > day:
                c.superseded_on = min((s for s in later if s > day), default=None)
    told = forecast(Certificate.objects.all(), day)
    assert told[0].end == day and told[0].total == Statistics(day).standing.total
    assert len(told) in (37, 38) and told[-1].end >= add_months(day, 36)
    before = None
    for entry in told:
        stars = Counter(
            c.stars for own in products.values() for c in own if c.standing_on(entry.end) in STANDS
        )
        assert entry.by_stars == stars, entry.end
        if before:
            fallen = in_bucket(Certificate.objects.public(day), BUCKETS["falling"], day)
            fallen = fallen.filter(ends_on__gte=before.end, ends_on__lt=entry.end)
            assert entry.falls == fallen.count(), entry.end
            assert entry.begins >= 0
        before = entry


def test_calendar_counts_what_its_lists_hold(register):
    told = events(Certificate.objects.public(TODAY), TODAY, TODAY + timedelta(days=200), TODAY)
    expected: dict[date, Counter] = {}
    plain = Told(TODAY)
    for c in plain.all:
        if c.pk not in plain.public:
            continue
        falls = [(Event.END, c.last_day, plain.is_standing(c))]
        falls.append((Event.NOTICE, c.valid_to - timedelta(days=30), plain.is_unnotified(c)))
        falls.append((Event.CLOSES, c.valid_to - timedelta(days=120), plain.unfiled(c)))
        falls.append((Event.OPENS, c.valid_to - timedelta(days=180), plain.unfiled(c)))
        for event, day, counts_here in falls:
            if counts_here and TODAY <= day <= TODAY + timedelta(days=200):
                expected.setdefault(day, Counter())[event] += 1
    assert told == {day: dict(found) for day, found in expected.items()}
    months = dict(ending_by_month(Certificate.objects.public(TODAY), TODAY, 12))
    assert months == dict(Statistics(TODAY).ending_by_month[:13])
