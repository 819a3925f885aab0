"""The demo register: real facts under real names, made-up rest, the reported figures, every standing today."""

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import override_settings

from ocop_portal.demo.describe import reason
from ocop_portal.demo.facts import recognitions
from ocop_portal.demo.plan import GROUNDS, Plan
from ocop_portal.models import AdministrativeUnit, User
from ocop_portal.permissions import Role
from producers.models import (
    Campaign,
    CampaignParticipant,
    PointOfSale,
    Producer,
    Promotion,
    PromotionParticipant,
    Supply,
    YearlyFigures,
)
from products.collections import shown
from products.desk.scope import certificates_of
from products.models import (
    Certificate,
    Collection,
    CollectionItem,
    Complaint,
    Inspection,
    Notice,
    NoticeLine,
    Product,
    PublishedComplaint,
    WrittenWarning,
)
from products.standing import STANDS, Standing
from ratings.actions.results import outcome_of
from ratings.models import Council, Dossier, ScoreSheet
from ratings.transitions import State
from reports.asking import Asked
from reports.figures import list_of, sections_of
from reports.lapse_reading import LapseReading
from reports.lapses import BANDS
from reports.models import Message, Reminder
from reports.statistics import Statistics
from tests.scenes import built_once

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "products" / "backan_products.csv"
TODAY = date(2026, 8, 15)
REPORTED = {
    "products": 218,
    "stars_5": 1,
    "stars_4": 18,
    "stars_3": 199,
    "target": 200,
    "communes": 108,
    "communes_with_product": 79,
    "lapsed_not_reassessed": 52,
    "raw_material_area": 13,
    "exported": 2,
    "geographical_indications": 4,
    "collective_marks": 5,
    "on_postmart": 104,
    "points_of_sale": 18,
    "onsite_campaigns": 11,
    "revenue_grown_percent": 94.6,
}
REPORT_OF_2023 = {
    **{name: REPORTED[name] for name in ("products", "stars_5", "stars_4", "stars_3", "target")},
    "target_percent": Decimal("109.0"),
    "communes": 108,
    "communes_with_product": 79,
    "communes_without_product": 29,
    "lapsed_not_reassessed": 52,
    "revenue_grown_percent": Decimal("94.6"),
    "raw_material_area": 13,
    "exported": 2,
    "marks_geographical": 4,
    "marks_collective": 5,
    "on_postmart": 104,
    "points_of_sale": 18,
    "campaigns_on_site": 11,
}
"""Domain §6, figure by figure."""


def load(**options):
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


def loaded_today():
    with TemporaryDirectory() as state, override_settings(DEMO=True, TODAY=TODAY, STATE_DIR=Path(state)):
        return load()


demo = built_once(loaded_today)


@pytest.fixture(autouse=True)
def in_demo(settings, tmp_path, monkeypatch):
    settings.DEMO, settings.STATE_DIR = True, tmp_path
    monkeypatch.setenv("DEMO_PASSWORD", "mật khẩu trình diễn")


pytestmark = pytest.mark.django_db


def test_reported_figures_come_out(demo, client):
    figures = client.get("/api/v1/statistics?as_of=2023-12-31").json()
    assert {name: figures[name] for name in REPORTED} == REPORTED


def report_of(year):
    asked = Asked({"year": str(year)}, User.objects.get(username="tinh"), by_year=True)
    return asked, {f.rule.key: f for section in sections_of(asked) for f in section.figures}


def test_the_report_of_2023_gives_every_figure_and_each_is_its_list(demo):
    asked, figures = report_of(2023)
    assert asked.day == date(2023, 12, 31)
    assert {key: figures[key].value for key in REPORT_OF_2023} == REPORT_OF_2023
    assert "ít nhất 2 sản phẩm 5 sao" in figures["target"].detail
    assert figures["exported"].detail == "Thị trường: châu Âu, Nhật Bản"
    assert figures["revenue_grown_percent"].detail.startswith("70 trong 74 chủ thể")
    others = ("on_lazada", "on_shopee", "on_backanmarket", "on_ketnoiocop", "producers", "revenue", "workers")
    assert all(figures[key].value > 0 for key in others)
    for figure in figures.values():
        if figure.rule.listed and figure.rule.proved:
            assert figure.rule.proved(list_of(*figure.rule.listed, asked)) == figure.value, figure.rule.key


