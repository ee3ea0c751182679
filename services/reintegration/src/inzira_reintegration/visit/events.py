"""From a visit to the contract event about it."""

from inzira_contracts.reintegration import VisitRecorded
from inzira_platform.clock import kigali_midnight

from inzira_reintegration.visit.models import Visit


def visit_recorded(row: Visit) -> VisitRecorded:
    """A visit took place on `held_on`; the scores stay here."""
    return VisitRecorded(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.held_on),
        recorded_by=row.recorded_by,
        case_id=row.case_id,
        visit_id=row.id,
        kind=row.kind,
        held_on=row.held_on,
        due_code=row.due_code,
    )
