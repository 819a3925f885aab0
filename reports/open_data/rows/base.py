"""What the tables share: places then and now, addresses, and the shape of a table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from ocop_portal.api.problems import PREFIX
from ocop_portal.models import AdministrativeUnit

CHUNK = 2_000  # rows fetched at a time
Row = dict[str, Any]
STARS = ((3, "ba sao"), (4, "bốn sao"), (5, "năm sao"))
CALCULATED = _("tính theo ngày xem")
"""Source of a field that is reckoned from dates and the day."""
ADDRESS = _("địa chỉ")
"""Source of a field that is an address of the portal."""


@dataclass(frozen=True)
class Site:
    """Where the portal is reached: rows name addresses that work wherever the file is read."""

    base: str

    def page(self, path: str) -> str:
        """A page or file of the portal; an address of another host stays as it is."""
        return f"{self.base}{path}" if path.startswith("/") else path

    def api(self, path: str) -> str:
        return f"{self.base}{PREFIX}{path}"


@dataclass(frozen=True)
class OpenTable:
    """A table that is published whole. `rows(day, site)` are in an order that never depends on the database's mood."""

    name: str
    title: str
    about: str
    schema: type[Schema]
    rows: Callable[[date, Site], Iterator[Row]]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.schema.model_fields)


class PlaceFields(Schema):
    """Where: the unit on record, which may be a former one, and the commune in which that lies today."""

    district: str | None = told(
        _("Huyện, thành phố trước 1/7/2025"),
        "ocop_portal_administrativeunit.name",
        example="Huyện Na Rì",
        note=_("Huyện, thành phố mà nơi này từng thuộc về; trống nếu không thuộc riêng huyện nào."),
    )
    commune: str | None = told(
        _("Xã, phường theo hồ sơ"),
        "ocop_portal_administrativeunit.name",
        example="Xã Côn Minh",
        note=_("Đơn vị ghi trong hồ sơ, có thể là xã cũ; trống nếu hồ sơ chỉ ghi đến huyện."),
    )
    commune_code: str | None = told(
        _("Mã xã, phường theo hồ sơ"), "ocop_portal_administrativeunit.code", example="02173"
    )
    commune_now: str | None = told(
        _("Xã, phường hiện nay"), "ocop_portal_administrativeunit.name", example="Xã Côn Minh"
    )
    commune_now_code: str | None = told(
        _("Mã xã, phường hiện nay"), "ocop_portal_administrativeunit.code", example="02185"
    )


def place_fields(place: AdministrativeUnit) -> Row:
    """The unit under the public names of `PlaceFields`. No query after `with_place()`."""
    commune = place if place.level == AdministrativeUnit.Level.COMMUNE else None
    return {
        "district": place.district.name if place.district else None,
        "commune": commune.name if commune else None,
        "commune_code": commune.code if commune else None,
        "commune_now": place.current.name if place.current else None,
        "commune_now_code": place.current.code if place.current else None,
    }
