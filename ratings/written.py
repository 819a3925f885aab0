"""Points and stars as official Vietnamese papers write them. Exact: numbers are never floats."""

from decimal import Decimal
from fractions import Fraction

from ocop_portal.papers import long_date, short_date

__all__ = ["STAR_NAMES", "Number", "long_date", "mean", "points", "short_date", "star_words"]

Number = int | Decimal | Fraction

STAR_NAMES = {3: "ba", 4: "bốn", 5: "năm"}


def mean(value: Number) -> str:
    """Two decimals, cut and not rounded, so that no total shows a higher band than it reached: 69,995 is "69,99"."""
    hundredths = int(Fraction(value) * 100)
    return f"{hundredths // 100},{hundredths % 100:02d}"


def points(value: Number) -> str:
    """Points as few digits as they need, two decimals at most: "8", "8,5"."""
    return mean(value).rstrip("0").rstrip(",")


def star_words(stars: int) -> str:
    """ "4 sao"; below three there is no recognised star."""
    return f"{stars} sao" if stars >= 3 else "Dưới 3 sao"
