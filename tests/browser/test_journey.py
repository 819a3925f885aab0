"""The whole way in a real browser, every step by its own people: producer → commune → province → seven members →
consolidation → decision → the certificate that a citizen checks."""

from datetime import date

import pytest
from playwright.sync_api import Page

from products.models import Certificate
from ratings.actions.rounds import save_round
from ratings.models import AssessmentRound, Dossier
from ratings.reading import table_of
from ratings.transitions import State
from tests.browser.conftest import DESKTOP, PHONE
from tests.factories import ProducerFactory, UserFactory
from tests.ratings.flow import make_council
from tests.ratings.flow import score as the_others_score
from tests.ratings.test_flow import four_stars

pytestmark = pytest.mark.django_db(transaction=True)
TABLET = 768


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: Page, dossier: Dossier, part: str, by_hand: int = 2) -> None:
    """Pick the options of a part that together make four stars: some by hand, the rest as one click each would."""
    table, _ = table_of(dossier.criteria_set)
    picked = []
    for scale in (s for s in table.scales if s.part == part):
        grade = next((g for g in scale.grades if g.points == four_stars(0, scale)), None)
        none = f"[name=c{scale.pk}][value=none], [name=c-{scale.pk}][value='0']"
        picked.append(f"input[type=radio][value='{grade.pk}']" if grade else none)
    for radio in picked[:by_hand]:
        page.locator(radio).check()
    page.locator(", ".join(picked[by_hand:])).evaluate_all("radios => radios.forEach(radio => radio.click())")


@pytest.fixture
def people():
    """Everybody of the journey; the round of the year is open."""
    producer = ProducerFactory(name="HTX Nà Sao")
    owner, place = UserFactory(username="chuthe"), producer.place.current
    producer.accounts.add(owner)
    council = make_council()
    round = AssessmentRound(
        council=council,
        year=2026,
        number=2,
        propose_until=date(2026, 10, 30),
        assess_until=date(2026, 12, 30),
    )
    return {
        "owner": owner,
        "commune": UserFactory(username="xa", commune=True, unit=place),
        "province": UserFactory(username="tinh", province=True),
        "signatory": UserFactory(username="chutich", signatory=True),
        "members": [m.user for m in council.members.order_by("pk")],
        "round": save_round(round=round, by=None),
    }


def test_from_a_farm_to_a_certificate(visit, people):
    dossier = file_dossier(visit(PHONE, user=people["owner"], js=False))
    forward(visit(DESKTOP, user=people["commune"]), dossier)
    take_in(visit(DESKTOP, user=people["province"]), dossier, people["round"])
    for place, member in enumerate(people["members"][:2]):
        score(visit(TABLET, user=member, js=place == 0), dossier, place)
    the_others_score(dossier, four_stars)
    assert dossier.sheets.exclude(signed_at=None).count() == 7
    put_forward(visit(DESKTOP, user=people["province"]), dossier)
    decide(visit(DESKTOP, user=people["signatory"]), people["round"])
    dossier.refresh_from_db()
    assert dossier.state == State.RECOGNISED
    check(visit(PHONE, js=False), Certificate.objects.get())


def file_dossier(page: Page) -> Dossier:
    """The producer, on a phone without JavaScript: a new product, forms 01 and 02, one piece of evidence, filed."""
    page.goto("/can-bo/ho-so/")
    page.get_by_role("link", name="Đăng ký sản phẩm mới").click()
    page.get_by_label("Tên sản phẩm").fill("Miến dong Nà Sao")
    page.get_by_label("Bộ sản phẩm").select_option(label="06. Chế biến từ gạo, ngũ cốc")
    page.get_by_label("Mô tả ngắn").fill("Miến tráng tay từ củ dong của xã.")
    press(page, "Lập hồ sơ")
    dossier = Dossier.objects.with_line().get()
    page.goto(f"/can-bo/ho-so/{dossier.pk}/mau-01/")
    page.get_by_label("Người liên hệ").fill("Lý Thị Sao")
    page.get_by_label("Điện thoại liên hệ").fill("0209 123 456")
    page.get_by_label("Địa điểm sản xuất").fill("Thôn Nà Sao")
    page.get_by_label("Hạng sao đăng ký").select_option("4")
    press(page, "Lưu, sang mẫu 02")
    for part, onward in (("A", "Lưu, sang phần B"), ("B", "Lưu, sang phần C"), ("C", "Lưu, sang minh chứng")):
        choose(page, dossier, part)
        press(page, onward)
    page.get_by_label("Loại minh chứng").select_option("business")
    page.get_by_label("Tên tài liệu").fill("Giấy chứng nhận đăng ký hợp tác xã")
    page.locator("input[name=url]").fill("https://example.vn/dang-ky")
    page.locator("main form button").last.click()
    page.goto(f"/can-bo/ho-so/{dossier.pk}/nop/")
    page.get_by_label("Chủ thể cam kết").check()
    press(page, "Nộp hồ sơ")
    dossier.refresh_from_db()
    assert dossier.state == State.SUBMITTED
    assert dossier.receipt_number in page.locator("main").inner_text()
    return dossier


