"""Each check of the register finds the fault that is planted, that fault alone, and nothing in a clean register."""

import json
from datetime import date, timedelta

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse

from ocop_portal.clock import today
from ocop_portal.models import AdministrativeUnit, PublicHoliday, RegisterRevision, UnitName
from producers.models import PointOfSale, Producer
from products.models import Certificate, Decision, Product, ProductImage, SearchEntry, Tally
from ratings.actions.decisions import approve
from ratings.models import Choice, Council, CouncilMember, CouncilResult, Dossier
from ratings.transitions import State
from reports.checks import CHECKS, Severity, run
from reports.checks.near import near_pairs, plain, without_form
from reports.models import PlanTarget
from tests.factories import (
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)
from tests.ratings.flow import dossier_in
from tests.ratings.test_flow import SIGNED, four_stars

pytestmark = pytest.mark.django_db
SIGNED_ON = date(2025, 1, 15)


def maker(name="HTX Tài Hoan", **fields):
    return ProducerFactory(name=name, phone="0209 123 456", **fields)


def product(name="Miến dong Tài Hoan", **fields):
    fields = {"summary": "Sợi dai.", "story": "Chuyện.", **fields}
    made = ProductFactory(name=name, producer=fields.pop("producer", None) or maker(), **fields)
    ProductImage.objects.create(product=made, alt="Gói miến", width=800, height=600, widths=[800])
    return made


def certificate(decision=None, **fields):
    decision = decision or DecisionFactory(signed_on=SIGNED_ON, scan="decisions/a.pdf")
    return CertificateFactory(product=fields.pop("product", None) or product(), decision=decision, **fields)


@pytest.fixture
def clean():
    PlanTarget.objects.create(name="Kế hoạch 2026–2030", from_year=2026, to_year=2030, products=300)
    return certificate(number="001/GCN-OCOP")


def other(**fields):
    """Another product that nothing is to be said of, with its certificate."""
    if "product" not in fields:
        fields["product"] = product("Chè Shan", producer=maker("HTX Bản Vài"))
    return certificate(**{"number": "77/GCN", **fields})


def found():
    return {c.name: [f.text for f in findings] for c, findings in run(today()) if findings}


def drop_and_break_consent():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE producers_producer DROP CONSTRAINT producer_consent_is_dated")
    Producer.objects.update(contact_consent=True)


def unsent_row():
    with pgtrigger.ignore():
        UnitName.objects.create(unit=unit("02173"), name="Côn Minh (cũ)")


def member_of_last_year():
    council = Council.objects.create(name="Hội đồng cũ", year=2025, valid_from=date(2025, 1, 1))
    term = {"valid_from": date(2025, 1, 1), "valid_to": date(2025, 12, 31)}
    CouncilMember.objects.create(council=council, name="Ông A", user=UserFactory(council=True), **term)


OUTSIDE = {"in_territory": False, "level": AdministrativeUnit.Level.COMMUNE, "valid_to": None}
PLANTS = {
    "decision-number": lambda c: other(decision=DecisionFactory(number="", note="Nguồn không ghi số.")),
    "decision-scan": lambda c: Decision.objects.update(scan=""),
    "decision-without-result": lambda c: DecisionFactory(scan="decisions/b.pdf"),
    "certificate-period": lambda c: other(valid_to=date(2028, 1, 16)),
    "certificate-number-twice": lambda c: other(number="1 / gcn - ocop"),
    "stars-over-total": lambda c: other(stars=4, total=52),
    "decision-after-start": lambda c: other(valid_from=SIGNED_ON - timedelta(days=60)),
    "product-twice": lambda c: certificate(
        product=product("Miến dong Tài Hoàn", producer=c.product.producer), number="9/GCN"
    ),
    "producer-twice": lambda c: maker("Hợp tác xã Tài Hoàn"),
    "place-ended": lambda c: PointOfSale.objects.create(
        name="Cửa hàng",
        kind="shop",
        place=unit("02173"),
        address="Chợ",
        opening_hours="8–17",
        opened_on=today(),
    ),
    "place-outside": lambda c: maker("HTX Xa", place=AdministrativeUnit.objects.filter(**OUTSIDE).first()),
    "place-coarse": lambda c: Product.objects.update(place=c.product.place.parent),
    "standing-undescribed": lambda c: Product.objects.update(story=""),
    "producer-without-contact": lambda c: Producer.objects.update(phone=""),
    "consent-undated": lambda c: drop_and_break_consent(),
    "account-without-unit": lambda c: UserFactory(commune=True),
    "account-term-over": lambda c: member_of_last_year(),
    "revision-missing": lambda c: RegisterRevision.objects.all().delete(),
    "tally-wrong": lambda c: Tally.objects.update(products=F("products") + 1),
    "search-wrong": lambda c: SearchEntry.objects.update(stars=5),
    "untracked": lambda c: unsent_row(),
    "holidays-missing": lambda c: PublicHoliday.objects.filter(day__year=2026).delete(),
    "plan-missing": lambda c: PlanTarget.objects.all().delete(),
}


