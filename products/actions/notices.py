"""Writes on notices: the letters of one sending are recorded together or not at all; a wrong one is declared void."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from ocop_portal.clock import today
from ocop_portal.db import constraints_in_words
from ocop_portal.history import acting
from ocop_portal.models import AdministrativeUnit
from producers.models import Producer
from products.actions.certificates import RowErrors
from products.models import Certificate, Notice, NoticeLine
from products.standing import Standing

EARLIEST_DAYS = 366
"""Nobody is told of an end more than a year ahead: our own choice, against slips of the finger."""


@dataclass(frozen=True)
class Letter:
    """A letter to one producer. `serial` 0: the next one after the letters before it."""

    producer: Producer
    certificates: Sequence[Certificate]
    recipient: str
    channel: str
    address: str = ""
    serial: int = 0


@dataclass(frozen=True)
class Sending:
    """What the letters of one sending share. `first_serial` is the number of the first letter without its own.

    `batch` is the sending's own mark: recorded twice, the second time changes nothing.
    """

    issuer: str
    symbol: str
    first_serial: int
    dated_on: date
    sent_on: date
    capacity: str
    signer: str = ""
    issuer_unit: AdministrativeUnit | None = None
    batch: uuid.UUID = field(default_factory=uuid.uuid4)


def next_serial(issuer_unit: AdministrativeUnit | None, year: int, symbol: str = "") -> int:
    """The number after the last one that the unit gave out in the year (0 given out: 1), in one series if named."""
    given = Notice.objects.filter(issuer_unit=issuer_unit, year=year)
    if symbol:
        given = given.filter(symbol=symbol)
    return int(given.aggregate(last=Max("serial"))["last"] or 0) + 1


def followed_on(day: date) -> Any:
    """Products that by the day have a signed certificate which is still to begin."""
    coming = Certificate.objects.filter(valid_from__gt=day, decision__signed_on__lte=day)
    return coming.order_by().values("product")


def refusals(certificates: Iterable[Certificate], day: date) -> dict[int, str]:
    """{key of a certificate: why its producer cannot be told on the day that it ends}. Two queries."""
    found = list(certificates)
    keys = [c.pk for c in found]
    told = {
        line.certificate_id: line.notice
        for line in NoticeLine.objects.filter(certificate__in=keys, voided=False).select_related("notice")
    }
    followed = set(
        Certificate.objects.filter(pk__in=keys, product__in=followed_on(day)).values_list("pk", flat=True)
    )
    return {c.pk: why for c in found if (why := _refusal(c, day, told, followed))}


def _refusal(certificate: Certificate, day: date, told: dict[int, Notice], followed: Collection[int]) -> str:
    if notice := told.get(certificate.pk):
        return f"đã có thông báo số {notice.number}, gửi ngày {notice.sent_on:%d/%m/%Y}"
    standing = certificate.standing_on(day)
    if standing == Standing.REVOKED:
        return f"giấy chứng nhận đã bị thu hồi từ {certificate.revoked_on:%d/%m/%Y}"
    if standing == Standing.REPLACED or certificate.pk in followed:
        return "đã có giấy chứng nhận mới"
    if standing == Standing.NOT_YET_VALID:
        return f"giấy chứng nhận có giá trị từ {certificate.valid_from:%d/%m/%Y}"
    if certificate.valid_to < day:
        return f"hạn in trên giấy đã qua ngày {certificate.valid_to:%d/%m/%Y}"
    if (certificate.valid_to - day).days > EARLIEST_DAYS:
        return f"còn hơn một năm mới hết hạn ({certificate.valid_to:%d/%m/%Y})"
    return ""


@transaction.atomic
def record_notices(*, sending: Sending, letters: Sequence[Letter], by: Any) -> list[Notice]:
    """Record the letters of one sending, in the given order, or none of them.

    Raises ValidationError at the shared field in fault, RowErrors at the letters in fault.
    """
    if found := list(Notice.objects.filter(batch=sending.batch)):
        return found
    _check_sending(sending, letters)
    certificates = _held(letters)
    notices = _numbered(sending, letters, by)
    _check_letters(sending, letters, certificates, notices)
    with (
        acting("record_notices", by=by),
        constraints_in_words(Notice, "first_serial"),
        constraints_in_words(NoticeLine),
    ):
        Notice.objects.bulk_create(notices)
        NoticeLine.objects.bulk_create(
            NoticeLine(notice=notice, certificate=c, product_name=certificates[c.pk].product.name)
            for notice, letter in zip(notices, letters, strict=True)
            for c in letter.certificates
        )
    return notices


def _check_sending(sending: Sending, letters: Sequence[Letter]) -> None:
    if not letters:
        raise ValidationError("Chưa chọn chủ thể nào để thông báo.")
    if sending.first_serial < 1:
        raise ValidationError({"first_serial": "Số văn bản phải từ 1 trở lên."})
    if sending.sent_on < sending.dated_on:
        raise ValidationError({"sent_on": "Ngày gửi không thể trước ngày văn bản."})
    if sending.sent_on > today():
        raise ValidationError({"sent_on": f"Ngày gửi không thể sau hôm nay, {today():%d/%m/%Y}."})
    if (today() - sending.dated_on).days > EARLIEST_DAYS:
        raise ValidationError({"dated_on": "Ngày văn bản đã quá một năm: hãy xem lại."})


def _held(letters: Sequence[Letter]) -> dict[int, Certificate]:
    """The certificates as they are now, their rows held, so that two officials cannot tell of one twice."""
    keys = sorted({c.pk for letter in letters for c in letter.certificates})
    held = Certificate.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    return {c.pk: c for c in held.filter(pk__in=keys).order_by("pk")}


def _numbered(sending: Sending, letters: Sequence[Letter], by: Any) -> list[Notice]:
    """The letters as rows: those with a number of their own keep it, the others follow the first number."""
    own, serial, notices = {letter.serial for letter in letters if letter.serial}, sending.first_serial, []
    for letter in letters:
        while not letter.serial and serial in own:
            serial += 1
        notices.append(
            Notice(
                producer=letter.producer,
                issuer=sending.issuer.strip(),
                issuer_unit=sending.issuer_unit,
                serial=letter.serial or serial,
                symbol=sending.symbol.strip().upper(),
                dated_on=sending.dated_on,
                sent_on=sending.sent_on,
                recipient=letter.recipient.strip(),
                address=letter.address.strip(),
                channel=letter.channel,
                capacity=sending.capacity.strip(),
                signer=sending.signer.strip(),
                batch=sending.batch,
                recorded_by=by,
            )
        )
        serial += not letter.serial
    return notices


def _check_letters(
    sending: Sending,
    letters: Sequence[Letter],
    certificates: dict[int, Certificate],
    notices: Sequence[Notice],
) -> None:
    """Each letter by itself and beside the others. Raises RowErrors."""
    refused = refusals(certificates.values(), sending.sent_on)
    taken = set(
        Notice.objects.filter(voided_on=None, issuer_unit=sending.issuer_unit)
        .filter(year=sending.dated_on.year, symbol=notices[0].symbol)
        .values_list("serial", flat=True)
    )
    faults: dict[int, ValidationError] = {}
    for index, (letter, notice) in enumerate(zip(letters, notices, strict=True)):
        try:
            _check_letter(letter, notice, certificates, refused, taken)
        except ValidationError as fault:
            faults[index] = fault
        taken.add(notice.serial)
    if faults:
        raise RowErrors(faults)


def _check_letter(
    letter: Letter,
    notice: Notice,
    certificates: dict[int, Certificate],
    refused: dict[int, str],
    taken: set[int],
) -> None:
    if not letter.certificates:
        raise ValidationError("Thông báo này chưa có sản phẩm nào.")
    for certificate in letter.certificates:
        held = certificates.get(certificate.pk)
        if held is None or held.product.producer_id != letter.producer.pk:
            raise ValidationError("Có giấy chứng nhận không phải của chủ thể này.")
        if why := refused.get(certificate.pk):
            raise ValidationError(f"{held.product.name}: {why}.")
    if notice.serial in taken:
        raise ValidationError({"serial": f"Số {notice.number} đã dùng trong năm {notice.dated_on.year}."})
    notice.full_clean(validate_constraints=False, exclude=["year"])


@transaction.atomic
def void_notice(*, notice: Notice, reason: str, by: Any) -> Notice:
    """Declare a letter void: it then counts as never sent, and its number is free again. Raises ValidationError."""
    notice = Notice.objects.select_for_update(of=("self",), no_key=True).get(pk=notice.pk)
    if notice.voided_on:
        raise ValidationError(f"Thông báo này đã được hủy ngày {notice.voided_on:%d/%m/%Y}.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do hủy."})
    notice.voided_on, notice.void_reason = today(), reason.strip()
    with acting("void_notice", by=by, reason=reason.strip()), constraints_in_words(Notice, "reason"):
        notice.save(update_fields=["voided_on", "void_reason"])
        NoticeLine.objects.filter(notice=notice).update(voided=True)
    return notice
