"""The made-up part of the demo as a plan: who makes what where, and what became of its star.

Pure: the same day and territory give the same plan. Up to the end of 2023 the days are fixed and bring out what
the province reported; after that they hang on today, so that the demo never goes stale.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from ocop_portal.demo.facts import Fact
from ocop_portal.demo.invention import FORM_WEIGHTS, PREFIXES, good, toponyms
from products.standing import proposed_end

REPORTED = date(2023, 12, 31)
PRODUCTS, STARS_4, COMMUNES_WITH_PRODUCT, LAPSED = 218, 18, 79, 52
"""What the province reported on that day: standing products, of them with 4 stars, communes with one, lapsed ones."""
BEFORE_MERGER, MERGED = date(2025, 6, 30), date(2025, 7, 1)
HOME = "02173"
"""Xã Côn Minh by its code before the merger: where the demo's commune official and producer are at home."""
STANDING_ROUNDS = (
    (date(2021, 6, 28), 2), (date(2021, 12, 24), 3), (date(2022, 6, 30), 3), (date(2022, 12, 22), 4),
    (date(2023, 6, 29), 4), (date(2023, 12, 20), 5),
)  # fmt: skip
LAPSED_ROUNDS = (date(2019, 6, 28), date(2019, 12, 20), date(2020, 6, 26), date(2020, 11, 20))
NEW_PER_ROUND = 11
GROUNDS = (
    "misuse",
    "criteria_no_longer_met",
    "production_stopped",
    "false_dossier",
    "breach_of_law",
    "other_conclusion",
)


@dataclass
class Award:
    """A certificate to be: from when, how many stars, of which kind; `signed` is the decision's day."""

    start: date
    stars: int
    kind: str = "first"
    signed: date | None = None
    end: date | None = None
    extended_to: date | None = None
    revoked_on: date | None = None
    ground: str = ""

    @property
    def last(self) -> date:
        return self.end or proposed_end(self.start)


@dataclass
class Maker:
    """A made-up producer: legal form, name and the code of its commune (before 1/7/2025 unless `new`)."""

    name: str
    toponym: str
    form: str
    commune: str
    new: bool = False


@dataclass
class Item:
    """A made-up product with its awards, oldest first."""

    maker: Maker
    group: str
    noun: str
    awards: list[Award]
    reported: bool = False
    marks: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.noun} {self.maker.toponym}"


