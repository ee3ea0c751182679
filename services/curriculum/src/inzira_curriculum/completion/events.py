"""Contract events of completion; their stream is the person."""

from datetime import date

from inzira_contracts import curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.enrolment.service import Enrolment


def completed(enrolment: Enrolment, actor: str, on: date, attended: int) -> curriculum.EnrolmentCompleted:
    return curriculum.EnrolmentCompleted(
        person_id=enrolment.person_id,
        occurred_at=kigali_midnight(on),
        recorded_by=actor,
        enrolment_id=enrolment.id,
        programme_code=enrolment.programme_code,
        sessions_attended=attended,
    )