def test_later_years_are_plausible_and_made_up_alone(demo):
    for year in (2024, 2025):
        _, figures = report_of(year)
        assert 60 < figures["revenue_grown_percent"].value < 95
        assert figures["campaigns_on_site"].value >= 4 and figures["promotions"].value >= 1
    last = YearlyFigures.objects.of_year(2025).values("producer")
    assert Producer.objects.filter(made_up=True).exclude(pk__in=last).exists(), "some have yet to report"
    for model in (YearlyFigures, CampaignParticipant, PromotionParticipant, Supply):
        assert not model.objects.filter(producer__made_up=False).exists()
    for model in (Campaign, Promotion, PointOfSale):
        assert model.objects.exists() and not model.objects.filter(made_up=False).exists()
    assert PointOfSale.objects.open_on(TODAY).count() >= 18
    assert not Campaign.objects.filter(starts_on__gt=TODAY).exists()
    assert Promotion.objects.filter(starts_on__gt=TODAY).exists(), "a fair to come"


def test_today_shows_every_standing(demo):
    standings = Counter(c.standing_on(TODAY) for c in Certificate.objects.all())
    assert set(standings) == set(Standing)
    assert Certificate.objects.standing(TODAY).count() > 150
    assert Certificate.objects.filter(stars=5).standing(TODAY).exists()
    assert (
        Certificate.objects.exclude(revocation_ground="").values("revocation_ground").distinct().count() == 6
    )


@pytest.mark.parametrize(
    "today", [date(2026, 11, 24), date(2027, 3, 1), date(2028, 2, 29), date(2029, 1, 10), date(2031, 6, 15)]
)
def test_the_plan_never_goes_stale(today):
    """Pure, so any day can be asked: every standing is there, and 2023 stays as it was."""
    units = AdministrativeUnit.objects.in_territory().communes()
    old, new = [[u.code for u in units.standing(d)] for d in (date(2024, 1, 1), date(2026, 1, 1))]
    plan = Plan(today, recognitions(), old, new)
    last = [i.awards[-1] for i in plan.items]
    assert sum(a.extended_to is not None and a.extended_to >= today for a in last) >= 2
    assert sum(a.revoked_on is not None for a in last) == 6
    assert sum(a.last < today and not a.extended_to for a in last) > 20
    assert sum(today <= a.last <= today + timedelta(days=180) and a.start <= today for a in last) > 5
    assert sum(a.start > today for a in last) >= 1
    assert sum(a.kind == "reissue" for a in last) >= 1
    for item in plan.items:
        starts = [a.start for a in item.awards]
        assert starts == sorted(set(starts)), item
        assert all((a.signed or a.start) <= today for a in item.awards), item


def test_same_day_same_plan_whatever_the_process():
    """Sets are ordered by a seed of the process: the plan must not hang on it."""
    code = (
        "from datetime import date; import django; django.setup(); from ocop_portal.demo.facts import recognitions;"
        "from ocop_portal.demo.plan import Plan;"
        "units = sorted({f'{n:05d}' for n in range(2000, 2106)} | {'02173', '02140'});"
        "p = Plan(date(2026, 8, 15), recognitions(), units, ['02173', '02005']);"
        "print([(i.name, i.maker.name, i.maker.commune, i.awards, sorted(i.marks)) for i in p.items])"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "ocop_portal.settings"}
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env=env | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert len(told.pop()) > 10_000


