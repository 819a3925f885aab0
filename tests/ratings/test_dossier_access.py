"""Every address of the dossiers' room × every reader: what is not yours answers 404, what is not your role 403."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from ratings.actions import dossiers as acts
from ratings.desk.dossier_urls import urlpatterns as room
from ratings.models import Dossier, Evidence
from ratings.transitions import State
from tests.factories import BANG_PHUC, ProducerFactory, UserFactory, unit
from tests.ratings.flow import dossier_in, make_council, make_session

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n"
READERS = (
    "anonymous",
    "owner",
    "other producer",
    "commune",
    "other commune",
    "member",
    "other member",
    "signatory",
    "province",
    "admin",
)
LIST = (302, 200, 200, 200, 200, 200, 200, 200, 200, 200)
VIEW = (302, 200, 404, 200, 404, 200, 404, 200, 200, 200)
FILE = (302, 200, 404, 200, 404, 403, 404, 403, 200, 200)
CHECK = (302, 403, 404, 200, 404, 403, 404, 403, 200, 200)
INTAKE = (302, 403, 404, 403, 404, 403, 404, 403, 200, 200)
START = (302, 200, 200, 200, 200, 403, 403, 403, 200, 200)
TABLE = {
    "dossiers": LIST,
    "dossier-start": START,
    "dossier": VIEW,
    "dossier-registration": FILE,
    "dossier-self-score": VIEW,
    "dossier-evidence": VIEW,
    "evidence-file": VIEW,
    "evidence-remove": FILE,
    "dossier-submit": FILE,
    "dossier-review": CHECK,
    "dossier-report": INTAKE,
    "dossier-print": VIEW,
    "dossier-review-print": VIEW,
    "dossier-history": (302, 403, 404, 200, 404, 403, 404, 200, 200, 200),
}
# Steps are refused in scope by the permission of the step, whatever the state.
STEPS = {
    "return": (302, 403, 404, 200, 404, 403, 404, 403, 200, 200),
    "forward": (302, 403, 404, 200, 404, 403, 404, 403, 200, 200),
    "receive": (302, 403, 404, 403, 404, 403, 404, 403, 200, 200),
    "ask_more": (302, 403, 404, 403, 404, 403, 404, 403, 200, 200),
    "resubmit": (302, 200, 404, 200, 404, 403, 404, 403, 200, 200),
    "withdraw": (302, 200, 404, 200, 404, 403, 404, 403, 200, 200),
    "exclude": (302, 403, 404, 403, 404, 403, 404, 403, 200, 200),
}


@pytest.fixture
def cast(settings, tmp_path):
    """A dossier before a council, and one of each reader."""
    dossier, people = dossier_in(State.SCORING)
    stranger = UserFactory()
    ProducerFactory().accounts.add(stranger)
    other_council = make_council()
    make_session(other_council, number=1)
    readers = {
        "owner": people.owner,
        "other producer": stranger,
        "commune": people.commune,
        "other commune": UserFactory(commune=True, unit=unit(BANG_PHUC)),
        "member": dossier.round.council.members.first().user,
        "other member": other_council.members.first().user,
        "signatory": people.signatory,
        "province": people.province,
        "admin": UserFactory(admin=True),
    }
    return dossier, readers


@pytest.fixture
def with_file():
    """A piece of evidence with a file, put in while the dossier was a draft."""

    def make(dossier, by):
        piece = Evidence(kind=Evidence.Kind.LABEL, title="Nhãn", filename="nhan.pdf")
        piece.file.save("nhan.pdf", ContentFile(PDF), save=False)
        return acts.add_evidence(dossier=dossier, evidence=piece, by=by)

    return make


def address(name, dossier, piece):
    if name in ("dossiers", "dossier-start"):
        return reverse(f"desk:{name}")
    if name.startswith("evidence-"):
        return reverse(f"desk:{name}", args=[piece.pk])
    args = [dossier.pk, "A"] if name == "dossier-self-score" else [dossier.pk]
    return reverse(f"desk:{name}", args=args)


def test_the_tables_name_every_address():
    assert {*TABLE, "dossier-step"} == {p.name for p in room}


def each(client, readers):
    """(place in the table, reader), each signed in."""
    for place, who in enumerate(READERS):
        if who != "anonymous":
            client.force_login(readers[who])
        yield place, who


def test_role_by_address(client, cast, statuses_alone):
    dossier, readers = cast
    piece = dossier.evidence.get()
    for place, who in each(client, readers):
        for name, answers in TABLE.items():
            expected = answers[place]
            if name == "evidence-file" and expected == 200:
                expected = 404  # this piece is a link
            assert client.get(address(name, dossier, piece)).status_code == expected, (who, name)
        for name, answers in STEPS.items():
            answer = client.get(reverse("desk:dossier-step", args=[dossier.pk, name])).status_code
            assert answer == answers[place], (who, name)


def test_posts_are_kept_shut_as_well(client, cast, statuses_alone):
    """A post that is not the reader's changes nothing, whatever it says."""
    dossier, readers = cast
    piece = dossier.evidence.get()
    for place, who in each(client, readers):
        posts_as(client, who, place, dossier, piece)
    dossier.refresh_from_db()
    assert dossier.state == State.SCORING
    assert dossier.evidence.count() == 1


