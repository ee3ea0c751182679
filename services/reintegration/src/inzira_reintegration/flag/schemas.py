"""Flags on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from inzira_platform.http import Code, Instant, Schema, Written
from pydantic import Field

from inzira_reintegration.flag.domain import FlagLevel, FlagState

DomainCode = Literal["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12"]
Past = Annotated[Instant, Field(description="now when absent; a past moment is a late fact")]


class FlagCreate(Schema):
    """A risk somebody saw."""

    level: FlagLevel
    domain_code: DomainCode | None = None
    reason_code: Code | None = None
    raised_at: Past | None = None


class FlagChangeCreate(Schema):
    """The next step of a flag."""

    to_state: FlagState
    action_code: Code | None = Field(None, description="what was done; needed for ACTION_TAKEN")
    outcome_code: Code | None = Field(None, description="how a call or referral ended")
    occurred_at: Past | None = None


class FlagWritten(Written):
    """The flag with its own version, and when it climbs if nothing happens."""

    case_id: UUID
    state: str
    clock_due_at: datetime | None


class FlagRead(Schema):
    """A flag."""

    id: UUID
    version: int
    case_id: UUID
    person_id: UUID
    level: str
    domain_code: str | None
    reason_code: str | None
    state: str
    raised_at: datetime
    clock_due_at: datetime | None
    escalation: int = Field(description="steps up the supervisor chain")


class FlagList(Schema):
    """Flags of one case, the latest first."""

    items: list[FlagRead]
