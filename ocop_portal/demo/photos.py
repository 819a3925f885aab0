"""Drawn pictures in the place of photos, for made-up products and events: so that the gallery is seen at work.

Each says on itself that it is an illustration.
"""

import math
import random
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef
from PIL import Image, ImageDraw, ImageFont

from ocop_portal.clock import today
from ocop_portal.demo.invention import TOURISM
from ocop_portal.drawing import SCREEN_FONTS
from ocop_portal.history import acting
from ocop_portal.images import Photo
from ocop_portal.models import User
from producers.actions.photos import add_event_photo
from producers.models import Promotion, PromotionImage
from products.actions.products import add_photo
from products.models import Certificate, Product, ProductImage

PRODUCTS, EVENTS = 12, 4
WIDTH, HEIGHT = 640, 480
SKIES = (("#f6e7c6", "#fbf4e2"), ("#cfe6e3", "#f1f6ee"), ("#f3d3bd", "#fbeedd"), ("#d7dcef", "#f3f0ea"))
HILLS = ("#8cb8a6", "#4f9080", "#1f6757")
BRIGHT = ("#b26a00", "#a02517", "#27376f", "#12564a")
JARS, BOTTLES = ("04", "08", "19", "20"), ("09", "14", "15", "16", "17")
WORDS = "Hình minh họa"


def scene(seed: str, thing: str) -> Image.Image:
    """Hills under a sky with one thing before them: bag, jar, bottle, house or stalls."""
    rng = random.Random(seed)
    top, bottom = rng.choice(SKIES)
    image = Image.linear_gradient("L").resize((WIDTH, HEIGHT))
    image = Image.composite(Image.new("RGB", image.size, bottom), Image.new("RGB", image.size, top), image)
    draw = ImageDraw.Draw(image)
    sun = rng.randint(80, WIDTH - 120)
    draw.ellipse((sun, 50, sun + 70, 120), fill="#fffaf0")
    for n, colour in enumerate(HILLS):
        phase, base = rng.uniform(0, 6), 230 + 60 * n
        ridge = [
            (x, base + 32 * math.sin(x / (95 - 15 * n) + phase) + 14 * math.sin(x / 31 + 2 * phase))
            for x in range(0, WIDTH + 1, 8)
        ]
        draw.polygon([*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=colour)
    THINGS[thing](draw, rng.choice(BRIGHT))
    font = ImageFont.truetype(SCREEN_FONTS / "be-vietnam-pro-600.ttf", 22)
    draw.rectangle((0, HEIGHT - 40, WIDTH, HEIGHT), fill="#12443a")
    draw.text((WIDTH // 2, HEIGHT - 20), WORDS, font=font, fill="#ffffff", anchor="mm")
    return image


def _bag(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.polygon([(235, 190), (405, 190), (425, 420), (215, 420)], fill="#efe2c6")
    draw.polygon([(245, 150), (395, 150), (405, 190), (235, 190)], fill="#d8c49a")
    draw.rectangle((232, 265, 408, 355), fill=colour)
    draw.rectangle((252, 285, 388, 297), fill="#ffffff")
    draw.rectangle((275, 315, 365, 325), fill="#ffffff")


def _jar(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.rounded_rectangle((230, 200, 410, 420), 34, fill="#e3a72f")
    draw.rounded_rectangle((245, 160, 395, 212), 10, fill="#5a4a33")
    draw.rectangle((230, 275, 410, 360), fill="#fdf6e6")
    draw.rectangle((255, 298, 385, 310), fill=colour)
    draw.rectangle((280, 328, 360, 336), fill=colour)


def _bottle(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.rounded_rectangle((260, 220, 380, 420), 22, fill="#2e5f52")
    draw.polygon([(270, 232), (370, 232), (342, 165), (298, 165)], fill="#2e5f52")
    draw.rectangle((300, 110, 340, 170), fill="#2e5f52")
    draw.rectangle((297, 100, 343, 124), fill=colour)
    draw.rectangle((260, 280, 380, 370), fill="#fdf6e6")
    draw.rectangle((278, 304, 362, 314), fill=colour)


def _house(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.polygon([(150, 265), (230, 165), (410, 165), (490, 265)], fill="#6d4a2f")
    draw.rectangle((190, 265, 450, 345), fill="#c79a63")
    for x in (200, 280, 350, 430):
        draw.rectangle((x, 345, x + 12, 425), fill="#5a3b25")
    draw.rectangle((300, 285, 340, 345), fill="#5a3b25")
    for x in (220, 385):
        draw.rectangle((x, 285, x + 40, 315), fill=colour)


def _stalls(draw: ImageDraw.ImageDraw, colour: str) -> None:
    for n, x in enumerate((70, 245, 420)):
        for stripe in range(6):
            shade = colour if stripe % 2 == 0 else "#fdf6e6"
            left = x + stripe * 25
            draw.polygon([(left, 260), (left + 25, 260), (left + 25, 310), (left, 310)], fill=shade)
        draw.rectangle((x + 8, 310, x + 16, 420), fill="#5a3b25")
        draw.rectangle((x + 134, 310, x + 142, 420), fill="#5a3b25")
        draw.rectangle((x + 6, 365, x + 144, 420), fill="#c79a63")
        for item in range(4):
            left = x + 18 + item * 31
            draw.rounded_rectangle((left, 335, left + 22, 365), 5, fill=BRIGHT[(item + n) % len(BRIGHT)])


THINGS: dict[str, Callable[[ImageDraw.ImageDraw, str], None]] = {
    "bag": _bag,
    "jar": _jar,
    "bottle": _bottle,
    "house": _house,
    "stalls": _stalls,
}
SAID = {
    "bag": "Hình vẽ túi sản phẩm trước dãy núi.",
    "jar": "Hình vẽ lọ sản phẩm trước dãy núi.",
    "bottle": "Hình vẽ chai sản phẩm trước dãy núi.",
    "house": "Hình vẽ nhà sàn trước dãy núi.",
    "stalls": "Hình vẽ ba gian hàng trước dãy núi.",
}


def thing_of(group: str) -> str:
    """What is drawn for a product set."""
    if group in TOURISM:
        return "house"
    return "jar" if group in JARS else "bottle" if group in BOTTLES else "bag"


def _products() -> list[Product]:
    """Made-up products that stand, of as many sets as there are."""
    standing = Certificate.objects.standing(today()).filter(product=OuterRef("pk"))
    found = Product.objects.filter(Exists(standing), made_up=True).select_related("group").order_by("pk")
    first: dict[str, Product] = {}
    for product in found:
        first.setdefault(product.group.code, product)
    return list(first.values())[:PRODUCTS]


def load_photos(by: User, say: Callable[[str], object]) -> None:
    """All of them, or nothing; nothing where a photo is on record."""
    if ProductImage.objects.exists() or PromotionImage.objects.exists():
        return
    say("Hình minh họa …")
    with transaction.atomic(), acting("load_demo", by=by):
        for product in _products():
            thing = thing_of(product.group.code)
            add_photo(product=product, photo=Photo(scene(product.code, thing)), alt=SAID[thing], by=by)
        past = Promotion.objects.filter(made_up=True, cancelled_reason="").over(today())  # type: ignore[attr-defined]
        for promotion in past.exclude(kind=Promotion.Kind.ONLINE).latest_first()[:EVENTS]:
            photo = Photo(scene(promotion.name, "stalls"))
            add_event_photo(promotion=promotion, photo=photo, alt=SAID["stalls"], by=by)
