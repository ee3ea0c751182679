"""Statements as events of the contract; nothing else builds them."""

from inzira_contracts.tvet import AttainmentStated
from inzira_platform.clock import kigali_midnight

from inzira_tvet.attainment.models import AttainmentStatement


def attainment_stated(row: AttainmentStatement) -> AttainmentStated:
    """The event of a statement, at the day it was issued. It names no place."""
    return AttainmentStated(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.issued_on),
        recorded_by=row.recorded_by,
        training_id=row.training_id,
        modules=row.modules,
    )
