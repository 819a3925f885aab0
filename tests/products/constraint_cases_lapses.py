"""For each constraint of notices, a write that only it refuses."""

from datetime import date

from products.models import Notice, NoticeLine
from tests.factories import CertificateFactory, UserFactory

DAY = date(2026, 8, 1)


def notice(**fields):
    certificate = fields.pop("certificate", None) or CertificateFactory()
    given = {
        "producer": certificate.product.producer,
        "issuer": "UBND tỉnh",
        "serial": 7,
        "symbol": "UBND-KT",
        "dated_on": DAY,
        "sent_on": DAY,
        "recipient": "HTX",
        "channel": Notice.Channel.POST,
        "capacity": "CHỦ TỊCH",
        "recorded_by": fields.pop("by", None) or UserFactory(province=True),
    }
    return Notice.objects.create(**given | fields)


def line(certificate=None, **fields):
    certificate = certificate or CertificateFactory()
    made = notice(certificate=certificate, **fields)
    return NoticeLine.objects.create(notice=made, certificate=certificate, product_name="Miến")


def told_twice():
    certificate = CertificateFactory()
    line(certificate)
    line(certificate, serial=8)


CASES = {
    # Of the province, whose unit is empty: two empty units are one unit here.
    "notice_number_once_a_year": lambda: [notice(), notice()],
    "notice_serial_from_1": lambda: notice(serial=0),
    "notice_sent_once_dated": lambda: notice(sent_on=date(2026, 7, 31)),
    "notice_void_has_reason": lambda: notice(voided_on=DAY),
    "noticeline_once_per_certificate": told_twice,
}
NEVER_DELETED = {Notice: notice, NoticeLine: line}
