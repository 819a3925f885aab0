"""The public self-assessment: what the page says is what scoring says, whatever the address holds."""

import random
import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from ratings.reading import current_rules
from ratings.scoring import score
from ratings.self_assessment import Sheet, labels
from ratings.views import self_assessment as views

pytestmark = pytest.mark.django_db
PATH = "/tu-danh-gia/"


@pytest.fixture
def rules(db):
    return current_rules("26-2026")


def page(client, status=200, **params):
    response = client.get(PATH, params)
    assert response.status_code == status, params
    return response.content.decode()


def words(html):
    """What is read, without marks and line ends."""
    main = html.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return " ".join(unescape(strip_tags(main)).split())


def told(html):
    """The result as the page's data attributes tell it."""
    head = re.search(r'id="ket-qua"[^>]*', html)[0]
    numbers = {k: int(v) for k, v in re.findall(r'data-(total|stars|band|unanswered)="(\d+)"', head)}
    parts = {letter: int(n) for letter, n in re.findall(r'data-part="(.)" data-points="(\d+)"', html)}
    lists = {}
    for name in ("unmet", "next"):
        block = re.search(rf'(?s)data-list="{name}".*?</ol>', html)
        lists[name] = [
            (code, int(needed), int(chosen), int(stars))
            for code, chosen, needed, stars in re.findall(
                r'data-criterion="([^"]+)" data-chosen="(\d+)" data-needed="(\d+)" data-for-stars="(\d)"',
                block[0] if block else "",
            )
        ]
    return numbers, parts, lists


def random_answers(rng, table, zeal):
    """Places of options; some criteria unanswered, some with none of the options."""
    answers = {}
    for scale in table.scales:
        if rng.random() < 0.08 * (1.2 - zeal):
            continue
        best = rng.random() < zeal
        answers[scale.code] = len(scale.grades) if best else rng.randint(0, len(scale.grades))
    return answers


def points_of(answers, table):
    return {code: table.by_code[code].grades[n - 1].points if n else 0 for code, n in answers.items()}


def test_the_page_says_what_scoring_says_in_every_set(client, rules):
    rng, seen = random.Random(26), set()
    for code, table in rules.sets.items():
        for zeal in (0.2, 0.6, 0.85, 0.97):
            answers = random_answers(rng, table, zeal)
            result = score(points_of(answers, table), table, rules)
            # The result alone, as a script asks for it, but for one page of each set; the two are compared below.
            only = {} if zeal == 0.6 else {"only": "result"}
            numbers, parts, lists = told(page(client, set=code, **answers, **only))
            assert numbers == {
                "total": result.total,
                "stars": result.stars,
                "band": result.band,
                "unanswered": len(table.scales) - len(answers),
            }
            assert parts == result.parts
            for name in ("unmet", "next"):
                steps = getattr(result, name)
                assert lists[name] == [(s.criterion, s.needed, s.chosen, s.for_stars) for s in steps]
            seen.add((result.band, result.stars))
    assert len(seen) >= 6


def test_following_the_way_leads_to_the_star(rules):
    rng = random.Random(3)
    for table in rules.sets.values():
        sheet = Sheet.read(((k, str(v)) for k, v in random_answers(rng, table, 0.7).items()), table, rules)
        raised = dict(sheet.answers)
        for move in sheet.next:
            labels = [n for n, g in enumerate(move.scale.grades, 1) if g.label in move.needed]
            assert labels
            raised[move.scale.code] = next(
                n for n in labels if move.scale.grades[n - 1].points == move.needed_points
            )
        after = Sheet(table, rules, raised)
        assert after.result.stars >= sheet.next_stars
        assert after.result.total == sheet.next_total


def test_everything_of_a_set_is_asked(client, rules):
    marks = 0
    for code, table in rules.sets.items():
        html = page(client, set=code)
        for scale in table.scales:
            values = re.findall(rf'name="{re.escape(scale.code)}" value="(\d+)"', html)
            assert sorted(map(int, values)) == list(range(len(scale.grades) + 1))
        assert html.count("Không có mức nào") == len(table.scales)
        text = words(html)
        assert all(f"{s.code} " in text and s.name in text for s in table.scales)
        assert all(condition in text for condition in table.disqualify)
        assert "Chưa chọn mức nào." in text
        assert "Kết quả tham khảo; Hội đồng chấm độc lập" in text
        marks += len(re.findall(r"cần cho [345] sao", html))
    assert marks == 574


