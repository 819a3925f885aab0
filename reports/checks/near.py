"""Names that may mean one thing: the same letters once folded, or nearly all the same trigrams. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from ocop_portal.folding import fold

T = TypeVar("T")

NEAR = 0.72
"""Share of common trigrams from which two names may be one; found by trial on the names of the programme."""
_SIGNS, _DIGITS = re.compile(r"[^a-z0-9]+"), re.compile(r"[0-9]+")
LEGAL_WORDS = (
    *("hop tac xa", "htx", "to hop tac", "tht"),
    *("cong ty tnhh", "cong ti tnhh", "cong ty", "ho kinh doanh", "hkd", "co so"),
)


def plain(name: str) -> str:
    """The name as it is compared: folded, single spaces."""
    return _SIGNS.sub(" ", fold(name)).strip()


def without_form(name: str) -> str:
    """A producer's name without the words of its legal form."""
    text = f" {plain(name)} "
    for words in LEGAL_WORDS:
        text = text.replace(f" {words} ", " ")
    return text.strip() or plain(name)


def trigrams(text: str) -> frozenset[str]:
    padded = f"  {text} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Common trigrams as a share of all, 0 to 1."""
    common = len(one & other)
    return common / (len(one) + len(other) - common)


def near_pairs(rows: Iterable[tuple[T, str]]) -> Iterator[tuple[T, T]]:
    """Pairs of rows with near names; names that differ in a number are two things (500 g, 300 g)."""
    known = [(row, text, trigrams(text), _DIGITS.findall(text)) for row, text in rows if text]
    for place, (row, text, grams, digits) in enumerate(known):
        for other, its_text, its_grams, its_digits in known[place + 1 :]:
            if text == its_text:
                yield row, other
            elif digits == its_digits and NEAR * max(len(grams), len(its_grams)) <= min(
                len(grams), len(its_grams)
            ):
                if likeness(grams, its_grams) >= NEAR:
                    yield row, other
