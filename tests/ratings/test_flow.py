"""The way of a dossier: each step, who may take it, what it refuses, and what the database keeps for ever."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from ocop_portal.models import AdministrativeUnit, RegisterRevision, User
from ocop_portal.permissions import Role, has_permission
from ocop_portal.workdays import WorkCalendar
from products.models import Certificate, Product
from ratings.actions import decisions, dossiers, results, rounds, sheets
from ratings.models import (
    AgreedOption,
    AssessmentRound,
    Choice,
    ConflictOfInterest,
    CouncilResult,
    CouncilSession,
    Dossier,
    Option,
    SelfScore,
)
from ratings.reading import table_of
from ratings.transitions import CLOSED, MOVES, OPEN, State, moves_from
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory
from tests.ratings.flow import (
    MAIN_WAY,
    cast,
    dossier_in,
    fill,
    make_council,
    make_session,
    report,
    review,
    score,
    steps,
)

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 8, 15)


def approve(*found, by, number="900/QĐ-UBND"):
    return decisions.approve(dossiers=found, number=number, signed_on=SIGNED, issuer="UBND tỉnh", by=by)


OWN = {
    "id",
    "dossier",
    "product",
    "unit",
    "created_by",
    "receipt_number",
    "round",
    "session",
    "signed_at",
    "opened_at",
}


def shown(row):
    """The columns of a row; of those that are its own, whether they are filled."""
    told = {f.name: f.value_from_object(row) for f in row._meta.concrete_fields}
    return {name: bool(value) if name in OWN else value for name, value in told.items()}


def kept(dossier):
    """A dossier with all its parts as they stand in the database, without keys."""
    found = Dossier.objects.get(pk=dossier.pk)
    parts = [*found.self_scores.all(), *found.evidence.all()]
    parts += [getattr(found, name) for name in ("commune_review", "advisory_report") if hasattr(found, name)]
    scored = [
        (
            s.member.name,
            shown(s) | {"member": None},
            list(s.choices.values_list("criterion", "option", "note", "revision")),
        )
        for s in found.sheets.order_by("member").select_related("member")
    ]
    here = found.session and sorted(
        found.session.attendances.values_list("member__name", "present", "reason")
    )
    return shown(found), [shown(part) for part in parts], scored, here


def test_a_written_dossier_is_what_the_actions_leave():
    """The suite's dossiers stand in rows that `dossier_in` writes itself: step by step the same."""
    product = ProductFactory()
    people = cast(product)
    session = rounds.save_session(
        session=CouncilSession(round=make_session().round, held_on=SIGNED, place="Hội trường"), by=None
    )
    told = dossiers.start_dossier(product=product, kind="first", by=people.owner)
    for state, step in zip(MAIN_WAY, steps(told, people, session, None), strict=True):
        step()
        told.refresh_from_db()
        assert told.state == state
        assert kept(told) == kept(dossier_in(state)[0]), state
    written, chosen = (dossier_in(State.SCORING)[0] for _ in range(2))
    sheet, other = (d.sheets.order_by("member").first() for d in (written, chosen))
    score(written, only=[sheet])
    for scale in table_of(chosen.criteria_set)[0].scales:
        best = max(scale.grades, key=lambda g: g.points).pk
        sheets.save_choice(sheet=other, criterion=scale.pk, option=best, seen=0, by=None)
    sheets.sign_sheet(sheet=other, by=None)
    assert kept(written) == kept(chosen)


def test_the_commune_has_fifteen_working_days():
    dossier, _ = dossier_in(State.SUBMITTED)
    assert dossier.receipt_number == "01/PĐK-19-02185-2026", "the province's and the commune's codes of today"
    assert dossier.filed_on == SIGNED
    assert dossier.commune_due_on == date(2026, 9, 8), (
        "15 working days after 15/8, the national days left out"
    )


