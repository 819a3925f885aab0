"""The register in the words of schema.org: what the page says of a product or producer, and nothing it does not say.

No rating of customers, price or offer is made up: the register knows none. What a thing is known by (`@id`) is the same
on the pages of every language.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from ocop_portal.languages import in_english
from ocop_portal.links import absolute
from ocop_portal.structured import plain
from producers.models import PointOfSale, Producer
from products.collections import Shown
from products.models import Certificate, ProductImage
from products.standing import Standing
from products.telling import Told

ACTIVE, INACTIVE = "https://schema.org/CertificationActive", "https://schema.org/CertificationInactive"
BEST, WORST = 5, 1
COUNTRY = {"@type": "Country", "name": "VN"}


def product_data(request: HttpRequest, told: Told, images: Iterable[ProductImage]) -> dict[str, Any]:
    """`Product` with its `Certification` as it stands on the day, in the sentence of the page. No query."""
    product = told.product
    short = absolute(request, product.get_short_url())
    return {
        "@type": "Product",
        "@id": f"{short}#san-pham",
        "name": product.name,
        "alternateName": product.english_name,
        "url": absolute(request, product.get_absolute_url()),
        "sku": product.code,
        "category": product.group.shown_name,
        "description": (in_english() and product.summary_en) or product.summary or told.verdict.sentence,
        "disambiguatingDescription": _made_up(product),
        "image": [absolute(request, image.fallback_url) for image in images],
        "countryOfOrigin": COUNTRY,
        "manufacturer": {
            "@type": "Organization",
            "@id": _known_by(request, product.producer),
            "name": product.producer.name,
            "url": absolute(request, reverse("producers:detail", args=[product.producer_id])),
        },
        "hasCertification": certification(request, told),
    }


def certification(request: HttpRequest, told: Told) -> dict[str, Any]:
    """The certificate by which the product is told; nothing where nothing is told. Stars only while they stand."""
    certificate = told.certificate
    if certificate is None:
        return {}
    stars = certificate.stars
    name = ngettext(
        "Giấy chứng nhận sản phẩm OCOP {n} sao", "Giấy chứng nhận sản phẩm OCOP {n} sao", stars
    ).format(n=stars)
    return {
        "@type": "Certification",
        # Without the language: the address of the page has one.
        "@id": f"{absolute(request, _neutral('products:certificate', certificate.public_id))}#giay-chung-nhan",
        "name": name,
        "url": absolute(request, certificate.get_absolute_url()),
        "certificationIdentification": certificate.number,
        "certificationStatus": ACTIVE if told.stands else INACTIVE,
        "certificationRating": _rating(told.stars),
        "description": f"{plain(told.verdict.sentence)} {plain(told.verdict.note)}".strip(),
        "issuedBy": {"@type": "GovernmentOrganization", "name": certificate.decision.issuer},
        "datePublished": certificate.decision.signed_on,
        "validFrom": certificate.valid_from,
        "expires": _ends_on(told, certificate),
        "validIn": COUNTRY,
    }


def _rating(stars: int) -> dict[str, Any]:
    return (
        {"@type": "Rating", "ratingValue": stars, "bestRating": BEST, "worstRating": WORST} if stars else {}
    )


def _ends_on(told: Told, certificate: Certificate) -> date:
    """The last day of use, extension included; the day of its revocation once revoked; as printed before it begins."""
    revoked = certificate.revoked_on
    if revoked and revoked <= told.day:
        return revoked
    return certificate.valid_to if told.standing == Standing.NOT_YET_VALID else certificate.last_day


def producer_data(request: HttpRequest, producer: Producer, place: str) -> dict[str, Any]:
    """`Organization`: name and place, and contacts only where the page may show them (recorded consent)."""
    open_to_all = producer.contact_is_public
    return {
        "@type": "Organization",
        "@id": _known_by(request, producer),
        "name": producer.name,
        "url": absolute(request, reverse("producers:detail", args=[producer.pk])),
        "sameAs": producer.website,
        "telephone": producer.phone if open_to_all else "",
        "email": producer.email if open_to_all else "",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": producer.address if open_to_all else "",
            "addressLocality": place,
            "addressCountry": "VN",
        },
        "disambiguatingDescription": _made_up(producer),
    }


def point_data(request: HttpRequest, point: PointOfSale, place: str) -> dict[str, Any]:
    """`Store`: where it is, when it is open in the keeper's own words, and whom to call."""
    return {
        "@type": "Store",
        "@id": f"{absolute(request, _neutral('producers:point-of-sale', point.pk))}#diem-ban",
        "name": point.name,
        "url": absolute(request, reverse("producers:point-of-sale", args=[point.pk])),
        "description": " · ".join(filter(None, (point.get_kind_display(), point.opening_hours))),
        "telephone": point.phone,
        "sameAs": point.website,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": point.address,
            "addressLocality": place,
            "addressCountry": "VN",
        },
        "disambiguatingDescription": _made_up(point),
    }


def collections_data(request: HttpRequest, rows: Sequence[Shown]) -> dict[str, Any]:
    """`CollectionPage` over the collections that the page lists."""
    return {
        "@type": "CollectionPage",
        "name": gettext("Bộ sưu tập"),
        "url": absolute(request, reverse("products:collections")),
        "mainEntity": _item_list(
            request, [(row.title, row.collection.get_absolute_url()) for row in rows], ordered=False
        ),
    }


def collection_data(request: HttpRequest, shown: Shown) -> dict[str, Any]:
    """`CollectionPage` with the products that stand, in the editor's order and in the words of the page."""
    collection = shown.collection
    return {
        "@type": "CollectionPage",
        "@id": f"{absolute(request, _neutral('products:collection', collection.slug))}#bo-suu-tap",
        "name": shown.title,
        "url": absolute(request, collection.get_absolute_url()),
        "description": shown.introduction,
        "disambiguatingDescription": _made_up(collection),
        "image": absolute(request, shown.picture.fallback_url) if shown.picture else "",
        "datePublished": collection.published_on,
        "mainEntity": _item_list(
            request, [(item.card.name, item.card.url) for item in shown.items], ordered=True
        ),
    }


def _item_list(request: HttpRequest, items: Sequence[tuple[str, str]], *, ordered: bool) -> dict[str, Any]:
    """`ItemList` of (name, path), which says the address of each and leaves the rest to the page there."""
    return {
        "@type": "ItemList",
        "numberOfItems": len(items),
        "itemListOrder": f"https://schema.org/ItemListOrder{'Ascending' if ordered else 'Descending'}",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "url": absolute(request, path)}
            for n, (name, path) in enumerate(items, 1)
        ],
    }


def _made_up(record: Any) -> str:
    return gettext("Dữ liệu minh họa") if record.made_up else ""


def _known_by(request: HttpRequest, producer: Producer) -> str:
    return f"{absolute(request, _neutral('producers:detail', producer.pk))}#chu-the"


def _neutral(name: str, argument: Any) -> str:
    """The address of a page in the register's own language."""
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=[argument])
