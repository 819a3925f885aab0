"""The self-assessment in a browser: without JavaScript, live, by keyboard, at every width."""

import random
from urllib.parse import urlencode

import pytest

from ratings.reading import current_rules
from ratings.scoring import score
from tests.browser.conftest import DESKTOP, PHONE, SMALLEST, overflows, overflows_at, violations

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/tu-danh-gia/"


@pytest.fixture
def rules(db):
    return current_rules("26-2026")


def nearly(table, seed):
    """An address of answers that reach high but not everywhere, so that every part of the result is shown."""
    rng = random.Random(seed)
    places = {s.code: max(len(s.grades) - (rng.random() < 0.35), 0) for s in table.scales}
    return f"{PATH}?{urlencode({'set': table.code, **places})}"


def pick(page, code, place):
    page.locator(f'input[name="{code}"][value="{place}"]').check()


def shown(page):
    """What a reader sees of the result."""
    return page.locator("#ket-qua").inner_text(), page.locator(".sa-bar p").text_content()


def test_every_page_for_everybody(visit, rules):
    page = visit(DESKTOP)
    page.goto(PATH)
    tops = page.locator(".main-nav a").evaluate_all("all => all.map(a => a.getBoundingClientRect().y)")
    assert len({round(top) for top in tops}) == 1, "the navigation fits on one line"
    faults = violations(page, PHONE)
    few = {s.code: len(s.grades) for s in rules.sets["11"].scales[:6]}
    for path in (
        f"{PATH}?{urlencode({'set': '11', **few})}",
        f"{PATH}?set=06&1.1=99",
        nearly(rules.sets["06"], 5),
    ):
        page.goto(path)
        faults += violations(page, PHONE)
    assert not faults, "\n".join(faults)
    # The longest set, by the same lines of the template.
    for path in (f"{PATH}?set=26", nearly(rules.sets["26"], 6)):
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        page.goto(path)
        assert overflows_at(page, DESKTOP, PHONE, SMALLEST) == [], path


def test_without_javascript(visit, rules):
    table = rules.sets["06"]
    page = visit(PHONE, js=False)
    page.goto("/")
    page.get_by_role("link", name="Tự đánh giá sản phẩm").click()
    assert not page.get_by_label("Gõ để tìm bộ").is_visible()
    page.get_by_role("link", name=table.name, exact=True).click()
    for scale in table.scales[:12]:
        pick(page, scale.code, len(scale.grades))
    page.get_by_role("button", name="Tính điểm").click()
    result = score({s.code: s.grades[-1].points for s in table.scales[:12]}, table, rules)
    region = page.locator("#ket-qua")
    assert region.get_attribute("data-total") == str(result.total)
    assert region.is_visible()
    assert page.url.endswith("#ket-qua")
    assert page.locator("input:checked").count() == 12
    assert f"Đã chọn 12/{len(table.scales)} tiêu chí" in page.locator(".sa-bar").text_content()
    assert not page.get_by_role("button", name="In kết quả").is_visible()
    page.reload()
    assert page.locator("input:checked").count() == 12


def test_live_says_what_the_page_says(visit, rules):
    rng = random.Random(DESKTOP)
    table = rules.sets["26"]
    page = visit(DESKTOP)
    page.goto(f"{PATH}?set=26")
    assert not page.get_by_role("link", name="Làm lại từ đầu").is_visible()
    chosen = {}
    for turn in range(3):
        for scale in rng.sample(table.scales, 12):
            place = rng.choice([0, len(scale.grades), len(scale.grades), 1])
            chosen[scale.code] = scale.grades[place - 1].points if place else 0
            pick(page, scale.code, place)
        total = score(chosen, table, rules).total
        answered = f"{len(chosen)}/{len(table.scales)}" if len(chosen) < len(table.scales) else "đủ"
        page.wait_for_function(
            "([total, answered]) => document.querySelector('[data-brief]').textContent.startsWith(`${total} điểm`)"
            " && document.querySelector('[data-progress]').textContent.includes(answered)"
            " && document.getElementById('ket-qua').dataset.total === String(total)",
            arg=[total, answered],
        )
        page.wait_for_load_state("networkidle")
        live = shown(page)
        page.reload()
        assert shown(page) == live, f"turn {turn}"
    assert page.get_by_role("link", name="Làm lại từ đầu").is_visible()
    assert page.context.cookies() == []


