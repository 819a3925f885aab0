"""A workbook against the register: what is known, what is new, what contradicts; in a fixed number of queries."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ocop_portal.models import RegisterRevision
from producers.models import Producer
from products.actions.imports import _LOCK, import_register, recall_mapping, save_import_mapping
from products.models import Certificate, Decision, Product, ProductAlias, ProductGroup
from products.register_workbook.holdings import read_places
from products.standing import Standing
from tests.factories import (
    BANG_PHUC,
    CertificateFactory,
    DecisionFactory,
    ProducerFactory,
    ProductFactory,
    unit,
)
from tests.products.workbooks import AGAIN, HEADINGS, dry_run, read, row, told, warned, xlsx

pytestmark = pytest.mark.django_db
HEAD = list(HEADINGS.values())
TWICE = AGAIN | {"number": "7/GCN", "valid_to": "20/02/2029"}


def apply(data, by=None):
    book, sheet, layout = read(data)
    return import_register(book=book, sheet=sheet, layout=layout, source="sổ.xlsx", by=by)


@pytest.fixture
def known():
    """The producer, product and first recognition of the ordinary line, on record already."""
    producer = ProducerFactory(name="HTX Thanh Vân")
    product = ProductFactory(
        name="Miến dong Thanh Vân", producer=producer, group=ProductGroup.objects.get(code="06")
    )
    decision = DecisionFactory(number="315/QĐ-UBND", signed_on=date(2024, 3, 15), issuer="UBND huyện Na Rì")
    return CertificateFactory(product=product, decision=decision, number="")


def test_two_recognitions_make_a_chain(tinh):
    report = apply(xlsx(row(**TWICE), row(name="Bún khô", **AGAIN | {"stars": 3})), by=tinh)
    assert {n: report.counts[n] for n in ("producers", "products", "decisions", "certificates")} == {
        "producers": 1,
        "products": 2,
        "decisions": 2,
        "certificates": 4,
    }
    first, second = Product.objects.get(name="Miến dong Thanh Vân").certificates.order_by("valid_from")
    assert (first.kind, first.stars, first.valid_to, first.superseded_on) == (
        "first",
        3,
        date(2027, 3, 15),
        date(2026, 2, 20),
    )
    assert (second.kind, second.stars, second.number, second.valid_to) == (
        "upgrade",
        4,
        "7/GCN",
        date(2029, 2, 20),
    )
    assert second.standing_on(date(2026, 8, 15)) == Standing.IN_FORCE
    assert second.decision.issuer == "UBND tỉnh Thái Nguyên"  # the province that stood on that day
    assert Product.objects.get(name="Bún khô").certificates.order_by("valid_from")[1].kind == "reassessment"


def test_events_name_the_import_and_the_revision_rises(tinh):
    before = RegisterRevision.objects.get().number
    apply(xlsx(row(**AGAIN)), by=tinh)
    for model in (Producer, Product, Decision, Certificate):
        event = model.pgh_event_model.objects.order_by("pgh_id").first()
        context = event.pgh_context
        assert (context["verb"], context["actor"], context["reason"]) == (
            "import_register",
            "tinh",
            "sổ.xlsx",
        )
    assert RegisterRevision.objects.get().number > before


def test_codes_go_on_where_commune_and_year_stopped():
    ProductFactory(code="06-02173-007-2024")
    ProductAlias.objects.create(product=ProductFactory(), code="06-02173-011-2024")
    apply(
        xlsx(
            row(),
            row(name="Bún"),
            row(name="Mì", date_1="1/2/2023", decision_1="2/QĐ"),
            row(name="Phở", commune="Văn Lang"),
        )
    )
    codes = dict(Product.objects.filter(producer__name="HTX Thanh Vân").values_list("name", "code"))
    assert codes == {
        "Miến dong Thanh Vân": "06-02173-012-2024",
        "Bún": "06-02173-013-2024",
        "Mì": "06-02173-001-2023",
        "Phở": "06-02140-001-2024",
    }


def test_what_the_register_has_is_known_again(known):
    plan = dry_run(
        xlsx(row(producer="htx thanh van", name="MIẾN DONG THANH VÂN", decision_1="QĐ 0315 / QĐ-UBND"))
    )
    assert (plan.report.added, plan.report.counts["unchanged"], told(plan)) == (0, 1, [])
    plan = dry_run(xlsx(row(**AGAIN)))
    assert [c.kind for turn in plan.certificates for c in turn] == ["upgrade"]
    assert plan.products == plan.producers == []


def test_the_register_is_never_changed(known):
    Producer.objects.update(phone="0900000000", legal_form="company", representative="Bà A")
    line = row(phone="0912345678", group="11", valid_to="16/03/2027", number="9/GCN")
    plan = dry_run(xlsx(line))
    assert told(plan) == []
    assert {column for _, column, reason in warned(plan) if "giữ nguyên" in reason} == {
        "Loại hình",
        "Điện thoại",
        "Bộ sản phẩm",
        "Ngày hết hạn",
        "Số giấy chứng nhận",
    }
    before = (
        list(Producer.objects.values()),
        list(Product.objects.values()),
        list(Certificate.objects.values()),
    )
    assert apply(xlsx(line)).added == 0
    assert before == (
        list(Producer.objects.values()),
        list(Product.objects.values()),
        list(Certificate.objects.values()),
    )


@pytest.mark.parametrize(
    "changes, column, reason",
    [
        ({"stars": 4}, "Hạng sao", "Sổ bộ ghi 3 sao"),
        ({"decision_1": "999/QĐ-UBND"}, "Số quyết định lần 1", "Sổ bộ ghi lần công nhận ngày này theo"),
        ({"date_1": "16/03/2024"}, "Ngày công nhận lần 1", "ký ngày 15/03/2024"),
        (
            {"date_1": "1/2/2023", "decision_1": "9/QĐ-UBND"},
            "Ngày công nhận lần 1",
            "công nhận lần đầu ngày 15/03/2024",
        ),
        ({"name": "Bún", "number": "TAKEN"}, "Số giấy chứng nhận", "đã có trong sổ bộ"),
    ],
)
def test_contradictions_with_the_register(known, changes, column, reason):
    CertificateFactory(number="TAKEN")
    assert [(c, reason in r) for _, c, r in told(dry_run(xlsx(row(**changes))))] == [(column, True)]


def test_a_decision_of_another_kind(known):
    DecisionFactory(
        number="9/QĐ-UBND", kind="revocation", signed_on=date(2024, 5, 5), issuer="UBND tỉnh Bắc Kạn"
    )
    faults = told(
        dry_run(xlsx(row(name="Bún", date_1="5/5/2024", decision_1="9/QĐ-UBND", issuer_1="UBND tỉnh")))
    )
    assert faults[0][1:] == (
        "Số quyết định lần 1",
        "Sổ bộ ghi đây là quyết định thu hồi, không phải quyết định công nhận. Có phải là: "
        "Quyết định 9/QĐ-UBND, ngày 05/05/2024, UBND tỉnh Bắc Kạn?",
    )


def test_the_issuer_may_be_left_out_where_the_decision_is_known(known):
    plan = dry_run(xlsx(row(name="Bún", issuer_1=None)))
    assert (told(plan), plan.report.counts["decisions"], plan.report.counts["certificates"]) == ([], 0, 1)
    plan = dry_run(xlsx(row(name="A", decision_1="1/QĐ"), row(name="B", decision_1="1/QĐ", issuer_1=None)))
    assert (told(plan), plan.report.counts["decisions"]) == ([], 1)


def test_a_decision_without_number_says_so():
    apply(xlsx(row(decision_1=None), row(name="Bún", decision_1=None)))
    decision = Decision.objects.get()
    assert (decision.number, decision.note) == ("", "Sổ theo dõi không ghi số quyết định.")
    assert apply(xlsx(row(decision_1=None))).added == 0


def test_an_unknown_first_star_is_not_invented():
    """The columns that many provinces keep: stars are those of today alone."""
    data = xlsx(row(**AGAIN | {"stars_1": None}))
    plan = dry_run(data)
    assert told(plan) == [] and "Không rõ hạng sao của lần công nhận đầu" in warned(plan)[0][2]
    apply(data)
    certificate = Certificate.objects.get()
    assert (certificate.stars, certificate.kind) == (4, "reassessment")
    assert "315/QĐ-UBND ngày 15/03/2024" in certificate.note
    assert apply(data).added == 0
    apply(xlsx(row(**AGAIN)))  # once somebody looked it up, the history is filled in backwards
    first = Certificate.objects.earliest("valid_from")
    assert (first.stars, first.kind, first.superseded_on) == (3, "first", date(2026, 2, 20))


def test_an_earlier_recognition_on_record_makes_the_first_of_a_workbook_a_later_one(known):
    plan = dry_run(xlsx(row(date_1="20/02/2026", decision_1="5/QĐ", issuer_1="UBND tỉnh", stars=4)))
    assert [c.kind for turn in plan.certificates for c in turn] == ["upgrade"]
    assert "trước đó" in warned(plan)[0][2]


def test_a_revoked_certificate_is_told(known):
    Certificate.objects.filter(pk=known.pk).update(
        revoked_on=date(2025, 1, 1),
        revocation_ground="misuse",
        revocation_reason="In sai",
        revocation_decision=DecisionFactory(revocation=True),
    )
    assert "đã bị thu hồi từ 01/01/2025" in " ".join(r for _, _, r in warned(dry_run(xlsx(row()))))


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"stars": 4}, "Cấp huyện chỉ công nhận đến 3 sao"),
        ({"stars": 5, "issuer_1": "UBND tỉnh"}, "Cấp tỉnh chỉ công nhận đến 4 sao"),
        ({"date_1": "1/8/2025"}, "Ngày 01/08/2025 không có huyện Na Rì"),
    ],
)
def test_what_a_body_could_hardly_decide_is_asked_about(changes, reason):
    plan = dry_run(xlsx(row(**changes)))
    assert told(plan) == [] and [reason in r for _, _, r in warned(plan)] == [True]


@pytest.mark.parametrize(
    "written, name, level",
    [
        ("UBND tỉnh", "UBND tỉnh Bắc Kạn", "province"),
        ("Tỉnh", "UBND tỉnh Bắc Kạn", "province"),
        ("Chủ tịch UBND tỉnh Bắc Kạn", "UBND tỉnh Bắc Kạn", "province"),
        ("Ủy ban nhân dân huyện Na Rì", "UBND huyện Na Rì", "district"),
        ("cấp huyện", "UBND huyện Na Rì", "district"),
        ("UBND TP Bắc Kạn", "UBND thành phố Bắc Kạn", "district"),
        ("Bộ NN&PTNT", "Bộ NN&PTNT", "centre"),
        ("Trung ương", "Trung ương", "centre"),
    ],
)
def test_bodies_by_any_of_their_names(written, name, level):
    plan = dry_run(xlsx(row(issuer_1=written)))
    decision = plan.awards.decisions[0]
    assert (told(plan), decision.issuer, decision.issuer_level) == ([], name, level)


def test_one_workbook_at_a_time():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        with pytest.raises(ValidationError, match="một tệp khác được nhập"):
            apply(xlsx(row()))
    finally:
        other.close()
    assert apply(xlsx(row())).counts["products"] == 1


# --- who is who -----------------------------------------------------------------------------------


def test_producers_by_registration_number(known):
    Producer.objects.update(registration_number="4700.123-456")

    def columns(*lines):
        headings = [*HEAD, "Mã số thuế"]
        return dry_run(xlsx(*lines, headings=headings))

    plan = columns([*row(producer="HTX Tên mới", name="Bún"), "4700123456"])
    assert plan.producers == [] and plan.products[0].producer.pk == known.product.producer_id
    assert "HTX Thanh Vân" in warned(plan)[0][2]
    assert told(columns([*row(), "999"]))[0][1:] == (
        "Mã số thuế",
        "Sổ bộ ghi chủ thể này mang số 4700.123-456. Có phải là: HTX Thanh Vân?",
    )
    plan = columns([*row(producer="HTX A"), "1"], [*row(name="Bún", producer="HTX B"), "1"])
    assert [(c, "“HTX A” ở dòng 2" in r) for _, c, r in told(plan)] == [("Mã số thuế", True)]
    plan = columns([*row(producer="HTX A"), "1"], [*row(name="Bún", producer="HTX A"), "2"])
    assert [(c, "dòng 2 ghi số khác" in r) for _, c, r in told(plan)] == [("Mã số thuế", True)]


def test_the_same_producer_in_a_commune_that_merged(known):
    """The register has the old commune, the workbook today's, or the other way round."""
    plan = dry_run(xlsx(row(commune="Xã Côn Minh (hiện nay)", district=None)))
    assert plan.report.counts["unchanged"] == 1
    Producer.objects.update(place=known.product.place.current)
    Product.objects.update(place=known.product.place.current)
    assert dry_run(xlsx(row())).report.counts["unchanged"] == 1


