"""Administrative units of the register in time: what stood when, and what became of it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _
from ninja import Schema

from ocop_portal.api.fields import told
from ocop_portal.models import AdministrativeUnit, UnitSuccession
from reports.open_data.rows.base import OpenTable, Row, Site

KEY = _("Mã đơn vị; với đơn vị đã kết thúc thì kèm ngày cuối cùng (02173@2025-06-30), vì mã được dùng lại.")
PARENTS = ("parent", "district", "current")


class UnitRow(Schema):
    """A province, district or commune for as long as it stood."""

    key: str = told(
        _("Khóa của đơn vị"),
        "ocop_portal_administrativeunit.code, valid_to",
        example="02173@2025-06-30",
        note=KEY,
    )
    code: str = told(_("Mã"), "ocop_portal_administrativeunit.code", example="02173")
    name: str = told(_("Tên"), "ocop_portal_administrativeunit.name", example="Xã Côn Minh")
    level: str = told(
        _("Cấp"),
        "ocop_portal_administrativeunit.level",
        values=AdministrativeUnit.Level.choices,
        example="commune",
    )
    parent: str | None = told(_("Trực thuộc"), "ocop_portal_administrativeunit.parent_id", note=KEY)
    district: str | None = told(
        _("Huyện, thành phố trước 1/7/2025"), "ocop_portal_administrativeunit.district_id", note=KEY
    )
    current: str | None = told(
        _("Xã, phường hiện nay"), "ocop_portal_administrativeunit.current_id", note=KEY
    )
    valid_from: date | None = told(
        _("Có từ ngày"),
        "ocop_portal_administrativeunit.valid_from",
        note=_("Trống: từ trước khi có số liệu."),
    )
    valid_to: date | None = told(
        _("Đến hết ngày"), "ocop_portal_administrativeunit.valid_to", note=_("Trống: hiện còn.")
    )
    successors: list[str] = told(
        _("Đi vào đơn vị"),
        "ocop_portal_unitsuccession.successor_id",
        note=_("Khóa của các đơn vị nhận toàn bộ hoặc một phần đơn vị này."),
    )
    predecessors: list[str] = told(
        _("Hình thành từ"),
        "ocop_portal_unitsuccession.predecessor_id",
        note=_("Khóa của các đơn vị đã đi vào đơn vị này."),
    )


def of_register() -> QuerySet[AdministrativeUnit]:
    """Units whose products the register keeps, and the provinces above them; each with its kin in one query."""
    within = AdministrativeUnit.objects.in_territory()
    above = Q(pk__in=within.order_by().exclude(parent=None).values("parent"))
    found = AdministrativeUnit.objects.filter(Q(in_territory=True) | above)
    return found.select_related(*PARENTS)


Kin = dict[int, list[UnitSuccession]]


def successions(units: list[AdministrativeUnit]) -> tuple[Kin, Kin]:
    """({unit: what it went into}, {unit: what went into it}) of these units. One query."""
    keys = [unit.pk for unit in units]
    found = UnitSuccession.objects.filter(Q(predecessor__in=keys) | Q(successor__in=keys))
    after: Kin = defaultdict(list)
    before: Kin = defaultdict(list)
    for step in found.select_related("predecessor", "successor").order_by("effective_on", "pk"):
        after[step.predecessor_id].append(step)
        before[step.successor_id].append(step)
    return after, before


def unit_row(unit: AdministrativeUnit, after: Kin, before: Kin) -> Row:
    """No query for units of `of_register`."""
    return {
        "key": unit.reference,
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        **{name: kin.reference if (kin := getattr(unit, name)) else None for name in PARENTS},
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "successors": [step.successor.reference for step in after.get(unit.pk, ())],
        "predecessors": [step.predecessor.reference for step in before.get(unit.pk, ())],
    }


def _rows(day: date, site: Site) -> Iterator[Row]:
    units = list(of_register().order_by("code", "pk"))
    after, before = successions(units)
    return (unit_row(unit, after, before) for unit in units)


TABLE = OpenTable(
    "units",
    _("Đơn vị hành chính"),
    _("Mỗi dòng một tỉnh, huyện, xã trong thời gian đơn vị ấy tồn tại, với đơn vị trước và sau."),
    UnitRow,
    _rows,
)
