"""The citizen's form: kind to people, tiresome to programs, and silent about who sent what."""

import io
import re
import time
from datetime import timedelta
from threading import Thread

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from ocop_portal import limits
from ocop_portal.clock import on
from products.complaint_steps import State
from products.forms import complaint as rules
from products.models import Certificate, Complaint, ProductAlias
from tests.conftest import DAY
from tests.factories import DecisionFactory, ProductFactory
from tests.products.desk import opened
from tests.products.oversight import certified, report, report_in

pytestmark = pytest.mark.django_db
SEEN = "Bao bì in 5 sao, sổ bộ ghi 3 sao."


@pytest.fixture
def product():
    return certified().product


@pytest.fixture(autouse=True)
def filled_slowly(monkeypatch):
    """Tests fill in forms at once; how long a citizen takes is tested where it is the matter."""
    monkeypatch.setattr(rules, "MIN_SECONDS", 0)
    cache.clear()


def path_of(product):
    return reverse("products:complain", args=[product.code])


def filled(client, path, **changes):
    return opened(client, path) | {"kind": "mark", "seen": SEEN} | changes


def sent(client, path, **changes):
    return client.post(path, filled(client, path, **changes))


def photo(size=(800, 600), exif=True, **options):
    image, out = Image.new("RGB", size, "#b26a00"), io.BytesIO()
    data = Image.Exif()
    data[0x010F], data[0x8825] = "Máy ảnh", {1: "N", 2: (22.0, 8.0, 0.0)}
    image.save(out, "JPEG", **({"exif": data} if exif else {}), **options)
    return SimpleUploadedFile("DSC_0001.JPG", out.getvalue(), "image/jpeg")


def test_a_report_without_account_or_script(client, product):
    page = client.get(product.get_absolute_url()).content.decode()
    assert path_of(product) in page
    answer = sent(
        client,
        path_of(product),
        where_bought="Chợ Na Rì",
        bought_on="01/08/2026",
        contact_phone="0912 345 678",
        photo=photo(),
    )
    complaint = Complaint.objects.get()
    assert answer.status_code == 302 and answer["Location"] == f"/phan-anh/{complaint.code}/"
    assert complaint.product == product and complaint.state == State.RECEIVED and complaint.pack == ""
    with Image.open(complaint.photo.open()) as kept:
        assert kept.format == "JPEG" and not kept.getexif() and kept.size == (800, 600)
    assert "DSC" not in complaint.photo.name
    event = complaint.events.get()
    assert event.pgh_context["actor"] == "" and "127.0.0.1" not in str(event.pgh_context)
    page = client.get(answer["Location"])
    html = page.content.decode()
    assert complaint.shown_code in html and "noindex" in html and "0912" not in html
    assert "no-store" in page["Cache-Control"] or "no-cache" in page["Cache-Control"]


def test_a_pack_of_unknown_product(client, product):
    check = client.get("/giay-chung-nhan/?number=SAO-GIA-9").content.decode()
    link = re.search(r'href="(/phan-anh/\?pack=[^"]+)"', check)[1]
    assert opened(client, link)["pack"] == "SAO-GIA-9"
    assert "Hãy ghi tên hoặc mã" in sent(client, "/phan-anh/", pack="").content.decode()
    assert sent(client, "/phan-anh/", pack="Miến “5 sao” không rõ nơi làm").status_code == 302
    complaint = Complaint.objects.get()
    assert complaint.product is None and complaint.holder == "province"
    for typed in (complaint.code, complaint.shown_code, complaint.shown_code.upper()):
        assert client.get("/phan-anh/", {"code": typed})["Location"] == f"/phan-anh/{complaint.code}/"
    assert "Không có phản ánh nào" in client.get("/phan-anh/?code=khongco").content.decode()
    assert client.get("/phan-anh/khongco/").status_code == 404


def test_the_receipt_tells_each_state(client):
    for state in State:
        complaint = report_in(state)
        page = client.get(complaint.get_absolute_url()).content.decode()
        assert complaint.get_state_display()[1:] in page
        assert "Thư rác" in page or state != State.SET_ASIDE
    with on(DAY - timedelta(days=60)):
        late = report()
    assert "Đã quá hạn trả lời" in client.get(late.get_absolute_url()).content.decode()


