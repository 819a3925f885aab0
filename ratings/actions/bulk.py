"""Opening many re-assessments at once, each prefilled from the product's last dossier."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from ocop_portal.clock import today
from products.actions.certificates import RowErrors
from products.actions.notices import followed_on
from products.models import Certificate
from products.standing import Standing
from ratings.actions.dossiers import start_dossier
from ratings.calendar import Window, filing_window
from ratings.models import Dossier


def reasons_not_to_open(certificates: Sequence[Certificate], day: date) -> dict[int, str]:
    """{key of a certificate: why no re-assessment is opened for it together with others}. Two queries.

    Only what lies in its filing window and has no open dossier is opened in bulk (domain §3.5).
    """
    products = [c.product_id for c in certificates]
    opened = {d.product_id: d for d in Dossier.objects.open().filter(product__in=products)}  # type: ignore[attr-defined]
    followed = set(
        Certificate.objects.filter(product__in=products)
        .filter(product__in=followed_on(day))
        .values_list("product", flat=True)
    )
    return {c.pk: why for c in certificates if (why := _reason(c, day, opened, followed))}


def _reason(certificate: Certificate, day: date, opened: dict[int, Dossier], followed: set[int]) -> str:
    if dossier := opened.get(certificate.product_id):
        return f"đã có hồ sơ {dossier.get_kind_display()}, {dossier.get_state_display()}"
    if certificate.product_id in followed:
        return "đã có giấy chứng nhận mới"
    if certificate.standing_on(day) == Standing.REVOKED:
        return f"giấy chứng nhận đã bị thu hồi từ {certificate.revoked_on:%d/%m/%Y}"
    if certificate.standing_on(day) == Standing.REPLACED:
        return "đã có giấy chứng nhận mới"
    window = filing_window(certificate.valid_to)
    match window.on(day):
        case Window.EARLY:
            return f"chưa đến thời gian nhận hồ sơ: từ {window.first:%d/%m/%Y}"
        case Window.MISSED:
            return f"đã quá hạn nộp hồ sơ từ sau ngày {window.last:%d/%m/%Y}; nếu vẫn nộp thì lập hồ sơ riêng"
        case Window.ENDED:
            return f"giấy chứng nhận đã hết hạn sau ngày {window.end:%d/%m/%Y}; nếu đánh giá lại thì lập hồ sơ riêng"
    return ""


@transaction.atomic
def open_reassessments(*, certificates: Sequence[Certificate], by: Any) -> list[Dossier]:
    """Open a re-assessment for each of the certificates' products, or for none.

    Raises RowErrors by the certificate's place in the list.
    """
    if not certificates:
        raise ValidationError("Chưa chọn sản phẩm nào.")
    refused = reasons_not_to_open(certificates, today())
    faults: dict[int, ValidationError] = {}
    opened: list[Dossier] = []
    for index, certificate in enumerate(certificates):
        try:
            if why := refused.get(certificate.pk):
                raise ValidationError(f"{why[:1].upper()}{why[1:]}.")
            with transaction.atomic():
                opened.append(
                    start_dossier(product=certificate.product, kind=Dossier.Kind.REASSESSMENT, by=by)
                )
        except ValidationError as fault:
            faults[index] = fault
    if faults:
        raise RowErrors(faults)
    return opened
