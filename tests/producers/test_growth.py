"""Growth and shares: exact, and never shown better than they are."""

from decimal import Decimal

import pytest

from producers.growth import growth, has_grown, share


@pytest.mark.parametrize(
    ("before", "revenue", "per_cent", "grown"),
    [
        ("100", "110", "10.0", True),
        ("100", "109.9", "9.9", False),
        ("300", "329.9", "9.9", False),  # 9,966… % is not shown as the 10 % that count
        ("0.1", "0.2", "100.0", True),
        ("100", "0", "-100.0", False),
        ("300", "299.9", "-0.1", False),
        ("0", "50", None, None),
        (None, "50", None, None),
        ("50", None, None, None),
    ],
)
def test_growth(before, revenue, per_cent, grown):
    given = [None if v is None else Decimal(v) for v in (before, revenue)]
    assert growth(*given) == (None if per_cent is None else Decimal(per_cent))
    assert has_grown(*given) is grown


def test_share_is_rounded_and_of_nothing_is_unknown():
    assert share(70, 74) == Decimal("94.6")
    assert share(1, 8) == Decimal("12.5")
    assert share(0, 3) == 0
    assert share(0, 0) is None
