"""What the register says of a product in a line: place then and now, standing in words with its date."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext, ngettext

from ocop_portal.languages import day_text, name_in_sentence
from ocop_portal.models import AdministrativeUnit
from products.models import Certificate
from products.standing import Standing


@dataclass(frozen=True)
class Line:
    """A product in a list, as the templates `product_card` and `product_row` read it."""

    name: str
    url: str
    code: str
    producer_name: str
    place_text: str
    stars: int
    status: str
    status_label: str
    group_code: str
    group_name: str
    made_up: bool
    image_url: str = ""
    english_name: str = ""


def line(certificate: Certificate, day: date) -> Line:
    """The product of a governing certificate as it stands on the day. No query after `with_product()`."""
    product = certificate.product
    return Line(
        name=product.name,
        url=product.get_absolute_url(),
        code=product.code,
        producer_name=product.producer.name,
        place_text=place_text(product.place, day),
        stars=certificate.stars,
        status=certificate.standing_on(day).value,
        status_label=status_label(certificate, day),
        group_code=product.group.code,
        group_name=product.group.shown_name,
        made_up=product.made_up,
        english_name=product.english_name,
    )


def card(certificate: Certificate, day: date) -> Line:
    """The line with the product's first photo. No query after `with_photos()`."""
    photo = next(iter(certificate.product.images.all()), None)
    return replace(line(certificate, day), image_url=photo.thumbnail_url if photo else "")


def status_label(certificate: Certificate, day: date) -> str:
    """The standing in words, always with the date that matters."""
    end = certificate.last_day
    match certificate.standing_on(day):
        case Standing.IN_FORCE:
            return gettext("Còn hiệu lực đến {day}").format(day=day_text(end))
        case Standing.EXPIRING:
            left = days_left(certificate, day)
            return gettext("Sắp hết hạn: còn {left}, đến {day}").format(left=left, day=day_text(end))
        case Standing.EXTENDED:
            return gettext("Được gia hạn đến {day}").format(day=day_text(end))
        case Standing.EXPIRED:
            return gettext("Hết hiệu lực từ {day}").format(day=day_text(end + timedelta(days=1)))
        case Standing.REVOKED:
            return gettext("Đã thu hồi từ {day}").format(day=day_text(certificate.revoked_on))
        case Standing.REPLACED:
            return gettext("Đã thay bằng giấy mới từ {day}").format(day=day_text(certificate.superseded_on))
        case Standing.NOT_YET_VALID:
            return gettext("Có hiệu lực từ {day}").format(day=day_text(certificate.valid_from))


def told_standing(certificate: Certificate, day: date) -> tuple[str, str]:
    """(standing, words) as officials read it.

    Nobody recorded what came after a sourced recognition, so no lapse is told.
    """
    standing = certificate.standing_on(day)
    if certificate.product.listed_only_while_standing and standing == Standing.EXPIRED:
        return "none", f"Nguồn không ghi nhận sau {certificate.last_day:%d/%m/%Y}"
    return standing.value, status_label(certificate, day)


def days_left(certificate: Certificate, day: date) -> str:
    """Days of use still left, the last day counted as today's rest: `41 ngày`, `ngày cuối cùng`."""
    days = (certificate.last_day - day).days
    return ngettext("{n} ngày", "{n} ngày", days).format(n=days) if days else gettext("ngày cuối cùng")


def place_text(unit: AdministrativeUnit, day: date) -> str:
    """Where that is to a reader on the day, with the former district by which people still know it.

    `Xã Côn Minh, huyện Na Rì` before 1/7/2025, `Xã Côn Minh (huyện Na Rì cũ)` after, and for a place of another
    name `Xã Phong Quang (xã Đôn Phong, huyện Bạch Thông cũ)`.
    """
    district = unit.district if unit.district_id != unit.pk else None
    if unit.stands_on(day):
        if district is None:
            return unit.name
        gone = not district.stands_on(day)
        if not gone:
            return f"{unit.name}, {_lower(district)}"
        return gettext("{unit} ({district} cũ)").format(unit=unit.name, district=_lower(district))
    now = unit.current
    if now is None or not now.stands_on(day):
        whole = unit.name if district is None else f"{unit.name}, {_lower(district)}"
        return gettext("{unit} cũ").format(unit=whole)
    former = [] if now.short_name == unit.short_name else [_lower(unit)]
    former += [_lower(district)] if district else []
    if district and former == [_lower(district)]:
        return gettext("{unit} ({district} cũ)").format(unit=now.name, district=former[0])
    if not former:
        return now.name
    return gettext("{unit} ({former} cũ)").format(unit=now.name, former=", ".join(former))


def _lower(unit: AdministrativeUnit) -> str:
    """The name inside a sentence: `huyện Na Rì`."""
    return name_in_sentence(unit.name)
