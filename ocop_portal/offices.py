"""The office in whose name a paper is made: a commune's committee for its official, else the province's office."""

from datetime import date
from typing import Any

from django.conf import settings

from ocop_portal.papers import Heading, Signature


def heading_of(user: Any, day: date | None = None) -> Heading:
    """The heading of a paper of the user's office; number and day are written by hand unless a day is given."""
    site = settings.SITE
    if user.sees_whole_territory or user.unit is None:
        return Heading(
            site["office_name"], parent=site["committee_name"], place=site["committee_place"], day=day
        )
    return Heading(
        f"UBND {user.unit.name[:1].lower()}{user.unit.name[1:]}",
        parent=site["committee_name"],
        place=user.unit.short_name,
        day=day,
    )


def signature_of(user: Any) -> Signature:
    """Who signs for the office."""
    note = "(Ký, ghi rõ họ tên)"
    if user.sees_whole_territory:
        return Signature(("THỦ TRƯỞNG ĐƠN VỊ",), note=note)
    return Signature(("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), note=note)


def copies_of(user: Any) -> tuple[str, ...]:
    """Whom a report goes to: a commune's to the province's office, that office's to the committee."""
    return (settings.SITE["committee_name" if user.sees_whole_territory else "office_name"], "Lưu: VT")
