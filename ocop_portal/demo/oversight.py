"""The demo's time after certification: inspections, warnings and citizens' reports, on made-up products alone.

All by the project's own actions, each on its own day, so that the trail reads as it would in life.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction

from ocop_portal import clock
from ocop_portal.history import acting
from ocop_portal.models import User
from products.actions import complaints, inspections
from products.models import Certificate, Complaint, Inspection, InspectionFinding, Product
from products.models.certificate import PUBLIC_ID_LETTERS

Say = Callable[[str], object]
Heading, Result = InspectionFinding.Heading, InspectionFinding.Result
TEAM = "Bà Minh Họa, Chi cục Phát triển nông thôn; Ông Ví Dụ, UBND xã"
NOT_FOOD = ("21", "22", "23", "24", "25", "26")


class Oversight:
    """One loading, by the demo's accounts."""

    def __init__(self, accounts: dict[str, User], say: Say) -> None:
        self.agency, self.commune, self.say = accounts["tinh"], accounts["xa"], say
        self.today = clock.today()
        self.own = accounts["chuthe"]
        self.count = 0

    def load(self) -> None:
        """The whole of it, or nothing; nothing where there is some already."""
        if Inspection.objects.exists() or Complaint.objects.exists():
            return
        self.say("Kiểm tra và phản ánh …")
        with transaction.atomic(), acting("load_demo", by=self.agency):
            self._inspections(self._products())
            self._complaints()

    def _products(self) -> Iterator[Product]:
        """Made-up food whose star stands, one of each producer, those of the demo's commune first."""
        standing = Certificate.objects.standing(self.today).filter(product__made_up=True, stars__lt=5)
        standing = standing.exclude(product__group__code__in=NOT_FOOD).with_product().order_by("pk")
        home = [c for c in standing if c.product.place.current_id == self.commune.unit_id]
        seen = set()
        for certificate in [*home, *standing]:
            if certificate.product.producer_id not in seen:
                seen.add(certificate.product.producer_id)
                yield certificate.product

    # --- inspections -----------------------------------------------------------------------------------------------

    def _plan(self, product: Product, days_ago: int, in_days: int = 7, **fields: object) -> Inspection:
        """Planned so many days ago, for so many days later."""
        with clock.on(self.today - timedelta(days=days_ago)):
            (planned,) = inspections.plan_inspections(
                products=[product],
                planned_on=clock.today() + timedelta(days=in_days),
                inspectors=TEAM,
                by=self.agency,
                **{"purpose": "Duy trì điều kiện đã được công nhận; nhãn và biểu trưng.", **fields},  # type: ignore[arg-type]
            )
        return planned

    def _record(
        self, inspection: Inspection, days_ago: int, conclusion: str, bad: dict[str, str], **fields: object
    ) -> Inspection:
        unseen = {Heading.ENVIRONMENT: (Result.NOT_SEEN, "")}
        good = {h.value: (Result.GOOD, "") for h in Heading} | unseen
        found = good | {heading: (Result.BAD, note) for heading, note in bad.items()}
        with clock.on(self.today - timedelta(days=days_ago)):
            return inspections.record_inspection(
                inspection=inspection,
                done_on=clock.today(),
                inspectors=inspection.inspectors,
                findings=found,
                conclusion=conclusion,
                by=self.agency,
                **{"summary": "Chủ thể phối hợp, cung cấp đủ sổ sách.", **fields},  # type: ignore[arg-type]
            )

    def _inspections(self, products: Iterator[Product]) -> None:
        """Planned ahead, planned and forgotten, passed, to be put right, overdue, a breach with its warning."""
        Conclusion = Inspection.Conclusion
        self._plan(next(products), 3, 12)
        self._plan(next(products), 3, 12, kind=Inspection.Kind.UNANNOUNCED)
        self._plan(next(products), 25, 10)
        self._record(self._plan(next(products), 60), 52, Conclusion.PASSED, {})
        label = {Heading.LABEL: "Nhãn chưa ghi hạn sử dụng."}
        told = {"measures": "Bổ sung hạn sử dụng trên nhãn; báo lại bằng ảnh chụp."}
        self._record(
            self._plan(next(products), 20), 12, Conclusion.TO_REMEDY, label,
            follow_up_on=self.today + timedelta(days=8), **told,
        )  # fmt: skip
        overdue = self._record(
            self._plan(next(products), 70), 62, Conclusion.TO_REMEDY,
            {Heading.MATERIAL: "Sổ nhập nguyên liệu ghi thiếu ba tháng gần nhất."},
            measures="Lập lại sổ, đối chiếu với hợp đồng liên kết.", follow_up_on=self.today - timedelta(days=17),
        )  # fmt: skip
        self._warn(overdue, "MH-03/CB", 55, due_in=35)
        first = self._record(
            self._plan(next(products), 95), 88, Conclusion.TO_REMEDY, label,
            follow_up_on=self.today - timedelta(days=58), **told,
        )  # fmt: skip
        again = self._plan(
            first.products.get(),
            64,
            6,
            kind=Inspection.Kind.FOLLOW_UP,
            follows=first,
            purpose="Kiểm tra lại nhãn.",
        )
        self._record(again, 58, Conclusion.PASSED, {})
        breach = self._record(
            self._plan(next(products), 40, kind=Inspection.Kind.UNANNOUNCED), 33, Conclusion.BREACH,
            {Heading.MARK: "Hộp quà in 5 sao; sản phẩm được công nhận thấp hơn."},
            measures="Dừng bán hộp quà; thu hồi số đã giao; in lại bao bì đúng hạng sao.",
            follow_up_on=self.today + timedelta(days=3),
        )  # fmt: skip
        self._warn(breach, "MH-05/CB", 30, due_in=35)

    def _warn(self, inspection: Inspection, number: str, days_ago: int, due_in: int) -> None:
        with clock.on(self.today - timedelta(days=days_ago)):
            inspections.warn_producer(
                inspection=inspection,
                number=number,
                warned_on=clock.today(),
                product=inspection.products.get(),
                requirement=inspection.measures,
                due_on=clock.today() + timedelta(days=due_in),
                by=self.agency,
            )

    # --- reports ---------------------------------------------------------------------------------------------------

    def _code(self) -> str:
        """Codes of a demo hang on nothing but their order, so that two loads are alike. They are no secret here."""
        self.count += 1
        return f"minhhoa{PUBLIC_ID_LETTERS[self.count]}{'22222222'}"

    def _report(
        self, days_ago: int, product: Product | None, kind: str, seen: str, **sent: object
    ) -> Complaint:
        with clock.on(self.today - timedelta(days=days_ago)):
            return complaints.receive_complaint(
                product=product, kind=kind, seen=seen, code=self._code(), by=None, **sent
            )

    def _act(self, days_ago: int, name: str, complaint: Complaint, by: User, **given: object) -> None:
        with clock.on(self.today - timedelta(days=days_ago)):
            getattr(complaints, name)(complaint=complaint, by=by, **given)

    def _complaints(self) -> None:
        """A report in each state: fresh, late, with the province, answered and published, a double, spam."""
        mine = [p for p in self._products() if self.own in p.producer.accounts.all()]
        others = [p for p in self._products() if p not in mine]
        product = mine[0] if mine else others.pop(0)
        Kind = Complaint.Kind
        self._report(
            2, product, Kind.LABEL, "Hàng mua hôm chủ nhật không thấy ghi hạn sử dụng, chỉ có ngày sản xuất.",
            where_bought="Cửa hàng ở thị trấn (minh họa)", contact_phone="0209 000 111",
        )  # fmt: skip
        late = self._report(
            40, others[0], Kind.QUALITY, "Mở ra thấy mùi lạ dù còn hạn. Tôi vẫn giữ lại để cán bộ kiểm tra.",
            contact_email="nguoimua@example.vn",
        )  # fmt: skip
        self._act(36, "start_checking", late, self.agency)
        pack = self._report(
            9, None, Kind.MARK, "Sạp ven đường bán hàng in 4 sao OCOP nhưng tra không ra mã nào.",
            pack="Hàng “đặc sản” không ghi nơi làm", where_bought="Ven quốc lộ (minh họa)",
        )  # fmt: skip
        self._act(8, "assign_complaint", pack, self.agency, assignee=self.agency)
        up = self._report(
            6, others[1], Kind.MARK, "Biểu trưng OCOP in trên cả loại bao bì nhỏ không có trong giấy."
        )
        self._act(5, "start_checking", up, self.agency)
        self._act(
            4, "forward_complaint", up, self.agency, reason="Bao bì in ở xã khác, đề nghị tỉnh xác minh."
        )
        self._answered(product)
        original = self._report(12, others[2], Kind.QUALITY, "Hàng lần này kém hơn hẳn mọi lần tôi mua.")
        self._act(10, "start_checking", original, self.agency)
        double = self._report(7, others[2], Kind.QUALITY, "Mua lại thấy chất lượng không như trước.")
        self._act(5, "link_duplicate", double, self.agency, original=original)
        spam = self._report(
            15, others[3], Kind.OTHER, "Bán giàn phơi giá rẻ, giao tận nơi, gọi ngay hôm nay."
        )
        self._act(14, "set_aside", spam, self.agency, reason="Quảng cáo, không phải phản ánh về sản phẩm.")

    def _answered(self, product: Product) -> None:
        """Answered, replied to and published; and one that came to nothing."""
        complaint = self._report(
            75, product, Complaint.Kind.MARK, "Hộp quà in 5 sao nhưng tra sổ bộ thấy hạng sao thấp hơn.",
            where_bought="Hội chợ (minh họa)", contact_phone="0209 000 222",
        )  # fmt: skip
        self._act(72, "start_checking", complaint, self.agency)
        self._act(
            60, "answer_complaint", complaint, self.agency, outcome=Complaint.Outcome.UPHELD,
            answer="Đã kiểm tra tại cơ sở: một lô hộp quà in sai hạng sao. Chủ thể đã dừng bán và in lại bao bì. "
            "Cảm ơn bạn đã báo.",
        )  # fmt: skip
        if self.own in product.producer.accounts.all():
            self._act(
                58, "reply_complaint", complaint, self.own,
                reply="Nhà in lấy nhầm mẫu cũ. Chúng tôi đã thu lại 40 hộp và kiểm tra từng mẫu trước khi in.",
            )  # fmt: skip
        self._act(
            55, "publish_complaint", complaint, self.agency,
            summary="Một lô hộp quà in sai hạng sao; chủ thể đã thu lại và in lại bao bì đúng hạng được công nhận.",
        )  # fmt: skip
        nothing = self._report(
            90, product, Complaint.Kind.QUALITY, "Thấy vị khác lần trước, không rõ có phải hàng thật."
        )
        self._act(86, "start_checking", nothing, self.agency)
        self._act(
            80, "answer_complaint", nothing, self.agency, outcome=Complaint.Outcome.NO_CASE,
            answer="Chưa đủ thông tin để xác định lô hàng. Nếu còn giữ bao bì, bạn hãy gửi lại phản ánh kèm ảnh.",
        )  # fmt: skip


def load_oversight(accounts: dict[str, User], say: Say) -> None:
    """Bring the demo's inspections and reports on record once; each state has one."""
    Oversight(accounts, say).load()


__all__ = ["load_oversight"]