def test_four_stars_are_decided_by_the_province_and_public_at_once(client):
    dossier, people = dossier_in(State.PROPOSED, wanted=four_stars)
    assert dossier.results.get().stars == 4
    decision = approve(dossier, by=people.signatory)
    dossier.refresh_from_db()
    certificate = dossier.issued
    assert (dossier.state, dossier.decision, certificate.stars) == (State.RECOGNISED, decision, 4)
    assert certificate.number == "001/2026/GCN-OCOP"
    assert certificate.total == decisions.shown_total(dossier.results.get().mean)
    assert (certificate.valid_from, certificate.valid_to) == (SIGNED, date(2029, 8, 15))
    page = client.get(f"/giay-chung-nhan/?number={certificate.number}").content.decode()
    assert "Còn hiệu lực" in page


def four_stars(place, scale):
    """Every minimum of four stars, and no more: 70 to 90 points in every set."""
    need = scale.needed(4)
    if need or scale.part == "C":
        return max(need, scale.choices[-2] if len(scale.choices) > 2 else scale.maximum)
    return scale.maximum if scale.code in ("1.1", "1.2", "1.4", "3.1", "4.2", "5.2") else scale.choices[-2]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", MOVES)
def test_state_by_role_by_step(role, name):
    """Over all members of each enum: a new state, role or step fails here until it is placed."""
    move, user = MOVES[name], User(username="x", role=role)
    for state in State:
        dossier = Dossier(state=state)
        starts, may = state in move.sources, has_permission(user, move.permission)
        assert (name in moves_from(state)) == starts
        if starts and may:
            dossiers.check_move(dossier, name, user, "Lý do")
            continue
        with pytest.raises(ValidationError, match="quyền" if starts else "trạng thái"):
            dossiers.check_move(dossier, name, user, "Lý do")
    assert any(has_permission(User(username="x", role=r), move.permission) for r in Role), "somebody may"


@pytest.mark.parametrize("name", [n for n, m in MOVES.items() if m.needs_reason])
def test_a_step_back_carries_its_reason(name):
    with pytest.raises(ValidationError, match="lý do"):
        dossiers.check_move(Dossier(state=MOVES[name].sources[0]), name, None, "  ")


def test_every_open_state_has_a_way_out_and_every_closed_one_none():
    for state in State:
        assert bool(moves_from(state)) == (state in OPEN), state
        assert (state in CLOSED) != (state in OPEN)
    assert {m.target for m in MOVES.values()} | {State.DRAFT} == set(State)


# --- what the steps themselves ask for ---------------------------------------------------------------------------


