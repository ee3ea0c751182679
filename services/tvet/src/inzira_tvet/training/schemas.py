"""Trainings on the wire."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_tvet.account import Account
from inzira_tvet.training.domain import State


class TrainingSort(StrEnum):
    OPENED_ON = "opened_on"
    NEWEST = "-opened_on"
    STATE_ON = "state_on"
    LATEST_CHANGE = "-state_on"


class RequestedAction(StrEnum):
    """What an instructor may do to a training; everything else follows from facts."""

    ENROL = "ENROL"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    WITHDRAW = "WITHDRAW"


class TrainingCreate(Schema):
    """A person begins, or applies for, a programme at the facility that holds them. The day may be past."""

    person_id: UUID
    programme_code: Code
    opened_on: Day
    enrolled: bool = Field(True, description="false when the person has only applied")
    instructor: Account | None = Field(None, description="account of the trainee's instructor; yours if absent")
    resumes_training_id: UUID | None = Field(
        None, description="the training this one takes up again; the last one cut short if absent"
    )


class TrainingChangeCreate(Schema):
    """A change of state asked for by an instructor. The day may be past."""

    action: RequestedAction
    changed_on: Day
    reason_code: Code | None = None


class TrainingWritten(Written):
    state: State


class TrainingSummary(Schema):
    id: UUID
    person_id: UUID
    programme_code: str
    programme_version: int
    trade: str
    rtqf_level: int
    facility: str
    instructor: str
    state: State
    state_on: date = Field(description="the day the state began")
    opened_on: date
    resumes_training_id: UUID | None
    version: int


class TrainingList(Schema):
    items: list[TrainingSummary]
