"""Notices: one letter per producer, numbers once a year, all or none, in time or not, void for ever."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from ocop_portal import clock
from products.actions.certificates import RowErrors
from products.actions.notices import Letter, Sending, next_serial, record_notices, refusals, void_notice
from products.models import Notice, NoticeLine
from products.models.notices import notice_due
from tests.conftest import DAY
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory, unit

pytestmark = pytest.mark.django_db


def ending(days, product=None, **fields):
    """A certificate with so many days left."""
    start = DAY + timedelta(days=days) - timedelta(days=1096)
    given = {"decision": DecisionFactory(signed_on=start), "valid_to": DAY + timedelta(days=days)}
    return CertificateFactory(product=product or ProductFactory(), **given | fields)


def letter(*certificates, **fields):
    producer = certificates[0].product.producer
    given = {"producer": producer, "recipient": producer.name, "channel": "post"}
    return Letter(certificates=certificates, **given | fields)


def sending(**fields):
    given = {"issuer": "UBND tỉnh", "symbol": "UBND-KT", "first_serial": 7, "capacity": "CHỦ TỊCH"}
    return Sending(**{"dated_on": DAY, "sent_on": DAY} | given | fields)


def test_one_letter_tells_a_producer_of_all_its_products_and_numbers_follow(tinh):
    first, other = ending(60), ending(90)
    second = ending(70, product=ProductFactory(producer=first.product.producer))
    third = ending(80)
    letters = [letter(first, second), letter(other, serial=8), letter(third)]
    made = record_notices(sending=sending(), letters=letters, by=tinh)
    assert [n.number for n in made] == ["07/UBND-KT", "08/UBND-KT", "09/UBND-KT"]
    assert set(made[0].lines.values_list("certificate", flat=True)) == {first.pk, second.pk}
    assert made[0].lines.first().product_name == first.product.name
    assert {e.pgh_context["verb"] for e in Notice.pgh_event_model.objects.all()} == {"record_notices"}
    assert next_serial(None, DAY.year) == 10
    assert next_serial(None, DAY.year - 1) == next_serial(unit("02173"), DAY.year) == 1


def test_in_time_is_thirty_days_before_the_printed_end(tinh):
    on_the_day, too_late = ending(30), ending(29)
    record_notices(sending=sending(), letters=[letter(on_the_day), letter(too_late)], by=tinh)
    assert notice_due(on_the_day.valid_to) == DAY
    told = {line.certificate_id: line for line in NoticeLine.objects.with_certificate()}
    assert told[on_the_day.pk].in_time and not told[too_late.pk].in_time
    assert [line.certificate_id for line in NoticeLine.objects.in_time()] == [on_the_day.pk]


def test_all_or_none_and_each_fault_at_its_letter(tinh):
    sound, told, ended = ending(60), ending(61), ending(-1)
    record_notices(sending=sending(), letters=[letter(told)], by=tinh)
    with pytest.raises(RowErrors) as refused:
        record_notices(
            sending=sending(first_serial=20),
            letters=[letter(sound), letter(told), letter(ended), letter(ending(50), serial=7)],
            by=tinh,
        )
    assert set(refused.value.rows) == {1, 2, 3}
    said = {n: " ".join(e.messages) for n, e in refused.value.rows.items()}
    assert "đã có thông báo số 07/UBND-KT" in said[1] and "đã qua" in said[2] and "đã dùng" in said[3]
    assert Notice.objects.count() == 1


def test_the_same_sending_twice_changes_nothing(tinh):
    shared = sending(batch=uuid.uuid4())
    letters = [letter(ending(60))]
    made = record_notices(sending=shared, letters=letters, by=tinh)
    assert record_notices(sending=shared, letters=letters, by=tinh) == made
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"sent_on": DAY + timedelta(days=1)}, "sent_on"),
        ({"dated_on": DAY, "sent_on": DAY - timedelta(days=1)}, "sent_on"),
        ({"dated_on": DAY - timedelta(days=400), "sent_on": DAY}, "dated_on"),
        ({"first_serial": 0}, "first_serial"),
    ],
)
def test_what_letters_share_is_checked(tinh, fields, at):
    with pytest.raises(ValidationError) as refused:
        record_notices(sending=sending(**fields), letters=[letter(ending(60))], by=tinh)
    assert at in refused.value.error_dict
    with pytest.raises(ValidationError, match="Chưa chọn"):
        record_notices(sending=sending(), letters=[], by=tinh)


def test_a_letter_tells_only_of_its_producers_own(tinh):
    mine, other = ending(60), ending(61)
    with pytest.raises(RowErrors, match="chưa hợp lệ"):
        record_notices(
            sending=sending(), letters=[letter(mine, other, producer=mine.product.producer)], by=tinh
        )


def test_why_a_producer_is_not_told():
    replaced = ending(60)
    coming = ending(61)
    CertificateFactory(
        product=replaced.product,
        kind="reassessment",
        decision=DecisionFactory(signed_on=DAY - timedelta(days=5)),
    )
    CertificateFactory(
        product=coming.product,
        kind="reassessment",
        decision=DecisionFactory(signed_on=DAY),
        valid_from=coming.valid_to + timedelta(days=1),
    )
    far, sound = ending(367), ending(366)
    replaced.refresh_from_db()
    why = refusals([replaced, coming, far, sound], DAY)
    assert why[replaced.pk] == why[coming.pk] == "đã có giấy chứng nhận mới"
    assert "hơn một năm" in why[far.pk] and sound.pk not in why


def test_void_frees_number_and_certificate_and_stays_for_ever(tinh):
    certificate = ending(60)
    (made,) = record_notices(sending=sending(), letters=[letter(certificate)], by=tinh)
    with pytest.raises(ValidationError, match="lý do"):
        void_notice(notice=made, reason=" ", by=tinh)
    with clock.on(DAY + timedelta(days=2)):
        void_notice(notice=made, reason="Ghi nhầm ngày", by=tinh)
    told = NoticeLine.objects.told_by
    assert told(DAY + timedelta(days=1)).exists() and not told(DAY + timedelta(days=2)).exists()
    assert not told(DAY - timedelta(days=1)).exists()
    again = record_notices(sending=sending(), letters=[letter(certificate)], by=tinh)
    assert again[0].number == made.number
    with pytest.raises(ValidationError, match="đã được hủy"):
        void_notice(notice=made, reason="Lần nữa", by=tinh)


def test_what_was_sent_is_never_rewritten(tinh):
    (made,) = record_notices(sending=sending(), letters=[letter(ending(60))], by=tinh)
    rows, lines = Notice.objects.filter(pk=made.pk), NoticeLine.objects.filter(notice=made)

    def refused(write):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()

    refused(lambda: rows.update(sent_on=date(2026, 1, 1)))
    refused(lambda: lines.update(product_name="Khác"))
    void_notice(notice=made, reason="Sai", by=tinh)
    refused(lambda: rows.update(voided_on=None, void_reason=""))
    refused(lambda: lines.update(voided=False))


def test_scope_of_letters(tinh, xa):
    here, there = ending(60), ending(60, product=ProductFactory(producer__place=unit("02041")))
    made = record_notices(sending=sending(), letters=[letter(here), letter(there)], by=tinh)
    assert list(Notice.objects.visible_to(xa)) == made[:1]
    assert set(Notice.objects.visible_to(tinh)) == set(made)
