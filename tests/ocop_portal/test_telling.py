"""Acts in sentences: what is said, what is never said, and at what cost."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.history import acting
from ocop_portal.journal import Source, read_acts, tracked_models
from ocop_portal.names import columns_of
from ocop_portal.telling import history_of, tell
from ocop_portal.trail import PRIVATE
from producers.models import Producer
from products.actions.certificates import Recognition, extend_certificate, record_certificate
from products.models import Certificate, Packaging
from ratings.actions.sheets import save_choice, sign_sheet
from ratings.models import Choice, ScoreSheet
from ratings.transitions import State
from tests.factories import CertificateFactory, DecisionFactory, ProducerFactory, ProductFactory, UserFactory
from tests.ratings.flow import dossier_in, score

pytestmark = pytest.mark.django_db


def told(*models, private=False):
    sources = [Source(m) for m in models]
    acts, _ = read_acts(sources, shown=sources)
    return tell(acts, address=lambda model, row: "", private=private)


def text_of(stories):
    return repr(stories)


def test_an_extension_as_a_chairman_reads_it(tinh):
    certificate = CertificateFactory(
        product__name="Miến dong", decision=DecisionFactory(signed_on=date(2023, 10, 1))
    )
    tinh.last_name, tinh.first_name = "Nông Thị", "Hà"
    tinh.save()
    reason = "Hồ sơ đánh giá lại đang chờ kết quả."
    extend_certificate(certificate=certificate, until=date(2027, 3, 1), reason=reason, by=tinh)
    (story,) = [s for s in history_of(certificate) if s.verb == "extend_certificate"]
    assert story.whole == (
        f"{story.when}, Nông Thị Hà (cơ quan OCOP cấp tỉnh) đã gia hạn giấy chứng nhận của “Miến dong” "
        "đến hết ngày 01/03/2027, lý do: Hồ sơ đánh giá lại đang chờ kết quả."
    )
    assert story.when.startswith("Ngày ") and " lúc " in story.when


def test_the_certificate_that_is_replaced_says_so(tinh):
    old = CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 10, 1)))
    given = Recognition(product=old.product, stars=4, kind=Certificate.Kind.UPGRADE)
    new = record_certificate(decision=DecisionFactory(signed_on=date(2026, 5, 1)), recognition=given, by=tinh)
    sentence = history_of(old)[0].sentence
    assert (
        sentence.startswith("đã ghi giấy chứng nhận mới") and "thay giấy trước từ ngày 01/05/2026" in sentence
    )
    assert f"ghi giấy chứng nhận 4 sao của “{old.product}”, từ ngày 01/05/2026" in history_of(new)[0].sentence


def test_a_change_names_old_and_new_and_long_text_stands_below():
    producer = ProducerFactory(name="HTX Một")
    with acting("save_producer", by=UserFactory(username="lan")):
        Producer.objects.filter(pk=producer.pk).update(name="HTX Hai")
    assert (
        history_of(producer)[0].sentence
        == "đã lưu chủ thể “HTX Hai”: tên chủ thể từ “HTX Một” thành “HTX Hai”"
    )
    product = ProductFactory()
    with acting("save_product", by=None):
        type(product).objects.filter(pk=product.pk).update(story="Chuyện xưa. " * 40)
    story = history_of(product)[0]
    assert story.sentence.endswith(": câu chuyện sản phẩm") and story.who == "hệ thống"
    assert "Chuyện xưa." in story.parts[0].changes[0].new


def test_scores_and_contacts_are_never_told_in_the_register_wide_trail():
    dossier, _ = dossier_in(State.SCORING)
    sheet = dossier.sheets.first()
    scale = sheet.dossier.criteria_set.criteria.first()
    option = scale.options.first()
    note = "ghi chú riêng của tôi"
    save_choice(sheet=sheet, criterion=scale.pk, option=option.pk, seen=0, note=note, by=sheet.member.user)
    score(dossier, sign=False)
    sign_sheet(sheet=sheet, comment="nhận xét riêng", by=sheet.member.user)
    producer = ProducerFactory(phone="0209 333 444", representative="Bà Bí Mật", address="Thôn Kín")
    sheets = text_of(told(Choice, ScoreSheet, private=True))
    assert "chấm một tiêu chí" in sheets and "ký phiếu đánh giá của" in sheets
    assert note not in sheets and "nhận xét riêng" not in sheets and option.label not in sheets
    for value in ("0209 333 444", "Bà Bí Mật", "Thôn Kín"):
        assert value not in text_of(told(Producer))
        assert value in text_of(history_of(producer))
    assert "điện thoại (không hiện ở đây)" in text_of(told(Producer))


def test_one_act_is_one_story_however_much_it_wrote(django_assert_num_queries):
    with acting("save_product", by=UserFactory(username="lan"), reason="nạp bao bì"):
        product = ProductFactory(name="Chè")
        for n in range(25):
            Packaging.objects.create(product=product, label=f"túi {n}")
    with django_assert_num_queries(2):
        acts, _ = read_acts([Source(type(product)), Source(Packaging)])
        story = next(s for s in tell(acts, address=lambda *_: "", first=[type(product)]) if s.verb)
    assert story.sentence == "đã lưu sản phẩm “Chè”" and story.reason == "nạp bao bì"
    assert len(story.parts) == 22 and story.more == 5  # the producer, the product and 20 of 25 packs


def test_names_cost_two_queries_at_most(django_assert_max_num_queries):
    for n in range(6):
        CertificateFactory(decision=DecisionFactory(signed_on=date(2023, 1, 1 + n)))
    dossier_in(State.PROPOSED, told=True)
    acts, _ = read_acts([Source(m) for m in tracked_models()], count=500)
    with django_assert_max_num_queries(2):
        stories = tell(acts, address=lambda model, row: "")
    assert "số None" not in text_of(stories)


def test_every_event_table_is_indexed_for_reading():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_indexes WHERE indexname LIKE 'trail\\_%'")
        found = [name for (name,) in cursor.fetchall()]
    assert {name: found.count(name) for name in set(found)} == {
        m.pgh_event_model._meta.db_table: 4 for m in tracked_models()
    }
    with CaptureQueriesContext(connection) as queries:
        read_acts([Source(Producer)])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + queries[0]["sql"].partition("true);")[2])
        plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "Seq Scan" not in plan and "trail_at_producers_producer" in plan


def test_no_contact_or_token_of_any_model_is_told_in_the_register_wide_trail():
    """Whoever adds such a column names it in PRIVATE, leaves it out of the events, or says here why it is public."""
    public = {("producers.pointofsale", "address"), ("reports.message", "mail")}
    public |= {("producers.producer", "contact_consent"), ("producers.producer", "contact_consent_on")}
    public |= {("products.complaint", "contact_erased_on")}
    personal = re.compile("phone|mail|address|contact|recipient|representative|token|nonce|secret|password")
    named = {
        (m._meta.label_lower, f.name)
        for m in tracked_models()
        for f in columns_of(m)
        if personal.search(f.name)
    }
    assert named - public == {(m, f) for m, fields in PRIVATE.items() for f in fields if personal.search(f)}
