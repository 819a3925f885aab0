"""Official tables and the report of the year as PDF, in the layout of decree 30/2020/NĐ-CP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from ocop_portal.offices import copies_of, heading_of, signature_of
from ocop_portal.papers import Heading, Signature, long_date, short_date
from ocop_portal.typesetting import typeset
from reports.tables.base import Cell, Column, Table, shown

MOST_PRINTED = 3_000
"""Rows that a PDF takes: more would keep the server at work for long, and nobody signs such a paper."""
TOO_LONG = "Bảng có {rows} dòng, nhiều hơn {most} dòng của một bản in. Hãy tải Excel, hoặc chọn một huyện, xã rồi in."
COMPILER = Signature(("NGƯỜI LẬP BIỂU",), note="(Ký, ghi rõ họ tên)")


class TooLong(Exception):
    """The table has more rows than are printed; says so in a sentence."""


def table_pdf(table: Table, user: Any, *, made_at: datetime) -> bytes:
    """The table for signature, A4 landscape. Raises TooLong and TypesetError."""
    if len(table.rows) > MOST_PRINTED:
        raise TooLong(
            TOO_LONG.format(
                rows=f"{len(table.rows):,}".replace(",", "."), most=f"{MOST_PRINTED:,}".replace(",", ".")
            )
        )
    data = {
        "title": table.title,
        "about": table.about,
        "heading": plain_heading(heading_of(user, made_at.date())),
        "table": plain_table(table),
        "compiler": plain_signature(COMPILER),
        "signature": plain_signature(signature_of(user)),
        "illustrative": settings.DEMO,
    }
    return typeset("table", data, made_at=made_at)


def plain_table(table: Table, most: int | None = None) -> dict[str, Any]:
    """A table as a template reads it: cells in words; at most so many rows."""
    rows = table.rows if most is None else table.rows[:most]
    return {
        "title": table.title,
        "about": table.about,
        "columns": [
            {
                "head": c.head,
                "width": c.width,
                "side": "right" if c.right else "middle" if c.middle else "left",
            }
            for c in table.columns
        ],
        "rows": [in_words(row, table.columns) for row in rows],
        "totals": in_words(table.totals, table.columns) if table.totals else None,
        "summary": table.summary,
        "footnotes": list(table.footnotes),
    }


def in_words(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    return [shown(cell, column) for cell, column in zip(row, columns, strict=True)]


def plain_heading(heading: Heading) -> dict[str, Any]:
    day = heading.day and {"short": short_date(heading.day), "long": long_date(heading.day)}
    return {
        "authority": heading.authority,
        "parent": heading.parent,
        "number": heading.number,
        "place": heading.place,
        "subject": heading.subject,
        "day": day,
    }


def plain_signature(signature: Signature) -> dict[str, Any]:
    return {"capacity": list(signature.capacity), "name": signature.name, "note": signature.note}


__all__ = [
    "MOST_PRINTED",
    "TooLong",
    "copies_of",
    "plain_heading",
    "plain_signature",
    "plain_table",
    "table_pdf",
]