def refused(match, act, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        act(*args, **kwargs)
    assert any(match in message for message in caught.value.messages), caught.value.messages


def test_one_open_dossier_per_product():
    dossier, people = dossier_in(State.DRAFT)
    refused(
        "đã có một hồ sơ đang xử lý",
        dossiers.start_dossier,
        product=dossier.product,
        kind="first",
        by=people.owner,
    )
    dossiers.give_reason_and_move(dossier=dossier, name="withdraw", reason="Nhầm", by=people.owner)
    again = dossiers.start_dossier(product=dossier.product, kind="first", by=people.owner)
    assert again.previous is None, "a withdrawn dossier is nothing to go on from"


def test_the_kind_follows_from_what_the_product_has(tinh):
    product = ProductFactory()
    refused("chưa có giấy chứng nhận", dossiers.start_dossier, product=product, kind="upgrade", by=tinh)
    CertificateFactory(product=product, decision=DecisionFactory(signed_on=date(2024, 1, 15)))
    refused("nâng hạng", dossiers.start_dossier, product=product, kind="first", by=tinh)
    dossier = dossiers.start_dossier(product=product, kind="upgrade", by=tinh)
    assert (dossier.certificate, dossier.stars_sought) == (product.certificates.get(), 4)


def test_filing_names_all_that_is_missing():
    dossier, people = dossier_in(State.DRAFT)
    with pytest.raises(ValidationError) as caught:
        dossiers.submit(dossier=dossier, by=people.owner)
    told = " ".join(caught.value.messages)
    assert "người liên hệ" in told and "32 tiêu chí chưa tự chấm" in told and "Chưa có minh chứng" in told


def test_a_reassessment_is_not_filed_before_its_window(settings, tinh):
    product = ProductFactory()
    CertificateFactory(product=product, decision=DecisionFactory(signed_on=date(2024, 6, 1)))
    dossier = dossiers.start_dossier(product=product, kind="reassessment", by=tinh)
    fill(dossier, tinh)
    refused("chỉ nhận từ 03/12/2026", dossiers.submit, dossier=dossier, by=tinh)
    settings.TODAY = date(2026, 12, 3)
    assert dossiers.submit(dossier=dossier, by=tinh).state == State.SUBMITTED


def test_a_returned_dossier_keeps_its_number():
    dossier, people = dossier_in(State.SUBMITTED)
    number = dossier.receipt_number
    dossiers.give_reason_and_move(
        dossier=dossier, name="return", reason="Thiếu phiếu kiểm nghiệm", by=people.commune
    )
    dossier.refresh_from_db()
    assert (dossier.state, dossier.state_reason) == (State.RETURNED, "Thiếu phiếu kiểm nghiệm")
    assert dossiers.submit(dossier=dossier, by=people.owner).receipt_number == number


def test_the_commune_forwards_what_is_complete():
    dossier, people = dossier_in(State.SUBMITTED)
    refused("Chưa có mẫu 03", dossiers.forward, dossier=dossier, by=people.commune)
    review(dossier, people.commune, complete=False)
    refused("chưa đầy đủ", dossiers.forward, dossier=dossier, by=people.commune)


def test_samples_and_the_teams_word_before_the_council():
    dossier, people = dossier_in(State.RECEIVED)
    report(dossier, people.province, samples=4)
    session = make_session()
    refused(
        "mới nhận 4 mẫu, cần 5",
        rounds.admit,
        dossiers=[dossier],
        round=session.round,
        session=session,
        by=people.province,
    )


def test_an_extra_round_needs_the_regulations_leave(tinh):
    council = make_council()
    extra = AssessmentRound(
        council=council,
        year=2026,
        number=3,
        extra_reason="Bổ sung",
        propose_until=date(2026, 11, 1),
        assess_until=date(2026, 12, 1),
    )
    refused("không cho phép đợt bổ sung", rounds.save_round, round=extra, by=tinh)
    council.extra_rounds = True
    assert rounds.save_round(round=extra, by=tinh).pk


def test_a_followup_starts_from_the_last_dossier(settings):
    dossier, people = dossier_in(State.PROPOSED, wanted=four_stars)
    approve(dossier, by=people.signatory)
    settings.TODAY = date(2027, 8, 15)
    follower = dossiers.start_dossier(product=dossier.product, kind="upgrade", by=people.owner)
    assert follower.previous == dossier
    assert follower.contact_name == "Lý Thị Sao"
    assert follower.self_scores.count() == dossier.self_scores.count() > 0
    assert [e.title for e in follower.evidence.all()] == ["Giấy đăng ký"]
    assert follower.criteria_set == dossier.criteria_set


# --- scoring ------------------------------------------------------------------------------------------------------


def scored(product=None, **kwargs):
    dossier, people = dossier_in(State.SCORING, product=product, **kwargs)
    return dossier, people, list(dossier.sheets.select_related("member__user").order_by("pk"))


def test_a_member_with_an_interest_gets_no_sheet():
    product = ProductFactory()
    session = make_session()
    member = session.round.council.members.last()
    ConflictOfInterest.objects.create(
        member=member, producer=product.producer, declared_on=SIGNED, reason="Anh em"
    )
    _, _, sheets_ = scored(product, session=session)
    assert len(sheets_) == 6
    assert member.pk not in {s.member_id for s in sheets_}


def test_an_interest_declared_later_shuts_the_sheet():
    dossier, _, (sheet, *_) = scored()
    ConflictOfInterest.objects.create(
        member=sheet.member, producer=dossier.product.producer, declared_on=SIGNED, reason="Họ hàng"
    )
    criterion = dossier.criteria_set.criteria.first()
    refused(
        "xung đột lợi ích",
        sheets.save_choice,
        sheet=sheet,
        criterion=criterion.pk,
        option=None,
        seen=0,
        by=None,
    )


def test_a_choice_seen_in_an_older_tab_overwrites_nothing():
    _, _, (sheet, *_) = scored()
    criterion = sheet.dossier.criteria_set.criteria.first()
    first, second = criterion.options.all()[:2]
    kept = sheets.save_choice(sheet=sheet, criterion=criterion.pk, option=first.pk, seen=0, by=None)
    assert kept.revision == 1
    with pytest.raises(sheets.Stale) as caught:
        sheets.save_choice(sheet=sheet, criterion=criterion.pk, option=second.pk, seen=0, by=None)
    assert caught.value.choice.option_id == first.pk
    again = sheets.save_choice(sheet=sheet, criterion=criterion.pk, option=first.pk, seen=0, by=None)
    assert again.revision == 1, "sent again after a lost answer"
    assert (
        sheets.save_choice(sheet=sheet, criterion=criterion.pk, option=second.pk, seen=1, by=None).revision
        == 2
    )


def test_an_option_of_another_criterion_is_refused_by_the_action_and_by_the_database():
    _, _, (sheet, *_) = scored()
    unmarked = sheet.dossier.criteria_set.criteria.exclude(options__star__isnull=False)
    one, other = unmarked[:2]
    alien = other.options.first()
    refused(
        "không thuộc tiêu chí",
        sheets.save_choice,
        sheet=sheet,
        criterion=one.pk,
        option=alien.pk,
        seen=0,
        by=None,
    )
    for write in (
        lambda: Choice.objects.create(sheet=sheet, criterion=one, option=alien),
        lambda: AgreedOption.objects.create(result=some_result(), criterion=one, option=alien),
    ):
        with pytest.raises(DatabaseError, match="option_of_criterion"), transaction.atomic():
            write()
    foreign = Option.objects.filter(criterion__criteria_set__code="26").first()
    with pytest.raises(DatabaseError, match="not open to this criterion"), transaction.atomic():
        Choice.objects.create(sheet=sheet, criterion=foreign.criterion, option=foreign)


def some_result():
    dossier, _ = dossier_in(State.PROPOSED)
    return dossier.results.get()


def test_an_incomplete_sheet_is_not_signed():
    _, _, (sheet, *_) = scored()
    refused("Còn 32 tiêu chí chưa chấm", sheets.sign_sheet, sheet=sheet, by=sheet.member.user)


def test_too_wide_a_spread_is_scored_again():
    def apart(place, scale):
        """The first member a whole part below the others."""
        return 0 if place == 0 and scale.part == "B" else scale.maximum

    dossier, people, sheets_ = scored()
    score(dossier, apart)
    refused("chênh nhau quá 10 điểm", results.propose, dossier=dossier, by=people.province)
    refused(
        "lý do chấm lại",
        sheets.reopen_sheets,
        dossier=dossier,
        members=[sheets_[0].member],
        reason=" ",
        by=people.province,
    )
    (again,) = sheets.reopen_sheets(
        dossier=dossier, members=[sheets_[0].member], reason="Hội đồng đã thảo luận", by=people.province
    )
    assert (again.turn, again.choices.count()) == (2, 32)
    refused("phiếu chưa ký", results.propose, dossier=dossier, by=people.province)
    score(dossier)
    result = results.propose(dossier=dossier, by=people.province)
    assert (result.spread, result.stars) == (0, 5)
    assert dossier.sheets.count() == 8, "the first turn stays on record"


def test_quorum_chair_and_absence():
    dossier, people, sheets_ = scored()
    score(dossier, only=sheets_[1:])
    refused("Còn 1 phiếu chưa ký", results.propose, dossier=dossier, by=people.province)
    chair = sheets_[0].member
    rounds.save_attendance(
        session=dossier.session, present={chair.pk: (False, "Đi công tác")}, by=people.province
    )
    refused("Chưa có phiếu đã ký của Chủ tịch", results.propose, dossier=dossier, by=people.province)
    council = dossier.round.council
    council.chair_required = False
    council.save()
    assert results.propose(dossier=dossier, by=people.province).sheets == 6
    assert council.quorum_on(dossier.session.held_on) == 6


# --- the decision -------------------------------------------------------------------------------------------------


def test_a_high_mean_with_one_unmet_minimum_is_not_recognised():
    """95 points and more, one criterion agreed below its three-star mark."""
    product = ProductFactory()
    dossier, people, _ = scored(product)
    table, _ = results.table_of(dossier.criteria_set)
    marked = next(s for s in table.scales if any(g.star == 3 for g in s.grades))
    below = max(p for p in marked.choices if p < marked.needed(3))
    score(dossier, lambda place, scale: below if scale is marked else scale.maximum)
    result = results.propose(dossier=dossier, by=people.province)
    assert result.mean >= 95 and (result.band, result.stars) == (5, 0)
    refused("không đạt hạng sao nào", approve, dossier, by=people.signatory)
    refused(
        "Chỉ trình Bộ",
        decisions.refer_to_ministry,
        dossier=dossier,
        number="1",
        sent_on=SIGNED,
        by=people.signatory,
    )
    closed = decisions.refuse(
        dossier=dossier, number="12/TB", reason="Chưa đạt mức tối thiểu.", by=people.signatory
    )
    assert closed.state == State.NOT_RECOGNISED


def test_ninety_points_go_to_the_ministry():
    dossier, people = dossier_in(State.PROPOSED)
    assert dossier.results.get().stars == 5
    refused("thuộc thẩm quyền cấp trên", approve, dossier, by=people.signatory)
    decisions.refer_to_ministry(dossier=dossier, number="55/TTr", sent_on=SIGNED, by=people.signatory)
    answer = {"dossier": dossier, "answered_on": SIGNED, "by": people.province}
    refused("số quyết định", decisions.record_ministry_result, total=Decimal("90"), **answer)
    decisions.record_ministry_result(total=Decimal("90"), number="1/QĐ-BNNMT", **answer)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.issued.stars, dossier.issued.total) == (State.RECOGNISED, 5, Decimal("90"))
    assert dossier.decision.issuer_level == "centre"


