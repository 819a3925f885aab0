"""Tables of the register itself: what stands, what a decision recognised, what lapsed, what was revoked."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse

from products.catalogue import place_text
from products.filters import STATUSES
from products.models import Certificate, Decision
from products.standing import Standing, standing_case
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
    in_year,
    official,
)

ROOM = "Sổ bộ"
STARS = Filter("stars", "Hạng sao", (("", "Mọi hạng"), ("5", "5 sao"), ("4", "4 sao"), ("3", "3 sao")))
STATUS = Filter(
    "status",
    "Tình trạng",
    (("", "Mọi tình trạng"), *((v, label) for v, (label, _) in STATUSES.items() if v != "all")),
)
KINDS = Filter("kind", "Loại", (("", "Mọi loại"), *Certificate.Kind.choices))


def product_link(certificate: Certificate) -> Link:
    """The product's name, leading to its page at the desk."""
    return Link(certificate.product.name, reverse("desk:product", args=[certificate.product_id]))


def number_link(certificate: Certificate) -> Cell:
    """The certificate's number, leading to it; of one without a number the word for that."""
    return Link(certificate.number or "không ghi số", reverse("desk:certificate", args=[certificate.pk]))


def cited(decision: Decision | None) -> str:
    """A decision in a cell: `12/QĐ-UBND, 15/01/2025`."""
    if decision is None:
        return ""
    return f"{decision.number or 'không ghi số'}, {decision.signed_on:%d/%m/%Y}"


def starred(found: Any, asked: Asked) -> Any:
    stars = asked.choice(STARS.name, STARS.values, "hạng sao")
    return found.filter(stars=int(stars)) if stars else found


def told_stars(found: Any) -> str:
    """`218 sản phẩm: 1 sản phẩm 5 sao, 18 sản phẩm 4 sao, 199 sản phẩm 3 sao`. One query."""
    counts = Counter(found.order_by().values_list("stars", flat=True))
    told = ", ".join(f"{counts[n]} sản phẩm {n} sao" for n in (5, 4, 3) if counts[n])
    return f"{counts.total()} sản phẩm" + (f": {told}" if told else "")


@official(
    "so-bo",
    "Sổ bộ sản phẩm OCOP",
    takes=Takes.DAY,
    room=ROOM,
    about="Mọi sản phẩm đã được công nhận, hạng sao và tình trạng vào một ngày.",
    filters=(STATUS, STARS),
)
def register(asked: Asked) -> Table:
    """Every governing certificate of the day, one per product, with its standing."""
    found = asked.certificates(Certificate.objects.public(asked.day))
    if status := asked.choice(STATUS.name, STATUS.values, "tình trạng"):
        found = found.in_standing(asked.day, STATUSES[status][1])
    found = starred(found, asked)
    if asked.faults:
        found = found.none()

    def line(c: Certificate) -> Sequence[Cell]:
        return (
            c.product.code,
            product_link(c),
            c.product.producer.name,
            place_text(c.product.place, asked.day),
            c.product.group.name,
            c.stars,
            c.standing_on(asked.day).label.capitalize(),
            number_link(c),
            cited(c.decision),
            c.valid_from,
            c.last_day,
        )

    standings = Counter(found.order_by().values_list(standing_case(asked.day), flat=True))
    told = "; ".join(f"{standings[s]} {s.label}" for s in Standing if standings[s])
    return Table(
        title="Sổ bộ sản phẩm OCOP",
        about=as_of(asked),
        columns=(
            Column("Mã sản phẩm", width=1.15),
            Column("Sản phẩm", width=1.6),
            Column("Chủ thể", width=1.5),
            Column("Địa bàn", width=1.5),
            Column("Bộ sản phẩm", width=1.2),
            Column("Hạng sao", Kind.COUNT, width=0.5),
            Column("Tình trạng", width=0.9),
            Column("Số giấy chứng nhận", width=1.2),
            Column("Quyết định", width=1.2),
            Column("Từ ngày", Kind.DATE, width=0.85),
            Column("Đến hết ngày", Kind.DATE, width=0.85),
        ),
        rows=Lines(found.with_product().order_by("product__name_key", "pk"), line),
        summary=f"{told_stars(found)}. {told}." if told else "Không có sản phẩm nào.",
        footnotes=(
            "Mỗi sản phẩm một dòng, theo giấy chứng nhận đang chi phối vào ngày ấy; đến hết ngày đã tính gia hạn.",
        ),
        source=reverse("products:list"),
    )


