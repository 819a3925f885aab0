"""The register-wide trail: who may read it, what each filter finds, page by page and as a file."""

import csv
import io
import re
from datetime import date, timedelta

import openpyxl
import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ocop_portal.history import acting
from producers.models import Producer
from products.models import Product
from tests.factories import CertificateFactory, ProducerFactory, ProductFactory, UserFactory
from tests.products.oversight import official, recorded

pytestmark = pytest.mark.django_db
PAGE = "/can-bo/nhat-ky/"


@pytest.fixture
def reader(client, tinh):
    client.force_login(tinh)
    return client


def write(verb="save_producer", *, by=None, reason="", day=None, make=ProducerFactory, **fields):
    """A record written in an act of its own, `day` days ago."""
    with acting(verb, by=by, reason=reason):
        record = make(**fields)
    if day is not None:
        for model in (Producer, Product):
            events = model.pgh_event_model.objects.filter(pgh_context_id=record.events.first().pgh_context_id)
            with pgtrigger.ignore():
                for event in events:
                    event.__class__.objects.filter(pk=event.pk).update(
                        pgh_created_at=event.pgh_created_at - timedelta(days=day)
                    )
    return record


def found(reader, **params):
    return reader.get(PAGE, params).content.decode()


def test_filters_find_what_they_say_and_nothing_else(reader):
    lan = UserFactory(username="lan", province=True)
    write(name="HTX Một", by=lan, reason="Đổi tên theo giấy đăng ký")
    write(name="HTX Hai", day=40)
    write("save_product", make=ProductFactory, name="Chè Shan", producer=write(name="HTX Ba"))
    old = (date.today() - timedelta(days=30)).isoformat()
    for params, there in (
        ({}, {"HTX Một", "HTX Hai", "HTX Ba", "Chè Shan"}),
        ({"who": "lan"}, {"HTX Một"}),
        ({"verb": "save_product"}, {"Chè Shan"}),
        ({"kind": "products.product"}, {"Chè Shan"}),
        ({"record": "che shan"}, {"Chè Shan"}),
        ({"record": "htx"}, {"HTX Một", "HTX Hai", "HTX Ba"}),
        ({"kind": "producers.producer", "record": Producer.objects.get(name="HTX Ba").pk}, {"HTX Ba"}),
        ({"reason": "doi ten"}, {"HTX Một"}),
        ({"since": old}, {"HTX Một", "HTX Ba", "Chè Shan"}),
        ({"until": old}, {"HTX Hai"}),
        ({"who": "lan", "verb": "save_product"}, set()),
        ({"record": "không có"}, set()),
        ({"record": "100%"}, set()),
    ):
        page = found(reader, **params)
        seen = {name for name in ("HTX Một", "HTX Hai", "HTX Ba", "Chè Shan") if f"“{name}”" in page}
        # The product's act names its producer as well where it wrote it; here each record has its own act.
        assert seen == there, params


def test_what_is_a_machines_tick_is_told_only_when_asked(reader):
    from ratings.transitions import State
    from tests.ratings.flow import dossier_in, score

    dossier, _ = dossier_in(State.SCORING, told=True)
    score(dossier, sign=False)
    assert "thêm lựa chọn" not in found(reader, verb="open_scoring").lower()
    page = found(reader, kind="ratings.choice")
    assert "lần ghi lựa chọn" in page and "không hiện ở đây" in page


def test_pages_go_on_where_the_last_one_ended_and_cost_six_queries(reader, monkeypatch):
    monkeypatch.setattr("reports.desk.audit.PER_PAGE", 4)
    for n in range(9):
        write(name=f"HTX số {n}.", day=n)
    CertificateFactory()
    seen, query = [], ""
    while True:
        with CaptureQueriesContext(connection) as queries:
            response = reader.get(f"{PAGE}?kind=producers.producer{query}")
        assert len(queries) <= 6 and all(q["sql"].lstrip().startswith(("SELECT", "WITH")) for q in queries)
        seen += [story.sentence for story in response.context["stories"]]
        if not response.context["older"]:
            break
        query = f"&before={response.context['older']}"
    named = [s for s in seen if "HTX số" in s]
    assert named == [f"đã lưu chủ thể “HTX số {n}.”" for n in range(9)] and len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "query",
    ("before=x", "before=2026-01-01T00:00:00+00:00_zz", "since=31/02/2026", "kind=zzz&verb=%00&record=%FF",
     "record=" + "9" * 90 + "&kind=producers.producer", "who=" + "x" * 3000, "until=01/01/2019"),
)  # fmt: skip
def test_garbage_gets_an_answer(reader, query):
    write(name="HTX Một")
    assert reader.get(f"{PAGE}?{query}").status_code == 200
    assert reader.get(f"{PAGE}nhat-ky.csv?{query}").status_code == 200


def test_the_file_has_the_same_acts_and_no_formula(reader, monkeypatch):
    monkeypatch.setattr("reports.desk.audit.AT_ONCE", 2)
    for n in range(5):
        write(name=f"HTX {n}", reason="=1+1", day=n)
    sent = b"".join(reader.get(f"{PAGE}nhat-ky.csv?reason=1").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(sent.removeprefix("\ufeff"))))
    assert [row[4] for row in rows[1:]] == [f"hệ thống đã lưu chủ thể “HTX {n}”" for n in range(5)]
    assert {row[5] for row in rows[1:]} == {"'=1+1"}
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{PAGE}nhat-ky.xlsx?reason=1").content))
    assert [c.value for c in book.active["F"]][1:] == ["=1+1"] * 5 and book.active["F2"].data_type == "s"
    monkeypatch.setattr("reports.desk.audit.MOST_EXPORTED", 3)
    rows = b"".join(reader.get(f"{PAGE}nhat-ky.csv?reason=1").streaming_content).decode().splitlines()
    assert len(rows) == 5 and "Chỉ xuất 3 việc mới nhất" in rows[-1]
    assert reader.get(f"{PAGE}nhat-ky.pdf").status_code == 404


ADDRESSES = {
    "registry-check": reverse("desk:registry-check"),
    "audit": reverse("desk:audit"),
    "audit-file": reverse("desk:audit-file", args=["csv"]),
}
ROLES = {"admin": 200, "province": 200, "signatory": 200, "commune": 403, "council": 403, "producer": 403}


def test_the_table_names_every_address():
    from reports.desk.trail_urls import urlpatterns

    assert set(ADDRESSES) == {p.name for p in urlpatterns}


@pytest.mark.usefixtures("statuses_alone")
@pytest.mark.parametrize("who", [*ROLES, "anonymous"])
def test_role_by_address(client, who):
    if who != "anonymous":
        client.force_login(UserFactory(**({} if who == "producer" else {who: True})))
    for name, address in ADDRESSES.items():
        assert client.get(address).status_code == ROLES.get(who, 302), (who, name)
        assert client.post(address).status_code in (302, 405), (who, name)


def test_a_part_of_a_part_is_named_and_costs_no_more(reader):
    inspection = recorded(by=official())
    with CaptureQueriesContext(connection) as queries:
        response = reader.get(PAGE)
    told = " | ".join(p.words for story in response.context["stories"] for p in story.parts)
    assert len(queries) <= 7, [q["sql"][:90] for q in queries]
    assert str(inspection) in told
    assert not re.search(r"cuộc kiểm tra số \d+|kiểm tra số \d+", told), told
