"""What the lists of support may be asked: one reading for page, CSV and XLSX, at the desk and in public."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from ocop_portal.models import AdministrativeUnit
from ocop_portal.params import FIRST_DAY, LAST_DAY
from ocop_portal.territory import Territory

Choices = Sequence[tuple[str, Any]]


class Asked:
    """The parameters `q`, `kind`, `year`, `district` and `commune` as far as they can be read.

    What cannot be read is told in `faults`, and then nothing is listed: a list that ignores what was asked would
    answer another question.
    """

    def __init__(self, params: Mapping[str, str], *, kinds: Choices, day: date) -> None:
        self.day, self.territory = day, Territory(day)
        self.faults: list[str] = []
        self.text = _said(params, "q")
        self.kinds = kinds
        self.kind = self._kind(_said(params, "kind"))
        self.year = self._year(_said(params, "year"))
        self.district = self._unit(_said(params, "district"), gettext("huyện"))
        self.commune = self._unit(_said(params, "commune"), gettext("xã, phường"))

    def _kind(self, asked: str) -> str:
        if asked and asked not in dict(self.kinds):
            self.faults.append(gettext("Không có loại “{text}”.").format(text=asked[:40]))
            return ""
        return asked

    def _year(self, asked: str) -> int | None:
        if not asked:
            return None
        if asked.isascii() and asked.isdigit() and len(asked) == 4:
            if FIRST_DAY.year <= int(asked) <= LAST_DAY.year:
                return int(asked)
        self.faults.append(
            gettext("“{text}” không phải là năm, hoặc ngoài các năm {first}–{last}.").format(
                text=asked[:40], first=FIRST_DAY.year, last=LAST_DAY.year
            )
        )
        return None

    def _unit(self, asked: str, what: str) -> AdministrativeUnit | None:
        found = self.territory.named(asked) if asked else None
        if asked and found is None:
            self.faults.append(
                gettext("Không có {what} nào mang mã “{code}” trong sổ bộ.").format(
                    what=what, code=asked[:40]
                )
            )
        return found

    @property
    def any(self) -> bool:
        """Whether anything was asked at all."""
        return bool(self.text or self.kind or self.year or self.district or self.commune or self.faults)

    @property
    def place(self) -> str:
        """Where, inside a sentence: `xã Côn Minh`; empty for everywhere."""
        unit = self.commune or self.district
        return f"{unit.name[:1].lower()}{unit.name[1:]}" if unit else ""

    def narrowed(self, found: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        """Those of the queryset that pass what was asked, but for the parameter named."""
        if self.faults:
            return found.none()
        found = found.search(self.text)  # type: ignore[attr-defined]
        if self.kind and without != "kind":
            found = found.filter(kind=self.kind)
        if self.year and without != "year":
            found = found.in_year(self.year)  # type: ignore[attr-defined]
        for name, unit in (("district", self.district), ("commune", self.commune)):
            if unit and without != name:
                found = found.filter(place__in=self.territory.places_in(unit))
        return found


def _said(params: Mapping[str, str], name: str) -> str:
    return params.get(name, "").replace("\x00", "").strip()[:100]
