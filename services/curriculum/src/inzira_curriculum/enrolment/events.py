"""Contract events of enrolments; their stream is the person."""

from datetime import date

from inzira_contracts import codes, curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.enrolment.domain import Action
from inzira_curriculum.enrolment.models import Enrolment, EnrolmentChange

# Why somebody was suspended or withdrew may tell of their health: it stays in this service.
PRIVATE_REASONS = frozenset({Action.SUSPEND, Action.WITHDRAW})


def opened(enrolment: Enrolment, on: date) -> curriculum.EnrolmentOpened:
    return curriculum.EnrolmentOpened(
        person_id=enrolment.person_id,
        occurred_at=kigali_midnight(on),
        recorded_by=enrolment.created_by,
        reason_code=enrolment.override_reason,
        enrolment_id=enrolment.id,
        cohort_id=enrolment.cohort_id,
        programme_code=enrolment.programme_code,
        facility=enrolment.facility,
        state=codes.EnrolmentState(enrolment.state),
    )


def changed(change: EnrolmentChange) -> curriculum.EnrolmentChanged:
    return curriculum.EnrolmentChanged(
        person_id=change.person_id,
        occurred_at=kigali_midnight(change.occurred_on),
        recorded_by=change.recorded_by,
        reason_code=None if change.action in PRIVATE_REASONS else change.reason_code,
        enrolment_id=change.enrolment_id,
        from_state=codes.EnrolmentState(change.from_state),
        to_state=codes.EnrolmentState(change.to_state),
    )