def test_of_two_namesakes_the_one_of_the_very_place_is_meant(known):
    ProducerFactory(name="HTX Thanh Vân", place=known.product.place.current)
    plan = dry_run(xlsx(row(name="Bún")))
    assert told(plan) == [] and plan.products[0].producer.pk == known.product.producer_id


@pytest.mark.parametrize(
    "commune, ended",
    [
        ("Thị trấn Chợ Rã", True),
        ("TT. Chợ Rã", True),
        ("Xã Chợ Rã", False),
        ("Xã Văn Lang (hiện nay)", False),
    ],
)
def test_the_kind_of_a_unit_tells_namesakes_apart(commune, ended):
    found = read_places().find(commune)
    assert (found.unit.valid_to is not None, found.remark) == (ended, "")


def test_one_name_twice_on_the_spot_asks_for_the_number(known):
    other = ProducerFactory(name="HTX THANH VÂN")
    fault = dry_run(xlsx(row())).report.faults[0]
    assert "2 chủ thể tên này" in fault.reason
    assert {offer.pk for offer in fault.near} == {known.product.producer_id, other.pk}


@pytest.mark.parametrize(
    "name", ["Hợp tác xã Thanh Vân", "HTX Thanh Vâm", "Công ty TNHH Thanh Vân", "HTX nông nghiệp Thanh Vân"]
)
def test_near_names_are_asked_about(known, name):
    remark = next(r for r in dry_run(xlsx(row(producer=name))).report.warnings if r.near)
    assert (remark.column, remark.near[0].kind, remark.near[0].pk) == (
        "Chủ thể",
        "producer",
        known.product.producer_id,
    )


