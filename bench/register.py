"""A made-up register of any size, loaded with COPY.

Rows obey every constraint; triggers are off meanwhile (a million events would be written that no page reads), so what
they keep is written here too: who follows whom, under what a product is found, what a search reads, the catalogue's
counts. `check` compares a sample of it with what the triggers' own functions say.
"""

import io
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db import connection, models, transaction

from bench.progress import Progress
from ocop_portal.clock import today
from ocop_portal.demo import invention
from ocop_portal.models import AdministrativeUnit
from ocop_portal.revision import BEGIN_ANEW
from producers.models import Producer
from products.models import Certificate, Decision, Product, ProductGroup
from products.models.certificate import PUBLIC_ID_LETTERS
from products.search_entries import wrong_entries
from products.standing import proposed_end

CHUNK = 20_000
MERGED = date(2025, 7, 1)
FIRST_DAY = date(2019, 9, 2)
EVERY = 9  # days from one day of decisions to the next
PER_PRODUCER = 3
RENEWED, REVOKED, EXTENDED = 0.7, 0.02, 0.01
"""Of certificates that end, and of last certificates: how many are renewed, revoked, extended."""


def fill(count: int, *, quiet: bool = False) -> None:
    """Add `count` products with their producers, decisions and certificates. Needs a superuser of the database.

    The same count over the same rows gives the same register.
    """
    made = Made(random.Random(f"bench {count}"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _copy(cursor, Decision, made.decisions())
        products = made.products(count)
        with Progress("Nạp sản phẩm", count, io.StringIO() if quiet else None) as bar:
            while rows := list(islice(products, CHUNK)):
                _copy(cursor, Producer, [producer for producer, _, _ in rows if producer])
                _copy(cursor, Product, [product for _, product, _ in rows])
                _copy(cursor, Certificate, [c for _, _, certificates in rows for c in certificates])
                bar.done(len(rows))
        for model in (Decision, Producer, Product, Certificate):
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SELECT products_tally_anew(products_tally_day())")
        cursor.execute("SELECT products_search_anew()")
        cursor.execute(BEGIN_ANEW)  # of what was loaded there is no log
    check()


def check(sample: int = 200) -> None:
    """Compare what triggers would have kept with what was loaded. Raises AssertionError."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT * FROM products_product ORDER BY md5(id::text) LIMIT %s) p"
            " WHERE search_context <> products_search_context(id, code, producer_id, place_id)",
            [sample],
        )
        assert cursor.fetchone() == (0,), "words of the search differ"
        cursor.execute(
            "SELECT count(*) FROM (SELECT * FROM products_certificate ORDER BY md5(id::text) LIMIT %s) c"
            " WHERE superseded_on IS DISTINCT FROM (SELECT min(valid_from) FROM products_certificate later"
            " WHERE later.product_id = c.product_id AND later.valid_from > c.valid_from)",
            [sample],
        )
        assert cursor.fetchone() == (0,), "successions differ"
        drawn = "(SELECT * FROM products_product ORDER BY md5(id::text) LIMIT %s)"
        cursor.execute(f"SELECT count(*) FROM ({wrong_entries(drawn)}) e", [sample])
        assert cursor.fetchone() == (0,), "search entries differ"


def _copy(cursor: Any, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows given by column; what is not given is the model's default."""
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    defaults = [None if f.primary_key or f.is_relation or f.null else f.get_default() for f in fields]
    pairs = list(zip([str(f.column) for f in fields], defaults, strict=True))
    names = ", ".join(f'"{f.column}"' for f in fields)
    with cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(column, default) for column, default in pairs])


def _next_key(model: type[models.Model]) -> int:
    return 1 + (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0)


