from ratings.models.councils import (
    AdvisoryMember,
    AdvisoryTeam,
    ConflictOfInterest,
    Council,
    CouncilMember,
)
from ratings.models.dossiers import AdvisoryReport, CommuneReview, Dossier, Evidence, SelfScore
from ratings.models.numbers import NumberSeries
from ratings.models.results import AgreedOption, CouncilResult, MinistryReferral
from ratings.models.rounds import AssessmentRound, Attendance, CouncilSession
from ratings.models.rules import Band, CriteriaSet, Criterion, Option, Ruleset, Section
from ratings.models.sheets import Choice, ScoreSheet

__all__ = [
    "AdvisoryMember",
    "AdvisoryReport",
    "AdvisoryTeam",
    "AgreedOption",
    "AssessmentRound",
    "Attendance",
    "Band",
    "Choice",
    "CommuneReview",
    "ConflictOfInterest",
    "Council",
    "CouncilMember",
    "CouncilResult",
    "CouncilSession",
    "CriteriaSet",
    "Criterion",
    "Dossier",
    "Evidence",
    "MinistryReferral",
    "NumberSeries",
    "Option",
    "Ruleset",
    "ScoreSheet",
    "Section",
    "SelfScore",
]