def test_near_names_within_the_workbook_and_elsewhere(known):
    ProducerFactory(name="HTX Mới", place=unit(BANG_PHUC))
    plan = dry_run(
        xlsx(
            row(producer="HTX Mới"),
            row(producer="Hợp tác xã Mới", name="B"),
            row(name="Miến dong Thanh Vănn"),
        )
    )
    reasons = [r for _, _, r in warned(plan)]
    assert any("HTX Mới, Xã Bằng Phúc" in r for r in reasons)
    assert any("HTX Mới (dòng 2)" in r for r in reasons)
    assert any(f"Miến dong Thanh Vân ({known.product.code})" in r for r in reasons)


def test_names_that_differ_by_their_numbers_are_no_doubles(known):
    plan = dry_run(xlsx(row(producer="HTX Thanh Vân 1"), row(producer="HTX Thanh Vân 2", name="B")))
    assert all("HTX Thanh Vân 1" not in r for _, _, r in warned(plan))


def test_codes_of_products(known):
    def codes(*pairs):
        return dry_run(
            xlsx(*([*row(name=name), code] for name, code in pairs), headings=[*HEAD, "Mã sản phẩm"])
        )

    ProductAlias.objects.create(product=known.product, code="BK-1")
    plan = codes(("Tên khác hẳn", "bk-1"))
    assert plan.products == [] and "giữ tên trong sổ bộ" in warned(plan)[0][2]
    other = ProductFactory(code="06-OTHER")
    assert "chủ thể khác" in told(codes(("Bún", other.code)))[0][2]
    assert "đã có ở dòng 2" in told(codes(("A", "X-001"), ("B", "x-001")))[0][2]
    assert "Mã" in told(codes(("A", "không hợp lệ!")))[0][2]


