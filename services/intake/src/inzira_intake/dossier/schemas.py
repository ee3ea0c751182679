"""One person's custody on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Schema

from inzira_intake.custody.domain import CustodyState, FactKind, LegalStatus, Supervision
from inzira_intake.dossier.service import EpisodeFile, FactEntry
from inzira_intake.release.schemas import ReleaseRead
from inzira_intake.sentence.schemas import ComputationRead, SentenceRead


class CorrectionRead(Schema):
    """Another time given to a fact."""

    id: UUID
    occurred_at: datetime
    replaced_at: datetime
    reason_code: str
    reference: str | None
    recorded_at: datetime
    recorded_by: str


class FactRead(Schema):
    """Something that happened: when (corrections applied), as first recorded, and when it was learned."""

    fact_id: UUID
    kind: FactKind
    occurred_at: datetime
    first_occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    at_facility: str | None
    to_facility: str | None
    reference: str | None
    authority: str | None
    due_back_on: date | None
    details: dict[str, str]
    corrections: list[CorrectionRead]

    @classmethod
    def of(cls, entry: FactEntry) -> "FactRead":
        """From the use case."""
        row, corrections = entry.row, entry.corrections
        return cls(
            fact_id=row.id,
            kind=FactKind(row.kind),
            occurred_at=corrections[-1].occurred_at if corrections else row.occurred_at,
            first_occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            at_facility=row.at_facility,
            to_facility=row.to_facility,
            reference=row.reference,
            authority=row.authority,
            due_back_on=row.due_back_on,
            details=row.details,
            corrections=[CorrectionRead.model_validate(item) for item in corrections],
        )


class SectionRead(Schema):
    """An answer of Rule 7; the text is there for intake and psychosocial officers of the facility."""

    section: str
    answer: str
    text: str | None


class EpisodeRead(Schema):
    """One stay in custody. The last of `sentences` and of `computations` is in force."""

    episode_id: UUID
    version: int
    admission_kind: str
    readmission_type: str | None
    previous_episode_id: UUID | None
    order_number: str
    order_authority: str
    order_issued_on: date | None
    order_scan_ref: str | None
    offences: list[str]
    facility: str
    incoming_facility: str | None
    custody_state: CustodyState
    legal_status: LegalStatus
    supervision: Supervision
    expected_release_on: date | None
    parole_eligible_on: date | None
    closed_at: datetime | None
    facts: list[FactRead]
    sections: list[SectionRead]
    sentences: list[SentenceRead]
    computations: list[ComputationRead]
    releases: list[ReleaseRead]

    @classmethod
    def of(cls, file: EpisodeFile) -> "EpisodeRead":
        """From the use case."""
        row = file.episode
        own = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(
            **own,
            episode_id=row.id,
            facts=[FactRead.of(entry) for entry in file.facts],
            sections=[SectionRead.model_validate(entry) for entry in file.sections],
            sentences=[SentenceRead.model_validate(item) for item in file.sentences],
            computations=[ComputationRead.model_validate(item) for item in file.computations],
            releases=[ReleaseRead.model_validate(item) for item in file.releases],
        )


class CustodyRead(Schema):
    """All episodes of a person, the first one first."""

    person_id: UUID
    episodes: list[EpisodeRead]
