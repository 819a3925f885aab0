"""The report of a year as an official report: what it says in sentences, its tables, and its PDF."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings

from ocop_portal.offices import copies_of, heading_of, signature_of
from ocop_portal.typesetting import typeset
from reports.asking import Asked
from reports.figures import Figure, Section, list_of
from reports.papers import plain_heading, plain_signature, plain_table
from reports.tables import TABLES, Table
from reports.tables.base import in_year

MOST_LISTED = 300
"""Rows of a list that the report itself prints; longer ones are in the workbook."""
PRINTED = {
    "xa-chua-co-san-pham": ("Xã, phường", "Huyện trước 1/7/2025", "Sản phẩm đã hết hạn"),
    "xuat-khau": ("Sản phẩm", "Chủ thể", "Địa bàn", "Thị trường"),
    "nhan-hieu": ("Tên được bảo hộ", "Loại", "Sản phẩm mang tên", "Chủ thể"),
    "tu-van": ("Tên đợt", "Địa bàn", "Từ ngày", "Số chủ thể"),
}
"""Lists that are short and that a reader of the report asks for, with the columns that an upright page has room for."""
CLOSING = "Danh sách của từng chỉ tiêu và cách tính có trong sổ bộ sản phẩm OCOP và tệp Excel kèm theo báo cáo này./."


def report_pdf(asked: Asked, sections: Sequence[Section], *, made_at: datetime) -> bytes:
    """The report, A4 upright. Raises TypesetError."""
    where = f" trên địa bàn {asked.where}" if asked.where else ""
    told = {f.rule.key: f for section in sections for f in section.figures}
    return typeset(
        "yearly_report",
        {
            "title": f"Báo cáo năm {asked.year}",
            "about": f"Kết quả thực hiện Chương trình mỗi xã một sản phẩm năm {asked.year}{where}",
            "heading": plain_heading(heading_of(asked.user, made_at.date())),
            "basis": f"Số liệu tính đến ngày {asked.day:%d/%m/%Y}, lấy từ sổ bộ sản phẩm OCOP.",
            "opening": opening(asked, told),
            "year": str(asked.year),
            "before": str(asked.year - 1),
            "sections": [_section(section) for section in sections],
            "tables": [_list(asked, slug) for slug in PRINTED],
            "closing": CLOSING,
            "copies": list(copies_of(asked.user)),
            "signature": plain_signature(signature_of(asked.user)),
            "illustrative": settings.DEMO,
        },
        made_at=made_at,
    )


def opening(asked: Asked, told: dict[str, Figure]) -> list[str]:
    """What the year came to, in sentences made of the figures; those that are not known are left out."""

    def say(key: str) -> str:
        return told[key].shown(told[key].value)

    stars = ", ".join(f"{say(f'stars_{n}')} sản phẩm {n} sao" for n in (5, 4, 3))
    sentences = [f"{in_year(asked)}: có {say('products')} sản phẩm từ 3 sao còn hiệu lực, gồm {stars}."]
    if told["target_percent"].value is not None:
        sentences.append(
            f"So với chỉ tiêu {say('target')} sản phẩm của kế hoạch, kết quả đạt {say('target_percent')} %."
        )
    sentences.append(
        f"Có {say('communes_with_product')} trong {say('communes')} xã, phường có sản phẩm; "
        f"{say('communes_without_product')} xã, phường chưa có."
    )
    sentences.append(
        f"Có {say('lapsed_not_reassessed')} sản phẩm hết hạn mà chưa đánh giá lại, "
        f"và {say('expiring')} sản phẩm sẽ hết hạn trong 180 ngày tới."
    )
    if told["revenue_grown_percent"].value is not None:
        sentences.append(
            f"{say('revenue_grown_percent')} % chủ thể có số liệu cả hai năm đạt doanh thu từ 1,1 lần năm trước."
        )
    return sentences


def _section(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "sentences": [],
        "figures": [
            {
                "name": f.rule.name,
                "unit": f.rule.unit,
                "value": f.shown(f.value),
                "was": f.shown(f.before),
                "change": f.shown(f.change, signed=True),
                "detail": f.detail,
                "formula": f.rule.formula,
            }
            for f in section.figures
        ],
    }


def only(table: Table, heads: Sequence[str]) -> Table:
    """The table with the columns named, in their own order."""
    kept = [n for n, column in enumerate(table.columns) if column.head in heads]
    rows = [[row[n] for n in kept] for row in table.rows]
    return replace(table, columns=tuple(table.columns[n] for n in kept), rows=rows, sums={})


def _list(asked: Asked, slug: str) -> dict[str, Any]:
    told = plain_table(only(list_of(slug, {}, asked), PRINTED[slug]), MOST_LISTED)
    told["title"] = TABLES[slug].title
    return told
