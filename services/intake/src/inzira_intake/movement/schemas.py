"""Movements and deaths on the wire."""

from typing import Annotated

from inzira_platform.http import Code, Day, Schema, ShortText, Written
from pydantic import Field, StringConstraints

from inzira_intake.custody.domain import CustodyState, LegalStatus
from inzira_intake.movement.domain import Movement, MovementKind
from inzira_intake.movement.service import Death, Notified, Place, Remains
from inzira_intake.wire import When

Account = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]


class MovementCreate(Schema):
    """A movement, now or learned of late."""

    kind: MovementKind
    occurred_at: When
    to_facility: Code | None = Field(None, description="TRANSFER_DEPARTED and HALFWAY_MOVED only")
    at_facility: Code | None = Field(None, description="RECAPTURED: the facility that took the person in, if another")
    reference: ShortText | None = Field(None, description="number of the order, referral, hearing or report")
    authority: ShortText | None = Field(None, description="LEAVE_GRANTED: who granted it")
    due_back_on: Day | None = Field(None, description="LEAVE_GRANTED: the day of return")
    returned_at: When | None = Field(None, description="the way back in the same act, for a stay learned of late")
    legal_status: LegalStatus | None = Field(None, description="COURT_IN: the status after the hearing")
    good_conduct: bool = Field(False, description="HALFWAY_MOVED: conduct was good")
    override_reason: ShortText | None = Field(None, description="HALFWAY_MOVED: why past the rule")
    approved_by: Account | None = Field(None, description="HALFWAY_MOVED: the supervisor who allows it")

    def as_movement(self) -> Movement:
        """For the use case."""
        return Movement(**{name: getattr(self, name) for name in type(self).model_fields})


class MovementWritten(Written):
    """`id` is the movement's, `version` the episode's; the state is the one after all facts known."""

    custody_state: CustodyState


class DeathCreate(Schema):
    """A death, as Rule 8 records it; its cause belongs to the medical file."""

    occurred_at: When
    place: Place
    reference: ShortText = Field(description="number of the report")
    family_notified: Notified
    authority_notified: Notified
    remains: Remains

    def as_death(self) -> Death:
        """For the use case."""
        return Death(**{name: getattr(self, name) for name in type(self).model_fields})
