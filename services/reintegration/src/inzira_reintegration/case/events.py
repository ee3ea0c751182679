"""From a case row to the contract events about it."""

from datetime import datetime

from inzira_contracts.reintegration import CaseClosed, CaseOpened, LostContact

from inzira_reintegration.case.models import Case


def case_opened(case: Case, at: datetime, by: str) -> CaseOpened:
    """A case was opened; `at` is the day its window opened."""
    return CaseOpened(
        person_id=case.person_id,
        occurred_at=at,
        recorded_by=by,
        case_id=case.id,
        trigger=case.trigger,
        expected_release_on=case.expected_release_on,
    )


def case_closed(case: Case, at: datetime, by: str) -> CaseClosed:
    """A case ended; `worker_id` is who was responsible to the end."""
    return CaseClosed(
        person_id=case.person_id,
        occurred_at=at,
        recorded_by=by,
        case_id=case.id,
        closure_code=case.closure_code,
        worker_id=case.worker_id,
    )


def contact_lost(case: Case, at: datetime, by: str) -> LostContact:
    """The search for the person began."""
    return LostContact(person_id=case.person_id, occurred_at=at, recorded_by=by, case_id=case.id)
