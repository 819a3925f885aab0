"""The English catalogue holds every sentence marked for translation, whole, and is compiled."""

import gettext as stdlib
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from string import Formatter

import pytest

from tests.english import CATALOGUE, ROOT, messages

APPS = ("ocop_portal", "producers", "products", "ratings", "reports", "templates")


@cache
def written():
    """The entries as they are committed."""
    return messages((CATALOGUE / "django.po").read_text())


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """The catalogue as `make messages` would leave it, made in a copy."""
    if shutil.which("xgettext") is None:
        assert not os.environ.get("CI"), "GNU gettext is missing: this is never skipped in CI"
        pytest.skip("GNU gettext is not installed")
    copy = tmp_path_factory.mktemp("marked")
    for path in (p for app in APPS for kind in ("*.py", "*.html", "*.txt") for p in (ROOT / app).rglob(kind)):
        if "migrations" not in path.parts:
            (copy / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy / path.relative_to(ROOT))
    there = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
    there.parent.mkdir(parents=True)
    shutil.copy(CATALOGUE / "django.po", there)
    options = re.search(r"manage\.py makemessages (.*) \$\(MARKED\)", (ROOT / "Makefile").read_text())[1]
    command = [sys.executable, "-m", "django", "makemessages", *options.split()]
    done = subprocess.run(command, cwd=copy, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return messages(there.read_text())


def test_every_marked_sentence_is_in_the_catalogue_and_no_other(gathered):
    lacking = [str(m) for key, m in gathered.items() if key not in written()]
    assert lacking == [], "run `make messages` and translate these"
    stale = [str(m) for key, m in written().items() if key not in gathered]
    assert stale == [], "no page says these any longer: run `make messages`"
    changed = [str(m) for key, m in written().items() if gathered[key].vietnamese != m.vietnamese]
    assert changed == [], "their plural changed: run `make messages`"


def test_every_entry_is_translated_whole():
    entries = written()
    assert len(entries) > 500
    assert [str(m) for m in entries.values() if m.obsolete] == []
    assert [str(m) for m in entries.values() if any("fuzzy" in flags for flags in m.flags)] == []
    empty = [str(m) for m in entries.values() if not m.english or not all(text.strip() for text in m.english)]
    assert empty == [], "these have no English"
    assert [str(m) for m in entries.values() if len(m.english) != len(m.vietnamese)] == []


def placeholders(text):
    """What a sentence leaves open, and the tags around its parts."""
    named = re.findall(r"%\(\w+\)[sd]", text)
    braced = [] if named else [f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name is not None]
    return sorted(named + braced + re.findall(r"</?\w+[^>]*>", text))


def test_placeholders_and_tags_are_kept():
    wrong = [
        (str(m), english)
        for m in written().values()
        for english in m.english
        if placeholders(english) != placeholders(m.vietnamese[0])
    ]
    assert wrong == []


def test_edges_and_ends_are_kept():
    """A space at an edge glues pieces, a full stop or colon ends a sentence: both must agree."""
    wrong = [
        (source, english)
        for m in written().values()
        for source, english in zip(m.vietnamese, m.english, strict=True)
        if (source[:1] == " ") != (english[:1] == " ")
        or (source[-1:] in " :?") != (english[-1:] in " :?")
        or source.endswith(".") != english.endswith(".")
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = stdlib.GNUTranslations(file)._catalog
    told = {key: text for key, text in compiled.items() if key}
    expected = {}
    for key, m in written().items():
        forms = (
            {(key, n): text for n, text in enumerate(m.english)}
            if len(m.vietnamese) > 1
            else {key: m.english[0]}
        )
        expected |= forms
    assert told == expected, "run `make messages`"
