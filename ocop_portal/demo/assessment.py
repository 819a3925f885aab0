"""The demo's assessment: a round in progress with a dossier in each state, taken there by the project's own actions.

All of it falls on made-up producers. Scores are drawn from a fixed seed and lie where the wanted star needs them.
"""

import random
from collections.abc import Callable, Iterator
from datetime import time, timedelta

from django.db import transaction

from ocop_portal import clock
from ocop_portal.demo.invention import GOODS, PREFIXES
from ocop_portal.models import User
from producers.models import Producer
from products.models import Certificate, Product, ProductGroup
from ratings.actions import decisions, dossiers, rounds, sheets
from ratings.actions.results import propose
from ratings.calendar import statutory
from ratings.models import (
    AdvisoryReport,
    AssessmentRound,
    CommuneReview,
    Council,
    CouncilSession,
    Dossier,
    Evidence,
    ScoreSheet,
)
from ratings.reading import table_of
from ratings.rulesets import Grade, Scale

Say = Callable[[str], object]
ISSUER = "UBND tỉnh (minh họa)"
PROOFS = (
    (Evidence.Kind.BUSINESS, "Giấy chứng nhận đăng ký (minh họa)"),
    (Evidence.Kind.DECLARATION, "Bản tự công bố sản phẩm (minh họa)"),
    (Evidence.Kind.TEST_REPORT, "Phiếu kiểm nghiệm (minh họa)"),
    (Evidence.Kind.LABEL, "Ảnh nhãn, bao bì (minh họa)"),
)
# How far a sheet leans towards the best answer, by the star it is to come to.
ZEAL = {5: 0.75, 4: 0.45, 3: 0.12, 0: 0.0}


