"""The way of a dossier, step by step by the project's own actions: what a test needs stands at the state it asks for."""

import random
from datetime import date, timedelta
from types import SimpleNamespace

from ocop_portal.clock import today
from ocop_portal.models import User
from producers.models import Producer
from products.models import Product
from ratings.actions import dossiers as acts
from ratings.actions import rounds, sheets
from ratings.actions.results import propose
from ratings.models import (
    AdvisoryReport,
    AssessmentRound,
    Choice,
    CommuneReview,
    Council,
    CouncilMember,
    CouncilSession,
    Dossier,
    Evidence,
)
from ratings.reading import table_of
from ratings.transitions import State
from tests.factories import ProductFactory, UserFactory

ROLES = ("chair", "secretary", "vice_chair", "member", "member", "member", "expert")


def make_council(year: int = 2026, *, accounts: bool = True, **fields) -> Council:
    """Seven scoring members with accounts m1 … m7, in term for the whole year."""
    council = Council.objects.create(
        name=f"Hội đồng {Council.objects.count() + 1}",
        year=year,
        valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 31),
        size=7,
        **fields,
    )
    for n, role in enumerate(ROLES, start=1):
        CouncilMember.objects.create(
            council=council,
            name=f"Thành viên {n}",
            role=role,
            user=UserFactory(council=True) if accounts else None,
            valid_from=date(year, 1, 1),
            valid_to=date(year, 12, 31),
        )
    return council


def make_session(council: Council | None = None, *, number: int = 2) -> CouncilSession:
    """A session today in a round of the council."""
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
    session = CouncilSession(round=round, held_on=today(), place=f"Phòng họp {round.sessions.count() + 1}")
    return rounds.save_session(session=session, by=None)


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
    acts.save_registration(
        dossier=dossier,
        values={
            "contact_name": "Lý Thị Sao",
            "contact_phone": "0209 123 456",
            "production_address": "Thôn Nà Sao",
            "changes": "Bao bì mới.",
        },
        by=by,
    )
    table, _ = table_of(dossier.criteria_set)
    chosen = {}
    for scale in table.scales:
        grade = rng.choice(scale.grades) if rng else max(scale.grades, key=lambda g: g.points)
        chosen[scale.pk] = (grade.pk, "")
    acts.save_self_scores(dossier=dossier, chosen=chosen, by=by)
    acts.add_evidence(
        dossier=dossier,
        evidence=Evidence(kind=Evidence.Kind.BUSINESS, title="Giấy đăng ký", url="https://example.vn/dkkd"),
        by=by,
    )


def score(dossier: Dossier, wanted=None, *, sign: bool = True) -> None:
    """All members of the dossier choose and sign: `wanted(member's place, scale)` gives the points, by default the most.

    Fresh sheets are written in one statement, since how a choice is saved is tested where that is the matter.
    """
    table, _ = table_of(dossier.criteria_set)
    for place, sheet in enumerate(dossier.sheets.current().filter(signed_at=None).select_related("member")):
        points = {s.pk: wanted(place, s) if wanted else s.maximum for s in table.scales}
        options = {
            s.pk: next((g.pk for g in s.grades if g.points == points[s.pk]), None) for s in table.scales
        }
        kept = {c.criterion_id: c.revision for c in sheet.choices.all()}
        for criterion, seen in kept.items():
            sheets.save_choice(
                sheet=sheet, criterion=criterion, option=options[criterion], seen=seen, by=sheet.member.user
            )
        Choice.objects.bulk_create(
            Choice(sheet=sheet, criterion_id=pk, option_id=option)
            for pk, option in options.items()
            if pk not in kept
        )
        if sign:
            sheets.sign_sheet(sheet=sheet, by=sheet.member.user)


def dossier_in(
    state: State, *, product: Product | None = None, session: CouncilSession | None = None, wanted=None
):
    """A first dossier brought to the state by its own people: `(dossier, people)`."""
    product = product or ProductFactory()
    people = cast(product)
    dossier = acts.start_dossier(product=product, kind=Dossier.Kind.FIRST, by=people.owner)
    steps = list(_steps(dossier, people, session, wanted))
    for reached, step in steps:
        if reached == state:
            step()
            break
        if reached in MAIN_WAY and state in MAIN_WAY and MAIN_WAY.index(reached) < MAIN_WAY.index(state):
            step()
    return Dossier.objects.with_line().get(pk=dossier.pk), people


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


def _steps(dossier, people, session, wanted):
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

    yield State.DRAFT, lambda: None
    yield State.SUBMITTED, submit
    yield State.FORWARDED, forward
    yield State.RECEIVED, lambda: acts.receive(dossier=dossier, by=people.province)
    yield State.CHECKED, lambda: report(dossier, people.province)
    yield State.ADMITTED, admit
    yield State.SCORING, lambda: rounds.open_scoring(dossiers=[dossier], by=people.province)
    yield State.PROPOSED, put_forward


def review(dossier: Dossier, by: User, *, complete: bool = True) -> None:
    acts.save_commune_review(
        dossier=dossier,
        review=CommuneReview(
            complete=complete,
            origin="Nguyên liệu trồng tại xã.",
            labour="12 lao động, 10 người của xã.",
            idea="Nghề truyền thống.",
            identity="Kỹ thuật tráng tay của người Tày.",
            reviewer="Cán bộ xã",
            reviewed_on=today(),
        ),
        by=by,
    )


def report(dossier: Dossier, by: User, *, samples: int = 5) -> None:
    acts.save_advisory_report(
        dossier=dossier,
        report=AdvisoryReport(
            file_findings="Hồ sơ đủ.",
            site_findings="Cơ sở sạch.",
            visited_on=today() - timedelta(days=1),
            reporter="Tổ trưởng",
            reported_on=today(),
        ),
        samples=samples,
        by=by,
    )
