"""Checks on products, producers and where they are."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, F, Model, Q

from ocop_portal.models import AdministrativeUnit
from ocop_portal.territory import Territory
from producers.models import Campaign, PointOfSale, Producer
from products.models import Certificate, Decision, Product
from ratings.models import Dossier
from reports.checks import Finding, Severity, check
from reports.checks.near import near_pairs, plain, without_form

PLACED: tuple[type[Model], ...] = (Producer, Product)


@check(
    "product-twice",
    "Một sản phẩm có thể đứng hai lần trong sổ bộ",
    Severity.WARNING,
    why="Cùng một sản phẩm ghi hai lần thì số liệu đếm đôi, và hạn của giấy cũ không được theo dõi.",
    todo="Xem hai sản phẩm có phải là một không. Nếu là một: lần công nhận sau chỉ dùng một mã.",
)
def products_twice(day: date) -> Iterator[Finding]:
    standing = Certificate.objects.standing(day).values("product")
    products = Product.objects.filter(pk__in=standing).select_related("producer", "place")
    for one, other in _near(products, day, lambda p: plain(p.name)):
        same_maker = one.producer_id == other.producer_id
        makers = without_form(one.producer.name), without_form(other.producer.name)
        if same_maker or makers[0] == makers[1] or any(near_pairs(enumerate(makers))):
            text = f"“{one}” ({one.code}) và “{other}” ({other.code}), {one.producer}, {one.place}"
            yield Finding(text, Product, other.pk)


@check(
    "producer-twice",
    "Một chủ thể có thể được ghi hai lần",
    Severity.WARNING,
    why="Chủ thể ghi hai lần thì sản phẩm, số liệu năm và tài khoản của họ bị chia đôi.",
    todo="Xem hai chủ thể có phải là một không; dùng một bản ghi cho các sản phẩm về sau.",
)
def producers_twice(day: date) -> Iterator[Finding]:
    producers = Producer.objects.select_related("place")
    for one, other in _near(producers, day, lambda p: without_form(p.name)):
        yield Finding(f"“{one}” và “{other}”, {one.place}", Producer, other.pk)


def _near(rows: Any, day: date, words: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs with near names within one commune of the day."""
    territory = Territory(day)
    by_commune: dict[int, list[tuple[Any, str]]] = defaultdict(list)
    for row in rows:
        by_commune[territory.commune_of(row.place_id) or row.place_id].append((row, words(row)))
    for group in by_commune.values():
        yield from near_pairs(group)


@check(
    "place-ended",
    "Địa bàn không còn khi việc diễn ra",
    Severity.ERROR,
    why="Ghi việc mới vào xã, huyện đã kết thúc thì báo cáo theo xã hiện nay thiếu việc đó.",
    todo="Sửa địa bàn thành xã, phường hiện nay.",
)
def places_that_had_ended(day: date) -> Iterator[Finding]:
    rows: tuple[tuple[type[Model], str, str], ...] = (
        (Dossier, "unit", "filed_on"),
        (Decision, "issuer_unit", "signed_on"),
        (PointOfSale, "place", "opened_on"),
        (Campaign, "place", "starts_on"),
    )
    for model, place, when in rows:
        ended = Q(**{f"{place}__valid_to__lt": F(when)})
        for row in model._default_manager.filter(ended).select_related(place):
            unit = getattr(row, place)
            text = f"{_kind(row)} “{row}”, ngày {getattr(row, when):%d/%m/%Y}: {unit} kết thúc {unit.valid_to:%d/%m/%Y}"
            yield Finding(text, model, row.pk)
    for model in PLACED:
        lost = model._default_manager.filter(place__valid_to__lt=day, place__current=None)
        for row in lost.filter(place__level=AdministrativeUnit.Level.COMMUNE).select_related("place"):
            text = f"{_kind(row)} “{row}”: {row.place} đã kết thúc và chưa ghi xã nào thay"  # type: ignore[attr-defined]
            yield Finding(text, model, row.pk)


