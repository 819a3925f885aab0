"""Folding, tokens and order: what they do, and that Python and the database do the same."""

import random
import re
import unicodedata

import pytest
from django.db import connection
from django.db.models import TextField, Value

from ocop_portal import folding
from ocop_portal.folding import Fold, Key, Words, fold, prefix_query, sort_key, spaced, words

SIGNS = "/\\-_.,;:()[]{}<>&+*'\"!?@#%=~^$|` \u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u00ab\u00bb\u00b7\u2022\t\n"
ONSETS = re.split(" ", "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x f j w z ")
NUCLEI = re.split(
    " ", "a ă â e ê i o ô ơ u ư y ai ao ay ây eo êu ia iê iu oa oă oe ôi ơi ua uâ uê uô uy uya uyê ươ ưa"
)
CODAS = re.split(" ", "c ch m n ng nh p t" + " " * 6)
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
CASES = [str, str.upper, str.title]


def syllable(rng: random.Random) -> str:
    """Any onset, nucleus, tone (on any of its vowels) and coda, in any case: real words and impossible ones."""
    nucleus = rng.choice(NUCLEI)
    at = rng.randint(1, len(nucleus))
    spoken = rng.choice(ONSETS) + nucleus[:at] + rng.choice(TONES) + nucleus[at:] + rng.choice(CODAS)
    return rng.choice(CASES)(spoken)


def phrase(rng: random.Random) -> str:
    """One to six syllables with signs, numbers and foreign letters between them, in any Unicode form."""
    parts = []
    for _ in range(rng.randint(1, 6)):
        parts.append(
            syllable(rng) if rng.random() < 0.9 else rng.choice(["26/2026", "500", "3*", "Ñandú", "Größe"])
        )
        parts.append(rng.choice(SIGNS) if rng.random() < 0.3 else " ")
    return unicodedata.normalize(rng.choice(FORMS), "".join(parts))


def phrases(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [phrase(rng) for _ in range(count)]


def in_database(function: str, texts: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(t) FROM unnest(%s::text[]) WITH ORDINALITY AS given(t, place) ORDER BY place",
            [texts],
        )
        return [value for (value,) in cursor.fetchall()]


def found(text: str, query: str) -> bool:
    """Whether a record that holds `text` is found by `query`, as the register searches."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (to_tsvector('simple', vi_words(%s)) || to_tsvector('simple', vi_fold(vi_words(%s))))
                      @@ to_tsquery('simple', %s)""",
            [text, text, prefix_query(query)],
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Miến dong Tài Hoan", "mien dong tai hoan"),
        (unicodedata.normalize("NFD", "MIẾN DONG"), "mien dong"),
        ("Đắk Lắk", "dak lak"),
        ("Hoà", "hoa"),
        ("Hòa", "hoa"),
        ("đủ ĐỦ", "du du"),
        ("ưỡn ẹo", "uon eo"),
        ("", ""),
    ],
)
def test_folds_case_marks_and_d(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("Sĩ", "Sỹ"), ("Kì", "Kỳ"), ("Lí", "Lý"), ("Mĩ", "Mỹ"), ("Quí", "Quý"), ("QUÍ", "quý")]
)
def test_final_i_and_y_are_one(one: str, other: str) -> None:
    assert fold(f"Xã {one} Bình") == fold(f"Xã {other} Bình")


@pytest.mark.parametrize("word", ["tay", "tây", "thúy", "quýt", "huy", "y", "yến", "quỳnh", "may"])
def test_other_y_stays(word: str) -> None:
    assert "y" in fold(word)


def test_words_are_ascii_runs() -> None:
    found_words = words("OCOP/BK-01: “Trà” Shan\u00a0tuyết (túi 3.5g)")
    assert " ".join(found_words) == "ocop bk 01 tra shan tuyet tui 3 5g"


@pytest.mark.parametrize(
    "sign", [chr(c) for c in range(1, 128) if not chr(c).isalnum()] + ["\u00a0", "\u200b", "…"]
)
def test_signs_part_words(sign: str) -> None:
    assert spaced(f"{sign}Mật{sign}{sign}Ong{sign}") == "mật ong"


def test_prefix_query() -> None:
    assert prefix_query("Miến dong") == "mien:* & dong:*"
    assert prefix_query("cam quý") == "cam:* & (qui | quy:*)"
    assert prefix_query(" –!& ") == ""
    assert prefix_query("a b c d e", limit=3) == "a:* & b:* & c:*"


def test_prefix_query_carries_no_syntax() -> None:
    hostile = "a:* | !b & (c) <-> 'd' \\e :ABC " + "x" * 5000
    assert re.fullmatch(r"[a-z0-9]+:\*( & [a-z0-9]+:\*)*", prefix_query(hostile))


VIETNAMESE_ORDER = re.split(
    r"\|",
    "26 Tháng 3|An|Án|Ăn|Ân|Ấn|Bưởi|Cam|Chè|Dưa|Dừa|Dứa|Đủ|Đu đủ|Em|Êm|Gà|Lợn|Mận|Miến|Miến dong|Miến dong An"
    "|Nấm|Oi|Ốc|Ổi|Ớt|Quế|Quýt|Trà|Um|Ừm|Vải|Xoài|Yến",
)


def test_vietnamese_order() -> None:
    shuffled = VIETNAMESE_ORDER[:]
    random.Random(1).shuffle(shuffled)
    assert sorted(shuffled, key=sort_key) == VIETNAMESE_ORDER


def test_tones_in_dictionary_order() -> None:
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_tones_count_after_all_letters() -> None:
    assert sorted(["Cà chua", "Ca cao", "Cá bống", "Cá 5", "Ca 6"], key=sort_key) == [
        "Cá 5",
        "Ca 6",
        "Cá bống",
        "Ca cao",
        "Cà chua",
    ]


