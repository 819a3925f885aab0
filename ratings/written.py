"""Points, stars and dates as official Vietnamese papers write them. Exact: numbers are never floats."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction

STAR_NAMES = {3: "ba", 4: "bốn", 5: "năm"}


def mean(value: Number) -> str:
    """Two decimals, cut and not rounded, so that no total shows a higher band than it reached: 69,995 is "69,99"."""
    hundredths = int(Fraction(value) * 100)
    return f"{hundredths // 100},{hundredths % 100:02d}"


def points(value: Number) -> str:
    """Points as few digits as they need, two decimals at most: "8", "8,5"."""
    return mean(value).rstrip("0").rstrip(",")


def short_date(day: date) -> str:
    """31/12/2026."""
    return f"{day:%d/%m/%Y}"


def long_date(day: date) -> str:
    """ "ngày 05 tháng 8 năm 2026": days below 10 and the months 1 and 2 with a zero in front, as decree 30 asks."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def star_words(stars: int) -> str:
    """ "4 sao"; below three there is no recognised star."""
    return f"{stars} sao" if stars >= 3 else "Dưới 3 sao"
