"""Assessments as events of the contract; nothing else builds them."""

from inzira_contracts.codes import CompetenceResult
from inzira_contracts.tvet import IntegratedAssessed, ModuleAssessed
from inzira_platform.clock import kigali_midnight

from inzira_tvet.assessment.models import IntegratedAssessment, ModuleAssessment


def module_assessed(row: ModuleAssessment, attempt: int) -> ModuleAssessed:
    """The event of one sitting of a module, at the day it was held."""
    return ModuleAssessed(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.assessed_on),
        recorded_by=row.recorded_by,
        reason_code=row.reason_code,
        training_id=row.training_id,
        module_code=row.module_code,
        result=CompetenceResult(row.result),
        attempt=attempt,
    )


def integrated_assessed(row: IntegratedAssessment, attempt: int) -> IntegratedAssessed:
    """The event of one integrated sitting, at the day it was held."""
    return IntegratedAssessed(
        person_id=row.person_id,
        occurred_at=kigali_midnight(row.assessed_on),
        recorded_by=row.recorded_by,
        reason_code=row.reason_code,
        training_id=row.training_id,
        result=CompetenceResult(row.result),
        attempt=attempt,
    )
