"""Recognitions of a workbook against those on record: which are new, by which decision, of which kind."""

from collections import defaultdict
from datetime import date
from typing import cast

from django.core.exceptions import ValidationError

from products.models import Certificate, Decision, Product
from products.register_workbook.holdings import Holdings
from products.register_workbook.names import Issuer, issuer_key
from products.register_workbook.report import Offer
from products.register_workbook.rows import Entry, RowReader, Turn
from products.register_workbook.values import decision_key
from products.standing import proposed_end

NO_NUMBER = "Sổ theo dõi không ghi số quyết định."
Kind = Certificate.Kind
HIGHEST_STARS = {Decision.Level.DISTRICT.value: 3, Decision.Level.PROVINCE.value: 4}
"""What a level may recognise since 2019 (domain §2); more is asked about, not refused."""


class Awards:
    """New decisions and certificates, each product's chain kept in order as they are added."""

    def __init__(self, reader: RowReader, holdings: Holdings) -> None:
        self.reader, self.holdings = reader, holdings
        self.decisions: list[Decision] = []
        self.certificates: list[Certificate] = []
        self._made: dict[tuple[str, int, str], tuple[Decision, int]] = {}
        self._undated: dict[tuple[date, str], Decision] = {}
        self._places: dict[int, int] = defaultdict(int)
        self._turn_of: list[int] = []
        self._numbers: dict[str, int] = {}

    def turns(self) -> list[list[Certificate]]:
        """The new certificates in turns, at most one of each product in a turn, earlier ones first."""
        rounds: dict[int, list[Certificate]] = defaultdict(list)
        for turn, certificate in zip(self._turn_of, self.certificates, strict=True):
            rounds[turn].append(certificate)
        return [rounds[turn] for turn in sorted(rounds)]

    def add(self, entry: Entry, product: Product) -> None:
        """Compare the recognitions of an entry with the product's, and add those that are new."""
        held = list(self.holdings.certificates.get(product.pk, ())) if product.pk else []
        chain = [c for c in held if c.superseded_on != c.valid_from]
        unknown: Turn | None = None
        for turn in entry.turns:
            last = turn is entry.turns[-1]
            decision = self._decision_on_record(turn)
            if self.reader.faulty:
                break
            same = self._same(turn, decision, chain)
            if same is not None:
                self._compare(entry, turn, same, last)
                continue
            if turn.stars is None:  # only ever the first of two
                unknown = turn
                self.reader.warn(
                    "first_date",
                    f"Không rõ hạng sao của lần công nhận đầu ({turn.cited}) nên chỉ ghi lần 2. "
                    "Thêm cột “Hạng sao lần 1” để ghi cả hai.",
                )
                continue
            self._new(entry, turn, product, chain, decision, last, unknown)

    # --- decisions -------------------------------------------------------------------------------

    def _column(self, turn: Turn, part: str) -> str:
        return f"{turn.turn}_{part}"

    def _decision_on_record(self, turn: Turn) -> Decision | None:
        """The decision if the register has it; contradictions with it are reported."""
        number = decision_key(turn.number)
        found = self.holdings.decisions.get((number, turn.day), [])
        if turn.issuer is not None:
            wanted = issuer_key(turn.issuer.name)
            found = [d for d in found if issuer_key(d.issuer) == wanted]
            if number and not found:
                others = self.holdings.decisions_of_year.get((number, turn.day.year), [])
                other = next((d for d in others if issuer_key(d.issuer) == wanted), None)
                if other is not None:
                    self.reader.note(
                        self._column(turn, "date"),
                        f"Sổ bộ ghi quyết định {other.number} ký ngày {other.signed_on:%d/%m/%Y}.",
                        near=(Offer(other.title, "decision", other.pk),),
                    )
        elif len(found) > 1:
            self.reader.note(
                self._column(turn, "issuer"),
                "Nhiều cơ quan có quyết định cùng số, cùng ngày. Hãy ghi cơ quan ban hành.",
                near=tuple(Offer(d.title, "decision", d.pk) for d in found[:3]),
            )
        if self.reader.faulty or not found:
            return None
        if found[0].kind != Decision.Kind.RECOGNITION:
            self.reader.note(
                self._column(turn, "decision"),
                f"Sổ bộ ghi đây là quyết định {found[0].get_kind_display()}, không phải quyết định công nhận.",
                near=(Offer(found[0].title, "decision", found[0].pk),),
            )
            return None
        return found[0]

    def _decision(self, turn: Turn) -> Decision | None:
        """A decision of this workbook: the one an earlier line brought, or a new one."""
        if turn.issuer is None:
            return self._known_by_number(turn)
        wanted = issuer_key(turn.issuer.name)
        if not turn.number:
            made = self._undated.get((turn.day, wanted))
            if made is None:
                self.reader.warn(
                    self._column(turn, "decision"), "Không ghi số quyết định; sổ bộ ghi chú điều đó."
                )
                made = self._make(turn, turn.issuer)
                if made is not None:
                    self._undated[turn.day, wanted] = made
            return made
        slot = (decision_key(turn.number), turn.day.year, wanted)
        if slot in self._made:
            decision, row = self._made[slot]
            if decision.signed_on != turn.day:
                self.reader.note(
                    self._column(turn, "date"),
                    f"Dòng {row} ghi quyết định {decision.number} ký ngày {decision.signed_on:%d/%m/%Y}.",
                )
                return None
            return decision
        made = self._make(turn, turn.issuer)
        if made is not None:
            self._made[slot] = (made, self.reader.row)
        return made

    def _known_by_number(self, turn: Turn) -> Decision | None:
        """A line without its issuer takes the decision of an earlier line, if only one is meant."""
        number = decision_key(turn.number)
        meant = [
            d
            for (n, _, _), (d, _) in self._made.items()
            if number and n == number and d.signed_on == turn.day
        ]
        if len(meant) == 1:
            return meant[0]
        self.reader.note(self._column(turn, "issuer"), "Thiếu cơ quan ban hành quyết định.")
        return None

    def _make(self, turn: Turn, issuer: Issuer) -> Decision | None:
        decision = Decision(
            number=turn.number,
            signed_on=turn.day,
            issuer=issuer.name,
            issuer_level=issuer.level,
            issuer_unit=issuer.unit,
            note="" if turn.number else NO_NUMBER,
        )
        try:
            decision.clean_fields(exclude={"issuer_unit"})
        except ValidationError as error:
            columns = {"number": "decision", "issuer": "issuer"}
            for name, messages in error.message_dict.items():
                self.reader.note(self._column(turn, columns.get(name, "decision")), " ".join(messages))
            return None
        self.decisions.append(decision)
        return decision

    # --- certificates ----------------------------------------------------------------------------

    def _same(self, turn: Turn, decision: Decision | None, chain: list[Certificate]) -> Certificate | None:
        """The certificate on record that this recognition is."""
        if decision is not None:
            if same := next((c for c in chain if c.decision_id == decision.pk), None):
                return same
        same = next((c for c in chain if c.pk and c.valid_from == turn.day), None)
        if same is None:
            return None
        held, given = decision_key(same.decision.number), decision_key(turn.number)
        if held and given and held != given:
            self.reader.note(
                self._column(turn, "decision"),
                f"Sổ bộ ghi lần công nhận ngày này theo {same.decision}.",
                near=(Offer(same.decision.title, "decision", same.decision_id),),
            )
        return same

    def _compare(self, entry: Entry, turn: Turn, same: Certificate, last: bool) -> None:
        """A recognition on record: stars must agree; other differences are told, and the register stays."""
        offer = (Offer(str(same), "certificate", same.pk),)
        if turn.stars and turn.stars != same.stars:
            column = self._column(turn, "stars")
            self.reader.note(
                column if self.reader.cell(column) or not last else "stars",
                f"Sổ bộ ghi {same.stars} sao cho lần công nhận ngày {same.valid_from:%d/%m/%Y}.",
                near=offer,
            )
        if not last:
            return
        if entry.valid_to and entry.valid_to not in (same.valid_to, same.extended_to):
            self.reader.warn(
                "valid_to", f"Sổ bộ ghi hết hạn {same.valid_to:%d/%m/%Y}; giữ nguyên.", near=offer
            )
        if entry.certificate_number and entry.certificate_number != same.number:
            held = f"số {same.number}" if same.number else "không có số"
            self.reader.warn(
                "certificate_number", f"Sổ bộ ghi giấy chứng nhận {held}; giữ nguyên.", near=offer
            )
        if same.revoked_on:
            self.reader.warn(
                "name", f"Sổ bộ ghi giấy này đã bị thu hồi từ {same.revoked_on:%d/%m/%Y}.", near=offer
            )

    def _new(
        self,
        entry: Entry,
        turn: Turn,
        product: Product,
        chain: list[Certificate],
        decision: Decision | None,
        last: bool,
        unknown: Turn | None,
    ) -> None:
        decision = decision or self._decision(turn)
        if decision is None:
            return
        before = [c for c in chain if c.valid_from < turn.day]
        stars = cast(int, turn.stars)
        certificate = Certificate(
            product=product,
            decision=decision,
            kind=self._kind(turn, stars, before, unknown),
            number=entry.certificate_number if last else "",
            stars=stars,
            valid_from=turn.day,
            valid_to=(entry.valid_to if last else None) or proposed_end(turn.day),
            note=f"Công nhận lần đầu theo {unknown.cited}; sổ theo dõi không ghi hạng sao."
            if unknown
            else "",
        )
        highest = HIGHEST_STARS.get(decision.issuer_level, 5)
        if stars > highest:
            self.reader.warn(
                self._column(turn, "issuer"),
                f"{decision.get_issuer_level_display().capitalize()} chỉ công nhận đến {highest} sao, mà dòng ghi "
                f"{stars} sao.",
            )
        self._check_followers(turn, certificate, [c for c in chain if c.valid_from > turn.day])
        self._check_number(certificate)
        try:
            certificate.clean_fields(exclude={"product", "decision"})
        except ValidationError as error:
            columns = {"number": "certificate_number", "valid_to": "valid_to"}
            for name, messages in error.message_dict.items():
                self.reader.note(columns.get(name, self._column(turn, "decision")), " ".join(messages))
        if self.reader.faulty:
            return
        chain.append(certificate)
        chain.sort(key=lambda c: c.valid_from)
        self._places[id(product)] += 1
        self._turn_of.append(self._places[id(product)])
        self.certificates.append(certificate)

    def _kind(self, turn: Turn, stars: int, before: list[Certificate], unknown: Turn | None) -> str:
        if not before:
            return Kind.REASSESSMENT if unknown else Kind.FIRST
        if turn.turn == "first":
            self.reader.warn(
                "first_date",
                f"Sổ bộ đã có lần công nhận ngày {before[-1].valid_from:%d/%m/%Y} trước đó, "
                "nên lần này được ghi là đánh giá lại hoặc nâng hạng.",
            )
        return Kind.UPGRADE if stars > before[-1].stars else Kind.REASSESSMENT

    def _check_followers(self, turn: Turn, certificate: Certificate, after: list[Certificate]) -> None:
        """A recognition filled in before a first one on record may not run into it."""
        if after and after[0].kind == Kind.FIRST and after[0].valid_from <= certificate.valid_to:
            follower = after[0]
            self.reader.note(
                self._column(turn, "date"),
                f"Sổ bộ ghi công nhận lần đầu ngày {follower.valid_from:%d/%m/%Y}, khi giấy của lần này còn hiệu lực. "
                "Hãy xem lại hai ngày; nếu sổ bộ sai thì sửa bằng “cấp lại” trước.",
                near=(Offer(follower.decision.title, "certificate", follower.pk),),
            )

    def _check_number(self, certificate: Certificate) -> None:
        number = certificate.number
        if not number:
            return
        if number in self.holdings.number_holders:
            self.reader.note("certificate_number", "Số giấy chứng nhận này đã có trong sổ bộ.")
        elif first := self._numbers.get(number):
            self.reader.note("certificate_number", f"Số giấy chứng nhận này đã có ở dòng {first}.")
        else:
            self._numbers[number] = self.reader.row
