"""Release orders on the wire."""

from datetime import date, datetime
from uuid import UUID

from inzira_platform.http import Code, Day, Schema, ShortText, Written
from pydantic import Field

from inzira_intake.custody.domain import Supervision
from inzira_intake.release.domain import (
    ChecklistItem,
    CheckState,
    FileCopy,
    OrderState,
    PropertyReturn,
    ReleaseReason,
)
from inzira_intake.release.service import ReleasePlan
from inzira_intake.wire import When


class ChecklistCreate(Schema):
    """What Rule 108 asks to be there on the day; UNKNOWN where nobody looked yet."""

    id_documents: CheckState = CheckState.UNKNOWN
    home: CheckState = CheckState.UNKNOWN
    work: CheckState = CheckState.UNKNOWN
    clothing: CheckState = CheckState.UNKNOWN
    means_to_travel: CheckState = CheckState.UNKNOWN

    def as_checklist(self) -> dict[ChecklistItem, CheckState]:
        """For the use case."""
        return {item: getattr(self, item.value.lower()) for item in ChecklistItem}


class ReleaseCreate(Schema):
    """A release as the first officer prepares it."""

    reason: ReleaseReason
    order_number: ShortText
    order_authority: ShortText
    released_at: When
    verified_end_on: Day | None = Field(None, description="SENTENCE_EXPIRED: the end date, read and verified")
    property_return: PropertyReturn
    file_copy: FileCopy
    checklist: ChecklistCreate = ChecklistCreate()
    return_district: Code | None = None
    aftercare_accepted: bool = True

    def as_plan(self) -> ReleasePlan:
        """For the use case."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return ReleasePlan(**{**values, "checklist": self.checklist.as_checklist()})


class ReleaseWritten(Written):
    """`id` is the order's, which the approval names."""

    state: OrderState


class ReleaseRead(Schema):
    """A release order with both officers."""

    id: UUID
    state: OrderState
    reason: ReleaseReason
    order_number: str
    order_authority: str
    released_at: datetime
    verified_end_on: date | None
    property_return: PropertyReturn
    file_copy: FileCopy
    checklist: dict[str, str]
    supervision: Supervision
    return_district: str | None
    prepared_by: str
    prepared_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    version: int
