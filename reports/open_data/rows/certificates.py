"""Certificates as known on a day: every one that the register tells of, also replaced, expired and revoked ones."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from products.models import Certificate
from products.standing import Standing, standing_on
from reports.open_data.rows.base import ADDRESS, CALCULATED, CHUNK, STARS, OpenTable, Row, Site


class CertificateRow(Schema):
    """A certificate: printed facts, what became of it by the day, and what it is worth on it."""

    public_id: str = told(_("Mã tra cứu"), "products_certificate.public_id", example="7k2mcd94xqhn")
    number: str = told(
        _("Số giấy chứng nhận"),
        "products_certificate.number",
        example="012/GCN-OCOP",
        note=_("Trống nếu hồ sơ cũ không ghi số."),
    )
    product: str = told(_("Mã sản phẩm"), "products_product.code", example="06-02173-001-2021")
    product_name: str = told(_("Tên sản phẩm"), "products_product.name", example="Miến dong Tài Hoan")
    kind: str = told(
        _("Loại kết quả"), "products_certificate.kind", values=Certificate.Kind.choices, example="first"
    )
    stars: int = told(
        _("Hạng sao"),
        "products_certificate.stars",
        unit=_("sao"),
        values=STARS,
    )
    total: float | None = told(
        _("Tổng điểm"), "products_certificate.total", unit=_("điểm, thang 100"), note=_("Trống nếu không rõ.")
    )
    status: str = told(_("Tình trạng vào ngày xem"), CALCULATED, values=Standing.choices, example="in_force")
    valid_from: date = told(_("Có giá trị từ ngày"), "products_certificate.valid_from", example="2025-01-15")
    valid_to: date = told(
        _("Đến hết ngày"),
        "products_certificate.valid_to",
        example="2028-01-15",
        note=_("Ngày cuối cùng còn giá trị, như in trên giấy."),
    )
    extended_to: date | None = told(
        _("Gia hạn đến hết ngày"),
        "products_certificate.extended_to",
        note=_("Ngày cuối cùng của thời gian gia hạn trong khi chờ đánh giá lại."),
    )
    superseded_on: date | None = told(_("Có giấy mới từ ngày"), "products_certificate.superseded_on")
    revoked_on: date | None = told(_("Thu hồi từ ngày"), "products_certificate.revoked_on")
    revocation_ground: str | None = told(
        _("Căn cứ thu hồi"),
        "products_certificate.revocation_ground",
        values=Certificate.Ground.choices,
        nullable=True,
    )
    revocation_reason: str | None = told(_("Lý do thu hồi"), "products_certificate.revocation_reason")
    decision: str = told(_("Số quyết định"), "products_decision.number", example="15/QĐ-UBND")
    decision_id: int = told(_("Số của quyết định trong sổ bộ"), "products_decision.id", example=1)
    note: str = told(_("Ghi chú công khai"), "products_certificate.note")
    made_up: bool = told(_("Dữ liệu minh họa"), "products_product.made_up")
    url: str = told(
        _("Trang của giấy chứng nhận"),
        ADDRESS,
        example="https://ocop.example.vn/giay-chung-nhan/7k2mcd94xqhn/",
    )


def told_of(day: date) -> QuerySet[Certificate]:
    """Certificates of which the register tells on the day.

    Decided or begun by then; of a product known from a source alone only while that source shows it standing.
    """
    standing = Certificate.objects.standing(day).order_by().values("product")
    return Certificate.objects.filter(Q(valid_from__lte=day) | Q(decision__signed_on__lte=day)).filter(
        Q(product__listed_only_while_standing=False) | Q(product__in=standing)
    )


def with_kin(found: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """With all that a row tells, in one query."""
    return found.select_related("product", "decision", "extension_decision")


def certificate_row(certificate: Certificate, day: date, site: Site) -> Row:
    """The certificate as known on the day: what happened later is not told. No query after `with_kin()`."""
    extension = certificate.extension_decision
    extended = certificate.extended_to is not None and (
        certificate.valid_to < day or (extension is not None and extension.signed_on <= day)
    )
    revoked = certificate.revoked_on is not None and certificate.revoked_on <= day
    followed = certificate.superseded_on is not None and certificate.superseded_on <= day
    return {
        "public_id": certificate.public_id,
        "number": certificate.number,
        "product": certificate.product.code,
        "product_name": certificate.product.name,
        "kind": certificate.kind,
        "stars": certificate.stars,
        "total": None if certificate.total is None else float(certificate.total),
        "status": standing_on(certificate, day).value,
        "valid_from": certificate.valid_from,
        "valid_to": certificate.valid_to,
        "extended_to": certificate.extended_to if extended else None,
        "superseded_on": certificate.superseded_on if followed else None,
        "revoked_on": certificate.revoked_on if revoked else None,
        "revocation_ground": certificate.revocation_ground if revoked else None,
        "revocation_reason": certificate.revocation_reason if revoked else None,
        "decision": certificate.decision.number,
        "decision_id": certificate.decision_id,
        "note": certificate.note,
        "made_up": certificate.product.made_up,
        "url": site.page(certificate.get_absolute_url()),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    for certificate in with_kin(told_of(day)).order_by("pk").iterator(CHUNK):
        yield certificate_row(certificate, day, site)


TABLE = OpenTable(
    "certificates",
    _("Giấy chứng nhận"),
    _("Mỗi dòng một giấy chứng nhận từng cấp, kể cả đã thay, hết hạn, thu hồi."),
    CertificateRow,
    _rows,
)
