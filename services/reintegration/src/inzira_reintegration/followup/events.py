"""From a schedule to the contract event about it."""

from datetime import date, datetime
from uuid import UUID

from inzira_contracts.reintegration import DueChanged, ScheduleComputed

from inzira_reintegration.case.models import Case

BY = "svc:reintegration"
"""Computed, not typed: the service itself says it."""


def schedule_computed(case: Case, at: datetime, by: str, items: int, cause: str) -> ScheduleComputed:
    """`items` are now pending on the schedule, computed because of `cause`."""
    return ScheduleComputed(
        person_id=case.person_id,
        occurred_at=at,
        recorded_by=by,
        case_id=case.id,
        tier=case.tier,
        visits=items,
        cause=cause,
    )


def due_changed(case_id: UUID, person_id: UUID, at: datetime, next_due_on: date | None) -> DueChanged:
    """From `at` on, the next obligatory act on the case is due on `next_due_on`, or none is."""
    return DueChanged(person_id=person_id, occurred_at=at, recorded_by=BY, case_id=case_id, next_due_on=next_due_on)