def test_conditions_are_told_apart(client):
    text = words(page(client, set="06"))
    assert "Hồ sơ bị loại, không chấm điểm, khi: Giả mạo hồ sơ" in text
    assert "Bị loại nếu: giống hệt sản phẩm" in text
    assert "Chỉ áp dụng khi: có câu chuyện sản phẩm" in text
    assert "Yêu cầu: Câu chuyện phải nêu rõ" in text
    assert "Dừng đánh giá nếu: " in text
    assert "không chấm điểm, khi" not in words(page(client, set="26"))


def test_the_sentence(client, rules):
    table = rules.sets["06"]
    best = {s.code: len(s.grades) for s in table.scales}
    html = words(page(client, set="06", **best))
    assert "Với các lựa chọn này: 100 điểm, đạt 5 sao." in html
    assert "hạng 5 sao do Bộ công nhận" in html
    text = words(page(client, set="06", **{**best, "2.2": 2}))
    assert (
        "Với các lựa chọn này: 98 điểm nhưng chưa đạt 5 sao vì còn 1 mức tối thiểu chưa đạt; "
        "hiện chưa đạt hạng sao nào." in text
    )
    assert "2.2 Đóng gói, bao bì 3 sao cần: Bao bì đẹp, đóng gói sáng tạo (2 điểm)" in text
    assert "Đang chọn: Đóng gói thông thường, bao bì đơn giản (1 điểm)" in text
    assert "thêm 1 điểm" in text
    barred = {
        **dict.fromkeys(best, 1),
        "2.2": 1,
        "1.1": 3,
        "3.1": 3,
        "4.3": 5,
        "5.1": 4,
        "5.3": 3,
        "6.5": 4,
    }
    sheet = Sheet(
        rules.sets["06"], rules, barred | {s.code: len(s.grades) for s in table.scales if s.part == "C"}
    )
    assert sheet.result.band == 3
    assert sheet.sentence.endswith("mức tối thiểu chưa đạt.")
    text = words(page(client, set="06", **{"1.1": 3, "1.2": 0}))
    assert "Với các lựa chọn này: 3 điểm, chưa đủ 50 điểm để đạt 3 sao." in text
    assert (
        f"Còn {len(table.scales) - 2} trong {len(table.scales)} tiêu chí chưa chọn, đang tính 0 điểm." in text
    )
    assert "Từ: Chưa chọn (0 điểm)" in text
    none_of_these = {s.code: 0 for s in table.scales}
    assert "Từ: Không có mức nào (0 điểm)" in words(page(client, set="06", **none_of_these))


@pytest.mark.parametrize(
    ("code", "criterion", "places"), [("26", "8", (1, 3)), ("23", "6.2", (1, 2)), ("07", "3.1", (1, 2))]
)
def test_two_options_of_equal_points_are_two_choices(client, code, criterion, places):
    pages = [page(client, set=code, **{criterion: place}) for place in places]
    for place, html in zip(places, pages, strict=True):
        checked = re.findall(r'name="([^"]+)" value="(\d+)"[^>]* checked', html)
        assert checked == [(criterion, str(place))]
    assert told(pages[0])[0] == told(pages[1])[0]


def test_cases_of_set_26_are_groups_and_the_way_keeps_to_the_chosen_case(client, rules):
    html = page(client, set="26")
    assert html.count('role="group"') == 6
    assert "Trường hợp 2: điểm dịch vụ du lịch" in html
    scale = rules.sets["26"].by_code["8"]
    first, second = (scale.grades[n] for n in (1, 3))
    assert first.points == second.points == 3
    assert labels(scale, 3, second.case) == second.label
    assert labels(scale, 3, "") == f"{first.case}: {first.label} – hoặc – {second.case}: {second.label}"


def test_the_address_stays_short(rules):
    longest = 0
    for code, table in rules.sets.items():
        query = urlencode({"set": code, **{s.code: len(s.grades) for s in table.scales}})
        longest = max(longest, len(PATH) + 1 + len(query))
    assert longest <= 260


GARBAGE = [
    "",
    "0",
    "99",
    "-1",
    "1.5",
    "1e3",
    "٣",
    "½",
    "\x00",
    "<script>",
    "' OR 1=1--",
    "a" * 3000,
    "🌾",
    "%",
    "06,07",
]