@official(
    "het-han-chua-danh-gia-lai",
    "Sản phẩm hết hạn chưa đánh giá lại",
    takes=Takes.DAY,
    room=ROOM,
    about="Giấy chứng nhận cuối cùng đã hết hạn mà chưa có kết quả mới; kèm liên hệ của chủ thể.",
    filters=(STARS,),
)
def lapsed(asked: Asked) -> Table:
    """Products whose last certificate ended before the day without a new one."""
    found = asked.certificates(
        Certificate.objects.public(asked.day).in_standing(asked.day, (Standing.EXPIRED,))
    )
    found = starred(found, asked)
    if asked.faults:
        found = found.none()

    def line(c: Certificate) -> Sequence[Cell]:
        producer = c.product.producer
        return (
            product_link(c),
            producer.name,
            place_text(c.product.place, asked.day),
            c.stars,
            c.last_day,
            (asked.day - c.last_day).days,
            producer.representative,
            producer.phone,
        )

    order = found.with_product().order_by(Coalesce("extended_to", "valid_to"), "product__name_key", "pk")
    return Table(
        title="Sản phẩm hết hạn chưa đánh giá lại",
        about=as_of(asked),
        columns=(
            Column("Sản phẩm", width=1.6),
            Column("Chủ thể", width=1.5),
            Column("Địa bàn", width=1.6),
            Column("Hạng sao", Kind.COUNT, width=0.5),
            Column("Hết hạn sau ngày", Kind.DATE, width=0.9),
            Column("Đã quá (ngày)", Kind.COUNT, width=0.7),
            Column("Người đại diện", width=1.1),
            Column("Điện thoại", width=0.9),
        ),
        rows=Lines(order, line),
        summary=f"{told_stars(found)}.",
        footnotes=(
            "Tính riêng, không nằm trong số sản phẩm còn hiệu lực. Hết hạn: không còn quyền in biểu trưng và số sao.",
        ),
        source=reverse("products:list") + "?status=expired",
    )


@official(
    "cong-nhan-trong-nam",
    "Kết quả công nhận trong năm",
    takes=Takes.YEAR,
    room=ROOM,
    about="Công nhận lần đầu, nâng hạng và phân hạng lại có giá trị từ trong năm.",
    filters=(KINDS, STARS),
)
def recognised(asked: Asked) -> Table:
    """Certificates that began in the year, re-issues of lost papers apart."""
    found = asked.certificates(Certificate.objects.filter(begun_in(asked)))
    if kind := asked.choice(KINDS.name, KINDS.values, "loại"):
        found = found.filter(kind=kind)
    found = starred(found, asked)
    if asked.faults:
        found = found.none()

    def line(c: Certificate) -> Sequence[Cell]:
        return (
            product_link(c),
            c.product.producer.name,
            place_text(c.product.place, c.valid_from),
            c.get_kind_display().capitalize(),
            c.stars,
            c.total,
            number_link(c),
            cited(c.decision),
            c.valid_from,
        )

    return Table(
        title="Kết quả công nhận sản phẩm OCOP",
        about=in_year(asked),
        columns=(
            Column("Sản phẩm", width=1.6),
            Column("Chủ thể", width=1.5),
            Column("Địa bàn", width=1.5),
            Column("Loại", width=1),
            Column("Hạng sao", Kind.COUNT, width=0.5),
            Column("Tổng điểm", Kind.NUMBER, width=0.6, places=2),
            Column("Số giấy chứng nhận", width=1.2),
            Column("Quyết định", width=1.2),
            Column("Từ ngày", Kind.DATE, width=0.85),
        ),
        rows=Lines(found.with_product().order_by("valid_from", "product__name_key", "pk"), line),
        summary=f"{told_stars(found)}.",
        footnotes=("Không tính giấy cấp lại. Sản phẩm được công nhận hai lần trong năm có hai dòng.",),
        source=reverse("desk:decisions"),
    )


def begun_in(asked: Asked) -> Q:
    """Condition on certificates that began in the year, up to the day it is read on; re-issues apart."""
    return Q(valid_from__year=asked.year, valid_from__lte=asked.day) & ~Q(kind=Certificate.Kind.REISSUE)


