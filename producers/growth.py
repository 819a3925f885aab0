"""How much a producer's revenue grew. Pure and exact: numbers are never floats."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

GROWN = Decimal("1.1")
"""A producer has grown when its revenue is at least so many times that of the year before (domain §6)."""
_TENTH = Decimal("0.1")


def growth(before: Decimal | None, revenue: Decimal | None) -> Decimal | None:
    """Growth in per cent, one decimal, cut downwards, so that 9,96 % never shows as the 10 % that count.

    None where a year is not on record or the year before was nought.
    """
    if before is None or revenue is None or before <= 0:
        return None
    return (100 * (revenue / before - 1)).quantize(_TENTH, ROUND_FLOOR)


def has_grown(before: Decimal | None, revenue: Decimal | None) -> bool | None:
    """Whether the revenue is at least 1.1 times that of the year before; None as for `growth`."""
    if before is None or revenue is None or before <= 0:
        return None
    return revenue >= GROWN * before


def share(part: int, whole: int) -> Decimal | None:
    """Per cent with one decimal, rounded half up; None of nothing. 70 of 74 are 94,6."""
    return (Decimal(100 * part) / whole).quantize(_TENTH, ROUND_HALF_UP) if whole else None
