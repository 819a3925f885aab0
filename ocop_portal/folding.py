"""Vietnamese folding, search tokens and order: the same rules in Python and in SQL.

They need no extension and no ICU, and give the same answer whatever the locale of the database: letters are
decomposed first, so that only A–Z has to be lowered (in collation "C"), and every class of characters is
spelled out. Letters that Vietnamese does not use are left as they are.

The SQL functions are made by the first migration of this app from `sql_statements()`.
"""

import re
import unicodedata
from itertools import islice

from django.db.models import Func, TextField

TONES = "\u0300\u0309\u0303\u0301\u0323"  # in dictionary order: huyền, hỏi, ngã, sắc, nặng
SHAPES = "\u0302\u0306\u031b"  # of â, ă, ơ
# The alphabet in its order, with f j w z where foreign names need them. Composed letters, as after NFC.
ALPHABET = "a\u0103\u00e2bcd\u0111e\u00eafghijklmno\u00f4\u01a1pqrstu\u01b0vwxyz"
CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg"  # as many, in code point order, above digits and space

# Patterns that Python and PostgreSQL read alike.
MARKS = r"[\u0300-\u036f]+"
# What stands between words: controls, ASCII and Latin-1 signs, × ÷, typographic signs, full-width punctuation.
BREAKS = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7"
    r"\u2000-\u2bff\u3000-\u303f\ufe00-\ufe6f\ufeff-\uff0f\uff1a-\uff20]+"
)
# A whole syllable of consonants and y: Sỹ, Kỳ, Lý, Mỹ, Quý are also spelt with i. Never -ay, -uy, -ây.
FINAL_Y = r"(?<![a-z0-9])(qu|[bcdghklmnprstvx]+)y(?![a-z0-9])"

LONGEST_TOKEN = 64  # PostgreSQL refuses search words over 2 kB; nothing in the register is as long as this

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_LOWER = str.maketrans(_LETTERS.upper(), _LETTERS)
_ACCENTS_FROM, _ACCENTS_TO, _NO_ACCENTS = (
    "\u0111" + _LETTERS + TONES,
    "0" * 27 + "12345",
    SHAPES + "0123456789 ",
)
_LETTER_CODES = str.maketrans(ALPHABET, CODES)
_ACCENT_CODES = str.maketrans(_ACCENTS_FROM, _ACCENTS_TO, _NO_ACCENTS)
_WITHOUT_TONES = str.maketrans("", "", TONES)
_D = str.maketrans("\u0110\u0111", "dd")
_MARKS, _BREAKS, _FINAL_Y, _TOKEN = map(re.compile, (MARKS, BREAKS, FINAL_Y, "[a-z0-9]+"))


def _plain(text: str) -> str:
    """Lower case without marks, đ as d; i and y still as they were written."""
    stripped = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return stripped.translate(_D).translate(_LOWER)


def fold(text: str) -> str:
    """The text as it is compared in searches: lower case, no marks, d for đ, Sỹ as Sĩ. Twin of `vi_fold`."""
    return _FINAL_Y.sub(r"\1i", _plain(text))


def spaced(text: str) -> str:
    """Lower case with its marks, words apart by single spaces, signs gone. Twin of `vi_words`."""
    lowered = unicodedata.normalize("NFD", text).replace("\u0110", "\u0111").translate(_LOWER)
    return _BREAKS.sub(" ", unicodedata.normalize("NFC", lowered)).strip(" ")


def words(text: str) -> list[str]:
    """The search tokens of the text: runs of a–z and 0–9 after folding."""
    return _TOKEN.findall(fold(text))


def prefix_query(text: str, limit: int = 8) -> str:
    """Text for `to_tsquery('simple', …)` that asks for every word of `text` as the beginning of a word.

    Only [a-z0-9] reaches it, so no operator can be smuggled in. A y that folds to i may also be the middle of
    an unfinished word: `quy` is a whole *quý* or the beginning of *quýt*. Empty when there is no word.
    """
    written = islice(_TOKEN.finditer(_plain(text)), limit)
    return " & ".join(_token_query(match[0][:LONGEST_TOKEN]) for match in written)


def _token_query(token: str) -> str:
    folded = _FINAL_Y.sub(r"\1i", token)
    return f"{token}:*" if folded == token else f"({folded} | {token}:*)"


def sort_key(text: str) -> str:
    """Key that sorts by code point into Vietnamese order: letters first, then tones. Twin of `vi_key`."""
    apart = unicodedata.normalize("NFD", spaced(text))
    letters = unicodedata.normalize("NFC", apart.translate(_WITHOUT_TONES))
    return letters.translate(_LETTER_CODES) + "\x01" + apart.translate(_ACCENT_CODES)


class Fold(Func):
    """`fold` in the database."""

    function = "vi_fold"
    arity = 1
    output_field = TextField()


class Words(Func):
    """`spaced` in the database: what `to_tsvector` and `plainto_tsquery` are fed with."""

    function = "vi_words"
    arity = 1
    output_field = TextField()


class Key(Func):
    """`sort_key` in the database; sorts by code point whatever the collation of the database."""

    function = "vi_key"
    template = '(%(function)s(%(expressions)s) COLLATE "C")'
    arity = 1
    output_field = TextField(db_collation="C")


def _literal(text: str) -> str:
    """SQL literal in ASCII, safe from editors that normalise."""
    return "E'" + "".join(c if " " <= c <= "~" else f"\\u{ord(c):04x}" for c in text) + "'"


_FUNCTIONS = {
    "vi_fold": r"""
        regexp_replace(
            lower(translate(regexp_replace(normalize(s, NFD), '{marks}', '', 'g'), {d_both}, 'dd') COLLATE "C"),
            '{final_y}', '\1i', 'g')""",
    "vi_words": """
        btrim(regexp_replace(
            normalize(lower(translate(normalize(s, NFD), {d_upper}, {d_lower}) COLLATE "C"), NFC),
            '{breaks}', ' ', 'g'), ' ')""",
    "vi_key": """
        translate(normalize(translate(normalize(vi_words(s), NFD), {tones}, ''), NFC), {alphabet}, '{codes}')
        || chr(1) || translate(normalize(vi_words(s), NFD), {accents_from}, '{accents_to}')""",
}
_PARTS = {
    "marks": MARKS,
    "breaks": BREAKS,
    "final_y": FINAL_Y,
    "codes": CODES,
    "d_both": _literal("\u0110\u0111"),
    "d_upper": _literal("\u0110"),
    "d_lower": _literal("\u0111"),
    "tones": _literal(TONES),
    "alphabet": _literal(ALPHABET),
    "accents_from": _literal(_ACCENTS_FROM + _NO_ACCENTS),
    "accents_to": _ACCENTS_TO,
}


def sql_statements() -> list[str]:
    """The functions, one statement each: the driver runs one at a time."""
    return [
        f"CREATE FUNCTION {name}(s text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE\nRETURN"
        + body.format(**_PARTS)
        for name, body in _FUNCTIONS.items()
    ]


def drop_statements() -> list[str]:
    """The way back, in the order of dependence."""
    return [f"DROP FUNCTION {name}(text)" for name in reversed(_FUNCTIONS)]
