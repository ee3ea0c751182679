"""Every table of this service in one metadata: what migrations are compared with."""

from inzira_curriculum.assessment.models import TestResult
from inzira_curriculum.attendance.models import AttendanceMark
from inzira_curriculum.certificate.models import Certificate, CertificateDuplicate
from inzira_curriculum.cohort.models import Cohort, SessionRecord
from inzira_curriculum.database import Base
from inzira_curriculum.enrolment.models import Enrolment, EnrolmentChange
from inzira_curriculum.participant.models import Participant, PersonFlag

__all__ = [
    "AttendanceMark",
    "Base",
    "Certificate",
    "CertificateDuplicate",
    "Cohort",
    "Enrolment",
    "EnrolmentChange",
    "Participant",
    "PersonFlag",
    "SessionRecord",
    "TestResult",
]
