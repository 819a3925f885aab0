"""The register itself in the words of schema.org: the site with its search, and the office that keeps it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext, override

from ocop_portal.links import absolute


def site_data(request: HttpRequest) -> dict[str, Any]:
    """`WebSite` with the search of the catalogue."""
    search = absolute(request, reverse("products:list"))
    return {
        "@type": "WebSite",
        "@id": f"{_root(request)}#so-bo",
        "name": f"{gettext('Sổ bộ sản phẩm OCOP')} {settings.SITE['province_name']}",
        "url": absolute(request, reverse("home")),
        "inLanguage": get_language(),
        "publisher": {"@id": _office(request)},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def office_data(request: HttpRequest) -> dict[str, Any]:
    """`GovernmentOrganization`: the office whose name stands at the foot of every page."""
    site = settings.SITE
    return {
        "@type": "GovernmentOrganization",
        "@id": _office(request),
        "name": site["office_name"],
        "telephone": site["office_phone"],
        "address": site["office_address"],
        "url": _root(request),
        "areaServed": {"@type": "AdministrativeArea", "name": site["province_name"]},
    }


def _office(request: HttpRequest) -> str:
    return f"{_root(request)}#co-quan"


def _root(request: HttpRequest) -> str:
    """The first page in the register's own language, by which things are known."""
    with override(settings.LANGUAGE_CODE):
        return absolute(request, reverse("home"))
