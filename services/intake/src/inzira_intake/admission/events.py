"""The event that begins an episode."""

from datetime import datetime

from inzira_contracts.codes import AdmissionKind, LegalStatus, ReadmissionType, Sex
from inzira_contracts.intake import PersonAdmitted

from inzira_intake.custody.models import Episode
from inzira_intake.person.models import Person


def admitted(episode: Episode, person: Person, admitted_at: datetime) -> PersonAdmitted:
    """What others need to know of a new episode; names stay here."""
    kind = ReadmissionType(episode.readmission_type) if episode.readmission_type else None
    return PersonAdmitted(
        person_id=person.person_id,
        occurred_at=admitted_at,
        recorded_by=episode.recorded_by,
        episode_id=episode.id,
        facility=episode.facility,
        admission_kind=AdmissionKind(episode.admission_kind),
        readmission_type=kind,
        previous_episode_id=episode.previous_episode_id,
        legal_status=LegalStatus(episode.legal_status),
        sex=Sex(person.sex),
        birth_year=person.birth_year,
        return_district=person.return_district,
    )
