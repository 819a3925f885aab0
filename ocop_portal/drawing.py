"""Pictures drawn on the server from `templates/drawn/`: SVG whose letters are paths, and PNG of the same drawing.

They are shown on sites that have none of our fonts, so no letter is left to the reader's machine. Data reach a template
as JSON and are never part of its source. The letters are those of the portal's pages (`fonts/screen/`).
"""

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from django.utils.html import escape

from ocop_portal.typesetting import FONTS, TypesetError, UnknownTemplate, glyphs, printable

SCREEN_FONTS = FONTS / "screen"
TEMPLATES = Path(__file__).parent.parent / "templates" / "drawn"
POINTS_PER_INCH = 72

_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")
_GLYPH = re.compile(r"\bg[0-9A-F]{30,32}\b")
_HEAD = re.compile(r'<svg viewBox="([^"]+)" width="([\d.]+)pt" height="([\d.]+)pt"([^>]*)>')


def draw_svg(template: str, data: Mapping[str, Any], *, title: str, description: str) -> bytes:
    """The drawing as SVG, one point a pixel, with what is read out instead of it. No style, script or font in it.

    Raises UnknownTemplate, TypesetError.
    """
    svg = _compiled(template, data, "svg").decode()
    svg = _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), svg)
    svg = svg.replace(' fill-rule="nonzero"', "").replace(' xmlns:h5="http://www.w3.org/1999/xhtml"', "")
    short: dict[str, str] = {}
    svg = _GLYPH.sub(lambda name: short.setdefault(name[0], f"g{len(short)}"), svg)
    told = (
        r'<svg viewBox="\1" width="\2" height="\3"\4 role="img" aria-labelledby="ten mo-ta">'
        rf'<title id="ten">{_plain(title)}</title><desc id="mo-ta">{_plain(description)}</desc>'
    )
    return _HEAD.sub(told, svg, count=1).encode()


def draw_png(
    template: str,
    data: Mapping[str, Any],
    *,
    scale: int = 1,
    pictures: Mapping[str, str | None] | None = None,
) -> bytes:
    """The drawing as PNG, `scale` pixels a point. `pictures` are sources of SVG (see `framed`), by their names in it.

    Raises UnknownTemplate, TypesetError.
    """
    return _compiled(template, data, "png", pictures=pictures or {}, ppi=POINTS_PER_INCH * scale)


def framed(jpeg: bytes, width: int, height: int) -> str:
    """A photo as a source of SVG: the typesetter takes text alone."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 {width} {height}" width="{width}" height="{height}"><image width="{width}" height="{height}"'
        f' xlink:href="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"/></svg>'
    )


@cache
def fingerprint() -> str:
    """Changes with the templates and fonts: part of every ETag, so that a new drawing is fetched after an update."""
    files = sorted([*TEMPLATES.glob("*.typ"), *SCREEN_FONTS.glob("*.ttf")])
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _compiled(
    template: str,
    data: Mapping[str, Any],
    kind: Literal["svg", "png"],
    *,
    pictures: Mapping[str, str | None] | None = None,
    ppi: float | None = None,
) -> bytes:
    source = TEMPLATES / f"{template}.typ"
    if not re.fullmatch(r"[a-z_]+", template) or not source.is_file():
        raise UnknownTemplate(template)
    placed = {**printable(data, _letters()), **(pictures or {})}
    try:
        made = typst.compile(
            source,
            root=TEMPLATES,
            font_paths=_fonts(),
            format=kind,
            sys_inputs={"data": json.dumps(placed, ensure_ascii=False)},
            ppi=ppi,
        )
    except typst.TypstError as error:
        raise TypesetError(f"{template}: {error.message}") from error
    return made if isinstance(made, bytes) else made[0]


def _plain(text: str) -> str:
    """Fit for XML, which knows no control characters, and for the replacement in which it stands."""
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs", "Cn"))
    return str(escape(kept)).replace("\\", r"\\")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[SCREEN_FONTS])


@cache
def _letters() -> frozenset[int]:
    return frozenset.intersection(*(glyphs(path.read_bytes()) for path in SCREEN_FONTS.glob("*.ttf")))