def forward(page: Page, dossier: Dossier) -> None:
    """The commune: form 03, then to the province."""
    page.goto("/can-bo/ho-so/")
    page.get_by_role("link", name="Miến dong Nà Sao").first.click()
    page.goto(f"/can-bo/ho-so/{dossier.pk}/mau-03/")
    page.locator("[name=complete]").check()
    for name, words in (
        ("origin", "Củ dong trồng tại xã."),
        ("labour", "12 lao động, 10 người của xã."),
        ("idea", "Nghề của bản."),
        ("identity", "Tráng tay, phơi sương."),
        ("reviewer", "Hoàng Văn Xã"),
    ):
        page.locator(f"[name={name}]").fill(words)
    press(page, "Lưu và tiếp tục")
    page.goto(f"/can-bo/ho-so/{dossier.pk}/buoc/forward/")
    press(page, "Chuyển lên tỉnh")
    dossier.refresh_from_db()
    assert dossier.state == State.FORWARDED


def take_in(page: Page, dossier: Dossier, round: AssessmentRound) -> None:
    """The provincial agency: receives, records the team's report and samples, calls a session, opens the scoring."""
    page.goto(f"/can-bo/ho-so/{dossier.pk}/buoc/receive/")
    press(page, "Tiếp nhận")
    page.goto(f"/can-bo/ho-so/{dossier.pk}/to-tu-van/")
    for name, words in (
        ("file_findings", "Hồ sơ đủ."),
        ("site_findings", "Cơ sở sạch."),
        ("samples", "5"),
        ("reporter", "Tổ trưởng"),
    ):
        page.locator(f"[name={name}]").fill(words)
    press(page, "Ghi báo cáo")
    page.goto(f"/can-bo/dot-danh-gia/{round.pk}/phien-hop/")
    page.get_by_label("Ngày họp").fill("15/08/2026")
    page.get_by_label("Địa điểm").fill("Phòng họp tầng 2")
    page.locator("main form button.button").first.click()
    page.goto(f"/can-bo/dot-danh-gia/{round.pk}/dua-ho-so/")
    page.get_by_label("Miến dong Nà Sao").check()
    page.get_by_label("Xếp vào phiên họp").select_option(index=1)
    page.locator("main form button.button").first.click()
    page.goto(f"/can-bo/dot-danh-gia/{round.pk}/mo-cham/")
    page.get_by_label("Miến dong Nà Sao").check()
    page.locator("main form button.button").first.click()
    dossier.refresh_from_db()
    assert dossier.state == State.SCORING
    assert dossier.sheets.count() == 7


def score(page: Page, dossier: Dossier, place: int) -> None:
    """A member on a tablet: three parts, each choice saved at once (or by the button, without JavaScript), signed."""
    page.goto("/can-bo/cham-diem/")
    assert "Miến dong Nà Sao" in page.locator("main").inner_text()
    sheet = dossier.sheets.order_by("member")[place]
    table, _ = table_of(dossier.criteria_set)
    for part in "ABC":
        page.goto(f"/can-bo/cham-diem/{sheet.pk}/phan/{part.lower()}/")
        choose(page, dossier, part)
        if place:
            press(page, "Lưu phần này")
        else:
            count = sum(s.part == part for s in table.scales)
            page.wait_for_function(
                "n => document.querySelectorAll('.sheet-state[data-state=saved]').length === n", arg=count
            )
    page.goto(f"/can-bo/cham-diem/{sheet.pk}/")
    press(page, "Ký phiếu")
    press(page, "Ký phiếu")
    sheet.refresh_from_db()
    assert sheet.signed_at and sheet.total == sum(four_stars(place, s) for s in table.scales)


def put_forward(page: Page, dossier: Dossier) -> None:
    """The agency reads what the sheets come to and records the council's proposal."""
    page.goto(f"/can-bo/ho-so/{dossier.pk}/tong-hop/")
    assert "4 sao" in page.locator("main").inner_text()
    press(page, "Ghi kết quả, đề nghị 4 sao")
    dossier.refresh_from_db()
    assert dossier.state == State.PROPOSED


def decide(page: Page, round: AssessmentRound) -> None:
    """The signatory approves in two steps."""
    page.goto(f"/can-bo/dot-danh-gia/{round.pk}/quyet-dinh/")
    page.get_by_label("Miến dong Nà Sao").check()
    page.get_by_label("Số quyết định").fill("2417/QĐ-UBND")
    page.get_by_label("Ngày ký").fill("15/08/2026")
    press(page, "Tiếp tục")
    page.locator("input[type=file]").set_input_files(
        {
            "name": "quyet-dinh.pdf",
            "mimeType": "application/pdf",
            "buffer": b"%PDF-1.4\n1 0 obj\nstartxref\n9\n%%EOF",
        }
    )
    press(page, "Ghi quyết định và cấp giấy")
    assert "001/2026/GCN-OCOP" in page.locator("main").inner_text()


def check(page: Page, certificate: Certificate) -> None:
    """A citizen with a pack in hand, without JavaScript: by number, by the code of the QR, in the catalogue."""
    page.goto("/giay-chung-nhan/")
    page.get_by_role("searchbox").or_(page.locator("input[name=number]")).first.fill(certificate.number)
    page.locator("main form button").first.click()
    assert "Còn hiệu lực: “Miến dong Nà Sao” được dùng 4 sao OCOP" in page.locator("h1").inner_text()
    page.goto(certificate.product.get_short_url())
    assert "4 sao" in page.locator("main").inner_text()
    page.goto("/san-pham/?q=mien+dong&stars=4")
    assert page.locator(f"[data-code='{certificate.product.code}']").count() == 1
