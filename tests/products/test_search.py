"""A product is found by any spelling of its name (design §3.7), by its producer, its places and its codes."""

import unicodedata

import pytest

from ocop_portal.models import AdministrativeUnit
from products.models import Certificate, Product, ProductAlias
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory
from tests.products.registers import TODAY
from tests.scenes import built_once

pytestmark = pytest.mark.django_db

NAMES = """Miến dong Tài Hoan; Trà hoa vàng Bắc Kạn; Rượu men lá Bằng Phúc; Tinh bột nghệ nếp đỏ Bắc Kạn; Trà nụ vối;
Giấm chuối Mạnh Minh; Bánh gio Pắc San; Cơm lam nướng Sáng Lê; Gạo Nhật Japonica; Thịt lợn rừng lai Phúc Thơm;
Nấm mộc nhĩ nguyên tai; Măng khô Mảy Puốc; Trà Shan tuyết Khau Bjooc; Trà mướp đắng rừng; Mật ong rừng nguyên chất;
Bột củ mài núi; Lạp sườn; Thịt treo gác bếp; Viên tinh nghệ mật ong; Homestay Quỳnh Mai; Đường phèn Quỹ Nhất;
Bún khô Huyền Nga; Trà hoa đu đủ đực; Dầu gội bồ kết Kỳ Sơn; Rượu ngô Mỹ Phương; Sữa chua nếp cẩm Hòa Mục;
Khoai môn Thượng Giáo; Hồng không hạt Ba Bể; Quýt ngọt Quang Thuận; Lý sơn trà 100%; Chè Xuân-Lạc (túi lọc)"""
NAMES = [" ".join(name.split()) for name in NAMES.split(";")]


def unmarked(text):
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return text.replace("đ", "d").replace("Đ", "D")


SPELLINGS = {
    "as written": lambda n: n,
    "upper case": str.upper,
    "lower case": str.lower,
    "decomposed": lambda n: unicodedata.normalize("NFD", n),
    "without marks": unmarked,
    "without marks, upper": lambda n: unmarked(n).upper(),
    "đ as d only": lambda n: n.replace("đ", "d").replace("Đ", "D"),
    "old tone place": lambda n: n.replace("òa", "oà").replace("úy", "uý").replace("ỳ S", "ỳ S"),
    "i for y": lambda n: n.replace("Quỹ", "Quĩ").replace("Kỳ", "Kì").replace("Mỹ", "Mĩ").replace("Lý", "Lí"),
    "last word unfinished": lambda n: n.rstrip(" )%")[:-1] if len(n.rstrip(" )%").split()[-1]) > 2 else n,
    "double spaces": lambda n: f"  {n.replace(' ', '   ')} ",
    "words turned round": lambda n: " ".join(n.split()[::-1]),
}


named = built_once(lambda: {name: CertificateFactory(product__name=name) for name in NAMES})


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_any_spelling_finds_the_product(named, spelling, client):
    for name, certificate in named.items():
        text = SPELLINGS[spelling](name)
        found = Certificate.objects.public(TODAY).search(text)
        assert certificate in found, (name, text)
        assert len(found) <= 3, (name, text)
        assert certificate.product in Product.objects.search(text)
    text = SPELLINGS[spelling](NAMES[0])
    assert NAMES[0] in client.get("/san-pham/", {"q": text}).content.decode()


def test_exact_diacritics_come_first():
    for name in ("Duong mau", "Đường mẫu", "Dương mẫu", "Dưỡng mẫu"):
        CertificateFactory(product__name=name)
    for asked in ("Dương mẫu", "Đường mẫu", "dưỡng mẫu"):
        found = Certificate.objects.search(asked).ranked(asked).order_by("-rank", "product__name_key")
        assert found[0].product.name.lower() == asked.lower()
        assert len(found) == 4


def test_the_name_counts_more_than_the_producer():
    by_producer = CertificateFactory(
        product__name="Trà dây", product__producer=ProducerFactory(name="HTX Mật Ong")
    )
    by_name = CertificateFactory(product__name="Mật ong hoa rừng")
    found = Certificate.objects.search("mat ong").ranked("mat ong").order_by("-rank")
    assert list(found) == [by_name, by_producer]


@pytest.mark.parametrize("text", ["mieng", "xyz", "don mien khong", "'", "!!!", "& |", "\u0301"])
def test_what_is_not_there_is_not_found(named, text):
    assert not Certificate.objects.search(text).exists()


def test_found_by_producer_places_and_codes():
    certificate = CertificateFactory(
        product__producer=ProducerFactory(name="HTX Tài Hoan"), product__code="06-02173-001-2021"
    )
    ProductAlias.objects.create(product=certificate.product, code="BK-77")
    place = certificate.product.place
    for text in (
        "tai hoan",
        "con minh",
        "na ri",
        place.current.name,
        "06-02173-001-2021",
        "06-02173",
        "BK-77",
        "mien tai hoan na ri",
    ):
        assert certificate in Certificate.objects.search(text), text


def test_names_changed_elsewhere_are_searched_at_once():
    certificate = CertificateFactory()
    producer, place = certificate.product.producer, certificate.product.place
    type(producer).objects.filter(pk=producer.pk).update(name="HTX Bạch Hạc")
    assert certificate in Certificate.objects.search("bach hac")
    AdministrativeUnit.objects.filter(pk=place.district_id).update(name="Huyện Thử Đổi")
    assert certificate in Certificate.objects.search("thu doi")
    assert certificate not in Certificate.objects.search("na ri")


def test_vietnamese_order():
    for name in ("Ốc", "Oi", "Ăn", "An", "Ấn", "Ân", "Đu đủ", "Dưa", "Án", "Ổi"):
        ProductFactory(name=name)
    assert [p.name for p in Product.objects.all()] == [
        "An",
        "Án",
        "Ăn",
        "Ân",
        "Ấn",
        "Dưa",
        "Đu đủ",
        "Oi",
        "Ốc",
        "Ổi",
    ]
