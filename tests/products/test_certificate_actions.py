"""Writes on certificates: rules at their fields, all or nothing, and two officials at once."""

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from products.actions.certificates import (
    Recognition,
    RowErrors,
    correct_decision,
    extend_certificate,
    record_certificate,
    record_decision,
    record_recognitions,
    revoke_certificate,
)
from products.models import Certificate, Decision
from products.standing import Standing
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory, UserFactory

SIGNED = date(2025, 1, 15)


@pytest.fixture
def decision(db):
    return DecisionFactory(signed_on=SIGNED)


def refused(field, sentence, act, **arguments):
    with pytest.raises(ValidationError) as caught:
        act(**arguments)
    told = caught.value.message_dict.get(field) if field else caught.value.messages
    assert told, caught.value
    assert sentence in " ".join(told)


def test_decision_is_recorded_with_its_author(tinh):
    decision = record_decision(
        number="1/QĐ", signed_on=SIGNED, issuer="UBND tỉnh", issuer_level="province", by=tinh
    )
    assert decision.events.get().pgh_context["actor"] == "tinh"
    again = {"number": "1/QĐ", "signed_on": SIGNED, "issuer": "UBND tỉnh", "issuer_level": "province"}
    refused(None, "Quyết định này đã có", record_decision, by=tinh, **again)


def test_recognition_takes_its_dates_from_the_rule(decision, tinh):
    certificate = record_certificate(decision=decision, recognition=Recognition(ProductFactory(), 4), by=tinh)
    assert (certificate.valid_from, certificate.valid_to) == (SIGNED, date(2028, 1, 15))


def test_a_second_first_recognition_is_refused_while_one_stands(decision, tinh):
    standing = CertificateFactory(decision=decision)
    later = DecisionFactory(signed_on=date(2026, 1, 1))
    refused(
        "valid_from",
        "đến hết ngày 15/01/2028",
        record_certificate,
        decision=later,
        recognition=Recognition(standing.product, 4),
        by=tinh,
    )
    after = Recognition(standing.product, 3, valid_from=date(2028, 1, 16))
    assert record_certificate(decision=later, recognition=after, by=tinh).valid_from == date(2028, 1, 16)


def test_an_upgrade_replaces_from_its_first_day(decision, tinh):
    old = CertificateFactory(decision=decision)
    upgrade = Recognition(old.product, 4, kind="upgrade")
    new = record_certificate(
        decision=DecisionFactory(signed_on=date(2026, 3, 1)), recognition=upgrade, by=tinh
    )
    old.refresh_from_db()
    assert old.superseded_on == new.valid_from
    assert old.standing_on(date(2026, 2, 28)) == Standing.IN_FORCE
    assert old.standing_on(date(2026, 3, 1)) == Standing.REPLACED
    assert old.valid_to == date(2028, 1, 15), "what is printed stays as printed"


def test_history_may_be_filled_in_backwards(decision, tinh):
    product = ProductFactory()
    late = record_certificate(decision=decision, recognition=Recognition(product, 4), by=tinh)
    early = record_certificate(
        decision=DecisionFactory(signed_on=date(2021, 5, 1)), recognition=Recognition(product, 3), by=tinh
    )
    assert early.superseded_on == late.valid_from
    assert Certificate.objects.governing(date(2023, 1, 1)).get(product=product) == early


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"kind": "reassessment"}, "kind", "chưa có giấy chứng nhận nào trước đó"),
        ({"valid_to": date(2025, 1, 14)}, "valid_to", "phải từ ngày bắt đầu trở đi"),
        ({"stars": 2}, "stars", ""),
        ({"total": 120}, "total", ""),
    ],
)
def test_recognition_refuses_at_the_field(decision, tinh, fields, field, sentence):
    row = Recognition(**{"product": ProductFactory(), "stars": 3} | fields)
    refused(field, sentence, record_certificate, decision=decision, recognition=row, by=tinh)
    assert not Certificate.objects.exists()


def test_a_number_is_given_once_but_passes_to_a_correction(decision, tinh):
    wrong = CertificateFactory(decision=decision, number="7/GCN")
    other = Recognition(ProductFactory(), 3, number="7/GCN")
    refused("number", "đã có trong sổ bộ", record_certificate, decision=decision, recognition=other, by=tinh)
    right = Recognition(wrong.product, 4, kind="reissue", number="7/GCN")
    record_certificate(decision=decision, recognition=right, by=tinh)
    wrong.refresh_from_db()
    assert wrong.superseded_on == wrong.valid_from
    assert Certificate.objects.governing(SIGNED).get(product=wrong.product).stars == 4


