"""The report of a campaign or a promotion: what it states, drawn from the models, and its PDF."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from ocop_portal.models import AdministrativeUnit
from ocop_portal.offices import copies_of, heading_of, signature_of
from ocop_portal.papers import Heading, Signature, short_date
from ocop_portal.typesetting import typeset
from producers.models import Campaign, CampaignParticipant, Promotion, PromotionParticipant
from producers.support_words import number

OWN_SCOPE = "Báo cáo chỉ gồm các chủ thể trên địa bàn {place}."


@dataclass(frozen=True)
class Column:
    """A column of the list: its head, its width as typst reads it, and whether it holds numbers."""

    head: str
    width: str
    number: bool = False


@dataclass(frozen=True)
class SupportReport:
    """A report for signature. `facts` are (label, value) pairs, those without a value left out."""

    heading: Heading
    title: str
    about: str
    facts: tuple[tuple[str, str], ...]
    list_title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str
    outcome: str
    signature: Signature
    remark: str = ""
    copies: tuple[str, ...] = ()
    illustrative: bool = False


def report_pdf(report: SupportReport, *, made_at: datetime) -> bytes:
    """The PDF, A4 upright. Raises TypesetError."""
    heading = asdict(report.heading) | {"day": None}
    return typeset("support_report", asdict(report) | {"heading": heading}, made_at=made_at)


def campaign_report(campaign: Campaign, parts: Sequence[CampaignParticipant], user: Any) -> SupportReport:
    """The campaign with the given participants, those of the user's scope. Number and day are written by hand."""
    people = sum(part.people for part in parts)
    total = f"Tổng số {number(len(parts))} chủ thể, {number(people)} người"
    total += f"; {number(campaign.others)} người khác cùng tham gia." if campaign.others else "."
    return SupportReport(
        heading=heading_of(user),
        title="Báo cáo",
        about=f"Kết quả đợt {campaign.get_kind_display()}: {campaign.name}",
        facts=(
            *_cancelled(campaign),
            ("Nội dung", campaign.subject),
            ("Đơn vị tổ chức", campaign.organiser),
            ("Theo kế hoạch, văn bản", campaign.plan),
            ("Thời gian", days(campaign.starts_on, campaign.ends_on)),
            ("Địa bàn", _where(campaign.place)),
            ("Kinh phí", _cost(campaign)),
        ),
        list_title="Chủ thể tham gia",
        columns=(
            Column("Chủ thể", "1.3fr"),
            Column("Địa bàn", "1fr"),
            Column("Số người", "16mm", number=True),
            Column("Kết quả", "1.3fr"),
        ),
        rows=tuple(
            (part.producer.name, _where(part.producer.place), number(part.people), part.result)
            for part in parts
        ),
        total=total,
        outcome=campaign.outcome,
        signature=signature_of(user),
        remark=_remark(user),
        copies=copies_of(user),
        illustrative=_illustrative(campaign, parts),
    )


def promotion_report(promotion: Promotion, parts: Sequence[PromotionParticipant], user: Any) -> SupportReport:
    """The event with the given participants, those of the user's scope, and what they sold."""
    sales = [part.sales for part in parts if part.sales is not None]
    total = f"Tổng số {number(len(parts))} chủ thể"
    total += (
        f"; doanh số {number(sum(sales))} triệu đồng ({number(len(sales))} chủ thể có số liệu)"
        if sales
        else ""
    )
    total += f"; {number(sum(part.contracts for part in parts))} hợp đồng, biên bản ghi nhớ."
    return SupportReport(
        heading=heading_of(user),
        title="Báo cáo",
        about=f"Kết quả tham gia sự kiện xúc tiến: {promotion.name}",
        facts=(
            *_cancelled(promotion),
            ("Hình thức", promotion.get_kind_display().capitalize()),
            ("Giới thiệu", promotion.summary),
            ("Đơn vị tổ chức", promotion.organiser),
            ("Theo kế hoạch, văn bản", promotion.plan),
            ("Thời gian", days(promotion.starts_on, promotion.ends_on)),
            ("Nơi tổ chức", promotion.venue),
            ("Địa bàn", _where(promotion.place) if promotion.place else ""),
            ("Kinh phí", _cost(promotion)),
        ),
        list_title="Chủ thể tham gia và kết quả",
        columns=(
            Column("Chủ thể", "1.3fr"),
            Column("Địa bàn", "1fr"),
            Column("Doanh số (triệu đồng)", "26mm", number=True),
            Column("Hợp đồng, ghi nhớ", "22mm", number=True),
        ),
        rows=tuple(
            (
                part.producer.name,
                _where(part.producer.place),
                "" if part.sales is None else number(part.sales),
                number(part.contracts),
            )
            for part in parts
        ),
        total=total,
        outcome=promotion.outcome,
        signature=signature_of(user),
        remark=_remark(user),
        copies=copies_of(user),
        illustrative=_illustrative(promotion, parts),
    )


def days(first: date, last: date) -> str:
    """`15/03/2026`, or `từ 15/03/2026 đến 17/03/2026`."""
    return short_date(first) if first == last else f"từ {short_date(first)} đến {short_date(last)}"


def _where(unit: AdministrativeUnit) -> str:
    """A place on paper, as it was called then: `Xã Côn Minh, huyện Na Rì`."""
    district = unit.district if unit.district_id != unit.pk else None
    return f"{unit.name}, {district.name[:1].lower()}{district.name[1:]}" if district else unit.name


def _remark(user: Any) -> str:
    if user.sees_whole_territory or user.unit is None:
        return ""
    return OWN_SCOPE.format(place=f"{user.unit.name[:1].lower()}{user.unit.name[1:]}")


def _cost(held: Campaign | Promotion) -> str:
    return "" if held.cost is None else f"{number(held.cost)} triệu đồng"


def _cancelled(held: Campaign | Promotion) -> tuple[tuple[str, str], ...]:
    return (("Đã hủy", held.cancelled_reason),)


def _illustrative(held: Campaign | Promotion, parts: Sequence[Any]) -> bool:
    return settings.DEMO or held.made_up or any(part.producer.made_up for part in parts)
