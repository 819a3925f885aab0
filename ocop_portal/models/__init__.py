from ocop_portal.models.change import RegisterChange
from ocop_portal.models.holiday import PublicHoliday
from ocop_portal.models.place import UnitCentre, UnitShape
from ocop_portal.models.revision import RegisterRevision
from ocop_portal.models.unit import AdministrativeUnit, UnitName, UnitSuccession
from ocop_portal.models.user import User

__all__ = [
    "AdministrativeUnit",
    "PublicHoliday",
    "RegisterChange",
    "RegisterRevision",
    "UnitCentre",
    "UnitName",
    "UnitShape",
    "UnitSuccession",
    "User",
]
