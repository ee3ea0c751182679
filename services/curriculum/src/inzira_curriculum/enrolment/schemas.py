"""Enrolments on the wire: ids, codes and dates."""

from datetime import date
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_curriculum.enrolment.domain import EnrolmentState, OfficerAction


class EnrolmentCreate(Schema):
    person_id: UUID
    enrolled_on: Day | None = Field(None, description="the day they join; the cohort's first day if absent")
    override_reason: Code | None = Field(
        None, description="why the months to release are set aside; one of the programme's override reasons"
    )
    refer_only: bool = Field(False, description="refer now, judge later with the change CONFIRM")


class EnrolmentWritten(Written):
    state: EnrolmentState
    continues_id: UUID | None = Field(None, description="the earlier enrolment whose credits count here")


class ChangeCreate(Schema):
    """WITHDRAW and SUSPEND need a reason_code; the others have one of their own."""

    action: OfficerAction
    reason_code: Code | None = None
    on: Day | None = Field(None, description="the day it happened; today if absent")
    override_reason: Code | None = Field(None, description="for CONFIRM only")


class CandidateRead(Schema):
    person_id: UUID
    leaves_on: date
    expected_release_on: date | None
    parole_eligible_on: date | None
    is_priority: bool = Field(description="leaves within the months that give priority")
