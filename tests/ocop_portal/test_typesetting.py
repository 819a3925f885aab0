"""Typesetting: text from data is printed and never run, letters are there, and the same data give the same bytes."""

import io
import itertools
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pypdf import PdfReader

from ocop_portal import typesetting
from ocop_portal.typesetting import (
    UNPRINTABLE,
    TypesetError,
    UnknownTemplate,
    printable,
    printable_text,
    typeset,
)

MADE_AT = datetime(2026, 8, 5, 9, 0, tzinfo=timezone(timedelta(hours=7)))
NOTE = """#let data = json(bytes(sys.inputs.data))
#set document(title: "Ghi chú")
#set text(font: "Tinos", lang: "vi", ligatures: false)
#set page(width: 120mm, height: auto)
= Ghi chú
#data.text
"""
VOWELS = "aăâeêioôơuưy"
TONES = "\u0300\u0301\u0303\u0309\u0323"
LETTERS = [
    unicodedata.normalize("NFC", letter + tone) for letter, tone in itertools.product(VOWELS, ["", *TONES])
] + ["đ"]


@pytest.fixture
def note(tmp_path: Path, monkeypatch):
    """Sets a text by a template of one paragraph; gives the PDF."""
    (tmp_path / "note.typ").write_text(NOTE)
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    return lambda text, made_at=MADE_AT: typeset("note", {"text": text}, made_at=made_at)


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_every_vietnamese_letter_is_printed_and_read_back(note) -> None:
    text = " ".join([*LETTERS, *(letter.upper() for letter in LETTERS)])
    assert " ".join(read(note(text)).split()) == f"Ghi chú {text}"


@pytest.mark.parametrize(
    "text",
    ['#eval("1")', "*x*", "_x_", "$a$", "<script>alert(1)</script>", "#import \"@preview/a:1.0.0\"", "\\u{41}", "= Tiêu đề", "`a`", "- a", "// chú thích", "a~b", "@ref", '"; read("/etc/passwd")', "{{ x }}"],
)  # fmt: skip
def test_markup_in_data_is_text(note, text: str) -> None:
    assert text in read(note(text))


def test_decomposed_letters_are_composed(note) -> None:
    assert "Miến dong Hữu Đạt" in read(note(unicodedata.normalize("NFD", "Miến dong Hữu Đạt")))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("a\u200bb\u00adc\ufeffd", "abcd"),
        ("a\x00b\x07c\x1bd", "abcd"),
        ("a\tb", "a b"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("中 😀 ★ \ue000 \ud800", " ".join([UNPRINTABLE] * 5)),
    ],
)
def test_what_cannot_be_printed(note, text: str, printed: str) -> None:
    assert printable_text(text) == printed
    assert read(note(f"[{text}]")).split() == f"Ghi chú [{printed}]".split()


def test_printable_reaches_into_all_values() -> None:
    assert printable({"a": ("x\x00", {"b": ["\u202ey"]}), "n": 1, "none": None, "yes": True}) == {
        "a": ["x", {"b": ["y"]}],
        "n": 1,
        "none": None,
        "yes": True,
    }


def test_an_endless_word_stays_on_the_paper(note) -> None:
    page = PdfReader(io.BytesIO(note("ế" * 5_000))).pages[0]
    assert page.extract_text().count("ế") == 5_000
    ends = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: ends.append(tm[4] + cm[4]))
    assert max(ends) < float(page.mediabox.width)
    assert float(page.mediabox.height) > 1_000, "the lines were not broken"


@pytest.mark.parametrize(
    "word", ["https://ocop.example.vn/p/19-01864-0007-2026?q=" + "a" * 30, "Nghiêng" * 5]
)
def test_addresses_and_words_of_sane_length_are_left_whole(word: str) -> None:
    assert printable_text(word) == word


def test_same_bytes_for_the_same_time_and_other_bytes_for_another(note) -> None:
    assert note("Chè dây") == note("Chè dây")
    assert note("Chè dây") == note("Chè dây", MADE_AT.astimezone(UTC))
    assert note("Chè dây") != note("Chè dây", MADE_AT + timedelta(seconds=1))
    made = PdfReader(io.BytesIO(note("Chè dây"))).metadata.creation_date
    assert made == MADE_AT


def test_tagged_and_in_vietnamese(note) -> None:
    pdf = note("Chè dây")
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "vi"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def test_threads_do_not_disturb_one_another(note) -> None:
    texts = [f"Sản phẩm số {i}" for i in range(40)]
    alone = [note(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(note, texts)) == alone


@pytest.mark.parametrize(
    "name", ["nothing", "../print/letter", "official.typ", "", "/etc/passwd", "letter\x00"]
)
def test_unknown_template(name: str) -> None:
    with pytest.raises(UnknownTemplate):
        typeset(name, {}, made_at=MADE_AT)


def test_a_template_that_fails_says_which_and_why(note) -> None:
    with pytest.raises(TypesetError, match=r"^note: .*text"):
        typeset("note", {}, made_at=MADE_AT)


def test_a_naive_time_is_refused(note) -> None:
    with pytest.raises(ValueError, match="time zone"):
        note("Chè dây", datetime(2026, 8, 5))


def test_templates_take_nothing_from_elsewhere() -> None:
    allowed = {path.name for path in typesetting.TEMPLATES.glob("*.typ")}
    for path in typesetting.TEMPLATES.glob("*.typ"):
        text = path.read_text()
        assert set(re.findall(r'#(?:import|include) "([^"]+)"', text)) <= allowed, path
        assert not re.search(r"@(preview|local)|\bread\(|\beval\(|plugin\(|https?:", text), path