def test_result_table_is_all_or_nothing(decision, tinh):
    product, standing = (
        ProductFactory(),
        CertificateFactory(decision=DecisionFactory(signed_on=date(2024, 6, 1))),
    )
    rows = [Recognition(product, 3), Recognition(standing.product, 3), Recognition(product, 4)]
    with pytest.raises(RowErrors) as caught:
        record_recognitions(decision=decision, rows=rows, by=tinh)
    assert set(caught.value.rows) == {1, 2}
    assert "đã có ở dòng 1" in caught.value.rows[2].message_dict["product"][0]
    assert Certificate.objects.count() == 1


def test_extension_and_its_refusals(tinh):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 9, 1)))
    given = {"certificate": certificate, "by": tinh, "reason": "Hồ sơ đang chờ"}
    refused("until", "28/02/2027", extend_certificate, until=date(2027, 3, 1), **given)
    refused("until", "01/09/2026", extend_certificate, until=date(2026, 9, 1), **given)
    refused("reason", "lý do", extend_certificate, until=date(2027, 2, 1), **given | {"reason": "  "})
    extended = extend_certificate(until=date(2027, 2, 28), **given)
    assert extended.standing_on(date(2027, 2, 28)) == Standing.EXTENDED
    refused(None, "đã được gia hạn", extend_certificate, until=date(2027, 2, 27), **given)


@pytest.mark.parametrize(
    ("signed", "sentence"),
    [
        (date(2026, 1, 15), "chỉ ghi gia hạn được từ 19/07/2028 đến 14/07/2029"),
        (date(2019, 6, 1), "chỉ ghi gia hạn được từ 03/12/2021 đến 28/11/2022"),
    ],
)
def test_only_what_is_about_to_end_or_has_just_ended_is_extended(tinh, signed, sentence):
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=signed))
    given = {
        "certificate": certificate,
        "by": tinh,
        "reason": "Chờ",
        "until": certificate.valid_to + timedelta(9),
    }
    refused(None, sentence, extend_certificate, decision=extension(), **given)


def extension(**fields):
    return DecisionFactory(**{"kind": Decision.Kind.EXTENSION, "signed_on": date(2026, 4, 1)} | fields)


def test_an_extension_after_the_printed_end_needs_its_decision(tinh):
    """Read on 15/8/2026; the printed end was 10/5/2026, and 180 days on is 6/11/2026."""
    certificate = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 5, 10)))
    given = {"certificate": certificate, "by": tinh, "reason": "Hồ sơ đang chờ", "until": date(2026, 11, 6)}
    refused("decision", "Hạn in trên giấy đã qua", extend_certificate, **given)
    refused("decision", "quyết định gia hạn", extend_certificate, **given, decision=DecisionFactory())
    late = extension(signed_on=date(2026, 11, 7))
    refused("decision", "chậm nhất ngày 06/11/2026", extend_certificate, **given, decision=late)
    refused(
        "until", "đã qua", extend_certificate, **given | {"until": date(2026, 8, 14)}, decision=extension()
    )
    extended = extend_certificate(**given, decision=extension())
    assert extended.standing_on(date(2026, 8, 15)) == Standing.EXTENDED


@pytest.mark.parametrize("kind", ["upgrade", "reassessment"])
def test_the_same_recognition_is_not_recorded_twice(decision, tinh, kind):
    first = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 3, 1)))
    row = Recognition(first.product, 4, kind=kind)
    record_certificate(decision=decision, recognition=row, by=tinh)
    refused(
        "product",
        "đã có kết quả của sản phẩm này",
        record_certificate,
        decision=decision,
        recognition=row,
        by=tinh,
    )
    other = DecisionFactory(signed_on=SIGNED)
    refused("valid_from", "đúng ngày này", record_certificate, decision=other, recognition=row, by=tinh)
    assert Certificate.objects.filter(product=first.product).count() == 2


def test_faults_of_a_table_are_told_by_the_readers_numbers(decision, tinh):
    product = ProductFactory()
    with pytest.raises(RowErrors) as caught:
        record_recognitions(
            decision=decision,
            rows=[Recognition(product, 3, line=2), Recognition(product, 4, line=7)],
            by=tinh,
        )
    assert "đã có ở dòng 2" in caught.value.rows[1].message_dict["product"][0]


