"""Corrections supersede and never overwrite: which facts may get another time, and why (domain.md 2.6). Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from inzira_platform.errors import DomainError, Kind

from inzira_intake.custody.domain import MOVEMENT_KINDS, FactKind


class Correctable(StrEnum):
    ADMISSION = "ADMISSION"
    MOVEMENT = "MOVEMENT"
    RELEASE = "RELEASE"


class CorrectionReason(StrEnum):
    ENTRY_ERROR = "ENTRY_ERROR"
    LATE_DOCUMENT = "LATE_DOCUMENT"
    COURT_DECISION = "COURT_DECISION"
    AUDIT_FINDING = "AUDIT_FINDING"


class FactIdMissingError(DomainError):
    kind = Kind.INVALID
    code = "fact-id-missing"
    message = "Name the movement to correct by its fact_id, as the custody record shows it."
    field = "fact_id"


class NothingToCorrectError(DomainError):
    kind = Kind.CONFLICT
    code = "nothing-to-correct"
    message = "The fact already has this time."
    field = "occurred_at"


class NeighbourOverlapError(DomainError):
    kind = Kind.CONFLICT
    code = "overlaps-episode"
    message = "With this time the episode would overlap the one before or after it. Correct that one first."
    field = "occurred_at"


KINDS = {
    Correctable.ADMISSION: frozenset({FactKind.ADMITTED}),
    Correctable.MOVEMENT: MOVEMENT_KINDS,
    Correctable.RELEASE: frozenset({FactKind.RELEASED}),
}


@dataclass(frozen=True)
class Correction:
    """Another time for a fact. Without `fact_id`: the newest admission or release of the person."""

    fact: Correctable
    occurred_at: datetime
    reason: CorrectionReason
    fact_id: UUID | None = None
    reference: str | None = None


def require_named(correction: Correction) -> Correction:
    """`correction` when it names one fact. Raises FactIdMissingError for a movement without id."""
    if correction.fact is Correctable.MOVEMENT and correction.fact_id is None:
        raise FactIdMissingError(field="fact_id")
    return correction


def require_apart(
    admitted_at: datetime, closed_at: datetime | None, before: datetime | None, after: datetime | None
) -> None:
    """Raises NeighbourOverlapError unless the episode lies between the end before it and the admission after it."""
    if before is not None and admitted_at < before:
        raise NeighbourOverlapError(field="occurred_at")
    if after is not None and (closed_at is None or closed_at > after):
        raise NeighbourOverlapError(field="occurred_at")
