"""Certificates: found by number or look-up code, with their standing on a day."""

from datetime import date
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from ocop_portal.api.cursors import next_address, sliced
from ocop_portal.api.fields import AS_OF, Day, OneOf, or_today
from ocop_portal.api.problems import Refused
from products.models import Certificate, Product
from products.standing import Standing
from products.verdict import is_silent, verdict
from reports.api.common import FOUND, LISTED, AsOf, Key, Page, Paging, ProductCode, Text, site
from reports.open_data.rows.certificates import CertificateRow, certificate_row, told_of, with_kin

router = Router(tags=["Giấy chứng nhận"])
Status = Annotated[str, OneOf(tuple(Standing.choices))]
PublicId = Annotated[str, Field(pattern=r"^[2-9a-z]{12}$", examples=["7k2mcd94xqhn"])]


class CertificateQuery(Paging):
    number: Text | None = Field(
        None, description="Số giấy chứng nhận, không phân biệt chữ hoa.", examples=["012/GCN-OCOP"]
    )
    product: ProductCode | None = Field(None, description="Mã sản phẩm, kể cả mã cũ.")
    decision: Key | None = Field(None, description="Số của quyết định công nhận, gia hạn hoặc thu hồi.")
    status: Status | None = Field(None, description="Tình trạng vào ngày xem.")
    as_of: Day = AS_OF


class CertificatePage(Page):
    as_of: date = Field(title="Ngày xem")
    results: list[CertificateRow]


class CertificateOut(CertificateRow):
    as_of: date = Field(title="Ngày xem")
    sentence: str = Field(title="Tình trạng bằng một câu")
    sentence_note: str = Field(title="Điều cần biết thêm")


@router.get(
    "",
    response={200: CertificatePage, **LISTED},
    url_name="certificates",
    operation_id="listCertificates",
    summary="Danh sách giấy chứng nhận",
)
def certificates(request: HttpRequest, asked: Query[CertificateQuery]) -> dict[str, Any]:
    """Giấy chứng nhận đã biết vào ngày xem, mới trước. Số in lại do sửa lỗi có thể có ở hai giấy."""
    day = or_today(asked.as_of)
    found = told_of(day)
    if asked.number:
        found = found.filter(number__iexact=" ".join(asked.number.split()))
    if asked.product:
        product = Product.objects.bearing(asked.product)
        if product is None:
            raise Refused(404, f"Không có sản phẩm nào mang mã {asked.product} trong sổ bộ.")
        found = found.filter(product=product)
    if asked.decision:
        found = found.filter(
            Q(decision=asked.decision)
            | Q(extension_decision=asked.decision)
            | Q(revocation_decision=asked.decision)
        )
    if asked.status:
        found = found.with_standing(day).filter(standing=asked.status)  # type: ignore[attr-defined]
    page = sliced(request, with_kin(found), ["-valid_from", "-pk"], asked.limit, asked.cursor)
    return {
        "as_of": day,
        "results": [certificate_row(certificate, day, site(request)) for certificate in page.rows],
        "next": next_address(request, page.next),
    }


@router.get(
    "/{public_id}",
    response={200: CertificateOut, **FOUND},
    url_name="certificate",
    operation_id="getCertificate",
    summary="Một giấy chứng nhận",
)
def certificate(request: HttpRequest, public_id: Path[PublicId], asked: Query[AsOf]) -> dict[str, Any]:
    """Giấy chứng nhận mang mã tra cứu này và giá trị của nó vào ngày xem."""
    day = or_today(asked.as_of)
    found = with_kin(Certificate.objects.filter(public_id=public_id)).first()
    if found is None:
        raise Refused(404, f"Không có giấy chứng nhận nào mang mã tra cứu {public_id}.")
    governing = Certificate.objects.filter(product=found.product_id).governing(day).first()
    if is_silent(found, governing, day):
        raise Refused(404, "Sổ bộ không ghi nhận gì về giấy chứng nhận này vào ngày xem.")
    said = verdict(found, day)
    row = certificate_row(found, day, site(request))
    return {**row, "as_of": day, "sentence": said.sentence, "sentence_note": said.note}
