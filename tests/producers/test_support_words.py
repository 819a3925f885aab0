"""Sentences of the lists, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from producers.papers import days
from producers.support_words import campaigns_told, points_told, promotions_told


@pytest.mark.parametrize(
    ("kinds", "more", "said"),
    [
        (
            [("tư vấn tại chỗ", 11)],
            {"parts": 64, "year": 2023},
            "11 đợt tư vấn tại chỗ năm 2023, 64 lượt chủ thể.",
        ),
        (
            [("tư vấn tại chỗ", 1200), ("tập huấn", 2)],
            {"parts": 1500, "people": 3, "others": 4, "coming": 1, "cancelled": 2, "place": "huyện Na Rì"},
            "1.202 đợt ở huyện Na Rì: 1.200 đợt tư vấn tại chỗ, 2 đợt tập huấn; 1.500 lượt chủ thể, 3 người"
            " và 4 người khác. Trong đó có 1 đợt chưa diễn ra. Ngoài ra có 2 đợt đã hủy, không tính.",
        ),
        ([], {"parts": 0, "year": 2019}, "Chưa có đợt nào năm 2019."),
    ],
)
def test_campaigns(kinds, more, said):
    assert campaigns_told(kinds, **{"people": 0, "others": 0} | more) == said


@pytest.mark.parametrize(
    ("sales", "said"),
    [
        (None, "2 hội chợ, triển lãm. Có 3 lượt chủ thể."),
        (Decimal("0"), "2 hội chợ, triển lãm. Có 3 lượt chủ thể, doanh số 0 triệu đồng (1 lượt có số liệu)."),
    ],
)
def test_no_sales_told_is_not_nought(sales, said):
    assert promotions_told([("hội chợ, triển lãm", 2)], parts=3, told=1, sales=sales, contracts=0) == said


def test_points_and_days():
    day = date(2023, 12, 31)
    assert points_told([("cửa hàng OCOP", 18)], producers=42, day=day) == (
        "18 điểm bán mở cửa ngày 31/12/2023: 18 cửa hàng OCOP. Có hàng của 42 chủ thể."
    )
    assert points_told([], producers=0, day=day, place="xã Côn Minh").endswith("ở xã Côn Minh.")
    assert days(day, day) == "31/12/2023"
    assert days(date(2023, 12, 1), day) == "từ 01/12/2023 đến 31/12/2023"
