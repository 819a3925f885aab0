"""Many members at once, two tabs at once, and a server that is killed: no acknowledged choice is ever lost."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from ratings.models import Choice
from ratings.reading import table_of
from ratings.transitions import State
from tests.ratings.flow import dossier_in

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("SCORING_ROUNDS", "2"))
"""How often every member goes through the whole sheet; 9 makes 2 016 savings."""
CRITERIA = None if "SCORING_ROUNDS" in os.environ else 22
"""Of how many criteria; None: all. 22 twice by seven members are 308 savings."""


@pytest.fixture
def sheets():
    """Seven open sheets of one dossier, with their members' accounts."""
    dossier, _ = dossier_in(State.SCORING)
    return list(dossier.sheets.select_related("member__user", "dossier__criteria_set").order_by("member"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def saved(client, sheet, scale, option, seen):
    given = {"criterion": scale.pk, "option": option or 0, "seen": seen}
    return client.post(reverse("desk:sheet-save", args=[sheet.pk]), given)


def threaded(work, *arguments):
    """Run `work` for each argument in a thread of its own, with a connection of its own."""

    def one(argument):
        try:
            return work(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


def test_two_tabs_at_once_one_wins_and_the_other_is_told(sheets):
    sheet = sheets[0]
    table, _ = table_of(sheet.dossier.criteria_set)
    tabs = [signed_in(sheet.member.user) for _ in range(2)]
    for scale in [s for s in table.scales if len(s.grades) > 1][:8]:
        for seen in (0, 1):
            together = threading.Barrier(2)
            # Different choices each time, so that neither is a retry of what stands.
            options = [g.pk for g in scale.grades[:2]] if not seen else [None, scale.grades[-1].pk]
            standing = Choice.objects.filter(sheet=sheet, criterion=scale.pk).first()
            if standing and standing.option_id == options[1]:
                options[1] = scale.grades[0].pk

            def send(n, scale=scale, seen=seen, together=together, options=options):
                together.wait()
                return saved(tabs[n], sheet, scale, options[n], seen)

            answers = threaded(send, 0, 1)
            assert sorted(a.status_code for a in answers) == [200, 409]
            won = next(n for n, a in enumerate(answers) if a.status_code == 200)
            told = answers[1 - won].json()
            assert (told["option"], told["revision"]) == (options[won] or 0, seen + 1)
            kept = Choice.objects.get(sheet=sheet, criterion=scale.pk)
            assert (kept.option_id, kept.revision) == (options[won], seen + 1)


def test_seven_members_at_once_lose_and_double_nothing(sheets):
    table, _ = table_of(sheets[0].dossier.criteria_set)
    each = CRITERIA or len(table.scales)

    def score(sheet):
        client, rng, acknowledged = signed_in(sheet.member.user), random.Random(sheet.pk), {}
        asked = rng.sample(table.scales, each)
        for turn in range(ROUNDS):
            rng.shuffle(asked)
            for scale in asked:
                before = acknowledged.get(scale.pk, (None, 0))
                levels = [o for o in (None, *(g.pk for g in scale.grades)) if not turn or o != before[0]]
                option = rng.choice(levels)
                answer = saved(client, sheet, scale, option, before[1])
                assert answer.status_code == 200, answer.content
                acknowledged[scale.pk] = (option, answer.json()["revision"])
        return acknowledged

    began = time.monotonic()
    told = threaded(score, *sheets)
    number = ROUNDS * each * len(sheets)
    print(f"{number} savings by {len(sheets)} members in {time.monotonic() - began:.1f} s")
    assert number >= 300
    for sheet, acknowledged in zip(sheets, told, strict=True):
        kept = sheet.choices.values_list("criterion", "option", "revision")
        assert {c: (o, r) for c, o, r in kept} == acknowledged
        assert {r for _, r in acknowledged.values()} == {ROUNDS}
    events = Choice.pgh_event_model.objects.filter(sheet__in=sheets)
    assert events.count() == number, "one event for each saving, none doubled"


# --- a server that is killed -------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path):
    """gunicorn on the test database; only this process group is ever killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = connection.settings_dict
    user, password = quote(given["USER"] or ""), quote(given["PASSWORD"] or "", safe="")
    login = f"{user}:{password}" if password else user
    where = given["HOST"] or "localhost"
    if where.startswith("/"):
        url = f"postgres://{login}@/{given['NAME']}?host={where}"
    else:
        url = f"postgres://{login}@{where}:{given['PORT'] or 5432}/{given['NAME']}"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("OCOP_", "DATABASE_URL", "PRODUCTION"))},
        "DATABASE_URL": url,
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",  # four threads; a second worker only takes longer to start
        "MEDIA_ROOT": str(tmp_path),
    }
    command = [sys.executable, "-m", "gunicorn", "ocop_portal.wsgi", "-c", "gunicorn.conf.py"]
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 30
        while not answers(port):
            assert time.monotonic() < deadline and process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
        yield process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def answers(port):
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/healthz")
        return client.getresponse().status == 200
    except OSError:
        return False


def test_kill_9_of_the_web_server_loses_no_acknowledged_choice(sheets, server):
    process, port = server
    table, _ = table_of(sheets[0].dossier.criteria_set)
    cookies = {s.pk: signed_in(s.member.user).cookies["sessionid"].value for s in sheets[:4]}
    acknowledged, enough = [], threading.Event()
    token = "a" * 32

    def stream(sheet):
        """Save until the server is gone, noting each answer that came back."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {
            "Cookie": f"sessionid={cookies[sheet.pk]}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        seen = dict.fromkeys((s.pk for s in table.scales), 0)
        while True:
            for scale in table.scales:
                option = scale.grades[seen[scale.pk] % 2].pk if len(scale.grades) > 1 else None
                if len(scale.grades) == 1 and seen[scale.pk] % 2:
                    option = scale.grades[0].pk
                body = urlencode({"criterion": scale.pk, "option": option or 0, "seen": seen[scale.pk]})
                try:
                    line.request("POST", reverse("desk:sheet-save", args=[sheet.pk]), body, headers)
                    answer = line.getresponse()
                    told = json.loads(answer.read())
                except (OSError, http.client.HTTPException, ValueError):
                    return
                assert answer.status == 200, told
                seen[scale.pk] = told["revision"]
                acknowledged.append((sheet.pk, scale.pk, option, told["revision"]))
                if len(acknowledged) >= 100:
                    enough.set()

    writers = [threading.Thread(target=stream, args=[sheet]) for sheet in sheets[:4]]
    for writer in writers:
        writer.start()
    assert enough.wait(20)
    os.killpg(process.pid, signal.SIGKILL)
    for writer in writers:
        writer.join(15)
    events = Choice.pgh_event_model.objects.values_list("sheet", "criterion", "option", "revision")
    kept = set(events)
    lost = [one for one in acknowledged if one not in kept]
    print(f"{len(acknowledged)} acknowledged, {len(kept)} kept, killed in the middle")
    assert lost == [] and len(acknowledged) >= 100
    stand = {(c.sheet_id, c.criterion_id): c for c in Choice.objects.all()}
    for pk, criterion, option, revision in acknowledged:
        standing = stand[pk, criterion]
        assert standing.revision > revision or (standing.revision, standing.option_id) == (revision, option)
