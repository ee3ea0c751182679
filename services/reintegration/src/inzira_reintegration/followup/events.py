"""From a schedule to the contract event about it."""

from datetime import datetime

from inzira_contracts.reintegration import ScheduleComputed

from inzira_reintegration.case.models import Case


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
