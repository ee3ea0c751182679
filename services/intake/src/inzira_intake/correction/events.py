"""The event that gives a fact another time."""

from uuid import UUID

from inzira_contracts.intake import FactCorrected

from inzira_intake.custody.models import FactCorrection


def corrected(correction: FactCorrection, fact: str, supersedes: UUID) -> FactCorrected:
    """`supersedes` is the event that told the fact, or its latest correction."""
    return FactCorrected(
        person_id=correction.person_id,
        occurred_at=correction.occurred_at,
        recorded_by=correction.recorded_by,
        reason_code=correction.reason_code,
        episode_id=correction.episode_id,
        fact=fact.lower(),
        fact_id=correction.fact_id,
        supersedes=supersedes,
    )
