"""The days that decision 26/2026/QĐ-TTg sets for rounds and re-assessment (domain §3). Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FILE_FROM_DAYS, FILE_UNTIL_DAYS = 180, 120
"""Re-assessment is filed not earlier and not later than so many days before the end (§3.5)."""
COMMUNE_WORKING_DAYS = 15
"""The commune checks and forwards within so many working days (§3.2)."""
CLOSING_DAYS = 14
"""How long before the window shuts it is told as closing: our own choice."""


def statutory(year: int, number: int) -> tuple[date, date]:
    """(proposed by the commune before, assessed before) of a year's round; later rounds follow the second (§3.4)."""
    if number == 1:
        return date(year, 4, 30), date(year, 6, 30)
    return date(year, 10, 30), date(year, 12, 30)


class Window(StrEnum):
    """Where a day lies to the filing window of a re-assessment."""

    EARLY = "early"
    OPEN = "open"
    CLOSING = "closing"
    MISSED = "missed"
    ENDED = "ended"


@dataclass(frozen=True)
class FilingWindow:
    """The days on which a re-assessment may be filed, both inclusive, for a certificate that ends on `end`."""

    first: date
    last: date
    end: date

    def on(self, day: date) -> Window:
        if day > self.end:
            return Window.ENDED
        if day > self.last:
            return Window.MISSED
        if day < self.first:
            return Window.EARLY
        return Window.CLOSING if (self.last - day).days < CLOSING_DAYS else Window.OPEN

    def told(self, day: date) -> str:
        """The window in a sentence."""
        match self.on(day):
            case Window.EARLY:
                return f"Nhận hồ sơ phân hạng lại từ {self.first:%d/%m/%Y} đến hết {self.last:%d/%m/%Y}."
            case Window.OPEN:
                return f"Đang nhận hồ sơ phân hạng lại, đến hết {self.last:%d/%m/%Y}."
            case Window.CLOSING:
                left = (self.last - day).days
                when = f"còn {left} ngày" if left else "hôm nay là ngày cuối"
                return f"Sắp hết hạn nộp hồ sơ phân hạng lại: {when}, đến hết {self.last:%d/%m/%Y}."
            case Window.MISSED:
                return (
                    f"Đã quá hạn nộp hồ sơ phân hạng lại ({self.last:%d/%m/%Y}); "
                    f"giấy chứng nhận còn đến hết {self.end:%d/%m/%Y}."
                )
            case Window.ENDED:
                return f"Giấy chứng nhận đã hết hạn từ sau ngày {self.end:%d/%m/%Y}."


def filing_window(valid_to: date) -> FilingWindow:
    """The window for a certificate whose printed last day is `valid_to`."""
    return FilingWindow(
        valid_to - timedelta(days=FILE_FROM_DAYS), valid_to - timedelta(days=FILE_UNTIL_DAYS), valid_to
    )
