"""Tables of how the programme helps: points of sale, campaigns, promotions."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.urls import reverse

from producers.desk.scope import with_parts
from producers.involvement import CAMPAIGN, POINT, PROMOTION
from producers.models import Campaign, CampaignParticipant, PointOfSale, Promotion, PromotionParticipant
from producers.support_words import campaigns_told, points_told, promotions_told
from products.catalogue import place_text
from reports.asking import Asked
from reports.tables.base import (
    Cell,
    Column,
    Filter,
    Kind,
    Lines,
    Link,
    Table,
    Takes,
    as_of,
    capital,
    in_year,
    official,
)

ROOM = "Hỗ trợ và xúc tiến"
POINTS = Filter("kind", "Loại", (("", "Mọi loại"), *PointOfSale.Kind.choices))
CAMPAIGNS = Filter("kind", "Hình thức", (("", "Mọi hình thức"), *Campaign.Kind.choices))
PROMOTIONS = Filter("kind", "Hình thức", (("", "Mọi hình thức"), *Promotion.Kind.choices))


def of_kind(found: Any, asked: Asked, kinds: Filter) -> Any:
    """Those of the kind asked for; none where a parameter cannot be read."""
    if kind := asked.choice(kinds.name, kinds.values, "loại"):
        found = found.filter(kind=kind)
    return found.none() if asked.faults else found


def _kinds(found: Any, choices: Any) -> list[tuple[str, int]]:
    counts = Counter(found.order_by().values_list("kind", flat=True))
    return [(k.label, counts[k.value]) for k in choices if counts[k.value]]


def _names(whole: Any) -> str:
    return "; ".join(part.producer.name for part in whole.mine)


JOINED = "Gồm cả nơi khác có chủ thể trên địa bàn tham gia; chỉ ghi chủ thể trên địa bàn."


def elsewhere(asked: Asked, told: str = JOINED) -> tuple[str, ...]:
    """What a commune must know of its list: it holds what its producers took part in, wherever that was."""
    return () if asked.user.sees_whole_territory else (told,)


def points_of(asked: Asked) -> Any:
    """The points of sale open on the day."""
    return asked.placed(PointOfSale.objects.open_on(asked.day))


@official(
    "diem-ban",
    "Điểm giới thiệu và bán sản phẩm",
    takes=Takes.DAY,
    room=ROOM,
    about="Điểm bán đang mở vào một ngày: địa chỉ, giờ mở cửa, chủ thể có hàng.",
    filters=(POINTS,),
)
def points(asked: Asked) -> Table:
    """Each point of sale open on the day."""
    found = of_kind(points_of(asked), asked, POINTS)

    def line(p: Any) -> Sequence[Cell]:
        return (
            Link(p.name, reverse("desk:point-of-sale", args=[p.pk])),
            capital(p.get_kind_display()),
            p.keeper,
            f"{p.address}, {place_text(p.place, asked.day)}",
            p.opening_hours,
            p.phone,
            p.opened_on,
            len(p.mine),
            _names(p),
        )

    kinds = _kinds(found, PointOfSale.Kind)
    sellers = found.order_by().values("supplies__producer").exclude(supplies=None).distinct().count()
    rows = with_parts(found.with_place().order_by("name_key", "pk"), POINT, asked.user)
    return Table(
        title="Điểm giới thiệu và bán sản phẩm OCOP",
        about=as_of(asked),
        columns=(
            Column("Điểm bán", width=1.5),
            Column("Loại", width=1),
            Column("Đơn vị quản lý", width=1.2),
            Column("Địa chỉ", width=1.8),
            Column("Giờ mở cửa", width=1),
            Column("Điện thoại", width=0.9),
            Column("Mở từ ngày", Kind.DATE, width=0.85),
            Column("Số chủ thể", Kind.COUNT, width=0.6),
            Column("Chủ thể có hàng", width=2),
        ),
        rows=Lines(rows, line),
        summary=points_told(kinds, producers=sellers, day=asked.day, place=asked.where),
        footnotes=(
            "Chủ thể có hàng theo danh sách hiện nay: sổ bộ không ghi ngày bắt đầu bán.",
            *elsewhere(asked, "Gồm cả điểm bán nơi khác có hàng của chủ thể trên địa bàn."),
        ),
        source=reverse("desk:points-of-sale"),
    )


def campaigns_of(asked: Asked) -> Any:
    """The campaigns that began in the year, up to the day; those called off apart."""
    return asked.placed(Campaign.objects.held().in_year(asked.year).begun(asked.day))


@official(
    "tu-van",
    "Đợt tư vấn, tập huấn",
    takes=Takes.YEAR,
    room=ROOM,
    about="Tư vấn tại chỗ, tập huấn, hướng dẫn hoàn thiện hồ sơ trong năm và chủ thể tham gia.",
    filters=(CAMPAIGNS,),
)
def campaigns(asked: Asked) -> Table:
    """Each campaign of the year with the producers of the scope that took part."""
    found = of_kind(campaigns_of(asked), asked, CAMPAIGNS)

    def line(c: Any) -> Sequence[Cell]:
        return (
            Link(c.name, reverse("desk:campaign", args=[c.pk])),
            capital(c.get_kind_display()),
            c.organiser,
            place_text(c.place, c.starts_on),
            c.starts_on,
            c.ends_on,
            len(c.mine),
            sum(part.people for part in c.mine),
            c.others,
            _names(c),
        )

    parts = CampaignParticipant.objects.filter(campaign__in=found.order_by().values("pk")).filter(
        asked.own("producer__")
    )
    people = parts.aggregate(n=Sum("people"))["n"] or 0
    others = found.order_by().aggregate(n=Sum("others"))["n"] or 0
    count = parts.count()
    rows = with_parts(found.with_place().order_by("starts_on", "pk"), CAMPAIGN, asked.user)
    return Table(
        title="Đợt tư vấn, tập huấn",
        about=in_year(asked),
        columns=(
            Column("Tên đợt", width=1.7),
            Column("Hình thức", width=1),
            Column("Đơn vị tổ chức", width=1.3),
            Column("Địa bàn", width=1.4),
            Column("Từ ngày", Kind.DATE, width=0.85),
            Column("Đến ngày", Kind.DATE, width=0.85),
            Column("Số chủ thể", Kind.COUNT, width=0.6),
            Column("Số người của chủ thể", Kind.COUNT, width=0.7),
            Column("Số người khác", Kind.COUNT, width=0.6),
            Column("Chủ thể tham gia", width=2),
        ),
        rows=Lines(rows, line),
        sums={6: count, 7: people, 8: others},
        summary=campaigns_told(
            _kinds(found, Campaign.Kind),
            parts=count,
            people=people,
            others=others,
            year=asked.year,
            place=asked.where,
        ),
        footnotes=("Mỗi đợt tính vào năm bắt đầu; đợt đã hủy không tính.", *elsewhere(asked)),
        source=f"{reverse('desk:campaigns')}?year={asked.year}",
    )


def promotions_of(asked: Asked) -> Any:
    """The fairs and other events that began in the year, up to the day; those called off apart."""
    return asked.placed(Promotion.objects.held().in_year(asked.year).begun(asked.day))


@official(
    "xuc-tien",
    "Sự kiện xúc tiến thương mại",
    takes=Takes.YEAR,
    room=ROOM,
    about="Hội chợ, kết nối cung cầu, lễ hội trong năm; doanh số và hợp đồng của chủ thể.",
    filters=(PROMOTIONS,),
)
def promotions(asked: Asked) -> Table:
    """Each event of the year with the producers of the scope that took part, and what came of it."""
    found = of_kind(promotions_of(asked), asked, PROMOTIONS)

    def line(p: Any) -> Sequence[Cell]:
        sales = [part.sales for part in p.mine if part.sales is not None]
        return (
            Link(p.name, reverse("desk:promotion", args=[p.pk])),
            capital(p.get_kind_display()),
            p.organiser,
            p.venue,
            p.starts_on,
            p.ends_on,
            len(p.mine),
            sum(sales) if sales else None,
            sum(part.contracts for part in p.mine),
            _names(p),
        )

    parts = PromotionParticipant.objects.filter(promotion__in=found.order_by().values("pk")).filter(
        asked.own("producer__")
    )
    sums = parts.aggregate(sales=Sum("sales"), contracts=Sum("contracts"))
    count, told = parts.count(), parts.exclude(sales=None).count()
    rows = with_parts(found.with_place().order_by("starts_on", "pk"), PROMOTION, asked.user)
    return Table(
        title="Sự kiện xúc tiến thương mại",
        about=in_year(asked),
        columns=(
            Column("Tên sự kiện", width=1.7),
            Column("Hình thức", width=1),
            Column("Đơn vị tổ chức", width=1.3),
            Column("Nơi tổ chức", width=1.2),
            Column("Từ ngày", Kind.DATE, width=0.85),
            Column("Đến ngày", Kind.DATE, width=0.85),
            Column("Số chủ thể", Kind.COUNT, width=0.6),
            Column("Doanh số (triệu đồng)", Kind.NUMBER, width=0.8),
            Column("Hợp đồng, ghi nhớ", Kind.COUNT, width=0.7),
            Column("Chủ thể tham gia", width=2),
        ),
        rows=Lines(rows, line),
        sums={6: count, 7: sums["sales"], 8: sums["contracts"] or 0},
        summary=promotions_told(
            _kinds(found, Promotion.Kind),
            parts=count,
            told=told,
            sales=sums["sales"],
            contracts=sums["contracts"] or 0,
            year=asked.year,
            place=asked.where,
        ),
        footnotes=(
            "Mỗi sự kiện tính vào năm bắt đầu; sự kiện đã hủy không tính. Ô trống: chưa có số liệu.",
            *elsewhere(asked),
        ),
        source=f"{reverse('desk:promotions')}?year={asked.year}",
    )
