"""From assessments and plans to the contract events about them."""

from datetime import date

from inzira_contracts.reintegration import AssessmentRecorded, PlanAgreed
from inzira_platform.clock import kigali_midnight

from inzira_reintegration.plan.models import Assessment, Plan


def assessment_recorded(row: Assessment) -> AssessmentRecorded:
    """An assessment was held; its scores stay here."""
    return AssessmentRecorded(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.held_on),
        recorded_by=row.recorded_by,
        case_id=row.case_id,
        assessment_id=row.id,
        kind=row.kind,
    )


def plan_agreed(row: Plan, signed_on: date) -> PlanAgreed:
    """A version of the plan was signed."""
    return PlanAgreed(
        person_id=row.person_id,
        occurred_at=kigali_midnight(signed_on),
        recorded_by=row.recorded_by,
        case_id=row.case_id,
        plan_version=row.plan_version,
    )
