"""Contract events of tests; the score stays in this service."""

from uuid import UUID

from inzira_contracts import codes, curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.assessment.models import TestResult


def recorded(result: TestResult, supersedes: UUID | None) -> curriculum.TestRecorded:
    return curriculum.TestRecorded(
        person_id=result.person_id,
        occurred_at=kigali_midnight(result.taken_on),
        recorded_by=result.recorded_by,
        supersedes=supersedes,
        reason_code=result.reason_code,
        enrolment_id=result.enrolment_id,
        phase=codes.TestPhase(result.phase),
        sitting=result.sitting,
        passed=result.passed,
    )
