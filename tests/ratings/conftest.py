"""What the tests of the assessment share."""

import pytest

from tests.statuses import answer_without_pages


@pytest.fixture
def statuses_alone(monkeypatch) -> None:
    answer_without_pages(monkeypatch)