def test_real_names_carry_sourced_facts_only(demo):
    real = {(f.name, f.producer) for f in recognitions()}
    products = Product.objects.filter(made_up=False).select_related("producer")
    assert {(p.name, p.producer.name) for p in products} == real
    assert all(p.listed_only_while_standing and not (p.story or p.summary or p.description) for p in products)
    assert not any(p.name_en or p.summary_en for p in products), "a translation would be an addition"
    for producer in Producer.objects.filter(made_up=False):
        assert not (producer.phone or producer.email or producer.address or producer.representative)
        assert not producer.products.filter(made_up=True).exists()
    facts = Certificate.objects.filter(product__made_up=False)
    assert facts.count() == len(recognitions())
    assert not facts.exclude(number="", total=None, extended_to=None, revoked_on=None).exists()
    for day in (TODAY, date(2023, 12, 31), date(2024, 12, 31), date(2026, 1, 1)):
        told = Certificate.objects.public(day).filter(product__made_up=False)
        assert all(c.standing_on(day) in STANDS for c in told)


def test_made_up_names_are_marked_and_are_nobodys(demo):
    real = {f.name for f in recognitions()} | {f.producer for f in recognitions()}
    made_up = Product.objects.filter(made_up=True).select_related("producer")
    assert made_up.count() > 250
    assert not {p.name for p in made_up} & real
    assert all(p.producer.made_up for p in made_up)
    assert not {p.name for p in Producer.objects.filter(made_up=True)} & real
    assert all(p.email.endswith("@example.vn") for p in Producer.objects.filter(made_up=True))


def test_sourced_rows_are_the_sources(demo):
    if not SHARED.exists():
        pytest.skip("the shared data are not here: sourced rows cannot be compared")
    with SHARED.open(encoding="utf-8") as lines:
        given = {
            (r["name"], r["producer"], r["stars"], r["year"], r["source_url"]) for r in csv.DictReader(lines)
        }
    assert {(f.name, f.producer, str(f.stars), str(f.year), f.source) for f in recognitions()} <= given


def test_accounts_and_password_are_told(demo):
    assert "mật khẩu chung" in demo
    assert User.objects.get(username="tinh").role == Role.PROVINCE
    assert User.objects.get(username="xa").unit.name == "Xã Côn Minh"
    assert User.objects.filter(role=Role.COUNCIL).count() == 7
    assert User.objects.get(username="chuthe").producers.filter(made_up=True).exists()
    council = Council.objects.get()
    assert [m.user.username for m in council.members_on(TODAY)] == [f"hd{n}" for n in range(1, 8)]
    assert [m.role for m in council.members_on(TODAY)][:2] == ["chair", "secretary"]
    assert "mật khẩu trình diễn" in load(if_empty=True)
    assert Council.objects.count() == 1
    assert User.objects.get(username="admin").check_password("mật khẩu trình diễn")


def test_a_dossier_stands_in_each_state(demo):
    states = set(Dossier.objects.values_list("state", flat=True))
    assert states == set(State)
    assert all(d.product.made_up and d.product.producer.made_up for d in Dossier.objects.with_line())
    assert set(Dossier.objects.values_list("kind", flat=True)) == set(Dossier.Kind)
    assert Dossier.objects.late_at_commune(TODAY).exists()
    own = User.objects.get(username="chuthe")
    assert Dossier.objects.visible_to(own).filter(state=State.RETURNED).exists()
    scoring = Dossier.objects.filter(state=State.SCORING)
    told = [" ".join(found.obstacles) for d in scoring if (found := outcome_of(d))]
    assert any("chênh nhau" in t for t in told) and any("chưa ký" in t for t in told)
    assert ScoreSheet.objects.of(User.objects.get(username="hd4")).filter(signed_at=None).count() >= 2
    stars = {d.results.last().stars for d in Dossier.objects.filter(state=State.PROPOSED)}
    assert stars == {5, 4, 0}
    issued = Certificate.objects.filter(won_by__isnull=False)
    assert {c.stars for c in issued} == {3, 4}
    assert all(c.number.startswith("MH-") and c.standing_on(TODAY) in STANDS for c in issued)


