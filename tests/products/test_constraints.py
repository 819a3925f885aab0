"""What the database refuses, whoever asks: each constraint by name, each trigger by deed."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from ocop_portal.db import MAY_TRUNCATE
from ocop_portal.models import AdministrativeUnit, RegisterRevision, UnitName, UnitSuccession, User
from producers.models import Producer
from products.models import (
    Certificate,
    Decision,
    ExportMarket,
    Packaging,
    Product,
    ProductAlias,
    ProductImage,
    ProductMark,
    RawMaterialArea,
    SalesChannel,
)
from ratings.models import AdvisoryMember, AdvisoryTeam, ConflictOfInterest, Council, CouncilMember
from reports.models import PlanTarget
from tests.factories import (
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    UserFactory,
    unit,
)

pytestmark = pytest.mark.django_db
OWN = ("ocop_portal", "producers", "products", "ratings", "reports")
START = date(2025, 1, 15)


def part(model, **fields):
    return model.objects.create(product=ProductFactory(), **fields)


def twice(model, **fields):
    product = ProductFactory()
    model.objects.create(product=product, **fields)
    model.objects.create(product=product, **fields)


def updated(**facts):
    Certificate.objects.filter(pk=CertificateFactory().pk).update(**facts)


def decisions_alike():
    DecisionFactory(number="1/QĐ", signed_on=START)
    DecisionFactory(number="1/QĐ", signed_on=START)


def same_producer_same_name():
    ProductFactory(name="Miến", producer=(first := ProductFactory(name="Miến")).producer)
    return first


def same_succession():
    first = UnitSuccession.objects.first()
    first.pk, first._state.adding = None, True
    first.save()


def council(**fields):
    return Council.objects.create(
        **{"name": "Hội đồng", "year": 2026, "valid_from": date(2026, 1, 1)} | fields
    )


def member(**fields):
    given = {
        "council": fields.pop("council", None) or council(),
        "name": "Lan",
        "valid_from": date(2026, 1, 1),
    }
    return CouncilMember.objects.create(**given | fields)


def two_members(**fields):
    first = member(**fields, valid_to=date(2026, 6, 30))
    member(council=first.council, **fields, valid_from=date(2026, 6, 30))


def twice_interested():
    given = {"member": member(), "producer": ProducerFactory(), "declared_on": START, "reason": "Họ hàng"}
    for _ in range(2):
        ConflictOfInterest.objects.create(**given)


def advisor(**fields):
    team = fields.pop("team", None) or AdvisoryTeam.objects.create(council=council(), name="Tổ")
    return AdvisoryMember.objects.create(
        **{"team": team, "name": "Lan", "valid_from": date(2026, 1, 1)} | fields
    )


CASES = {
    "registerrevision_single_row": lambda: RegisterRevision.objects.create(pk=2),
    "administrativeunit_code_digits": lambda: AdministrativeUnit.objects.create(
        code="0x", name="X", level="commune"
    ),
    "administrativeunit_dates_in_order": lambda: AdministrativeUnit.objects.create(
        code="99991", name="X", level="commune", valid_from=date(2025, 1, 2), valid_to=date(2025, 1, 1)
    ),
    "administrativeunit_code_once_a_day": lambda: AdministrativeUnit.objects.create(
        code="02173", name="X", level="commune", valid_from=date(2020, 1, 1), valid_to=date(2020, 12, 31)
    ),
    "unitname_once_per_unit": lambda: [
        UnitName.objects.create(unit=unit("02173"), name="Côn Minh ") for _ in range(2)
    ],
    "unitsuccession_once": same_succession,
    "unitsuccession_not_itself": lambda: UnitSuccession.objects.create(
        predecessor=unit("02173"), successor=unit("02173"), kind="whole", effective_on=START
    ),
    "user_commune_role_has_unit": lambda: UserFactory(role="commune"),
    "producer_has_name": lambda: ProducerFactory(name="  "),
    "producer_consent_is_dated": lambda: ProducerFactory(contact_consent=True),
    "product_has_name": lambda: ProductFactory(name=" "),
    "product_code_format": lambda: ProductFactory(code="06/1"),
    "product_once_per_producer": same_producer_same_name,
    "packaging_once_per_product": lambda: twice(Packaging, label="túi"),
    "saleschannel_once_per_product": lambda: twice(SalesChannel, kind="shopee"),
    "productmark_once_per_product": lambda: twice(ProductMark, kind="collective", name="Dấu"),
    "rawmaterialarea_dates_in_order": lambda: part(
        RawMaterialArea, standard="vietgap", valid_from=date(2025, 2, 2), valid_to=date(2025, 1, 1)
    ),
    "rawmaterialarea_area_positive": lambda: part(RawMaterialArea, standard="vietgap", area_ha=0),
    "exportmarket_once_per_product": lambda: twice(ExportMarket, market="Nhật Bản"),
    "exportmarket_year_sane": lambda: part(ExportMarket, market="Nhật Bản", since_year=1700),
    "productimage_has_rendition": lambda: part(ProductImage, alt="x", width=1, height=1, widths=[]),
    "decision_number_once": decisions_alike,
    "decision_without_number_is_explained": lambda: DecisionFactory(number=""),
    "certificate_stars_3_to_5": lambda: CertificateFactory(stars=2),
    "certificate_dates_in_order": lambda: CertificateFactory(valid_from=START, valid_to=date(2025, 1, 14)),
    "certificate_total_0_to_100": lambda: CertificateFactory(total=101),
    "certificate_succeeded_after_start": lambda: updated(superseded_on=date(2025, 1, 14)),
    "certificate_extension_whole": lambda: updated(
        extended_to=date(2028, 7, 14), extension_reason="Chờ kết quả"
    ),
    "certificate_revocation_whole": lambda: updated(revoked_on=date(2025, 6, 1)),
    "certificate_number_once": lambda: [CertificateFactory(number="9/GCN") for _ in range(2)],
    "certificate_once_per_decision": lambda: CertificateFactory(
        product=(c := CertificateFactory()).product,
        decision=c.decision,
        kind="upgrade",
        valid_from=date(2026, 1, 1),
    ),
    "certificate_no_overlap": lambda: CertificateFactory(
        product=CertificateFactory().product, valid_from=date(2026, 1, 1)
    ),
    "council_term_in_order": lambda: council(valid_to=date(2025, 12, 31)),
    "council_decision_once": lambda: [council(decision_number="1/QĐ", decided_on=START) for _ in range(2)],
    "council_decision_whole": lambda: council(decision_number="1/QĐ"),
    "council_regulation_sane": lambda: council(quorum_percent=10),
    "councilmember_term_in_order": lambda: member(valid_to=date(2025, 12, 31)),
    "councilmember_one_chair_at_a_time": lambda: two_members(role="chair"),
    "councilmember_one_secretary_at_a_time": lambda: two_members(role="secretary"),
    "councilmember_account_once_at_a_time": lambda: two_members(user=UserFactory(council=True)),
    "conflictofinterest_once": twice_interested,
    "advisorymember_term_in_order": lambda: advisor(valid_to=date(2025, 12, 31)),
    "advisorymember_one_leader_at_a_time": lambda: [
        advisor(team=(t := advisor(leads=True).team), leads=True),
        t,
    ],
    "plantarget_years_in_order": lambda: PlanTarget.objects.create(
        name="x", from_year=2025, to_year=2021, products=1
    ),
}

# The other apps' cases stand with their tests: each `tests/<app>/constraint_cases*.py` adds CASES and NEVER_DELETED.
ELSEWHERE = [
    import_module(f"tests.{path.parent.name}.{path.stem}")
    for path in sorted(Path(__file__).parent.parent.glob("*/constraint_cases*.py"))
]
for module in ELSEWHERE:
    CASES |= module.CASES


def constraints():
    for app in OWN:
        for model in apps.get_app_config(app).get_models():
            if not model.__name__.endswith("Event"):
                yield from model._meta.constraints


def test_every_constraint_has_its_case_and_its_sentence():
    named = {c.name: c for c in constraints()}
    assert set(named) == set(CASES)
    plain = UniqueConstraint(fields=["x"], name="x").default_violation_error_message
    for constraint in named.values():
        message = str(constraint.violation_error_message)
        assert message != plain, constraint.name
        assert message.endswith("."), constraint.name
        assert any(ord(letter) > 127 for letter in message), f"{constraint.name} does not speak Vietnamese"
    assert sum(isinstance(c, CheckConstraint) for c in named.values()) > 10


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CASES[name]()
    assert caught.value.__cause__.diag.constraint_name == name


def refused(act):
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


NEVER_DELETED = {
    AdministrativeUnit: lambda: unit("02173"),
    Producer: ProducerFactory,
    Product: ProductFactory,
    ProductAlias: lambda: part(ProductAlias, code="CU-1"),
    Decision: DecisionFactory,
    Certificate: CertificateFactory,
    Council: council,
    CouncilMember: member,
    AdvisoryMember: advisor,
}
for module in ELSEWHERE:
    NEVER_DELETED |= module.NEVER_DELETED


@pytest.mark.parametrize("model", NEVER_DELETED)
def test_nothing_issued_is_deleted(model):
    record = NEVER_DELETED[model]()
    refused(record.delete)
    refused(lambda: model.objects.filter(pk=record.pk)._raw_delete(using="default"))
    with connection.cursor() as cursor:
        refused(lambda: cursor.execute(f"DELETE FROM {model._meta.db_table}"))
    assert model.objects.filter(pk=record.pk).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"stars": 5},
        {"number": "khác"},
        {"valid_to": date(2030, 1, 1)},
        {"valid_from": date(2020, 1, 1)},
        {"kind": "upgrade"},
        {"total": 99},
        {"public_id": "aaaaaaaaaaaa"},
    ],
)
def test_printed_columns_are_frozen(change):
    certificate = CertificateFactory()
    refused(lambda: Certificate.objects.filter(pk=certificate.pk).update(**change))


def test_later_facts_are_written_once():
    revocation = DecisionFactory(revocation=True, signed_on=date(2025, 5, 1))
    facts = Certificate.objects.filter(pk=CertificateFactory().pk)
    facts.update(extended_to=date(2028, 3, 1), extension_reason="Chờ")
    refused(lambda: facts.update(extended_to=date(2028, 4, 1)))
    refused(lambda: facts.update(extended_to=None, extension_reason=""))
    facts.update(
        revoked_on=date(2025, 6, 1),
        revocation_ground="misuse",
        revocation_reason="Sai",
        revocation_decision=revocation,
    )
    refused(lambda: facts.update(revocation_reason="Khác"))
    refused(
        lambda: facts.update(
            revoked_on=None, revocation_ground="", revocation_reason="", revocation_decision=None
        )
    )


def test_a_decision_is_frozen_once_a_certificate_rests_on_it():
    decision = DecisionFactory()
    Decision.objects.filter(pk=decision.pk).update(number="sửa được")
    CertificateFactory(decision=decision)
    refused(lambda: Decision.objects.filter(pk=decision.pk).update(number="không sửa được"))
    Decision.objects.filter(pk=decision.pk).update(note="ghi chú vẫn sửa được")


def test_an_old_code_is_neither_re_pointed_nor_rewritten():
    alias = part(ProductAlias, code="CU-1")
    rows = ProductAlias.objects.filter(pk=alias.pk)
    refused(lambda: rows.update(product=ProductFactory()))
    refused(lambda: rows.update(code="CU-2"))
    rows.update(note="ghi chú vẫn sửa được")


@pytest.mark.parametrize(
    "model",
    [Certificate, Decision, AdministrativeUnit, Certificate.pgh_event_model, User.pgh_event_model, Council],
)
def test_what_is_kept_for_ever_is_not_emptied_either(model):
    """The suite's own database allows it, as the cleaning up after tests needs; no other does."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {MAY_TRUNCATE} = ''")
        with pytest.raises(IntegrityError, match="is never emptied"), transaction.atomic():
            cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_every_table_kept_for_ever_has_its_guard():
    kept = {
        m._meta.db_table
        for app in OWN
        for m in apps.get_app_config(app).get_models()
        if m.__name__.endswith("Event")
        or any(t.name == "never_deleted" for t in getattr(m._meta, "triggers", ()))
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'refuse_truncate'"
        )
        assert {name for (name,) in cursor.fetchall()} == kept
    assert len(kept) > 30


def test_events_are_append_only():
    event = CertificateFactory().events.get()
    refused(event.delete)
    refused(lambda: type(event).objects.filter(pk=event.pk).update(stars=5))


def test_forms_hear_the_same_sentences_before_the_database():
    with pytest.raises(ValidationError, match="Chủ thể phải có tên"):
        Producer(name=" ", legal_form="cooperative", place=unit("02173")).validate_constraints()
    with pytest.raises(ValidationError, match="phải được gán một xã"):
        User(username="x", role="commune").validate_constraints()