def wrong(queryset, **fields):
    """Written past every trigger, as by somebody at the database."""
    with pgtrigger.ignore():
        queryset.update(**fields)


ASSESSED = {
    "dossier-and-certificate": lambda d, c: wrong(Dossier.objects.filter(pk=d.pk), issued=c),
    "sheet-totals": lambda d, c: wrong(
        Choice.objects.filter(pk=Choice.objects.filter(option__points__gt=0).first().pk), option=None
    ),
    "result-totals": lambda d, c: wrong(CouncilResult.objects.all(), sum_a=F("sum_a") + 1),
    "council-over": lambda d, c: Council.objects.update(valid_to=today() - timedelta(days=1)),
}


def test_every_check_has_its_fault():
    assert set(PLANTS) | set(ASSESSED) == set(CHECKS)
    for check in CHECKS.values():
        assert check.title and check.why.endswith((".", ")")) and check.todo.endswith("."), check.name


def test_a_clean_register_yields_nothing(clean):
    assert found() == {}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_found_and_no_other(clean, name):
    PLANTS[name](clean)
    told = found()
    assert list(told) == [name] and len(told[name]) == 1, told


def test_faults_of_an_assessment(clean):
    dossier, people = dossier_in(
        State.PROPOSED, product=product("Chè Shan", producer=maker("HTX Bản Vài")), wanted=four_stars
    )
    approve(dossiers=[dossier], number="1/QĐ", signed_on=SIGNED, issuer="UBND tỉnh", by=people.signatory)
    Decision.objects.update(scan="decisions/a.pdf")
    assert found() == {}
    spare = other(product=product("Mật ong", producer=maker("HTX Ong")), number="5/GCN")
    for name, plant in ASSESSED.items():
        with transaction.atomic():
            plant(dossier, spare)
            told = found()
            assert list(told) == [name] and len(told[name]) == 1, told
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Miến dong Tài Hoan", "miến dong tài hoàn", True),
        ("Trà hoa vàng Tam Đảo", "Trà hoa vàng Tam Đaỏ", True),
        ("Rượu men lá Bằng Phúc", "Rượu men lá Bằng Phúc (chai)", True),
        ("Miến dong 500 g", "Miến dong 300 g", False),
        ("Miến dong Tài Hoan", "Miến dong Nhất Thiện", False),
        ("Lạp sườn", "Thịt treo", False),
        ("", "", False),
    ],
)
def test_near_names(one, other, near):
    assert bool(list(near_pairs([(1, plain(one)), (2, plain(other))]))) == near


def test_a_producer_is_known_without_its_legal_form():
    assert without_form("HTX Cốc Tâu") == without_form("Tổ hợp tác Cốc Tấu") == "coc tau"
    assert without_form("Hợp tác xã") == "hop tac xa"


def test_the_page_links_what_it_finds_and_writes_nothing(client, tinh, clean):
    Producer.objects.update(phone="")
    other(stars=4, total=52)
    client.force_login(tinh)
    page = client.get(reverse("desk:registry-check")).content.decode()
    wrong = Certificate.objects.get(total=52)
    assert f'href="/can-bo/giay-chung-nhan/{wrong.pk}/"' in page and "4 sao cần 70 điểm, ghi 52 điểm" in page
    assert page.index("Hạng sao cao hơn") < page.index("không có liên hệ"), "the worst first"
    assert f"{len(CHECKS) - 2} phép rà đã qua" in page


def test_the_command_fails_only_for_what_is_wrong(clean, capsys):
    call_command("check_registry")
    assert f"{len(CHECKS)} phép rà, 0 chỗ cần xem." in capsys.readouterr().out
    Producer.objects.update(phone="")
    call_command("check_registry", only=["producer-without-contact"])
    other(stars=4, total=52)
    with pytest.raises(SystemExit) as stopped:
        call_command("check_registry", json=True)
    assert stopped.value.code == 1
    told = {c["check"]: c for c in json.loads(capsys.readouterr().out.partition("\n[")[2].join(["[", ""]))}
    assert told["stars-over-total"]["severity"] == Severity.ERROR
    assert told["stars-over-total"]["findings"][0]["url"].startswith("/can-bo/giay-chung-nhan/")