@pytest.mark.parametrize(("total", "stars"), [("89.99", 4), ("69.99", 3), ("49.99", 0)])
def test_below_ninety_the_province_decides_on_the_ministrys_points(total, stars):
    dossier, people = dossier_in(State.PROPOSED)
    decisions.refer_to_ministry(dossier=dossier, number="55/TTr", sent_on=SIGNED, by=people.signatory)
    decisions.record_ministry_result(
        dossier=dossier, total=Decimal(total), answered_on=SIGNED, by=people.province
    )
    dossier.refresh_from_db()
    assert dossier.state == State.PROPOSED
    assert decisions.stars_to_grant(dossier) == stars
    if not stars:
        refused("không đạt hạng sao nào", approve, dossier, by=people.signatory)
        return
    approve(dossier, by=people.signatory)
    dossier.refresh_from_db()
    assert (dossier.issued.stars, dossier.issued.total) == (stars, Decimal(total))


def test_a_decision_stands_whole_or_not_at_all():
    session = make_session()
    good, people = dossier_in(State.PROPOSED, session=session, wanted=four_stars)
    bad, _ = dossier_in(State.PROPOSED, session=session)
    refused(bad.product.name, approve, good, bad, by=people.signatory)
    assert not Certificate.objects.exists()
    other, _ = dossier_in(State.PROPOSED, session=session, wanted=four_stars)
    approve(good, other, by=people.signatory)
    numbers = list(Certificate.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == ["001/2026/GCN-OCOP", "002/2026/GCN-OCOP"]


def test_a_new_product_gets_a_code_that_was_never_used(tinh):
    place = AdministrativeUnit.objects.get(pk=ProductFactory().place.current_id)
    ProductFactory(code=f"19-{place.code}-001-2026")
    made = dossiers.start_with_new_product(
        producer=ProductFactory().producer,
        product=Product(name="Bún khô Nà Sao", group=ProductFactory().group, place=place),
        by=tinh,
    )
    assert made.product.code == f"19-{place.code}-002-2026"


def test_totals_are_shown_cut_and_compared_whole():
    assert decisions.shown_total(Fraction(69_995, 1000)) == Decimal("69.99")
    assert decisions.shown_total(Fraction(70)) == Decimal("70.00")


# --- the database keeps what was signed and decided ---------------------------------------------------------------


def test_signed_sheets_decided_dossiers_and_certificates_refuse_every_write():
    dossier, people = dossier_in(State.PROPOSED, wanted=four_stars)
    sheet = dossier.sheets.first()
    choice = sheet.choices.first()
    result = dossier.results.get()
    approve(dossier, by=people.signatory)
    certificate = Certificate.objects.get()
    writes = [
        lambda: type(sheet).objects.filter(pk=sheet.pk).update(part_a=1),
        lambda: type(sheet).objects.filter(pk=sheet.pk).delete(),
        lambda: Choice.objects.filter(pk=choice.pk).update(option=None),
        lambda: Choice.objects.filter(pk=choice.pk).delete(),
        lambda: Choice.objects.create(sheet=sheet, criterion=choice.criterion),
        lambda: CouncilResult.objects.filter(pk=result.pk).update(stars=5),
        lambda: CouncilResult.objects.filter(pk=result.pk).delete(),
        lambda: AgreedOption.objects.filter(result=result).update(option=None),
        lambda: Dossier.objects.filter(pk=dossier.pk).update(state="draft"),
        lambda: Dossier.objects.filter(pk=dossier.pk).delete(),
        lambda: SelfScore.objects.filter(dossier=dossier).update(option=None),
        lambda: SelfScore.objects.filter(dossier=dossier).delete(),
        lambda: dossier.evidence.all().delete(),
        lambda: type(dossier.commune_review).objects.filter(dossier=dossier).update(origin="khác"),
        lambda: type(dossier.advisory_report).objects.filter(dossier=dossier).update(reporter="khác"),
        lambda: Certificate.objects.filter(pk=certificate.pk).update(stars=5),
        lambda: Certificate.objects.filter(pk=certificate.pk).delete(),
    ]
    for number, write in enumerate(writes):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
            pytest.fail(f"write {number} went through")


def test_scoring_never_touches_the_published_revision():
    product = ProductFactory()
    before = RegisterRevision.objects.get().number
    dossier, people = dossier_in(State.PROPOSED, product=product, wanted=four_stars, told=True)
    assert RegisterRevision.objects.get().number == before
    approve(dossier, by=people.signatory)
    assert RegisterRevision.objects.get().number > before


def test_every_step_is_in_the_trail_with_its_person_and_reason():
    dossier, people = dossier_in(State.SUBMITTED)
    dossiers.give_reason_and_move(dossier=dossier, name="return", reason="Thiếu nhãn", by=people.commune)
    event = dossier.events.order_by("-pgh_id").first()
    assert event.pgh_context["verb"] == "dossier_return"
    assert (event.pgh_context["actor"], event.pgh_context["reason"]) == (
        people.commune.username,
        "Thiếu nhãn",
    )


def test_days_of_the_commune_skip_weekends_and_holidays():
    plain = WorkCalendar()
    friday = date(2026, 8, 14)
    assert plain.after(friday, 1) == date(2026, 8, 17)
    assert plain.after(friday, 5) == date(2026, 8, 21)
    shut = WorkCalendar(holidays={date(2026, 8, 17)}, worked={date(2026, 8, 15)})
    assert shut.after(friday, 1) == date(2026, 8, 15)
    assert shut.after(friday, 2) == date(2026, 8, 18)
    assert shut.between(friday, friday + timedelta(days=4)) == 2
