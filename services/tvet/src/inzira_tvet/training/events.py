"""Rows of trainings as events of the contract; nothing else builds them."""

from datetime import date

from inzira_contracts.tvet import TrainingChanged, TrainingOpened
from inzira_platform.clock import kigali_midnight

from inzira_tvet.training.domain import State
from inzira_tvet.training.models import Training


def training_opened(training: Training) -> TrainingOpened:
    """The event of an opening, at the day it happened."""
    return TrainingOpened(
        person_id=training.person_id,
        occurred_at=kigali_midnight(training.opened_on),
        recorded_by=training.recorded_by,
        training_id=training.id,
        programme_code=training.programme_code,
        trade=training.trade,
        rtqf_level=training.rtqf_level,
        facility=training.facility,
    )


def training_changed(
    training: Training, from_state: State, on: date, recorded_by: str, reason_code: str | None
) -> TrainingChanged:
    """The event of a change into the state the training has now."""
    return TrainingChanged(
        person_id=training.person_id,
        occurred_at=kigali_midnight(on),
        recorded_by=recorded_by,
        reason_code=reason_code,
        training_id=training.id,
        from_state=from_state.value,
        to_state=training.state,
    )
