"""Printed documents: templates of `templates/print/` set into tagged PDF (PDF/UA-1), the same bytes for the same data.

Data reach a template as JSON and are never part of its source, so whatever people typed is printed, not run.
Letters come from `ocop_portal/fonts/` alone: a paper looks the same on every machine.
"""

import json
import re
import struct
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
TEMPLATES = Path(__file__).parent.parent / "templates" / "print"

UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for each letter that the fonts lack: a gap that is seen, instead of a paper that cannot be made."""

LINE_BREAKS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# A run of letters longer than any word or code is given places where its line may end.
ENDLESS = re.compile(r"[^\s\-/?&.,]{41,}")
BREAK_EVERY = 20


class TypesetError(Exception):
    """A document could not be made; says which and why."""


class UnknownTemplate(TypesetError):
    """There is no such template."""


def typeset(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """The PDF of `templates/print/<template>.typ` for the data: JSON values, text in Vietnamese.

    `made_at` (aware) is written into the file as its date, and nothing else of it depends on the clock.
    Raises UnknownTemplate, TypesetError, and ValueError for a naive `made_at`.
    """
    if made_at.utcoffset() is None:
        raise ValueError("made_at needs a time zone")
    source = TEMPLATES / f"{template}.typ"
    if not re.fullmatch(r"[a-z_]+", template) or not source.is_file():
        raise UnknownTemplate(template)
    try:
        # A compiler of the library serves one thread at a time; fonts, which cost the most, are shared.
        return typst.compile(
            source,
            root=TEMPLATES,
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"data": json.dumps(printable(data), ensure_ascii=False)},
            pdf_standards="ua-1",
            timestamp=int(made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise TypesetError(f"{template}: {error.message}") from error


def printable(value: Any, letters: frozenset[int] | None = None) -> Any:
    """The value with every text in it made fit for print; see `printable_text`."""
    if isinstance(value, str):
        return printable_text(value, letters)
    if isinstance(value, Mapping):
        return {key: printable(item, letters) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item, letters) for item in value]
    return value


def printable_text(text: str, letters: frozenset[int] | None = None) -> str:
    """Composed letters, no control or direction marks, a visible gap for each letter that the fonts lack.

    `letters` are the code points of the fonts meant, by default of those that papers are printed in.
    """
    text = LINE_BREAKS.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    kept = (c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))
    covered = _covered() if letters is None else letters
    text = "".join(c if c == "\n" or ord(c) in covered else UNPRINTABLE for c in kept)
    return ENDLESS.sub(_with_breaks, text)


def _with_breaks(run: re.Match[str]) -> str:
    word = run[0]
    return "\N{ZERO WIDTH SPACE}".join(word[i : i + BREAK_EVERY] for i in range(0, len(word), BREAK_EVERY))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _covered() -> frozenset[int]:
    """Code points that every font file has a glyph for."""
    return frozenset.intersection(*(glyphs(path.read_bytes()) for path in sorted(FONTS.glob("*.ttf"))))


def glyphs(font: bytes) -> frozenset[int]:
    """Code points of a TrueType font, from its Unicode `cmap` subtable of format 4. Raises ValueError without one."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = [struct.unpack_from(">4s4xI", font, 12 + 16 * i) for i in range(tables)]
    cmap = dict(records)[b"cmap"]
    encodings = [struct.unpack_from(">HHI", font, cmap + 4 + 8 * i) for i in range(_u16(font, cmap + 2))]
    at = next((cmap + offset for platform, kind, offset in encodings if (platform, kind) == (3, 1)), None)
    if at is None or _u16(font, at) != 4:
        raise ValueError("no cmap of format 4")
    twice = _u16(font, at + 6)
    found = set()
    for segment in range(at + 14, at + 14 + twice, 2):
        end, start = _u16(font, segment), _u16(font, segment + twice + 2)
        delta, shift = _u16(font, segment + 2 * twice + 2), _u16(font, segment + 3 * twice + 2)
        for c in range(start, end + 1):
            glyph = _u16(font, segment + 3 * twice + 2 + shift + 2 * (c - start)) if shift else c
            if glyph and (glyph + delta) & 0xFFFF:
                found.add(c)
    return frozenset(found - {0xFFFF})


def _u16(data: bytes, at: int) -> int:
    return struct.unpack_from(">H", data, at)[0]
