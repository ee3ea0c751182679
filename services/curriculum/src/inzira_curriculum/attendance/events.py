"""Contract events of attendance; their stream is the person."""

from uuid import UUID

from inzira_contracts import codes, curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.attendance.models import AttendanceMark


def recorded(mark: AttendanceMark, module_code: str, supersedes: UUID | None) -> curriculum.AttendanceRecorded:
    return curriculum.AttendanceRecorded(
        person_id=mark.person_id,
        occurred_at=kigali_midnight(mark.held_on),
        recorded_by=mark.recorded_by,
        supersedes=supersedes,
        reason_code=mark.reason_code,
        enrolment_id=mark.enrolment_id,
        session_code=mark.session_code,
        module_code=module_code,
        code=codes.AttendanceCode(mark.code),
    )
