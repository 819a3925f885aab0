"""The demo on days on which a calendar is easily wrong: in the first days of a year, on 29 February."""

from datetime import date

import pytest
from django.core.management import call_command

from ratings.models import Dossier
from ratings.transitions import State


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2027, 1, 3), date(2028, 2, 29)])
def test_a_dossier_stands_in_each_state_on_awkward_days(settings, tmp_path, capsys, day):
    settings.TODAY, settings.DEMO, settings.STATE_DIR = day, True, tmp_path
    call_command("load_demo")
    assert set(Dossier.objects.values_list("state", flat=True)) == set(State)
    assert "Đợt đánh giá và hồ sơ" in capsys.readouterr().out
