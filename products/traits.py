"""What the programme counts of a product beside its stars (domain §6), as of a day.

The register knows some days: of a raw-material area its validity, of a mark when it was granted, of a market since
which year. Where one is left empty the thing counts on every day. Sales channels carry no days at all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Trait:
    """`holds(day, prefix)` is the condition on products; `prefix` leads to them from another table."""

    label: str
    holds: Callable[[date, str], Q]


def area_on(day: date, prefix: str = "raw_material_areas__") -> Q:
    """A raw-material area whose certificate runs on the day."""
    return _since(prefix, "valid_from", day) & _until(prefix, "valid_to", day)


def market_on(day: date, prefix: str = "export_markets__") -> Q:
    """A market to which the product was exported in the day's year or before."""
    return Q(**{f"{prefix}since_year__isnull": True}) | Q(**{f"{prefix}since_year__lte": day.year})


def mark_on(day: date, prefix: str = "marks__") -> Q:
    """A mark granted by the day."""
    return _since(prefix, "granted_on", day)


def _since(prefix: str, name: str, day: date) -> Q:
    return Q(**{f"{prefix}{name}__isnull": True}) | Q(**{f"{prefix}{name}__lte": day})


def _until(prefix: str, name: str, day: date) -> Q:
    return Q(**{f"{prefix}{name}__isnull": True}) | Q(**{f"{prefix}{name}__gte": day})


def _there(name: str) -> Q:
    return Q(**{f"{name}__isnull": False})


TRAITS: dict[str, Trait] = {
    "area": Trait(
        _("Có vùng nguyên liệu được chứng nhận"),
        lambda day, p: _there(f"{p}raw_material_areas") & area_on(day, f"{p}raw_material_areas__"),
    ),
    "export": Trait(
        _("Có xuất khẩu"),
        lambda day, p: _there(f"{p}export_markets") & market_on(day, f"{p}export_markets__"),
    ),
    "postmart": Trait(_("Bán trên PostMart"), lambda day, p: Q(**{f"{p}channels__kind": "postmart"})),
    "geographical": Trait(
        _("Mang chỉ dẫn địa lý"),
        lambda day, p: Q(**{f"{p}marks__kind": "geographical"}) & mark_on(day, f"{p}marks__"),
    ),
    "collective": Trait(
        _("Mang nhãn hiệu tập thể"),
        lambda day, p: Q(**{f"{p}marks__kind": "collective"}) & mark_on(day, f"{p}marks__"),
    ),
}


def with_trait(name: str, day: date, prefix: str = "") -> Q:
    """Condition that a product has the trait on the day. For one `filter()`: it speaks of one row of the part."""
    return TRAITS[name].holds(day, prefix)
