"""Contract events of cohorts; their stream is the cohort."""

from datetime import date
from uuid import UUID

from inzira_contracts import curriculum
from inzira_platform.clock import kigali_midnight

from inzira_curriculum.cohort.models import Cohort, SessionRecord


def stream_of(cohort_id: UUID) -> str:
    return f"cohort:{cohort_id}"


def opened(cohort: Cohort, on: date) -> curriculum.CohortOpened:
    return curriculum.CohortOpened(
        occurred_at=kigali_midnight(on),
        recorded_by=cohort.opened_by,
        cohort_id=cohort.id,
        programme_code=cohort.programme_code,
        programme_version=cohort.programme_version,
        facility=cohort.facility,
        starts_on=cohort.starts_on,
    )


def session_held(record: SessionRecord, supersedes: UUID | None) -> curriculum.SessionHeld:
    return curriculum.SessionHeld(
        occurred_at=kigali_midnight(record.held_on),
        recorded_by=record.recorded_by,
        supersedes=supersedes,
        reason_code=record.reason_code,
        cohort_id=record.cohort_id,
        session_code=record.session_code,
        held_on=record.held_on,
        present=record.present,
        absent=record.absent,
    )
