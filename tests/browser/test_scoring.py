"""Scoring on a tablet in a real browser: saved at once, kept through lost connections, told of conflicts, by button too."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from products.models import ProductGroup
from ratings.actions.sheets import save_choice, sign_sheet
from ratings.models import ConflictOfInterest
from ratings.reading import table_of
from ratings.transitions import State
from tests.browser.conftest import DESKTOP, PHONE, SMALLEST, overflows_at, violations
from tests.factories import ProductFactory
from tests.ratings.flow import dossier_in

pytestmark = pytest.mark.django_db(transaction=True)
TABLET = {"width": 768, "height": 1024}


class Case:
    """A dossier being scored and the sheet of its first member."""

    def __init__(self, group="06"):
        product = ProductFactory(
            name="Miến dong sấy lạnh đóng túi 500 g", group=ProductGroup.objects.get(code=group)
        )
        self.dossier, self.people = dossier_in(State.SCORING, product=product)
        self.sheet = self.dossier.sheets.select_related("member__user").order_by("member").first()
        self.user = self.sheet.member.user
        self.table, _ = table_of(self.dossier.criteria_set)

    def url(self, name, *args):
        return reverse(f"desk:{name}", args=[self.sheet.pk, *args])

    def fill(self, grade=-1):
        for scale in self.table.scales:
            save_choice(
                sheet=self.sheet, criterion=scale.pk, option=scale.grades[grade].pk, seen=0, by=self.user
            )

    def kept(self):
        return dict(self.sheet.choices.values_list("criterion", "option"))


@pytest.fixture
def case(transactional_db):
    return Case()


@pytest.fixture
def tablet(visit, case):
    """A page of a tablet on which lost connections and refusals may appear in the console, but no error of ours."""
    faults = []

    def fresh(path=None, context=None):
        context = context or visit(user=case.user).context
        page = context.new_page()
        page.set_viewport_size(TABLET)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda m: m.type == "error" and "Failed to load resource" not in m.text and faults.append(m.text),
        )
        page.goto(path or case.url("sheet-part", "a"))
        return page

    yield fresh
    assert faults == []


def box(page, scale):
    return page.locator(f'[data-criterion="{scale.pk}"]')


def choose(page, scale, grade):
    value = scale.grades[grade].pk if grade is not None else 0
    box(page, scale).locator(f'label:has(input[value="{value}"])').click()


def state(page, scale):
    return box(page, scale).locator(".sheet-state")


def banner(page):
    return page.locator("[data-banner]")


def waiting(page):
    return page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('ocop-phieu-')).length")


def test_a_whole_sheet_on_a_tablet(tablet, case):
    page = tablet("/can-bo/cham-diem/")
    page.get_by_role("link", name="Bắt đầu chấm").click()
    for part in "ABC":
        scales = [s for s in case.table.scales if s.part == part]
        for scale in scales[:3]:
            choose(page, scale, -1)
        # One tap is as another: the others follow at once, and each is sent for itself.
        others = ", ".join(f'[data-criterion="{s.pk}"] input[value="{s.grades[-1].pk}"]' for s in scales[3:])
        page.locator(others).evaluate_all("radios => radios.forEach(radio => radio.click())")
        expect(banner(page)).to_have_text("Đã lưu tất cả")
        expect(page.locator(f'[data-answered="{part}"]')).to_have_text(str(len(scales)))
        expect(page.locator(f'[data-points="{part}"]')).to_have_text(
            str(sum(s.grades[-1].points for s in scales))
        )
        expect(page.locator("[data-next-open]")).to_be_hidden()
        expect(page.get_by_role("button", name="Lưu phần này")).to_be_hidden()
        page.get_by_role("link", name=re.compile(r"Sang phần|Xem lại và ký")).last.click()
    assert case.kept() == {s.pk: s.grades[-1].pk for s in case.table.scales}
    remark, kept = page.get_by_label("Nhận xét chung"), page.locator("[data-comment-state]")
    page.context.set_offline(True)
    remark.fill("Sợi dai.\nNước trong.")
    expect(kept).to_contain_text("mất kết nối")
    page.context.set_offline(False)
    expect(kept).to_have_text("Đã lưu")
    case.sheet.refresh_from_db()
    assert case.sheet.comment == "Sợi dai.\nNước trong." and not case.sheet.signed_at
    page.reload()
    expect(remark).to_have_value("Sợi dai.\nNước trong.")
    remark.fill("Sợi dai, nước trong.")
    page.get_by_role("button", name="Ký phiếu").click()
    expect(page.get_by_text("Sau khi ký không sửa được.")).to_be_visible()
    page.get_by_role("button", name="Ký phiếu").click()
    expect(page.get_by_text("Đã ký phiếu")).to_be_visible()
    case.sheet.refresh_from_db()
    assert case.sheet.comment == "Sợi dai, nước trong." and case.sheet.signed_at


def test_nothing_is_lost_while_the_connection_is(tablet, case):
    page = tablet()
    page.context.set_offline(True)
    first, second, third = case.table.scales[:3]
    for scale in (first, second, third):
        choose(page, scale, 0)
    expect(banner(page)).to_have_text("Mất kết nối: 3 lựa chọn chưa lưu, đang giữ trên máy này")
    assert banner(page).get_attribute("role") == "status"
    expect(state(page, third)).to_have_text("Chưa lưu – mất kết nối, sẽ gửi lại")
    assert waiting(page) == 3 and case.kept() == {}
    page.context.set_offline(False)
    expect(banner(page)).to_have_text("Đã lưu tất cả")
    expect(state(page, third)).to_have_text("Đã lưu")
    assert waiting(page) == 0
    assert case.kept() == {s.pk: s.grades[0].pk for s in (first, second, third)}


def test_choices_outlive_a_reload_and_leaving_is_warned_of(tablet, case):
    page = tablet()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/luu/", lambda route: route.abort())
    scale = case.table.scales[0]
    choose(page, scale, 0)
    box(page, scale).locator("summary").click()
    page.get_by_label(f"Ghi chú cho tiêu chí {scale.code}").fill("Xem lại hợp đồng")
    expect(banner(page)).to_have_text("Mất kết nối: 1 lựa chọn chưa lưu, đang giữ trên máy này")
    assert page.evaluate("Object.values(localStorage).some((v) => v.includes('Xem lại'))")
    page.reload()
    assert asked == ["beforeunload"]
    expect(box(page, scale).locator("input:checked")).to_have_value(str(scale.grades[0].pk))
    expect(page.get_by_label(f"Ghi chú cho tiêu chí {scale.code}")).to_have_value("Xem lại hợp đồng")
    expect(state(page, scale)).to_contain_text("Chưa lưu")
    # Told on the overview too: nothing is signed while a choice waits.
    page.goto(case.url("sheet"))
    expect(page.get_by_text("Trên máy này còn 1 lựa chọn chưa lưu.")).to_be_visible()
    page.unroute("**/luu/")
    # Another part sends it as well.
    page.goto(case.url("sheet-part", "b"))
    expect(banner(page)).to_have_text("Đã lưu tất cả")
    assert waiting(page) == 0
    assert list(case.sheet.choices.values_list("option", "note")) == [
        (scale.grades[0].pk, "Xem lại hợp đồng")
    ]


def test_a_choice_made_before_the_script_came_is_sent(tablet, case):
    page = tablet("/can-bo/cham-diem/")
    held = []
    page.route("**/sheet.js", lambda route: held.append(route))
    page.goto(case.url("sheet-part", "a"), wait_until="commit")
    scale = case.table.scales[0]
    choose(page, scale, 0)
    assert case.kept() == {}
    held[0].continue_()
    expect(banner(page)).to_have_text("Đã lưu tất cả")
    assert case.kept() == {scale.pk: scale.grades[0].pk}


def test_an_answer_that_got_lost_is_no_conflict(tablet, case):
    page = tablet()
    scale = case.table.scales[0]

    def lose(route):
        route.fetch()  # the server saves it, the tablet never hears of it
        route.abort()

    page.route("**/luu/", lose)
    choose(page, scale, 0)
    expect(banner(page)).to_contain_text("Mất kết nối")
    assert case.kept() == {scale.pk: scale.grades[0].pk}
    page.unroute("**/luu/")
    choose(page, scale, -1)
    expect(banner(page)).to_have_text("Đã lưu tất cả")
    assert case.kept() == {scale.pk: scale.grades[-1].pk}
    assert page.get_by_role("alert").count() == 0


def test_two_tabs_are_told_of_each_other(tablet, case):
    one = tablet()
    other = tablet(context=one.context)
    scale = case.table.scales[0]
    low, high = scale.grades[0], scale.grades[-1]
    choose(one, scale, 0)
    expect(state(one, scale)).to_have_text("Đã lưu")
    choose(other, scale, -1)
    notice = box(other, scale).get_by_role("alert")
    expect(notice).to_contain_text(f"Bạn chọn: {high.label} ({high.points} điểm)")
    expect(notice).to_contain_text(f"Đang được lưu: {low.label} ({low.points} điểm)")
    expect(banner(other)).to_contain_text("1 tiêu chí đã được chọn khác ở tab hoặc máy khác")
    assert case.kept() == {scale.pk: low.pk}, "nothing is overwritten silently"
    assert violations(other) == []
    notice.get_by_role("button", name="Giữ của tôi").click()
    expect(banner(other)).to_have_text("Đã lưu tất cả")
    assert case.kept() == {scale.pk: high.pk}
    choose(one, scale, None)
    box(one, scale).get_by_role("button", name="Dùng bản đã lưu").click()
    expect(box(one, scale).locator("input:checked")).to_have_value(str(high.pk))
    expect(banner(one)).to_have_text("Đã lưu tất cả")
    assert case.kept() == {scale.pk: high.pk} and waiting(one) == 0
    # What was taken over may be changed without another conflict.
    choose(one, scale, 0)
    expect(state(one, scale)).to_have_text("Đã lưu")
    assert case.kept() == {scale.pk: low.pk}


def test_signing_in_again_in_another_tab_sends_what_waits(tablet, visit, client, case):
    page = tablet()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    scale = case.table.scales[0]
    choose(page, scale, 0)
    expect(banner(page)).to_contain_text("Hết phiên đăng nhập: hãy đăng nhập lại ở tab khác")
    assert waiting(page) == 1
    client.force_login(case.user)
    fresh = next(c for c in cookies if c["name"] == "sessionid") | {
        "value": client.cookies["sessionid"].value
    }
    page.context.add_cookies([fresh])
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(banner(page)).to_have_text("Đã lưu tất cả")
    assert case.kept() == {scale.pk: scale.grades[0].pk}


def test_a_sheet_signed_elsewhere_says_so(tablet, case):
    case.fill()
    page = tablet()
    sign_sheet(sheet=case.sheet, by=case.user)
    choose(page, case.table.scales[0], 0)
    expect(banner(page)).to_have_text("Không lưu được: Phiếu đã ký nên không sửa được nữa.")
    assert case.kept()[case.table.scales[0].pk] == case.table.scales[0].grades[-1].pk


def test_by_keyboard_and_by_button_without_javascript(visit, case):
    page = visit(PHONE, user=case.user, js=False)
    page.goto(case.url("sheet-part", "b"))
    first, second = [s for s in case.table.scales if s.part == "B"][:2]
    choose(page, first, -1)
    box(page, second).locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Lưu phần này").click()
    expect(page.get_by_text("Đã lưu 2 lựa chọn của phần B.")).to_be_visible()
    assert case.kept() == {first.pk: first.grades[-1].pk, second.pk: second.grades[0].pk}
    # Meanwhile another device chooses otherwise.
    save_choice(sheet=case.sheet, criterion=first.pk, option=None, seen=1, by=case.user)
    choose(page, first, 0)
    page.get_by_role("button", name="Lưu và sang phần C").click()
    expect(page.get_by_text("1 tiêu chí chưa lưu được")).to_be_visible()
    expect(box(page, first).locator("input:checked")).to_have_value("0")
    choose(page, first, 0)
    page.get_by_role("button", name="Lưu và sang phần C").click()
    expect(page.get_by_role("heading", name="Phần C.")).to_be_visible()
    assert case.kept()[first.pk] == first.grades[0].pk


def test_what_has_the_focus_is_not_hidden_by_the_head(tablet, case):
    page = tablet()
    head = page.locator(".sheet-head")
    page.goto(case.url("sheet-part", "a") + "#tc-3-1")
    target = page.locator("#tc-3-1")
    page.wait_for_timeout(600)
    assert target.bounding_box()["y"] >= head.bounding_box()["y"] + head.bounding_box()["height"] - 1
    for option in page.locator(".sheet-option:visible").all()[:6]:
        assert option.bounding_box()["height"] >= 44


def test_a_paper_sheet_by_keyboard_alone(visit, case):
    page = visit(DESKTOP, user=case.people.province)
    page.goto(reverse("desk:sheet-paper", args=[case.dossier.pk, case.sheet.member_id]))
    for part, most in (("A", 40), ("B", 25), ("C", 35)):
        for scale in [s for s in case.table.scales if s.part == part]:
            page.keyboard.type(str(scale.maximum))
            page.keyboard.press("Enter")
        page.keyboard.type(str(most - 1 if part == "C" else most))
        page.keyboard.press("Enter")
    page.keyboard.type("Ngon")
    page.get_by_role("button", name="Lưu phiếu đã ký").click()
    fault = "Các dòng phần C cộng được 35 điểm, phiếu ghi 34."
    expect(page.locator(".field-error").get_by_text(fault)).to_be_visible()
    page.get_by_label("Cộng phần C").fill("35")
    page.get_by_role("button", name="Lưu phiếu đã ký").click()
    expect(page.get_by_text(f"Đã nhập phiếu của {case.sheet.member.name}.")).to_be_visible()
    case.sheet.refresh_from_db()
    assert (case.sheet.total, case.sheet.comment) == (100, "Ngon")


def test_every_page_for_everybody(visit, case):
    other, _ = dossier_in(State.SCORING, session=case.dossier.session)
    ConflictOfInterest.objects.create(
        member=case.sheet.member,
        producer=other.product.producer,
        declared_on="2026-08-01",
        reason="anh em ruột",
    )
    case.fill(0)
    page = visit(DESKTOP, user=case.user)
    found = []

    def look():
        found.extend(violations(page, 768, PHONE))

    page.goto("/can-bo/cham-diem/")
    look()
    page.goto(case.url("sheet-part", "a"))
    look()
    page.goto(case.url("sheet-part", "c"))  # drawn by the same lines
    assert overflows_at(page, DESKTOP, 768, PHONE, SMALLEST) == []
    page.set_viewport_size({"width": DESKTOP, "height": 900})
    page.goto(case.url("sheet"))
    look()
    with page.expect_navigation():
        page.get_by_role("button", name="Ký phiếu").click()
    look()
    sign_sheet(sheet=case.sheet, comment="Ngon", by=case.user)
    page.goto(case.url("sheet"))
    look()
    page = visit(DESKTOP, user=case.people.province)
    last = case.dossier.sheets.order_by("member").last()
    page.goto(reverse("desk:sheet-paper", args=[case.dossier.pk, last.member_id]))
    look()
    with page.expect_navigation():
        page.get_by_role("button", name="Lưu phiếu đã ký").click()
    look()
    assert found == []
