"""Everything a user can meet is in Vietnamese: sentences of the libraries, numbers, errors of the API."""

import gettext as stdlib
import re
from pathlib import Path

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext, ngettext

from ocop_portal.models import AdministrativeUnit
from ocop_portal.telling import Change, history_of
from ocop_portal.templatetags.components import thousands
from products.models import Certificate
from tests.factories import CertificateFactory, DecisionFactory

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "vi" / "LC_MESSAGES"


def quoted(text):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)).replace('\\"', '"').replace("\\n", "\n")


def written():
    """{msgid: msgstr} of the .po."""
    found = {}
    for block in (CATALOGUE / "django.po").read_text().split("\n\n"):
        parts = re.search(r"^msgid (.*?)^(?:msgid_plural .*?)?msgstr(?:\[0\])? (.*)", block, re.M | re.S)
        if parts:
            found[quoted(parts[1].split("msgid_plural")[0])] = quoted(parts[2])
    return found


def test_the_compiled_catalogue_is_the_written_one():
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = stdlib.GNUTranslations(file)._catalog
    told = {(key[0] if isinstance(key, tuple) else key): text for key, text in compiled.items()}
    assert told == written()
    assert len(told) > 100


def test_placeholders_are_kept():
    pattern = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}")
    for source, text in written().items():
        if source:
            assert set(pattern.findall(text)) <= set(pattern.findall(source)), source


@pytest.mark.parametrize(
    "sentence",
    [
        "Null characters are not allowed.",
        "“%(pk)s” is not a valid value.",
        "Show counts",
        "Hide counts",
        "Accounts",
        "MFA",
        "Range query expects two values.",
        "The {name} “{obj}” was changed successfully.",
        "Hold down “Control”, or “Command” on a Mac, to select more than one.",
        "The two password fields didn’t match.",
    ],
)
def test_sentences_that_libraries_leave_in_english(sentence):
    assert gettext(sentence) == written()[sentence] != sentence


def test_sentences_that_the_library_puts_clumsily():
    assert gettext("Enter a whole number.") == "Hãy nhập một số nguyên."
    assert (
        ngettext("Please correct the error below.", "Please correct the errors below.", 2)
        == "Hãy sửa các lỗi bên dưới."
    )
    with pytest.raises(ValidationError) as caught:
        MaxValueValidator(100)(101)
    assert caught.value.messages == ["Giá trị phải nhỏ hơn hoặc bằng 100."]


def test_a_formset_without_its_counters_says_so_in_vietnamese():
    rows = forms.formset_factory(forms.Form)({"x": "1"})
    assert not rows.is_valid()
    assert "Hãy mở lại trang" in str(rows.non_form_errors())


@pytest.mark.django_db
def test_a_null_character_is_refused_in_vietnamese(client, tinh):
    client.force_login(tinh)
    page = client.post("/can-bo/chu-the/them/", {"name": "a\x00b"}).content.decode()
    assert "ký tự không in được" in page
    assert AdministrativeUnit.objects.exists()


@pytest.mark.django_db
def test_numbers_of_the_trail_are_written_with_a_comma():
    certificate = CertificateFactory(decision=DecisionFactory(), total="72.74")
    assert Change("tổng điểm", "", "72,74") in history_of(certificate)[0].parts[0].changes
    assert Certificate.objects.get().total


@pytest.mark.parametrize(
    ("value", "told"), [(7, "7"), (15888, "15.888"), ("37/37", "37/37"), (1234567, "1.234.567")]
)
def test_counts_are_grouped_by_dots(value, told):
    assert thousands(value) == told


@pytest.mark.django_db
def test_the_api_refuses_a_broken_body_in_vietnamese(client):
    path = "/api/v1/rulesets/26-2026/sets/06/score"
    response = client.post(path, "{", content_type="application/json")
    assert response.status_code == 400
    assert response.json()["detail"] == "Không đọc được nội dung gửi: phải là JSON hợp lệ."
