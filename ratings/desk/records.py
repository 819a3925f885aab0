"""Which records of the assessment have a history page of their own."""

from ocop_portal.records import Kind, register
from ratings.desk.scope import dossiers_of
from ratings.desk.sessions import sessions_of
from ratings.models import (
    AdvisoryReport,
    AssessmentRound,
    Attendance,
    CommuneReview,
    CouncilSession,
    Dossier,
    Evidence,
    MinistryReferral,
    SelfScore,
)

register(
    Kind(
        "ho-so",
        Dossier,
        dossiers_of,
        "desk:dossier",
        tuple(
            (part, "dossier_id")
            for part in (CommuneReview, AdvisoryReport, Evidence, SelfScore, MinistryReferral)
        ),
    ),
    Kind(
        "dot-danh-gia",
        AssessmentRound,
        lambda user: AssessmentRound.objects.visible_to(user),  # type: ignore[attr-defined]
        "desk:round",
        ((CouncilSession, "round_id"),),
    ),
    Kind("phien-hop", CouncilSession, sessions_of, "desk:session", ((Attendance, "session_id"),)),
)
