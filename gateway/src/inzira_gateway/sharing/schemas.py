"""What partners are shown, and what a dry run answers, on the wire."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from inzira_platform.http import Schema
from pydantic import Field

from inzira_gateway.grant.schemas import PurposeName


class MilestoneRead(Schema):
    """Something reached in a programme or a training, and the day it was."""

    milestone: str
    code: str = Field(description="of the programme or trade")
    on: date


class PartnerPersonRead(Schema):
    """A person by the partner's own id, in the view it was granted; fields outside the view are absent."""

    id: str = Field(description="this partner's own id of the person")
    view: str
    stage: str | None = None
    custody_state: str | None = None
    facility: str | None = None
    return_district: str | None = None
    expected_release_on: date | None = None
    released_on: date | None = None
    curriculum_state: str | None = None
    curriculum_milestones: list[MilestoneRead] | None = None
    training_state: str | None = None
    training_milestones: list[MilestoneRead] | None = None
    case_state: str | None = None
    case_closed_on: date | None = None


class PartnerPersonsRead(Schema):
    items: list[PartnerPersonRead]
    next_cursor: str | None = None


class DryRunCreate(Schema):
    """Whom to try a grant on, and for which of its purposes; the first one where none is given."""

    person_id: UUID
    purpose: PurposeName | None = None


class WithheldRead(Schema):
    """A field that would not be shown, and why."""

    field: str
    reason: str


class DryRunRead(Schema):
    """What the partner would see. Names of fields and reasons; values only for the data-protection officer."""

    is_visible: bool
    purpose: str
    view: str
    reasons: Annotated[list[str], Field(description="why the person would not be seen; empty when they would")]
    shown: list[str]
    withheld: list[WithheldRead]
    values: dict[str, Any] | None = None
