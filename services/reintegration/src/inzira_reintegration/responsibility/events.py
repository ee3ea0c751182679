"""From assignments and handovers to the contract events about them."""

from datetime import datetime
from typing import Any

from inzira_contracts.reintegration import (
    HandoverAccepted,
    HandoverEscalated,
    HandoverOffered,
    WorkerAssigned,
)

from inzira_reintegration.responsibility.models import Assignment, Handover


def worker_assigned(row: Assignment) -> WorkerAssigned:
    """Somebody became responsible, or the facility's contact."""
    return WorkerAssigned(
        person_id=row.person_id,
        occurred_at=row.started_at,
        recorded_by=row.recorded_by,
        reason_code=row.reason,
        case_id=row.case_id,
        assignment_id=row.id,
        worker_id=row.worker_id,
        org=row.org,
        role=row.role,
    )


def handover_offered(row: Handover) -> HandoverOffered:
    """A worker was asked to take the person over."""
    return HandoverOffered(**_handover(row, row.offered_at, row.recorded_by, row.reason_code))


def handover_accepted(row: Handover, at: datetime, by: str) -> HandoverAccepted:
    """From `at` on the new worker is responsible."""
    return HandoverAccepted(**_handover(row, at, by, row.reason_code))


def handover_escalated(row: Handover, at: datetime, by: str, reason: str) -> HandoverEscalated:
    """Nobody took the case: past its time, or declined."""
    return HandoverEscalated(**_handover(row, at, by, reason))


def _handover(row: Handover, at: datetime, by: str, reason: str | None) -> dict[str, Any]:
    return {
        "person_id": row.person_id,
        "occurred_at": at,
        "recorded_by": by,
        "reason_code": reason,
        "case_id": row.case_id,
        "handover_id": row.id,
        "from_worker": row.from_worker,
        "to_worker": row.to_worker,
        "org": row.to_org,
    }