class Plan:
    """The made-up products. `old` and `new` are the codes of the communes before and after 1/7/2025."""

    def __init__(self, today: date, facts: list[Fact], old: list[str], new: list[str]) -> None:
        self.today, self.old, self.new = today, sorted(old), sorted(new)
        self.makers: dict[str, list[Maker]] = {}
        self._names = iter(self._all_names())
        self._taken: set[tuple[str, str]] = set()
        rng = random.Random("sổ bộ")
        standing = [f for f in facts if f.day <= REPORTED <= f.last_day]
        self.items = self._reported(rng, standing) + self._lapsed(rng)
        self.rounds = [
            d for k in range(40) if (d := today - timedelta(days=20 + 182 * k)) > date(2024, 1, 15)
        ][::-1]
        for item in self.items:
            self._carry_on(rng, item)
        self.items += self._newcomers(rng)
        self._show_every_standing(rng)

    @staticmethod
    def _all_names():  # type: ignore[no-untyped-def]
        yield from toponyms()
        for number in range(2, 10_000):
            yield from (f"{name} {number}" for name in toponyms())

    def _maker(self, rng: random.Random, commune: str, *, new: bool = False) -> Maker:
        """A producer of the commune: sometimes one that already has a product."""
        there = self.makers.setdefault(f"{commune}{new}", [])
        if there and rng.random() < 0.45:
            return rng.choice(there)
        form = rng.choices(list(PREFIXES), FORM_WEIGHTS)[0]
        toponym = next(self._names)
        there.append(Maker(f"{PREFIXES[form]} {toponym}", toponym, form, commune, new))
        return there[-1]

    def _item(self, rng: random.Random, commune: str, award: Award, *, new: bool = False) -> Item:
        maker = self._maker(rng, commune, new=new)
        code, noun = good(rng)
        while (maker.name, noun) in self._taken:
            code, noun = good(rng)
        self._taken.add((maker.name, noun))
        return Item(maker, code, noun, [award])

    def _reported(self, rng: random.Random, standing: list[Fact]) -> list[Item]:
        """The products that, with the sourced ones, make up the report: stars, communes and trade."""
        sourced = sorted({f.unit for f in standing if f.unit in self.old})
        others = [c for c in self.old if c not in sourced]
        rng.shuffle(others)
        chosen = others[: COMMUNES_WITH_PRODUCT - len(sourced)]
        count = PRODUCTS - len({(f.name, f.producer) for f in standing})
        more = [HOME, HOME, *(rng.choice([*chosen, *sourced]) for _ in range(count - len(chosen) - 2))]
        fours = STARS_4 - sum(f.stars == 4 for f in standing)
        days, weights = zip(*STANDING_ROUNDS, strict=True)
        items = []
        for index, commune in enumerate(chosen + more):
            day = rng.choices(days, weights)[0]
            item = self._item(rng, commune, Award(day, 4 if index % 10 == 3 and fours > 0 else 3))
            fours -= item.awards[0].stars == 4
            if day >= date(2022, 6, 1) and rng.random() < 0.3:
                # Recognised three years before, and re-assessed in time.
                before = day - timedelta(days=3 * 365 - 20)
                item.awards.insert(0, Award(before, 3))
                item.awards[1].kind = "upgrade" if item.awards[1].stars > 3 else "reassessment"
            item.reported = True
            items.append(item)
        self._trade(rng, items)
        return items

    def _trade(self, rng: random.Random, items: list[Item]) -> None:
        """Raw-material areas 13, exported 2, geographical indications 4, collective marks 5, on PostMart 104."""
        goods = [i for i in items if i.group not in ("24", "26")]
        for mark, count in (
            ("area", 13),
            ("export", 2),
            ("geographical", 4),
            ("collective", 5),
            ("postmart", 104),
        ):
            for item in rng.sample(goods, count):
                item.marks.add(mark)

    def _lapsed(self, rng: random.Random) -> list[Item]:
        """Those whose certificate ran out by the report without re-assessment."""
        return [
            self._item(
                rng,
                rng.choice(self.old),
                Award(LAPSED_ROUNDS[n % len(LAPSED_ROUNDS)], 4 if n % 13 == 5 else 3),
            )
            for n in range(LAPSED)
        ]

    def _carry_on(self, rng: random.Random, item: Item) -> None:
        """What happened after 2023, round by round up to today."""
        while (end := item.awards[-1].last) <= self.today + timedelta(days=150):
            stars, start = item.awards[-1].stars, item.awards[-1].start
            in_time = [r for r in self.rounds if start < r <= end and (end - r).days < 200]
            late = [r for r in self.rounds if (r - end).days > 60]
            if in_time and rng.random() < (0.72 if end < self.today else 0.35):
                raised = stars == 3 and rng.random() < 0.12
                kind = "upgrade" if raised else "reassessment"
                item.awards.append(Award(in_time[-1], stars + raised, kind))
            elif late and rng.random() < 0.12:
                item.awards.append(Award(late[0], 3, "reassessment"))
            else:
                return

    def _newcomers(self, rng: random.Random) -> list[Item]:
        """First recognitions of each round since 2024, at the communes of their day."""
        items = []
        for day in self.rounds:
            new = day >= MERGED
            for _ in range(NEW_PER_ROUND):
                award = Award(day, 4 if rng.random() < 0.15 else 3)
                item = self._item(rng, rng.choice(self.new if new else self.old), award, new=new)
                self._carry_on(rng, item)
                items.append(item)
        return items

    def _show_every_standing(self, rng: random.Random) -> None:
        """A few of each: extended, revoked, re-issued, renewed ahead, to come, raised to five stars."""
        today = self.today

        def pick(count: int, fits: object) -> list[Item]:
            found = [i for i in self.items if not (i.awards[-1].extended_to or i.awards[-1].revoked_on)]
            return rng.sample(found := [i for i in found if fits(i.awards[-1])], min(count, len(found)))  # type: ignore[operator]

        for item in pick(4, lambda a: 0 < (today - a.last).days <= 150):
            item.awards[-1].extended_to = item.awards[-1].last + timedelta(days=180)
        sound = lambda a: a.kind != "reissue" and (a.last - today).days > 240 and (today - a.start).days > 150  # noqa: E731
        for n, item in enumerate(pick(len(GROUNDS), sound)):
            item.awards[-1].revoked_on = today - timedelta(days=12 + 21 * n)
            item.awards[-1].ground = GROUNDS[n]
        for item in pick(2, sound):
            last = item.awards[-1]
            item.awards.append(Award(today - timedelta(days=90), last.stars, "reissue", end=last.last))
        for item in pick(1, lambda a: sound(a) and a.stars == 4):
            item.awards.append(Award(today - timedelta(days=45), 5, "upgrade"))
        for item in pick(2, lambda a: 3 <= (a.last - today).days <= 150):
            start = item.awards[-1].last + timedelta(days=1)
            item.awards.append(
                Award(start, item.awards[-1].stars, "reassessment", signed=today - timedelta(days=6))
            )
        to_come = Award(today + timedelta(days=12), 3, signed=today - timedelta(days=2))
        self.items.append(self._item(rng, rng.choice(self.new), to_come, new=True))

    def fill(self, count: int, used: set[str]) -> list[Item]:
        """`count` more products for trying out size; none of them stood in 2023.

        `used` are the names of producers that the register knows already, perhaps from another day's plan.
        """
        rng = random.Random("thêm")
        self.makers, self.items = {}, []
        fresh = (
            n for n in self._all_names() if not any(f"{prefix} {n}" in used for prefix in PREFIXES.values())
        )
        self._names = fresh
        first = max(date(2024, 1, 2), self.today - timedelta(days=1300))
        items = []
        for _ in range(count):
            start = first + timedelta(days=rng.randrange((self.today - first).days))
            new = start >= MERGED
            award = Award(start, rng.choices((3, 4, 5), (88, 11, 1))[0])
            items.append(self._item(rng, rng.choice(self.new if new else self.old), award, new=new))
        return items
