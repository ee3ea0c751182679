"""Every table of the service, so that migrations can be compared with them."""

from inzira_tvet.assessment.models import IntegratedAssessment, ModuleAssessment
from inzira_tvet.attainment.models import AttainmentStatement
from inzira_tvet.attendance.models import AttendanceMark
from inzira_tvet.award.models import Award
from inzira_tvet.database import Base
from inzira_tvet.participant.models import Participant
from inzira_tvet.training.models import Training, TrainingChange, TrainingCredit

__all__ = [
    "AttainmentStatement",
    "AttendanceMark",
    "Award",
    "Base",
    "IntegratedAssessment",
    "ModuleAssessment",
    "Participant",
    "Training",
    "TrainingChange",
    "TrainingCredit",
]
