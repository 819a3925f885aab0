"""The desk's forms: what they save, what they refuse, in which words, and that nothing is half-saved."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from producers.models import Producer
from products.models import Certificate, Decision, Packaging, Product, ProductAlias, ProductImage
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory
from tests.products.desk import errors, opened, send

pytestmark = pytest.mark.django_db
ADD_PRODUCER = "/can-bo/chu-the/them/"
PRODUCER = {
    "name": "HTX Nà Sao",
    "legal_form": "cooperative",
    "place": "Xã Côn Minh, huyện Na Rì (trước 1/7/2025)",
}


@pytest.fixture
def desk(client, tinh):
    client.force_login(tinh)
    return client


@pytest.fixture
def certificate():
    return CertificateFactory(decision=DecisionFactory(signed_on=date(2025, 1, 15)))


def photo(size=(800, 600), fmt="JPEG", name="goi.jpg"):
    out = io.BytesIO()
    Image.new("RGB", size, "#caa").save(out, fmt)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


# --- producers -------------------------------------------------------------------------------------


def test_producer_is_added_with_its_author_in_the_trail(desk):
    response = send(desk, ADD_PRODUCER, **PRODUCER)
    producer = Producer.objects.get()
    assert response["Location"] == f"/can-bo/chu-the/{producer.pk}/"
    assert producer.place.name == "Xã Côn Minh"
    assert producer.place.valid_to
    event = producer.events.get()
    assert (event.pgh_context["verb"], event.pgh_context["actor"]) == ("save_producer", "tinh")
    page = desk.get(f"/can-bo/lich-su/chu-the/{producer.pk}/").content.decode()
    assert "lưu chủ thể" in page
    assert "tinh" in page


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("con minh, huyen na ri (truoc 1/7/2025)", None),
        ("02173@2025-06-30", "Xã Côn Minh"),
        ("Xã Yến Dương", "Xã Yến Dương"),
    ],
)
def test_a_unit_is_found_by_label_code_or_name(desk, place, name):
    send(desk, ADD_PRODUCER, **PRODUCER | {"place": place})
    assert [p.place.name for p in Producer.objects.all()] == ([name] if name else [])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"place": "Xã Không Có"}, "Không có đơn vị hành chính nào là “Xã Không Có”"),
        ({"place": "Xã Côn Minh"}, "Có 2 đơn vị tên “Xã Côn Minh”"),
        ({"contact_consent": "on"}, "Đồng ý công khai liên hệ phải ghi kèm ngày đồng ý"),
        ({"contact_consent": "on", "contact_consent_on": "31/02/2026"}, "Không có ngày này"),
        ({"contact_consent": "on", "contact_consent_on": "31/12/2026"}, "không thể sau hôm nay"),
        ({"phone": "gọi tôi"}, "Số điện thoại gồm"),
        ({"name": "  "}, "Tên chủ thể"),
    ],
)
def test_producer_form_refuses_in_a_sentence(desk, changes, sentence):
    response = send(desk, ADD_PRODUCER, **PRODUCER | changes)
    assert response.status_code == 200
    assert sentence in errors(response)
    assert Producer.objects.count() == 0


def test_commune_official_cannot_place_a_producer_elsewhere(client, xa):
    client.force_login(xa)
    assert "trong địa bàn của bạn" in errors(
        send(client, ADD_PRODUCER, **PRODUCER | {"place": "Xã Bằng Phúc"})
    )
    send(client, ADD_PRODUCER, **PRODUCER | {"place": "Xã Côn Minh"})
    assert Producer.objects.count() == 1


def test_a_form_sent_twice_is_saved_once(desk):
    data = opened(desk, ADD_PRODUCER) | PRODUCER
    first, second = desk.post(ADD_PRODUCER, data), desk.post(ADD_PRODUCER, data)
    assert first["Location"] == second["Location"]
    assert Producer.objects.count() == 1
    assert "đã được gửi trước đó" in desk.get(second["Location"]).content.decode()
    assert "thiếu mã gửi" in errors(desk.post(ADD_PRODUCER, PRODUCER))


def test_a_form_opened_before_somebody_elses_change_is_refused(desk):
    producer = ProducerFactory()
    path = f"/can-bo/chu-the/{producer.pk}/sua/"
    stale = opened(desk, path)
    send(desk, path, name="HTX Đổi trước")
    response = desk.post(path, stale | {"name": "HTX Đổi sau"})
    assert "vừa được người khác thay đổi" in errors(response)
    producer.refresh_from_db()
    assert producer.name == "HTX Đổi trước"


# --- products --------------------------------------------------------------------------------------


def test_product_is_added_with_its_parts(desk):
    producer = ProducerFactory()
    path = f"/can-bo/chu-the/{producer.pk}/them-san-pham/"
    data = opened(desk, path)
    assert data["place"] == "Xã Côn Minh, huyện Na Rì (trước 1/7/2025)"
    group = str(ProductFactory().group_id)
    desk.post(
        path,
        data
        | {
            "name": "Miến dong Nà Sao",
            "code": "06-02173-077-2026",
            "group": group,
            "packagings-0-label": "túi 500 g",
        }
        | {
            "channels-0-kind": "postmart",
            "raw_material_areas-0-standard": "vietgap",
            "raw_material_areas-0-area_ha": "8,5",
        },
    )
    product = Product.objects.get(code="06-02173-077-2026")
    assert product.producer == producer
    assert product.packagings.get().label == "túi 500 g"
    assert str(product.raw_material_areas.get().area_ha) == "8.50"
    assert product.channels.get().kind == "postmart"


def test_one_bad_part_saves_nothing(desk):
    product = ProductFactory(name="Tên cũ")
    response = send(
        desk,
        f"/can-bo/san-pham/{product.pk}/sua/",
        **{
            "name": "Tên mới",
            "packagings-0-label": "túi 1 kg",
            "marks-0-name": "Dấu",
            "marks-0-kind": "collective",
        },
        **{"marks-0-granted_on": "31/02/2026"},
    )
    assert "Không có ngày này" in errors(response)
    product.refresh_from_db()
    assert product.name == "Tên cũ"
    assert not Packaging.objects.exists()


def test_a_part_is_changed_and_removed(desk):
    product = ProductFactory()
    kept, gone = (Packaging.objects.create(product=product, label=n) for n in ("túi 200 g", "hộp thiếc"))
    path = f"/can-bo/san-pham/{product.pk}/sua/"
    send(desk, path, **{"packagings-0-label": "túi 250 g", "packagings-1-DELETE": "on"})
    assert [p.label for p in product.packagings.all()] == ["túi 250 g"]
    assert gone.pk and kept.pk
    assert "trùng lặp" in errors(send(desk, path, **{"packagings-1-label": "túi 250 g"}))
    assert product.packagings.count() == 1


def test_the_old_code_goes_on_resolving(desk, certificate):
    product = certificate.product
    old = product.code
    send(desk, f"/can-bo/san-pham/{product.pk}/sua/", code="19-02173-001-2026")
    assert ProductAlias.objects.get().code == old
    assert desk.get(f"/p/{old}")["Location"] == "/san-pham/19-02173-001-2026/"
    other = ProductFactory()
    response = send(desk, f"/can-bo/san-pham/{other.pk}/sua/", code=old)
    assert "là mã cũ của sản phẩm" in errors(response)


def test_codes_of_before_the_register_are_added_and_stay(desk, certificate):
    product, path = certificate.product, f"/can-bo/san-pham/{certificate.product_id}/sua/"
    send(desk, path, **{"aliases-0-code": "BK-0001", "aliases-0-note": "mã năm 2019"})
    alias = product.aliases.get()
    assert (alias.code, alias.events.get().pgh_context["verb"]) == ("BK-0001", "save_product")
    assert desk.get("/p/bk-0001")["Location"] == product.get_absolute_url()
    assert "BK-0001" in desk.get(path).content.decode()
    other = f"/can-bo/san-pham/{ProductFactory().pk}/sua/"
    for code, sentence in (
        ("bk-0001", "Mã này đã là mã của sản phẩm"),
        (product.code, "Mã này đã là mã của sản phẩm"),
        ("x y", "Mã gồm 3 đến 40"),
        ("", "Mã cũ, dòng 1 · Mã cũ"),
    ):
        given = {"aliases-0-code": code, "aliases-0-note": "ghi chú"}
        assert sentence in errors(send(desk, other, **given)), code
    twice = {"aliases-TOTAL_FORMS": "2", "aliases-0-code": "BK-0002", "aliases-1-code": "bk-0002"}
    twice |= {"aliases-0-note": "", "aliases-1-note": ""}
    assert "Có hai dòng ghi cùng một mã cũ" in send(desk, other, **twice).content.decode()
    assert ProductAlias.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "06 / 1"}, "Mã gồm 3 đến 40"),
        ({"place": "Xã Trên Trời"}, "Không có đơn vị hành chính"),
        ({"name": ""}, "Tên sản phẩm"),
    ],
)
def test_product_form_refuses_in_a_sentence(desk, changes, sentence):
    product = ProductFactory()
    assert sentence in errors(send(desk, f"/can-bo/san-pham/{product.pk}/sua/", **changes))


def test_one_name_once_per_producer(desk):
    product = ProductFactory(name="Miến dong")
    other = ProductFactory(name="Bún khô", producer=product.producer)
    response = send(desk, f"/can-bo/san-pham/{other.pk}/sua/", name="Miến dong")
    assert "đã có sản phẩm cùng tên" in errors(response)


def revoked(certificate):
    Certificate.objects.filter(pk=certificate.pk).update(
        revoked_on=date(2026, 8, 1),
        revocation_ground="misuse",
        revocation_reason="In sai",
        revocation_decision=DecisionFactory(revocation=True, signed_on=date(2026, 7, 30)),
    )


def test_a_revoked_product_cannot_be_edited(desk, certificate):
    product, path = certificate.product, f"/can-bo/san-pham/{certificate.product_id}/sua/"
    before = opened(desk, path)
    revoked(certificate)
    page = desk.get(path).content.decode()
    assert "đã bị thu hồi từ 01/08/2026" in page
    assert ">Lưu</button>" not in page
    response = desk.post(path, before | {"name": "Tên mới"})
    assert "đã bị thu hồi từ 01/08/2026" in errors(response)
    response = desk.post(
        f"/can-bo/san-pham/{product.pk}/anh/",
        opened(desk, f"/can-bo/san-pham/{product.pk}/anh/") | {"alt": "x", "photo": photo()},
    )
    assert "đã bị thu hồi" in errors(response)
    product.refresh_from_db()
    assert product.name != "Tên mới"
    assert not ProductImage.objects.exists()


# --- photos ----------------------------------------------------------------------------------------


def test_photo_is_re_encoded_shown_and_removed(desk, certificate, django_capture_on_commit_callbacks):
    path = f"/can-bo/san-pham/{certificate.product_id}/anh/"
    send(desk, path, alt="Gói miến 500 g", photo=photo())
    image = ProductImage.objects.get()
    served = desk.get(image.fallback_url)
    assert served["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(b"".join(served.streaming_content))).width == 800
    assert served["X-Content-Type-Options"] == "nosniff"
    page = desk.get(certificate.product.get_absolute_url()).content.decode()
    assert 'alt="Gói miến 500 g"' in page
    assert desk.get(image.fallback_url.replace("800", "801")).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/can-bo/anh/{image.pk}/bo/")
    assert not ProductImage.objects.exists()
    assert desk.get(image.fallback_url).status_code == 404
    assert desk.post(f"/can-bo/anh/{image.pk}/bo/").status_code == 302


def workbook():
    out = io.BytesIO()
    Workbook().save(out)
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")


def bomb():
    out = io.BytesIO()
    Image.new("1", (10_000, 5_001)).save(out, "PNG")
    return SimpleUploadedFile("bom.png", out.getvalue(), "image/png")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: SimpleUploadedFile("a.jpg", b"not an image", "image/jpeg"), "không phải là ảnh"),
        (bomb, "hơn 40 triệu điểm ảnh"),
        (workbook, "không phải là ảnh"),
        (lambda: SimpleUploadedFile("a.jpg", b"", "image/jpeg"), "Tệp rỗng"),
    ],
)
def test_what_is_not_a_photo_is_refused_at_the_field(desk, certificate, made, sentence):
    response = send(desk, f"/can-bo/san-pham/{certificate.product_id}/anh/", alt="Ảnh", photo=made())
    assert sentence in errors(response)
    assert not ProductImage.objects.exists()


# --- decisions and recognitions --------------------------------------------------------------------

DECISION = {
    "kind": "recognition",
    "number": "15/QĐ-UBND",
    "signed_on": "15/07/2026",
    "issuer": "UBND tỉnh Thái Nguyên",
    "issuer_level": "province",
    "ruleset": "26-2026",
}


def test_a_decision_leads_to_its_result_table(desk):
    pdf = SimpleUploadedFile(
        "qd.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n", "application/pdf"
    )
    response = send(desk, "/can-bo/quyet-dinh/them/", **DECISION, scan=pdf)
    assert errors(response) == ""
    decision = Decision.objects.get()
    assert response["Location"] == f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/"
    scan = desk.get(f"/can-bo/quyet-dinh/{decision.pk}/ban-chup/")
    assert scan["Content-Disposition"].startswith("attachment")
    again = send(desk, "/can-bo/quyet-dinh/them/", **DECISION)
    assert "Quyết định này đã có trong sổ bộ." in errors(again)
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signed_on": "31/02/2026"}, "Không có ngày này"),
        ({"signed_on": "31/12/2026"}, "không thể sau hôm nay"),
        ({"number": ""}, "không ghi số phải có ghi chú"),
        ({"issuer_unit": "Huyện Trên Trời"}, "Không có đơn vị hành chính"),
        ({"scan": SimpleUploadedFile("qd.pdf", b"MZ\x90", "application/pdf")}, "không phải là PDF"),
    ],
)
def test_decision_form_refuses_in_a_sentence(desk, changes, sentence):
    assert sentence in errors(send(desk, "/can-bo/quyet-dinh/them/", **DECISION | changes))
    assert not Decision.objects.exists()


@pytest.fixture
def decision():
    return DecisionFactory(number="15/QĐ-UBND", signed_on=date(2026, 7, 15))


def row(n, **fields):
    return {f"rows-{n}-{name}": value for name, value in fields.items()}


def test_many_products_of_one_decision_on_one_page(desk, decision):
    first, second = ProductFactory(), ProductFactory(name="Trà dây Khau Sao")
    send(
        desk,
        f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/",
        **row(0, product=first.code, stars="4", total="72,5", number="1/GCN"),
        **row(2, product="tra day khau sao", stars="3", valid_from="01/08/2026", valid_to="31/07/2029"),
    )
    one, two = first.certificates.get(), second.certificates.get()
    assert (one.stars, str(one.total), one.valid_from, one.valid_to) == (
        4,
        "72.50",
        date(2026, 7, 15),
        date(2029, 7, 15),
    )
    assert (two.stars, two.valid_to) == (3, date(2029, 7, 31))
    assert one.events.get().pgh_context["verb"] == "record_certificate"
    assert first.name in desk.get("/san-pham/").content.decode()


def test_one_faulty_line_and_no_line_is_saved(desk, decision, certificate):
    good = ProductFactory()
    response = send(
        desk,
        f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/",
        **row(0, product=good.code, stars="3"),
        **row(1, product=certificate.product.code, stars="4"),
    )
    assert "đang có giấy chứng nhận còn hiệu lực đến hết ngày 15/01/2028" in errors(response)
    assert Certificate.objects.count() == 1
    assert good.code in response.content.decode(), "what was typed is still there"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"product": "KHONG-CO"}, "Không có sản phẩm nào mang mã hoặc tên"),
        ({"valid_from": "31/02/2026"}, "Không có ngày này"),
        ({"total": "101"}, "Tổng điểm"),
        ({"kind": "upgrade"}, "chưa có giấy chứng nhận nào trước đó"),
        ({"valid_from": "01/08/2026", "valid_to": "31/07/2026"}, "phải từ ngày bắt đầu trở đi"),
    ],
)
def test_result_table_refuses_at_the_line(desk, decision, fields, sentence):
    product = ProductFactory()
    response = send(
        desk,
        f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/",
        **row(0, **{"product": product.code, "stars": "3"} | fields),
    )
    assert sentence in errors(response)
    assert not Certificate.objects.exists()


def test_errors_name_their_line_by_its_place_on_the_page(desk, decision, certificate):
    path, twice = f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/", ProductFactory().code
    assert "Dòng 5</legend>" in desk.get(path).content.decode()
    response = send(desk, path, **row(1, product=twice, stars="3"), **row(3, product=twice, stars="3"))
    assert "Dòng 4 · Sản phẩm (mã hoặc tên): Sản phẩm này đã có ở dòng 2." in " ".join(
        errors(response).split()
    )
    response = send(desk, path, **row(2, product="KHONG-CO", stars="3"))
    assert "Dòng 3 · Sản phẩm" in errors(response)


@pytest.mark.parametrize(
    ("asked", "rows"), [("20", 20), ("1", 5), ("9999", 300), ("x", 5), ("-3", 5), ("²", 5)]
)
def test_more_lines_without_javascript(desk, decision, asked, rows):
    page = desk.get(f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/?dong={asked}").content.decode()
    assert f'name="rows-TOTAL_FORMS" value="{rows}"' in page


def test_suggestions_begin_with_what_was_never_recognised(desk, decision, certificate):
    new = ProductFactory()
    page = desk.get(f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/").content.decode()
    assert page.index(f'<option value="{new.code}">') < page.index(
        f'<option value="{certificate.product.code}">'
    )


def test_a_decision_is_corrected_at_the_desk_while_nothing_rests_on_it(desk, decision):
    path = f"/can-bo/quyet-dinh/{decision.pk}/sua/"
    stale = opened(desk, path)
    assert send(desk, path, number="16/QĐ-UBND")["Location"] == f"/can-bo/quyet-dinh/{decision.pk}/"
    decision.refresh_from_db()
    assert decision.number == "16/QĐ-UBND"
    assert "vừa được người khác thay đổi" in errors(desk.post(path, stale | {"number": "17/QĐ-UBND"}))
    assert "không thể sau hôm nay" in errors(send(desk, path, signed_on="31/12/2026"))


def test_a_decision_in_use_still_takes_its_scan_and_a_note(desk, certificate):
    decision = certificate.decision
    path = f"/can-bo/quyet-dinh/{decision.pk}/sua/"
    page = desk.get(path).content.decode()
    assert 'name="number"' not in page and 'name="scan"' in page
    pdf = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
    scan = SimpleUploadedFile("qd.pdf", pdf, "application/pdf")
    send(desk, path, note="Bản chụp bổ sung", scan=scan, number="khác")
    before = decision.number
    decision.refresh_from_db()
    assert (decision.note, decision.number, bool(decision.scan)) == ("Bản chụp bổ sung", before, True)
    send(desk, path, note="Ghi chú khác")
    decision.refresh_from_db()
    assert decision.scan, "a form sent without a file keeps the one there is"
    assert desk.get(f"/can-bo/quyet-dinh/{decision.pk}/ban-chup/").status_code == 200


def test_an_empty_result_table_says_so(desk, decision):
    assert "Chưa có dòng nào được điền" in errors(send(desk, f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/"))


def test_upgrade_replaces_from_its_first_day(desk, decision, certificate):
    path = f"/can-bo/quyet-dinh/{decision.pk}/cong-nhan/"
    send(desk, path, **row(0, product=certificate.product.code, stars="4", kind="upgrade"))
    certificate.refresh_from_db()
    assert certificate.superseded_on == date(2026, 7, 15)


# --- extension and revocation ----------------------------------------------------------------------


def test_extension_is_recorded_and_bounded(desk):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 9, 1)))
    path = f"/can-bo/giay-chung-nhan/{certificate.pk}/gia-han/"
    assert "Chỉ gia hạn được sau 01/09/2026 đến 28/02/2027" in errors(
        send(desk, path, until="01/03/2027", reason="Chờ")
    )
    again = opened(desk, path) | {"until": "01/02/2027", "reason": "Lần nữa"}
    send(desk, path, until="28/02/2027", reason="Hồ sơ đánh giá lại đang chờ kết quả")
    certificate.refresh_from_db()
    assert certificate.extended_to == date(2027, 2, 28)
    assert "đã được gia hạn" in errors(desk.post(path, again))
    page = desk.get(path).content.decode()
    assert "đã được gia hạn đến hết ngày 28/02/2027" in page
    assert "Ghi gia hạn</button>" not in page


def test_extension_is_offered_only_when_it_may_be_recorded(desk, certificate):
    """This one runs to 2028."""
    path = f"/can-bo/giay-chung-nhan/{certificate.pk}/"
    assert "Gia hạn</a>" not in desk.get(path).content.decode()
    page = desk.get(f"{path}gia-han/").content.decode()
    assert "chỉ ghi gia hạn được từ 19/07/2027" in page
    assert "Ghi gia hạn</button>" not in page
    lapsed = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 5, 10)))
    path = f"/can-bo/giay-chung-nhan/{lapsed.pk}/gia-han/"
    assert "hãy chọn quyết định gia hạn đã ký" in errors(send(desk, path, until="01/11/2026", reason="Chờ"))
    decision = DecisionFactory(kind=Decision.Kind.EXTENSION, signed_on=date(2026, 5, 2))
    send(desk, path, until="01/11/2026", reason="Chờ", decision=str(decision.pk))
    lapsed.refresh_from_db()
    assert (lapsed.extended_to, lapsed.extension_decision) == (date(2026, 11, 1), decision)


def test_revocation_takes_two_steps_and_shows_at_once(desk, certificate):
    decision = DecisionFactory(revocation=True, signed_on=date(2026, 8, 10))
    path = f"/can-bo/giay-chung-nhan/{certificate.pk}/thu-hoi/"
    given = {
        "decision": str(decision.pk),
        "ground": "misuse",
        "reason": "In 5 sao trên bao bì",
        "revoked_on": "12/08/2026",
    }
    confirm = send(desk, path, **given)
    assert "Thu hồi 3 sao của" in confirm.content.decode()
    certificate.refresh_from_db()
    assert certificate.revoked_on is None
    data = opened(desk, path) | given | {"confirmed": "1"}
    assert desk.post(path, data).status_code == 302
    assert desk.post(path, data).status_code == 302
    certificate.refresh_from_db()
    assert certificate.revoked_on == date(2026, 8, 12)
    assert "Đã thu hồi từ 12/08/2026" in desk.get(certificate.product.get_absolute_url()).content.decode()
    event = certificate.events.order_by("-pgh_id").first()
    assert (event.pgh_context["verb"], event.pgh_context["reason"]) == (
        "revoke_certificate",
        "In 5 sao trên bao bì",
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": " "}, "Lý do công khai"),
        ({"ground": "khác"}, "Căn cứ thu hồi"),
        ({"revoked_on": "31/02/2026"}, "Không có ngày này"),
        ({"revoked_on": "31/12/2026"}, "không thể sau hôm nay"),
        ({"revoked_on": "01/08/2026", "confirmed": "1"}, "Không thể thu hồi trước ngày ký"),
        ({"decision": "0"}, "Quyết định thu hồi"),
    ],
)
def test_revocation_refuses_in_a_sentence(desk, certificate, changes, sentence):
    decision = DecisionFactory(revocation=True, signed_on=date(2026, 8, 10))
    given = {
        "decision": str(decision.pk),
        "ground": "misuse",
        "reason": "In 5 sao",
        "revoked_on": "12/08/2026",
    }
    response = send(desk, f"/can-bo/giay-chung-nhan/{certificate.pk}/thu-hoi/", **given | changes)
    assert sentence in errors(response)
    certificate.refresh_from_db()
    assert certificate.revoked_on is None


def test_the_desk_tells_no_lapse_that_nobody_recorded(desk):
    product = ProductFactory(name="Có nguồn", listed_only_while_standing=True)
    certificate = CertificateFactory(product=product, decision=DecisionFactory(signed_on=date(2022, 1, 1)))
    for path in (
        f"/can-bo/san-pham/{product.pk}/",
        f"/can-bo/giay-chung-nhan/{certificate.pk}/",
        f"/can-bo/quyet-dinh/{certificate.decision_id}/",
        "/can-bo/san-pham/",
        f"/can-bo/chu-the/{product.producer_id}/",
    ):
        page = desk.get(path).content.decode()
        assert "Nguồn không ghi nhận sau 01/01/2025" in page, path
        assert "Hết hiệu lực từ" not in page, path
    assert "Có nguồn" not in desk.get("/can-bo/").content.decode()
    assert "Có nguồn" not in desk.get("/can-bo/san-pham/?status=expired").content.decode()
