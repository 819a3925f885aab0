"""Fields of open tables, described where they are declared: schema, documentation and data dictionary read it there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import core_schema

from ocop_portal.api.problems import Refused
from ocop_portal.clock import today
from ocop_portal.params import FIRST_DAY, LAST_DAY, parse_day

FIRST_RELEASE = "0.4.0"
"""The release of the portal in which open tables began."""
EXAMPLE_DAY = "2023-12-31"
DAY_PATTERN = r"^(\d{4}-\d{2}-\d{2}|\d{1,2}[/-]\d{1,2}[/-]\d{4})$"


def told(
    label: str,
    source: str,
    *,
    example: Any = None,
    unit: str = "",
    values: Iterable[tuple[Any, Any]] = (),
    nullable: bool = False,
    note: str = "",
    since: str = FIRST_RELEASE,
    **limits: Any,
) -> Any:
    """A field of an open table, as a pydantic field.

    `label` is its Vietnamese name; `source` where it comes from: `table.column`, or words for what is reckoned;
    `values` the allowed ones with their meaning; `since` the release from which it has been there.
    """
    meanings = [{"value": str(value), "label": str(meaning)} for value, meaning in values]
    extra: dict[str, Any] = {"x-source": source, "x-since": since}
    if unit:
        extra["x-unit"] = unit
    if meanings:
        kinds = [value for value, _ in values]
        extra["x-values"] = meanings
        extra["enum"] = [*kinds, *([None] if nullable else [])]
    return Field(
        title=label,
        description=note or label,
        examples=[] if example is None else [example],
        json_schema_extra=extra,
        **limits,
    )


def read_day(value: Any) -> date | None:
    """The day of a parameter. Raises Refused (404) for one that cannot be read: there is no register of such a day."""
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value
    if day := parse_day(str(value)):
        return day
    raise Refused(
        404,
        f"Không có số liệu cho ngày “{str(value)[:40]}”: hãy viết dạng {EXAMPLE_DAY} hoặc 31/12/2023, "
        f"từ năm {FIRST_DAY.year} đến {LAST_DAY.year}.",
    )


Day = Annotated[
    date | None,
    BeforeValidator(read_day),
    WithJsonSchema({"type": "string", "pattern": DAY_PATTERN, "examples": [EXAMPLE_DAY]}),
]
"""A parameter that is a day: 2023-12-31 or 31/12/2023; absent: None."""


@dataclass(frozen=True)
class OneOf:
    """For `Annotated[str, OneOf(pairs)]`: one of the values, each with its meaning in words."""

    pairs: tuple[tuple[str, str], ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.literal_schema([value for value, _ in self.pairs])

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        told_values = [{"value": value, "label": str(label)} for value, label in self.pairs if label]
        named = {"x-values": told_values} if told_values else {}
        return {"type": "string", "enum": [value for value, _ in self.pairs], **named}


AS_OF = Field(
    None,
    title="Ngày xem",
    description="Xem sổ bộ như vào ngày này: 2023-12-31 hoặc 31/12/2023. Bỏ trống: hôm nay.",
)


def or_today(day: date | None) -> date:
    return day or today()