def test_only_products_of_the_public_register_and_old_codes(client, product):
    ProductAlias.objects.create(product=product, code="MA-CU-7")
    assert client.get("/san-pham/MA-CU-7/phan-anh/")["Location"] == path_of(product)
    unseen = ProductFactory()
    for code in ("KHONG-CO", unseen.code):
        assert client.get(f"/san-pham/{code}/phan-anh/").status_code == 404
        assert client.post(f"/san-pham/{code}/phan-anh/", {"seen": SEEN}).status_code == 404
    certificate = Certificate.objects.get(product=product)
    for stars_gone in ({}, {"revoked_on": DAY, "revocation_ground": "misuse", "revocation_reason": "Sai"}):
        if stars_gone:
            decision = DecisionFactory(revocation=True)
            Certificate.objects.filter(pk=certificate.pk).update(revocation_decision=decision, **stars_gone)
        page = client.get(certificate.get_absolute_url()).content.decode()
        assert path_of(product) in page
        assert client.get(path_of(product)).status_code == 200


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": ""}, "Hãy chọn một việc"),
        ({"kind": "zzz"}, "Hãy chọn một việc"),
        ({"seen": "   "}, "Hãy viết bạn đã thấy gì"),
        ({"seen": "ngắn"}, "viết rõ hơn"),
        ({"seen": "x" * 2001}, "dài hơn 2.000"),
        ({"seen": "a\x00b đủ mười chữ"}, "Có lỗi cần sửa"),
        ({"seen": "Mua tại http://a.vn và www.b.vn giá rẻ"}, "bớt đường dẫn"),
        ({"bought_on": "31/02/2026"}, "Không có ngày này"),
        ({"bought_on": "16/08/2026"}, "không thể sau hôm nay"),
        ({"contact_phone": "gọi tôi nhé"}, "Số điện thoại"),
        ({"contact_email": "khong phai"}, "Địa chỉ thư chưa đúng"),
        ({"where_bought": "x" * 201}, "Có lỗi cần sửa"),
        ({"homepage": "http://spam.example"}, "do máy điền"),
        ({"token": "zzz"}, "Có lỗi cần sửa"),
        ({"stamp": "giả"}, "không còn dùng được"),
        ({"stamp": ""}, "không còn dùng được"),
    ],
)
def test_what_is_refused_is_refused_in_words(client, product, change, told):
    answer = sent(client, path_of(product), **change)
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Complaint.objects.exists()


def test_too_quick_and_too_old(client, product, monkeypatch):
    monkeypatch.setattr(rules, "MIN_SECONDS", 4)
    data = filled(client, path_of(product))
    first = client.post(path_of(product), data)
    assert "quá nhanh" in first.content.decode() and not Complaint.objects.exists()
    # The same page ripens: the citizen presses again a few seconds later.
    ripe = signing.dumps(int(time.time()) - 5, salt=rules.SALT)
    assert f'value="{data["stamp"]}"' in first.content.decode()
    old = signing.dumps(int(time.time()) - rules.MAX_SECONDS - 1, salt=rules.SALT)
    stale = client.post(path_of(product), data | {"stamp": old})
    assert "mở quá lâu" in stale.content.decode() and SEEN in stale.content.decode()
    assert old not in stale.content.decode()
    forged = client.post(path_of(product), data | {"stamp": signing.dumps(0, salt="other")})
    assert "không còn dùng được" in forged.content.decode()
    assert client.post(path_of(product), data | {"stamp": ripe}).status_code == 302


