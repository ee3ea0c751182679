"""Every table of the service, so that migrations can be compared with them."""

from inzira_intake.admission.models import AdmissionSection
from inzira_intake.consent.models import Consent
from inzira_intake.custody.models import CustodyFact, Episode, FactCorrection
from inzira_intake.database import Base
from inzira_intake.person.models import Person, PersonIdentifier, PersonNameToken
from inzira_intake.register.models import RegisterImport, RegisterRow
from inzira_intake.release.models import ReleaseOrder
from inzira_intake.sentence.models import DateComputation, Sentence

__all__ = [
    "AdmissionSection",
    "Base",
    "Consent",
    "CustodyFact",
    "DateComputation",
    "Episode",
    "FactCorrection",
    "Person",
    "PersonIdentifier",
    "PersonNameToken",
    "RegisterImport",
    "RegisterRow",
    "ReleaseOrder",
    "Sentence",
]
