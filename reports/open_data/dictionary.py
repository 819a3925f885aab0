"""The data dictionary, told by the schemas themselves, so that it cannot say anything else than the data."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _
from ninja import Schema

from reports.open_data.rows.base import OpenTable, Site
from reports.open_data.tables import FILES, TABLES

TYPES = {
    "string": _("chữ"),
    "integer": _("số nguyên"),
    "number": _("số"),
    "boolean": _("đúng hoặc sai"),
    "array": _("danh sách"),
    "date": _("ngày"),
    "date-time": _("thời điểm"),
}


def described(schema: type[Schema]) -> list[dict[str, Any]]:
    """Every field of a table in its order: name, label, type, unit, allowed values, source, since when."""
    made = schema.model_json_schema(mode="serialization")
    return [_field(name, made["properties"][name]) for name in schema.model_fields]


def _field(name: str, told: dict[str, Any]) -> dict[str, Any]:
    kinds = told.get("anyOf", [told])
    kind = next(k for k in kinds if k.get("type") != "null")
    return {
        "name": name,
        "label": told["title"],
        "note": told["description"],
        "type": kind.get("format") or kind["type"],
        "type_label": TYPES[kind.get("format") or kind["type"]],
        "nullable": any(k.get("type") == "null" for k in kinds),
        "max_length": kind.get("maxLength"),
        "unit": told.get("x-unit"),
        "values": told.get("x-values", []),
        "source": told["x-source"],
        "since": told["x-since"],
        "example": next(iter(told.get("examples", ())), None),
    }


def table_entry(table: OpenTable, site: Site) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "about": table.about,
        "files": [site.api(f"bulk/{name}") for name, file in FILES.items() if file.table is table],
        "fields": described(table.schema),
    }


def dictionary(site: Site) -> dict[str, Any]:
    """All open tables."""
    return {
        "title": settings.SITE["name"],
        "licence": settings.OPEN_DATA_LICENCE,
        "licence_url": settings.OPEN_DATA_LICENCE_URL,
        "tables": [table_entry(table, site) for table in TABLES],
    }