def test_order_is_blind_to_case_signs_and_form() -> None:
    keys = {
        sort_key(t)
        for t in ("Mật ong (rừng)", "MẬT ONG – RỪNG", unicodedata.normalize("NFD", " mật ong, rừng"))
    }
    assert len(keys) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("function", "twin"),
    [("vi_fold", fold), ("vi_words", spaced), ("vi_key", sort_key)],
)
def test_database_agrees_on_vietnamese(function: str, twin) -> None:
    texts = phrases(10_000, seed=20)
    assert in_database(function, texts) == [twin(t) for t in texts]


def assigned() -> list[str]:
    """The characters of the basic plane that Python's Unicode knows."""
    return [chr(c) for c in range(1, 0x10000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]


@pytest.mark.django_db
@pytest.mark.parametrize("around", ["{}", "Tr{}ạ", "s{}y l{} Đ"])
@pytest.mark.parametrize(
    ("function", "twin"), [("vi_fold", fold), ("vi_words", spaced), ("vi_key", sort_key)]
)
def test_database_agrees_on_every_character(function: str, twin, around: str) -> None:
    texts = [around.format(c, c) for c in assigned()]
    ours, theirs = [twin(t) for t in texts], in_database(function, texts)
    assert [(t, o, d) for t, o, d in zip(texts, ours, theirs, strict=True) if o != d] == []


@pytest.mark.django_db
def test_database_sorts_as_python() -> None:
    texts = phrases(3_000, seed=21)
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT t FROM unnest(%s::text[]) AS given(t) ORDER BY vi_key(t) COLLATE "C", t COLLATE "C"',
            [texts],
        )
        assert [t for (t,) in cursor.fetchall()] == sorted(texts, key=lambda t: (sort_key(t), t))


@pytest.mark.django_db
def test_indexed_words_are_the_words_asked_for() -> None:
    """The parser of the search vector parts words where `words` parts them (in letters that Vietnamese uses)."""
    texts = [t for t in phrases(3_000, seed=22) if not re.search("[ßñÑ]", unicodedata.normalize("NFC", t))]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT tsvector_to_array(to_tsvector('simple', vi_fold(vi_words(t))))
                 FROM unnest(%s::text[]) WITH ORDINALITY AS given(t, place) ORDER BY place""",
            [texts],
        )
        assert [set(tokens) for (tokens,) in cursor.fetchall()] == [set(words(t)) for t in texts]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "mien dong",
        "miến dong",
        "MIẾN DONG",
        unicodedata.normalize("NFD", "Miến dong Tài Hoan"),
        "mien don",
        "tài hoan",
        "hoan mien",
        "Miến\u00a0dong",
        "mien-dong/tai_hoan",
    ],
)
def test_spellings_that_find(query: str) -> None:
    assert found("Miến dong Tài Hoan", query)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["mieng", "miến gạo", "ong"])
def test_spellings_that_do_not_find(query: str) -> None:
    assert not found("Miến dong Tài Hoan", query)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Rượu Sỹ Bình", "si binh"),
        ("Rượu Sĩ Bình", "Sỹ Bình"),
        ("Quýt Quang Thuận", "quy"),
        ("Quýt Quang Thuận", "quýt"),
        ("Hợp tác xã Quý Hà", "Quí"),
        ("Hợp tác xã Quí Hà", "quy ha"),
        ("Xã Hoà Mục", "hòa mục"),
        ("Đắk Lắk", "dak"),
        ("Dak Lak", "đắk"),
        ("Trà OCOP/BK/01", "bk 01"),
        ("Trà (Shan\u00a0tuyết)", "shan tuyet"),
    ],
)
def test_spellings_are_one_to_the_reader(text: str, query: str) -> None:
    assert found(text, query)


@pytest.mark.django_db
def test_a_whole_syllable_with_y_is_not_the_beginning_of_another() -> None:
    assert not found("Miến dong", "Mỹ")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["x" * 10_000, "a " * 5_000, "' \\ :* & | ! <-> ( )", "ế" * 5_000])
def test_any_text_may_be_asked(text: str) -> None:
    assert found("Miến dong", text or "x") in (True, False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT plainto_tsquery('simple', vi_words(%s))", [text])


@pytest.mark.django_db
def test_functions_may_stand_in_generated_columns_and_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT proname, provolatile, proisstrict, proparallel FROM pg_proc
                WHERE proname IN ('vi_fold', 'vi_words', 'vi_key') ORDER BY proname"""
        )
        assert cursor.fetchall() == [(name, "i", True, "s") for name in ("vi_fold", "vi_key", "vi_words")]


@pytest.mark.django_db
def test_the_way_back_and_forth() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA again")
        cursor.execute("SET LOCAL search_path TO again")
        for statement in folding.sql_statements() + folding.drop_statements():
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM pg_proc WHERE pronamespace = 'again'::regnamespace")
        assert cursor.fetchone() == (0,)


def test_statements_hold_no_raw_marks() -> None:
    assert "".join(folding.sql_statements()).isascii()


def compiled(expression) -> tuple[str, tuple[object, ...]]:
    from django.db.models.sql import Query

    return connection.ops.compiler("SQLCompiler")(Query(None), connection, "default").compile(expression)


def test_expressions() -> None:
    text = Value("x", output_field=TextField())
    assert compiled(Fold(text))[0] == "vi_fold(%s)"
    assert compiled(Words(text))[0] == "vi_words(%s)"
    assert compiled(Key(text))[0] == '(vi_key(%s) COLLATE "C")'
    assert Key(text).output_field.db_collation == "C"
