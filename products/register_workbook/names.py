"""Names in a workbook that stand for records: units by any spelling, bodies that decide, product sets."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from ocop_portal.folding import spaced
from ocop_portal.forms import unit_label
from ocop_portal.models import AdministrativeUnit
from products.models import Decision, ProductGroup
from products.register_workbook.values import Unread, clean, key

Level = AdministrativeUnit.Level
_COMMUNE_KINDS = r"(xa|x|phuong|p|thi tran|tt|t tran)"
_DISTRICT_KINDS = r"(huyen|h|thanh pho|tp|thi xa|tx|quan)"
_KIND_OF = {"x": "xa", "p": "phuong", "tt": "thi tran", "t tran": "thi tran"}
_NEAR = 3


def place_label(unit: AdministrativeUnit) -> str:
    """A unit as it is offered and told apart: `Xã Côn Minh, huyện Na Rì (trước 1/7/2025)`, `Xã Côn Minh (hiện nay)`.

    A district is only named with units of its time: who writes one means the former commune.
    """
    return unit_label(unit) if unit.valid_to else f"{unit.name} (hiện nay)"


@dataclass(frozen=True)
class Found:
    """A place as it was understood, with what the reader should know about that."""

    unit: AdministrativeUnit
    remark: str = ""


class PlaceUnread(Unread):
    """A place that cannot be read; `field` is the column in fault: commune or district."""

    def __init__(self, field: str, reason: str, near: tuple[str, ...] = ()) -> None:
        super().__init__(reason, near)
        self.field = field


class Places:
    """The units of the territory, then and now, by every name under which they are written."""

    def __init__(self, units: Iterable[AdministrativeUnit], variants: Iterable[tuple[int, str]]) -> None:
        self.units = {unit.pk: unit for unit in units}
        self._communes: dict[str, list[AdministrativeUnit]] = defaultdict(list)
        self._districts: dict[str, AdministrativeUnit] = {}
        self._codes: dict[str, list[AdministrativeUnit]] = defaultdict(list)
        self.provinces: list[AdministrativeUnit] = []
        for unit in self.units.values():
            self._codes[unit.code].append(unit)
            if unit.level == Level.COMMUNE:
                self._communes[key(unit.short_name)].append(unit)
            elif unit.level == Level.DISTRICT:
                self._districts[key(unit.short_name)] = unit
            else:
                self.provinces.append(unit)
        for pk, name in variants:
            varied = self.units.get(pk)
            if varied is not None and varied.level == Level.COMMUNE:
                short = re.sub(rf"^{_COMMUNE_KINDS} ", "", key(name))
                if varied not in self._communes[short]:
                    self._communes[short].append(varied)
        self._labels = {key(place_label(u)): u for u in self.units.values()}
        self._labels |= {key(u.reference): u for u in self.units.values() if u.valid_to}
        self._read: dict[tuple[str, str], Found | PlaceUnread | None] = {}

    def find(self, commune: str, district: str = "") -> Found | None:
        """The unit meant by a commune and, where given, its (former) district; None when both are empty.

        Raises PlaceUnread. Each pair of texts is worked out once.
        """
        pair = (commune, district)
        if pair not in self._read:
            try:
                self._read[pair] = self._find(commune, district)
            except PlaceUnread as error:
                self._read[pair] = error
        answer = self._read[pair]
        if isinstance(answer, PlaceUnread):
            raise answer
        return answer

    def _find(self, commune: str, district: str) -> Found | None:
        if (whole := self._labels.get(key(commune))) is not None:
            return Found(whole)
        commune, inside = self._split(commune)
        within = self.district(district) if district else (self._district_in(inside) if inside else None)
        if not commune:
            if within is None:
                return None
            return Found(within, f"Không ghi xã: chỉ ghi được đến {place_label(within)}.")
        if commune.isdecimal():
            return self._by_code(commune, within)
        named = self._named(commune)
        if not named:
            raise PlaceUnread(
                "commune", f"Không có xã, phường nào là “{commune}” trong địa bàn.", self._near(commune)
            )
        return self._choose(commune, named, within)

    def _choose(self, text: str, named: list[AdministrativeUnit], within: AdministrativeUnit | None) -> Found:
        if within is not None:
            inside = [u for u in named if u.district_id == within.pk]
            if not inside:
                raise PlaceUnread(
                    "commune",
                    f"“{text}” không thuộc {place_label(within)}.",
                    tuple(place_label(u) for u in named[:_NEAR]),
                )
            former = [u for u in inside if u.valid_to] or inside
            if len(former) == 1:
                return Found(former[0])
            named = former
        if len(named) == 1:
            return Found(named[0])
        now = [u for u in named if u.valid_to is None]
        one_name = len({key(u.short_name) for u in named}) == 1
        if len(now) == 1 and one_name and all(u.current_id == now[0].pk for u in named if u is not now[0]):
            return Found(
                now[0],
                f"“{text}” chỉ cả đơn vị hiện nay và đơn vị cũ nằm trong đó; ghi theo đơn vị hiện nay. "
                "Muốn ghi đơn vị cũ thì thêm huyện.",
            )
        raise PlaceUnread(
            "commune",
            f"“{text}” có thể là {len(named)} đơn vị. Hãy ghi đủ tên, thêm huyện nếu là đơn vị cũ.",
            tuple(place_label(u) for u in named[:_NEAR]),
        )

    def _split(self, text: str) -> tuple[str, str]:
        """(commune, what follows it) of `Thôn Nà Ca, xã Côn Minh, huyện Na Rì`."""
        parts = [part.strip() for part in re.split(r"[,;(–]| - |\)", text) if part.strip()]
        if not parts:
            return "", ""
        start = next((n for n, part in enumerate(parts) if re.match(rf"{_COMMUNE_KINDS}\b", key(part))), 0)
        rest = [
            p
            for p in parts[start + 1 :]
            if re.match(rf"{_DISTRICT_KINDS}\b", key(p)) or key(p) in self._districts
        ]
        return parts[start], rest[0] if rest else ""

    def _district_in(self, text: str) -> AdministrativeUnit | None:
        try:
            return self.district(text)
        except PlaceUnread:
            return None

    def district(self, text: str) -> AdministrativeUnit:
        """A former district by its name or code. Raises PlaceUnread."""
        folded = key(text.split(",")[0])
        bare = re.sub(rf"^{_DISTRICT_KINDS} (?=\w)", "", folded)
        for name in (folded, bare):
            if name in self._districts:
                return self._districts[name]
        coded = [u for u in self._codes.get(text.zfill(3), ()) if u.level == Level.DISTRICT]
        if coded:
            return coded[0]
        near = get_close_matches(bare, list(self._districts), _NEAR, 0.6)
        raise PlaceUnread(
            "district", f"Không có huyện nào là “{text}”.", tuple(self._districts[n].name for n in near)
        )

    def _by_code(self, code: str, within: AdministrativeUnit | None) -> Found:
        bearing = [u for u in self._codes.get(code.zfill(5), ()) if u.level == Level.COMMUNE]
        if within is not None:
            bearing = [u for u in bearing if u.district_id == within.pk] or bearing
        if not bearing:
            raise PlaceUnread("commune", f"Không có xã, phường nào mang mã {code} trong địa bàn.")
        return self._choose(code, bearing, within)

    def _named(self, text: str) -> list[AdministrativeUnit]:
        """Units of that name; of the kind that is written, and with its very diacritics, where there are such."""
        folded = key(text)
        match = re.match(rf"{_COMMUNE_KINDS} (?=\w)", folded)
        kind = _KIND_OF.get(match[1], match[1]) if match else ""
        named = self._communes.get(folded[match.end() :] if match else folded) or self._communes.get(
            folded, []
        )
        if kind:
            named = [u for u in named if key(u.name).startswith(f"{kind} ")] or named
        if len(named) > 1:
            written = spaced(text)
            named = [u for u in named if written.endswith(spaced(u.short_name))] or named
        return named

    def _near(self, text: str) -> tuple[str, ...]:
        folded = re.sub(rf"^{_COMMUNE_KINDS} (?=\w)", "", key(text))
        names = get_close_matches(folded, list(self._communes), _NEAR, 0.7)
        return tuple(place_label(u) for name in names for u in self._communes[name])[:_NEAR]

    def covers(self, one: AdministrativeUnit, other: AdministrativeUnit) -> bool:
        """Whether two places on record may be the same place: equal, or one lies wholly in the other."""
        return (
            one.pk == other.pk
            or other.pk in (one.current_id, one.district_id)
            or one.pk
            in (
                other.current_id,
                other.district_id,
            )
        )

    def around(self, unit: AdministrativeUnit) -> set[int]:
        """Keys of the places that `covers` may hold with."""
        return {u.pk for u in self.units.values() if self.covers(unit, u)}

    # --- bodies that decide ------------------------------------------------------------------------

    def province_on(self, day: date) -> AdministrativeUnit | None:
        return next((p for p in self.provinces if p.stands_on(day)), None)


@dataclass(frozen=True)
class Issuer:
    """A body that decides: as it is written in the register, its level, its unit."""

    name: str
    level: str
    unit: AdministrativeUnit | None = None


_COMMITTEE = r"\b(chu tich )?(uy ban nhan dan|ubnd)\b"


def read_issuer(text: str, day: date, places: Places, district: AdministrativeUnit | None) -> Issuer:
    """The body of a decision by name or by its level alone (`UBND huyện`, `Tỉnh`). Raises Unread."""
    folded = key(text)
    rest = re.sub(_COMMITTEE, "", folded).strip()
    rest = re.sub(r"^cap ", "", rest)
    committee = rest != folded or rest in ("tinh", "huyen", "thanh pho", "tp")
    if re.match(r"(bo|trung uong|quoc gia|tw)\b|hoi dong (ocop )?(cap )?(quoc gia|trung uong)", rest):
        name = "Trung ương" if rest in ("trung uong", "tw", "quoc gia") else clean(text)
        return Issuer(name, Decision.Level.CENTRE)
    if re.search(r"\b(tinh)\b", rest):
        named = re.sub(r".*\btinh\b", "", rest).strip()
        provinces = {key(p.short_name): p for p in places.provinces}
        if named and named not in provinces:
            raise Unread(f"Không có tỉnh nào là “{text}”.", tuple(p.name for p in places.provinces))
        province = provinces[named] if named else places.province_on(day)
        name = f"UBND {_lower(province.name)}" if committee and province else clean(text)
        return Issuer(name, Decision.Level.PROVINCE, province)
    if match := re.search(rf"\b{_DISTRICT_KINDS}\b ?(.*)", rest):
        found = places.district(match[0]) if match[2] else district
        if found is None:
            raise Unread("Không rõ huyện nào ban hành. Hãy ghi cả tên huyện.")
        return Issuer(
            f"UBND {_lower(found.name)}" if committee else clean(text), Decision.Level.DISTRICT, found
        )
    raise Unread(
        "Không rõ cấp nào ban hành. Hãy ghi như “UBND tỉnh Bắc Kạn”, “UBND huyện Na Rì” hoặc “Bộ …”."
    )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def issuer_key(name: str) -> str:
    """A body as it is matched."""
    return re.sub(r"^cap ", "", re.sub(_COMMITTEE, "ubnd", key(name)))


class Groups:
    """The product sets by code, name, or a part of the name that only one has."""

    def __init__(self, groups: Sequence[ProductGroup]) -> None:
        self.by_code = {group.code: group for group in groups}
        self._by_name = {key(group.name): group for group in groups}
        self._by_family: dict[str, list[ProductGroup]] = defaultdict(list)
        for group in groups:
            for name in (group.group_name, group.get_sector_display()):
                if group not in self._by_family[key(name)]:
                    self._by_family[key(name)].append(group)

    def find(self, text: str) -> ProductGroup:
        """The set meant. Raises Unread with near matches."""
        folded = re.sub(r"^(bo san pham|nhom san pham|bo|nhom|so|ma)( so)? (?=\d)", "", key(text))
        folded = re.sub(r"^(bo san pham|nhom san pham|bo|nhom) (?=[a-z])", "", folded)
        if match := re.match(r"0?(\d{1,2})\b ?", folded):
            return self._coded(text, match[1], folded[match.end() :])
        if folded in self._by_name:
            return self._by_name[folded]
        family = self._by_family.get(folded, [])
        if len(family) == 1:
            return family[0]
        if family:
            raise Unread(
                f"“{text}” gồm {len(family)} bộ sản phẩm. Hãy ghi mã hoặc tên của một bộ.",
                _titles(family[:6]),
            )
        wanted = set(folded.split())
        near = [g for n, g in self._by_name.items() if wanted and wanted <= set(n.split())]
        near += [self._by_name[n] for n in get_close_matches(folded, list(self._by_name), _NEAR, 0.5)]
        raise Unread(
            f"Không có bộ sản phẩm nào là “{text}”. Hãy ghi mã từ 01 đến 26.",
            _titles(list(dict.fromkeys(near))[:_NEAR]),
        )

    def _coded(self, text: str, digits: str, name: str) -> ProductGroup:
        group = self.by_code.get(digits.zfill(2))
        if group is None:
            raise Unread(f"Không có bộ sản phẩm mã {digits}. Mã từ 01 đến 26.")
        if name in self._by_name and self._by_name[name] is not group:
            raise Unread(
                f"Mã và tên trong “{text}” là hai bộ khác nhau.", _titles([group, self._by_name[name]])
            )
        return group


def _titles(groups: Sequence[ProductGroup]) -> tuple[str, ...]:
    return tuple(str(group) for group in groups)
