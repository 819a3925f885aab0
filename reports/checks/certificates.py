"""Checks on certificates and decisions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from ocop_portal.folding import fold
from products.models import Certificate, Decision
from products.standing import proposed_end
from ratings.models import Band
from reports.checks import Finding, Severity, check

LATE_DAYS = 30
"""How long before its decision a certificate may begin without a question."""
LEAST = {3: 50, 4: 70, 5: 90}
"""Points that a star needs at least, where no ruleset of the decision is on record (domain §2)."""


def _told(certificate: Certificate) -> str:
    return f"{certificate} của “{certificate.product}”"


@check(
    "decision-number",
    "Quyết định chưa có số",
    Severity.INFO,
    why="Người tra cứu không kiểm được văn bản đứng sau hạng sao.",
    todo="Hỏi cơ quan ban hành số quyết định rồi ghi lại, hoặc giữ ghi chú vì sao không có số.",
)
def decisions_without_number(day: date) -> Iterator[Finding]:
    for decision in _resting(day).filter(number=""):
        yield Finding(f"{decision.title}: còn giấy chứng nhận hiệu lực", Decision, decision.pk)


@check(
    "decision-scan",
    "Quyết định chưa có bản chụp",
    Severity.INFO,
    why="Không có bản chụp thì khi có khiếu nại phải đi tìm bản giấy.",
    todo="Mở quyết định, chọn “Bổ sung” và tải bản chụp có chữ ký lên.",
)
def decisions_without_scan(day: date) -> Iterator[Finding]:
    for decision in _resting(day).filter(scan="").exclude(number=""):
        yield Finding(decision.title, Decision, decision.pk)


def _resting(day: date):  # type: ignore[no-untyped-def]
    """Decisions on which a certificate rests that stands on the day."""
    standing = Certificate.objects.standing(day).filter(decision=OuterRef("pk"))
    return Decision.objects.filter(Exists(standing))


@check(
    "decision-without-result",
    "Quyết định không có kết quả nào",
    Severity.WARNING,
    why="Quyết định đã ký mà chưa ghi kết quả thì sản phẩm được công nhận, gia hạn hay bị thu hồi không hiện ra.",
    todo="Ghi kết quả theo bảng kèm quyết định; nếu ghi nhầm quyết định thì sửa ghi chú cho rõ.",
)
def decisions_without_result(day: date) -> Iterator[Finding]:
    empty = Decision.objects.filter(
        Q(kind=Decision.Kind.RECOGNITION, certificates=None)
        | Q(kind=Decision.Kind.EXTENSION, extended_certificates=None)
        | Q(kind=Decision.Kind.REVOCATION, revoked_certificates=None)
    )
    for decision in empty:
        yield Finding(f"{decision.title} ({decision.get_kind_display()})", Decision, decision.pk)


@check(
    "certificate-period",
    "Thời hạn in không phải 36 tháng",
    Severity.WARNING,
    why="Giấy chứng nhận có giá trị 36 tháng kể từ ngày cấp (Quyết định 26/2026/QĐ-TTg).",
    todo="Đối chiếu với bản giấy. In đúng như vậy thì thôi; ghi nhầm thì ghi giấy loại “cấp lại” với ngày đúng.",
)
def certificates_of_another_period(day: date) -> Iterator[Finding]:
    for c in Certificate.objects.exclude(kind=Certificate.Kind.REISSUE).select_related("product"):
        if c.valid_to != (due := proposed_end(c.valid_from)):
            text = f"{_told(c)}: in từ {c.valid_from:%d/%m/%Y} đến {c.valid_to:%d/%m/%Y}, 36 tháng là {due:%d/%m/%Y}"
            yield Finding(text, Certificate, c.pk)


@check(
    "certificate-number-twice",
    "Một số giấy chứng nhận viết hai cách",
    Severity.ERROR,
    why="Hai giấy mang cùng một số thì người mua tra ra sản phẩm khác.",
    todo="Xem hai bản giấy; ghi sai số ở giấy nào thì cấp lại giấy đó với số đúng.",
)
def certificate_numbers_doubled(day: date) -> Iterator[Finding]:
    by_number: dict[str, list[Certificate]] = defaultdict(list)
    corrected = Q(superseded_on=F("valid_from"))
    for c in Certificate.objects.exclude(number="").exclude(corrected).select_related("product"):
        by_number[_same_number(c.number)].append(c)
    for found in by_number.values():
        for other in found[1:]:
            text = f"“{found[0].number}” của “{found[0].product}” và “{other.number}” của “{other.product}”"
            yield Finding(text, Certificate, other.pk)


def _same_number(number: str) -> str:
    """A number as people may have written it: without signs, case and leading noughts."""
    return " ".join(part.lstrip("0") or "0" for part in re.findall(r"[0-9]+|[a-z]+", fold(number)))


@check(
    "stars-over-total",
    "Hạng sao cao hơn tổng điểm cho phép",
    Severity.ERROR,
    why="Mỗi hạng sao cần một mức điểm tối thiểu; điểm thấp hơn thì hạng sao không có căn cứ.",
    todo="Đối chiếu biên bản Hội đồng và bảng kết quả kèm quyết định; sửa bằng giấy loại “cấp lại”.",
)
def stars_over_total(day: date) -> Iterator[Finding]:
    least: dict[str, dict[int, int]] = defaultdict(lambda: dict(LEAST))
    for code, stars, points in Band.objects.order_by("ruleset__edition").values_list(
        "ruleset__code", "stars", "least"
    ):
        least[code][stars] = points
    scored = Certificate.objects.filter(total__isnull=False).select_related("product", "decision")
    for c in scored:
        if c.total is not None and c.total < (needed := least[c.decision.ruleset][c.stars]):
            total = f"{c.total.normalize():f}".replace(".", ",")
            yield Finding(f"{_told(c)}: {c.stars} sao cần {needed} điểm, ghi {total} điểm", Certificate, c.pk)


@check(
    "decision-after-start",
    "Giấy chứng nhận bắt đầu trước ngày ký quyết định",
    Severity.WARNING,
    why="Hạng sao chỉ có từ khi quyết định được ký; lệch quá một tháng thường là ghi nhầm ngày.",
    todo="Đối chiếu ngày ký và ngày in trên giấy.",
)
def certificates_before_their_decision(day: date) -> Iterator[Finding]:
    found = Certificate.objects.filter(decision__signed_on__gt=F("valid_from")).select_related(
        "product", "decision"
    )
    for c in found:
        early = (c.decision.signed_on - c.valid_from).days
        if early > LATE_DAYS:
            signed = f"quyết định ký {c.decision.signed_on:%d/%m/%Y}, {early} ngày sau"
            yield Finding(f"{_told(c)}: từ {c.valid_from:%d/%m/%Y}, {signed}", Certificate, c.pk)