def posts_as(client, who, place, dossier, piece):
    for name in ("dossier-self-score", "dossier-evidence"):
        expected = FILE[place] if TABLE[name][place] == 200 else TABLE[name][place]
        assert client.post(address(name, dossier, piece), {"x": "y"}).status_code == expected, (who, name)
    for name in (
        "dossier-registration",
        "evidence-remove",
        "dossier-submit",
        "dossier-review",
        "dossier-report",
    ):
        answer = client.post(address(name, dossier, piece), {"x": "y"}).status_code
        assert answer == TABLE[name][place], (who, name)
    for name in ("dossier", "dossiers", "dossier-print", "dossier-history", "evidence-file"):
        assert client.post(address(name, dossier, piece)).status_code in (302, 405), (who, name)
    for name, answers in STEPS.items():
        answer = client.post(reverse("desk:dossier-step", args=[dossier.pk, name]), {"reason": "x"})
        assert answer.status_code == answers[place], (who, name)


def test_a_council_sees_nothing_before_its_round(client):
    client.force_login(make_council().members.first().user)
    dossiers = [dossier_in(state)[0] for state in (State.DRAFT, State.SUBMITTED, State.CHECKED)]
    page = client.get("/can-bo/ho-so/?state=all").content.decode()
    for dossier in dossiers:
        assert client.get(f"/can-bo/ho-so/{dossier.pk}/").status_code == 404
        assert dossier.product.name not in page


def test_the_file_of_evidence(client, with_file):
    dossier, people = dossier_in(State.DRAFT)
    piece = with_file(dossier, people.owner)
    stranger = UserFactory()
    ProducerFactory().accounts.add(stranger)
    readers = {
        "owner": people.owner,
        "other producer": stranger,
        "commune": people.commune,
        "other commune": UserFactory(commune=True, unit=unit(BANG_PHUC)),
        "province": people.province,
    }
    for who, user in readers.items():
        client.force_login(user)
        answer = client.get(f"/can-bo/minh-chung/{piece.pk}/tep/")
        assert answer.status_code == (404 if who.startswith("other") else 200), who
        if answer.status_code == 200:
            assert b"".join(answer.streaming_content) == PDF
            assert 'filename="nhan.pdf"' in answer["Content-Disposition"]
            assert answer["Content-Disposition"].startswith("attachment")
            assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_member_reads_the_file_once_the_dossier_is_the_councils(client, with_file):
    from ratings.actions import rounds
    from tests.ratings.flow import fill, report, review

    draft, people = dossier_in(State.DRAFT)
    piece = with_file(draft, people.owner)
    session = make_session()
    member = session.round.council.members.first().user
    client.force_login(member)
    assert client.get(f"/can-bo/minh-chung/{piece.pk}/tep/").status_code == 404
    fill(draft, people.owner)
    acts.submit(dossier=draft, by=people.owner)
    review(draft, people.commune)
    acts.forward(dossier=draft, by=people.commune)
    acts.receive(dossier=draft, by=people.province)
    report(draft, people.province)
    rounds.admit(dossiers=[draft], round=session.round, session=session, by=people.province)
    assert client.get(f"/can-bo/minh-chung/{piece.pk}/tep/").status_code == 200


def test_a_producer_starts_dossiers_for_its_own_products_only(client):
    from tests.factories import ProductFactory

    mine, other = ProductFactory(), ProductFactory()
    owner = UserFactory()
    mine.producer.accounts.add(owner)
    client.force_login(owner)
    start = reverse("desk:dossier-start")
    assert client.get(f"{start}?producer={mine.producer_id}&product={mine.pk}").status_code == 200
    for query in (
        f"producer={other.producer_id}",
        f"producer={other.producer_id}&product={other.pk}",
        f"producer={mine.producer_id}&product={other.pk}",
        f"product={other.pk}",
        f"producer={other.producer_id}&product=new",
    ):
        assert client.get(f"{start}?{query}").status_code == 404, query
        assert client.post(f"{start}?{query}", {"kind": "first"}).status_code == 404, query
    assert Dossier.objects.count() == 0


def test_numbers_are_read_only_when_they_may_be(client):
    """While the members score nobody reads a result; the producer and its commune not before the decision."""
    dossier, people = dossier_in(State.PROPOSED)
    member = dossier.round.council.members.first().user
    for user, reads in (
        (people.owner, False),
        (people.commune, False),
        (people.province, True),
        (people.signatory, True),
        (member, True),
    ):
        client.force_login(user)
        page = client.get(f"/can-bo/ho-so/{dossier.pk}/").content.decode()
        assert ("Kết quả của Hội đồng" in page) == reads, user.role
        assert ("Báo cáo của Tổ tư vấn</h2>" in page) == (user != people.owner), user.role
    acts.give_reason_and_move(dossier=dossier, name="send_back", reason="Xem lại.", by=people.signatory)
    for user in (member, people.province):
        client.force_login(user)
        assert "Kết quả của Hội đồng" not in client.get(f"/can-bo/ho-so/{dossier.pk}/").content.decode()
