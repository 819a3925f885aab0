"""A dossier at the state that a test asks for, with its people, council and session.

The rows are written as the project's own actions leave them, in a tenth of their time: `told=True` goes by the actions,
for what reads the trail, and test_flow compares the two.
"""

import random
from datetime import date, timedelta
from types import SimpleNamespace

from django.db import transaction
from django.utils import timezone

from ocop_portal.clock import today
from ocop_portal.models import User
from ocop_portal.workdays import work_calendar
from producers.models import Producer
from products.models import Product
from ratings.actions import dossiers as acts
from ratings.actions import rounds
from ratings.actions.numbers import receipt_number
from ratings.actions.results import propose
from ratings.calendar import COMMUNE_WORKING_DAYS
from ratings.models import (
    AdvisoryReport,
    AssessmentRound,
    Attendance,
    Choice,
    CommuneReview,
    Council,
    CouncilMember,
    CouncilSession,
    CriteriaSet,
    Dossier,
    Evidence,
    Ruleset,
    ScoreSheet,
    SelfScore,
)
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import ProductFactory, UserFactory

ROLES = ("chair", "secretary", "vice_chair", "member", "member", "member", "expert")
REGISTRATION = {
    "contact_name": "Lý Thị Sao",
    "contact_phone": "0209 123 456",
    "production_address": "Thôn Nà Sao",
    "changes": "Bao bì mới.",
}
EVIDENCE = {"kind": Evidence.Kind.BUSINESS, "title": "Giấy đăng ký", "url": "https://example.vn/dkkd"}


def make_council(year: int = 2026, *, accounts: bool = True, **fields) -> Council:
    """Seven scoring members with accounts m1 … m7, in term for the whole year."""
    term = {"valid_from": date(year, 1, 1), "valid_to": date(year, 12, 31)}
    name = f"Hội đồng {Council.objects.count() + 1}"
    council = Council.objects.create(name=name, year=year, size=7, **term, **fields)
    users: list[User | None] = [None] * len(ROLES)
    if accounts:
        users = [*User.objects.bulk_create(UserFactory.build_batch(len(ROLES), council=True))]
    CouncilMember.objects.bulk_create(
        CouncilMember(council=council, name=f"Thành viên {n}", role=role, user=user, **term)
        for n, (role, user) in enumerate(zip(ROLES, users, strict=True), start=1)
    )
    return council


def make_session(council: Council | None = None, *, number: int = 2) -> CouncilSession:
    """A session today in a round of the council, all members on its list."""
    council = council or make_council()
    round, _ = AssessmentRound.objects.get_or_create(
        year=today().year,
        number=number,
        defaults={
            "council": council,
            "propose_until": date(today().year, 10, 30),
            "assess_until": date(today().year, 12, 30),
        },
    )
    place = f"Phòng họp {round.sessions.count() + 1}"
    session = CouncilSession.objects.create(round=round, held_on=today(), place=place)
    Attendance.objects.bulk_create(
        Attendance(session=session, member=member) for member in round.council.members_on(today())
    )
    return session


def cast(product: Product) -> SimpleNamespace:
    """The people of a dossier: producer's account, commune official, agency, signatory. Made once per product."""
    producer: Producer = product.producer
    owner = producer.accounts.first()
    if owner is None:
        owner = UserFactory()
        producer.accounts.add(owner)
    unit = product.place.current or product.place

    def one(**trait):
        return UserFactory(**trait)

    return SimpleNamespace(
        owner=owner,
        commune=User.objects.filter(role="commune", unit=unit).first() or one(commune=True, unit=unit),
        province=User.objects.filter(role="province").first() or one(province=True),
        signatory=User.objects.filter(role="signatory").first() or one(signatory=True),
    )


def fill(dossier: Dossier, by: User, rng: random.Random | None = None) -> None:
    """Form 01, the best self-score everywhere (or a random one), and one piece of evidence."""
    acts.save_registration(dossier=dossier, values=REGISTRATION, by=by)
    table, _ = table_of(dossier.criteria_set)
    chosen = {}
    for scale in table.scales:
        grade = rng.choice(scale.grades) if rng else max(scale.grades, key=lambda g: g.points)
        chosen[scale.pk] = (grade.pk, "")
    acts.save_self_scores(dossier=dossier, chosen=chosen, by=by)
    acts.add_evidence(dossier=dossier, evidence=Evidence(**EVIDENCE), by=by)


def score(dossier: Dossier, wanted=None, *, sign: bool = True, only: list[ScoreSheet] | None = None) -> None:
    """The members choose and sign: `wanted(member's place, scale)` gives the points, by default the most.

    All who have a sheet open, or those of the sheets `only`.

    Written as `save_choice` and `sign_sheet` leave it, since those are tested where they are the matter.
    """
    table, _ = table_of(dossier.criteria_set)
    sheets = list(dossier.sheets.current().filter(signed_at=None))
    sheets = [s for s in sheets if only is None or s in only]
    kept = {(c.sheet_id, c.criterion_id): c for c in Choice.objects.filter(sheet__in=sheets)}
    fresh, sums = [], []
    for place, sheet in enumerate(sheets):
        points = dict.fromkeys("ABC", 0)
        for scale in table.scales:
            given = wanted(place, scale) if wanted else scale.maximum
            grade = next((g for g in scale.grades if g.points == given), None)
            points[scale.part] += grade.points if grade else 0
            choice, option = kept.get((sheet.pk, scale.pk)), grade.pk if grade else None
            if choice is None:
                fresh.append(Choice(sheet=sheet, criterion_id=scale.pk, option_id=option))
            elif choice.option_id != option:
                choice.option_id, choice.revision = option, choice.revision + 1
                choice.save(update_fields=["option", "revision"])
        sums.append({f"part_{part.lower()}": points[part] for part in points})
    Choice.objects.bulk_create(fresh)
    for sheet, parts in zip(sheets, sums, strict=True) if sign else ():
        ScoreSheet.objects.filter(pk=sheet.pk).update(comment="", signed_at=timezone.now(), **parts)