def _kind(row: Model) -> str:
    name = str(row._meta.verbose_name)
    return name[:1].upper() + name[1:]


@check(
    "place-outside",
    "Địa bàn nằm ngoài tỉnh của sổ bộ",
    Severity.ERROR,
    why="Sản phẩm ngoài địa bàn không thuộc thẩm quyền của tỉnh và không hiện trong số liệu theo xã.",
    todo="Sửa địa bàn; nếu chủ thể đã chuyển đi, ghi rõ ở ghi chú.",
)
def places_outside(day: date) -> Iterator[Finding]:
    for model in PLACED:
        for row in model._default_manager.filter(place__in_territory=False).select_related("place"):
            yield Finding(f"{_kind(row)} “{row}”: {row.place}", model, row.pk)  # type: ignore[attr-defined]


@check(
    "place-coarse",
    "Nơi sản xuất chưa ghi đến xã",
    Severity.INFO,
    why="Chưa biết xã thì không lập được hồ sơ đánh giá lại và xã không thấy sản phẩm của mình.",
    todo="Sửa sản phẩm, ghi rõ xã, phường.",
)
def places_too_coarse(day: date) -> Iterator[Finding]:
    coarse = Product.objects.exclude(place__level=AdministrativeUnit.Level.COMMUNE).select_related("place")
    for product in coarse:
        yield Finding(f"“{product}”: {product.place}", Product, product.pk)


@check(
    "standing-undescribed",
    "Sản phẩm đang có sao thiếu ảnh, câu chuyện hoặc giới thiệu",
    Severity.INFO,
    why="Người mua và đơn vị xúc tiến tìm đến trang sản phẩm trước tiên.",
    todo="Bổ sung ở trang sản phẩm: ảnh, câu chuyện, giới thiệu ngắn.",
)
def standing_products_undescribed(day: date) -> Iterator[Finding]:
    standing = Certificate.objects.standing(day).values("product")
    for p in Product.objects.filter(pk__in=standing).annotate(photos=Count("images")):
        lacks = [
            words
            for words, there in (("ảnh", p.photos), ("câu chuyện", p.story), ("giới thiệu", p.summary))
            if not there
        ]
        if lacks:
            yield Finding(f"“{p}” thiếu {', '.join(lacks)}", Product, p.pk)


@check(
    "producer-without-contact",
    "Chủ thể có sản phẩm đang có sao mà không có liên hệ",
    Severity.INFO,
    why="Không báo được hạn đánh giá lại cho họ: đây là nguyên nhân giấy hết hạn mà không ai hay.",
    todo="Xin số điện thoại hoặc thư điện tử và ghi vào trang chủ thể.",
)
def producers_without_contact(day: date) -> Iterator[Finding]:
    standing = Certificate.objects.standing(day).values("product__producer")
    for producer in Producer.objects.filter(pk__in=standing, phone="", email="").select_related("place"):
        yield Finding(f"“{producer}”, {producer.place}", Producer, producer.pk)


@check(
    "consent-undated",
    "Đồng ý công khai liên hệ không có ngày, hoặc ngày chưa tới",
    Severity.ERROR,
    why="Liên hệ của hộ, tổ hợp tác là dữ liệu cá nhân: chỉ công khai khi có văn bản đồng ý ghi ngày.",
    todo="Xem văn bản đồng ý và ghi lại ngày; không có văn bản thì bỏ dấu đồng ý.",
)
def consents_undated(day: date) -> Iterator[Finding]:
    wrong = Q(contact_consent=True, contact_consent_on=None) | Q(contact_consent_on__gt=day)
    for p in Producer.objects.filter(wrong):
        told = f"ngày {p.contact_consent_on:%d/%m/%Y}" if p.contact_consent_on else "không có ngày"
        yield Finding(f"“{p}”: {told}", Producer, p.pk)
