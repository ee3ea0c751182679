"""Flags and every change of them; neither is ever deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field

from inzira_reintegration.database import Base, moment, one_of
from inzira_reintegration.flag.domain import FlagLevel, FlagState


class Flag(Base, table=True):
    """A risk somebody saw; `clock_due_at` is when it climbs if nothing happens."""

    __tablename__ = "flag"
    __table_args__ = (
        CheckConstraint(one_of("level", FlagLevel), name="level"),
        CheckConstraint(one_of("state", FlagState), name="state"),
        Index("ix_flag_case_id", "case_id"),
        Index("ix_flag_clock", "clock_due_at", postgresql_where=text("clock_due_at IS NOT NULL")),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="reintegration_case.id")
    person_id: UUID
    level: str = Field(sa_type=Text)
    domain_code: str | None = Field(default=None, sa_type=Text)
    reason_code: str | None = Field(default=None, sa_type=Text)
    state: str = Field(sa_type=Text)
    raised_at: datetime = Field(sa_column=moment())
    clock_due_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    escalation: int = 0
    version: int = 1
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)


class FlagChange(Base, table=True):
    """One step of a flag: what was done, by whom, with what outcome."""

    __tablename__ = "flag_change"
    __table_args__ = (Index("ix_flag_change_flag_id", "flag_id"),)

    id: UUID = Field(primary_key=True)
    flag_id: UUID = Field(foreign_key="flag.id")
    person_id: UUID
    from_state: str = Field(sa_type=Text)
    to_state: str = Field(sa_type=Text)
    action_code: str | None = Field(default=None, sa_type=Text)
    outcome_code: str | None = Field(default=None, sa_type=Text)
    occurred_at: datetime = Field(sa_column=moment())
    recorded_at: datetime = Field(sa_column=moment())
    recorded_by: str = Field(sa_type=Text)
