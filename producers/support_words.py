"""What lists of campaigns, promotions and points of sale come to, in sentences. Plain values only; no ORM."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format

Counted = Sequence[tuple[str, int]]
"""(what it is called, how many) of each kind, those of none left out."""


def number(value: int | Decimal) -> str:
    """As it is written here: 1.250 and 1.250,5."""
    return number_format(value, use_l10n=True, force_grouping=True)


def _by_kind(kinds: Counted, noun: str, when: str, joined: bool) -> str:
    """`11 đợt tư vấn tại chỗ năm 2023`, and of several kinds `14 đợt năm 2023: 11 đợt tư vấn tại chỗ, 3 đợt tập huấn`.

    `joined`: whether a kind is called after the noun (`đợt tư vấn`) or stands for itself (`hội chợ`).
    """
    called = [
        f"{number(count)} {noun} {kind}" if joined else f"{number(count)} {kind}" for kind, count in kinds
    ]
    if len(called) == 1:
        return f"{called[0]}{when}"
    between = ", " if joined else "; "  # kinds that stand for themselves hold commas: hội chợ, triển lãm
    return f"{number(sum(count for _, count in kinds))} {noun}{when}: {between.join(called)}"


def _when(year: int | None, place: str) -> str:
    return (f" năm {year}" if year else "") + (f" ở {place}" if place else "")


def campaigns_told(
    kinds: Counted,
    *,
    parts: int,
    people: int,
    others: int,
    coming: int = 0,
    cancelled: int = 0,
    year: int | None = None,
    place: str = "",
) -> str:
    """`11 đợt tư vấn tại chỗ năm 2023, 64 lượt chủ thể, 130 người.`

    `parts` counts a producer once in each campaign; `others` are people of no producer; `coming` have not begun.
    """
    when = _when(year, place)
    if not kinds:
        told = f"Chưa có đợt nào{when}"
    else:
        told = f"{_by_kind(kinds, 'đợt', when, True)}{';' if len(kinds) > 1 else ','} {number(parts)} lượt chủ thể"
        told += f", {number(people)} người" if people else ""
        told += f" và {number(others)} người khác" if others else ""
    return _ended(told, "đợt", coming, cancelled)


def promotions_told(
    kinds: Counted,
    *,
    parts: int,
    told: int,
    sales: Decimal | None,
    contracts: int,
    coming: int = 0,
    cancelled: int = 0,
    year: int | None = None,
    place: str = "",
) -> str:
    """`3 sự kiện năm 2026: 2 hội chợ, triển lãm; 1 kết nối cung cầu. Có 24 lượt chủ thể, doanh số 1.250,5 triệu đồng …`

    `told`: how many of the `parts` gave their sales (million đồng); the sum says of how many it is.
    """
    when = _when(year, place)
    if not kinds:
        said = f"Chưa có sự kiện nào{when}"
    else:
        said = f"{_by_kind(kinds, 'sự kiện', when, False)}. Có {number(parts)} lượt chủ thể"
        if sales is not None:
            said += f", doanh số {number(sales)} triệu đồng ({number(told)} lượt có số liệu)"
        said += f", {number(contracts)} hợp đồng, biên bản ghi nhớ" if contracts else ""
    return _ended(said, "sự kiện", coming, cancelled)


def points_told(kinds: Counted, *, producers: int, day: date, place: str = "") -> str:
    """`18 điểm bán mở cửa ngày 31/12/2023: 8 cửa hàng OCOP; 10 … . Có hàng của 42 chủ thể.`"""
    when = f" mở cửa ngày {day:%d/%m/%Y}" + (f" ở {place}" if place else "")
    if not kinds:
        return f"Không có điểm bán nào{when}."
    total = number(sum(count for _, count in kinds))
    called = "; ".join(f"{number(count)} {kind}" for kind, count in kinds)
    return f"{total} điểm bán{when}: {called}. Có hàng của {number(producers)} chủ thể."


def _ended(told: str, noun: str, coming: int, cancelled: int) -> str:
    told += f". Trong đó có {number(coming)} {noun} chưa diễn ra" if coming else ""
    told += f". Ngoài ra có {number(cancelled)} {noun} đã hủy, không tính" if cancelled else ""
    return f"{told}."
