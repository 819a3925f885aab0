"""Producers of the public register; how to reach them only where they publish it."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from ocop_portal.api.fields import told
from producers.models import Producer
from products.models import Certificate
from products.standing import STANDS
from reports.open_data.rows.base import (
    ADDRESS,
    CALCULATED,
    CHUNK,
    OpenTable,
    PlaceFields,
    Row,
    Site,
    place_fields,
)

CONSENT = _("Của hộ, tổ hợp tác, trang trại: chỉ có khi đã đồng ý công khai bằng văn bản.")
CONTACTS = ("representative", "phone", "email", "address")


class ProducerRow(PlaceFields):
    """A producer with a product in the public register."""

    id: int = told(_("Số của chủ thể"), "producers_producer.id", example=1)
    name: str = told(_("Tên chủ thể"), "producers_producer.name", example="HTX Tài Hoan")
    name_en: str = told(
        _("Tên tiếng Anh"),
        "producers_producer.name_en",
        note=_("Để người đọc nước ngoài hiểu; trống nếu chưa có."),
    )
    legal_form: str = told(
        _("Loại hình"),
        "producers_producer.legal_form",
        values=Producer.LegalForm.choices,
        example="cooperative",
    )
    registration_number: str = told(_("Số đăng ký kinh doanh"), "producers_producer.registration_number")
    website: str = told(_("Trang web"), "producers_producer.website")
    contact_public: bool = told(
        _("Liên hệ được công khai"),
        "producers_producer.contact_consent",
        note=_("Đúng với tổ chức, và với hộ, tổ hợp tác, trang trại đã đồng ý bằng văn bản."),
    )
    representative: str | None = told(_("Người đại diện"), "producers_producer.representative", note=CONSENT)
    phone: str | None = told(_("Điện thoại"), "producers_producer.phone", note=CONSENT)
    email: str | None = told(_("Thư điện tử"), "producers_producer.email", note=CONSENT)
    address: str | None = told(_("Địa chỉ"), "producers_producer.address", note=CONSENT)
    products_standing: int = told(
        _("Sản phẩm được dùng sao vào ngày xem"), CALCULATED, unit=_("sản phẩm OCOP"), example=2
    )
    products_lapsed: int = told(
        _("Sản phẩm đã hết hạn hoặc bị thu hồi vào ngày xem"), CALCULATED, unit=_("sản phẩm OCOP"), example=0
    )
    made_up: bool = told(_("Dữ liệu minh họa"), "producers_producer.made_up")
    url: str = told(_("Trang của chủ thể"), ADDRESS, example="https://ocop.example.vn/chu-the/1/")


Counts = dict[tuple[int, bool], int]


def listed(day: date) -> QuerySet[Producer]:
    """Producers of whom the public register has a product on the day."""
    shown = Certificate.objects.public(day).order_by().values("product__producer")
    return Producer.objects.filter(pk__in=shown).with_place()


def counted(day: date, producers: Collection[int] | None = None) -> Counts:
    """{(producer, whether the star may be used): products}, of all producers or of those named. One query."""
    found: QuerySet[Any] = Certificate.objects.public(day).with_standing(day).order_by()
    if producers is not None:
        found = found.filter(product__producer__in=producers)
    counts: Counts = Counter()
    for producer, standing in found.values_list("product__producer", "standing"):
        counts[producer, standing in STANDS] += 1
    return counts


def producer_row(producer: Producer, counts: Counts, site: Site) -> Row:
    """No query after `with_place()`. Contacts are None where they are not public."""
    public = producer.contact_is_public
    return {
        **place_fields(producer.place),
        "id": producer.pk,
        "name": producer.name,
        "name_en": producer.name_en,
        "legal_form": producer.legal_form,
        "registration_number": producer.registration_number,
        "website": producer.website,
        "contact_public": public,
        **{name: getattr(producer, name) if public else None for name in CONTACTS},
        "products_standing": counts.get((producer.pk, True), 0),
        "products_lapsed": counts.get((producer.pk, False), 0),
        "made_up": producer.made_up,
        "url": site.page(reverse("producers:detail", args=[producer.pk])),
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    counts = counted(day)
    for producer in listed(day).order_by("pk").iterator(CHUNK):
        yield producer_row(producer, counts, site)


TABLE = OpenTable(
    "producers",
    _("Chủ thể"),
    _("Mỗi dòng một chủ thể có sản phẩm trong sổ bộ công khai."),
    ProducerRow,
    _rows,
)
