"""The catalogue as a file: CSV, XLSX and JSON of exactly the rows of the list."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate
from products.standing import standing_on

CHUNK = 2_000  # rows fetched at a time

HEADER = (
    "Mã sản phẩm",
    "Tên sản phẩm",
    "Chủ thể",
    "Huyện, thành phố (trước 1/7/2025)",
    "Xã, phường theo hồ sơ",
    "Xã, phường hiện nay",
    "Bộ sản phẩm",
    "Hạng sao",
    "Tình trạng",
    "Có giá trị từ ngày",
    "Đến hết ngày",
    "Gia hạn đến hết ngày",
    "Thu hồi từ ngày",
    "Số giấy chứng nhận",
    "Quyết định",
    "Ghi chú",
)


def record(certificate: Certificate, day: date) -> dict[str, Any]:
    """A row of the register under its public names, as JSON gives it."""
    product, place = certificate.product, certificate.product.place
    commune = place if place.level == AdministrativeUnit.Level.COMMUNE else None
    return {
        "code": product.code,
        "name": product.name,
        "producer": product.producer.name,
        "district": place.district.name if place.district else None,
        "commune": commune.name if commune else None,
        "commune_code": commune.code if commune else None,
        "commune_now": place.current.name if place.current else None,
        "commune_now_code": place.current.code if place.current else None,
        "group": product.group.code,
        "group_name": product.group.name,
        "stars": certificate.stars,
        "status": standing_on(certificate, day).value,
        "valid_from": certificate.valid_from,
        "valid_to": certificate.valid_to,
        "extended_to": certificate.extended_to,
        "revoked_on": certificate.revoked_on
        if certificate.revoked_on and certificate.revoked_on <= day
        else None,
        "certificate": certificate.number,
        "decision": certificate.decision.number,
        "made_up": product.made_up,
        "url": product.get_absolute_url(),
    }


def rows(certificates: QuerySet[Certificate], day: date) -> Iterator[list[Any]]:
    """The rows under `HEADER`, fetched as they are sent."""
    for certificate in certificates.iterator(CHUNK):
        told = record(certificate, day)
        yield [
            told["code"],
            told["name"],
            told["producer"],
            told["district"],
            told["commune"],
            told["commune_now"],
            told["group_name"],
            told["stars"],
            standing_on(certificate, day).label.capitalize(),
            told["valid_from"],
            told["valid_to"],
            told["extended_to"],
            told["revoked_on"],
            told["certificate"],
            certificate.decision.title,
            "Dữ liệu minh họa" if told["made_up"] else certificate.note,
        ]


def json_stream(certificates: QuerySet[Certificate], day: date, faults: list[str]) -> Iterator[bytes]:
    """`{"as_of", "errors", "results": […], "count"}`, piece by piece; the count is of what was sent."""
    head = {"as_of": day, "errors": faults}
    yield _json(head)[:-1] + b', "results": ['
    count = 0
    for certificate in certificates.iterator(CHUNK):
        yield (b",\n" if count else b"\n") + _json(record(certificate, day))
        count += 1
    yield b'\n], "count": %d}\n' % count


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
