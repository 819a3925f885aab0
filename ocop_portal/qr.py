"""QR codes that open a certificate: drawn by attributes alone, so that they pass the strict content policy."""

import io

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules of white around the code, as the standard asks
# A code on a crumpled pack must still be read: 15 % of it may be lost.
CORRECTION = "m"


def code(url: str) -> segno.QRCode:
    """The modules for an address. Raises ValueError when it is too long for any QR code."""
    return segno.make_qr(url, error=CORRECTION)


def qr_svg(url: str, label: str) -> SafeString:
    """Inline SVG of one dark path on white, as large as its place allows; `label` is read out instead of it."""
    made = code(url)
    size = made.symbol_size(border=QUIET_ZONE)[0]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
        ' aria-label="{label}" class="qr" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path fill="#000" d="{path}"/></svg>',
        size=size,
        label=label,
        path=_path(made),
    )


def qr_png(url: str, scale: int = 8) -> bytes:
    """The same as a PNG, `scale` pixels to a module, for print shops that take no SVG."""
    out = io.BytesIO()
    code(url).save(out, kind="png", scale=scale, border=QUIET_ZONE)
    return out.getvalue()


def _path(made: segno.QRCode) -> str:
    """A rectangle for each run of dark modules, row by row."""
    runs = []
    for y, row in enumerate(made.matrix):
        x = 0
        while x < len(row):
            length = next((n for n, dark in enumerate(row[x:]) if not dark), len(row) - x)
            if length:
                runs.append(f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z")
            x += length + 1
    return "".join(runs)
