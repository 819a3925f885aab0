"""The demo on a day on which a calendar is easily wrong: in the first days of a year."""

from datetime import date

import pytest
from django.core.management import call_command

from ratings.models import Dossier
from ratings.transitions import State


@pytest.mark.django_db
def test_a_dossier_stands_in_each_state_in_the_first_days_of_a_year(settings, tmp_path, capsys):
    settings.TODAY, settings.DEMO, settings.STATE_DIR = date(2027, 1, 3), True, tmp_path
    call_command("load_demo")
    assert set(Dossier.objects.values_list("state", flat=True)) == set(State)
    assert "Đợt đánh giá và hồ sơ" in capsys.readouterr().out