def test_what_is_read_does_not_move_while_the_result_above_grows(visit, rules):
    page = visit(PHONE)
    page.goto(f"{PATH}?set=06")
    last = rules.sets["06"].scales[-1]
    option = page.locator(f'input[name="{last.code}"][value="{len(last.grades)}"]')
    option.scroll_into_view_if_needed()
    before = option.bounding_box()["y"]
    option.check()
    page.wait_for_selector("[data-list=next]")
    assert abs(option.bounding_box()["y"] - before) < 2


def test_by_keyboard_alone(visit):
    page = visit(DESKTOP)
    page.goto(PATH)
    page.get_by_label("Gõ để tìm bộ").focus()
    page.keyboard.type("mat ong")
    assert page.locator(".sa-set:visible").count() == 2
    assert page.get_by_role("status").inner_text() == "Có 2 bộ"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tu-danh-gia/?set=04")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "1.1":
            break
    page.keyboard.press("Space")
    page.wait_for_function("() => location.search.includes('1.1=1')")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => location.search.includes('1.1=2')")
    page.wait_for_function("() => document.getElementById('ket-qua').dataset.unanswered === '31'")
    assert page.evaluate("document.activeElement.value") == "2", "the focus stays where it was"


def test_focus_is_never_under_the_bar(visit, rules):
    page = visit(PHONE)
    page.emulate_media(reduced_motion="reduce")
    page.goto(nearly(rules.sets["06"], 5))
    page.locator('input[name="1.1"]:checked').focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            "() => { const a = document.activeElement, bar = document.querySelector('.sa-bar');"
            " return !bar.contains(a) && a.getBoundingClientRect().bottom > bar.getBoundingClientRect().top + 1; }"
        )
        assert not hidden, page.evaluate("document.activeElement.name")


def test_the_bar_leads_to_the_result_and_the_result_to_its_criterion(visit, rules):
    page = visit(PHONE)
    page.goto(nearly(rules.sets["06"], 5))
    page.evaluate("window.scrollTo({ top: 4000, behavior: 'instant' })")
    page.get_by_role("button", name="Xem kết quả").click()
    assert page.evaluate("document.activeElement.id") == "ket-qua"
    link = page.locator("#ket-qua [data-list] a").first
    anchor = link.get_attribute("href")
    link.click()
    page.wait_for_function("hash => location.hash === hash", arg=anchor)
    assert page.locator(anchor).is_visible()


def test_a_failing_line_is_told_and_the_form_still_works(visit, rules):
    page = visit(PHONE)
    page.goto(f"{PATH}?set=06")
    # An answer that is no result; a refused connection would be reported as an error by the browser itself.
    page.route("**/score", lambda route: route.fulfill(status=200, body="<html>cổng đăng nhập mạng</html>"))
    pick(page, "1.1", 3)
    page.wait_for_function("() => document.querySelector('[data-brief]').textContent === 'Chưa tính được'")
    assert "1.1" not in page.url
    page.get_by_role("button", name="Tính điểm").click()
    page.wait_for_selector('#ket-qua[data-total="3"]')
    assert page.url.endswith("?set=06&1.1=3#ket-qua")


def test_on_paper_only_what_was_chosen(visit, rules):
    page = visit(DESKTOP)
    page.goto(f"{PATH}?set=06&1.1=3")
    page.emulate_media(media="print")
    first = page.locator("#tc-1-1 .sa-option")
    assert [option.is_visible() for option in first.all()] == [False, False, True, False]
    assert page.locator("#ket-qua-cau").is_visible()
    assert page.get_by_text("Ngày in:").is_visible()
    assert not page.locator(".sa-bar").is_visible()
    assert not overflows(page)
