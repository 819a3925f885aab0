"""The open tables, and the files in which each is given out."""

from dataclasses import dataclass
from functools import cached_property

from reports.open_data.rows import (
    certificates,
    communes,
    decisions,
    groups,
    points,
    producers,
    products,
    ptnt,
    shop,
    units,
)
from reports.open_data.rows.base import OpenTable

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WORDS = {"csv": "CSV", "jsonl": "JSON Lines", "geojson": "GeoJSON", "xlsx": "Excel"}


@dataclass(frozen=True)
class OpenFile:
    """A table in one format."""

    table: OpenTable
    ending: str

    @cached_property
    def name(self) -> str:
        return f"{self.table.name}.{self.ending}"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.ending]

    @property
    def format(self) -> str:
        return WORDS[self.ending]


_USUAL, _ON_MAPS, _FOR_OFFICES = ("csv", "jsonl"), ("csv", "jsonl", "geojson"), ("csv", "xlsx")
_ENDINGS: tuple[tuple[OpenTable, tuple[str, ...]], ...] = (
    (products.TABLE, _USUAL),
    (certificates.TABLE, _USUAL),
    (decisions.TABLE, _USUAL),
    (producers.TABLE, _USUAL),
    (points.TABLE, _ON_MAPS),
    (communes.TABLE, _ON_MAPS),
    (units.TABLE, _USUAL),
    (groups.TABLE, _USUAL),
    (ptnt.TABLE, _FOR_OFFICES),
    (shop.TABLE, _FOR_OFFICES),
)
TABLES = tuple(table for table, _ in _ENDINGS)
FILES = {
    file.name: file for table, endings in _ENDINGS for file in (OpenFile(table, ending) for ending in endings)
}
