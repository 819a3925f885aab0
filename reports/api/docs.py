"""The page for developers: the OpenAPI document as people read it, made by the portal itself, without scripts."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from ocop_portal.api.cursors import MOST, USUAL
from ocop_portal.api.fields import DAY_PATTERN
from ocop_portal.api.problems import PROBLEMS, TITLES
from ocop_portal.links import absolute
from reports.api.document import ABOUT, Document
from reports.open_data.dictionary import TYPES

EXAMPLES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "listProducts": ({}, {"stars": 4, "district": "066", "limit": 50}),
    "getProduct": ({"code": "06-02173-001-2021"}, {"as_of": "2023-12-31"}),
    "listProducers": ({}, {"legal_form": "cooperative"}),
    "getProducer": ({"id": "1"}, {}),
    "listCertificates": ({}, {"number": "012/GCN-OCOP"}),
    "getCertificate": ({"public_id": "7k2mcd94xqhn"}, {}),
    "listDecisions": ({}, {"kind": "revocation"}),
    "getDecision": ({"id": "1"}, {}),
    "listUnits": ({}, {"level": "commune", "as_of": "2025-06-30"}),
    "getUnit": ({"key": "02173@2025-06-30"}, {}),
    "getRuleset": ({"code": "26-2026"}, {}),
    "getCriteriaSet": ({"code": "26-2026", "set_code": "06"}, {}),
    "getStatistics": ({}, {"as_of": "2023-12-31"}),
    "listChanges": ({}, {"since": 1200}),
    "getFile": ({"name": "products.csv"}, {}),
}
"""(parts of the path, parameters) of the example that stands under each operation; none: the plain address."""
OBJECT = _("đối tượng")
POSTED = {"scoreChoices": ({"code": "26-2026", "set_code": "06"}, {"choices": {"1.1": 2, "1.2": 1}})}


def docs(document: Document) -> Any:
    """The view of the page."""

    @require_safe
    @login_not_required
    def page(request: HttpRequest) -> HttpResponse:
        made = document.at(request)
        context = {
            "info": made["info"],
            "about": ABOUT,
            "sections": list(_sections(made, absolute(request, "/")[:-1])),
            "problems": [(status, TITLES[status], text) for status, text in PROBLEMS.items()],
            "limit": settings.API_REQUESTS_PER_MINUTE,
            "usual": USUAL,
            "most": MOST,
            "base": absolute(request, reverse("api-v1:api-root")),
            "example_problem": absolute(request, f"{reverse('api-v1:api-root')}#loi-404"),
        }
        return render(request, "reports/api.html", context)

    return page


def _sections(made: dict[str, Any], base: str) -> Iterator[dict[str, Any]]:
    """Resources in the order of the tags, each with its operations."""
    for n, tag in enumerate(made["tags"]):
        found = [
            _operation(path, method, operation, made, base)
            for path, methods in made["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
        yield {"id": f"nhom-{n + 1}", "name": tag["name"], "about": tag["description"], "operations": found}


def _operation(
    path: str, method: str, operation: dict[str, Any], made: dict[str, Any], base: str
) -> dict[str, Any]:
    name = operation["operationId"]
    answer = operation["responses"][200].get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": name,
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "about": [part for part in operation["description"].split("\n\n") if part.strip()],
        "params": [_param(param) for param in operation["parameters"]],
        "curl": _curl(name, path, base),
        "fields": list(_fields(answer, made["components"]["schemas"])),
        "problems": sorted(int(status) for status in operation["responses"] if int(status) >= 400),
    }


def _param(param: dict[str, Any]) -> dict[str, Any]:
    schema = param["schema"]
    kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
    kind = kinds[0]
    inner = kind.get("items", kind)
    return {
        "name": param["name"],
        "required": param["required"],
        "in_path": param["in"] == "path",
        "repeats": kind.get("type") == "array",
        "type": TYPES["date" if inner.get("pattern") == DAY_PATTERN else inner.get("type", "string")],
        "values": inner.get("x-values", []),
        "default": schema.get("default") if schema.get("default") not in (None, "", [], False) else None,
        "about": param.get("description") or schema.get("description") or schema.get("title", ""),
    }


def _curl(name: str, path: str, base: str) -> str:
    if name in POSTED:
        parts, body = POSTED[name]
        address = base + path.format(**parts)
        return f"curl -H 'Content-Type: application/json' -d '{json.dumps(body)}' \\\n  '{address}'"
    parts, query = EXAMPLES.get(name, ({}, {}))
    address = base + path.format(**parts) + (f"?{urlencode(query, safe='@/')}" if query else "")
    return f"curl '{address}'"


def _fields(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The fields of an answer, those of its parts indented under them, two levels deep."""
    schema = _resolved(schema, schemas)
    for name, told in schema.get("properties", {}).items():
        kinds = [kind for kind in told.get("anyOf", [told]) if kind.get("type") != "null"]
        kind = kinds[0] if kinds else {}
        listed = kind.get("type") == "array"
        inner = _resolved(kind.get("items", {}) if listed else kind, schemas)
        yield {
            "name": name,
            "depth": depth,
            "label": told.get("title", ""),
            "type": TYPES["array"]
            if listed
            else TYPES.get(inner.get("format") or inner.get("type", ""), OBJECT),
            "unit": told.get("x-unit", ""),
            "values": told.get("x-values", []),
            "nullable": len(kinds) < len(told.get("anyOf", kinds)),
            "about": told.get("description", "") if told.get("description") != told.get("title") else "",
        }
        if depth < 2 and "properties" in inner:
            yield from _fields(inner, schemas, depth + 1)


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema
