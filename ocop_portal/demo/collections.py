"""The demo's collections: tea, and gifts; of made-up products alone, one of them lapsed and seen at the desk only."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from ocop_portal import clock
from ocop_portal.demo.photos import SAID, scene
from ocop_portal.history import acting
from ocop_portal.images import Photo
from ocop_portal.models import User
from products.actions.collections import (
    add_collection_item,
    publish_collection,
    save_collection,
    set_cover,
)
from products.models import Certificate, Collection, Product
from products.standing import Standing

MARK, MARK_EN = "(minh họa)", "(illustration)"
# (title, introduction), in Vietnamese and in English, what is drawn on the cover ("": a product lends its photo), and
# {what its products are called: (line, line in English)}.
TEA = (
    ("Trà của vùng núi", "Mountain teas"),
    (
        "Từ búp chè Shan trên cao đến nụ vối, hoa cúc hái trong rừng.\n\nMỗi loại hợp một lúc: trà đặc cho buổi "
        "sáng, trà hoa cho buổi tối, nước vối cho cả nhà.",
        "From the buds of old Shan trees to forest flowers.\n\nEach has its hour: strong tea in the morning, flower "
        "tea at night, a large pot for the whole family.",
    ),
    "",
    {
        "Chè Shan tuyết": (
            "Búp to, nước vàng sánh; pha ấm nhỏ, uống thong thả.",
            "Large downy buds; brew a small pot and take your time.",
        ),
        "Hồng trà": (
            "Nước đỏ, thơm nhẹ; pha với sữa cũng hợp.",
            "A red, gentle cup, good with milk as well.",
        ),
        "Chè xanh": ("Vị chát dịu, hợp uống hằng ngày.", "Softly astringent, a tea for every day."),
        "Trà hoa cúc núi": (
            "Hoa sấy nguyên bông; pha ấm thủy tinh cho đẹp mắt.",
            "Whole dried flowers; brew them in a glass pot.",
        ),
        "Trà nụ vối rừng": (
            "Đắng nhẹ rồi ngọt; nấu ấm to cho cả nhà.",
            "Slightly bitter, then sweet; made by the large pot.",
        ),
        "Trà dây": ("Lá phơi còn phấn trắng, nước thanh.", "Leaves with their white bloom, a light cup."),
    },
)
GIFTS = (
    ("Quà biếu gọn nhẹ", "Gifts that travel well"),
    (
        "Chọn cho người đi xa: gói chắc, để được lâu, xách tay lên xe không ngại.\n\nNên xem hạn dùng trên bao bì và "
        "hỏi điểm bán về hộp quà.",
        "Chosen for travellers: well packed, long-lasting, easy to carry.\n\nLook for the best-before date on the "
        "pack and ask the shop for a gift box.",
    ),
    "jar",
    {
        "Mật ong hoa rừng": ("Mở ra là thấy mùi hoa.", "Smells of flowers as soon as it is opened."),
        "Miến dong": ("Sợi dai, nhẹ, dễ xếp vào va li.", "Firm and light, easy to pack in a suitcase."),
        "Nấm hương khô": ("Nhẹ mà thơm; một gói nấu được nhiều bữa.", "Light and fragrant; one bag, many meals."),
        "Bột nghệ": ("Bếp nhà nào cũng dùng đến.", "Every kitchen finds a use for it."),
        "Bánh khẩu thuy": ("Quà cho nhà có trẻ nhỏ.", "For homes with children."),
        "Thổ cẩm": ("Dệt tay; món quà không sợ hết hạn.", "Woven by hand, a gift that never goes stale."),
        "Chiếu trúc": ("Cuộn gọn, mát lưng mùa hè.", "Rolls up small and keeps you cool in summer."),
    },
)  # fmt: skip
LINE_OF_LAPSED = (
    "Được nhiều người hỏi mua trong mùa trước.",
    "Many asked for it last season.",
)


def load_collections(by: User, say: Callable[[str], object]) -> None:
    """Both, published some days ago; nothing where a collection is on record."""
    if Collection.objects.exists():
        return
    say("Bộ sưu tập …")
    with transaction.atomic(), acting("load_demo", by=by):
        for ago, made in ((26, GIFTS), (12, TEA)):
            products = list(_products(made[3]))
            with clock.on(clock.today() - timedelta(days=ago)):
                _load(made, products, by)


def _load(made: Any, products: list[tuple[Product, tuple[str, str]]], by: User) -> None:
    (title, english), (text, english_text), cover, _ = made
    collection = Collection(title=f"{title} {MARK}", title_en=f"{english} {MARK_EN}", made_up=True)
    collection.introduction, collection.introduction_en = text, english_text
    save_collection(collection=collection, by=by)
    for product, (line, line_en) in products:
        add_collection_item(collection=collection, product=product, line=line, line_en=line_en, by=by)
    if cover:
        set_cover(collection=collection, photo=Photo(scene(title, cover)), alt=SAID[cover], by=by)
    if products:
        publish_collection(collection=collection, by=by)


def _products(lines: dict[str, tuple[str, str]]) -> Iterable[tuple[Product, tuple[str, str]]]:
    """A made-up product that stands for each name, and after the first two one that lapsed."""
    standing = Certificate.objects.standing(clock.today())
    found = [(p, line) for name, line in lines.items() if (p := _first(standing, [name]))]
    lapsed = _first(Certificate.objects.in_standing(clock.today(), (Standing.EXPIRED,)), list(lines))
    if found and lapsed:
        found.insert(2, (lapsed, LINE_OF_LAPSED))
    return found


def _first(certificates: object, names: list[str]) -> Product | None:
    """The first made-up product called so."""
    called = Q()
    for name in names:
        called |= Q(name__startswith=name)
    found = Product.objects.filter(called, made_up=True, certificates__in=certificates)
    return found.order_by("pk").first()
