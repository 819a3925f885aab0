"""The Excel import in a real browser: every page for everybody, and a workbook entered with its progress shown."""

import pytest
from playwright.sync_api import expect

from products.models import Certificate
from tests.browser.conftest import DESKTOP, violations
from tests.factories import UserFactory
from tests.products.workbooks import AGAIN, HEADINGS, row, xlsx

pytestmark = pytest.mark.django_db(transaction=True)


def choose(page, data, name="Sổ theo dõi sản phẩm OCOP của tỉnh.xlsx"):
    page.goto("/can-bo/nhap-excel/")
    page.get_by_label("Tệp Excel").set_input_files({"name": name, "mimeType": "", "buffer": data})
    with page.expect_navigation():
        page.get_by_role("button", name="Tải lên và kiểm tra").click()


def test_every_page_of_the_import_for_everybody(visit, transactional_db):
    page = visit(DESKTOP, user=UserFactory(province=True))
    found = []

    def look():
        found.extend(violations(page))

    choose(page, b"a;b")
    look()
    headings = ["Thứ bán", *list(HEADINGS.values())[1:]]
    choose(page, xlsx(row(stars="một", commune="Côn Mình Sơn"), headings=headings))
    look()
    page.get_by_label("Thứ bán").select_option("name")
    with page.expect_navigation():
        page.get_by_role("button", name="Ghi nhớ và kiểm tra").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tệp có 2 lỗi")
    look()
    choose(page, xlsx(row(**AGAIN), row(name="Bún", producer="Hợp tác xã Thanh Vân")))
    look()
    with page.expect_navigation():
        page.get_by_role("button", name="Nhập 2 dòng").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã nhập tệp vào sổ bộ")
    look()
    assert Certificate.objects.count() == 3
    assert found == []
