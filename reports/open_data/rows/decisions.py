"""Decisions on which certificates of the public register rest."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from products.models import Certificate, Decision
from reports.open_data.rows.base import ADDRESS, CHUNK, OpenTable, Row, Site
from reports.open_data.rows.certificates import told_of


class DecisionRow(Schema):
    """A decision of a competent body: who, when, about what, by which rules."""

    id: int = told(_("Số của quyết định trong sổ bộ"), "products_decision.id", example=1)
    number: str = told(
        _("Số quyết định"),
        "products_decision.number",
        example="15/QĐ-UBND",
        note=_("Trống nếu nguồn không ghi số."),
    )
    title: str = told(
        _("Cách gọi đầy đủ"),
        _("số, ngày, cơ quan"),
        example="Quyết định 15/QĐ-UBND, ngày 15/01/2025, UBND tỉnh Bắc Kạn",
    )
    kind: str = told(
        _("Loại quyết định"), "products_decision.kind", values=Decision.Kind.choices, example="recognition"
    )
    signed_on: date = told(_("Ngày ký"), "products_decision.signed_on", example="2025-01-15")
    issuer: str = told(_("Cơ quan ban hành"), "products_decision.issuer", example="UBND tỉnh Bắc Kạn")
    issuer_level: str = told(
        _("Cấp ban hành"), "products_decision.issuer_level", values=Decision.Level.choices, example="province"
    )
    ruleset: str = told(
        _("Căn cứ đánh giá"),
        "products_decision.ruleset",
        values=[*Decision.Ruleset.choices, ("", "không ghi")],
        example="148-2023",
    )
    note: str = told(_("Ghi chú công khai"), "products_decision.note")
    certificates_url: str = told(
        _("Giấy chứng nhận theo quyết định"),
        ADDRESS,
        example="https://ocop.example.vn/api/v1/certificates?decision=1",
    )


def resting(certificates: QuerySet[Certificate]) -> Q:
    """Condition on decisions that one of the certificates was granted, extended or revoked by it."""
    found = Q(pk__in=certificates.order_by().values("decision"))
    for name in ("extension_decision", "revocation_decision"):
        found |= Q(pk__in=certificates.order_by().filter(**{f"{name}__isnull": False}).values(name))
    return found


def known(day: date) -> QuerySet[Decision]:
    """Decisions signed by the day on which a certificate rests that the register tells of on it."""
    return Decision.objects.filter(resting(told_of(day)), signed_on__lte=day)


def decision_row(decision: Decision, site: Site) -> Row:
    return {
        "id": decision.pk,
        "number": decision.number,
        "title": decision.title,
        "kind": decision.kind,
        "signed_on": decision.signed_on,
        "issuer": decision.issuer,
        "issuer_level": decision.issuer_level,
        "ruleset": decision.ruleset,
        "note": decision.note,
        "certificates_url": site.api(f"certificates?decision={decision.pk}"),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    for decision in known(day).order_by("pk").iterator(CHUNK):
        yield decision_row(decision, site)


TABLE = OpenTable(
    "decisions",
    _("Quyết định"),
    _("Mỗi dòng một quyết định công nhận, gia hạn hoặc thu hồi mà giấy chứng nhận dựa vào."),
    DecisionRow,
    _rows,
)