def test_garbage_gets_an_answer(client, rules):
    for junk in GARBAGE:
        response = client.get(PATH, {"set": junk})
        known = junk == ""
        assert response.status_code == (200 if known else 404), junk
        assert known or "Không có bộ sản phẩm này" in response.content.decode()
        html = page(client, set="06", **{"1.1": junk, "1.2": 2, junk or "x": "1", "only": junk})
        assert "<script>alert" not in html
        assert "\x00" not in html
        assert told(html)[0]["total"] in (1, 2)
    assert page(client, set=" 6 ") == page(client, set="06")


def test_random_addresses_never_fail(client):
    rng = random.Random(11)
    letters = "0123456789.=&%+;#?/\\'\"<>{}[]àđếữ\x00\x1f\u202e "
    for _ in range(60):
        query = "".join(rng.choice(letters) for _ in range(rng.randint(1, 80)))
        prefix = rng.choice(["", "set=06&", "set=26&1.1=", "set=", "only=result&set=13&6.1.1="])
        assert client.get(f"{PATH}?{prefix}{query}").status_code in (200, 404)


def test_what_was_left_out_is_said_and_foreign_parameters_are_not(client):
    text = words(page(client, set="06", **{"1.1": "9", "77": "1", "utm_source": "zalo", "fbclid": "x"}))
    assert "nên trang bỏ qua: tiêu chí 1.1, 77." in text
    assert "zalo" not in text
    assert "bỏ qua" not in words(page(client, set="06", fbclid="x", **{"1.2": 2}))
    many = {str(n): "1" for n in range(100, 160)}
    assert "107…." in words(page(client, set="06", **many))


def test_the_result_alone_is_the_same_as_on_the_page(client, rules):
    answers = random_answers(random.Random(8), rules.sets["11"], 0.8)
    whole, alone = (page(client, set="11", **answers, only=only) for only in ("", "result"))
    assert "<html" not in alone
    assert alone.strip() in whole


def test_it_is_the_same_as_the_open_api(client, rules):
    table = rules.sets["13"]
    answers = random_answers(random.Random(4), table, 0.8)
    html = page(client, set="13", **answers)
    url = re.search(r'data-score-url="([^"]+)"', html)[1]
    body = client.post(url, {"choices": points_of(answers, table)}, content_type="application/json").json()
    numbers, parts, lists = told(html)
    assert (body["total"], body["stars"], body["band"], body["parts"]) == (
        numbers["total"],
        numbers["stars"],
        numbers["band"],
        parts,
    )
    assert [s["criterion"] for s in body["next"]] == [code for code, *_ in lists["next"]]


def test_choosing_a_set(client, rules):
    html = page(client)
    assert re.findall(r'href="\?set=(\d\d)"', html) == sorted(rules.sets)
    for code in rules.sets:
        assert f"groups.svg#g-{code}" in html
    assert "Sinh vật cảnh" in html


def test_nothing_is_stored(client, rules):
    answers = {s.code: 1 for s in rules.sets["06"].scales}
    for params in ({}, {"set": "06"}, {"set": "06", **answers}, {"set": "zz"}):
        response = client.get(PATH, params)
        assert not response.cookies
        assert "Set-Cookie" not in response.headers
    assert not Session.objects.exists()
    assert client.post(PATH, {"set": "06"}).status_code == 405


@pytest.mark.parametrize(
    ("params", "most"), [({}, 2), ({"set": "06"}, 1), ({"set": "26", "1.1": 1}, 1), ({"set": "zz"}, 2)]
)
def test_queries(client, rules, params, most):
    with CaptureQueriesContext(connection) as queries:
        client.get(PATH, params)
    assert len(queries) <= most
    assert all(q["sql"].startswith("SELECT") for q in queries)


def test_without_criteria_there_is_a_sentence(client, rules, monkeypatch):
    monkeypatch.setattr(views, "current_rules", lambda code: None)
    assert "chưa có bộ tiêu chí đánh giá" in page(client)
    assert "chưa có bộ tiêu chí đánh giá" in page(client, set="06", **{"1.1": 1})


def test_the_way_there(client):
    assert reverse("ratings:self-assessment") == PATH
    home = client.get("/").content.decode()
    assert home.count(f'href="{PATH}"') == 2
    assert 'aria-current="page">Tự đánh giá' in page(client, set="06")
    assert 'content="noindex' in page(client, set="06", **{"1.1": 1})
    assert "noindex" not in page(client, set="06")