# --- all or nothing, and fast ---------------------------------------------------------------------


def test_a_change_of_the_register_between_check_and_entry(monkeypatch):
    """A row that slipped in after the comparison: the database refuses, in words, and nothing stays."""
    book, sheet, layout = read(xlsx(row(), row(name="Bún", number="7/GCN")))

    def slip(stage, done, total):
        if stage == "Ghi sản phẩm":
            CertificateFactory(number="7/GCN")

    with pytest.raises(ValidationError, match="Số giấy chứng nhận này đã có"):
        import_register(book=book, sheet=sheet, layout=layout, source="x", by=None, progress=slip)
    assert not Product.objects.filter(name="Bún").exists() and not Decision.objects.exists()


def queries_of(data, act):
    with CaptureQueriesContext(connection) as queries:
        act(data)
    return len(queries)


def lines(count, start=0):
    return xlsx(
        *(
            row(
                name=f"Sản phẩm {n}",
                producer=f"HTX Số {n % 2}",
                **AGAIN | {"decision_2": f"{n % 30}/QĐ-UBND"},
            )
            for n in range(start, start + count)
        )
    )


def test_queries_do_not_grow_with_the_lines():
    apply(lines(3))
    few, many = queries_of(lines(10), dry_run), queries_of(lines(240), dry_run)
    assert few == many <= 11
    new_few, new_many = queries_of(lines(10, 1_000), apply), queries_of(lines(240, 2_000), apply)
    assert new_few == new_many <= 20
    assert queries_of(lines(240, 2_000), apply) < new_many  # all known: nothing to write
    assert Product.objects.count() == 3 + 10 + 240


