"""For each constraint of the assessment, a write that only it refuses. Run by tests/products/test_constraints.py."""

from datetime import date

from ocop_portal.clock import today
from ratings.models import (
    AgreedOption,
    AssessmentRound,
    Attendance,
    Band,
    Choice,
    CouncilResult,
    CouncilSession,
    CriteriaSet,
    Criterion,
    Dossier,
    Evidence,
    MinistryReferral,
    NumberSeries,
    Option,
    Ruleset,
    ScoreSheet,
    Section,
    SelfScore,
)
from ratings.transitions import State
from tests.factories import CertificateFactory, DecisionFactory, ProductFactory, UserFactory
from tests.ratings.flow import dossier_in, make_council, make_session


def again(row, **changes):
    """The same row once more, with changes."""
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def ruleset(**fields):
    given = {"code": "x", "name": "X", "issued_on": date(2026, 1, 1), "in_force_from": date(2026, 1, 1)}
    return Ruleset.objects.create(
        **given | {"part_a": 40, "part_b": 25, "part_c": 35, "digest": "x"} | fields
    )


def round(**fields):
    given = {"council": make_council(), "year": 2026, "number": 1}
    days = {"propose_until": date(2026, 4, 30), "assess_until": date(2026, 6, 30)}
    return AssessmentRound.objects.create(**given | days | fields)


def dossier(**fields):
    product = fields.pop("product", None) or ProductFactory()
    given = {
        "product": product,
        "kind": "first",
        "criteria_set": CriteriaSet.objects.get(ruleset__code="26-2026", code="06"),
        "unit": product.place,
        "state_since": today(),
        "created_by": UserFactory(),
    }
    return Dossier.objects.create(**given | fields)


FILED = {"filed_on": date(2026, 8, 1), "receipt_number": "1/PĐK"}


def open_sheet():
    found, _ = dossier_in(State.SCORING)
    return found.sheets.first()


def result(**fields):
    found = fields.pop("dossier", None) or dossier(**FILED, state=State.SUBMITTED)
    given = {"dossier": found, "attempt": 1, "source": "sheets", "sheets": 7, "quorum": 6, "divisor": 7}
    points = {"sum_a": 210, "sum_b": 140, "sum_c": 210, "band": 4, "stars": 4, "concluded_on": today()}
    return CouncilResult.objects.create(**given | points | fields)


def chosen_twice(model, row):
    """One criterion twice in a sheet, a form or a result."""
    criteria = Criterion.objects.filter(criteria_set__ruleset__code="26-2026", criteria_set__code="06")
    for _ in range(2):
        model.objects.create(criterion=criteria.first(), **row)


def two_results():
    first = result()
    result(dossier=first.dossier)


CASES = {
    "ruleset_edition_once": lambda: [ruleset(), ruleset()],
    "ruleset_dates_in_order": lambda: ruleset(in_force_to=date(2025, 12, 31)),
    "ruleset_parts_make_100": lambda: ruleset(part_a=41),
    "band_once_per_ruleset": lambda: again(Band.objects.first()),
    "band_sane": lambda: Band.objects.create(ruleset=ruleset(), stars=6, least=95),
    "criteriaset_once_per_ruleset": lambda: again(CriteriaSet.objects.first()),
    "section_once_per_set": lambda: again(Section.objects.first()),
    "criterion_once_per_set": lambda: again(Criterion.objects.first()),
    "criterion_maximum_sane": lambda: again(Criterion.objects.first(), code="99", maximum=41),
    "option_place_once": lambda: again(Option.objects.first()),
    "option_points_sane": lambda: again(Option.objects.first(), position=9, points=41),
    "option_star_3_to_5": lambda: again(Option.objects.first(), position=9, star=2),
    "numberseries_once": lambda: [
        NumberSeries.objects.create(kind="receipt", scope="19-1", year=2026) for _ in range(2)
    ],
    "assessmentround_number_once": lambda: [round(), round()],
    "assessmentround_days_in_order": lambda: round(assess_until=date(2026, 1, 1)),
    "assessmentround_extra_has_reason": lambda: round(number=3),
    "councilsession_once": lambda: again(CouncilSession.objects.get(pk=make_session().pk)),
    "attendance_once": lambda: again(Attendance.objects.filter(session=make_session()).first()),
    "dossier_one_open_per_product": lambda: dossier(product=dossier().product),
    "dossier_receipt_once": lambda: [dossier(**FILED), dossier(**FILED)],
    "dossier_reason_given": lambda: dossier(**FILED, state=State.RETURNED, state_reason=" "),
    "dossier_filed_has_receipt": lambda: dossier(state=State.SUBMITTED),
    "dossier_in_a_round": lambda: dossier(**FILED, state=State.ADMITTED),
    "dossier_recognised_has_certificate": lambda: dossier(
        **FILED, state=State.RECOGNISED, round=round(), decision=DecisionFactory()
    ),
    "dossier_follows_a_certificate": lambda: dossier(
        certificate=CertificateFactory(decision=DecisionFactory())
    ),
    "dossier_seeks_3_to_5": lambda: dossier(stars_sought=2),
    "dossier_local_workers_within": lambda: dossier(workers=3, local_workers=4),
    "selfscore_once_per_criterion": lambda: chosen_twice(SelfScore, {"dossier": dossier()}),
    "evidence_file_or_link": lambda: Evidence.objects.create(
        dossier=dossier(), kind="award", title="Bằng khen"
    ),
    "scoresheet_once_per_member": lambda: again(open_sheet()),
    "scoresheet_signed_has_points": lambda: again(
        open_sheet(), turn=2, reopened_reason="Thảo luận", part_a=1
    ),
    "scoresheet_reopened_has_reason": lambda: again(open_sheet(), turn=2),
    "choice_once_per_criterion": lambda: chosen_twice(Choice, {"sheet": open_sheet()}),
    "councilresult_attempt_once": two_results,
    "councilresult_sane": lambda: result(stars=5),
    "agreedoption_once": lambda: chosen_twice(AgreedOption, {"result": result()}),
    "ministryreferral_answer_whole": lambda: MinistryReferral.objects.create(
        dossier=dossier(), sent_number="1", sent_on=today(), total=95
    ),
}
NEVER_DELETED = {
    AssessmentRound: round,
    CouncilSession: make_session,
    Dossier: dossier,
    ScoreSheet: open_sheet,
    CouncilResult: result,
    Ruleset: ruleset,
}
