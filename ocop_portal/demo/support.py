"""Made-up points of sale, campaigns and promotions: 18 points open and 11 on-site campaigns in 2023, as reported.

Days up to 2023 are fixed; after that they hang on today. Only made-up producers take part.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from ocop_portal.clock import today
from ocop_portal.demo.plan import MERGED, REPORTED
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit, User
from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Producer,
    Promotion,
    PromotionParticipant,
    Supply,
)

OPEN_POINTS, ON_SITE = 18, 11
"""On 31/12/2023: points of display and sale; on-site consulting campaigns of the year (domain §6)."""
OFFICE = "Văn phòng Điều phối Nông thôn mới (minh họa)"
TRADE = "Trung tâm Xúc tiến thương mại (minh họa)"
HOURS = (
    "7 giờ – 18 giờ, cả tuần",
    "7 giờ 30 – 17 giờ 30, cả tuần",
    "8 giờ – 21 giờ, cả tuần",
    "6 giờ – 19 giờ, cả tuần",
)
KEEPERS = (
    "HTX dịch vụ (minh họa)",
    "Hội Phụ nữ xã (minh họa)",
    "Ban quản lý chợ (minh họa)",
    "Chủ cửa hàng (minh họa)",
)
POINTS = {
    PointOfSale.Kind.CENTRE: "Trung tâm giới thiệu sản phẩm OCOP",
    PointOfSale.Kind.SHOP: "Cửa hàng OCOP",
    PointOfSale.Kind.COUNTER: "Quầy OCOP chợ",
    PointOfSale.Kind.STOP: "Điểm dừng chân",
    PointOfSale.Kind.AT_PRODUCER: "Điểm bán tại xưởng",
}
KINDS = (
    *(PointOfSale.Kind.SHOP,) * 8,
    *(PointOfSale.Kind.COUNTER,) * 4,
    *(PointOfSale.Kind.STOP,) * 3,
    *(PointOfSale.Kind.AT_PRODUCER,) * 2,
    PointOfSale.Kind.CENTRE,
)
SUBJECTS = {
    Campaign.Kind.ON_SITE: (
        "bao bì, nhãn và truy xuất nguồn gốc", "câu chuyện sản phẩm và minh chứng", "hồ sơ an toàn thực phẩm",
        "vùng nguyên liệu và sổ ghi chép", "chuẩn bị phân hạng lại",
    ),
    Campaign.Kind.TRAINING: ("bán hàng trực tuyến", "quản trị hợp tác xã", "an toàn thực phẩm"),
    Campaign.Kind.DOSSIER_HELP: ("hồ sơ phân hạng lại", "hồ sơ lần đầu"),
}  # fmt: skip
RESULTS = ("đã hoàn thiện nhãn", "bổ sung đủ minh chứng", "cần hướng dẫn thêm", "đã lập sổ nguyên liệu", "")
YEAR_ROUND = {
    **dict.fromkeys((2, 4, 6, 7, 9, 10), Campaign.Kind.ON_SITE),
    **dict.fromkeys((3, 8), Campaign.Kind.TRAINING),
    **dict.fromkeys((5, 11), Campaign.Kind.DOSSIER_HELP),
}
"""Which campaign falls into which month since 2024."""
EVENTS = {
    Promotion.Kind.FAIR: ("Hội chợ nông sản vùng cao", "Nhà thi đấu tỉnh"),
    Promotion.Kind.CONNECTION: ("Kết nối cung cầu nông sản", "Hà Nội"),
    Promotion.Kind.FESTIVAL: ("Tuần lễ sản phẩm OCOP", "Khu du lịch hồ"),
    Promotion.Kind.ONLINE: ("Phiên bán hàng trực tuyến", "trên mạng"),
}


class SupportLoader:
    """One loading, by the demo account of the provincial agency."""

    def __init__(self) -> None:
        self.day = today()
        self.rng = random.Random("hỗ trợ")
        units = list(AdministrativeUnit.objects.in_territory().communes().order_by("code", "pk"))
        self.old = [u for u in units if u.stands_on(REPORTED)]
        self.new = [u for u in units if u.stands_on(max(self.day, MERGED))]
        self.producers = list(Producer.objects.filter(made_up=True).order_by("pk"))
        early = self.producers[: max(len(self.producers) * 2 // 3, 1)]
        self.early = early
        """Those that the plan made first: they were there by 2023."""

    def load(self) -> None:
        self._points()
        self._campaigns()
        self._promotions()

    def _place(self, day: date) -> AdministrativeUnit:
        return self.rng.choice(self.old if day < MERGED else self.new)

    def _some(self, day: date, least: int, most: int) -> list[Producer]:
        """Producers that take part in something of the day, each once, in the order of the register."""
        known = self.early if day.year <= REPORTED.year else self.producers
        picked = self.rng.sample(known, min(len(known), self.rng.randint(least, most)))
        return sorted(picked, key=lambda p: p.pk)

    def _points(self) -> None:
        """18 open on 31/12/2023; one that had closed before; some that opened and closed since."""
        points, names = [], set()
        opened = [date(2020, 3, 15) + timedelta(days=72 * n) for n in range(OPEN_POINTS)]
        plans: list[tuple[date, date | None]] = [(day, None) for day in opened]
        plans.append((date(2019, 6, 1), date(2022, 9, 1)))
        plans[4] = (plans[4][0], max(self.day - timedelta(days=210), date(2024, 3, 1)))
        plans += [(day, None) for day in self._since(5)]
        for n, (day, closed) in enumerate(plans):
            kind = KINDS[n % len(KINDS)]
            place = self._place(day)
            while (kind, place.pk) in names:
                place = self._place(day)
            names.add((kind, place.pk))
            points.append(
                PointOfSale(
                    name=f"{POINTS[kind]} {place.short_name} (minh họa)",
                    kind=kind,
                    keeper=KEEPERS[n % len(KEEPERS)],
                    place=place,
                    address=f"Thôn {n + 1}, cạnh đường chính",
                    opening_hours=HOURS[n % len(HOURS)],
                    phone=f"0209 000 {n:03d}",
                    opened_on=day,
                    closed_on=closed,
                    made_up=True,
                )
            )
        points = PointOfSale.objects.bulk_create(points)
        Supply.objects.bulk_create(
            [Supply(point=p, producer=who) for p in points for who in self._some(p.opened_on, 4, 12)]
        )

    def _since(self, count: int) -> list[date]:
        """Days between the report and today, evenly spread, oldest first."""
        start = date(2024, 2, 10)
        step = max((self.day - start).days // (count + 1), 1)
        return [start + timedelta(days=step * n) for n in range(1, count + 1)]

    def _campaign_days(self) -> Iterator[tuple[Campaign.Kind, date]]:
        for n in range(4):
            yield Campaign.Kind.ON_SITE, date(2022, 3 + 2 * n, 8)
        for n in range(ON_SITE):
            yield Campaign.Kind.ON_SITE, date(2023, 1 + n, 9 + n)
        for n in range(3):
            yield Campaign.Kind.TRAINING, date(2023, 4 + 3 * n, 17)
        yield Campaign.Kind.DOSSIER_HELP, date(2023, 9, 5)
        for year in range(2024, self.day.year + 1):
            for month, kind in YEAR_ROUND.items():
                if (day := date(year, month, 6 + (year + month) % 20)) <= self.day:
                    yield kind, day

    def _campaigns(self) -> None:
        made = []
        for n, (kind, day) in enumerate(self._campaign_days()):
            place, subject = self._place(day), self.rng.choice(SUBJECTS[kind])
            made.append(
                Campaign(
                    name=f"{kind.label.capitalize()} đợt {n + 1}: {subject} (minh họa)",
                    kind=kind,
                    subject=subject.capitalize(),
                    organiser=OFFICE,
                    place=place,
                    starts_on=day,
                    ends_on=day + timedelta(days=self.rng.randrange(3)),
                    others=self.rng.randrange(12),
                    cost=Decimal(self.rng.randrange(80, 420)) / 10,
                    made_up=True,
                )
            )
        made = Campaign.objects.bulk_create(made)
        CampaignParticipant.objects.bulk_create(
            CampaignParticipant(
                campaign=c, producer=who, people=self.rng.randint(1, 4), result=self.rng.choice(RESULTS)
            )
            for c in made
            for who in self._some(c.starts_on, 4, 9)
        )

    def _promotions(self) -> None:
        days: list[tuple[Promotion.Kind, date]] = [
            (Promotion.Kind.FAIR, date(2022, 8, 19)),
            (Promotion.Kind.CONNECTION, date(2023, 5, 12)),
            (Promotion.Kind.FAIR, date(2023, 8, 25)),
            (Promotion.Kind.FESTIVAL, date(2023, 11, 3)),
            (Promotion.Kind.ONLINE, date(2023, 12, 8)),
        ]
        kinds: Sequence[Promotion.Kind] = tuple(Promotion.Kind)
        for n, day in enumerate(self._since(2 * (self.day.year - REPORTED.year))):
            days.append((kinds[n % len(kinds)], day))
        made = []
        for kind, day in days:
            name, venue = EVENTS[kind]
            made.append(
                Promotion(
                    name=f"{name} {day.year} (minh họa)"
                    if kind != Promotion.Kind.ONLINE
                    else f"{name} tháng {day.month}/{day.year} (minh họa)",
                    kind=kind,
                    organiser=TRADE,
                    venue=venue,
                    place=self._place(day) if kind == Promotion.Kind.FESTIVAL else None,
                    starts_on=day,
                    ends_on=day + timedelta(days=0 if kind == Promotion.Kind.ONLINE else 3),
                    made_up=True,
                )
            )
        # One to come, so that the public page of events has something ahead.
        ahead = self.day + timedelta(days=24)
        made.append(
            Promotion(
                name=f"Hội chợ nông sản vùng cao {ahead.year}, phiên cuối năm (minh họa)",
                kind=Promotion.Kind.FAIR,
                organiser=TRADE,
                venue="Nhà thi đấu tỉnh",
                starts_on=ahead,
                ends_on=ahead + timedelta(days=4),
                made_up=True,
            )
        )
        made = Promotion.objects.bulk_create(made)
        PromotionParticipant.objects.bulk_create(
            self._stand(p, who) for p in made for who in self._some(p.starts_on, 5, 14)
        )

    def _stand(self, promotion: Promotion, producer: Producer) -> PromotionParticipant:
        over = promotion.ends_on < self.day
        told = over and self.rng.random() < 0.85
        return PromotionParticipant(
            promotion=promotion,
            producer=producer,
            sales=Decimal(self.rng.randrange(30, 900)) / 10 if told else None,
            contracts=self.rng.choice((0, 0, 0, 1, 2)) if over else 0,
        )


def load_support(by: User, say: Callable[[str], object]) -> None:
    """All of it, or nothing; nothing where some of it is on record."""
    if Campaign.objects.exists() or PointOfSale.objects.exists():
        return
    say("Điểm bán, tư vấn, xúc tiến …")
    with transaction.atomic(), acting("load_demo", by=by):
        SupportLoader().load()