class Made:
    """The rows, made one after another."""

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.today = rng, today()
        commune = AdministrativeUnit.Level.COMMUNE
        found = AdministrativeUnit.objects.in_territory().filter(level=commune)
        units = list(found.select_related("district", "current"))
        self.old = [u for u in units if u.stands_on(MERGED - timedelta(days=1))]
        self.new = [u for u in units if u.stands_on(MERGED)]
        self.words = {u.pk: self._words(u) for u in units}
        self.groups = {g.code: g.pk for g in ProductGroup.objects.all()}
        self.names = invention.toponyms()
        self.goods = [(code, noun) for code, (_, nouns) in invention.GOODS.items() for noun in nouns]
        self.weights = [invention.GOODS[code][0] / len(invention.GOODS[code][1]) for code, _ in self.goods]
        self.days = [FIRST_DAY + timedelta(days=n) for n in range(0, (self.today - FIRST_DAY).days, EVERY)]
        self.keys: dict[type[models.Model], int] = {
            m: _next_key(m) for m in (Decision, Producer, Product, Certificate)
        }
        self.serials: dict[str, int] = defaultdict(int)
        self.decided: dict[tuple[date, int], int] = {}
        self.revoking = self.extending = 0

    @staticmethod
    def _words(unit: AdministrativeUnit) -> list[str]:
        """The part of `search_context` that the place gives."""
        current = unit.current if unit.current_id != unit.pk else None
        return [u.name for u in (unit, unit.district, current) if u]

    def _key(self, model: type[models.Model]) -> int:
        self.keys[model] += 1
        return self.keys[model] - 1

    def decisions(self) -> Iterator[dict[str, Any]]:
        """On each day one for three stars, one for four and one for five; one to revoke by and one to extend by."""
        for day in self.days:
            for stars in (3, 4, 5):
                self.decided[day, stars] = self._key(Decision)
                level = Decision.Level.CENTRE if stars == 5 else Decision.Level.PROVINCE
                yield self._decision(self.decided[day, stars], day, level)
        self.revoking, self.extending = self._key(Decision), self._key(Decision)
        for key, kind in (
            (self.revoking, Decision.Kind.REVOCATION),
            (self.extending, Decision.Kind.EXTENSION),
        ):
            yield self._decision(key, FIRST_DAY, Decision.Level.PROVINCE) | {"kind": kind}

    @staticmethod
    def _decision(key: int, day: date, level: str) -> dict[str, Any]:
        return {
            "id": key,
            "number": f"MH-{key}/QĐ-UBND",
            "signed_on": day,
            "issuer": "Bộ Nông nghiệp và Môi trường" if level == "centre" else "UBND tỉnh Bắc Kạn",
            "issuer_level": level,
            "note": "Quyết định minh họa.",
        }

    def products(
        self, count: int
    ) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any], list[dict[str, Any]]]]:
        """(producer at its first product, product, certificates)."""
        made = 0
        while made < count:
            first = self.rng.choice(self.days[:-1])
            unit = self.rng.choice(self.new if first >= MERGED else self.old)
            producer = self._producer(unit)
            wanted = min(self.rng.randint(1, 2 * PER_PRODUCER - 1), count - made)
            goods = dict.fromkeys(self.rng.choices(self.goods, self.weights, k=wanted))
            for n, (group, noun) in enumerate(goods):
                product = self._product(f"{noun} {producer['toponym']}", group, producer, unit, first)
                yield producer if n == 0 else None, product, list(self._certificates(product["id"], first))
            made += len(goods)

    def _producer(self, unit: AdministrativeUnit) -> dict[str, Any]:
        key = self._key(Producer)
        form = self.rng.choices(list(invention.PREFIXES), invention.FORM_WEIGHTS)[0]
        toponym = self.rng.choice(self.names)
        name = f"{invention.PREFIXES[form]} {toponym} {key}"
        row = {"id": key, "name": name, "legal_form": form, "place_id": unit.pk, "made_up": True}
        return row | {"toponym": toponym}

    def _product(
        self, name: str, group: str, producer: dict[str, Any], unit: AdministrativeUnit, first: date
    ) -> dict[str, Any]:
        prefix = f"{'06' if unit.valid_to else '19'}-{unit.code}"
        self.serials[prefix] += 1
        code = f"{prefix}-{self.serials[prefix]:05d}-{first.year}"
        return {
            "id": self._key(Product),
            "code": code,
            "name": name,
            "producer_id": producer["id"],
            "group_id": self.groups[group],
            "place_id": unit.pk,
            "summary": f"{name}, làm tại {unit.name}.",
            "made_up": True,
            "search_context": " ".join([code, producer["name"], *self.words[unit.pk]]),
        }

    def _certificates(self, product: int, first: date) -> Iterator[dict[str, Any]]:
        """The first recognition and what followed it up to today."""
        day, stars, kind = first, self.rng.choices((3, 4, 5), (86, 13, 1))[0], Certificate.Kind.FIRST
        while True:
            end = proposed_end(day)
            follower = self._follower(day, end)
            row = self._certificate(product, day, end, stars, kind)
            if follower is None:
                yield row | self._fate(day, end)
                return
            yield row | {"superseded_on": follower}
            raised = stars < 5 and self.rng.random() < 0.1
            kind = Certificate.Kind.UPGRADE if raised else Certificate.Kind.REASSESSMENT
            day, stars = follower, stars + raised

    def _follower(self, day: date, end: date) -> date | None:
        """The day of decisions on which the product was recognised again."""
        after = end - timedelta(days=self.rng.randrange(-200, 150))
        later = next((d for d in self.days[(after - FIRST_DAY).days // EVERY :] if d >= after), None)
        return later if later and later > day and self.rng.random() < RENEWED else None

    def _certificate(self, product: int, day: date, end: date, stars: int, kind: str) -> dict[str, Any]:
        key = self._key(Certificate)
        return {
            "id": key,
            "product_id": product,
            "decision_id": self.decided[day, stars],
            "number": f"MH-{key:07d}/GCN-OCOP",
            "public_id": "".join(self.rng.choices(PUBLIC_ID_LETTERS, k=12)),
            "kind": kind,
            "stars": stars,
            "valid_from": day,
            "valid_to": end,
        }

    def _fate(self, day: date, end: date) -> dict[str, Any]:
        """A few of the last certificates were revoked, a few extended."""
        fate = self.rng.random()
        if fate < REVOKED and day < self.today - timedelta(days=60):
            span = (min(end, self.today) - day).days
            return {
                "revoked_on": day + timedelta(days=self.rng.randrange(30, span)),
                "revocation_decision_id": self.revoking,
                "revocation_ground": Certificate.Ground.MISUSE,
                "revocation_reason": "In sai hạng sao (minh họa).",
            }
        if fate < REVOKED + EXTENDED and end < self.today:
            return {
                "extended_to": end + timedelta(days=180),
                "extension_reason": "Đang đánh giá lại (minh họa).",
                "extension_decision_id": self.extending,
            }
        return {}