def test_the_time_after_certification_is_shown_on_made_up_products_alone(demo):
    assert set(Complaint.objects.values_list("state", flat=True)) == set(Complaint.State)
    assert set(Inspection.objects.values_list("conclusion", flat=True)) == {"", *Inspection.Conclusion.values}
    assert (
        Inspection.objects.late(TODAY).count() == 1
        and Inspection.objects.follow_up_overdue(TODAY).count() == 1
    )
    assert Complaint.objects.overdue(TODAY).exists() and WrittenWarning.objects.overdue(TODAY).exists()
    assert all(c.product is None or c.product.made_up for c in Complaint.objects.select_related("product"))
    assert all(p.made_up for i in Inspection.objects.all() for p in i.products.all())
    own = User.objects.get(username="chuthe")
    shown = PublishedComplaint.objects.get()
    assert own in shown.product.producer.accounts.all() and shown.reply
    home = User.objects.get(username="xa")
    assert Complaint.objects.visible_to(home).open().exists() and Inspection.objects.visible_to(home).exists()


def test_inboxes_hold_letters_about_made_up_products(demo):
    letters = Message.objects.select_related("user")
    assert {m.user.username for m in letters} == {"tinh", "xa", "chuthe"}
    assert {bool(m.read_at) for m in letters} == {True, False}
    assert not letters.exclude(mail=Message.Mail.NONE).exists(), "no mail leaves a demo by itself"
    assert not Reminder.objects.filter(certificate__product__made_up=False).exists()
    names = Producer.objects.filter(made_up=False).values_list("name", flat=True)
    assert not any(name in m.text for m in letters for name in names)


def test_second_load_keeps_and_plain_load_refuses(demo):
    count = lambda: [
        m.objects.count() for m in (Product, Certificate, YearlyFigures, Campaign, PointOfSale, Message)
    ]
    before = count()
    assert "Giữ nguyên" in load(if_empty=True)
    assert count() == before
    with pytest.raises(CommandError, match="không gì bị xóa"):
        load()


def test_more_products_leave_the_report_as_it_was(demo):
    before = Product.objects.count()
    load(products=before + 300)
    assert Product.objects.count() == before + 300
    figures = Statistics(date(2023, 12, 31)).as_figures()
    assert {name: figures[name] for name in REPORTED} == REPORTED


def test_more_products_on_a_later_day_fit_in_as_well(demo, settings):
    settings.TODAY = TODAY + timedelta(days=400)
    before = Product.objects.count()
    load(products=before + 1200)
    assert Product.objects.count() == before + 1200
    misplaced = [
        p
        for p in Product.objects.filter(made_up=True).select_related("producer")
        if p.place_id != p.producer.place_id
    ]
    assert misplaced == []


def test_what_is_said_of_a_thing_fits_the_thing(demo):
    made_up = Product.objects.filter(made_up=True).prefetch_related("packagings", "channels")
    things = made_up.filter(group__code__in=["21", "22", "23", "24", "25", "26"])
    assert {p.group.code for p in things.select_related("group")} >= {"21", "22", "26"}
    for product in things:
        told = " ".join((product.summary, product.story, product.description, product.ingredients))
        assert "chế biến" not in told and "phẩm màu" not in told and "nguyên liệu trồng" not in told, told
        assert not any(re.search(r"\d (g|kg)\b|chai", p.label) for p in product.packagings.all())
    for product in things.filter(group__code="26"):
        assert {c.kind for c in product.channels.all()} <= {"own_site"}
        assert not product.packagings.exists()
    for certificate in Certificate.objects.exclude(revocation_ground="").filter(product__group__code="26"):
        assert "kiểm nghiệm" not in certificate.revocation_reason


def test_reasons_fit_what_is_revoked():
    for ground in GROUNDS:
        told = {reason(ground, code) for code in ("06", "22", "26")}
        assert all(text.endswith(".") for text in told)
    assert "kiểm nghiệm" in reason("false_dossier", "06")
    assert "kiểm nghiệm" not in reason("false_dossier", "26") + reason("false_dossier", "21")


