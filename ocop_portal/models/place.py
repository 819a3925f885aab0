"""Where a unit lies: the outline that a province loaded, and the point from which distances are told."""

from typing import Any

from django.db import models
from django.db.models import Q

from ocop_portal.history import tracked
from ocop_portal.models.unit import AdministrativeUnit
from ocop_portal.revision import raises_revision

WEST, EAST = 102, 118
SOUTH, NORTH = 6, 24
"""Within these degrees lies Viet Nam with its islands; a point beyond them is a slip of the hand."""
OUTSIDE = "Tọa độ phải ở Việt Nam: vĩ độ 6–24, kinh độ 102–118."


def longitude_field(**kwargs: Any) -> models.DecimalField:
    """Degrees east, to about a metre."""
    return models.DecimalField("kinh độ", max_digits=8, decimal_places=5, **kwargs)


def latitude_field(**kwargs: Any) -> models.DecimalField:
    """Degrees north, to about a metre."""
    return models.DecimalField("vĩ độ", max_digits=7, decimal_places=5, **kwargs)


def within_viet_nam() -> Q:
    """Condition that a row's point is one that the register may hold."""
    return Q(longitude__range=(WEST, EAST)) & Q(latitude__range=(SOUTH, NORTH))


@tracked()
class UnitShape(models.Model):
    """The outline of a unit for maps, as loaded by `load_boundaries`: simplified, without gaps to its neighbours."""

    unit = models.OneToOneField(
        AdministrativeUnit, models.PROTECT, related_name="shape", verbose_name="đơn vị"
    )
    geometry = models.JSONField(
        "đường ranh giới", help_text="Polygon hoặc MultiPolygon của GeoJSON (RFC 7946), WGS 84."
    )
    longitude = longitude_field()
    latitude = latitude_field()
    source = models.CharField("tệp nguồn", max_length=150, blank=True)

    class Meta:
        verbose_name = "ranh giới đơn vị"
        verbose_name_plural = "ranh giới đơn vị"
        triggers = [raises_revision()]
        constraints = [
            models.CheckConstraint(
                condition=within_viet_nam(),
                name="unitshape_in_viet_nam",
                violation_error_message=OUTSIDE,
            )
        ]

    def __str__(self) -> str:
        return f"ranh giới {self.unit}"


@tracked()
class UnitCentre(models.Model):
    """The point of a unit from which distances are told: its seat, say. Entered by an admin; comes before the shape."""

    unit = models.OneToOneField(
        AdministrativeUnit, models.PROTECT, related_name="centre", verbose_name="đơn vị"
    )
    longitude = longitude_field()
    latitude = latitude_field()
    note = models.CharField("điểm nào", max_length=100, blank=True, help_text="Ví dụ: trụ sở UBND xã.")

    class Meta:
        verbose_name = "tọa độ trung tâm đơn vị"
        verbose_name_plural = "tọa độ trung tâm đơn vị"
        triggers = [raises_revision()]
        constraints = [
            models.CheckConstraint(
                condition=within_viet_nam(),
                name="unitcentre_in_viet_nam",
                violation_error_message=OUTSIDE,
            )
        ]

    def __str__(self) -> str:
        return f"trung tâm {self.unit}"
