"""What the tests of the assessment share."""

import pytest


@pytest.fixture
def statuses_alone(monkeypatch) -> None:
    """Neither pages nor papers are made: for tables of who is answered what. Other tests show each page and paper."""
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
    monkeypatch.setattr("ratings.documents.typeset", lambda *args, **kwargs: b"%PDF-1.7\n")
