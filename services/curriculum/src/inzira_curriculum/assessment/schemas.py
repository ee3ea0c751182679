"""Tests on the wire. A score is read by who may read the enrolment and travels in no event."""

from uuid import UUID

from inzira_platform.http import Code, Day, Schema, Written
from pydantic import Field

from inzira_curriculum.assessment.domain import Phase


class TestCreate(Schema):
    """One sitting. A failed post-test may be sat once more; a recorded score is corrected with a reason_code."""

    __test__ = False

    phase: Phase
    score: int = Field(ge=0, le=100, description="0 to 100")
    taken_on: Day
    sitting: int | None = Field(None, ge=1, le=10, description="which recorded sitting a correction is about")
    reason_code: Code | None = Field(None, description="for a correction: WRONG_SCORE, WRONG_PERSON, WRONG_DATE")


class TestWritten(Written):
    """`version` is the enrolment's."""

    __test__ = False

    enrolment_id: UUID
    phase: Phase
    sitting: int
    passed: bool | None