def test_sent_twice_is_one_report(client, product):
    data = filled(client, path_of(product))
    first, second = client.post(path_of(product), data), client.post(path_of(product), data)
    assert first["Location"] == second["Location"]
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize(
    ("upload", "told"),
    [
        (lambda: SimpleUploadedFile("a.jpg", b"GIF89a" + b"x" * 500), "không phải là ảnh"),
        (lambda: SimpleUploadedFile("a.jpg", b""), "Tệp rỗng"),
        (lambda: SimpleUploadedFile("a.svg", b"<svg xmlns='x'><script/></svg>"), "không phải là ảnh"),
        (lambda: SimpleUploadedFile("a.jpg", photo().read()[:900]), "hỏng"),
        (lambda: photo((9000, 9000), exif=False, quality=5), "40 triệu"),
        (lambda: photo((100, 100)), "quá nhỏ"),
        (lambda: SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * (10 * 2**20)), "10 MB"),
    ],
)
def test_bombs_and_garbage_for_photos(client, product, upload, told):
    answer = sent(client, path_of(product), photo=upload())
    assert answer.status_code == 200 and told in answer.content.decode()
    assert not Complaint.objects.exists()


def test_limits_per_address_and_per_product(client, product, settings):
    settings.COMPLAINTS_PER_ADDRESS, settings.COMPLAINTS_PER_PRODUCT = 2, 3
    path = path_of(product)
    assert [sent(client, path).status_code for _ in range(2)] == [302, 302]
    refused = sent(client, path, photo=photo())
    assert refused.status_code == 429 and "tạm dừng nhận đến ngày mai" in refused.content.decode()
    assert SEEN in refused.content.decode() and refused.content.decode().count("<h1") == 1
    data = filled(client, path)
    assert client.post(path, data, REMOTE_ADDR="10.0.0.2").status_code == 302
    data = filled(client, path)
    assert client.post(path, data, REMOTE_ADDR="10.0.0.3").status_code == 429  # the product's third was taken
    data = filled(client, "/phan-anh/", pack="Gói khác")
    assert client.post("/phan-anh/", data, REMOTE_ADDR="10.0.0.3").status_code == 302
    with on(DAY + timedelta(days=1)):
        assert sent(client, path).status_code == 302
    assert Complaint.objects.count() == 5


def test_faulty_sendings_count_too(client, product, settings):
    settings.COMPLAINTS_PER_ADDRESS = 1
    answers = [sent(client, path_of(product), seen="").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_what_is_kept_of_an_address_says_nothing_about_it(rf, settings):
    def name(address, **headers):
        return limits.reader_of(rf.post("/", REMOTE_ADDR=address, **headers))

    assert name("203.0.113.7") != name("203.0.113.8")
    assert name("2001:db8::1") == name("2001:db8::ffff") != name("2001:db8:0:1::1")
    assert re.fullmatch("[0-9a-f]{16,}", name("203.0.113.7")), "no part of the address, which has points"
    today = name("203.0.113.7")
    with on(DAY + timedelta(days=1)):
        assert name("203.0.113.7") != today
    settings.SECRET_KEY = "khác" * 20
    assert name("203.0.113.7") != today
    assert name("không phải địa chỉ") and name("")
    assert name("10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7") == name(
        "10.0.0.1"
    )  # anybody may write that header
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert name("10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.7") == name("203.0.113.7")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    assert name("10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7") == name("10.0.0.1")


def test_no_limit_is_overrun_by_asking_at_once():
    """The count is taken by adding rows: of many at once exactly as many get through."""
    taken = []
    threads = [Thread(target=lambda: taken.append(limits.take("x", 5))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 5 and limits.is_full("x", 5)


def test_expired_rows_of_the_shared_cache_go(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "ocop_portal_cache",
        }
    }
    assert limits.take("y", 1) and not limits.take("y", 1)
    assert limits.forget_expired() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ocop_portal_cache SET expires = now() - interval '1 hour'")
    assert limits.forget_expired() == 1
    assert limits.take("y", 1)


def test_a_get_answers_whatever_is_typed(client, product):
    for query in ("pack=%00", "pack=" + "x" * 5000, "code=%00%FF", "code=" + "9" * 3000, "code=-", "x=1"):
        for path in ("/phan-anh/", path_of(product)):
            assert client.get(f"{path}?{query}").status_code in (200, 302)
    assert client.put(path_of(product)).status_code == 405
    assert Complaint.objects.count() == 0