def test_an_extension_in_the_demo_rests_on_its_decision(demo):
    extended = Certificate.objects.filter(extended_to__isnull=False)
    assert extended.exists()
    assert all(
        c.extension_decision.signed_on <= c.valid_to for c in extended.select_related("extension_decision")
    )


def test_refused_outside_a_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="OCOP_DEMO=1"):
        load()


def test_every_write_is_in_the_trail(demo):
    event = Certificate.objects.exclude(revoked_on=None).first().events.order_by("-pgh_id").first()
    assert event.pgh_context["verb"] == "revoke_certificate"
    assert event.pgh_context["actor"] == "tinh"


def test_the_demo_agrees_with_its_trail_and_has_only_explained_findings(demo):
    """What is found is told in docs/demo.md."""
    from django.db import connection

    from ocop_portal.audit import differences
    from reports.checks import run

    assert list(differences(connection)) == []
    told = {check.name: len(found) for check, found in run(TODAY) if found}
    assert set(told) <= {
        "decision-number",
        "decision-scan",
        "product-twice",
        "producer-twice",
        "place-coarse",
        "standing-undescribed",
        "producer-without-contact",
        "plan-missing",
        "holidays-missing",
    }
    assert told["product-twice"] <= 3 and told.get("producer-twice", 0) <= 3


def test_the_lapse_desk_lists_exactly_the_52(demo, client):
    client.force_login(User.objects.get(username="tinh"))
    day = date(2023, 12, 31)
    public = "".join(
        c.decode() for c in client.get(f"/san-pham.csv?status=expired&as_of={day}").streaming_content
    )
    desk = client.get(f"/can-bo/han/danh-sach.csv?bucket=expired&as_of={day}").content.decode()
    codes = [[r[0] for r in csv.reader(StringIO(text.removeprefix("\ufeff")))][1:] for text in (public, desk)]
    assert len(codes[1]) == Statistics(day).lapsed_not_reassessed == REPORTED["lapsed_not_reassessed"]
    assert sorted(codes[0]) == sorted(codes[1])
    page = client.get(f"/can-bo/han/?bucket=expired&as_of={day}").content.decode()
    assert 'data-total="52"' in page and f">{REPORTED['products']}<" in page


@pytest.mark.parametrize("who", ["tinh", "xa"])
def test_todays_lists_of_the_lapse_desk_sum_to_the_figures(demo, client, who):
    user = User.objects.get(username=who)
    counted = LapseReading(user, QueryDict()).counted
    standings = Counter(c.standing_on(TODAY) for c in certificates_of(user).public(TODAY))
    assert sum(counted[b.key] for b in BANDS) == sum(standings[s] for s in STANDS) > 3
    assert counted["180"] == standings[Standing.EXPIRING]
    for standing in (Standing.EXTENDED, Standing.EXPIRED, Standing.REVOKED):
        assert counted[standing.value] == standings[standing]
    if who == "tinh":
        figures = Statistics(TODAY)
        assert sum(counted[b.key] for b in BANDS) == figures.standing.total
        assert counted["expired"] == figures.lapsed_not_reassessed


def test_notices_in_time_late_owed_and_void_on_made_up_rows(demo):
    lines = NoticeLine.objects.with_certificate().select_related("notice")
    assert {line.in_time for line in lines if not line.voided} == {True, False}
    assert Notice.objects.exclude(voided_on=None).count() == 1
    assert all(line.certificate.product.made_up for line in lines)
    assert all(n.symbol.startswith("MH-") and n.producer.made_up for n in Notice.objects.all())
    reading = LapseReading(User.objects.get(username="tinh"), QueryDict())
    assert reading.counted["notice-owed"] and 0 < reading.share < 100


def test_collections_hold_made_up_products_alone_and_one_that_lapsed(demo):
    items = CollectionItem.objects.select_related("collection", "product")
    assert all(i.product.made_up and i.collection.made_up and i.line_en for i in items)
    for read in shown(Collection.objects.standing().with_cover(), TODAY):
        assert read.collection.items.count() == len(read.items) + 1 > 5, read.title
    assert Collection.objects.standing().count() == 2