def test_a_decision_is_corrected_until_a_certificate_rests_on_it(tinh):
    decision = DecisionFactory(number="1/QĐ", signed_on=SIGNED)
    correct_decision(decision=decision, number="11/QĐ", by=tinh)
    decision.refresh_from_db()
    assert decision.number == "11/QĐ"
    assert decision.events.order_by("-pgh_id").first().pgh_context["verb"] == "correct_decision"
    CertificateFactory(decision=decision)
    refused(None, "không đổi được", correct_decision, decision=decision, number="12/QĐ", by=tinh)
    assert (
        correct_decision(decision=decision, number="11/QĐ", note="Có bản chụp", by=tinh).note == "Có bản chụp"
    )


def test_revocation_and_its_refusals(decision, tinh):
    certificate = CertificateFactory(decision=decision)
    act = DecisionFactory(revocation=True, signed_on=date(2025, 5, 2))
    good = {
        "certificate": certificate,
        "decision": act,
        "ground": "misuse",
        "reason": "In sai hạng sao",
        "revoked_on": date(2025, 5, 10),
        "by": tinh,
    }
    for change, field, sentence in [
        ({"decision": decision}, "decision", "quyết định thu hồi"),
        ({"ground": "ghét"}, "ground", "sáu căn cứ"),
        ({"reason": " "}, "reason", "lý do"),
        ({"revoked_on": date(2025, 1, 1)}, "revoked_on", "có giá trị từ"),
        ({"revoked_on": date(2025, 5, 1)}, "revoked_on", "trước ngày ký"),
        ({"revoked_on": date(2028, 1, 16)}, "revoked_on", "hết hiệu lực"),
    ]:
        refused(field, sentence, revoke_certificate, **good | change)
    revoked = revoke_certificate(**good)
    assert revoked.standing_on(date(2025, 5, 9)) == Standing.IN_FORCE
    assert revoked.standing_on(date(2025, 5, 10)) == Standing.REVOKED
    refused(None, "đã bị thu hồi", revoke_certificate, **good)
    refused(
        None,
        "đã bị thu hồi",
        extend_certificate,
        certificate=certificate,
        until=date(2028, 2, 1),
        reason="x",
        by=tinh,
    )


def test_after_a_revocation_the_product_may_be_recognised_anew(decision, tinh):
    certificate = CertificateFactory(decision=decision)
    act = DecisionFactory(revocation=True, signed_on=date(2025, 5, 2))
    revoke_certificate(
        certificate=certificate,
        decision=act,
        ground="misuse",
        reason="Sai",
        revoked_on=date(2025, 5, 2),
        by=tinh,
    )
    anew = DecisionFactory(signed_on=date(2026, 5, 2))
    record_certificate(decision=anew, recognition=Recognition(certificate.product, 3), by=tinh)
    assert Certificate.objects.standing(date(2026, 5, 2)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_re_assessment_posted_many_times_at_once_is_recorded_once():
    first = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 3, 1)))
    user, decision = UserFactory(province=True), DecisionFactory(signed_on=SIGNED)
    gate, answers = threading.Barrier(4), []

    def record():
        gate.wait()
        try:
            row = Recognition(first.product, 4, kind="reassessment")
            record_certificate(decision=decision, recognition=row, by=user)
            answers.append("ghi")
        except ValidationError as error:
            answers.append(" ".join(error.messages))
        finally:
            connection.close()

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("ghi") == 1, answers
    assert Certificate.objects.filter(decision=decision).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officials_record_the_same_product_at_once():
    """One is first; the other hears why not, in words, and nothing breaks."""
    product, user, decision = ProductFactory(), UserFactory(province=True), DecisionFactory(signed_on=SIGNED)
    gate, answers = threading.Barrier(2), []

    def record(number):
        gate.wait()
        try:
            record_certificate(decision=decision, recognition=Recognition(product, 3, number=number), by=user)
            answers.append("ghi")
        except ValidationError as error:
            answers.append(" ".join(error.messages))
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=(f"{n}/GCN",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a == "ghi" for a in answers) == [False, True], answers
    assert any("đang có giấy chứng nhận còn hiệu lực" in a for a in answers)
    assert Certificate.objects.filter(product=product).count() == 1
    assert Decision.objects.count() == 1