class Assessment:
    """One loading, by the demo's accounts."""

    def __init__(self, accounts: dict[str, User], council: Council, say: Say) -> None:
        self.accounts, self.council, self.say = accounts, council, say
        self.today = clock.today()
        self.rng = random.Random("đánh giá")
        self.agency, self.commune = accounts["tinh"], accounts["xa"]
        self.fresh = self._new_products()

    def load(self) -> None:
        """The whole of it, or nothing; nothing where dossiers are on record."""
        if Dossier.objects.exists():
            return
        self.say("Đợt đánh giá và hồ sơ …")
        with transaction.atomic():  # each step under its own name in the trail
            round = self._round()
            early, late = self._session(round, 21), self._session(round, 0)
            self._at_home()
            self._on_the_way()
            self._with_the_council(round, late)
            self._decided(round, early)

    # --- who and what --------------------------------------------------------------------------------------------

    def _new_products(self) -> Iterator[tuple[Producer, Product]]:
        """Made-up products new to the register, each of another made-up producer; those of the demo's commune first."""
        home = Producer.objects.filter(made_up=True, place__current=self.commune.unit_id)
        others = Producer.objects.filter(made_up=True, place__current__isnull=False).exclude(pk__in=home)
        groups = {g.code: g for g in ProductGroup.objects.all()}
        nouns = [(code, noun) for code, (_, words) in GOODS.items() for noun in words]
        self.rng.shuffle(nouns)
        for n, producer in enumerate([*home, *others]):
            code, noun = nouns[n % len(nouns)]
            toponym = producer.name
            for prefix in PREFIXES.values():
                toponym = toponym.removeprefix(f"{prefix} ")
            name = f"{noun} {toponym} mới"
            if not producer.products.filter(name=name).exists():
                yield producer, Product(name=name, group=groups[code], place=producer.place, made_up=True)

    def _certified(self, first: int, last: int, stars: tuple[int, ...]) -> Certificate:
        """A made-up product whose standing certificate ends within so many days from today, without a dossier yet."""
        found = (
            Certificate.objects.standing(self.today)
            .filter(
                product__made_up=True,
                product__dossiers=None,
                stars__in=stars,
                extended_to=None,
                superseded_on=None,
                valid_to__range=(self.today + timedelta(days=first), self.today + timedelta(days=last)),
            )
            .with_product()
            .order_by("valid_to", "pk")
        )
        return found[0]

    def _round(self) -> AssessmentRound:
        number = 1 if self.today <= statutory(self.today.year, 1)[1] else 2
        until, assessed = statutory(self.today.year, number)
        round = AssessmentRound(
            council=self.council,
            year=self.today.year,
            number=number,
            propose_until=until,
            assess_until=assessed,
            plan="Kế hoạch minh họa: hai phiên họp, hồ sơ lần đầu xét trước, hồ sơ phân hạng lại xét sau.",
        )
        return rounds.save_round(round=round, by=self.agency)

    def _session(self, round: AssessmentRound, days_ago: int) -> CouncilSession:
        session = CouncilSession(
            round=round,
            held_on=self.today - timedelta(days=days_ago),
            starts_at=time(8, 0),
            place="Phòng họp tầng 2, trụ sở cơ quan OCOP tỉnh (minh họa)",
            agenda="Nghe báo cáo của Tổ tư vấn; xem mẫu; chấm điểm; thông qua biên bản.",
        )
        return rounds.save_session(session=session, by=self.agency)

    # --- steps ---------------------------------------------------------------------------------------------------

    def _first(self, by: User | None = None) -> Dossier:
        producer, product = next(self.fresh)
        return dossiers.start_with_new_product(producer=producer, product=product, by=by or self.agency)

    def _fill(self, dossier: Dossier, stars: int, by: User) -> None:
        values = {
            "contact_name": dossier.contact_name or "Người liên hệ (minh họa)",
            "contact_phone": dossier.contact_phone or "0209 000 000",
            "production_address": dossier.production_address or "Thôn trung tâm (minh họa)",
            "workers": 12,
            "local_workers": 10,
            "output": "6 tấn một năm",
            "markets": "Trong tỉnh, Hà Nội; trang bán hàng của chủ thể.",
            "changes": "" if dossier.kind == Dossier.Kind.FIRST else "Bao bì mới, thêm một vùng nguyên liệu.",
        }
        dossiers.save_registration(dossier=dossier, values=values, by=by)
        table, _ = table_of(dossier.criteria_set)
        chosen = {s.pk: (self._pk(s, self._wanted(s, stars)), "") for s in table.scales}
        dossiers.save_self_scores(dossier=dossier, chosen=chosen, by=by)
        if not dossier.evidence.exists():
            for kind, title in PROOFS:
                proof = Evidence(kind=kind, title=title, url="https://minh-chung.example.vn/")
                dossiers.add_evidence(dossier=dossier, evidence=proof, by=by)

    def _submit(self, dossier: Dossier, stars: int = 4, by: User | None = None) -> Dossier:
        self._fill(dossier, stars, by or self.agency)
        return dossiers.submit(dossier=dossier, by=by or self.agency)

    def _forward(self, dossier: Dossier) -> Dossier:
        review = CommuneReview(
            complete=True,
            origin="Nguyên liệu trồng tại xã, có danh sách hộ và diện tích kèm theo.",
            labour="12 lao động, trong đó 10 người của xã.",
            idea="Nghề có từ lâu ở địa phương; chủ thể cải tiến khâu sấy và đóng gói.",
            identity="Giữ cách làm thủ công của bà con; gắn với phiên chợ của xã.",
            opinion="Đề nghị cấp tỉnh đánh giá.",
            reviewer="Cán bộ xã (minh họa)",
            reviewed_on=clock.today(),
        )
        dossiers.save_commune_review(dossier=dossier, review=review, by=self.agency)
        return dossiers.forward(dossier=dossier, by=self.agency)

    def _check(self, dossier: Dossier) -> Dossier:
        dossiers.receive(dossier=dossier, by=self.agency)
        report = AdvisoryReport(
            file_findings="Hồ sơ đủ thành phần; phiếu kiểm nghiệm còn thời hạn.",
            site_findings="Cơ sở sạch, có sổ theo dõi lô; nguyên liệu đúng như hồ sơ.",
            visited_on=clock.today(),
            reporter="Tổ trưởng Tổ tư vấn (minh họa)",
            reported_on=clock.today(),
        )
        samples = dossier.criteria_set.samples
        return dossiers.save_advisory_report(dossier=dossier, report=report, samples=samples, by=self.agency)

    def _admit(self, dossier: Dossier, session: CouncilSession, *, open_scoring: bool = True) -> Dossier:
        rounds.admit(dossiers=[dossier], round=session.round, session=session, by=self.agency)
        if open_scoring:
            rounds.open_scoring(dossiers=[dossier], by=self.agency)
        return dossier

    def _to_council(
        self,
        dossier: Dossier,
        session: CouncilSession,
        stars: int,
        *,
        before: int = 30,
        open_scoring: bool = True,
    ) -> Dossier:
        """From a draft to the session, in the weeks before it."""
        with clock.on(session.held_on - timedelta(days=before)):
            self._submit(dossier, stars)
        with clock.on(session.held_on - timedelta(days=before - 9)):
            self._forward(dossier)
            self._check(dossier)
        with clock.on(session.held_on):
            return self._admit(dossier, session, open_scoring=open_scoring)

    # --- scores --------------------------------------------------------------------------------------------------

    def _wanted(self, scale: Scale, stars: int) -> int:
        """Points of a criterion for a sheet that comes to so many stars: minimums met, the rest by zeal."""
        least = scale.needed(stars) if stars else 0
        offered = [p for p in scale.choices if p >= least]
        zeal = ZEAL[stars]
        if self.rng.random() < zeal or (stars and scale.part == "C" and stars > 3):
            return offered[-1]
        low = 0.5 if stars == 0 else 0.3
        return offered[0] if self.rng.random() < low else offered[len(offered) // 2]

    @staticmethod
    def _pk(scale: Scale, points: int) -> int | None:
        best: Grade | None = next((g for g in scale.grades if g.points == points), None)
        return best.pk if best else None

    def _sheets(self, dossier: Dossier) -> list[ScoreSheet]:
        return list(dossier.sheets.select_related("member__user").order_by("member"))

    def _score(self, dossier: Dossier, stars: int, *, only: int | None = None) -> None:
        """Signed sheets that agree but for a point here and there; `only` so many of them."""
        table, _ = table_of(dossier.criteria_set)
        common = {s.code: self._wanted(s, stars) for s in table.scales}
        for sheet in self._sheets(dossier)[:only]:
            chosen = {}
            for scale in table.scales:
                points, least = common[scale.code], scale.needed(stars) if stars else 0
                higher = [p for p in scale.choices if p > points]
                if not scale.marked and higher and self.rng.random() < 0.05 and higher[0] - points <= 1:
                    points = higher[0]
                chosen[scale.pk] = self._pk(scale, max(points, least))
            sheets.record_paper_sheet(dossier=dossier, member=sheet.member, chosen=chosen, by=self.agency)

    def _begin(self, sheet: ScoreSheet, count: int) -> None:
        """A member at work: so many criteria chosen on the screen."""
        table, _ = table_of(sheet.dossier.criteria_set)
        for scale in table.scales[:count]:
            option = self._pk(scale, self._wanted(scale, 4))
            sheets.save_choice(sheet=sheet, criterion=scale.pk, option=option, seen=0, by=sheet.member.user)

    # --- where they stand ----------------------------------------------------------------------------------------

    def _at_home(self) -> None:
        """With the producer and the commune: drafts, filed, late, returned, withdrawn."""
        owner = self.accounts["chuthe"]
        mine = owner.producers.first()
        draft = self._first()
        self._fill(draft, 3, self.agency)
        if mine:
            group = ProductGroup.objects.get(code="06")
            product = Product(name="Bún ngũ sắc (minh họa)", group=group, place=mine.place, made_up=True)
            own = dossiers.start_with_new_product(producer=mine, product=product, by=owner)
            with clock.on(self.today - timedelta(days=12)):
                self._submit(own, 4, owner)
            with clock.on(self.today - timedelta(days=5)):
                dossiers.give_reason_and_move(
                    dossier=own,
                    name="return",
                    reason="Phiếu kiểm nghiệm đã quá 12 tháng; hãy bổ sung phiếu mới và ảnh nhãn rõ hơn.",
                    by=self.commune,
                )
        self._submit(self._first())
        with clock.on(self.today - timedelta(days=40)):
            self._submit(self._first())
        gone = self._first()
        with clock.on(self.today - timedelta(days=9)):
            self._submit(gone)
            dossiers.give_reason_and_move(
                dossier=gone,
                name="withdraw",
                reason="Chủ thể đổi bao bì, sẽ nộp lại ở đợt sau.",
                by=self.agency,
            )

    def _on_the_way(self) -> None:
        """At the province, one in each step; re-assessments and an upgrade among them."""
        renewal = self._follow(self._certified(60, 180, (3, 4)), Dossier.Kind.REASSESSMENT)
        with clock.on(self.today - timedelta(days=8)):
            self._submit(renewal, renewal.stars_sought)
        self._forward(renewal)
        upgrade = self._follow(self._certified(240, 900, (3,)), Dossier.Kind.UPGRADE)
        self._submit(upgrade, 4)
        self._forward(upgrade)
        dossiers.receive(dossier=upgrade, by=self.agency)
        asked = self._first()
        self._submit(asked)
        self._forward(asked)
        dossiers.give_reason_and_move(
            dossier=asked,
            name="ask_more",
            reason="Thiếu hợp đồng liên kết của vụ này; nộp bổ sung trước phiên họp.",
            by=self.agency,
        )
        checked = self._first()
        self._submit(checked)
        self._forward(checked)
        self._check(checked)
        out = self._first()
        self._submit(out)
        self._forward(out)
        dossiers.give_reason_and_move(
            dossier=out,
            name="exclude",
            reason="Kiểm tra thực tế: cơ sở không sản xuất mặt hàng đăng ký.",
            by=self.agency,
        )

    def _follow(self, certificate: Certificate, kind: str) -> Dossier:
        return dossiers.start_dossier(product=certificate.product, kind=kind, by=self.agency)

    def _with_the_council(self, round: AssessmentRound, session: CouncilSession) -> None:
        """Waiting for the session, being scored (one untouched, one begun, one too far apart), and proposed."""
        self._to_council(self._first(), session, 4, open_scoring=False)
        self._to_council(self._first(), session, 4)
        begun = self._to_council(self._first(), session, 4)
        self._score(begun, 4, only=3)
        for sheet, count in zip(self._sheets(begun)[3:6], (32, 18, 5), strict=True):
            self._begin(sheet, count)
        apart = self._to_council(self._first(), session, 4)
        self._score(apart, 4, only=6)
        self._score_last_low(apart)
        for stars in (5, 4, 0):
            dossier = self._to_council(self._first(), session, stars or 3)
            self._score(dossier, stars)
            propose(dossier=dossier, conclusion="Hội đồng thống nhất.", by=self.agency)

    def _score_last_low(self, dossier: Dossier) -> None:
        """The last member far below the others: the spread that a council must discuss."""
        table, _ = table_of(dossier.criteria_set)
        sheet = self._sheets(dossier)[-1]
        chosen = {s.pk: self._pk(s, s.choices[0] if s.part != "C" else s.choices[-1]) for s in table.scales}
        sheets.record_paper_sheet(dossier=dossier, member=sheet.member, chosen=chosen, by=self.agency)

    def _decided(self, round: AssessmentRound, session: CouncilSession) -> None:
        """Three weeks ago: two recognised, one refused, one sent to the ministry."""
        signatory, signed_on = self.accounts["chutich"], session.held_on + timedelta(days=9)
        found = {}
        for name, stars in (("four", 4), ("three", 3), ("none", 0), ("five", 5)):
            found[name] = self._to_council(self._first(), session, stars or 3)
            self._score(found[name], stars)
            with clock.on(session.held_on):
                propose(dossier=found[name], conclusion="Hội đồng thống nhất.", by=self.agency)
        with clock.on(signed_on):
            decisions.approve(
                dossiers=[found["four"], found["three"]],
                number=f"MH-{round.year}-{round.number}/QĐ-UBND",
                signed_on=signed_on,
                issuer=ISSUER,
                by=signatory,
            )
            decisions.refuse(
                dossier=found["none"],
                number=f"MH-{round.year}-{round.number}/TB",
                reason="Tổng điểm dưới 50; chưa đạt nhiều mức tối thiểu của 3 sao về liên kết và bao bì.",
                by=signatory,
            )
            decisions.refer_to_ministry(
                dossier=found["five"],
                number=f"MH-{round.year}-{round.number}/TTr",
                sent_on=signed_on,
                by=signatory,
            )


def load_assessment(accounts: dict[str, User], council: Council, say: Say) -> None:
    """Bring the demo's assessment on record once."""
    Assessment(accounts, council, say).load()


__all__ = ["load_assessment"]
