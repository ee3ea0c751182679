"""The case row; `worker_id` is never null, so a case without a responsible worker cannot be stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from inzira_reintegration.case.domain import CaseState, ClosureCode, Tier, Trigger
from inzira_reintegration.database import Base, moment, one_of

OPEN = text("state <> 'CLOSED'")


class Case(Base, table=True):
    """One episode of reintegration; a return or a new release is a new row with `previous_case_id`."""

    __tablename__ = "reintegration_case"
    __table_args__ = (
        CheckConstraint(one_of("state", CaseState), name="state"),
        CheckConstraint(one_of("trigger", Trigger), name="trigger"),
        CheckConstraint(one_of("tier", Tier), name="tier"),
        CheckConstraint(one_of("closure_code", ClosureCode), name="closure_code"),
        CheckConstraint("(state = 'CLOSED') = (closure_code IS NOT NULL)", name="closed_with_code"),
        CheckConstraint("state <> 'FOLLOW_UP' OR released_on IS NOT NULL", name="follow_up_after_release"),
        Index("uq_reintegration_case_open", "person_id", unique=True, postgresql_where=OPEN),
        Index("ix_reintegration_case_person_id", "person_id"),
        Index("ix_reintegration_case_worker", "worker_id", "state"),
        Index("ix_reintegration_case_org", "org", "state"),
    )

    id: UUID = Field(primary_key=True)
    person_id: UUID
    episode_id: UUID
    previous_case_id: UUID | None = None
    state: str = Field(sa_type=Text)
    trigger: str = Field(sa_type=Text)
    opened_on: date
    expected_release_on: date | None = None
    released_on: date | None = None
    supervision: str | None = Field(default=None, sa_type=Text)
    facility: str = Field(sa_type=Text)
    district: str | None = Field(default=None, sa_type=Text)
    org: str = Field(sa_type=Text)
    worker_id: str = Field(sa_type=Text)
    tier: str = Field(sa_type=Text)
    rule_set: str = Field(sa_type=Text)
    lost_contact_on: date | None = None
    next_due_on: date | None = None
    closure_code: str | None = Field(default=None, sa_type=Text)
    closed_on: date | None = None
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    updated_at: datetime = Field(sa_column=moment())