@transaction.atomic
def dossier_in(
    state: State,
    *,
    product: Product | None = None,
    session: CouncilSession | None = None,
    wanted=None,
    told: bool = False,
):
    """A first dossier brought to the state by its own people: `(dossier, people)`.

    `told`: by the actions one by one, so that the trail tells them.
    """
    product = product or ProductFactory()
    people = cast(product)
    if told:
        dossier = acts.start_dossier(product=product, kind=Dossier.Kind.FIRST, by=people.owner)
        for step in steps(dossier, people, session, wanted)[: MAIN_WAY.index(state) + 1]:
            step()
    else:
        dossier = _written(product, people, MAIN_WAY.index(state), session)
        if state == State.PROPOSED:
            score(dossier, wanted)
            propose(dossier=dossier, by=people.province)
    return Dossier.objects.with_line().get(pk=dossier.pk), people


def _written(
    product: Product, people: SimpleNamespace, place: int, session: CouncilSession | None
) -> Dossier:
    """The rows of a first dossier so far along MAIN_WAY, at most to the scoring. Triggers want them in this order."""
    day, unit = today(), product.place.current or product.place
    dossier = Dossier.objects.create(
        product=product,
        kind=Dossier.Kind.FIRST,
        criteria_set=CriteriaSet.objects.get(ruleset=Ruleset.objects.in_force(day), code=product.group.code),
        unit=unit,
        state_since=day,
        created_by=people.owner,
        contact_name=product.producer.representative,
        contact_phone=product.producer.phone,
        production_address=product.producer.address,
    )

    def reached(state: State, **columns) -> bool:
        """Whether the way leads so far; the dossier's row then says so."""
        if place < MAIN_WAY.index(state):
            return False
        Dossier.objects.filter(pk=dossier.pk).update(state=state, **columns)
        return True

    if place:
        table, _ = table_of(dossier.criteria_set)
        best = {s.pk: max(s.grades, key=lambda g: g.points).pk for s in table.scales}
        SelfScore.objects.bulk_create(
            SelfScore(dossier=dossier, criterion_id=criterion, option_id=option)
            for criterion, option in best.items()
        )
        Evidence.objects.create(dossier=dossier, **EVIDENCE)
        term = work_calendar().after(day, COMMUNE_WORKING_DAYS)
        number = receipt_number(unit, day.year)
        reached(State.SUBMITTED, **REGISTRATION, filed_on=day, commune_due_on=term, receipt_number=number)
    if place >= MAIN_WAY.index(State.FORWARDED):
        CommuneReview.objects.create(dossier=dossier, complete=True, **review_words())
    if reached(State.FORWARDED) and reached(State.RECEIVED, received_on=day):
        if place >= MAIN_WAY.index(State.CHECKED):
            AdvisoryReport.objects.create(dossier=dossier, **report_words())
            reached(State.CHECKED, samples=5)
    if place >= MAIN_WAY.index(State.ADMITTED):
        session = session or make_session()
        reached(State.ADMITTED, round=session.round, session=session)
    dossier.refresh_from_db()
    if reached(State.SCORING):
        dossier.state = State.SCORING
        ScoreSheet.objects.bulk_create(
            ScoreSheet(dossier=dossier, member=member) for member in rounds.scoring_members(dossier)
        )
    return dossier


MAIN_WAY = (
    State.DRAFT,
    State.SUBMITTED,
    State.FORWARDED,
    State.RECEIVED,
    State.CHECKED,
    State.ADMITTED,
    State.SCORING,
    State.PROPOSED,
)


def steps(dossier, people, session, wanted):
    """What leads to each state of MAIN_WAY from the one before."""

    def submit():
        fill(dossier, people.owner)
        acts.submit(dossier=dossier, by=people.owner)

    def forward():
        review(dossier, people.commune)
        acts.forward(dossier=dossier, by=people.commune)

    def admit():
        where = session or make_session()
        rounds.admit(dossiers=[dossier], round=where.round, session=where, by=people.province)

    def put_forward():
        score(dossier, wanted)
        propose(dossier=dossier, by=people.province)

    return (
        lambda: None,
        submit,
        forward,
        lambda: acts.receive(dossier=dossier, by=people.province),
        lambda: report(dossier, people.province),
        admit,
        lambda: rounds.open_scoring(dossiers=[dossier], by=people.province),
        put_forward,
    )


def review_words() -> dict:
    return {
        "origin": "Nguyên liệu trồng tại xã.",
        "labour": "12 lao động, 10 người của xã.",
        "idea": "Nghề truyền thống.",
        "identity": "Kỹ thuật tráng tay của người Tày.",
        "reviewer": "Cán bộ xã",
        "reviewed_on": today(),
    }


def review(dossier: Dossier, by: User, *, complete: bool = True) -> None:
    words = CommuneReview(complete=complete, **review_words())
    acts.save_commune_review(dossier=dossier, review=words, by=by)


def report_words() -> dict:
    return {
        "file_findings": "Hồ sơ đủ.",
        "site_findings": "Cơ sở sạch.",
        "visited_on": today() - timedelta(days=1),
        "reporter": "Tổ trưởng",
        "reported_on": today(),
    }


def report(dossier: Dossier, by: User, *, samples: int = 5) -> None:
    words = AdvisoryReport(**report_words())
    acts.save_advisory_report(dossier=dossier, report=words, samples=samples, by=by)
