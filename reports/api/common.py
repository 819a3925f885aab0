"""What the resources share: paging, problems, the places of rows."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from ocop_portal.api.answers import Problem, refusals
from ocop_portal.api.cursors import LEAST, MOST, USUAL
from ocop_portal.api.fields import AS_OF, Day
from ocop_portal.api.problems import Refused
from ocop_portal.links import absolute
from ocop_portal.territory import Territory
from reports.open_data.rows.base import Site

BIGGEST_KEY = 2**63 - 1
Key = Annotated[int, Field(ge=1, le=BIGGEST_KEY)]
UnitKey = Annotated[
    str, Field(pattern=r"^\d{2,5}(@\d{4}-\d{2}-\d{2})?$", examples=["066", "02173@2025-06-30"])
]
ProductCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{2,39}$")]
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class BeginAnew(Problem):
    """The log does not reach back so far."""

    revision: int = Field(title="Phiên bản hiện nay của sổ bộ")
    begin: str = Field(title="Địa chỉ để bắt đầu lại")


class Paging(Schema):
    """The page of a list."""

    limit: Annotated[int, Field(ge=LEAST, le=MOST)] = Field(
        USUAL, title="Số dòng mỗi trang", description=f"Số dòng của một trang, từ {LEAST} đến {MOST}."
    )
    cursor: Annotated[str, Field(max_length=2000)] = Field(
        "", title="Con trỏ trang", description="Lấy từ “next” của trang trước; bỏ trống là trang đầu."
    )


class AsOf(Schema):
    """The day on which one record is read."""

    as_of: Day = AS_OF


class Page(Schema):
    """One page of a list. `next` is the address of the next one, null on the last."""

    next: str | None = Field(
        title="Trang sau",
        description="Địa chỉ trang sau; null ở trang cuối. Tiêu đề Link cũng ghi địa chỉ này.",
    )


LISTED = refusals(400, 404)
"""Of a list: a strange cursor; a day or a code that there is not."""
FOUND = refusals(404)


def site(request: HttpRequest) -> Site:
    """Where this reader reaches the portal."""
    return Site(absolute(request, "/")[:-1])


def places_of(territory: Territory, *keys: str | None) -> set[int] | None:
    """Keys of the places in all the units asked for; None where none was. Raises Refused for a unit there is not."""
    found: set[int] | None = None
    for key in filter(None, keys):
        unit = territory.named(key)
        if unit is None:
            raise Refused(404, f"Không có đơn vị hành chính nào mang mã “{key}” trong sổ bộ.")
        inside = territory.places_in(unit)
        found = inside if found is None else found & inside
    return found