@official(
    "thu-hoi-trong-nam",
    "Giấy chứng nhận bị thu hồi trong năm",
    takes=Takes.YEAR,
    room=ROOM,
    about="Căn cứ, lý do công khai và quyết định thu hồi.",
)
def revoked(asked: Asked) -> Table:
    """Certificates revoked in the year."""
    found = asked.certificates(
        Certificate.objects.filter(revoked_on__year=asked.year, revoked_on__lte=asked.day)
    )
    found = found.none() if asked.faults else found

    def line(c: Certificate) -> Sequence[Cell]:
        return (
            product_link(c),
            c.product.producer.name,
            place_text(c.product.place, asked.day),
            c.stars,
            number_link(c),
            c.revoked_on,
            c.get_revocation_ground_display().capitalize(),
            c.revocation_reason,
            cited(c.revocation_decision),
        )

    rows = found.with_product().select_related("revocation_decision").order_by("revoked_on", "pk")
    return Table(
        title="Giấy chứng nhận OCOP bị thu hồi",
        about=in_year(asked),
        columns=(
            Column("Sản phẩm", width=1.4),
            Column("Chủ thể", width=1.4),
            Column("Địa bàn", width=1.4),
            Column("Hạng sao", Kind.COUNT, width=0.5),
            Column("Số giấy chứng nhận", width=1.1),
            Column("Thu hồi từ ngày", Kind.DATE, width=0.85),
            Column("Căn cứ", width=1.5),
            Column("Lý do công khai", width=1.8),
            Column("Quyết định", width=1.2),
        ),
        rows=Lines(rows, line),
        summary=f"{told_stars(found)}.",
        source=reverse("products:list") + "?status=revoked",
    )


@official(
    "ket-qua-quyet-dinh",
    "Phụ lục kết quả của một quyết định",
    takes=Takes.DECISION,
    room=ROOM,
    about="Danh sách sản phẩm của một quyết định công nhận, gia hạn hoặc thu hồi.",
)
def annex(asked: Asked) -> Table:
    """What a decision did: the certificates granted, extended or revoked by it, in scope."""
    key = asked.said("decision")
    pk = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
    decision = get_object_or_404(Decision, pk=pk)
    relation, what = {
        Decision.Kind.RECOGNITION: ("decision", "công nhận"),
        Decision.Kind.EXTENSION: ("extension_decision", "được gia hạn"),
        Decision.Kind.REVOCATION: ("revocation_decision", "bị thu hồi"),
    }[Decision.Kind(decision.kind)]
    found = asked.certificates(Certificate.objects.filter(**{relation: decision}))
    rows = found.with_product().select_related("won_by__round")
    extra = {
        Decision.Kind.RECOGNITION: (("Đợt đánh giá", Kind.TEXT, 1.1, _round_of),),
        Decision.Kind.EXTENSION: (
            ("Gia hạn đến hết ngày", Kind.DATE, 0.9, lambda c: c.extended_to),
            ("Lý do", Kind.TEXT, 1.4, lambda c: c.extension_reason),
        ),
        Decision.Kind.REVOCATION: (
            ("Thu hồi từ ngày", Kind.DATE, 0.9, lambda c: c.revoked_on),
            ("Lý do", Kind.TEXT, 1.4, lambda c: c.revocation_reason),
        ),
    }[Decision.Kind(decision.kind)]

    def line(c: Certificate) -> Sequence[Cell]:
        return (
            number_link(c),
            product_link(c),
            c.product.producer.name,
            place_text(c.product.place, decision.signed_on),
            c.get_kind_display().capitalize(),
            c.stars,
            c.total,
            c.valid_from,
            c.valid_to,
            *(value(c) for _, _, _, value in extra),
        )

    return Table(
        title=f"Danh sách sản phẩm OCOP {what}",
        about=f"Kèm theo {decision.title}" + (f"; {asked.where}" if asked.where else ""),
        columns=(
            Column("Số giấy chứng nhận", width=1.3),
            Column("Sản phẩm", width=1.6),
            Column("Chủ thể", width=1.5),
            Column("Xã, phường", width=1.5),
            Column("Loại", width=1),
            Column("Hạng sao", Kind.COUNT, width=0.5),
            Column("Tổng điểm", Kind.NUMBER, width=0.6, places=2),
            Column("Từ ngày", Kind.DATE, width=0.85),
            Column("Đến hết ngày", Kind.DATE, width=0.85),
            *(Column(head, kind, width) for head, kind, width, _ in extra),
        ),
        rows=Lines(
            rows.order_by("-stars", F("total").desc(nulls_last=True), "product__name_key", "pk"), line
        ),
        summary=f"{told_stars(found)}.",
        source=reverse("desk:decision", args=[decision.pk]),
    )


def _round_of(certificate: Certificate) -> str:
    """The round in which it was won; empty for what came before this portal."""
    dossier = getattr(certificate, "won_by", None)
    return str(dossier.round) if dossier and dossier.round else ""
