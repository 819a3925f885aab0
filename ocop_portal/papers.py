"""What official papers have in common: their heading, their signature, and days as they are written in them."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PDF_TYPE = "application/pdf"


@dataclass(frozen=True)
class Heading:
    """Who issues a paper, its number, place and day; what is empty is left as dots to be filled in by hand."""

    authority: str
    parent: str = ""
    number: str = ""
    place: str = ""
    day: date | None = None
    subject: str = ""
    """Of an official letter: what it is about, printed under its number after "V/v"."""


@dataclass(frozen=True)
class Signature:
    """Capacity lines such as ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), and the name; empty where it is not known yet."""

    capacity: tuple[str, ...]
    name: str = ""
    note: str = ""
    """Under the capacity, in italics, such as "(Ký, ghi rõ họ tên)"."""


def short_date(day: date) -> str:
    """31/12/2026."""
    return f"{day:%d/%m/%Y}"


def long_date(day: date) -> str:
    """ "ngày 05 tháng 8 năm 2026": days below 10 and the months 1 and 2 with a zero in front, as decree 30 asks."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
