"""Rounds, results, decisions and prints × every role: what is not yours answers 404, what is not your role 403."""

from datetime import date

import pytest
from django.urls import reverse

from products.models import Certificate, Decision
from ratings.desk.result_urls import urlpatterns as result_patterns
from ratings.desk.round_urls import urlpatterns as round_patterns
from ratings.models import AssessmentRound, CouncilResult, Dossier
from ratings.transitions import State
from tests.factories import BANG_PHUC, UserFactory, unit
from tests.ratings.flow import dossier_in, make_council, make_session
from tests.ratings.test_result_desk import decide, proposed

pytestmark = pytest.mark.django_db
READERS = (
    "anonymous",
    "council",
    "other_council",
    "producer",
    "other_producer",
    "signatory",
    "commune",
    "elsewhere",
    "province",
    "admin",
)
# In the order of READERS. `council` sits in the round's council, `other_council` in another one.
LIST = (302, 403, 403, 403, 403, 200, 403, 403, 200, 200)
VIEW = (302, 403, 404, 404, 404, 200, 404, 404, 200, 200)
KEEP = (302, 403, 404, 404, 404, 403, 404, 404, 200, 200)
SIGN = (302, 403, 404, 404, 404, 200, 404, 404, 403, 403)
ADD = (302, 403, 403, 403, 403, 403, 403, 403, 200, 200)
# The same of a dossier, which producer and commune see.
WRITE = (302, 403, 404, 403, 404, 403, 403, 404, 200, 200)
DECIDE = (302, 403, 404, 403, 404, 200, 403, 404, 403, 403)
RESULT = (302, 200, 404, 403, 404, 200, 403, 404, 200, 200)
PAPERS = (302, 200, 404, 200, 404, 200, 200, 404, 200, 200)
CERTIFICATE = (302, 404, 404, 200, 404, 200, 200, 404, 200, 200)
TABLE = {
    "rounds": LIST,
    "round-add": ADD,
    "round": VIEW,
    "round-edit": KEEP,
    "round-admit": KEEP,
    "round-open-scoring": KEEP,
    "round-close": KEEP,
    "session-add": KEEP,
    "session": VIEW,
    "session-attendance": KEEP,
    "result": RESULT,
    "result-averages": WRITE,
    "result-reopen": tuple(302 if n == 200 else n for n in WRITE),  # nothing signed yet: back to the result
    "round-decide": SIGN,
    "result-refuse": DECIDE,
    "result-send-back": DECIDE,
    "result-refer": DECIDE,
    "result-ministry": tuple(302 if n == 200 else n for n in WRITE),  # nothing was sent to the ministry
    "round-table-xlsx": VIEW,
    "round-table-pdf": VIEW,
    "session-minutes": VIEW,
    "certificate-print": CERTIFICATE,
    "result-letter": PAPERS,
}


@pytest.fixture
def place(client):
    """A round with a dossier that is scored, one that is proposed, and one that is decided, all of one producer."""
    council = make_council(decision_number="1/QĐ-UBND", decided_on=date(2026, 1, 5))
    session = make_session(council)
    session.starts_at = "08:00"
    session.save()
    decided, people = proposed("80", session=session)
    client.force_login(people.signatory)
    decide(client, session.round, [decided])
    client.logout()
    scoring, _ = dossier_in(State.SCORING, session=session)
    waiting, _ = proposed("45", session=session)
    for dossier in (scoring, waiting):
        dossier.product.producer.accounts.set([people.owner])
    found = {
        "session": session,
        "decided": Dossier.objects.with_line().get(pk=decided.pk),
        "scoring": scoring,
        "waiting": waiting,
        "people": people,
        "council": council,
    }
    return found


def reader(client, place, who):
    if who == "anonymous":
        client.logout()
        return
    if who == "council":
        user = place["council"].members.first().user
    elif who == "other_council":
        user = make_council(2027).members.first().user
    elif who == "producer":
        user = place["people"].owner
    elif who == "other_producer":
        user = UserFactory()
    elif who == "elsewhere":
        user = UserFactory(commune=True, unit=unit(BANG_PHUC))
    elif who == "commune":
        user = place["people"].commune
    else:
        user = UserFactory(**{who: True})
    client.force_login(user)


def address(name, place):
    round, session = place["session"].round_id, place["session"].pk
    special = {
        "rounds": [],
        "round-add": [],
        "session": [session],
        "session-attendance": [session],
        "session-minutes": [session],
        "session-add": [round],
        "certificate-print": [place["decided"].issued_id],
        "result-letter": [place["decided"].pk],
        "result-averages": [place["scoring"].pk],
        "result-reopen": [place["scoring"].pk],
        "result": [place["scoring"].pk],
        "result-ministry": [place["waiting"].pk],
        "result-refuse": [place["waiting"].pk],
        "result-send-back": [place["waiting"].pk],
        "result-refer": [place["waiting"].pk],
    }
    return reverse(f"desk:{name}", args=special.get(name, [round]))


def test_the_table_names_every_address():
    assert set(TABLE) == {p.name for p in (*round_patterns, *result_patterns)}


def test_role_by_address(client, place, statuses_alone):
    for n, who in enumerate(READERS):
        reader(client, place, who)
        for name, answers in TABLE.items():
            assert client.get(address(name, place)).status_code == answers[n], (who, name)


def test_posts_are_kept_shut_as_well(client, place, statuses_alone):
    """What may not be read may not be written; and no page writes for who may only read it."""

    def state():
        return (
            list(AssessmentRound.objects.values_list("pk", "plan", "closed_on")),
            CouncilResult.objects.count(),
            Decision.objects.count(),
            Certificate.objects.count(),
            list(Dossier.objects.order_by("pk").values_list("state", flat=True)),
        )

    before = state()
    data = {"reason": "x", "number": "1", "plan": "x", "conclusion": "x", "confirmed": "1", "total": "99"}
    for n, who in enumerate(READERS):
        reader(client, place, who)
        for name, answers in TABLE.items():
            answer = client.post(address(name, place), data).status_code
            if answers[n] in (403, 404):
                assert answer in (answers[n], 405), (who, name)
            else:
                assert answer in (200, 302, 403, 405), (who, name)
    assert state() == before


def test_reading_writes_nothing(client, place):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reader(client, place, "province")
    for name in TABLE:
        with CaptureQueriesContext(connection) as queries:
            client.get(address(name, place))
        written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert not [sql for sql in written if "django_session" not in sql], name


def test_a_dossier_outside_every_round_has_no_result(client, tinh):
    dossier, _ = dossier_in(State.CHECKED)
    client.force_login(tinh)
    for name in ("result", "result-averages", "result-reopen", "result-ministry", "result-letter"):
        assert client.get(reverse(f"desk:{name}", args=[dossier.pk])).status_code == 404, name
