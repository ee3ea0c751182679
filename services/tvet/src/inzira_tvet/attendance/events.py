"""Marks as events of the contract; nothing else builds them."""

from inzira_contracts.tvet import TrainingAttended
from inzira_platform.clock import kigali_midnight

from inzira_tvet.attendance.models import AttendanceMark

CORRECTED = "CORRECTED"


def training_attended(row: AttendanceMark) -> TrainingAttended:
    """The event of one mark, at the day it is about; a correction says so in its reason."""
    return TrainingAttended(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.held_on),
        recorded_by=row.recorded_by,
        reason_code=CORRECTED if row.supersedes_id else None,
        training_id=row.training_id,
        held_on=row.held_on,
        present=row.present,
    )
