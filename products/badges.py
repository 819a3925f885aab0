"""The badge of a product for other sites: what its star is worth today, in words, and in stars only while it stands."""

import hashlib
from dataclasses import asdict, dataclass
from functools import lru_cache

from django.conf import settings

from ocop_portal.drawing import draw_png, draw_svg, fingerprint
from ocop_portal.links import public_name
from products.catalogue import place_text
from products.standing import Standing
from products.telling import Told

SIZES = {"small": (264, 32), "medium": (320, 88), "large": (400, 176)}
"""Width and height in pixels, the same whatever the standing: a badge never moves the page it stands on."""
THEMES = ("light", "dark")
DEFAULT_SIZE, DEFAULT_THEME = "medium", "light"
PNG_SCALE = 2  # for screens that show two points for one
KEPT = 256  # drawings a process keeps; a badge weighs 10 to 80 kB

TONES = {
    Standing.IN_FORCE: "good",
    Standing.EXPIRING: "warn",
    Standing.EXTENDED: "warn",
    Standing.EXPIRED: "bad",
    Standing.REVOKED: "bad",
}


@dataclass(frozen=True)
class Badge:
    """All that is drawn and read out. `stars` is 0 unless they may be used today."""

    size: str
    theme: str
    tone: str
    stars: int
    head: str
    body: str
    short: str
    name: str
    producer: str
    foot: str
    register: str
    told: str
    """The standing in one sentence, for those who do not see the drawing."""

    @property
    def width(self) -> int:
        return SIZES[self.size][0]

    @property
    def height(self) -> int:
        return SIZES[self.size][1]

    @property
    def title(self) -> str:
        """What the badge says, in a line: the alternative text of an `<img>`."""
        return f"{self.name}: {self.head}, {self.body[:1].lower()}{self.body[1:]}"

    @property
    def etag(self) -> str:
        """Changes with anything that is drawn or said, and with the way it is drawn."""
        return hashlib.sha256(f"{fingerprint()} {self!r}".encode()).hexdigest()[:32]


def asked_size(text: str | None) -> str:
    """The size asked for; the middle one for anything else."""
    return text if text in SIZES else DEFAULT_SIZE


def asked_theme(text: str | None) -> str:
    """The theme asked for; the light one for anything else."""
    return text if text in THEMES else DEFAULT_THEME


def badge(told: Told, size: str = DEFAULT_SIZE, theme: str = DEFAULT_THEME) -> Badge:
    """The badge of a product of the register on the day. No query after `with_place()`."""
    product = told.product
    head, body, short = _words(told)
    note = "Dữ liệu minh họa" if product.made_up else public_name()
    return Badge(
        size=size,
        theme=theme,
        tone=TONES.get(told.standing, "quiet") if told.standing else "quiet",
        stars=told.stars,
        head=head,
        body=body,
        short=short,
        name=product.name,
        producer=f"{product.producer.name}, {place_text(product.place, told.day)}",
        foot=f"{note} · {product.code}",
        register=_register(),
        told=told.verdict.sentence,
    )


def unknown_badge(code: str, size: str = DEFAULT_SIZE, theme: str = DEFAULT_THEME) -> Badge:
    """The badge of a code under which the public register has nothing: said in words, not left as a broken picture."""
    return Badge(
        size=size,
        theme=theme,
        tone="quiet",
        stars=0,
        head="Không có trong sổ bộ",
        body="Không có sản phẩm OCOP nào mang mã này",
        short="Không có trong sổ bộ",
        name=f"Mã {code}",
        producer="",
        foot=f"{public_name()} · {code}",
        register=_register(),
        told=f"Sổ bộ không có sản phẩm nào mang mã {code}.",
    )


def _words(told: Told) -> tuple[str, str, str]:
    """(head, body, short form). No days are counted: a copy kept somewhere must not tell a wrong number."""
    certificate = told.certificate
    if certificate is None:
        return "Sổ bộ không ghi nhận", "Không rõ tình trạng hạng sao hôm nay", "Không rõ tình trạng"
    if told.stars:
        end = f"{certificate.last_day:%d/%m/%Y}"
        kept = {Standing.EXPIRING: "Sắp hết hạn, dùng đến hết", Standing.EXTENDED: "Được gia hạn đến"}
        body = f"{kept.get(certificate.standing_on(told.day), 'Còn hiệu lực đến')} {end}"
        return f"{told.stars} sao OCOP", body, f"đến {end}"
    use = {
        Standing.EXPIRED: "Không còn được dùng hạng sao OCOP",
        Standing.REVOKED: "Không được dùng hạng sao OCOP",
    }.get(certificate.standing_on(told.day), "Chưa được dùng hạng sao OCOP")
    return told.status_label, use, told.status_label


def _register() -> str:
    return f"{settings.SITE['name']} {settings.SITE['province_name']}"


@lru_cache(KEPT)
def svg(badge: Badge) -> bytes:
    """The badge as SVG: paths and no fonts, with title and description."""
    return draw_svg("badge", _drawn(badge), title=badge.title, description=badge.told)


@lru_cache(KEPT)
def png(badge: Badge) -> bytes:
    """The badge as PNG at twice its measure."""
    return draw_png("badge", _drawn(badge), scale=PNG_SCALE)


def _drawn(badge: Badge) -> dict[str, object]:
    return {**asdict(badge), "width": badge.width, "height": badge.height}
