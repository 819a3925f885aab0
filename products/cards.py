"""The picture with which a product's page is shared: 1200 × 630, its photo, name, producer and standing in words."""

import hashlib
import io
import re
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache, lru_cache

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Count
from django.utils.formats import number_format
from PIL import Image

from ocop_portal.drawing import draw_png, fingerprint, framed
from ocop_portal.models.photo import PhotoRecord
from products.badges import badge
from products.collections import Shown
from products.models import Certificate, ProductImage
from products.telling import Told

WIDTH, HEIGHT = 1200, 630
KEPT = 24  # pictures a process keeps; one weighs up to 700 kB
BRAND = "#12564a"
PHOTO_WIDTH = 640  # the widest photo that is drawn: it fills 420 × 630


@dataclass(frozen=True)
class Card:
    """What is drawn of a product. `photo` is the stored name of a JPEG, empty where there is none."""

    tone: str
    stars: int
    head: str
    body: str
    name: str
    producer: str
    foot: str
    register: str
    group_code: str
    photo: str

    @property
    def etag(self) -> str:
        """Changes with anything that is drawn, and with the way it is drawn."""
        return hashlib.sha256(f"{fingerprint()} {self!r}".encode()).hexdigest()[:32]


def card(told: Told, photo: ProductImage | None) -> Card:
    """The card of a product on the day, in the words of its badge. No query after `with_place()`."""
    said = badge(told)
    return Card(
        tone=said.tone,
        stars=said.stars,
        head=said.head,
        body=said.body,
        name=said.name,
        producer=said.producer,
        foot=said.foot,
        register=said.register,
        group_code=told.product.group.code,
        photo=_stored(photo) if photo else "",
    )


def _stored(photo: PhotoRecord) -> str:
    """Name of the JPEG that is wide enough and no wider."""
    return photo.path(next((w for w in photo.widths if w >= PHOTO_WIDTH), photo.widths[-1]), "jpeg")


@lru_cache(KEPT)
def png(card: Card) -> bytes:
    """The card as PNG. A photo whose file is gone is replaced by the drawing of the product set."""
    picture = _photo(card.photo) if card.photo else None
    drawing = None if picture else _set_drawings().get(card.group_code)
    data = asdict(card)
    return draw_png("card", data, pictures={"picture": picture, "drawing": drawing})


def _photo(name: str) -> str | None:
    if not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        jpeg = file.read()
    with Image.open(io.BytesIO(jpeg)) as image:
        return framed(jpeg, *image.size)


@cache
def _set_drawings() -> dict[str, str]:
    """{code: the drawing of the product set, as an SVG of its own in the brand's colour}."""
    sprite = (settings.BASE_DIR / "static" / "img" / "groups.svg").read_text()
    return {
        code: f'<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" color="{BRAND}"{rest}</svg>'
        for code, rest in re.findall(r'<symbol id="g-(\w+)"(.*?)</symbol>', sprite, re.S)
    }


@dataclass(frozen=True)
class SiteCard:
    """The picture of the register itself: its name, and what stands in it on the day, by star."""

    name: str
    province: str
    told: str
    counts: tuple[tuple[int, str], ...]

    @property
    def etag(self) -> str:
        return hashlib.sha256(f"{fingerprint()} {self!r}".encode()).hexdigest()[:32]


def site_card(day: date) -> SiteCard:
    """The register's card. One query."""
    rows = Certificate.objects.standing(day).order_by().values_list("stars").annotate(n=Count("pk"))
    counts = dict(rows)
    total = number_format(sum(counts.values()), use_l10n=True, force_grouping=True)
    return SiteCard(
        name=settings.SITE["name"],
        province=settings.SITE["province_name"],
        told=f"{total} sản phẩm được dùng sao ngày {day:%d/%m/%Y}",
        counts=tuple(
            (n, number_format(counts[n], use_l10n=True, force_grouping=True))
            for n in sorted(counts, reverse=True)
        ),
    )


@lru_cache(4)
def site_png(card: SiteCard) -> bytes:
    """The register's card as PNG."""
    return draw_png("site_card", asdict(card))


@dataclass(frozen=True)
class CollectionCard:
    """What is drawn of a collection. `photo` and `group_code` as in `Card`; both empty where it shows nothing."""

    title: str
    told: str
    names: str
    register: str
    foot: str
    group_code: str
    photo: str

    @property
    def etag(self) -> str:
        return hashlib.sha256(f"{fingerprint()} {self!r}".encode()).hexdigest()[:32]


def collection_card(shown: Shown, day: date) -> CollectionCard:
    """The card of a collection on the day: its cover, its name, the products that the page shows. No query."""
    count, drawings = len(shown.items), shown.drawings
    return CollectionCard(
        title=shown.collection.title,
        told=f"{count} sản phẩm OCOP còn hiệu lực" if count else "Bộ sưu tập sản phẩm OCOP",
        names=", ".join(item.card.name for item in shown.items),
        register=f"{settings.SITE['name']} {settings.SITE['province_name']}",
        foot=f"Theo sổ bộ ngày {day:%d/%m/%Y}" + (" · dữ liệu minh họa" if shown.collection.made_up else ""),
        group_code=drawings[0] if drawings else "",
        photo=_stored(shown.picture) if shown.picture else "",
    )


@lru_cache(KEPT)
def collection_png(card: CollectionCard) -> bytes:
    """The card of a collection as PNG."""
    picture = _photo(card.photo) if card.photo else None
    drawing = None if picture else _set_drawings().get(card.group_code)
    return draw_png("collection_card", asdict(card), pictures={"picture": picture, "drawing": drawing})