def test_progress_is_told_in_order():
    seen = []
    book, sheet, layout = read(lines(30))
    import_register(
        book=book, sheet=sheet, layout=layout, source="x", by=None, progress=lambda *told: seen.append(told)
    )
    assert list(dict.fromkeys(stage for stage, _, _ in seen)) == [
        "Đọc các dòng",
        "Đối chiếu chủ thể",
        "Đối chiếu sản phẩm",
        "Ghi chủ thể",
        "Ghi sản phẩm",
        "Ghi quyết định",
        "Ghi giấy chứng nhận",
    ]
    assert seen[-1] == ("Ghi giấy chứng nhận", 60, 60)


def test_a_mapping_is_remembered_for_the_same_headings(tinh):
    headings = ["Thứ bán", "Ai làm", *HEAD[1:3], *HEAD[4:]]
    line = row()
    data = xlsx([line[0], line[3], *line[1:3], *line[4:]], headings=headings)
    _, _, layout = read(data)
    assert layout.missing == ["Tên sản phẩm", "Chủ thể"]
    layout.fields |= {1: "name", 2: "producer"}
    save_import_mapping(layout=layout, by=tinh)
    assert recall_mapping(layout.signature)
    headings[0] = "THU BAN  "
    assert (
        apply(xlsx([], [line[0], line[3], *line[1:3], *line[4:]], headings=headings)).counts["products"] == 1
    )
